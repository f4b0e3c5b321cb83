"""3xx: all the tables of a schema, taken away in one word of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.rules.rule import Subject

_MAKES: Final = ("CREATE SCHEMA", "CREATE DATABASE")


def dropped_schema(subject: Subject) -> Iterator[Finding]:
    """A schema or database dropped with all its tables."""
    made = [
        action.sql.upper()
        for _, action in questions.actions(subject)
        if action.sql.upper().startswith(_MAKES)
    ]
    for _, action in questions.actions(subject):
        is_full = action.kind is Kind.DROP_SCHEMA and action.is_cascade
        if is_full and not any(action.name.upper() in text for text in made):
            what = "database" if "DATABASE" in action.sql[:20].upper() else "schema"
            yield found(action.place, what=f"{what} {action.name}")
