"""Rows on data loss: what is dropped, cut, rounded or overwritten."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import data_loss, overwriting, remakes
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM301",
        name="dropped-column",
        message="{column} is dropped and no earlier migration moved its data: move it, or say why not in a waiver",
        why="DROP COLUMN takes the data with it; migrating back brings back an empty column.",
        instead=(
            "Move what is needed in an earlier migration, or state that it is not needed:\n\n"
            "    # djm: allow DJM301 -- copied to the archive, not read since release 4.1"
        ),
        severity=Severity.WARNING,
        serves=("3.1",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#removefield",),
        check=data_loss.dropped_column,
    ),
    Rule(
        code="DJM302",
        name="cut-values",
        message="{column} from {old} to {new} {loss} without an error: check the rows before",
        why=(
            "Django casts the column with USING when the kind of field changes, and a cast cuts "
            "or rounds what does not fit. Nothing fails and nothing is reported."
        ),
        instead=(
            "Let a RunPython before it refuse or mend what would be cut, here with Length of "
            "django.db.models.functions:\n\n"
            '    if Order.objects.alias(length=Length("note")).filter(length__gt=50).exists():\n'
            '        raise ValueError("notes of more than 50 characters")\n\n'
            "or add a new column, copy what fits, and drop the old one later."
        ),
        severity=Severity.ERROR,
        serves=("3.2",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=data_loss.cut_values,
    ),
    Rule(
        code="DJM303",
        name="refused-values",
        message="{column} from {old} to {new} {loss}",
        why="The statement fails on the first value that does not fit, and the deploy with it.",
        instead=(
            "Find and mend the values in an earlier migration, here with Left and Length of "
            "django.db.models.functions:\n\n"
            '    too_long = Order.objects.alias(length=Length("code")).filter(length__gt=20)\n'
            '    while ids := list(too_long.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(code=Left("code", 20))\n\n'
            "or add a column of the new type, copy what can be read, and drop the old one later."
        ),
        severity=Severity.WARNING,
        serves=("3.2",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=data_loss.refused_values,
    ),
    Rule(
        code="DJM304",
        name="unfilled-not-null",
        message="{column} becomes NOT NULL, but no migration before it fills the NULLs: fill them first",
        why="SET NOT NULL fails on the first NULL, and the deploy with it.",
        instead=(
            "Fill the rows in an earlier migration:\n\n"
            "    pending = Order.objects.filter(status=None)\n"
            '    while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(status="new")\n\n'
            "or give AlterField a default, which Django writes into the NULLs."
        ),
        severity=Severity.WARNING,
        serves=("3.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=data_loss.unfilled_not_null,
    ),
    Rule(
        code="DJM305",
        name="rename-by-remove-and-add",
        message="{old} is removed and {new} added with the same definition: its data is lost, rename it",
        why=(
            "makemigrations asks whether this is a rename and was told no: the old column or "
            "table is dropped with its data, and an empty one takes its place."
        ),
        instead=(
            "Rename it in Python and keep the column, whose name the running code still uses; for a "
            "table, `db_table`:\n\n"
            "    migrations.AlterField(\n"
            '        "order", "sum", models.IntegerField(db_column="sum")\n'
            "    ),\n"
            '    migrations.RenameField("order", "sum", "total"),\n\n'
            "or copy the data into the new column in a migration between the two."
        ),
        severity=Severity.WARNING,
        serves=("3.4",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#renamefield",),
        check=data_loss.rename_by_remove_and_add,
    ),
    Rule(
        code="DJM306",
        name="dropped-table",
        message="table {table} is dropped with its rows: confirm it with a waiver that says why",
        why=(
            "DROP TABLE takes the data with it; migrating back brings back an empty table. The model's "
            "content type, its permissions and the rows of generic relations to it stay behind."
        ),
        instead=(
            "Take a backup, then confirm it where it happens:\n\n"
            "    # djm: allow DJM306 -- no reads for 90 days, dump kept in the archive\n\n"
            "Afterwards `manage.py remove_stale_contenttypes` shows what is left of it elsewhere."
        ),
        severity=Severity.ERROR,
        serves=("3.5",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#deletemodel",),
        check=data_loss.dropped_table,
    ),
    Rule(
        code="DJM307",
        name="repointed-relation",
        message="{field} keeps its ids of {old} and points at {new}: add a new field and map them",
        why=(
            "Django changes the foreign key and leaves every id as it is: the row with number 7 now "
            "means row 7 of another table. Where such a row is there, nothing fails."
        ),
        instead=(
            "Add a new field, index it concurrently in the next migration, fill it from the old one "
            "in a data migration, remove the old one in a later release:\n\n"
            "    migrations.AddField(\n"
            '        "order",\n'
            '        "company",\n'
            "        models.ForeignKey(\n"
            '            "shop.company", models.SET_NULL, null=True, db_index=False\n'
            "        ),\n"
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("3.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#alterfield",),
        check=data_loss.repointed_relation,
    ),
    Rule(
        code="DJM308",
        name="moved-model",
        message="{old} is dropped with its rows and {new} begins empty: move it in the state alone",
        why=(
            "To the database these are two tables: one is dropped, the other is created, and no row "
            "goes from one to the other."
        ),
        instead=(
            "Keep the table and move the model in the state, in both apps; the model keeps "
            "`db_table`:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            '        state_operations=[migrations.DeleteModel("Order")]\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("3.5",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=data_loss.moved_model,
    ),
    Rule(
        code="DJM309",
        name="lost-constraint",
        message="removing {field} drops {lost} silently and nothing else tells of it: remove that first",
        why=(
            "PostgreSQL drops every constraint and index that names the column, also on the columns "
            "that stay, and with CASCADE, as Django has it before 6.0, generated columns and views as "
            "well. The state still has it, so a later operation on it fails, and duplicates can come "
            "in meanwhile."
        ),
        instead=(
            "Remove the constraint or the index in a migration before, and put on the columns that "
            "stay what they need:\n\n"
            '    migrations.RemoveConstraint("order", "order_code_total_uniq")\n\n'
            "The field goes when no running code names it."
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("3.1",),
        claims=(Claim.DRIFTS, Claim.FAILS),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=data_loss.lost_constraint,
    ),
    Rule(
        code="DJM310",
        name="refused-column",
        message="adding {column} {fault} fails on a table with rows: add it nullable, then fill it",
        why=(
            "A default is worked out once, also a callable one, and put into every row: it cannot "
            "be unique. Without any, the rows have no value for a NOT NULL column."
        ),
        instead=(
            "Nullable and not unique first, and the default for new rows alone after it; a value for "
            "each row that is NULL in the next migration, in batches; unique and NOT NULL in the "
            "last:\n\n"
            '    migrations.AddField("order", "token", models.UUIDField(null=True)),\n'
            "    migrations.AlterField(\n"
            '        "order", "token", models.UUIDField(default=uuid.uuid4, null=True)\n'
            "    ),"
        ),
        severity=Severity.ERROR,
        serves=("3.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.HOWTO}#migrations-that-add-unique-fields",),
        check=data_loss.refused_column,
    ),
    Rule(
        code="DJM311",
        name="emptied-table",
        message="TRUNCATE empties {tables}: confirm it with a waiver that says why",
        why=(
            "Every row is gone and no migration brings it back. CASCADE empties the tables that "
            "reference it as well. On MySQL it cannot be rolled back at all."
        ),
        instead=(
            "Delete what has to go, in batches, after a copy of it; or confirm it where it happens:\n\n"
            "    # djm: allow DJM311 -- a cache, filled again by the nightly job"
        ),
        severity=Severity.ERROR,
        serves=("3.5",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/sql-truncate.html",),
        check=overwriting.emptied_table,
    ),
    Rule(
        code="DJM312",
        name="invented-value",
        message="{column} is NOT NULL without a default: every row gets {value}, say what it shall be",
        why=(
            "MySQL and MariaDB fill the rows that are there with the type's own zero and report "
            "nothing. Afterwards nobody can tell such a value from one that was meant."
        ),
        instead=(
            "Add the column nullable and fill it in the next migration:\n\n"
            '    migrations.AddField("order", "total", models.IntegerField(null=True))\n\n'
            "Or, from Django 5.0, give the value yourself, in the database:\n\n"
            '    migrations.AddField("order", "total", models.IntegerField(db_default=0))'
        ),
        severity=Severity.WARNING,
        databases=("mysql", "mariadb"),
        serves=("3.3",),
        unmeasured="The rows get a value that nobody wrote; none is lost.",
        since="0.1.0",
        sources=("https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html",),
        check=overwriting.invented_value,
    ),
    Rule(
        code="DJM313",
        name="overwritten-nulls",
        message="AlterField writes its default over every NULL of {column}: nothing tells them apart later",
        why=(
            "On the way to NOT NULL Django updates the NULLs to the default, in one statement. That "
            "nothing was known of a row is gone, and migrating back does not bring it back."
        ),
        instead=(
            "Decide it for each row in a data migration before:\n\n"
            "    known = Order.objects.filter(total=None, paid=True)\n"
            '    while ids := list(known.values_list("pk", flat=True)[:1000]):\n'
            "        Order.objects.filter(pk__in=ids).update(total=0)"
        ),
        severity=Severity.ADVICE,
        serves=("3.3",),
        unmeasured="That nothing was known of a row is lost, and that is no value.",
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#alterfield",),
        check=overwriting.overwritten_nulls,
    ),
    Rule(
        code="DJM314",
        name="unproven-constraint",
        message="{what} on {on} fails on rows that {rows}: look for them in an earlier migration",
        why=(
            "The database checks the rows that are there and refuses on the first that does not "
            "comply: the deploy stops at it, though it worked on the few rows of a test."
        ),
        instead=(
            "Look for such rows before, and mend them in a migration of its own:\n\n"
            '    codes = Order.objects.values("code").annotate(rows=models.Count("pk"))\n'
            "    if codes.filter(rows__gt=1).exists():\n"
            '        raise ValueError("several orders have the same code")'
        ),
        severity=Severity.ADVICE,
        serves=("3.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#addconstraint",),
        check=overwriting.unproven_constraint,
    ),
    Rule(
        code="DJM318",
        name="undone-by-remake",
        message="SQLite writes {table} anew: {effect}",
        why=(
            "What SQLite's ALTER TABLE cannot do Django does by a new table, into which it copies the "
            "rows. It makes again what the state knows; triggers and indexes that SQL has made go "
            "with the old table, and a view on it stops the rename."
        ),
        instead=(
            "Make it again in the same migration, after the change:\n\n"
            "    migrations.RunSQL(\n"
            '        "CREATE INDEX order_code_lower ON shop_order (lower(code))",\n'
            '        "DROP INDEX order_code_lower",\n'
            "    )\n\n"
            "or let the state know the index, by AddIndex."
        ),
        severity=Severity.WARNING,
        databases=("sqlite",),
        serves=("3.1",),
        claims=(Claim.DRIFTS, Claim.FAILS),
        since="0.1.0",
        sources=("https://www.sqlite.org/lang_altertable.html",),
        check=remakes.undone_by_remake,
    ),
)
"""The rows of DJM3xx, in code order."""
