"""Rows on locks: what is blocked, and for how long."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import locks
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM401",
        name="rewriting-column",
        message="adding {column} rewrites table {table} under {lock}: {cause}; {remedy}",
        why=(
            "Every row is written again, and meanwhile others wait or replicas fall behind. A "
            "constant default is free on PostgreSQL 11, MySQL 8.0.12 and later; a volatile one "
            "and a stored generated column never are."
        ),
        instead=(
            "Add the column nullable and empty, then fill it in batches:\n\n"
            "    migrations.AddField(\n"
            '        "order", "token", models.UUIDField(null=True)\n'
            "    )\n\n"
            "On MySQL before 8.0.12 every new column rewrites the table: there, use an online "
            "schema change tool."
        ),
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("4.1",),
        claims=(Claim.REWRITES,),
        since="0.1.0",
        sources=(
            sources.ALTER_TABLE,
            "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl.html",
        ),
        check=locks.rewriting_column,
    ),
    Rule(
        code="DJM402",
        name="blocking-index",
        message="index on {table} is built under {lock}: {who} wait; build it concurrently",
        why=(
            "INSERT, UPDATE and DELETE on the table wait for as long as the build takes. When the "
            "same transaction has altered the table before, reads wait as well."
        ),
        instead=(
            "Declare it in Meta.indexes and build it alone, in a migration that is not atomic and "
            "runs on PostgreSQL only:\n\n"
            "    from django.contrib.postgres.operations import AddIndexConcurrently\n\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False\n"
            "        operations = [\n"
            "            AddIndexConcurrently(\n"
            '                "order", models.Index(fields=["placed"], name="placed_idx")\n'
            "            )\n"
            "        ]\n\n"
            "A unique index has no such operation: send CREATE UNIQUE INDEX CONCURRENTLY by RunSQL."
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("4.2",),
        claims=(Claim.WRITES_WAIT, Claim.BUILDS_INDEX),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#concurrent-index-operations", sources.LOCKS),
        check=locks.blocking_index,
    ),
    Rule(
        code="DJM403",
        name="concurrent-in-transaction",
        message="{statement} cannot run inside a transaction: {remedy}",
        why=(
            "The migration fails when it is run: NotSupportedError, or the database's own error. "
            "Several statements in one string are a transaction too, whatever `atomic` says."
        ),
        instead=(
            "Put it alone into a migration that is not atomic; several statements of a RunSQL are "
            "a list, one string each:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("4.2",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#concurrent-index-operations",),
        check=locks.concurrent_in_transaction,
    ),
    Rule(
        code="DJM404",
        name="rewriting-type-change",
        message="{column} from {old} to {new} rewrites {table} under {lock}; use a new column",
        why="The table and all its indexes are written again while nobody else can use it.",
        instead=(
            "Add a column of the new type, let the code write both, fill it in batches, read "
            "from it, then remove the old one:\n\n"
            "    migrations.AddField(\n"
            '        "order", "total_new", models.BigIntegerField(null=True)\n'
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("4.3",),
        claims=(Claim.REWRITES,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=locks.rewriting_type_change,
    ),
    Rule(
        code="DJM405",
        name="scan-under-lock",
        message="{what} {work} {table} under {lock}: {remedy}",
        why=(
            "Nobody else can write to the table, or even read it, until the last row is checked; "
            "a foreign key stops the writes of the table it points to as well."
        ),
        instead=(
            "Two migrations. The first checks new rows only:\n\n"
            "    AddConstraintNotValid(\n"
            '        "order",\n'
            "        models.CheckConstraint(\n"
            '            condition=models.Q(total__isnull=False), name="total_set"\n'
            "        ),\n"
            "    )\n\n"
            "The second checks the old rows without blocking anyone:\n\n"
            '    ValidateConstraint("order", name="total_set")\n\n'
            "After that, on PostgreSQL 12 and later, AlterField to NOT NULL without a default reads "
            "nothing. For a foreign key: `db_constraint=False` first, then the constraint NOT VALID "
            "by RunSQL, then VALIDATE CONSTRAINT. MySQL and MariaDB copy the table for a check or a "
            "foreign key: keep it out of the database, or use an online schema change tool."
        ),
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("4.4",),
        claims=(Claim.SCANS,),
        since="0.1.0",
        sources=(
            sources.ALTER_TABLE,
            f"{sources.POSTGRES}#adding-constraints-without-enforcing-validation",
        ),
        check=locks.scan_under_lock,
    ),
    Rule(
        code="DJM406",
        name="unique-built-under-lock",
        message="{what} on {table} builds its index under {lock}: {remedy}",
        why=(
            "Readers and writers wait until the index is built, and it fails on duplicates. An "
            "exclusion constraint cannot be built in any other way."
        ),
        instead=(
            "In a migration with `atomic = False`:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        database_operations=[\n"
            "            migrations.RunSQL(\n"
            "                [\n"
            '                    "CREATE UNIQUE INDEX CONCURRENTLY u ON shop_order (code)",\n'
            '                    "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX u",\n'
            "                ],\n"
            '                reverse_sql="ALTER TABLE shop_order DROP CONSTRAINT u",\n'
            "            )\n"
            "        ],\n"
            "        state_operations=[\n"
            "            migrations.AddConstraint(\n"
            '                "order", models.UniqueConstraint(fields=["code"], name="u")\n'
            "            )\n"
            "        ],\n"
            "    )\n\n"
            "The state is told what the model says: for `unique=True`, by AlterField. A new unique "
            "column is added first without `unique`."
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("4.4", "5.3"),
        claims=(Claim.BUILDS_INDEX,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=locks.unique_built_under_lock,
    ),
    Rule(
        code="DJM407",
        name="rebuilt-foreign-key",
        message="foreign key {table}.{column} is dropped and added again, {effect}: send the change by SQL",
        why=(
            "For any change beside it, even null=True, Django drops the constraint, changes the "
            "column and adds the constraint again: every row is checked while nobody else can use "
            "the table, and on PostgreSQL the table it points to is locked as well."
        ),
        instead=(
            "Let the state know, and change the column alone:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        database_operations=[\n"
            "            migrations.RunSQL(\n"
            '                "ALTER TABLE shop_order ALTER COLUMN customer_id DROP NOT NULL",\n'
            '                "ALTER TABLE shop_order ALTER COLUMN customer_id SET NOT NULL",\n'
            "            )\n"
            "        ],\n"
            "        state_operations=[\n"
            "            migrations.AlterField(\n"
            '                "order",\n'
            '                "customer",\n'
            "                models.ForeignKey(\n"
            '                    null=True, on_delete=models.SET_NULL, to="shop.customer"\n'
            "                ),\n"
            "            )\n"
            "        ],\n"
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("4.3", "5.3"),
        claims=(Claim.SCANS, Claim.PARENT_WAITS),
        since="0.1.0",
        sources=("https://code.djangoproject.com/ticket/34417", sources.LOCKS),
        check=locks.rebuilt_foreign_key,
    ),
    Rule(
        code="DJM408",
        name="foreign-key-locks-parent",
        message="{what} takes {lock} on {parent}: {who} wait until commit",
        why=(
            "A foreign key locks the table it points to as well, even when the table that holds it "
            "is new, small or on its way out. It is short, but it waits for what is running on that "
            "table, and everyone else waits behind it."
        ),
        instead=(
            "Set a lock_timeout for migrations and keep this one short. A new key can come in "
            "steps: without its constraint, then the constraint NOT VALID, then VALIDATE:\n\n"
            "    migrations.AddField(\n"
            '        "order",\n'
            '        "customer",\n'
            "        models.ForeignKey(\n"
            "            db_constraint=False,\n"
            "            db_index=False,\n"
            "            null=True,\n"
            "            on_delete=models.CASCADE,\n"
            '            to="shop.customer",\n'
            "        ),\n"
            "    )"
        ),
        severity=Severity.ADVICE,
        databases=("postgresql",),
        serves=("4.4",),
        claims=(Claim.PARENT_WAITS,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE, sources.LOCKS),
        check=locks.foreign_key_locks_parent,
    ),
    Rule(
        code="DJM409",
        name="index-built-with-column",
        message="{column} is indexed while {table} is locked by ADD COLUMN: index it afterwards",
        why=(
            "ADD COLUMN takes ACCESS EXCLUSIVE until the end of the transaction, and the index is "
            "built inside it: reads and writes wait for the whole build."
        ),
        instead=(
            "Add the column without its index (a foreign key with `db_index=False`), then the "
            "index concurrently:\n\n"
            "    migrations.AddField(\n"
            '        "order", "placed", models.DateTimeField(null=True)\n'
            "    )\n\n"
            "and in a migration with `atomic = False`:\n\n"
            '    AddIndexConcurrently("order", models.Index(fields=["placed"], name="placed_idx"))'
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("4.2",),
        claims=(Claim.BUILDS_INDEX,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE, sources.LOCKS),
        check=locks.index_built_with_column,
    ),
    Rule(
        code="DJM410",
        name="maintenance-under-lock",
        message="{what} {table} holds {lock} until it is done: {remedy}",
        why=(
            "VACUUM FULL, CLUSTER, REINDEX and REFRESH MATERIALIZED VIEW work through the whole "
            "table while the others wait; REINDEX stops reads too, by the lock on the index."
        ),
        instead=(
            "Keep upkeep out of migrations, or use the form that does not block, in a migration "
            "with `atomic = False`:\n\n"
            "    migrations.RunSQL(\n"
            '        "REINDEX TABLE CONCURRENTLY shop_order", migrations.RunSQL.noop\n'
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("4.4",),
        claims=(Claim.READS_WAIT, Claim.WRITES_WAIT),
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/sql-reindex.html", sources.LOCKS),
        check=locks.maintenance_under_lock,
    ),
    Rule(
        code="DJM411",
        name="late-pin",
        message="{what} is renamed to {name} and back: put {pin} before {rename}",
        why=(
            "The old name is kept only after it has been taken away: the database renames twice "
            "instead of never, with ACCESS EXCLUSIVE, and checks a foreign key's rows each time."
        ),
        instead=(
            "Keep the name first, then rename the field or the model:\n\n"
            "    migrations.AlterField(\n"
            '        "order", "total", models.IntegerField(db_column="total")\n'
            "    ),\n"
            '    migrations.RenameField("order", "total", "amount"),'
        ),
        severity=Severity.WARNING,
        serves=("4.4",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#renamefield", sources.ALTER_TABLE),
        check=locks.late_pin,
    ),
)
"""The rows of DJM4xx, in code order."""
