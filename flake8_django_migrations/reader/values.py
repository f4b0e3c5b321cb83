"""From the evaluator's values to the plain ones a migration is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Construct,
    Pairs,
    Reference,
    Value,
)
from flake8_django_migrations.reader.constants import is_known
from flake8_django_migrations.reader.names import canonical, is_elsewhere
from flake8_django_migrations.reader.scope import (
    MAX_DEPTH,
    Function,
    LocalClass,
    Made,
    Maybe,
    Scalar,
    Table,
    Unsettled,
)

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_MAX_INFERENCES: Final = 5


def plain(machine: Interpreter, value: object, *, follow: bool = True, depth: int = 0) -> Value:
    """The plain value; UNKNOWN where it, or a part without which it means another, is unknown.

    ``follow`` looks up the project's own constants, and asks astroid where only it may know.
    """
    if isinstance(value, Scalar):
        return value
    if depth > MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, (list, tuple)):
        return _plain_sequence(machine, value, follow=follow, depth=depth)
    if isinstance(value, Reference):
        return _pointed_at(machine, value, follow=follow)
    if isinstance(value, Made):
        return _construct(machine, value, follow=follow, depth=depth)
    if isinstance(value, Table):
        pairs = [
            (
                plain(machine, key, follow=follow, depth=depth + 1),
                plain(machine, each, follow=follow, depth=depth + 1),
            )
            for key, each in value.items
        ]
        return Pairs(tuple(pairs))
    if isinstance(value, (Function, LocalClass)):
        return _own(machine, value) or UNKNOWN
    if isinstance(value, Unsettled) and follow:
        return _inferred(machine, value)
    return UNKNOWN


def _plain_sequence(
    machine: Interpreter, values: list[object] | tuple[object, ...], *, follow: bool, depth: int
) -> Value:
    if any(isinstance(each, Maybe) for each in values):
        return UNKNOWN
    return tuple([plain(machine, each, follow=follow, depth=depth + 1) for each in values])


def _pointed_at(machine: Interpreter, value: Reference, *, follow: bool) -> Value:
    """A reference under its canonical path; a constant of the project as its value."""
    if follow and value.path.rpartition(".")[2].isupper() and not is_elsewhere(value.path):
        found = machine.resolved(value)
        if is_known(found) or isinstance(found, Table):
            return plain(machine, found, follow=False)
    return UNKNOWN if value.path.endswith("]") else Reference(canonical(value.path))


def _own(machine: Interpreter, value: Function | LocalClass) -> Reference | None:
    """A function or class of the migration's module; None for one of another."""
    frame = value.frame if isinstance(value, Function) else value.outer
    return Reference(f".{value.name}") if frame.module.path == machine.home else None


def _construct(machine: Interpreter, made: Made, *, follow: bool, depth: int) -> Value:
    callee = made.callee
    if isinstance(callee, (Function, LocalClass)):
        callee = _own(machine, callee)
    if not isinstance(callee, Reference) or not made.is_whole:
        return UNKNOWN
    arguments = [plain(machine, each, follow=follow, depth=depth + 1) for each in made.arguments]
    keywords = [
        (name, plain(machine, each, follow=follow, depth=depth + 1)) for name, each in made.keywords
    ]
    return Construct(canonical(callee.path), tuple(arguments), tuple(keywords))


def _inferred(machine: Interpreter, value: Unsettled) -> Value:
    """What astroid makes of an expression, for as many as a migration can be worth."""
    from flake8_django_migrations.reader.inference import infer

    machine.inferences += 1
    if machine.inferences > _MAX_INFERENCES:
        return UNKNOWN
    return infer(value.module.tree, value.node)
