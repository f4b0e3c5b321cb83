"""What of a model's Meta hangs on a field, and goes when its column does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import Construct, Unknown, Value
from flake8_django_migrations.rules import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_django_migrations.history.state import ModelState

_LISTS: Final = ("fields", "include")
_DEPTH: Final = 20
_NAMES_A_PART: Final = frozenset({"Extract", "Trunc"})
"""Functions whose second string is the part of a date."""
_EXPRESSIONS: Final = ("condition", "check", "expressions")


def hanging(model: ModelState, name: str) -> Iterator[str]:
    """The constraints and indexes of the state that surely name the field."""
    for option, groups in (
        ("unique_together", model.unique_together),
        ("index_together", model.index_together),
    ):
        for group in () if isinstance(groups, Unknown) else groups:
            if name in group:
                yield f"{option} ({', '.join(group)})"
    for constraint in model.constraints:
        if isinstance(constraint.name, str) and name in _named(constraint.keywords):
            yield f"constraint {constraint.name}"
    for index in model.indexes:
        listed = () if isinstance(index.fields, Unknown) else index.fields
        plain = {each.removeprefix("-") for each in listed}
        if isinstance(index.name, str) and name in {*plain, *_named(index.keywords)}:
            yield f"index {index.name}"


def generated(model: ModelState, name: str) -> Iterator[str]:
    """The generated columns of the model that are surely worked out from the field."""
    for other, field in model.fields.items():
        if field.is_generated and name in _operands(field.get("expression"), _DEPTH):
            yield other


def _operands(value: Value, depth: int) -> Iterator[str]:
    """The fields that an expression names: a function takes a string for one."""
    yield from expressions.names(value)
    if not isinstance(value, Construct) or depth == 0:
        return
    if value.path.startswith("django.db.models.functions."):
        given = value.arguments[:1] if value.class_name in _NAMES_A_PART else value.arguments
        yield from (each for each in given if isinstance(each, str))
    for inner in (*value.arguments, *(each for _, each in value.keywords)):
        yield from _operands(inner, depth - 1)


def _named(keywords: Mapping[str, Value]) -> Iterator[str]:
    for keyword in _LISTS:
        value = keywords.get(keyword)
        for each in value if isinstance(value, tuple) else ():
            if isinstance(each, str):
                yield each.removeprefix("-")
    for keyword in _EXPRESSIONS:
        yield from expressions.names(keywords.get(keyword))
