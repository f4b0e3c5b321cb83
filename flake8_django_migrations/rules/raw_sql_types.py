"""8xx: types that raw SQL gives to a column, and their better siblings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunPython, RunSQL
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.rules.rule import Subject

_TYPED: Final = questions.ADDED_COLUMNS | {Kind.ALTER_TYPE}
_BETTER: Final = (
    (re.compile(r"json"), "jsonb", "it cannot be compared or indexed"),
    (re.compile(r"(char|character|bpchar)\s*\(.*\)"), "text", "it is filled up with blanks"),
    (re.compile(r"timestamp(\s*\(\d\))?( without time zone)?"), "timestamptz", "it has no zone"),
    (re.compile(r"(big|small)?serial[248]?"), "an identity", "its sequence is a thing apart"),
    (re.compile(r"money"), "numeric", "it depends on the locale of the server"),
)
"""A type, what to take instead, and why."""


def weak_column_type(subject: Subject) -> Iterator[Finding]:
    """A column of a type that the database keeps for the sake of its past."""
    for step, action in questions.actions(subject):
        if not isinstance(step.operation, RunSQL | RunPython) or action.kind not in _TYPED:
            continue
        for pattern, better, why in _BETTER:
            if pattern.fullmatch(action.new_type):
                column = questions.label(action)
                yield found(
                    action.place, column=column, type=action.new_type, better=better, why=why
                )
