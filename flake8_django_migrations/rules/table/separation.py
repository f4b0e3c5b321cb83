"""Rows on separation: schema and data apart, state and database in step."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import (
    enforcement,
    halves,
    idle,
    refused,
    separation,
    traces,
    triggers,
)
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM801",
        name="schema-with-data",
        message="{what} shares a migration with a change of {table}: split schema and data",
        why=(
            "The lock of the schema change is held while the rows are worked on; where DDL cannot "
            "be rolled back, a failure leaves the migration half applied."
        ),
        instead=(
            "One migration for each: the schema change, then the data in a migration that depends "
            "on it. Each is short, and each can be repeated on its own."
        ),
        severity=Severity.WARNING,
        serves=("8.1", "5.4"),
        claims=(Claim.HELD_ACROSS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=separation.schema_with_data,
    ),
    Rule(
        code="DJM802",
        name="data-before-schema",
        message="{function} uses {what}, which {when}: {effect}",
        why=(
            "The historical model has only what the migrations before this one have made: "
            "LookupError for a model, FieldError or a silently lost value for a field."
        ),
        instead=(
            "Put the schema change first, and let the data migration depend on it:\n\n"
            '    dependencies = [("shop", "0003_order_total")]'
        ),
        severity=Severity.ERROR,
        serves=("8.2",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=separation.data_before_schema,
    ),
    Rule(
        code="DJM803",
        name="data-after-drop",
        message="{function} uses {what}, which {migration} has {verb}: {effect}",
        why="The data migration comes too late: what it reads is gone, and so may be its data.",
        instead=(
            "Move the data first; remove the column or the table in a later migration. After a "
            "rename, use the new name."
        ),
        severity=Severity.ERROR,
        serves=("8.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=separation.data_after_drop,
    ),
    Rule(
        code="DJM804",
        name="move-in-one-migration",
        message="{model}: {added} is added, filled and {removed} removed at once: three migrations",
        why=(
            "All of it happens under one lock, in one deploy: the running code loses the old "
            "column before it knows the new one, and there is no way back without loss."
        ),
        instead=(
            "Three migrations: add the column, with code that writes both; fill it, with code "
            "that reads the new one; remove the old one in a later release."
        ),
        severity=Severity.ERROR,
        serves=("8.4", "5.4"),
        claims=(Claim.BREAKS_RUNNING_CODE,),
        since="0.1.0",
        sources=(sources.HOWTO,),
        check=separation.move_in_one_migration,
    ),
    Rule(
        code="DJM805",
        name="state-not-told",
        message="{what} is changed in the database, the state is not told: add state_operations",
        why=(
            "The state stays as it was: makemigrations writes the change again, and it fails, or "
            "the models go on naming a column that is gone."
        ),
        instead=(
            "Tell the state what the SQL does:\n\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            "        state_operations=[\n"
            '            migrations.AddField("order", "note", models.TextField(null=True))\n'
            "        ],\n"
            "    )"
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runsql",),
        check=separation.state_not_told,
    ),
    Rule(
        code="DJM806",
        name="crashing-database-half",
        message="the state has no {what} here: {operation} always fails, use RunSQL",
        why=(
            "Django looks up what it is to change in the state, also for operations that are for "
            "the database alone. The state has lost it, so this stops with KeyError, "
            "FieldDoesNotExist or ValueError on every database."
        ),
        instead=(
            "Send the statement itself, and say why the data may go:\n\n"
            "    # djm: allow DJM301 -- nobody has read the notes since release 12\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("5.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=halves.crashing_database_half,
    ),
    Rule(
        code="DJM807",
        name="halves-disagree",
        message="{table} {verb} {database}, the state says {state}: let both halves say the same",
        why=(
            "The models are written from the state: queries name a column that is not there, or a "
            "later migration looks for an index by a name that it does not have."
        ),
        instead=(
            "Use the same names and types on both sides:\n\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            "        state_operations=[\n"
            '            migrations.AddField("order", "note", models.TextField(null=True))\n'
            "        ],\n"
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("5.3",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate", f"{sources.OPERATIONS}#runsql"),
        check=halves.halves_disagree,
    ),
    Rule(
        code="DJM808",
        name="idle-operation",
        message="{what} sends nothing to the database: {remedy}",
        why=(
            "The state says that it was done, and the database never heard of it: a check goes on "
            "letting through what the model forbids, or a column is missing on fresh databases."
        ),
        instead=(
            "Use an operation that reaches the database. A constraint is removed and added; on "
            "PostgreSQL so that it checks new rows only:\n\n"
            '    migrations.RemoveConstraint("order", "order_total_gte_0"),\n'
            "    AddConstraintNotValid(\n"
            '        "order",\n'
            "        models.CheckConstraint(\n"
            '            condition=models.Q(("total__gt", 0)), name="order_total_gt_0"\n'
            "        ),\n"
            "    ),\n\n"
            "and in the next migration the old ones, which blocks nobody:\n\n"
            '    ValidateConstraint("order", name="order_total_gt_0")\n\n'
            "For a table or a column that Django does not manage: RunSQL."
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        claims=(Claim.DRIFTS, Claim.BREAKS_NEW_CODE),
        since="0.1.0",
        sources=(
            f"{sources.OPERATIONS}#alterconstraint",
            "https://docs.djangoproject.com/en/stable/ref/models/options/#managed",
        ),
        check=idle.idle_operation,
    ),
    Rule(
        code="DJM809",
        name="refused-operation",
        message="{what} always fails ({error}): {remedy}",
        why=(
            "Neither Django nor the database can turn the one into the other: the deploy stops at "
            "this operation, and on MySQL what came before it stays."
        ),
        instead=(
            "Add what is needed beside what is there, move the data, remove the old one later. A "
            "many-to-many field gets its own model by keeping the table:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        state_operations=[\n"
            "            migrations.CreateModel(\n"
            '                "OrderTag",\n'
            "                fields=[\n"
            '                    ("id", models.BigAutoField(primary_key=True)),\n'
            '                    ("order", models.ForeignKey("shop.order", models.CASCADE)),\n'
            '                    ("tag", models.ForeignKey("shop.tag", models.CASCADE)),\n'
            "                ],\n"
            '                options={"db_table": "shop_order_tags"},\n'
            "            ),\n"
            "            migrations.AlterField(\n"
            '                "order",\n'
            '                "tags",\n'
            '                models.ManyToManyField("shop.tag", through="shop.OrderTag"),\n'
            "            ),\n"
            "        ],\n"
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("5.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(
            f"{sources.HOWTO}#changing-a-manytomanyfield-to-use-a-through-model",
            f"{sources.OPERATIONS}#renameindex",
        ),
        check=refused.refused_operation,
    ),
    Rule(
        code="DJM810",
        name="kept-foreign-key",
        message="foreign key {column} stays in the database: deleting what it points at fails, drop it",
        why=(
            "Django has forgotten the field and no longer deletes or empties the rows that point at "
            "a deleted one; the database still checks them and refuses with IntegrityError."
        ),
        instead=(
            "Let the database forget the constraint when the state forgets the field:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        database_operations=[\n"
            "            migrations.AlterField(\n"
            '                "order",\n'
            '                "customer",\n'
            "                models.ForeignKey(\n"
            '                    "shop.customer", models.CASCADE, null=True, db_constraint=False\n'
            "                ),\n"
            "            ),\n"
            "        ],\n"
            '        state_operations=[migrations.RemoveField("order", "customer")],\n'
            "    )"
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=halves.kept_foreign_key,
    ),
    Rule(
        code="DJM811",
        name="pending-trigger-events",
        message="after {what}, {statement} on {table} fails (pending trigger events): split the migration",
        why=(
            "Django's foreign keys are checked at the end of the transaction. Until then PostgreSQL "
            "refuses to change a table whose rows wait for it. On the empty tables of a test nothing "
            "waits, so the first to see it is the deploy."
        ),
        instead=(
            "Two migrations: the rows in one, the schema in the next. Where it has to be one, have the "
            "keys checked in between:\n\n"
            "    migrations.RunSQL(\n"
            '        "SET CONSTRAINTS ALL IMMEDIATE", reverse_sql=migrations.RunSQL.noop\n'
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("8.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(
            f"{sources.OPERATIONS}#runpython",
            "https://www.postgresql.org/docs/current/sql-set-constraints.html",
        ),
        check=triggers.pending_trigger_events,
    ),
    Rule(
        code="DJM812",
        name="unenforced-constraint",
        message="{database} cannot have constraint {constraint}: Django sends nothing, duplicates come in",
        why=(
            "Django leaves out a unique constraint of a form that the database does not have, with a "
            "system check's warning at most. The model says that the rows are unique, and nothing "
            "keeps them so."
        ),
        instead=(
            "Make it a constraint that the database has: on a generated column, or on fields that "
            "are NULL where the condition does not hold:\n\n"
            "    migrations.AddConstraint(\n"
            '        "order",\n'
            '        models.UniqueConstraint(fields=["open_code"], name="order_open_code"),\n'
            "    )"
        ),
        severity=Severity.WARNING,
        databases=("mysql", "mariadb", "sqlite"),
        serves=("5.3",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/ref/models/constraints/#uniqueconstraint",
        ),
        check=enforcement.unenforced_constraint,
    ),
    Rule(
        code="DJM813",
        name="two-defaults",
        message="{field}: rows that are there get {database}, new ones {code}: give one default",
        why=(
            "The database fills the rows that are there, and the inserts of code that does not know "
            "the column, with db_default; the models write `default` into every new row."
        ),
        instead=(
            "Keep the one that the database knows:\n\n"
            "    migrations.AddField(\n"
            '        "order", "status", models.CharField(max_length=9, db_default="new")\n'
            "    )"
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        claims=(Claim.MIXED,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/fields/#db-default",),
        check=enforcement.two_defaults,
    ),
    Rule(
        code="DJM815",
        name="stale-content-type",
        message="{old} becomes {new} in the state alone: its content type and generic rows keep the old name",
        why=(
            "Content types are renamed with a RenameModel that is an entry of `operations` itself, not "
            "with a nested one. The new model gets a new content type, and what points "
            "at the old one (generic foreign keys, permissions, the admin's log) no longer finds it."
        ),
        instead=(
            "Keep RenameModel at the top, and the table where it is by its `db_table`:\n\n"
            '    migrations.AlterModelTable("order", "shop_order"),\n'
            '    migrations.RenameModel("Order", "Sale"),\n\n'
            "or rename the content type in the same migration:\n\n"
            '    ContentType.objects.filter(app_label="shop", model="order").update(model="sale")'
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/contrib/contenttypes/",),
        check=traces.stale_content_type,
    ),
    Rule(
        code="DJM816",
        name="never-dropped",
        message="{what} has left the state and no later migration drops it: it stays for ever",
        why=(
            "Removing a field from the state is the first half. Without the second the column is "
            "filled with its default, copied and backed up, and no model shows that it is there."
        ),
        instead=(
            "Once no release needs it, drop it by SQL, and say why its data may go:\n\n"
            "    # djm: allow DJM301 -- nobody has read the notes since release 12\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            "    )"
        ),
        severity=Severity.ADVICE,
        serves=("5.3",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=traces.never_dropped,
    ),
)
"""The rows of DJM8xx, in code order."""
