"""What the handlers of a ``try`` catch: a missing model, a missing row, a word of the database."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_ABSENCE: Final = frozenset(
    "FieldError FieldDoesNotExist LookupError AttributeError Exception BaseException".split()
)
"""What Django raises for a model or field that the state does not have, and what catches it."""
_ROWS: Final = frozenset({"DoesNotExist", "ObjectDoesNotExist", "Exception", "BaseException"})
_LOOKS: Final = frozenset({"DoesNotExist", "ObjectDoesNotExist"})
_REFUSED: Final = frozenset({"IntegrityError", "DatabaseError", "DataError"})
"""What is raised for a row that is refused."""
_FAILED: Final = _REFUSED | {"ProgrammingError"}
"""What is raised for a statement that the database does not carry out."""


class Exposure(NamedTuple):
    """How many ``try`` around what is being read swallow what the database says of it."""

    rows: int = 0
    sql: int = 0


SHELTERED: Final = Exposure()
"""Inside a savepoint: what fails there does no harm outside."""


class Caught(NamedTuple):
    """What does not get out of a ``try``."""

    absence: bool
    """A model or field that the state does not have."""
    rows: bool
    """A row that is not there."""
    refused: bool
    """A row that the database refuses; the function goes on as if nothing had happened."""
    failed: bool
    """A statement that the database does not carry out, likewise."""


def caught(handlers: Sequence[ast.ExceptHandler]) -> Caught:
    """What the handlers of one ``try`` catch between them."""
    return Caught(
        absence=any(each.type is None or _ABSENCE & set(_names(each)) for each in handlers),
        rows=any(each.type is None or _ROWS & set(_names(each)) for each in handlers),
        refused=any(_REFUSED & set(_names(each)) and not _raises(each) for each in handlers),
        failed=any(_FAILED & set(_names(each)) and not _raises(each) for each in handlers),
    )


def is_look(handler: ast.ExceptHandler) -> bool:
    """Whether the handler does its work where a row was not found."""
    return not _LOOKS.isdisjoint(_names(handler))


def _names(handler: ast.ExceptHandler) -> Iterator[str]:
    """The last parts of the names of the exceptions."""
    for node in ast.walk(handler.type) if handler.type is not None else ():
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def _raises(handler: ast.ExceptHandler) -> bool:
    """Whether the handler may let an error out after all."""
    return any(isinstance(node, ast.Raise) for each in handler.body for node in ast.walk(each))
