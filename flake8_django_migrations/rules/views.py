"""Views that raw SQL has made, and the columns that they surely read."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunSQL, Unknown
from flake8_django_migrations.rules import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_VIEW: Final = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?(?:materialized\s+)?view\s+(?:if\s+not\s+exists\s+)?"
    r'"?(?P<name>\w+)"?\s+as\s+select\s+(?P<columns>[^;]*?)\s+from\s+"?(?P<table>\w+)"?'
    r"(?P<rest>[^;]*)",
    re.IGNORECASE,
)
_NESTED: Final = re.compile(r"\b(?:from|select)\b", re.IGNORECASE)
_JOINS: Final = re.compile(r",|\b(?:join|from|union|select|with)\b", re.IGNORECASE)


def views(subject: Subject, step: Step, table: str, column: str) -> Iterator[str]:
    """The views on the table alone that read the column, and that nothing else speaks of."""
    return (found["name"] for found in _on(subject, step, table) if _names(found, column))


def readers(subject: Subject, step: Step, table: str) -> Iterator[str]:
    """All views on the table alone that nothing else speaks of."""
    return (found["name"] for found in _on(subject, step, table))


def _on(subject: Subject, step: Step, table: str) -> Iterator[re.Match[str]]:
    """The views that were made before the step.

    One that is dropped in between, or made again afterwards, has been thought of.
    """
    past = tuple(each for each in evidence.past(subject) if _is_about(each, step))
    for operation in takewhile(lambda each: each is not step.operation, past):
        for found in _made(operation):
            others = (each for each in past if each is not operation and each is not step.operation)
            if _is_of(found, table) and not evidence.may_name(others, found["name"].lower()):
                yield found


def _is_about(operation: Operation, step: Step) -> bool:
    return isinstance(operation, RunSQL) or operation is step.operation


def _made(operation: Operation) -> Iterator[re.Match[str]]:
    match operation:
        case RunSQL(sql=tuple(texts)):
            for each in texts:
                if not isinstance(each.text, Unknown):
                    yield from _VIEW.finditer(each.text)
        case _:
            return


def _is_of(found: re.Match[str], table: str) -> bool:
    """Whether the view reads that table and no other."""
    if found["table"].lower() != table.lower():
        return False
    return not _NESTED.search(found["columns"]) and not _JOINS.search(found["rest"])


def _names(found: re.Match[str], column: str) -> bool:
    """Whether the view names the column, or all of them."""
    listed = f"{found['columns']} {found['rest']}"
    return found["columns"].strip() == "*" or bool(
        re.search(rf"(?<![\w'])(?:{re.escape(column)})\b(?!')", listed, re.IGNORECASE)
    )
