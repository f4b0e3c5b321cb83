"""Rows on reversibility: whether it can be rolled back, and at what cost."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import reversibility, rollback
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM101",
        name="irreversible-python",
        message="RunPython({function}) has no reverse_code: migrating back stops here; write one, or use noop",
        why=(
            "`migrate` refuses to go back over it with IrreversibleError, so the release before "
            "cannot be restored. Inside SeparateDatabaseAndState it is found only half-way down."
        ),
        instead=(
            "Give the way back, or say that none is needed:\n\n"
            "    migrations.RunPython(fill, reverse_code=migrations.RunPython.noop)\n\n"
            "If it is one-way on purpose, say why:\n\n"
            "    # djm: allow DJM101 -- the old values were personal data"
        ),
        severity=Severity.ERROR,
        serves=("1.2", "1.3"),
        claims=(Claim.FAILS_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=reversibility.irreversible_python,
    ),
    Rule(
        code="DJM102",
        name="irreversible-sql",
        message="RunSQL has no reverse_sql: migrating back stops here; write it, or use noop",
        why=(
            "`migrate` refuses to go back over it with IrreversibleError, so the release before "
            "cannot be restored."
        ),
        instead=(
            "Give the statement that undoes it, or say that none is needed:\n\n"
            '    migrations.RunSQL("ANALYZE shop_order", reverse_sql=migrations.RunSQL.noop)'
        ),
        severity=Severity.ERROR,
        serves=("1.2", "1.3"),
        claims=(Claim.FAILS_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runsql",),
        check=reversibility.irreversible_sql,
    ),
    Rule(
        code="DJM103",
        name="irreversible-operation",
        message="{operation} cannot be reversed: migrating back stops here; give it a way back",
        why=(
            "The operation's class says `reversible = False` or has no `database_backwards`, so "
            "`migrate` refuses to go back over it."
        ),
        instead=(
            "Give the class a `database_backwards`, or put the irreversible part last, in a "
            "migration of its own with a waiver that says why."
        ),
        severity=Severity.ERROR,
        serves=("1.1", "1.3"),
        claims=(Claim.FAILS_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#writing-your-own",),
        check=reversibility.irreversible_operation,
    ),
    Rule(
        code="DJM104",
        name="failing-rollback",
        message="migrating back adds {column} {fault}, which rows refuse: first alter it to null=True",
        why=(
            "Django calls RemoveField reversible, but its way back is an ADD COLUMN that the rows "
            "refuse: NOT NULL without a value, or one value for a unique column. The release "
            "before cannot be restored when it is needed most."
        ),
        instead=(
            "Give the column a default in an earlier migration, a unique one `null=True`, then "
            "remove it:\n\n"
            "    migrations.AlterField(\n"
            '        model_name="order",\n'
            '        name="total",\n'
            "        field=models.IntegerField(default=0),\n"
            "    )"
        ),
        severity=Severity.WARNING,
        serves=("1.1",),
        claims=(Claim.FAILS_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#removefield",),
        check=reversibility.failing_rollback,
    ),
    Rule(
        code="DJM105",
        name="lossy-rollback",
        message="migrating {column} back to {old} {loss}",
        why=(
            "The change forwards is safe, but the way back is a narrowing, and rows written since "
            "may not fit it any more."
        ),
        instead=(
            "Plan to roll forward, or keep the old column beside the new one until the release "
            "has proved itself."
        ),
        severity=Severity.ADVICE,
        serves=("1.1",),
        claims=(Claim.LOSES_BACK, Claim.FAILS_BACK),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=reversibility.lossy_rollback,
    ),
    Rule(
        code="DJM106",
        name="unmirrored-rollback",
        message="migrating back {effect}: {then}",
        why=(
            "The reverse_sql is there, so `migrate` goes back without a word, and the database is not "
            "what it was before. That shows when the older code runs again, or at the next deploy."
        ),
        instead=(
            "Undo statement by statement what the SQL does; an index needs `atomic = False` both "
            "ways:\n\n"
            "    migrations.RunSQL(\n"
            '        "CREATE INDEX CONCURRENTLY order_code_lower ON shop_order (lower(code))",\n'
            '        reverse_sql="DROP INDEX CONCURRENTLY order_code_lower",\n'
            "    )\n\n"
            "or leave out reverse_sql where there is no way back. What may stay is made with IF NOT "
            "EXISTS."
        ),
        severity=Severity.WARNING,
        serves=("1.2",),
        claims=(Claim.BREAKS_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runsql",),
        check=rollback.unmirrored_rollback,
    ),
    Rule(
        code="DJM107",
        name="blocking-rollback",
        message="migrating back {work} {table} under {lock}: plan for it",
        why=(
            "The way there is quick and the way back is not: it is run when something is wrong "
            "already, and then everybody waits for it."
        ),
        instead=(
            "An index is removed, and comes back, without a lock that blocks writes:\n\n"
            '    RemoveIndexConcurrently("order", "order_code_idx")\n\n'
            "with `atomic = False` on the migration. For the rest, plan to roll forward."
        ),
        severity=Severity.ADVICE,
        serves=("1.1",),
        claims=(Claim.BLOCKS_BACK,),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#concurrent-index-operations", sources.LOCKS),
        check=rollback.blocking_rollback,
    ),
    Rule(
        code="DJM108",
        name="shared-extension",
        message="migrating back drops extension {extension}, which {owner} created before",
        why=(
            "CreateExtension does nothing where the extension is there, and its way back drops it all "
            "the same: it fails where columns need it, and takes it from the migration before where "
            "none do."
        ),
        instead=(
            "Leave the extension to the migration that created it, and depend on that; or say that "
            "there is nothing to undo:\n\n"
            "    migrations.RunSQL(\n"
            '        "CREATE EXTENSION IF NOT EXISTS citext", reverse_sql=migrations.RunSQL.noop\n'
            "    )"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("1.1",),
        claims=(Claim.FAILS_BACK,),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#creating-extension-using-migrations",),
        check=rollback.shared_extension,
    ),
    Rule(
        code="DJM109",
        name="unrestored-rows",
        message="migrating back does not restore what {function} deletes from {model}: keep a copy",
        why=(
            "With a reverse_code that does nothing the rollback looks complete, and the rows are gone "
            "all the same."
        ),
        instead=(
            "Copy the rows to a table of their own first and bring them back from there, or leave out "
            "reverse_code, so that the rollback stops where it has to, and say why:\n\n"
            "    # djm: allow DJM101 -- drafts that were thrown away cannot come back"
        ),
        severity=Severity.ADVICE,
        serves=("1.2",),
        claims=(Claim.LOSES_BACK,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=rollback.unrestored_rows,
    ),
)
"""The rows of DJM1xx, in code order."""
