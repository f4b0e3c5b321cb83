"""9xx: values of an enum type of the database that running code writes and reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.rules.rule import Subject


def renamed_enum_value(subject: Subject) -> Iterator[Finding]:
    """A value renamed under the feet of code that writes the old one."""
    made: set[str] = set()
    for _, action in questions.actions(subject):
        if action.kind is Kind.OTHER and action.sql.upper().startswith("CREATE TYPE"):
            made.add(action.name)
        if action.kind is Kind.RENAME_ENUM_VALUE and action.name not in made:
            yield found(action.place, type=action.name, value=action.value)
