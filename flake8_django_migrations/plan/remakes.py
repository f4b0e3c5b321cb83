"""Tables that Django writes anew on SQLite, where ALTER TABLE cannot do what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Constraint, Construct, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import Column
from flake8_django_migrations.plan.defaults import effective_default
from flake8_django_migrations.plan.editor import Editor

_UNSAID: Final = frozenset(
    {Kind.DROP_FOREIGN_KEY, Kind.COMMENT_ON_COLUMN, Kind.ADD_IDENTITY, Kind.DROP_IDENTITY}
    | {Kind.OTHER, Kind.DROP_INDEX}
)
"""What other databases are asked for on the way; the new table simply is as it shall be."""

_OF_THEIR_OWN: Final = ("condition", "include", "deferrable")
"""What makes a unique constraint an index, which needs no new table."""


def in_a_remake(editor: Editor, table: str, actions: Iterable[Action]) -> tuple[Action, ...]:
    """The actions as parts of a new table; indexes that are new are created after it."""
    sql = remake_sql(editor, table)
    parts: list[Action] = []
    later: list[Action] = []
    for action in actions:
        if action.kind is Kind.CREATE_INDEX:
            later.append(action)
        elif action.kind not in _UNSAID and action.table == table:
            parts.append(replace(action, sql=sql, is_remade=True))
    return (*(parts or [remade(editor, table)]), *later)


def remade(editor: Editor, table: str) -> Action:
    """A table written anew although nothing in it changes."""
    action = editor.action(Kind.REWRITE_TABLE, table, remake_sql(editor, table))
    return replace(action, is_remade=True)


def remake_sql(editor: Editor, table: str) -> str:
    """The statements of a remake in short."""
    new, old = editor.quote(f"new__{table}"), editor.quote(table)
    copied = f"INSERT INTO {new} SELECT ... FROM {old}"  # noqa: S608 -- only shown
    renamed = f"ALTER TABLE {new} RENAME TO {old}"
    return f"CREATE TABLE {new} (...); {copied}; DROP TABLE {old}; {renamed}"


def is_added_by_remake(column: Column) -> bool:
    """Whether ADD COLUMN cannot add the column as it shall be."""
    if column.is_unique or column.field.null is not True:
        return True
    if effective_default(column.field) is not None:
        return True
    default = column.field.get("db_default")
    is_value = isinstance(default, Construct) and default.class_name == "Value"
    is_literal = is_value or not isinstance(default, Construct | Unknown)
    return column.field.has_db_default is True and not is_literal


def is_removed_by_remake(column: Column) -> bool:
    """Whether DROP COLUMN refuses the column: it is unique, indexed or a foreign key."""
    return column.is_unique or column.is_indexed or column.is_constrained


def in_its_table(
    editor: Editor, model: ModelState, constraint: Constraint, found: tuple[Action, ...]
) -> tuple[Action, ...]:
    """What a constraint asks for: on SQLite it is a part of its table, where it is no index."""
    is_part = constraint.path.startswith("django.db.models.") and _is_part(constraint)
    if not editor.is_sqlite or not is_part or isinstance(model.table, Unknown):
        return found
    return in_a_remake(editor, model.table, found)


def _is_part(constraint: Constraint) -> bool:
    if constraint.class_name != "UniqueConstraint":
        return True
    is_given = any(constraint.keywords.get(key) not in {None, ()} for key in _OF_THEIR_OWN)
    return not is_given and constraint.fields != ()
