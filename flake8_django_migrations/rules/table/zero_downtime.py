"""Rows on zero downtime: whether the running code keeps working, before and after."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import zero_downtime
from flake8_django_migrations.rules.rule import Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM901",
        name="required-column",
        message="new column {column} is NOT NULL without db_default: running code cannot insert",
        why=(
            "Django drops the default again right after ADD COLUMN. Until the deploy ends, the "
            "running release inserts rows that do not name the column, and they are refused."
        ),
        instead=(
            "Nullable first; fill it while the code writes it; NOT NULL in a later release:\n\n"
            "    migrations.AddField(\n"
            '        "order", "status", models.CharField(max_length=20, null=True)\n'
            "    )\n\n"
            "Or, from Django 5.0, let the database fill it:\n\n"
            "    migrations.AddField(\n"
            '        "order", "status", models.CharField(max_length=20, db_default="new")\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("9.1", "5.4"),
        since="0.1.0",
        sources=(
            f"{sources.OPERATIONS}#addfield",
            "https://docs.djangoproject.com/en/stable/ref/models/fields/#db-default",
        ),
        check=zero_downtime.required_column,
    ),
    Rule(
        code="DJM902",
        name="three-steps-at-once",
        message="{column} is added ({added}) and made NOT NULL in one deploy: take two",
        why=(
            "The release that is running does not write the new column yet: rows it inserts after "
            "the backfill are NULL, and once NOT NULL is set its inserts fail."
        ),
        instead=(
            "Ship the nullable column with code that writes it; make it NOT NULL in the next "
            "deploy."
        ),
        severity=Severity.ERROR,
        serves=("9.2", "9.1"),
        since="0.1.0",
        sources=(f"{sources.HOWTO}#migrations-that-add-unique-fields",),
        check=zero_downtime.three_steps_at_once,
    ),
    Rule(
        code="DJM903",
        name="dropped-in-use",
        message="{what} is dropped while running code names it: drop it a release later",
        why=(
            "Django names every column in its SELECT and INSERT: from the drop until the deploy "
            "ends, every query of the running release on this model fails."
        ),
        instead=(
            "First release, the state alone; make a NOT NULL column nullable before:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            '        state_operations=[migrations.RemoveField("order", "note")]\n'
            "    )\n\n"
            "Next release, the database, and why its data may go:\n\n"
            "    # djm: allow DJM301 -- nobody has read the notes since release 12\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("9.3",),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=zero_downtime.dropped_in_use,
    ),
    Rule(
        code="DJM904",
        name="renamed-in-use",
        message="{old} is renamed to {new} while running code names it: keep the old name",
        why=(
            "The old code knows only the old name and the new code only the new one: from the "
            "rename until the deploy ends, one of them cannot query the model at all."
        ),
        instead=(
            "Rename in Python alone: keep the column's name in the database, and say so before "
            "the rename; for a table, `db_table`:\n\n"
            "    migrations.AlterField(\n"
            '        "order", "sum", models.IntegerField(db_column="sum")\n'
            "    ),\n"
            '    migrations.RenameField("order", "sum", "total"),'
        ),
        severity=Severity.ERROR,
        serves=("9.3",),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/fields/#db-column",),
        check=zero_downtime.renamed_in_use,
    ),
    Rule(
        code="DJM905",
        name="forgotten-required-column",
        message="{column} leaves the state but stays NOT NULL: the new code cannot insert",
        why=(
            "The column is still in the table, NOT NULL and without a default, and the new code "
            "does not name it any more: every INSERT is refused."
        ),
        instead=(
            "Make it nullable in the same step:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        database_operations=[\n"
            "            migrations.RunSQL(\n"
            '                "ALTER TABLE shop_order ALTER COLUMN note DROP NOT NULL",\n'
            "                migrations.RunSQL.noop,\n"
            "            )\n"
            "        ],\n"
            '        state_operations=[migrations.RemoveField("order", "note")],\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("9.3",),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=zero_downtime.forgotten_required_column,
    ),
)
"""The rows of DJM9xx, in code order."""
