"""Raw SQL seen against the state: which model and field it is about, and what that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column, ColumnType, change, column_name, column_of
from flake8_django_migrations.plan.constraints import proves_not_null
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.relations import neighbours, relations
from flake8_django_migrations.plan.tables import delete_model
from flake8_django_migrations.plan.through import Through, is_automatic, through_of
from flake8_django_migrations.plan.types import parse_type

_INDEXES: Final = frozenset(
    {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY, Kind.RENAME_INDEX, Kind.REINDEX}
    | {Kind.REINDEX_CONCURRENTLY}
)


def recognise(
    action: Action, state: ProjectState, database: Database, told: ProjectState | None = None
) -> Action:
    """The action with what the state knows about its table; unchanged where it knows nothing.

    ``told`` is the state that its operation leaves: there, a new column is a field.
    """
    model = _model(action, state)
    if model is None:
        return _about_through(action, state, database)
    if not action.table and isinstance(model.table, str):
        action = replace(action, table=model.table)
    action = replace(action, model=model.key)
    if action.kind is Kind.DROP_TABLE:
        return _with_neighbours(action, model, state, database)
    if action.kind is Kind.TRUNCATE and action.is_cascade:
        return replace(action, others=_dependents(model, state, database))
    if action.kind is Kind.DROP_FOREIGN_KEY:
        return _with_parent(action, _columns(model, state, database))
    column = _column(action, model, state, database)
    if column is None:
        return _with_told_field(action, told, database)
    if action.kind is Kind.ALTER_TYPE:
        editor = Editor(database=database, django=(5, 2))
        action = replace(action, others=neighbours(editor, state, model, column))
    return _about(action, model, column, database)


def _model(action: Action, state: ProjectState) -> ModelState | None:
    """The model whose table it is about, or whose index, where no table is named."""
    if action.table:
        named = (each for each in state.models.values() if each.table == action.table)
    elif action.kind in _INDEXES and action.name:
        named = (each for each in state.models.values() if _has_index(each, action.name))
    else:
        return None
    return next(named, None)


def _has_index(model: ModelState, name: str) -> bool:
    """Whether the index is the model's: by its own name, or by the one that Django makes up."""
    names = {each.name for each in model.indexes} | {each.name for each in model.constraints}
    if name in names:
        return True
    found = _MADE_UP.fullmatch(name)
    if found is None or not isinstance(model.table, str):
        return False
    columns = (str(column_name(each, field)) for each, field in model.fields.items())
    return any(found[1] == f"{model.table}_{column}"[: len(found[1])] for column in columns)


_MADE_UP: Final = re.compile(r"(\w+)_[0-9a-f]{8}(?:_like|_uniq)?")
"""How Django names the index of a field: table and column, then a digest of both."""


def _through(
    action: Action, state: ProjectState, database: Database
) -> tuple[ModelState, str, Through] | None:
    """The many-to-many field whose table it is about."""
    for model in state.models.values() if action.table else ():
        for name, field in model.fields.items():
            if is_automatic(field):
                found = through_of(name, field, state, model, database)
                if found is not None and found.table == action.table:
                    return model, name, found
    return None


def _about_through(action: Action, state: ProjectState, database: Database) -> Action:
    """The action on the table of a many-to-many field, which has its two keys and no model."""
    found = _through(action, state, database)
    if found is None:
        return action
    model, name, through = found
    action = replace(action, model=model.key)
    if action.kind is Kind.DROP_FOREIGN_KEY:
        return _with_parent(action, iter(through.columns))
    if action.kind in {Kind.DROP_TABLE, Kind.RENAME_TABLE, Kind.TRUNCATE}:
        action = replace(action, field=name)
    if action.kind is not Kind.DROP_TABLE:
        return action
    ends = (each.target.table for each in through.columns if each.is_constrained)
    return replace(action, others=tuple(dict.fromkeys(each for each in ends if each)))


def _column(
    action: Action, model: ModelState, state: ProjectState, database: Database
) -> Column | None:
    found = (each for each in _columns(model, state, database) if (each.column,) == action.columns)
    return next(found, None)


def _with_told_field(action: Action, told: ProjectState | None, database: Database) -> Action:
    """The action with the field that the column becomes."""
    model = _model(action, told) if told is not None else None
    if model is None or told is None:
        return action
    column = _column(action, model, told, database)
    return action if column is None else replace(action, field=column.name)


def _columns(model: ModelState, state: ProjectState, database: Database) -> Iterator[Column]:
    for name, field in model.fields.items():
        column = column_of(name, field, state, model, database)
        if column is not None:
            yield column


def _with_neighbours(
    action: Action, model: ModelState, state: ProjectState, database: Database
) -> Action:
    editor = Editor(database=database, django=(5, 2))
    dropped = next(
        (each for each in delete_model(editor, model, state) if each.table == action.table), action
    )
    return replace(action, others=dropped.others)


def _dependents(model: ModelState, state: ProjectState, database: Database) -> tuple[str, ...]:
    """The tables of this app that TRUNCATE ... CASCADE empties as well."""
    editor = Editor(database=database, django=(5, 2))
    found: dict[str, None] = {}
    left, seen = [model], {model.key}
    while left:
        for relation in relations(editor, state, left.pop()):
            if not relation.column.is_constrained:
                continue
            found[relation.table] = None
            if relation.through is None and relation.model.key not in seen:
                seen.add(relation.model.key)
                left.append(relation.model)
    return tuple(table for table in found if table != model.table)


def _with_parent(action: Action, columns: Iterator[Column]) -> Action:
    """A foreign key is found by its name, which Django begins with table and column."""
    for column in columns:
        if column.is_constrained and action.name.startswith(f"{action.table}_{column.column}_"):
            return replace(
                action,
                columns=(column.column,),
                field=column.name,
                references=column.target.table,
            )
    return action


def _about(action: Action, model: ModelState, column: Column, database: Database) -> Action:
    action = replace(action, field=column.name)
    if action.kind is Kind.SET_NOT_NULL and proves_not_null(model, column.name):
        return replace(action, kind=Kind.SET_NOT_NULL_PROVEN)
    if action.kind is Kind.DROP_COLUMN:
        return replace(action, old_type=column.type_sql)
    if action.kind is not Kind.ALTER_TYPE or not isinstance(column.type, ColumnType):
        return action
    action = replace(action, old_type=column.type.sql)
    new = _parsed(action.new_type)
    if new is None:
        return action
    using = " USING " in action.sql.upper()
    kind, loss = change(column.type, new, database, using)
    is_indexed = column.is_indexed or column.is_unique
    sorts_anew = is_indexed and " COLLATE " in action.sql.upper()
    kind = kind or (Kind.ALTER_COLLATION if sorts_anew else Kind.WIDEN_TYPE)
    return replace(action, kind=kind, loss=loss)


_ARRAY: Final = re.compile(r"(.+)\[(\d*)\]")


def _parsed(text: str) -> ColumnType | None:
    """The type in words; of an array, that of its elements."""
    array = _ARRAY.fullmatch(text)
    if array is None:
        return parse_type(text)
    element = _parsed(array[1])
    size = int(array[2]) if array[2] else None
    return None if element is None else ColumnType("array", element=element, size=size)
