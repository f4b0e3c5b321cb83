"""Further rows on locks: those that a transaction keeps, and indexes that come and go."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import indexing, transactions
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM412",
        name="blocking-index-drop",
        message="dropping index {name} takes ACCESS EXCLUSIVE on {table}: drop it concurrently",
        why=(
            "DROP INDEX is done in a moment, but it waits for the longest query on the table, and "
            "until it has its turn everyone else waits behind it."
        ),
        instead=(
            "Drop it alone, in a migration that is not atomic and runs on PostgreSQL only:\n\n"
            "    from django.contrib.postgres.operations import RemoveIndexConcurrently\n\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False\n"
            '        operations = [RemoveIndexConcurrently("order", "code_idx")]'
        ),
        severity=Severity.ADVICE,
        databases=("postgresql",),
        serves=("4.2",),
        claims=(Claim.READS_WAIT, Claim.WRITES_WAIT),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#concurrent-index-operations", sources.LOCKS),
        check=indexing.blocking_index_drop,
    ),
    Rule(
        code="DJM413",
        name="index-gap",
        message="{column} has no index from the drop of {old} until this one is built: build it first",
        why=(
            "Outside a transaction the drop is seen at once, and a concurrent build takes its time. "
            "Every query that needs the index reads the whole table meanwhile."
        ),
        instead=(
            "The new index first; the old one when nothing needs it any more, in a migration of "
            "its own:\n\n"
            "    AddIndexConcurrently(\n"
            '        "order", models.Index(fields=["code", "placed"], name="code_placed_idx")\n'
            "    )"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("4.2",),
        claims=(Claim.INDEX_GAP,),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#concurrent-index-operations",),
        check=indexing.index_gap,
    ),
    Rule(
        code="DJM414",
        name="corrupting-build",
        message="{statement} on PostgreSQL {release} may lose entries of the index: update to 14.4",
        why=(
            "From 14.0 to 14.3 a concurrent build could miss rows that were changed meanwhile. The "
            "index looks valid, and queries that use it do not find those rows."
        ),
        instead=(
            "Update the server first. Indexes that were built so before are checked with the "
            "extension amcheck and built anew:\n\n"
            "    migrations.RunSQL(\n"
            '        "REINDEX INDEX CONCURRENTLY code_idx", migrations.RunSQL.noop\n'
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("4.2",),
        unmeasured="needs a server of 14.0 to 14.3 and writes at the right moment",
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/release/14.4/",),
        check=indexing.corrupting_build,
    ),
    Rule(
        code="DJM415",
        name="held-across-work",
        message="reads and writes of {table} wait while {other} {work}: split the migration",
        why=(
            "A lock is kept until the transaction ends. What took a moment on the first table lasts "
            "as long as the work on the second one, and nobody can read the first meanwhile."
        ),
        instead=(
            "One migration for each table. Where both belong together, the long work comes "
            "first:\n\n"
            '    migrations.AlterField("customer", "name", models.TextField(null=True)),\n'
            '    migrations.AddField("order", "note", models.TextField(null=True)),'
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("4.4", "5.4"),
        claims=(Claim.HELD_ACROSS,),
        since="0.1.0",
        sources=(sources.LOCKS,),
        check=transactions.held_across_work,
    ),
    Rule(
        code="DJM416",
        name="several-tables-locked",
        message="{table} is locked while the lock on {others} is held, until commit: a migration each",
        why=(
            "Whoever has read the second table and goes on to the first waits for the migration, "
            "which waits for them: the database ends one of the two as a deadlock."
        ),
        instead=(
            "One migration for each table in use, so that no transaction holds one lock while it "
            "waits for another:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        operations = [\n"
            '            migrations.AddField("order", "note", models.TextField(null=True)),\n'
            "        ]"
        ),
        severity=Severity.ADVICE,
        databases=("postgresql",),
        serves=("4.4",),
        claims=(Claim.SEVERAL_WAIT,),
        since="0.1.0",
        sources=(f"{sources.LOCKS}#LOCKING-DEADLOCKS",),
        check=transactions.several_tables_locked,
    ),
)
"""The rows of DJM4xx from DJM412 on, in code order."""
