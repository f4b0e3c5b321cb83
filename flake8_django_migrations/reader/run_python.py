"""The callable of a RunPython: which function it is, and what that does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    Code,
    Place,
    Reference,
    Unknown,
)
from flake8_django_migrations.reader.calls import apply
from flake8_django_migrations.reader.custom import does_nothing
from flake8_django_migrations.reader.names import canonical
from flake8_django_migrations.reader.recorder import Recorder
from flake8_django_migrations.reader.rows import Hand
from flake8_django_migrations.reader.scope import Frame, Function, LocalClass, Made, place_of

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_NOOP: Final = "django.db.migrations.RunPython.noop"


def read_code(machine: Interpreter, value: object, place: Place) -> Code | None | Unknown:
    """The callable; None where none is given, UNKNOWN where it cannot be told which it is."""
    found = _callable(machine, machine.carried_out(value))
    if found is None:
        return None
    if isinstance(found, Reference):
        if canonical(found.path) == _NOOP:
            return Code("noop", is_noop=True, body=Body(), place=place)
        name = found.path.rpartition(".")[2]
        return Code(name, is_noop=False, body=UNKNOWN, place=place)
    if not isinstance(found, Function):
        return UNKNOWN
    is_here = found.frame.module.path == machine.home
    here = place_of(found.node) if is_here else place
    return Code(
        found.name,
        does_nothing(found),
        read_body(machine, found, here),
        here,
        is_local=_is_local(found),
        misfit=_misfit(found),
    )


def _misfit(function: Function) -> str:
    """Why the function cannot take apps and schema editor; empty where it can, or may."""
    parameters = function.node.args
    if {type(each) for each in getattr(function.node, "decorator_list", [])}:
        return ""
    given = {name for name, _ in function.keywords}
    positional = [*parameters.posonlyargs, *parameters.args]
    optional = {each.arg for each in positional[len(positional) - len(parameters.defaults) :]}
    left = [each.arg for each in positional[len(function.defaults) :]]
    missing = [name for name in left[2:] if name not in optional | given]
    missing += [
        each.arg
        for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if default is None and each.arg not in given
    ]
    if missing:
        return f"nothing gives it {missing[0]}"
    if len(left) < 2 and parameters.vararg is None:
        return f"it takes {len(left)}" if left else "it takes none"
    return ""


def _is_local(function: Function) -> bool:
    """Whether it is a lambda, or written inside a function."""
    is_lambda = isinstance(function.node, ast.Lambda)
    home = function.frame.module.frame
    return is_lambda or any(
        frame is not home and not frame.is_class for frame in _frames(function.frame)
    )


def _frames(frame: Frame | None) -> Iterator[Frame]:
    """The frame and all around it, class bodies included."""
    while frame is not None:
        yield frame
        frame = frame.outer


def _callable(machine: Interpreter, value: object) -> object:
    """The function behind a partial, an instance with ``__call__``, a factory elsewhere."""
    if not isinstance(value, Made):
        return value
    callee = machine.resolved(value.callee)
    if isinstance(callee, LocalClass):
        instance = Made(callee, value.arguments, value.keywords, value.place, value.is_whole)
        return machine.instance_attribute(instance, callee, "__call__")
    if isinstance(callee, Reference) and callee.path == "functools.partial" and value.arguments:
        function = machine.resolved(value.arguments[0])
        if isinstance(function, Function):
            given = (*function.defaults, *value.arguments[1:])
            keywords = (*function.keywords, *value.keywords)
            return Function(function.node, function.frame, given, keywords)
        return function
    return callee if isinstance(callee, Reference) else value


def read_body(machine: Interpreter, function: Function, place: Place) -> Body:
    """What the function does when Django calls it with the historical apps."""
    recorder = Recorder(machine)
    before, machine.tracker = machine.tracker, recorder
    apply(machine, function, Made(function, (Hand.APPS, Hand.EDITOR), (), place))
    machine.tracker = before
    return recorder.body()
