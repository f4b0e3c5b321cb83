"""Rows on data migrations: safe on large tables, on a fresh database, when run twice."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import atomicity, data_migrations, historical, row_work
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
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
            "or read them in chunks, `for order in Order.objects.iterator(chunk_size=1000):`. A list "
            "that is filled for bulk_create() grows as long: write it each time it holds a thousand. "
            "iterator() keeps no row: where the queryset itself goes to bulk_update() afterwards, hand "
            "over the rows of each batch instead, or the changes are lost. With `atomic = False` on "
            "the migration each batch gives its rows free when it is written."
        ),
        severity=Severity.WARNING,
        serves=("2.1", "2.4"),
        claims=(Claim.LOADS_ALL,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/querysets/#iterator",),
        check=data_migrations.unbatched_loop,
    ),
    Rule(
        code="DJM202",
        name="save-in-loop",
        message="save() writes {model} row by row: use bulk_update() or one update() per batch",
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
        claims=(Claim.ROW_BY_ROW,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/querysets/#bulk-update",),
        check=data_migrations.save_in_loop,
    ),
    Rule(
        code="DJM203",
        name="unrepeatable-write",
        message="running {function} twice {effect}: {again}",
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
        claims=(Claim.REPEATS,),
        since="0.1.0",
        sources=(f"{sources.HOWTO}#non-atomic-migrations",),
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
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=data_migrations.imported_model,
    ),
    Rule(
        code="DJM205",
        name="ignored-atomic",
        message="{said} {effect}: {remedy}",
        why=(
            "Django heeds `atomic` only on an entry of `operations` itself, and False there does not "
            "leave the transaction that the whole migration runs in. Locks are kept to its end, or a "
            "failure leaves half of the rows written, whatever the argument says."
        ),
        instead=(
            "Say it where it counts. Without a transaction, in a migration of its own:\n\n"
            "    class Migration(migrations.Migration):\n"
            "        atomic = False\n\n"
            "With one for this function alone: `atomic = False` on the migration, and "
            "`atomic=True` on a RunPython that is an entry of `operations` itself."
        ),
        severity=Severity.WARNING,
        serves=("2.2",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/howto/writing-migrations/#non-atomic-migrations",
        ),
        check=atomicity.ignored_atomic,
    ),
    Rule(
        code="DJM207",
        name="wrong-signature",
        message="Django calls {function} with apps and schema_editor, but {why}: TypeError",
        why="The function is called when the migration runs, so the deploy is what finds out.",
        instead=(
            "Take both, by position:\n\n"
            "    def fill_status(apps, schema_editor):\n"
            '        Order = apps.get_model("shop", "Order")'
        ),
        severity=Severity.ERROR,
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=historical.wrong_signature,
    ),
    Rule(
        code="DJM208",
        name="stamped-rows",
        message="{verb}() sets {field} to now in each row: use bulk_update(), or name update_fields",
        why=(
            "A field with auto_now takes the time of every save(): after the migration all rows "
            "look as if their users had changed them today, and when they really did is lost."
        ),
        instead=(
            "Write only what changes; update() and bulk_update() leave auto_now alone:\n\n"
            "    batch = []\n"
            "    for order in Order.objects.iterator(chunk_size=1000):\n"
            '        order.code = f"O-{order.number}"\n'
            "        batch.append(order)\n"
            "        if len(batch) == 1000:\n"
            '            Order.objects.bulk_update(batch, ["code"])\n'
            "            batch.clear()\n"
            '    Order.objects.bulk_update(batch, ["code"])'
        ),
        severity=Severity.WARNING,
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/ref/models/fields/#django.db.models.DateField.auto_now",
        ),
        check=row_work.stamped_rows,
    ),
    Rule(
        code="DJM209",
        name="missing-on-model",
        message="{model} has no {name} in a migration, so it fails: write its work out here",
        why=(
            "Historical models have fields, and the managers that say use_in_migrations; the "
            "methods, properties, constants and other managers of models.py are not there."
        ),
        instead=(
            "Do in the migration what the method does:\n\n"
            '    Order.objects.filter(status="new").update(is_open=True)'
        ),
        severity=Severity.ERROR,
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=historical.missing_on_model,
    ),
    Rule(
        code="DJM210",
        name="row-not-made-yet",
        message="{model} has no rows in a new database until migrate ends: use get_or_create()",
        why=(
            "Content types, permissions and the first site are made after the last migration: "
            "where the database is new, as in every test run, get() raises DoesNotExist."
        ),
        instead=(
            "Make the row if it is not there yet:\n\n"
            "    content_type, _ = ContentType.objects.get_or_create(\n"
            '        app_label="shop", model="order"\n'
            "    )"
        ),
        severity=Severity.ERROR,
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/signals/#post-migrate",),
        check=historical.row_not_made_yet,
    ),
    Rule(
        code="DJM211",
        name="explicit-key",
        message="new rows bring their own {key}: the sequence gives it out again; set it afterwards",
        why=(
            "The database counts only the keys it gives itself: the next row that is added "
            "without one gets a key that is taken, and is refused."
        ),
        instead=(
            "Leave the key out, or set the sequence behind the last one when the rows are in:\n\n"
            "    schema_editor.execute(\n"
            "        \"SELECT setval(pg_get_serial_sequence('shop_status', 'id'), max(id))\"\n"
            '        " FROM shop_status"\n'
            "    )"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/ref/databases/#manually-specified-autoincrement-pk",
        ),
        check=row_work.explicit_key,
    ),
    Rule(
        code="DJM212",
        name="command-of-today",
        message="{command} works with the models of today, not of this migration: do its work here",
        why=(
            "A management command, loaddata above all, uses the classes of the newest code on "
            "the tables of this migration: once a column is added later, a new database fails."
        ),
        instead=(
            "Write the rows with the historical model:\n\n"
            '    Status = apps.get_model("shop", "Status")\n'
            '    for name in ("new", "paid"):\n'
            "        Status.objects.get_or_create(name=name)"
        ),
        severity=Severity.WARNING,
        unmeasured="It fails only when a later migration has changed what the command uses.",
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=row_work.command_of_today,
    ),
    Rule(
        code="DJM213",
        name="effect-outside",
        message="{call} is not taken back when the migration fails: do it apart from the migration",
        why=(
            "A rollback undoes rows, not messages, requests or processes; while they are waited "
            "for, the transaction and its locks stay open, and a test run does it all again."
        ),
        instead=(
            "Keep it for a management command that is run after the deploy, or let the "
            "transaction end first:\n\n"
            "    transaction.on_commit(lambda: rebuild_index.delay())"
        ),
        severity=Severity.WARNING,
        unmeasured="It happens outside the database.",
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit",
        ),
        check=row_work.effect_outside,
    ),
    Rule(
        code="DJM214",
        name="swallowed-error",
        message="a refused {verb}() of {model} breaks the transaction, though caught: wrap it in atomic()",
        why=(
            "After an error inside a transaction the database refuses all that follows: the next "
            "query fails, and with it the migration, at the first row that is refused."
        ),
        instead=(
            "Give each attempt a savepoint of its own:\n\n"
            "    try:\n"
            "        with transaction.atomic():\n"
            '            Order.objects.create(code="A-1")\n'
            "    except IntegrityError:\n"
            "        pass"
        ),
        severity=Severity.WARNING,
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/topics/db/transactions/#controlling-transactions-explicitly",
        ),
        check=row_work.swallowed_error,
    ),
    Rule(
        code="DJM215",
        name="cursor-outside-transaction",
        message="iterator() over {model} outside a transaction: a pooler may lose its cursor; page by key",
        why=(
            "Without a transaction PostgreSQL copies the whole result before the first row is "
            "given, and behind a pooler the next fetch may reach another connection."
        ),
        instead=(
            "Take the keys in batches until none are left:\n\n"
            '    pending = Order.objects.filter(status="")\n'
            '    while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(status="new")'
        ),
        severity=Severity.ADVICE,
        databases=("postgresql",),
        unmeasured="Only a pooler between Django and the server loses the cursor.",
        since="0.1.0",
        sources=(
            "https://docs.djangoproject.com/en/stable/ref/databases/#transaction-pooling-and-server-side-cursors",
        ),
        check=row_work.cursor_outside_transaction,
    ),
    Rule(
        code="DJM216",
        name="endless-loop",
        message="the loop never ends: it writes nothing of {model} that decides on its {by}",
        why=(
            "While there is one such row the loop starts again with the same rows: the deploy "
            "stands still, and the locks of the rows with it."
        ),
        instead=(
            "Filter on what the loop writes, so that each turn leaves fewer rows:\n\n"
            '    pending = Order.objects.filter(status="")\n'
            '    while ids := list(pending.values_list("pk", flat=True)[:1000]):\n'
            '        Order.objects.filter(pk__in=ids).update(status="new")'
        ),
        severity=Severity.ERROR,
        claims=(Claim.HANGS,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/models/querysets/#update",),
        check=row_work.endless_loop,
    ),
)
"""The rows of DJM2xx, in code order."""
