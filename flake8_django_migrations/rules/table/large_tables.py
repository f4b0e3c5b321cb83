"""Rows on large tables: what is not acceptable at their size."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import large_tables
from flake8_django_migrations.rules.rule import Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM501",
        name="exclusive-lock-on-large-table",
        message="{table} has {rows} rows and is locked ACCESS EXCLUSIVE by {statement}",
        why=(
            "Even a lock of a moment waits for the longest query on the table, and everyone else "
            "waits behind it."
        ),
        instead=(
            "Set a short lock_timeout as the first operation and try again when it strikes, run it "
            "off-peak, and time it on staging at production scale:\n\n"
            "    migrations.RunSQL(\"SET LOCAL lock_timeout = '2s'\", migrations.RunSQL.noop)"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("5.1", "5.5"),
        since="0.1.0",
        sources=(sources.LOCKS,),
        check=large_tables.exclusive_lock_on_large_table,
    ),
    Rule(
        code="DJM502",
        name="whole-table-write",
        message="one statement {verb} all rows of {table}: write them in batches of keys",
        why=(
            "Every row stays locked until the end, the table doubles in size, and replicas fall "
            "behind."
        ),
        instead=(
            "In a migration with `atomic = False`, batch by batch:\n\n"
            "    def fill_status(apps, schema_editor):\n"
            '        Order = apps.get_model("shop", "Order")\n'
            '        pending = Order.objects.filter(status="")\n'
            '        while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '            Order.objects.filter(pk__in=ids).update(status="new")'
        ),
        severity=Severity.WARNING,
        serves=("5.2", "2.2"),
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/mvcc-intro.html",),
        check=large_tables.whole_table_write,
    ),
    Rule(
        code="DJM503",
        name="needless-rebuild",
        message="{what} on {table} is dropped and built again unchanged: {remedy}",
        why=(
            "makemigrations turns a new name, or a new way to write the same thing, into drop and "
            "create: the same index is built again under lock, and nothing guards it meanwhile."
        ),
        instead=(
            "Rename an index by RenameIndex. For a constraint, tell the state, and rename in the "
            "database:\n\n"
            "    migrations.SeparateDatabaseAndState(\n"
            "        database_operations=[\n"
            "            migrations.RunSQL(\n"
            '                "ALTER TABLE shop_order RENAME CONSTRAINT a TO b",\n'
            '                "ALTER TABLE shop_order RENAME CONSTRAINT b TO a",\n'
            "            )\n"
            "        ],\n"
            "        state_operations=[\n"
            '            migrations.RemoveConstraint("order", name="a"),\n'
            "            migrations.AddConstraint(\n"
            '                "order", models.UniqueConstraint(fields=["code"], name="b")\n'
            "            ),\n"
            "        ],\n"
            "    )\n\n"
            "When the column is renamed its indexes follow by themselves: RenameField alone in "
            "`database_operations`, all three operations in `state_operations`."
        ),
        severity=Severity.WARNING,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("5.3",),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=large_tables.needless_rebuild,
    ),
)
"""The rows of DJM5xx, in code order."""
