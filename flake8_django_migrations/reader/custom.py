"""Operations that are not Django's: what they are called, which models they name."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    CreateCollation,
    CreateExtension,
    OpaqueOperation,
    Operation,
    Reference,
    RemoveCollation,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    Unknown,
)
from flake8_django_migrations.reader.arguments import PARAMETERS, Reading
from flake8_django_migrations.reader.calls import bind
from flake8_django_migrations.reader.classes import bases_of, body_of
from flake8_django_migrations.reader.names import EXTENSIONS, canonical
from flake8_django_migrations.reader.scope import MAX_CALLS, Frame, Function, LocalClass, Made

if TYPE_CHECKING:
    from flake8_django_migrations.reader.interpreter import Interpreter

_STATELESS: Final = frozenset({"RunPython", "RunSQL", "CreateExtension", *EXTENSIONS})
_INERT: Final = frozenset(
    {
        "django_migration_linter.IgnoreMigration",
        "django_migration_linter.operations.IgnoreMigration",
        "hierarkey.utils.CleanHierarkeyDuplicates",
        "pgvector.django.VectorExtension",
        "pgvector.django.HalfvecExtension",
    }
)
"""Widely used operations that leave the models as they are."""


def touched(operation: Operation) -> tuple[str, ...] | None:
    """The models an operation is about; None where it may be any."""
    match operation:
        case OpaqueOperation(models=models):
            return models
        case RenameModel(old_name=old, new_name=new):
            return (old, new)
        case RunPython() | CreateExtension() | CreateCollation() | RemoveCollation():
            return ()
        case RunSQL(state_operations=nested):
            return _all_touched(nested)
        case SeparateDatabaseAndState(database_operations=database, state_operations=state):
            return _all_touched(database + state)
        case _:
            return (str(getattr(operation, "model_name", getattr(operation, "name", ""))),)


def _all_touched(operations: tuple[Operation, ...]) -> tuple[str, ...] | None:
    found: list[str] = []
    for operation in operations:
        names = touched(operation)
        if names is None:
            return None
        found.extend(names)
    return tuple(dict.fromkeys(found))


def read_custom(reading: Reading, made: Made) -> OpaqueOperation:
    """An operation of a class that is not Django's."""
    machine = reading.machine
    kind = machine.resolved(made.callee)
    path: str | Unknown = UNKNOWN
    if isinstance(made.callee, Reference):
        path = made.callee.path
    elif isinstance(kind, LocalClass) and kind.outer.module.path == machine.home:
        path = f".{kind.name}"
    if not isinstance(kind, LocalClass):
        inert = isinstance(path, str) and path in _INERT
        models = () if inert else _named_models(machine, dict(made.keywords), "model_name")
        return OpaqueOperation(path=path, models=models, place=made.place)
    return OpaqueOperation(
        path=path,
        models=_models(machine, kind, made),
        is_reversible=_is_reversible(machine, kind),
        place=made.place,
    )


def _models(machine: Interpreter, kind: LocalClass, made: Made) -> tuple[str, ...] | None:
    """The models a class at hand is given, by the parameters of its Django parent."""
    parent = _django_parent(machine, kind)
    if parent in _STATELESS or _leaves_state(machine, kind):
        return ()
    given = _given(machine, kind, made, parent)
    if parent is None or parent == "SeparateDatabaseAndState":
        return _named_models(machine, given, "model_name")
    if parent == "RenameModel":
        return _named_models(machine, given, "old_name", "new_name")
    is_model = PARAMETERS.get(parent, ("name",))[0] == "name"
    return _named_models(machine, given, "name" if is_model else "model_name")


def _named_models(
    machine: Interpreter, given: dict[str, object], *names: str
) -> tuple[str, ...] | None:
    values = [machine.carried_out(given.get(name)) for name in names]
    found = tuple(value for value in values if isinstance(value, str))
    return found if len(found) == len(values) else None


def _given(
    machine: Interpreter, kind: LocalClass, made: Made, parent: str | None
) -> dict[str, object]:
    """The arguments by name: those of the class's own ``__init__``, else its parent's."""
    start = machine.class_attribute(kind, "__init__")
    keywords = dict(made.keywords)
    if not isinstance(start, Function):
        names = PARAMETERS.get(parent or "", ())
        return {**dict(zip(names, made.arguments, strict=False)), **keywords}
    frame = Frame(start.frame.module, start.frame)
    bind(machine, start, replace(made, arguments=(made, *made.arguments)), frame)
    parameters = start.node.args
    if parameters.vararg and not frame.names.keys() & {"model_name", "name"}:
        names = PARAMETERS.get(parent or "", ())
        frame.names.update(zip(names, made.arguments, strict=False))
    return {**frame.names, **keywords}


def _django_parent(machine: Interpreter, kind: LocalClass, depth: int = 0) -> str | None:
    """The operation of Django that a class at hand derives from, if it is one with a name."""
    for base in bases_of(machine, kind):
        if isinstance(base, LocalClass) and depth < MAX_CALLS:
            found = _django_parent(machine, base, depth + 1)
        else:
            name = canonical(base.path).rpartition(".")[2] if isinstance(base, Reference) else ""
            found = name if name in PARAMETERS or name in EXTENSIONS else None
        if found is not None:
            return found
    return None


def _leaves_state(machine: Interpreter, kind: LocalClass) -> bool:
    """Whether the class's own ``state_forwards`` does nothing."""
    method = body_of(machine, kind).names.get("state_forwards")
    return isinstance(method, Function) and does_nothing(method)


def does_nothing(function: Function) -> bool:
    """Whether a function's body is empty but for a docstring, ``pass`` and ``return None``."""
    node = function.node
    if isinstance(node, ast.Lambda):
        return isinstance(node.body, ast.Constant)
    return all(_is_empty(statement) for statement in node.body)


def _is_empty(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant()):
            return True
        case _:
            return False


def _is_reversible(machine: Interpreter, kind: LocalClass) -> bool | Unknown:
    """Whether the operation says it can be undone; in doubt: UNKNOWN."""
    flag = machine.class_attribute(kind, "reversible")
    if flag is False:
        return False
    method = machine.class_attribute(kind, "database_backwards")
    if isinstance(method, Function):
        body = [each for each in getattr(method.node, "body", []) if not _is_empty(each)]
        return not (len(body) == 1 and isinstance(body[0], ast.Raise))
    parent = _django_parent(machine, kind)
    return UNKNOWN if parent is None or parent in {"RunPython", "RunSQL"} else True
