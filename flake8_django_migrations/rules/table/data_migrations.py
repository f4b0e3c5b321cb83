"""Rows on data migrations: safe on large tables, on a fresh database, when run twice."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import data_migrations
from flake8_django_migrations.rules.rule import Rule, Severity
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
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#historical-models",),
        check=data_migrations.imported_model,
    ),
)
"""The rows of DJM2xx, in code order."""
