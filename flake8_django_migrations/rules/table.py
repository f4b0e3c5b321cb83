"""Every rule, one row each, in code order.

This table is the documentation: flake8's message, the review, ``explain`` and the heads of the
pages under docs/rules are all written from these rows.
"""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import (
    data_loss,
    data_migrations,
    dependencies,
    halves,
    idle,
    large_tables,
    locks,
    refused,
    reversibility,
    separation,
    squashing,
    zero_downtime,
)
from flake8_django_migrations.rules.rule import Rule, Severity

FAMILIES: Final = (
    "The linter itself",
    "Reversibility",
    "Data migrations",
    "Data loss",
    "Locks",
    "Large tables",
    "Dependencies",
    "Squashing",
    "Separation",
    "Zero downtime",
)
"""The families' titles, by a code's first digit."""

_OPERATIONS = "https://docs.djangoproject.com/en/stable/ref/migration-operations/"
_MIGRATIONS = "https://docs.djangoproject.com/en/stable/topics/migrations/"
_HOWTO = "https://docs.djangoproject.com/en/stable/howto/writing-migrations/"
_POSTGRES = "https://docs.djangoproject.com/en/stable/ref/contrib/postgres/operations/"
_ALTER_TABLE = "https://www.postgresql.org/docs/current/sql-altertable.html"
_LOCKS = "https://www.postgresql.org/docs/current/explicit-locking.html"

RULES: Final[tuple[Rule, ...]] = (
    # 0xx: the linter itself
    Rule(
        code="DJM001",
        name="unreadable-migration",
        message="{what} cannot be read ({why}): what depends on it is not judged",
        why=(
            "Operations that are computed when the module is imported cannot be known from its "
            "source. They may be safe, but nobody can say so before they run."
        ),
        instead=(
            "Write the operations as a literal list; put a condition into the function of a "
            "RunPython instead of around the operations."
        ),
        severity=Severity.WARNING,
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#migration-files",),
        check=None,
    ),
    Rule(
        code="DJM002",
        name="internal-error",
        message="the linter failed on this file ({error} at {where}): please report it",
        why=(
            "One rule, or the reading of one file, has a fault of its own. Everything else was "
            "judged all the same."
        ),
        instead="Report the message and, if you can, the migration. Until then, review it by hand.",
        severity=Severity.WARNING,
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/plugin-development/index.html",),
        check=None,
    ),
    Rule(
        code="DJM003",
        name="waiver-without-reason",
        message="the waiver gives no reason, so it waives nothing: add `-- why it is safe here`",
        why="A waiver is copied long after its author has left; only its reason can be checked.",
        instead="Say why:\n\n    # djm: allow DJM301 -- exported to the archive on 2 May",
        severity=Severity.WARNING,
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM004",
        name="unknown-waiver-code",
        message="{waived} is no code that can be waived: the waiver has no effect",
        why="A typing error in a waiver must not widen it, and must not pass unnoticed either.",
        instead=(
            "Name codes in full, with a reason; `python -m flake8_django_migrations rules` lists "
            "them:\n\n    # djm: allow DJM301, DJM903 -- the column was never used"
        ),
        severity=Severity.WARNING,
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM005",
        name="unused-waiver",
        message="{waived} is not reported here: remove the waiver",
        why="A waiver that waives nothing hides the next finding of that code on the same lines.",
        instead="Delete the comment, or move it to the operation that it is about.",
        severity=Severity.WARNING,
        since="0.1.0",
        sources=("https://flake8.pycqa.org/en/latest/user/violations.html",),
        check=None,
    ),
    Rule(
        code="DJM006",
        name="stale-baseline-line",
        message="line {line} of the baseline names {migration}, which is gone: write it anew",
        why=(
            "A file that was renamed after it had shipped is judged as if it were new, and one that "
            "gets the name of a deleted migration is never judged. It is told at the last migration "
            "of the folder that has not shipped; `doctor` lists all such lines."
        ),
        instead="Write it again:\n\n    python -m flake8_django_migrations baseline",
        severity=Severity.WARNING,
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=None,
    ),
    # 1xx: reversibility
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
        sources=(f"{_OPERATIONS}#runpython",),
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
        sources=(f"{_OPERATIONS}#runsql",),
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
        sources=(f"{_OPERATIONS}#writing-your-own",),
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
        sources=(f"{_OPERATIONS}#removefield",),
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
        sources=(_ALTER_TABLE,),
        check=reversibility.lossy_rollback,
    ),
    # 2xx: data migrations
    Rule(
        code="DJM201",
        name="unbatched-loop",
        message="the loop loads all rows of {model} at once: use iterator() or take them in slices",
        why=(
            "The whole table is held in memory, and in an atomic migration every row touched "
            "stays locked until the last one is done."
        ),
        instead=(
            "Take the keys in batches until none are left:\n\n"
            '    pending = Order.objects.filter(status="")\n'
            '    while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(status="new")\n\n'
            "or read them in chunks, `for order in Order.objects.iterator(chunk_size=1000):`."
        ),
        severity=Severity.WARNING,
        serves=("2.1", "2.4"),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/querysets/#iterator",),
        check=data_migrations.unbatched_loop,
    ),
    Rule(
        code="DJM202",
        name="save-in-loop",
        message="{model} is saved row by row: use bulk_update() or one update() per batch of keys",
        why=(
            "Each save() is a round trip, and without update_fields it writes every column, also "
            "those that the running code has changed since the row was read."
        ),
        instead=(
            "Write each batch while the next is still to be read:\n\n"
            "    batch = []\n"
            "    for order in Order.objects.iterator(chunk_size=1000):\n"
            '        order.status = "new"\n'
            "        batch.append(order)\n"
            "        if len(batch) == 1000:\n"
            '            Order.objects.bulk_update(batch, ["status"])\n'
            "            batch.clear()\n"
            '    Order.objects.bulk_update(batch, ["status"])\n\n'
            "or let the database compute the value in one update() per batch of keys."
        ),
        severity=Severity.WARNING,
        serves=("2.2",),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/querysets/#bulk-update",),
        check=data_migrations.save_in_loop,
    ),
    Rule(
        code="DJM203",
        name="unrepeatable-write",
        message="running {function} twice {effect} in {model}: {again}",
        why=(
            "A data migration runs again when it has failed half-way outside a transaction, and "
            "when the release returns after a rollback whose reverse undid nothing."
        ),
        instead=(
            "Make the second run find nothing to do, with `get_or_create()`, "
            "`bulk_create(ignore_conflicts=True)` or a filter on what is still to be done:\n\n"
            '    Status.objects.get_or_create(name="new")\n\n'
            "or give it a reverse that undoes it."
        ),
        severity=Severity.WARNING,
        serves=("2.3",),
        since="0.1.0",
        sources=(f"{_HOWTO}#non-atomic-migrations",),
        check=data_migrations.unrepeatable_write,
    ),
    Rule(
        code="DJM204",
        name="imported-model",
        message="{model} is imported as it is today: use apps.get_model()",
        why=(
            "The class has the columns of the newest code, the table those of this migration: on "
            "a fresh database, or after the next change of the model, the query fails."
        ),
        instead='Ask the state:\n\n    Order = apps.get_model("shop", "Order")',
        severity=Severity.ERROR,
        serves=("2.5",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#historical-models",),
        check=data_migrations.imported_model,
    ),
    # 3xx: data loss
    Rule(
        code="DJM301",
        name="dropped-column",
        message="{column} is dropped and no earlier migration of its app has moved the data",
        why="DROP COLUMN takes the data with it; migrating back brings back an empty column.",
        instead=(
            "Move what is needed in an earlier migration, or state that it is not needed:\n\n"
            "    # djm: allow DJM301 -- copied to the archive, not read since release 4.1"
        ),
        severity=Severity.WARNING,
        serves=("3.1",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#removefield",),
        check=data_loss.dropped_column,
    ),
    Rule(
        code="DJM302",
        name="cut-values",
        message="{column} from {old} to {new} {loss} without an error",
        why=(
            "Django casts the column with USING when the kind of field changes, and a cast cuts "
            "or rounds what does not fit. Nothing fails and nothing is reported."
        ),
        instead=(
            "Let a RunPython before it refuse or mend what would be cut:\n\n"
            "    if Order.objects.filter(note__length__gt=50).exists():\n"
            '        raise ValueError("notes of more than 50 characters")\n\n'
            "or add a new column, copy what fits, and drop the old one later."
        ),
        severity=Severity.ERROR,
        serves=("3.2",),
        since="0.1.0",
        sources=(_ALTER_TABLE,),
        check=data_loss.cut_values,
    ),
    Rule(
        code="DJM303",
        name="refused-values",
        message="{column} from {old} to {new} {loss}",
        why="The statement fails on the first value that does not fit, and the deploy with it.",
        instead=(
            "Find and mend the values in an earlier migration:\n\n"
            "    for order in Order.objects.filter(code__length__gt=20).iterator():\n"
            "        order.code = order.code[:20]\n"
            '        order.save(update_fields=["code"])\n\n'
            "or add a column of the new type, copy what can be read, and drop the old one later."
        ),
        severity=Severity.WARNING,
        serves=("3.2",),
        since="0.1.0",
        sources=(_ALTER_TABLE,),
        check=data_loss.refused_values,
    ),
    Rule(
        code="DJM304",
        name="unfilled-not-null",
        message="{column} becomes NOT NULL, but no migration before it fills the NULLs",
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
        since="0.1.0",
        sources=(_ALTER_TABLE,),
        check=data_loss.unfilled_not_null,
    ),
    Rule(
        code="DJM305",
        name="rename-by-remove-and-add",
        message="{old} is removed and {new} added with the same definition: its data is lost",
        why=(
            "makemigrations asks whether this is a rename and was told no: the old column or "
            "table is dropped with its data, and an empty one takes its place."
        ),
        instead=(
            "Rename it:\n\n"
            '    migrations.RenameField(model_name="order", old_name="sum", new_name="total")\n\n'
            "The running code may still use the old name: keep the column with `db_column`, or copy "
            "the data into the new one in a migration between the two."
        ),
        severity=Severity.WARNING,
        serves=("3.4",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#renamefield",),
        check=data_loss.rename_by_remove_and_add,
    ),
    Rule(
        code="DJM306",
        name="dropped-table",
        message="table {table} is dropped with its rows: confirm it with a waiver that says why",
        why="DROP TABLE takes the data with it; migrating back brings back an empty table.",
        instead=(
            "Take a backup, then confirm it where it happens:\n\n"
            "    # djm: allow DJM306 -- no reads for 90 days, dump kept in the archive"
        ),
        severity=Severity.ERROR,
        serves=("3.5",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#deletemodel",),
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
            "Add a new field, fill it from the old one in a data migration, remove the old one "
            "later:\n\n"
            "    migrations.AddField(\n"
            '        "order",\n'
            '        "company",\n'
            '        models.ForeignKey("shop.company", models.SET_NULL, null=True),\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("3.3",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#alterfield",),
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
        check=data_loss.moved_model,
    ),
    Rule(
        code="DJM309",
        name="lost-constraint",
        message="removing {field} drops {lost} silently, the state keeps it: remove that first",
        why=(
            "PostgreSQL drops every constraint and index that names the column, also on the columns "
            "that stay. The state still has it, so a later operation on it fails, and duplicates "
            "can come in meanwhile."
        ),
        instead=(
            "Remove the constraint or the index before the field, and put on the columns that stay "
            "what they need:\n\n"
            '    migrations.RemoveConstraint("order", "order_code_total_uniq"),\n'
            '    migrations.RemoveField("order", "code"),'
        ),
        severity=Severity.ERROR,
        databases=("postgresql",),
        serves=("3.1",),
        since="0.1.0",
        sources=(_ALTER_TABLE,),
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
            "Nullable and not unique first; a value for each row in the next migration, in "
            "batches; unique and NOT NULL in the last:\n\n"
            "    migrations.AddField(\n"
            '        "order", "token", models.UUIDField(default=uuid.uuid4, null=True)\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("3.3",),
        since="0.1.0",
        sources=(f"{_HOWTO}#migrations-that-add-unique-fields",),
        check=data_loss.refused_column,
    ),
    # 4xx: locks
    Rule(
        code="DJM401",
        name="rewriting-column",
        message="adding {column} rewrites table {table} under {lock}: {cause}",
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
        since="0.1.0",
        sources=(_ALTER_TABLE, "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl.html"),
        check=locks.rewriting_column,
    ),
    Rule(
        code="DJM402",
        name="blocking-index",
        message="index on {table} is built under {lock}: writes wait; build it concurrently",
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
        since="0.1.0",
        sources=(f"{_POSTGRES}#concurrent-index-operations", _LOCKS),
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
        since="0.1.0",
        sources=(f"{_POSTGRES}#concurrent-index-operations",),
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
        since="0.1.0",
        sources=(_ALTER_TABLE,),
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
        since="0.1.0",
        sources=(_ALTER_TABLE, f"{_POSTGRES}#adding-constraints-without-enforcing-validation"),
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
        since="0.1.0",
        sources=(_ALTER_TABLE,),
        check=locks.unique_built_under_lock,
    ),
    Rule(
        code="DJM407",
        name="rebuilt-foreign-key",
        message="foreign key {table}.{column} is dropped and added again: {effect}",
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
        since="0.1.0",
        sources=("https://code.djangoproject.com/ticket/34417", _LOCKS),
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
        since="0.1.0",
        sources=(_ALTER_TABLE, _LOCKS),
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
            '        "order", "code", models.CharField(max_length=20, null=True)\n'
            "    )\n\n"
            "and in a migration with `atomic = False`:\n\n"
            '    AddIndexConcurrently("order", models.Index(fields=["code"], name="code_idx"))'
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("4.2",),
        since="0.1.0",
        sources=(_ALTER_TABLE, _LOCKS),
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
        since="0.1.0",
        sources=("https://www.postgresql.org/docs/current/sql-reindex.html", _LOCKS),
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#renamefield", _ALTER_TABLE),
        check=locks.late_pin,
    ),
    # 5xx: large tables
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
        sources=(_LOCKS,),
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
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
        check=large_tables.needless_rebuild,
    ),
    # 6xx: dependencies
    Rule(
        code="DJM601",
        name="dangling-dependency",
        message="depends on {dependency}, which does not exist: Django refuses to load the app",
        why=(
            "Every command that loads the migrations stops with NodeNotFoundError, on every "
            "machine: migrate, test, runserver."
        ),
        instead=(
            "Name a migration that is there. After a rename of the file, its new name; when "
            "squashed migrations have been deleted, the squash:\n\n"
            '    dependencies = [("shop", "0001_squashed_0007_order_total")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#dependencies",),
        check=dependencies.dangling_dependency,
    ),
    Rule(
        code="DJM602",
        name="undeclared-dependency",
        message="{what} needs app {app}, to which no dependency leads: declare one",
        why=(
            "It works where the other app's tables are there already. On a fresh database, and in "
            "every test run, the order is free: LookupError, or a lazy reference that cannot be "
            "resolved."
        ),
        instead=(
            "Depend on the migration that creates the model:\n\n"
            '    dependencies = [("shop", "0007_order"), ("customers", "0001_initial")]'
        ),
        severity=Severity.ERROR,
        serves=("6.2",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#dependencies",),
        check=dependencies.undeclared_dependency,
    ),
    Rule(
        code="DJM603",
        name="circular-dependency",
        message="depends on itself: {cycle}",
        why="Every command that loads the migrations stops with CircularDependencyError.",
        instead=(
            "Create both models first, without the foreign key that closes the circle; add it in "
            "a later migration that depends on both."
        ),
        severity=Severity.ERROR,
        serves=("6.3",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#dependencies",),
        check=dependencies.circular_dependency,
    ),
    Rule(
        code="DJM604",
        name="several-leaves",
        message="app {app} has another leaf, {other}: `migrate` refuses to run",
        why=(
            "Two branches have added a migration after the same one, and nobody has said which "
            'comes first: `migrate` stops with "Conflicting migrations detected".'
        ),
        instead=(
            "Let the newer one depend on the other, if it has not shipped:\n\n"
            '    dependencies = [("shop", "0008_order_note")]\n\n'
            "Or write a migration that depends on both: `manage.py makemigrations --merge`."
        ),
        severity=Severity.ERROR,
        serves=("6.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#version-control",),
        check=dependencies.several_leaves,
    ),
    Rule(
        code="DJM605",
        name="undeclared-swappable-dependency",
        message="{what} points at settings.{setting} without swappable_dependency on it",
        why=(
            "Which app has the model is the project's choice. Without the dependency the order on "
            "a fresh database is free, and the foreign key may come before the table it points to."
        ),
        instead=(
            "Declare it:\n\n"
            "    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]"
        ),
        severity=Severity.ERROR,
        serves=("6.2",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#dependencies",),
        check=dependencies.undeclared_swappable_dependency,
    ),
    Rule(
        code="DJM606",
        name="late-run-before",
        message="run_before {target}, which has shipped: databases that have it refuse to migrate",
        why=(
            "Where the other migration has been applied and this one has not, `migrate` stops with "
            "InconsistentMigrationHistory: that is every database but a fresh one."
        ),
        instead=(
            "Remove `run_before`, and let a migration of the other app that has not shipped depend "
            "on this one:\n\n"
            '    dependencies = [("customers", "0007_customer_vip"), ("shop", "0003_order_total")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        since="0.1.0",
        sources=(f"{_HOWTO}#controlling-the-order-of-migrations",),
        check=dependencies.late_run_before,
    ),
    Rule(
        code="DJM607",
        name="moving-dependency",
        message="depends on whatever is last in app {app}: its next migration stops `migrate`",
        why=(
            "Once this one is applied, the next migration of the other app becomes its parent and "
            "is not applied yet: `migrate` stops with InconsistentMigrationHistory on every database "
            "but a fresh one, and a migration that leads back here makes a circle."
        ),
        instead=(
            "Name the migration that is needed:\n\n"
            '    dependencies = [("shop", "0007_order"), ("customers", "0002_customer_vip")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#dependencies",),
        check=dependencies.moving_dependency,
    ),
    Rule(
        code="DJM608",
        name="unloaded-migration",
        message="Django never loads this migration: {why}",
        why=(
            "It is skipped without a word: `showmigrations` does not list it, `migrate` does not run "
            "it, and what it would create is missing on every database."
        ),
        instead=(
            "Rename the file so that it begins with its number, or put an empty `__init__.py` into "
            "the folder; delete the file if it is not wanted."
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/django-admin/#makemigrations",),
        check=dependencies.unloaded_migration,
    ),
    Rule(
        code="DJM609",
        name="misplaced-initial",
        message="initial = True behind {migration}, which is not initial: --fake-initial may skip it",
        why=(
            "`migrate --fake-initial` records an initial migration as applied, without running any of "
            "it, where the tables and columns that it creates are there. Only the migrations that "
            "create the app's first tables are meant to be judged by that."
        ),
        instead="Delete the line: Django counts a migration without it as an ordinary one.",
        severity=Severity.WARNING,
        serves=("6.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#initial-migrations",),
        check=dependencies.misplaced_initial,
    ),
    Rule(
        code="DJM610",
        name="conflicting-merge",
        message="{one} and {other} both change {what}: what comes out depends on which ran last",
        why=(
            "A merge only says that both come first. Databases that have run the branches in "
            "different order end up with different schemas, or cannot run the second one at all."
        ),
        instead=(
            "If one of the branches has not shipped, rewrite it on top of the other and delete the "
            "merge:\n\n"
            '    dependencies = [("shop", "0003_order_note_null")]'
        ),
        severity=Severity.WARNING,
        serves=("6.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#version-control",),
        check=dependencies.conflicting_merge,
    ),
    Rule(
        code="DJM611",
        name="missing-extension",
        message="{what} needs extension {extension}, which no migration before it creates",
        why=(
            "It works where somebody has created the extension by hand. On a fresh database, and in "
            "every test run, the type or the operator class does not exist."
        ),
        instead=(
            "Create it first; the role that migrates must be allowed to. Each extension has an "
            "operation in django.contrib.postgres.operations:\n\n"
            "    operations = [TrigramExtension()]"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("6.1",),
        since="0.1.0",
        sources=(f"{_POSTGRES}#creating-extension-using-migrations",),
        check=dependencies.missing_extension,
    ),
    Rule(
        code="DJM612",
        name="repeated-number",
        message="{migration} before it has the number {number} too: rename this one",
        why=(
            "Django orders by dependencies alone, people and tools by the number: `migrate shop "
            "0003` is refused because it names two, and a merge is resolved the wrong way round."
        ),
        instead=(
            "Rename the file before it ships, and the dependencies that name it:\n\n"
            "    git mv shop/migrations/0003_total.py shop/migrations/0004_total.py"
        ),
        severity=Severity.ADVICE,
        serves=("6.4",),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate",),
        check=dependencies.repeated_number,
    ),
    # 7xx: squashing
    Rule(
        code="DJM701",
        name="many-pending",
        message="app {app} has {count} pending migrations: squash them before they ship",
        why=(
            "Each one takes its locks anew, and each is a place where a deploy can stop half-way; "
            "all of them are read by every test run from now on."
        ),
        instead=(
            "Only development databases have them. Go back to the last one that has shipped, "
            "delete the pending files, write them anew, and put RunPython and RunSQL back by "
            "hand:\n\n"
            "    python manage.py migrate shop 0020\n"
            "    python manage.py makemigrations shop"
        ),
        severity=Severity.ADVICE,
        serves=("7.1",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.many_pending,
    ),
    Rule(
        code="DJM702",
        name="field-churn",
        message="{model}.{field} was {earlier} in pending {migration}: make it one operation",
        why=(
            "Production has seen neither of the two: it would do, under lock, what the second one "
            "changes again or takes back, where one operation gets it there at once."
        ),
        instead=(
            "Fold the change into the migration that is still pending, as long as only "
            "development databases have it, and delete this operation."
        ),
        severity=Severity.ADVICE,
        serves=("7.2",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.field_churn,
    ),
    Rule(
        code="DJM703",
        name="squash-of-unshipped",
        message="replaces {migration}, which has not shipped: squash only what runs everywhere",
        why=(
            "A database that has applied only a part of the replaced migrations cannot use the "
            "squash, and once the originals are deleted it can use nothing."
        ),
        instead=(
            "Ship the migrations everywhere first and record them in the baseline, then squash:"
            "\n\n    python -m flake8_django_migrations baseline"
        ),
        severity=Severity.WARNING,
        serves=("7.3",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_of_unshipped,
    ),
    Rule(
        code="DJM704",
        name="squash-mismatch",
        message="the squash is not what it replaces: {difference}",
        why=(
            "Existing databases keep what the originals made, fresh ones get what the squash "
            "makes, and from then on they differ."
        ),
        instead=(
            "Copy by hand what squashmigrations leaves out (`atomic = False`, `run_before`, the "
            "functions), list exactly the replaced names, and change no model on the way."
        ),
        severity=Severity.ERROR,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_mismatch,
    ),
    Rule(
        code="DJM705",
        name="replaced-dependency",
        message="depends on {dependency}, which {squash} replaces: name the squash instead",
        why=(
            "The squash answers for the old name only as long as its `replaces` is there. When the "
            "originals and `replaces` are deleted, as they are meant to be, Django refuses to load "
            "the migrations: NodeNotFoundError."
        ),
        instead=(
            "Depend on the squash; databases that have applied the originals count it as applied:"
            '\n\n    dependencies = [("shop", "0001_squashed_0007_order_total")]'
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.replaced_dependency,
    ),
    Rule(
        code="DJM706",
        name="squash-of-squash",
        message="replaces {squash}, which is a squash itself: Django before 6.0 may fail to load it",
        why=(
            "Before 6.0 Django applies squashes in the order of a set, which changes from process to "
            "process. In the runs where the outer one comes first the inner one is not found: "
            "NodeNotFoundError."
        ),
        instead=(
            "Finish the first squash before the second: once it has been applied everywhere, delete "
            "the migrations it replaces and its `replaces`."
        ),
        severity=Severity.ERROR,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_of_squash,
    ),
    Rule(
        code="DJM707",
        name="unsquashable-callable",
        message="RunPython is given {what} which squashmigrations cannot write: use a function",
        why=(
            "`squashmigrations` writes each function by its import path, and stops with ValueError at "
            "one that has none."
        ),
        instead=(
            "Define it at the top of the module:\n\n"
            "    def fill(apps, schema_editor): ...\n\n"
            "    migrations.RunPython(fill, migrations.RunPython.noop)"
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#serializing-values",),
        check=squashing.unsquashable_callable,
    ),
    Rule(
        code="DJM708",
        name="unelidable-backfill",
        message="{what} only fills rows that are there: say elidable=True, so that a squash drops it",
        why=(
            "Nothing can be optimised across it, and the squash carries it for ever, though on the "
            "fresh databases that run the squash there are no rows to fill."
        ),
        instead=(
            "Say so where it is written:\n\n"
            "    migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)\n\n"
            "Or `elidable=False`, where it must stay."
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#runpython",),
        check=squashing.unelidable_backfill,
    ),
    Rule(
        code="DJM709",
        name="elidable-seed",
        message="{function} creates rows of {model} but is elidable: a squash leaves them out",
        why=(
            "`squashmigrations` drops what is elidable. Databases that are set up from the squash "
            "lack the rows which all others have."
        ),
        instead=(
            "Remove `elidable=True`; the squash keeps the step then:\n\n"
            "    migrations.RunPython(seed, migrations.RunPython.noop)"
        ),
        severity=Severity.WARNING,
        serves=("7.4",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#runpython",),
        check=squashing.elidable_seed,
    ),
    # 8xx: separation
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#runpython",),
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
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#historical-models",),
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
        since="0.1.0",
        sources=(f"{_MIGRATIONS}#historical-models",),
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
        since="0.1.0",
        sources=(_HOWTO,),
        check=separation.move_in_one_migration,
    ),
    Rule(
        code="DJM805",
        name="state-not-told",
        message="the SQL changes {column} of {table}, the state is not told: add state_operations",
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#runsql",),
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
            "Send the statement itself once the state has forgotten the field:\n\n"
            "    migrations.RunSQL(\n"
            '        "ALTER TABLE shop_order DROP COLUMN note",\n'
            '        "ALTER TABLE shop_order ADD COLUMN note text NULL",\n'
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("5.3",),
        since="0.1.0",
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#separatedatabaseandstate", f"{_OPERATIONS}#runsql"),
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
            "Use an operation that reaches the database; for a constraint:\n\n"
            '    migrations.RemoveConstraint("order", "order_total_gte_0"),\n'
            "    migrations.AddConstraint(\n"
            '        "order",\n'
            "        models.CheckConstraint(\n"
            '            condition=models.Q(("total__gt", 0)), name="order_total_gt_0"\n'
            "        ),\n"
            "    ),\n\n"
            "for a table or a column that Django does not manage: RunSQL."
        ),
        severity=Severity.WARNING,
        serves=("5.3",),
        since="0.1.0",
        sources=(
            f"{_OPERATIONS}#alterconstraint",
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
        since="0.1.0",
        sources=(
            f"{_HOWTO}#changing-a-manytomanyfield-to-use-a-through-model",
            f"{_OPERATIONS}#renameindex",
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
        since="0.1.0",
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
        check=halves.kept_foreign_key,
    ),
    # 9xx: zero downtime
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
            f"{_OPERATIONS}#addfield",
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
        sources=(f"{_HOWTO}#migrations-that-add-unique-fields",),
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
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
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
        sources=(f"{_OPERATIONS}#separatedatabaseandstate",),
        check=zero_downtime.forgotten_required_column,
    ),
)

RETIRED: Final[frozenset[str]] = frozenset()
"""Codes that once had a row; never used again."""
