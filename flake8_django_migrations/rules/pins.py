"""Renames that are sent to the database and taken back, since the old name is kept too late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    AlterField,
    AlterModelTable,
    Place,
    RenameField,
    RenameModel,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_PINS: Final = {AlterField: "AlterField", AlterModelTable: "AlterModelTable"}
_RENAMES: Final = {RenameField: "RenameField", RenameModel: "RenameModel"}


class LatePin(NamedTuple):
    """The operation that takes a rename back: what is renamed, and both operations by name."""

    place: Place
    what: str
    name: str
    pin: str
    rename: str


class _Rename(NamedTuple):
    """A table, or a column of one, under two names."""

    table: str
    old: str
    new: str


def late_pins(subject: Subject) -> Iterator[LatePin]:
    """Every operation that gives back the name which an earlier one has taken away."""
    renamed: dict[_Rename, str] = {}
    for step in questions.on_database(subject):
        operation = step.operation
        for each in _renames(step):
            rename = renamed.get(_Rename(each.table, each.new, each.old))
            if rename is not None and type(operation) in _PINS:
                what = f"column {each.table}.{each.new}" if each.table else f"table {each.new}"
                pin = _PINS[type(operation)]
                yield LatePin(operation.place, what, each.old, pin, rename)
                break
            if type(operation) in _RENAMES:
                renamed[each] = _RENAMES[type(operation)]


def _renames(step: Step) -> Iterator[_Rename]:
    """The names that change on tables in use."""
    for action in step.forwards:
        rename = _rename(action)
        if rename is not None and not step.is_new_column(action.table, rename.old):
            yield rename


def _rename(action: Action) -> _Rename | None:
    match action:
        case Action(kind=Kind.RENAME_COLUMN, table=table, columns=(column,), name=name):
            return _Rename(table, column, name)
        case Action(kind=Kind.RENAME_TABLE, table=table, name=name):
            return _Rename("", table, name)
        case _:
            return None
