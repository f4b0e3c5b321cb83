"""Classes whose source is at hand: their attributes, their bases, the members of choices."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import NOWHERE, UNKNOWN, Reference
from flake8_django_migrations.reader.names import is_elsewhere
from flake8_django_migrations.reader.scope import (
    MAX_CALLS,
    MISSING,
    Frame,
    Function,
    LocalClass,
    Made,
    Scalar,
)
from flake8_django_migrations.reader.statements import execute

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_CHOICES: Final = frozenset({"TextChoices", "IntegerChoices", "Choices"})
_CONSTANTS: Final = frozenset({"StrEnum", "IntEnum", "TextChoices", "IntegerChoices"})
_ENUMS: Final = _CHOICES | _CONSTANTS | {"Enum"}


def body_of(machine: Interpreter, kind: LocalClass) -> Frame:
    """The names bound in a class's body."""
    if kind.body is None:
        kind.body = Frame(kind.outer.module, kind.outer, is_class=True, is_lazy=True)
        tracker, machine.tracker = machine.tracker, None
        execute(machine, kind.node.body, kind.body)
        machine.tracker = tracker
    return kind.body


def bases_of(machine: Interpreter, kind: LocalClass) -> list[object]:
    """The base classes: at hand, or a reference where their source is not."""
    if kind.bases is None:
        found = [machine.resolved(base_of(machine, kind, base)) for base in kind.node.bases]
        if not all(type(each) is Reference or type(each) is LocalClass for each in found):
            return found
        kind.bases = found
    return kind.bases


def base_of(machine: Interpreter, kind: LocalClass, base: ast.expr) -> object:
    """One base class; of the class's own name, what that stood for before."""
    value = machine.evaluate(base, kind.outer)
    if value is not kind:
        return value
    if kind.shadows is not MISSING:
        return machine.settle(kind.shadows, kind.outer)
    starred = machine.starred(kind.name, kind.outer.module)
    return UNKNOWN if starred is MISSING else starred


def find_attribute(machine: Interpreter, kind: LocalClass, name: str, depth: int = 0) -> object:
    """An attribute of a class or its bases: MISSING where there is none, UNKNOWN in doubt."""
    frame = body_of(machine, kind)
    if name in frame.names:
        value = machine.settle(frame.names[name], frame)
        return _member(kind, name, value)
    if name in {"choices", "values"} and base_names(kind) & _CHOICES:
        return _choices(machine, frame, name)
    for base in bases_of(machine, kind):
        if type(base) is LocalClass and depth < MAX_CALLS:
            found = find_attribute(machine, base, name, depth + 1)
            if found is not MISSING:
                return found
    return MISSING if _is_read(machine, kind, depth) else UNKNOWN


def _is_read(machine: Interpreter, kind: LocalClass, depth: int) -> bool:
    """Whether the source of every base is at hand, down to Django's or Python's own."""
    return depth < MAX_CALLS and all(
        _is_read(machine, base, depth + 1)
        if type(base) is LocalClass
        else type(base) is Reference and is_elsewhere(base.path)
        for base in bases_of(machine, kind)
    )


def base_names(kind: LocalClass) -> set[str]:
    """The last part of every base's name."""
    return {
        base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        for base in kind.node.bases
    }


def _member(kind: LocalClass, name: str, value: object) -> object:
    """An attribute as the class shows it: a member of choices is its value."""
    names = base_names(kind)
    if not names & _ENUMS or isinstance(value, (Function, LocalClass)) or name.startswith("_"):
        return value
    if names & _CHOICES and isinstance(value, tuple) and len(value) == 2:
        value = value[0]
    if names & _CONSTANTS:
        return value if isinstance(value, Scalar) else UNKNOWN
    member = Made(kind, (value,), (), NOWHERE)
    member.attributes = {"value": value, "name": name}
    return member


def _choices(machine: Interpreter, frame: Frame, name: str) -> object:
    """``Status.choices`` and ``Status.values``."""
    rows: list[object] = []
    for each, bound in frame.names.items():
        if each.startswith("_") or isinstance(bound, (Function, LocalClass)):
            continue
        value = machine.settle(bound, frame)
        label: object = each.replace("_", " ").title()
        if isinstance(value, tuple) and len(value) == 2:
            value, label = value
        rows.append(value if name == "values" else (value, label))
    return rows
