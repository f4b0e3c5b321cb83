"""What of a model's Meta hangs on a field, and goes when its column does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import Unknown, Value
from flake8_django_migrations.rules import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_django_migrations.history.state import ModelState

_LISTS: Final = ("fields", "include")
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


def _named(keywords: Mapping[str, Value]) -> Iterator[str]:
    for keyword in _LISTS:
        value = keywords.get(keyword)
        for each in value if isinstance(value, tuple) else ():
            if isinstance(each, str):
                yield each.removeprefix("-")
    for keyword in _EXPRESSIONS:
        yield from expressions.names(keywords.get(keyword))
