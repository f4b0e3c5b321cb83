"""Methods of classes at hand, gone through from class to class as ``super()`` leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import UNKNOWN, Place, Reference
from flake8_django_migrations.reader.calls import apply
from flake8_django_migrations.reader.classes import body_of
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.scope import (
    MAX_STEPS,
    MISSING,
    Function,
    LocalClass,
    Made,
    Maybe,
    Method,
)
from flake8_django_migrations.reader.trials import SHELTERED

if TYPE_CHECKING:
    from flake8_django_migrations.reader.field_lineage import Lineage
    from flake8_django_migrations.reader.interpreter import Interpreter

_STEPS: Final = 1_000
"""How much patience a method is worth."""


_DJANGOS: Final = Reference("django.db.models.Field")
"""What a method gives that leaves the answer to Django's class."""


class _Above:
    """Watches a method while it is read, for the calls that it makes to the class above it."""

    def __init__(self, name: str, answer: Callable[[], object]) -> None:
        self.guards = 0
        self.exposed = SHELTERED
        self.calls: list[Made] = []
        self.is_certain = True
        self.is_straight = True
        self._name = name
        self._answer = answer
        self._branches = 0

    def call(self, callee: object, made: Made) -> object:
        match callee:
            case Method(owner=Made(callee=Reference(path="builtins.super")), name=name):
                given = made
            case Reference(path=path) if path.endswith(f".{self._name}") and made.arguments:
                # An unbound call: the class above is named, and its first argument is the field.
                name, given = self._name, replace(made, arguments=made.arguments[1:])
            case _:
                return MISSING
        if name != self._name:
            return UNKNOWN
        self.calls.append(given)
        self.is_certain = self.is_certain and not self._branches
        return self._answer()

    def attribute(self, _owner: object, _name: str, _place: Place) -> object:
        return MISSING

    def loop(self, _iterable: object, _place: Place) -> object:
        return MISSING

    def unread(self) -> None:
        self.is_certain = False

    def branch(self) -> None:
        self._branches += 1
        self.is_straight = False

    def leave(self) -> None:
        self._branches -= 1

    def batch(self, test: Callable[[], object]) -> object:
        self.branch()
        return test()

    def turned(self, *_given: object) -> None:
        pass

    def test(self, condition: Callable[[], object]) -> tuple[object, bool]:
        return condition(), False

    def is_found(self, _value: object) -> bool:
        return False

    def attempt(self, *_given: object) -> None:
        pass

    def assigned(self, *_given: object) -> None:
        pass


def handed_on(machine: Interpreter, lineage: Lineage, made: Made) -> Made | None:
    """The arguments that reach the root class when a field is made; None in doubt."""
    given = made
    for kind, start in _overriding(machine, lineage, "__init__"):
        above = _Above("__init__", lambda: None)
        _read(machine, start, _instance(lineage.classes[0]), given, above)
        if not above.is_certain or len(above.calls) != 1:
            return None
        given = above.calls[0]
        if not given.is_whole or any(isinstance(each, Maybe) for each in given.arguments):
            return None
        if isinstance(given.callee, Reference) and not _is_last(machine, lineage, kind, given):
            return None
    return given


def _is_last(machine: Interpreter, lineage: Lineage, kind: LocalClass, call: Made) -> bool:
    """Whether a call that names the root class passes over no other that has a say."""
    path = call.callee.path if isinstance(call.callee, Reference) else ""
    last = [each for each, _ in _overriding(machine, lineage, "__init__")][-1]
    return last is kind and canonical(path.removesuffix(".__init__")) == lineage.root


def answer(
    machine: Interpreter, lineage: Lineage, name: str, arguments: tuple[object, ...]
) -> object:
    """What a method of the field gives: MISSING where Django's own decides, UNKNOWN in doubt."""
    methods = [method for _, method in _overriding(machine, lineage, name)]
    return _answered(machine, _instance(lineage.classes[0]), name, methods, arguments)


def _answered(
    machine: Interpreter,
    instance: Made,
    name: str,
    methods: list[Function],
    arguments: tuple[object, ...],
) -> object:
    if not methods:
        return MISSING
    first, *rest = methods

    def above() -> object:
        found = _answered(machine, instance, name, rest, arguments)
        return _DJANGOS if found is MISSING else found

    given = replace(instance, arguments=arguments)
    found = _read(machine, first, instance, given, _Above(name, above))
    if found is _DJANGOS:
        return MISSING
    return found if found is None or isinstance(found, str) else UNKNOWN


def _read(
    machine: Interpreter, method: Function, instance: Made, given: Made, above: _Above
) -> object:
    before, steps = machine.tracker, machine.steps
    machine.tracker, machine.steps = above, MAX_STEPS - _STEPS
    try:
        return apply(machine, method, replace(given, arguments=(instance, *given.arguments)))
    finally:
        machine.tracker, machine.steps = before, steps


def _overriding(
    machine: Interpreter, lineage: Lineage, name: str
) -> list[tuple[LocalClass, Function]]:
    bound = ((each, body_of(machine, each).names.get(name)) for each in lineage.classes)
    return [(each, method) for each, method in bound if isinstance(method, Function)]


def _instance(kind: LocalClass, **attributes: object) -> Made:
    """What ``self`` stands for."""
    place = Place(kind.node.lineno, kind.node.col_offset, kind.node.lineno)
    return Made(kind, (), (), place, attributes=attributes)


def set_by_init(machine: Interpreter, kind: LocalClass, name: str, value: object) -> object:
    """What the class's own ``__init__`` leaves in an attribute; UNKNOWN in doubt."""
    start = body_of(machine, kind).names["__init__"]
    if not isinstance(start, Function):
        return UNKNOWN
    instance = _instance(kind, **{name: value})
    above = _Above("__init__", lambda: None)
    _read(machine, start, instance, replace(instance, arguments=()), above)
    is_certain = above.is_certain and above.is_straight
    return (instance.attributes or {}).get(name, value) if is_certain else UNKNOWN
