"""Our values as JSON that Django's side can carry out."""

from __future__ import annotations

from typing import Any

from flake8_django_migrations.migration import (
    Constraint,
    Construct,
    Field,
    Index,
    Pairs,
    Reference,
    Unknown,
    Value,
)

_TRANSLATED = ("django.utils.translation.gettext", "django.utils.translation.ugettext")


class UnknownValueError(Exception):
    """A part of the value cannot be known from the source."""


def encoded(value: Value) -> Any:
    """The value; a translated text is its message."""
    match value:
        case Unknown():
            raise UnknownValueError
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {"bytes": value.hex()}
        case complex():
            return {"complex": [value.real, value.imag]}
        case tuple():
            return [encoded(each) for each in value]
        case Pairs(items=items):
            return {"dict": [[encoded(key), encoded(each)] for key, each in items]}
        case Reference(path=path):
            return {"ref": path}
        case Construct(path=path, arguments=(str(text),), keywords=()) if path.startswith(
            _TRANSLATED
        ):
            return text
        case _:
            return called(value.path, value.arguments, dict(value.keywords))


def called(path: str, arguments: tuple[Value, ...], keywords: dict[str, Value]) -> Any:
    """A call that Django's side can make."""
    return {
        "call": path,
        "args": [encoded(each) for each in arguments],
        "kwargs": {name: encoded(each) for name, each in keywords.items()},
    }


def is_known(value: Value) -> bool:
    """Whether no part of the value is unknown."""
    try:
        encoded(value)
    except UnknownValueError:
        return False
    return True


def is_local(call: Any) -> bool:
    """Whether a name in the call is one of a migration's own module."""
    if isinstance(call, list):
        return any(map(is_local, call))
    if not isinstance(call, dict):
        return False
    names = (call.get("ref", ""), call.get("call", ""))
    return any(name.startswith(".") for name in names) or any(map(is_local, call.values()))


def field_call(field: Field) -> Any:
    """The call that makes the field, of those keywords that are known."""
    written = field.written
    keywords = {name: each for name, each in written.keywords.items() if is_known(each)}
    positional = keywords.pop("*", keywords.pop("field_names", ()))
    return called(written.path, positional if isinstance(positional, tuple) else (), keywords)


def index_call(index: Index) -> Any:
    """The call that makes the index."""
    keywords = {"name": index.name, **index.keywords}
    expressions = keywords.pop("expressions", ())
    if index.fields != ():
        keywords["fields"] = index.fields
    return called(index.path, expressions, keywords)


def constraint_call(constraint: Constraint) -> Any:
    """The call that makes the constraint."""
    keywords = {"name": constraint.name, **constraint.keywords}
    # An exclusion constraint has a keyword of that name; others take expressions by position.
    is_keyword = constraint.class_name == "ExclusionConstraint"
    expressions = () if is_keyword else keywords.pop("expressions", ())
    return called(constraint.path, expressions, keywords)
