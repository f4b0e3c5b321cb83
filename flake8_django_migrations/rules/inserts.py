"""9xx: columns for which the database supplied a value, or begins to, while code inserts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import AlterField, Field, walk
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject


def removed_db_default(subject: Subject) -> Iterator[Finding]:
    """A required column that the database does not fill any more."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.DROP_DEFAULT or not action.columns:
            continue
        if step.is_new_column(action.table, action.columns[0]):
            continue
        name = _filled(step, action)
        if name and not _is_kept(step):
            yield found(action.place, column=f"{spell(step.before.key(name[0]))}.{name[1]}")


def _filled(step: Step, action: Action) -> tuple[str, str] | None:
    """Model and field of a NOT NULL column that the state knows a database default of."""
    model = questions.model_of(step.before, action.table)
    for name, field in model.fields.items() if isinstance(model, ModelState) else ():
        if field.has_db_default is not True or field.null is not False:
            continue
        if model is not None and column_name(name, field) == action.columns[0]:
            return model.name, name
    return None


def _is_kept(step: Step) -> bool:
    """Whether the operation only changes it in passing, or lets the column be empty."""
    match step.operation:
        case AlterField(field=Field() as field):
            return field.has_db_default is not False or field.null is not False
        case _:
            return False


def numbered_from_one(subject: Subject) -> Iterator[Finding]:
    """A key that has numbers already and is given a sequence that begins at 1."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.ADD_IDENTITY or not action.columns:
            continue
        column = action.columns[0]
        if step.is_new_column(action.table, column) or "START" in action.sql.upper():
            continue
        operations = [
            each
            for migration in (subject.migration, *subject.later)
            for each in walk(migration.operations)
        ]
        if not any(evidence.may_name(operations, word) for word in ("setval", "restart")):
            yield found(action.place, column=questions.label(action))
