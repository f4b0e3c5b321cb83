"""The code's queries: which of them fail, and what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction

from inside import rows


def failing(state: Any, *, deletes: bool = False) -> set[str]:
    """The queries that the code of that state sends, and the database refuses."""
    with _numbers_kept():
        return set(_failing(state, deletes=deletes))


@contextmanager
def _numbers_kept() -> Iterator[None]:
    """No transaction takes back what a sequence has given: the next number stays what it is."""
    if connection.vendor != "postgresql":
        yield
        return
    numbers = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    with connection.cursor() as cursor:
        cursor.execute(numbers)
        before = cursor.fetchall()
        yield
        for name, last in before:
            cursor.execute(
                f'ALTER SEQUENCE "{name}" RESTART'
                if last is None
                else f"SELECT setval('\"{name}\"', {last})"
            )


def _failing(state: Any, *, deletes: bool) -> Iterator[str]:
    queries = {"SELECT": _select, "INSERT": insert, "UPDATE": _update}
    if deletes:
        queries["DELETE"] = _delete
    tables = set(connection.introspection.table_names())
    for model in state.apps.get_models():
        meta = model._meta
        is_there = meta.can_migrate(connection) or (not meta.managed and meta.db_table in tables)
        if is_there and meta.app_label not in rows.DJANGO_APPS:
            for verb, query in queries.items():
                if refused := _refusal(query, model):
                    yield f"{verb} {meta.label}: {refused}"


def _refusal(query: Callable[[Any], None], model: Any) -> str:
    try:
        with transaction.atomic():
            query(model)
            connection.check_constraints()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).partition("\n")[0]
    return ""


def _select(model: Any) -> None:
    list(model._base_manager.all()[:3])


def insert(model: Any, kind: str = rows.MILD) -> None:
    """Some rows of that kind, and one where the database fills what it has a default for."""
    for place in (10_000, 10_002, 10_004):
        given: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.remote_field:
                key = field.related_model._base_manager.values_list("pk", flat=True).first()
                if key is None and not field.null:
                    return
                given[field.attname] = key
            elif place == 10_004 and field.has_db_default():
                continue  # the database fills it
            elif not field.generated and not (field.primary_key and _counts(field)):
                given[field.name] = rows.value(field, place, kind)
        if not model._meta.parents and not hasattr(model._meta.pk, "field_names"):
            model(**given).save(force_insert=True)


def _counts(field: Any) -> bool:
    return field.get_internal_type().endswith("AutoField")


def _update(model: Any) -> None:
    found = model._base_manager.first()
    if found is not None and len(model._meta.concrete_fields) > 1:
        found.save(force_update=True)


def _delete(model: Any) -> None:
    for each in model._base_manager.all()[:5]:
        each.delete()


def mixed(before: Any, after: Any) -> set[str]:
    """The new fields whose rows hold another value than the code gives to new ones."""
    found = set()
    for key, state in after.models.items():
        old = before.models.get(key)
        for name in state.fields.keys() - (old.fields.keys() if old else state.fields.keys()):
            field = after.apps.get_model(*key)._meta.get_field(name)
            if not field.concrete or not field.has_default() or callable(field.default):
                continue
            held = field.model._base_manager.values_list(name, flat=True).distinct()[:2]
            if list(held) not in ([], [field.get_default()]):
                found.add(f"{key}.{name}: {list(held)}")
    return found


def scanned_by_deleting(state: Any) -> set[str]:
    """The tables of which every row is read when a row elsewhere is deleted."""
    found = set()
    for model in state.apps.get_models():
        if model._meta.can_migrate(connection):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL enable_seqscan = off")
                    before = _rows_read(cursor)
                    each = model._base_manager.first()
                    if each is not None:
                        each.delete()
                        connection.check_constraints()
                    after = _rows_read(cursor)
                    transaction.set_rollback(True)
            except DatabaseError:
                continue
            own = model._meta.db_table
            many = {table for table in after if after[table] - before.get(table, 0) > 1_000}
            found |= {f"{table}, for {own}" for table in many - {own}}
    return found


def _rows_read(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables")
    return dict(cursor.fetchall())
