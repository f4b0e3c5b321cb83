"""Raw SQL seen against the state: which model and field it is about, and what that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column, ColumnType, change, column_of
from flake8_django_migrations.plan.constraints import proves_not_null
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.editor import Editor
from flake8_django_migrations.plan.tables import delete_model, neighbours, relations
from flake8_django_migrations.plan.types import parse_type

_INDEXES: Final = frozenset(
    {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY, Kind.RENAME_INDEX, Kind.REINDEX}
    | {Kind.REINDEX_CONCURRENTLY}
)


def recognise(action: Action, state: ProjectState, database: Database) -> Action:
    """The action with what the state knows about its table; unchanged where it knows nothing."""
    model = _model(action, state)
    if model is None:
        return action
    if not action.table and isinstance(model.table, str):
        action = replace(action, table=model.table)
    action = replace(action, model=model.key)
    if action.kind is Kind.DROP_TABLE:
        return _with_neighbours(action, model, state, database)
    if action.kind is Kind.TRUNCATE and action.is_cascade:
        return replace(action, others=_dependents(model, state, database))
    if action.kind is Kind.DROP_FOREIGN_KEY:
        return _with_parent(action, _columns(model, state, database))
    column = next(
        (each for each in _columns(model, state, database) if (each.column,) == action.columns),
        None,
    )
    if column is None:
        return action
    if action.kind is Kind.ALTER_TYPE:
        editor = Editor(database=database, django=(5, 2))
        action = replace(action, others=neighbours(editor, state, model, column))
    return _about(action, model, column, database)


def _model(action: Action, state: ProjectState) -> ModelState | None:
    if action.table:
        named = (each for each in state.models.values() if each.table == action.table)
    elif action.kind in _INDEXES and action.name:
        named = (
            each
            for each in state.models.values()
            if any(index.name == action.name for index in each.indexes)
        )
    else:
        return None
    return next(named, None)


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
    new = parse_type(action.new_type)
    if new is None:
        return action
    using = " USING " in action.sql.upper()
    kind, loss = change(column.type, new, database, using)
    return replace(action, kind=kind or Kind.WIDEN_TYPE, loss=loss)
