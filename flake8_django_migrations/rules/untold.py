"""What earlier SQL has done to a column without telling the state, so that nothing is left to do."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunSQL
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.statements import actions
from flake8_django_migrations.plan.types import parse_type
from flake8_django_migrations.rules.rule import once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_NULLS: Final = frozenset({Kind.SET_NOT_NULL, Kind.DROP_NOT_NULL})
_UNDONE_BY: Final = {
    Kind.ALTER_TYPE: frozenset({Kind.ALTER_TYPE}),
    Kind.SET_NOT_NULL: _NULLS,
    Kind.SET_NOT_NULL_PROVEN: _NULLS,
}
"""Changes that take no time where the column is like that already, and what SQL decides it."""


def is_done_already(subject: Subject, step: Step, action: Action) -> bool:
    """Whether untold SQL before the step has given the column its new type, or NOT NULL."""
    if action.kind not in _UNDONE_BY or not action.columns or isinstance(step.operation, RunSQL):
        return False
    done = False
    for operation in _before(subject, step):
        for each in _asked(subject, operation, action):
            if each.kind in _UNDONE_BY[action.kind]:
                done = _is_same(each, action)
    return done


def _before(subject: Subject, step: Step) -> Iterator[RunSQL]:
    """The SQL that leaves the state alone, in order, up to the step."""
    yield from _earlier(subject)
    for each in takewhile(lambda each: each is not step, subject.steps):
        if not each.is_nested:
            yield from _untold(each.operation)


@once
def _earlier(subject: Subject) -> Iterator[RunSQL]:
    for migration in subject.earlier:
        for operation in migration.operations:
            yield from _untold(operation)


def _untold(operation: Operation) -> Iterator[RunSQL]:
    if isinstance(operation, RunSQL) and not operation.state_operations:
        yield operation


def _asked(subject: Subject, operation: RunSQL, action: Action) -> Iterator[Action]:
    """What it asks for on the same column; only a text that names both is looked into."""
    for text in operation.sql if isinstance(operation.sql, tuple) else ():
        words = text.text.lower() if isinstance(text.text, str) else ""
        if action.table.lower() in words and action.columns[0].lower() in words:
            for each in actions(text, subject.database):
                if (each.table, each.columns) == (action.table, action.columns):
                    yield each


def _is_same(earlier: Action, action: Action) -> bool:
    """Whether the earlier statement leaves the column as this one wants it."""
    if action.kind is not Kind.ALTER_TYPE:
        return earlier.kind is Kind.SET_NOT_NULL
    first, second = (parse_type(each.new_type.lower()) for each in (earlier, action))
    return first is not None and first == second
