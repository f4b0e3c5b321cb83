"""Python's own functions without side effects, on values that are known."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final

from flake8_django_migrations.migration import UNKNOWN, Reference
from flake8_django_migrations.reader.constants import (
    MAX_LENGTH,
    attempt,
    binary,
    elements,
    is_known,
)
from flake8_django_migrations.reader.scope import Maybe, Table


def _listed(*values: object) -> object:
    found = elements(values[0]) if values else []
    return UNKNOWN if found is None else found


def _tupled(*values: object) -> object:
    found = _listed(*values)
    return tuple(found) if isinstance(found, list) else found


def _sorted(values: object, **_keywords: object) -> object:
    found = elements(values)
    if found is None or _keywords or not is_known(found):
        return UNKNOWN
    ordered: list[Any] = list(found)
    return sorted(ordered)


def _reversed(values: object) -> object:
    found = elements(values)
    return UNKNOWN if found is None else found[::-1]


def _dict(*values: object, **keywords: object) -> object:
    table = Table([])
    for value in values:
        pairs = value.items if isinstance(value, Table) else elements(value)
        for pair in [None] if pairs is None else pairs:
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                return UNKNOWN
            table.put(pair[0], pair[1])
    for name, each in keywords.items():
        table.put(name, each)
    return table


def _range(*bounds: object) -> object:
    if not bounds or not all(isinstance(each, int) for each in bounds):
        return UNKNOWN
    numbers = range(*[int(str(int(each))) for each in bounds if isinstance(each, int)])
    return list(numbers) if len(numbers) <= MAX_LENGTH else UNKNOWN


def _zip(*values: object, **_keywords: object) -> object:
    columns = [elements(value) for value in values]
    if any(column is None for column in columns):
        return UNKNOWN
    return list(zip(*[column or [] for column in columns], strict=False))


def _enumerate(values: object, start: object = 0) -> object:
    found = elements(values)
    if found is None or not isinstance(start, int):
        return UNKNOWN
    return list(enumerate(found, start))


def _chain(*values: object) -> object:
    rows = [elements(value) for value in values]
    if any(row is None for row in rows):
        return UNKNOWN
    return [each for row in rows for each in row or []]


def _chain_all(values: object) -> object:
    found = elements(values)
    return UNKNOWN if found is None else _chain(*found)


def _length(value: object) -> object:
    found = elements(value)
    if found is None or any(isinstance(each, Maybe) for each in found):
        return UNKNOWN
    return len(found)


def _is_instance(value: object, kinds: object) -> object:
    """``isinstance`` with Python's own classes; sets are read as tuples, so one may be either."""
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    paths = {each.path for each in wanted if isinstance(each, Reference)}
    names = {path.removeprefix("builtins.") for path in paths if path.startswith("builtins.")}
    if len(paths) < len(wanted) or len(names) < len(paths):
        return UNKNOWN
    own = _CLASSES.get(type(value))
    if own is None or (len(own & names) not in {0, len(own)}):
        return UNKNOWN
    return bool(own & names)


_CLASSES: Final[dict[type, frozenset[str]]] = {
    type(None): frozenset(),
    bool: frozenset({"bool"}),
    int: frozenset({"int"}),
    float: frozenset({"float"}),
    str: frozenset({"str"}),
    bytes: frozenset({"bytes"}),
    list: frozenset({"list"}),
    tuple: frozenset({"tuple", "set", "frozenset"}),
    Table: frozenset({"dict"}),
}
"""The types of known values, and the classes that each may be an instance of."""


def _plain(function: Callable[..., object]) -> Callable[..., object]:
    """A function that is asked only about values known through and through."""

    def asked(*arguments: object, **keywords: object) -> object:
        if not all(map(is_known, arguments)) or not all(map(is_known, keywords.values())):
            return UNKNOWN
        return function(*arguments, **keywords)

    return asked


_FUNCTIONS: Final[dict[str, Callable[..., object]]] = {
    "builtins.list": _listed,
    "builtins.tuple": _tupled,
    "builtins.set": _tupled,
    "builtins.frozenset": _tupled,
    "builtins.sorted": _sorted,
    "builtins.reversed": _reversed,
    "builtins.dict": _dict,
    "builtins.range": _range,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.len": _length,
    "builtins.isinstance": _is_instance,
    "builtins.str": _plain(str),
    "builtins.int": _plain(int),
    "builtins.float": _plain(float),
    "builtins.bool": _plain(bool),
    "builtins.abs": _plain(abs),
    "builtins.min": _plain(min),
    "builtins.max": _plain(max),
    "builtins.sum": _plain(sum),
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_all,
    "textwrap.dedent": _plain(textwrap.dedent),
    "inspect.cleandoc": _plain(inspect.cleandoc),
    "copy.copy": lambda value: value,
    "copy.deepcopy": lambda value: value,
    "operator.add": lambda left, right: binary(ast.Add, left, right),
}


def pure_call(path: str, arguments: Sequence[object], keywords: dict[str, object]) -> object:
    """A call of a function without side effects; UNKNOWN where it cannot be carried out."""
    if any(isinstance(each, Maybe) for each in arguments):
        return UNKNOWN
    return attempt(_FUNCTIONS[path], *itertools.islice(arguments, MAX_LENGTH), **keywords)


def is_pure(path: str) -> bool:
    """Whether calling the function has no effect but its value."""
    return path in _FUNCTIONS
