"""What an expression or a condition says, however it is spelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flake8_django_migrations.migration import Construct, Reference, Unknown, Value
from flake8_django_migrations.plan.constraints import named

_DEPTH: Final = 20
_WRAPPERS: Final = frozenset({"F", "Value", "Q", "CombinedExpression", "ExpressionWrapper"})
"""Classes that add nothing of their own to what they hold."""
_ABOUT_TYPES: Final = frozenset({"output_field"})


def terms(value: Value) -> tuple[str, ...] | None:
    """All that the value is made of, in a fixed order; None where a part is not known.

    Two that differ mean different things; two that are equal may still do so.
    """
    found = tuple(_terms(value, _DEPTH))
    return None if None in found else tuple(sorted(str(each) for each in found))


def _terms(value: Value, depth: int) -> Iterator[str | None]:
    match value:
        case Construct() if depth:
            yield from _terms_of_construct(value, depth)
        case tuple(parts) if depth:
            for part in parts:
                yield from _terms(part, depth - 1)
        case None | bool() | int() | float() | str() | bytes():
            yield repr(value)
        case Reference(path=path) if path.startswith("django.db."):
            yield path
        case _:
            yield None


def _terms_of_construct(value: Construct, depth: int) -> Iterator[str | None]:
    if value.class_name not in _WRAPPERS:
        yield value.class_name
    for argument in value.arguments:
        yield from _terms(argument, depth - 1)
    for name, part in value.keywords:
        if name == "_connector":
            yield from () if part == "AND" else _terms(part, depth - 1)
        elif name == "_negated":
            yield from () if part is False else ("not",)
        elif name not in _ABOUT_TYPES:
            yield repr(name) if value.class_name == "Q" else name
            yield from _terms(part, depth - 1)


def names(value: Value) -> Iterator[str]:
    """The fields that the value surely names."""
    return (name.removeprefix("-").partition("__")[0] for name in named(value))


def is_known(value: Value) -> bool:
    """Whether every part of the value is known."""
    return not isinstance(value, Unknown) and terms(value) is not None
