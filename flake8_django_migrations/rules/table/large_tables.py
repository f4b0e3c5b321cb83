"""Rows on large tables: what is not acceptable at their size."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import growth, large_tables
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
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
        claims=(Claim.READS_WAIT,),
        since="0.1.0",
        sources=(sources.LOCKS,),
        check=large_tables.exclusive_lock_on_large_table,
    ),
    Rule(
        code="DJM502",
        name="whole-table-write",
        message="one statement {verb} all rows of {table}: {do} them in batches of keys",
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
        claims=(Claim.WRITES_ROWS,),
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
            "Where the name stays as well, leave out both operations. Rename an index by "
            "RenameIndex. For a constraint, tell the state, and rename in the database:\n\n"
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
        severity=Severity.ERROR,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("5.3",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#separatedatabaseandstate",),
        check=large_tables.needless_rebuild,
    ),
    Rule(
        code="DJM504",
        name="redundant-index",
        message="{index} on {table} repeats {other}: every write keeps up both, leave it out",
        why=(
            "An index answers every query on its first columns, also alone. A second one on just "
            "these is built under lock, fills memory and slows every write, and helps nothing."
        ),
        instead=(
            "Leave it out. A unique field, a foreign key and each of `unique_together` and "
            "`constraints` have an index already. Where the order of the columns matters, begin the "
            "new one with another column; on PostgreSQL, in a migration with `atomic = False`:\n\n"
            "    AddIndexConcurrently(\n"
            '        "order", models.Index(fields=["placed", "code"], name="placed_code_idx")\n'
            "    )"
        ),
        severity=Severity.ADVICE,
        serves=("5.3",),
        claims=(Claim.COVERED,),
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/indexes-multicolumn.html",),
        check=growth.redundant_index,
    ),
    Rule(
        code="DJM505",
        name="unindexed-foreign-key",
        message="{field} has no index: deleting what it points at reads this whole table each time",
        why=(
            "The database, or Django before it, looks for the rows that point at what is deleted. "
            "Without an index each such delete scans the table, for one row or for none."
        ),
        instead=(
            "Build the index concurrently in the next migration, and say so in Meta.indexes:\n\n"
            "    AddIndexConcurrently(\n"
            '        "order", models.Index(fields=["customer"], name="customer_idx")\n'
            "    )"
        ),
        severity=Severity.ADVICE,
        databases=("postgresql", "sqlite"),
        serves=("5.3",),
        claims=(Claim.SCANS_ON_DELETE,),
        since="0.1.0",
        sources=(
            "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
        ),
        check=growth.unindexed_foreign_key,
    ),
    Rule(
        code="DJM506",
        name="narrow-key",
        message="{key} ends at {last}: then every insert fails; make it a BigAutoField now",
        why=(
            "Numbers are used up by rolled back inserts too. Widening the key later rewrites the "
            "table and every table that points at it, all under lock."
        ),
        instead=(
            "While the table is new it costs nothing. For all models to come, set "
            "`DEFAULT_AUTO_FIELD`:\n\n"
            '    ("id", models.BigAutoField(primary_key=True)),'
        ),
        severity=Severity.ADVICE,
        serves=("4.3",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/settings/#default-auto-field",),
        check=growth.narrow_key,
    ),
    Rule(
        code="DJM507",
        name="repeated-rewrite",
        message="another rewrite of {table} in the same migration: one ALTER TABLE does all at once",
        why=(
            "Each statement writes every row and every index of the table anew, under the same "
            "lock: two of them keep the others waiting twice as long."
        ),
        instead=(
            "Avoid the rewrites with new columns. Where the table is small enough for one, send them "
            "together, tell the state, and say how long it takes:\n\n"
            "    # djm: allow DJM404 -- 40,000 rows, one second on a copy of production\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order ALTER total TYPE bigint, ALTER paid TYPE bigint",\n'
            '        "ALTER TABLE shop_order ALTER total TYPE int, ALTER paid TYPE int",\n'
            "        state_operations=[\n"
            '            migrations.AlterField("order", "total", models.BigIntegerField()),\n'
            '            migrations.AlterField("order", "paid", models.BigIntegerField()),\n'
            "        ],\n"
            "    )"
        ),
        severity=Severity.ADVICE,
        databases=("postgresql", "mysql", "mariadb"),
        serves=("4.3", "5.3"),
        claims=(Claim.REWRITES,),
        since="0.1.0",
        sources=(sources.ALTER_TABLE,),
        check=growth.repeated_rewrite,
    ),
)
"""The rows of DJM5xx, in code order."""
