"""What PostgreSQL does over all rows when a column's type changes and nothing is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.rules import coverings, expressions, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ModelState
    from flake8_django_migrations.migration import Constraint, Index
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_EXPRESSIONS: Final = ("condition", "check", "expressions")


class Recheck(NamedTuple):
    """A change of type that rewrites nothing, and what hangs on the column and is done again."""

    action: Action
    what: str
    is_index: bool


def rechecks(subject: Subject) -> Iterator[Recheck]:
    """The first check or index that is added anew for each change of a type in place.

    That is what names the column in an expression, even if the type stays the same, as it does
    for a comment; and any index on the column, if another collation changes its order.
    """
    for step, action in questions.actions(subject):
        is_small = subject.is_small(action.table) or action.table in questions.SMALL_TABLES
        if action.kind is not Kind.WIDEN_TYPE or step.is_new(action.table) or is_small:
            continue
        for what, is_index in _done_again(step, action):
            yield Recheck(action, what, is_index)
            break


def _done_again(step: Step, action: Action) -> Iterator[tuple[str, bool]]:
    """What is added anew, as messages name it, and whether it is an index."""
    for model in step.before.models.values():
        if model.table != action.table:
            continue
        fields = {
            name
            for name, field in model.fields.items()
            if column_name(name, field) in action.columns
        }
        yield from _expressed(model, fields)
        if _changes_order(step, model, fields):
            for each in coverings.coverings(model):
                if not set(action.columns).isdisjoint(each.columns):
                    yield each.what, True


def _expressed(model: ModelState, fields: set[str]) -> Iterator[tuple[str, bool]]:
    """What names a field in an expression; a check that is not validated is not tried."""
    for constraint in model.constraints:
        is_tried = constraint.class_name == "CheckConstraint" and constraint.is_validated
        if is_tried and _names(constraint, fields):
            yield f"check {constraint.name}", False
    for index in model.indexes:
        if _names(index, fields):
            yield f"index {index.name}", True


def _names(each: Index | Constraint, fields: set[str]) -> bool:
    named = (
        name for keyword in _EXPRESSIONS for name in expressions.names(each.keywords.get(keyword))
    )
    return not isinstance(each.name, Unknown) and not fields.isdisjoint(named)


def _changes_order(step: Step, model: ModelState, fields: set[str]) -> bool:
    """Whether the step gives one of the fields another collation."""
    after = step.after.models.get(model.key)
    return after is not None and any(
        name in after.fields
        and model.fields[name].get("db_collation") != after.fields[name].get("db_collation")
        for name in fields
    )
