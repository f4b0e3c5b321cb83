"""What a migration left: values, the schema that the state describes, and the code's queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import DatabaseError, connection, transaction

from inside import rows

Values = dict[tuple[str, str], Counter[Any]]

_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, to_jsonb(a) ->> 'attgenerated'
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema::regnamespace AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS = """
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = current_schema::regnamespace AND k.contype <> 'n'
"""
_INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema
"""
_INDEX_NAME = re.compile(r"INDEX \S+ ON (?:ONLY )?\S+")


def values() -> Values:
    """What every column of every table holds, NULLs and empty texts left out."""
    found: Values = {}
    with connection.cursor() as cursor:
        tables = [each for each in connection.introspection.table_names() if _is_ours(each)]
        for table in [*tables, *_elsewhere(cursor)]:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            held = cursor.fetchall()
            for place, column in enumerate(cursor.description or ()):
                kept = (
                    _plain(row[place])
                    for row in held
                    if row[place] is not None and row[place] != ""
                )
                found[table, column[0]] = Counter(kept)
    return found


def _elsewhere(cursor: Any) -> list[str]:
    """The tables of other schemas."""
    if connection.vendor != "postgresql":
        return []
    cursor.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('public', 'pg_catalog', 'information_schema')"
    )
    return [f'"{schema}"."{name}"' for schema, name in cursor.fetchall()]


def _is_ours(table: str) -> bool:
    return not table.startswith(("django_", "auth_"))


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value if isinstance(value, Decimal) or _is_plain(value) else repr(value)
    return Decimal(str(value))


def _is_plain(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def lost(before: Values, after: Values, *, stays: bool = False) -> list[str]:
    """The columns whose values are found nowhere any more; with ``stays``, not in their place."""
    found = []
    for column, held in before.items():
        candidates: Iterable[Any] = [after[column]] if column in after else []
        if not stays:
            candidates = [*candidates, *after.values()]
        if not any(held <= each for each in candidates):
            found.append(".".join(column))
    return found


def drift(state: Any) -> set[str]:
    """Where the database differs from one that is made from the state alone."""
    try:
        return _drift(state)
    except (DatabaseError, FieldDoesNotExist, FieldError, LookupError, ValueError) as error:
        return {f"no database can be made from the state: {error}"}


def _drift(state: Any) -> set[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        models = state.apps.get_models(include_swapped=True)
        ignored = {each._meta.db_table for each in models if not each._meta.managed}
        here = _described(cursor, ignored)
        names = _names(cursor)
        cursor.execute("CREATE SCHEMA fresh")
        cursor.execute("SET LOCAL search_path TO fresh, public")
        with connection.schema_editor(atomic=False) as editor:
            for model in state.apps.get_models():
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        there = _described(cursor, ignored)
        transaction.set_rollback(True)
    differences = {f"only there: {each}" for each in (here - there).elements()}
    differences |= {f"only in the state: {each}" for each in (there - here).elements()}
    return differences | {f"no {each}" for each in _told(state) - names}


def views() -> set[str]:
    """The views that are there."""
    with connection.cursor() as cursor:
        tables = connection.introspection.get_table_list(cursor)
    return {f"view {each.name}" for each in tables if each.type == "v"}


def schema() -> tuple[Counter[Any], set[str]]:
    """All tables, columns, constraints and indexes, and the names of the last two."""
    with connection.cursor() as cursor:
        return _described(cursor), _names(cursor)


def _described(cursor: Any, ignored: Collection[str] = ()) -> Counter[Any]:
    found: Counter[Any] = Counter()
    cursor.execute(_COLUMNS)
    found.update(row for row in cursor.fetchall() if _is_ours(row[0]) and row[0] not in ignored)
    cursor.execute(_CONSTRAINTS)
    found.update(
        (row[0], row[2]) for row in cursor.fetchall() if _is_ours(row[0]) and row[0] not in ignored
    )
    cursor.execute(_INDEXES)
    found.update(
        (table, _INDEX_NAME.sub("INDEX", text))
        for table, _, text in cursor.fetchall()
        if _is_ours(table) and table not in ignored
    )
    return found


def _names(cursor: Any) -> set[str]:
    cursor.execute(_CONSTRAINTS)
    found = {row[1] for row in cursor.fetchall()}
    cursor.execute(_INDEXES)
    return found | {row[1] for row in cursor.fetchall()}


def _told(state: Any) -> set[str]:
    """The names that the state gives to indexes and constraints."""
    return {
        each.name
        for model in state.apps.get_models()
        if model._meta.can_migrate(connection)
        for each in (*model._meta.indexes, *model._meta.constraints)
    }


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
