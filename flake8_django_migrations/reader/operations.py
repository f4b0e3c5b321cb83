"""The operations of a migration; what is not Django's, or not certain, is opaque."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Code,
    CreateExtension,
    OpaqueOperation,
    Operation,
    Place,
    Reference,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    Unknown,
)
from flake8_django_migrations.reader.arguments import (
    Arguments,
    Reading,
    UnreadArgumentError,
    arguments_of,
)
from flake8_django_migrations.reader.custom import read_custom, touched
from flake8_django_migrations.reader.names import EXTENSIONS, MIGRATIONS, POSTGRES, canonical
from flake8_django_migrations.reader.run_python import read_code
from flake8_django_migrations.reader.run_sql import read_sql
from flake8_django_migrations.reader.schema import BUILDERS
from flake8_django_migrations.reader.scope import MISSING, Either, Made, Maybe

_MAX_NESTED: Final = 40


def read_operations(
    reading: Reading, value: object, place: Place, depth: int = 0
) -> tuple[Operation, ...]:
    """The operations of a list; each that is not there for certain is opaque."""
    found = reading.machine.carried_out(value)
    if found is None:
        return ()
    if not isinstance(found, (list, tuple)) or depth > _MAX_NESTED:
        reading.note("operations", "they are computed at run time", place, lost=True)
        return ()
    return tuple(
        operation for each in found for operation in _read_element(reading, each, place, depth)
    )


def _read_element(
    reading: Reading, value: object, place: Place, depth: int
) -> tuple[Operation, ...]:
    if isinstance(value, (Maybe, Either)):
        options = (value.value,) if isinstance(value, Maybe) else value.options
        kept = [each for each in options if each is not MISSING and each is not None]
        found = [each for option in kept for each in _read_element(reading, option, place, depth)]
        opaque = tuple(_uncertain(reading, operation) for operation in found)
        return _one_of(opaque) if isinstance(value, Either) and len(kept) > 1 else opaque
    made = reading.machine.carried_out(value)
    if not isinstance(made, Made):
        if isinstance(made, (Maybe, Either)):
            return _read_element(reading, made, place, depth)
        reading.note("operation", "it is computed at run time", place, lost=True)
        return ()
    return (read_operation(reading, made, depth),)


def _one_of(found: tuple[OpaqueOperation, ...]) -> tuple[OpaqueOperation, ...]:
    """The one operation that several classes may make of the same call."""
    places = {(each.place, each.models) for each in found}
    if len(found) < 2 or len(places) > 1:
        return found
    return (replace(found[0], path=UNKNOWN),)


def _uncertain(reading: Reading, operation: Operation) -> OpaqueOperation:
    """An operation of which it is not known whether it runs."""
    if isinstance(operation, OpaqueOperation):
        return operation
    name = type(operation).__name__
    reading.note(f"whether {name} runs", "a condition decides at run time", operation.place)
    home = "django.db.migrations" if name in MIGRATIONS else "django.contrib.postgres.operations"
    return OpaqueOperation(path=f"{home}.{name}", models=touched(operation), place=operation.place)


def read_operation(reading: Reading, made: Made, depth: int = 0) -> Operation:
    """One operation."""
    name = django_name(made.callee)
    if name is None:
        return read_custom(reading, made)
    call = "CreateExtension" if name in EXTENSIONS else name
    arguments = arguments_of(reading, made, call)
    try:
        if call in _NESTING:
            return _NESTING[call](arguments, depth + 1)
        if name in EXTENSIONS:
            return CreateExtension(name=EXTENSIONS[name], place=made.place)
        return _run_python(arguments) if name == "RunPython" else BUILDERS[name](arguments)
    except UnreadArgumentError as unread:
        reading.note(f"{name} {unread}", "it cannot be told from the source", made.place)
        return OpaqueOperation(path=_path(name), models=_known_models(arguments), place=made.place)


def _path(name: str) -> str:
    home = "django.contrib.postgres.operations" if name in POSTGRES else "django.db.migrations"
    return f"{home}.{name}"


def django_name(callee: object) -> str | None:
    """The name of a Django operation's class; None for any other."""
    if not isinstance(callee, Reference):
        return None
    home, _, name = canonical(callee.path).rpartition(".")
    if home == "django.db.migrations" and name in MIGRATIONS:
        return name
    return name if home == "django.contrib.postgres.operations" and name in POSTGRES else None


def _known_models(arguments: Arguments) -> tuple[str, ...] | None:
    """The models of an operation that was not read, None where even those are not known."""
    if arguments.name == "RenameModel":
        return None
    try:
        has_model = "model_name" in arguments.values
        return (arguments.text("model_name" if has_model else "name"),)
    except UnreadArgumentError:
        return None


def _run_python(given: Arguments) -> RunPython:
    code = _code(given, "code")
    reverse = _code(given, "reverse_code")
    atomic = given.value("atomic")
    return RunPython(
        code=UNKNOWN if code is None else code,
        reverse_code=reverse,
        atomic=atomic if atomic is None or isinstance(atomic, bool) else UNKNOWN,
        elidable=given.flag("elidable"),
        says_elidable="elidable" in given.values,
        place=given.place,
    )


def _code(given: Arguments, name: str) -> Code | None | Unknown:
    value = given.values.get(name)
    if value is None:
        return None
    return read_code(given.reading.machine, value, given.written(name).place)


def _run_sql(given: Arguments, depth: int) -> RunSQL:
    machine, reverse = given.reading.machine, given.values.get("reverse_sql")
    sql = read_sql(machine, given.values.get("sql"), given.written("sql"))
    return RunSQL(
        sql=UNKNOWN if sql is None else sql,
        reverse_sql=read_sql(machine, reverse, given.written("reverse_sql")),
        state_operations=_nested(given, "state_operations", depth),
        elidable=given.flag("elidable"),
        says_elidable="elidable" in given.values,
        place=given.place,
    )


def _separate(given: Arguments, depth: int) -> SeparateDatabaseAndState:
    return SeparateDatabaseAndState(
        database_operations=_nested(given, "database_operations", depth),
        state_operations=_nested(given, "state_operations", depth),
        place=given.place,
    )


def _nested(given: Arguments, name: str, depth: int) -> tuple[Operation, ...]:
    return read_operations(given.reading, given.values.get(name), given.place, depth)


_NESTING: Final[dict[str, Callable[[Arguments, int], Operation]]] = {
    "RunSQL": _run_sql,
    "SeparateDatabaseAndState": _separate,
}
