"""Named tuples: what a record holds under a name."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.migration import Reference
from flake8_django_migrations.reader.scope import MISSING, Made

_FACTORY: Final = "collections.namedtuple"


def is_record(callee: object) -> bool:
    """Whether what is called is a class that ``namedtuple`` has made."""
    return (
        type(callee) is Made and type(callee.callee) is Reference and callee.callee.path == _FACTORY
    )


def item(record: Made, name: str) -> object:
    """What the record was given for the name; MISSING where that cannot be told."""
    if name in dict(record.keywords):
        return dict(record.keywords)[name]
    names = _names(record.callee)
    is_given = record.is_whole and name in names[: len(record.arguments)]
    return record.arguments[names.index(name)] if is_given else MISSING


def _names(factory: object) -> list[object]:
    """The names of the fields, in order; none where they cannot be told."""
    match factory:
        case Made(arguments=(_, str(text), *_)):
            return [*text.replace(",", " ").split()]
        case Made(arguments=(_, (list() | tuple()) as names, *_)):
            return list(names)
        case _:
            return []
