"""What the rows of a table obeyed when the migration began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ModelState
    from flake8_django_migrations.rules.rule import Subject


def is_kept_before(subject: Subject, action: Action) -> bool:
    """Whether the constraint, or a stricter one, was there when the migration began."""
    model = questions.model_of(subject.steps[0].before, action.table)
    if model is None:
        return False
    if action.kind is Kind.ADD_FOREIGN_KEY:
        return any(
            field.is_foreign_key is not False and field.get("db_constraint", True) is not False
            for name, field in model.fields.items()
            if (column_name(name, field),) == action.columns
        )
    return any(group <= set(action.columns) for group in _unique(model))


def _unique(model: ModelState) -> Iterator[set[str]]:
    """The groups of columns of which no two rows had the same."""
    columns = {name: column_name(name, field) for name, field in model.fields.items()}
    for name, field in model.fields.items():
        if field.class_name == "OneToOneField" or True in {
            field.flag("unique"),
            field.flag("primary_key"),
        }:
            yield {str(columns[name])}
    groups = () if isinstance(model.unique_together, Unknown) else model.unique_together
    constraints = (
        each.fields
        for each in model.constraints
        if each.class_name == "UniqueConstraint" and each.keywords.get("condition") is None
    )
    for group in (*groups, *constraints):
        if not isinstance(group, Unknown) and group:
            yield {str(columns.get(name, name)) for name in group}
