"""Arithmetic and comparison of values that are known, with bounds on every result."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, Final

from flake8_django_migrations.migration import UNKNOWN
from flake8_django_migrations.reader.scope import (
    ENGINE,
    MISSING,
    Maybe,
    Scalar,
    Table,
)

MAX_LENGTH: Final = 10_000
MAX_TEXT: Final = 500_000
_MAX_BITS: Final = 512
_FAILURES: Final = (
    TypeError, ValueError, KeyError, IndexError, ArithmeticError, AttributeError, LookupError,
)  # fmt: skip

_OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def is_known(value: object) -> bool:
    """Whether a value is plain through and through: a constant, or a sequence of such."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return isinstance(value, Scalar)


def _is_plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(each, Scalar) for each in value)
    return isinstance(value, Scalar)


def binary(kind: type[ast.operator], left: object, right: object) -> object:
    """``left <operator> right``; UNKNOWN where either is, or the result would be too large."""
    if kind is ast.Add and isinstance(left, (list, tuple)) and type(left) is type(right):
        return _bounded(operator.add(left, right))
    if kind is ast.BitOr and isinstance(left, Table) and isinstance(right, Table):
        return merged(left, right)
    if kind is ast.Mult and isinstance(right, (str, list, tuple)):
        left, right = right, left
    if kind is ast.Mult and isinstance(left, (str, bytes, list, tuple)):
        return _repeated(left, right)
    if (
        not isinstance(left, Scalar)
        or not isinstance(right, Scalar)
        or _is_large(kind, left, right)
    ):
        return UNKNOWN
    return attempt(_OPERATORS[kind], left, right) if kind in _OPERATORS else UNKNOWN


def _repeated(value: Any, times: object) -> object:
    if not isinstance(times, int) or len(value) * max(times, 0) > MAX_LENGTH:
        return UNKNOWN
    return value * times


def _is_large(kind: type[ast.operator], left: object, right: object) -> bool:
    """Whether the result might take more memory than a migration's constant needs."""
    if not isinstance(left, int) or not isinstance(right, int):
        return kind is ast.Pow
    if kind in {ast.Pow, ast.LShift}:
        return not 0 <= right <= _MAX_BITS or left.bit_length() * right > _MAX_BITS * 4
    return left.bit_length() + right.bit_length() > _MAX_BITS * 8


def attempt(function: Callable[..., object], *arguments: object, **keywords: object) -> object:
    """What a pure function gives for known arguments; UNKNOWN where it raises."""
    try:
        return _bounded(function(*arguments, **keywords))
    except _FAILURES:
        return UNKNOWN


def _bounded(value: object) -> object:
    if isinstance(value, (str, bytes)):
        return value if len(value) <= MAX_TEXT else UNKNOWN
    if isinstance(value, (list, tuple)):
        return value if len(value) <= MAX_LENGTH else UNKNOWN
    return value


def merged(left: Table, right: Table) -> Table:
    """``{**left, **right}``."""
    table = Table(list(left.items))
    for key, value in right.items:
        table.put(key, value)
    return table


def unary(kind: type[ast.unaryop], value: object) -> object:
    """``-value``, ``not value`` and the like."""
    if kind is ast.Not:
        known = truth(value)
        return UNKNOWN if known is None else not known
    if not isinstance(value, (int, float, complex)):
        return UNKNOWN
    functions: dict[type[ast.unaryop], Callable[[Any], Any]] = {
        ast.USub: operator.neg,
        ast.UAdd: operator.pos,
        ast.Invert: operator.invert,
    }
    return attempt(functions[kind], value)


def truth(value: object) -> bool | None:
    """Whether a value counts as true; None where that cannot be told."""
    if isinstance(value, Scalar):
        return bool(value)
    if isinstance(value, (list, tuple)):
        return bool(value) if not any(isinstance(each, Maybe) for each in value) else None
    if isinstance(value, Table):
        return bool(value.items)
    return None


def compare(kind: type[ast.cmpop], left: object, right: object, vendor: str) -> object:
    """``left <comparison> right``."""
    if kind in {ast.NotEq, ast.NotIn, ast.IsNot}:
        opposite: dict[type[ast.cmpop], type[ast.cmpop]] = {
            ast.NotEq: ast.Eq,
            ast.NotIn: ast.In,
            ast.IsNot: ast.Is,
        }
        known = compare(opposite[kind], left, right, vendor)
        return (not known) if isinstance(known, bool) else UNKNOWN
    if left is ENGINE or right is ENGINE:
        return _names_vendor(right if left is ENGINE else left, vendor)
    if kind is ast.Is:
        constants = (None, True, False)
        both = isinstance(left, Scalar) and isinstance(right, Scalar)
        return left is right if both and (left in constants or right in constants) else UNKNOWN
    if kind is ast.In and isinstance(right, Table) and isinstance(left, str):
        found = right.get(left)
        return UNKNOWN if found is UNKNOWN else found is not MISSING
    if not is_known(left) or not is_known(right):
        return UNKNOWN
    if kind is ast.In:
        return attempt(operator.contains, right, left)
    return attempt(_COMPARISONS[kind], left, right)


def _names_vendor(text: object, vendor: str) -> object:
    """Whether a database backend's path, or a part of it, means the vendor."""
    vendors = {
        "postgres": "postgresql", "postgresql": "postgresql", "postgresql_psycopg2": "postgresql",
        "mysql": "mysql", "sqlite": "sqlite", "sqlite3": "sqlite", "oracle": "oracle",
    }  # fmt: skip
    if not isinstance(text, str):
        return UNKNOWN
    named = vendors.get(text.removeprefix("django.db.backends."))
    return named == vendor if named else UNKNOWN


def mapping(table: Table) -> dict[str, object] | None:
    """A dict whose keys are all text; None for any other."""
    keys = [key for key, _ in table.items]
    if not all(isinstance(key, str) for key in keys):
        return None
    return {str(key): value for key, value in table.items}


def elements(value: object) -> list[object] | None:
    """What iterating over a value gives; None where that cannot be told."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, Table):
        return [key for key, _ in value.items]
    if isinstance(value, str) and len(value) <= MAX_LENGTH:
        return list(value)
    return None
