"""What a migration left: values, the schema that the state describes, and the code's queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import DatabaseError, connection, transaction

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
    if connection.vendor != "postgresql":
        return {f"no {each}" for each in _told(state) - schema()[1]}
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


def extras() -> set[str]:
    """What Django's state knows nothing of: views, and in SQLite the indexes too."""
    with connection.cursor() as cursor:
        tables = connection.introspection.get_table_list(cursor)
        found = {f"view {each.name}" for each in tables if each.type == "v"}
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''")
            found |= {f"index {name}" for (name,) in cursor.fetchall()}
    return found


def schema() -> tuple[Counter[Any], set[str]]:
    """All tables, columns, constraints and indexes, and the names of the last two."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _described(cursor), _names(cursor)
        seen = connection.introspection
        tables = [each for each in seen.table_names(cursor) if _is_ours(each)]
        columns = ((each, column) for each in tables for column in _columns(cursor, each))
        names = {name for each in tables for name in seen.get_constraints(cursor, each)}
        return Counter(columns), names


def _columns(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    found = connection.introspection.get_table_description(cursor, table)
    return [(each.name, str(each.type_code), each.null_ok) for each in found]


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
