"""What an operation was given, by the names of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Constraint,
    Field,
    Index,
    Pairs,
    Place,
    Unknown,
    Unreadable,
    Value,
)
from flake8_django_migrations.reader.fields import read_constraint, read_field, read_index
from flake8_django_migrations.reader.run_sql import Written
from flake8_django_migrations.reader.scope import Made, Maybe, place_of
from flake8_django_migrations.reader.values import plain

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MODEL: Final = ("model_name",)
_COLLATION: Final = ("name", "locale")

PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "AddConstraint": (*_MODEL, "constraint"),
    "AddConstraintNotValid": (*_MODEL, "constraint"),
    "AddField": (*_MODEL, "name", "field", "preserve_default"),
    "AddIndex": (*_MODEL, "index"),
    "AddIndexConcurrently": (*_MODEL, "index"),
    "AlterConstraint": (*_MODEL, "name", "constraint"),
    "AlterField": (*_MODEL, "name", "field", "preserve_default"),
    "AlterIndexTogether": ("name", "index_together"),
    "AlterModelManagers": ("name", "managers"),
    "AlterModelOptions": ("name", "options"),
    "AlterModelTable": ("name", "table"),
    "AlterModelTableComment": ("name", "table_comment"),
    "AlterOrderWithRespectTo": ("name", "order_with_respect_to"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "CreateCollation": _COLLATION,
    "CreateExtension": ("name", "hints"),
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RemoveCollation": _COLLATION,
    "RemoveConstraint": (*_MODEL, "name"),
    "RemoveField": (*_MODEL, "name", "field"),
    "RemoveIndex": (*_MODEL, "name"),
    "RemoveIndexConcurrently": (*_MODEL, "name"),
    "RenameField": (*_MODEL, "old_name", "new_name"),
    "RenameIndex": (*_MODEL, "new_name", "old_name", "old_fields"),
    "RenameModel": ("old_name", "new_name"),
    "RunPython": ("code", "reverse_code", "atomic", "hints", "elidable"),
    "RunSQL": ("sql", "reverse_sql", "state_operations", "hints", "elidable"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
    "ValidateConstraint": (*_MODEL, "name"),
}
"""The positional parameters of every operation of Django 4.2 to 6.1."""


class UnreadArgumentError(Exception):
    """An argument without which an operation says nothing; caught where operations are read."""


@dataclass(slots=True)
class Reading:
    """The reading of one migration: its evaluator, and what could not be read."""

    machine: Interpreter
    unreadable: list[Unreadable] = field(default_factory=list)
    is_complete: bool = True

    def note(self, what: str, why: str, place: Place, *, lost: bool = False) -> None:
        """Say that something was not read; ``lost`` if an operation is missing for it."""
        self.unreadable.append(Unreadable(what, why, place))
        self.is_complete = self.is_complete and not lost


@dataclass(frozen=True, slots=True)
class Arguments:
    """An operation's arguments; those that were not given are None."""

    reading: Reading
    made: Made
    name: str
    values: Mapping[str, object]

    @property
    def place(self) -> Place:
        """Where the operation is written."""
        return self.made.place

    def value(self, name: str) -> Value:
        """An argument as a plain value."""
        return plain(self.reading.machine, self.values.get(name))

    def text(self, name: str) -> str:
        """An essential name."""
        value = self.value(name)
        if not isinstance(value, str):
            value = plain(self.reading.machine, self.read(name))
        if not isinstance(value, str):
            raise UnreadArgumentError(name)
        return value

    def text_or_none(self, name: str) -> str | None | Unknown:
        """A name that may be None."""
        value = plain(self.reading.machine, self.read(name))
        return value if value is None or isinstance(value, str) else UNKNOWN

    def flag(self, name: str) -> bool | Unknown:
        """A switch."""
        value = self.value(name)
        return value if isinstance(value, bool) else (False if value is None else UNKNOWN)

    def read(self, name: str) -> object:
        """An argument with calls of the project's functions carried out."""
        return self.reading.machine.carried_out(self.values.get(name))

    def written(self, name: str) -> Written:
        """An argument as it is written."""
        call, frame, at = self.made.node, self.made.frame, PARAMETERS[self.name].index(name)
        if call is None or frame is None or frame.module.path != self.reading.machine.home:
            return Written(None, None, self.place)
        named = next((each.value for each in call.keywords if each.arg == name), None)
        starred = any(isinstance(each, ast.Starred) for each in call.args[: at + 1])
        if named is None and at < len(call.args) and not starred:
            named = call.args[at]
        if named is None:
            return Written(None, None, self.place)
        return Written(named, frame, place_of(named))

    def field(self) -> Field | Unknown:
        """The field, with a note where it could not be read."""
        found = read_field(self.reading.machine, self.values.get("field"))
        if found is UNKNOWN:
            self.reading.note("field", "its class or keywords cannot be told", self.place)
        return found

    def index(self) -> Index:
        """The index."""
        found = read_index(self.reading.machine, self.values.get("index"))
        if found is None:
            raise UnreadArgumentError("index")
        return found

    def constraint(self) -> Constraint:
        """The constraint."""
        found = read_constraint(self.reading.machine, self.values.get("constraint"))
        if found is None:
            raise UnreadArgumentError("constraint")
        return found


def arguments_of(reading: Reading, made: Made, name: str) -> Arguments:
    """A call's arguments under the names of a Django operation's parameters."""
    spread = next((at for at, each in enumerate(made.arguments) if isinstance(each, Maybe)), None)
    values = dict(zip(PARAMETERS[name], made.arguments[:spread], strict=False))
    values.update(made.keywords)
    if not made.is_whole:
        values = {**dict.fromkeys(PARAMETERS[name], UNKNOWN), **values}
    return Arguments(reading, made, name, values)


def pairs(value: Value) -> dict[str, Value] | Unknown:
    """A dict whose keys are all names."""
    if value is None:
        return {}
    if not isinstance(value, Pairs) or not all(isinstance(key, str) for key, _ in value.items):
        return UNKNOWN
    return {str(key): each for key, each in value.items}
