"""Rows on raw SQL, family by family: what only SQL can do."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import (
    raw_sql,
    raw_sql_enums,
    raw_sql_loss,
    raw_sql_types,
    raw_sql_values,
)
from flake8_django_migrations.rules.rule import Claim, Rule, Severity

_POSTGRESQL: Final = "https://www.postgresql.org/docs/current/"

DATA_MIGRATIONS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM206",
        name="quoted-value",
        message="{value} is put between quotes of the SQL: pass it as a parameter",
        why=(
            "The first value with an apostrophe ends the quotes: the migration fails on it, or "
            "runs what stands behind it. On the rows of development it never shows."
        ),
        instead=(
            "A placeholder without quotes, and the value beside the SQL:\n\n"
            "    def forwards(apps, schema_editor):\n"
            "        with schema_editor.connection.cursor() as cursor:\n"
            "            cursor.execute(\n"
            '                "UPDATE shop_order SET code = %s WHERE id = %s", ["A", 1]\n'
            "            )"
        ),
        severity=Severity.WARNING,
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/topics/db/sql/",),
        check=raw_sql_values.quoted_value,
    ),
)

DATA_LOSS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM316",
        name="dropped-schema",
        message="{what} is dropped with every table in it: take it out of the migration",
        why=(
            "A migration runs wherever the code is deployed. All tables go at once, those of other "
            "projects and of Django's own record of migrations included."
        ),
        instead=(
            "Drop the tables that are meant, one by one, each in a migration of its own that says "
            "why it may go:\n\n"
            "    # djm: allow DJM306, DJM903 -- no code uses it since release 12; dump in the archive\n"
            '    migrations.DeleteModel(name="Order")\n\n'
            "A schema that is empty goes without CASCADE."
        ),
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("3.5",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{_POSTGRESQL}sql-dropschema.html",),
        check=raw_sql_loss.dropped_schema,
    ),
)

LOCKS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM417",
        name="ended-transaction",
        message="{statement} {effect}: set atomic = False, or take it out",
        why=(
            "Django has opened a transaction and does not learn that it is over. What comes after "
            "is kept statement by statement: when the migration fails, it stays half applied and "
            "is not recorded. In a DO block the server refuses it outright."
        ),
        instead=(
            "Leave the transaction to Django. Where the steps must be kept one by one, say so:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        claims=(Claim.HALF_DONE, Claim.FAILS),
        since="0.1.0",
        sources=(f"{_POSTGRESQL}sql-commit.html",),
        check=raw_sql.ended_transaction,
    ),
    Rule(
        code="DJM418",
        name="leaking-setting",
        message="SET {name} stays for the migrations that follow: {remedy}",
        why=(
            "One connection runs all migrations of a `migrate`. Those that follow run without "
            "their time limit, with another search_path, or with triggers and foreign keys "
            "switched off, and nothing in them shows it."
        ),
        instead=(
            "In an atomic migration, for its transaction alone:\n\n"
            "    migrations.RunSQL(\n"
            "        \"SET LOCAL statement_timeout = '10min'\", migrations.RunSQL.noop\n"
            "    )\n\n"
            "Outside a transaction, `SET` before the statement and `RESET` after it."
        ),
        severity=Severity.WARNING,
        databases=("postgresql", "mysql", "mariadb"),
        claims=(Claim.LEAKS,),
        since="0.1.0",
        sources=(f"{_POSTGRESQL}sql-set.html",),
        check=raw_sql.leaking_setting,
    ),
    Rule(
        code="DJM419",
        name="idle-set-local",
        message="{what} does nothing outside a transaction: {remedy}",
        why=(
            "The server takes it with a warning that nobody sees. The limit that was meant to "
            "protect the next statement is not there."
        ),
        instead=(
            "Where `atomic = False`, for the session, and given back:\n\n"
            "    migrations.RunSQL(\n"
            "        [\n"
            "            \"SET lock_timeout = '2s'\",\n"
            '            "ALTER TABLE shop_order ALTER COLUMN code DROP NOT NULL",\n'
            '            "RESET lock_timeout",\n'
            "        ],\n"
            "        migrations.RunSQL.noop,\n"
            "    )"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(f"{_POSTGRESQL}sql-set.html",),
        check=raw_sql.idle_set_local,
    ),
)

SEPARATION: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM814",
        name="weak-column-type",
        message="{column} is {type}, {why}: use {better}",
        why=(
            "PostgreSQL keeps these types for the sake of its past. Django's own fields never use "
            "them, so a model cannot describe the column as it is."
        ),
        instead=(
            "The type that Django would have taken:\n\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order ADD COLUMN data jsonb NULL",\n'
            '        "ALTER TABLE shop_order DROP COLUMN data",\n'
            "        state_operations=[\n"
            '            migrations.AddField("order", "data", models.JSONField(null=True)),\n'
            "        ],\n"
            "    )"
        ),
        severity=Severity.ADVICE,
        databases=("postgresql",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=("https://wiki.postgresql.org/wiki/Don%27t_Do_This",),
        check=raw_sql_types.weak_column_type,
    ),
)

ZERO_DOWNTIME: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM910",
        name="renamed-enum-value",
        message="a value of {type} becomes {value} while running code names the old one: add a value",
        why=(
            "The running release goes on writing and asking for the old value, and the database "
            "refuses a name that its type does not have: every such query fails until the deploy "
            "ends, and again after a rollback of the code."
        ),
        instead=(
            "Add the new value, and move the rows when no code writes the old one:\n\n"
            "    migrations.RunSQL(\n"
            "        \"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad'\", migrations.RunSQL.noop\n"
            "    )"
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("9.3",),
        unmeasured="no field of Django's has an enum type of the database",
        since="0.1.0",
        sources=(f"{_POSTGRESQL}sql-altertype.html",),
        check=raw_sql_enums.renamed_enum_value,
    ),
)
