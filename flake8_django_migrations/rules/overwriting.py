"""3xx: rows that are emptied, filled or refused by a statement that says nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    AddConstraint,
    AddField,
    AlterField,
    RunPython,
    RunSQL,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.proofs import is_kept_before
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_NUMBERS: Final = ("int", "bigint", "smallint", "tinyint", "bool", "double", "numeric", "decimal")
_TEXTS: Final = ("varchar", "longtext", "text", "char")
_CONSTRAINTS: Final = {
    Kind.ADD_UNIQUE: "are equal",
    Kind.ADD_CHECK: "break it",
    Kind.ADD_EXCLUSION: "break it",
    Kind.ADD_FOREIGN_KEY: "point at nothing",
    Kind.VALIDATE_CONSTRAINT: "break it",
}


def emptied_table(subject: Subject) -> Iterator[Finding]:
    """TRUNCATE of a table in use, and of those that go with it."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.TRUNCATE or not action.table or step.is_new(action.table):
            continue
        if subject.rows(action.table) == 0:
            continue
        more = [each for each in action.others if not step.is_new(each)] * action.is_cascade
        others = f" and {more[0]}" if more else ""
        others += f" and {len(more) - 1} more" if len(more) > 1 else ""
        yield found(action.place, tables=f"{action.table}{others}")


def invented_value(subject: Subject) -> Iterator[Finding]:
    """A required column to which MySQL gives a value of its own."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.ADD_COLUMN or not action.is_not_null or action.model is None:
            continue
        if step.is_new(action.table) or subject.rows(action.table) == 0:
            continue
        value = _invented(action)
        if value and not _is_bound(step, action):
            yield found(action.place, column=questions.label(action), value=value)


def _invented(action: Action) -> str:
    """What the rows get; empty where the type has no such value, or none that is known."""
    if action.new_type.startswith(_NUMBERS):
        return "0"
    return "''" if action.new_type.startswith(_TEXTS) else ""


def _is_bound(step: Step, action: Action) -> bool:
    """Whether the value is refused at once: it is no key of another table, or not unique."""
    kinds = {Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NEW_COLUMN, Kind.ADD_UNIQUE}
    return any(
        each.kind in kinds | {Kind.ADD_PRIMARY_KEY}
        and (each.table, each.columns) == (action.table, action.columns)
        for each in step.forwards
    )


def overwritten_nulls(subject: Subject) -> Iterator[Finding]:
    """NULLs that AlterField fills on its way to NOT NULL."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.UPDATE or not isinstance(step.operation, AlterField):
            continue
        column = action.columns[0] if action.columns else ""
        if step.is_new_column(action.table, column) or subject.rows(action.table) == 0:
            continue
        model, name = step.operation.model_name, step.operation.name
        if not questions.is_touched_before(subject, step, model, name):
            yield found(action.place, column=questions.label(action))


def unproven_constraint(subject: Subject) -> Iterator[Finding]:
    """A constraint on rows that no migration has looked at."""
    for step, action in questions.actions(subject):
        rows = _refused(step, action)
        if not rows or step.is_new(action.table) or subject.rows(action.table) == 0:
            continue
        if any(step.is_new_column(action.table, each) for each in action.columns):
            continue
        if is_kept_before(subject, action) or evidence.is_emptied(subject, step, action):
            continue
        if not _is_looked_at(subject, step, action):
            yield found(action.place, what=action.kind.value, on=_on(action), rows=rows)


def _on(action: Action) -> str:
    return f"{action.table} ({', '.join(action.columns)})"


def _refused(step: Step, action: Action) -> str:
    """The rows that the constraint refuses, empty where it is none of Django's."""
    if isinstance(step.operation, RunSQL | RunPython | AddField) or action.model is None:
        return ""
    if action.kind is Kind.CREATE_INDEX:
        return "are equal" if action.is_unique else ""
    if action.kind is Kind.ADD_CHECK and not isinstance(step.operation, AddConstraint):
        return ""
    if action.kind is Kind.ADD_FOREIGN_KEY and _is_put_back(step, action):
        return ""
    return _CONSTRAINTS.get(action.kind, "")


def _is_put_back(step: Step, action: Action) -> bool:
    """Whether the same operation dropped a key of the table before."""
    return any(
        each.kind is Kind.DROP_FOREIGN_KEY and each.table == action.table for each in step.forwards
    )


def _is_looked_at(subject: Subject, step: Step, action: Action) -> bool:
    """Whether a migration before has read or written one of the fields; in doubt: True."""
    model = questions.model_of(step.before, action.table)
    if model is None or not action.columns:
        return True
    names = frozenset(action.columns) | {each.removesuffix("_id") for each in action.columns}
    sought = questions.Sought(frozenset({model.key}), names, frozenset({action.table}))
    return questions.is_moved_before(subject, step, sought)
