"""Rows on reversibility: whether it can be rolled back, and at what cost."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import reversibility
from flake8_django_migrations.rules.rule import Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM101",
        name="irreversible-python",
        message="RunPython({function}) has no reverse_code: migrating back stops here",
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
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=reversibility.irreversible_python,
    ),
    Rule(
        code="DJM102",
        name="irreversible-sql",
        message="RunSQL has no reverse_sql: migrating back stops here",
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
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runsql",),
        check=reversibility.irreversible_sql,
    ),
    Rule(
        code="DJM103",
        name="irreversible-operation",
        message="{operation} cannot be reversed: migrating back stops here",
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
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#writing-your-own",),
        check=reversibility.irreversible_operation,
    ),
    Rule(
        code="DJM104",
        name="failing-rollback",
        message="migrating back adds {column} {fault}: it fails on a table with rows",
        why=(
            "Django calls RemoveField reversible, but its way back is an ADD COLUMN that the rows "
            "refuse: NOT NULL without a value, or one value for a unique column. The release "
            "before cannot be restored when it is needed most."
        ),
        instead=(
            "Make the column nullable in an earlier migration, then remove it:\n\n"
            "    migrations.AlterField(\n"
            '        model_name="order",\n'
            '        name="total",\n'
            "        field=models.IntegerField(null=True),\n"
            "    )"
        ),
        severity=Severity.WARNING,
        serves=("1.1",),
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
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=reversibility.lossy_rollback,
    ),
)
"""The rows of DJM1xx, in code order."""
