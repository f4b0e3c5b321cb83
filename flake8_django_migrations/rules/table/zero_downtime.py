"""Rows on zero downtime: whether the running code keeps working, before and after."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import inserts, interruptions, zero_downtime
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM901",
        name="required-column",
        message="new column {column} is NOT NULL: running code cannot insert; {remedy}",
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
        claims=(Claim.BREAKS_RUNNING_CODE,),
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
        claims=(Claim.BREAKS_RUNNING_CODE,),
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
        claims=(Claim.BREAKS_RUNNING_CODE,),
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
        claims=(Claim.BREAKS_RUNNING_CODE,),
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
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=zero_downtime.forgotten_required_column,
    ),
    Rule(
        code="DJM906",
        name="removed-db-default",
        message="{column} is NOT NULL and loses its db_default: running code may leave it out",
        why=(
            "Code that was written for the db_default lets the database fill the column. From the "
            "drop until the deploy ends these inserts are refused."
        ),
        instead=(
            "First ship code that always writes the column; take the db_default away in the "
            "release after it:\n\n"
            "    # djm: allow DJM906 -- written by all code since release 12\n"
            '    migrations.AlterField("order", "status", models.CharField(max_length=20)),'
        ),
        severity=Severity.WARNING,
        serves=("9.1",),
        claims=(Claim.BREAKS_RUNNING_CODE,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/fields/#db-default",),
        check=inserts.removed_db_default,
    ),
    Rule(
        code="DJM907",
        name="numbered-from-one",
        message="{column} is numbered from 1 again though rows have numbers: set its sequence here",
        why=(
            "PostgreSQL begins the new sequence at 1 and does not look at the rows: the inserts of "
            "the new code collide with the keys that are there, one after the other."
        ),
        instead=(
            "Move the sequence behind the last row in the same migration:\n\n"
            "    migrations.RunSQL(\n"
            "        \"SELECT setval(pg_get_serial_sequence('shop_order', 'id'), max(id)) \"\n"
            '        "FROM shop_order",\n'
            "        migrations.RunSQL.noop,\n"
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("9.1",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/functions-sequence.html",),
        check=inserts.numbered_from_one,
    ),
    Rule(
        code="DJM908",
        name="half-applied",
        message="not atomic: if this fails, {first} is done and cannot run again: split them",
        why=(
            "Outside a transaction every operation is final at once. When a later one fails, the "
            "migration counts as not applied, and its next run stops at what is there already."
        ),
        instead=(
            "One operation for each migration that is not atomic, and all that can roll back in "
            "atomic ones:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False\n"
            "        operations = [\n"
            "            AddIndexConcurrently(\n"
            '                "order", models.Index(fields=["placed"], name="placed_idx")\n'
            "            )\n"
            "        ]"
        ),
        severity=Severity.WARNING,
        databases=("postgresql", "sqlite"),
        serves=("5.4",),
        claims=(Claim.HALF_DONE,),
        since="0.1.0",
        sources=(f"{sources.HOWTO}#non-atomic-migrations",),
        check=interruptions.half_applied,
    ),
    Rule(
        code="DJM909",
        name="unprotected-migration",
        message="no rollback here: if this fails, {first} is done and cannot run again",
        why=(
            "MySQL and MariaDB commit at every change of the schema. A migration that fails half-way "
            "leaves its first part behind, counts as not applied, and cannot run again."
        ),
        instead=(
            "One change of the schema for each migration, so that there is nothing to be left "
            "behind:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        operations = [\n"
            '            migrations.AddField("order", "note", models.TextField(null=True)),\n'
            "        ]"
        ),
        severity=Severity.ADVICE,
        databases=("mysql", "mariadb"),
        serves=("5.4",),
        claims=(Claim.HALF_DONE,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#mysql",),
        check=interruptions.unprotected_migration,
    ),
)
"""The rows of DJM9xx, in code order."""
