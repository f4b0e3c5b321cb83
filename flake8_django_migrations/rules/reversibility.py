"""1xx: whether the migration can be rolled back, and what the way back does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    Code,
    OpaqueOperation,
    RemoveConstraint,
    RunPython,
    RunSQL,
)
from flake8_django_migrations.plan.actions import Kind, Loss
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.plan.actions import Action
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_LOSSES: Final = {
    Loss.CUTS: "cuts what is longer by then",
    Loss.ROUNDS: "rounds what is finer by then",
    Loss.DROPS_PART: "drops a part of each value",
    Loss.REFUSES: "fails on what no longer fits",
    Loss.NEVER_CASTS: "always fails: there is no cast",
}


def irreversible_python(subject: Subject) -> Iterator[Finding]:
    """A RunPython without a way back."""
    for step in questions.on_database(subject):
        match step.operation:
            case RunPython(reverse_code=None, code=code, place=place):
                yield found(place, function=code.name if isinstance(code, Code) else "...")
            case _:
                pass


def irreversible_sql(subject: Subject) -> Iterator[Finding]:
    """A RunSQL without a way back."""
    for step in questions.on_database(subject):
        match step.operation:
            case RunSQL(reverse_sql=None, place=place):
                yield found(place)
            case _:
                pass


def irreversible_operation(subject: Subject) -> Iterator[Finding]:
    """A custom operation whose class says that it cannot be reversed."""
    for step in questions.on_database(subject):
        match step.operation:
            case OpaqueOperation(is_reversible=False, path=str(path), place=place):
                yield found(place, operation=path.rpartition(".")[2])
            case _:
                pass


def failing_rollback(subject: Subject) -> Iterator[Finding]:
    """A column dropped that cannot be added again to a table with rows."""
    for step in questions.way_back(subject):
        for action in step.backwards:
            fault = questions.refusal(subject, step.backwards, action)
            if fault and not _is_empty(subject, step, action):
                yield found(step.operation.place, column=questions.label(action), fault=fault)


def _is_empty(subject: Subject, step: Step, action: Action) -> bool:
    """Whether the table holds nothing on the way back: this migration makes or drops it."""
    return step.is_new_column(action.table, action.columns[0] if action.columns else "") or any(
        gone.kind is Kind.DROP_TABLE and gone.table == action.table
        for _, gone in questions.actions(subject)
    )


def _is_built(step: Step, action: Action, kinds: frozenset[Kind]) -> bool:
    """Whether the way back also does one of these to the action's column."""
    return any(
        other.kind in kinds and (other.table, other.columns) == (action.table, action.columns)
        for other in step.backwards
    )


def lossy_rollback(subject: Subject) -> Iterator[Finding]:
    """A safe change of a column whose way back is not.

    Foreign keys follow the key they point at: what it loses is said once.
    """
    for step in questions.way_back(subject):
        for action in step.backwards:
            if not action.columns or questions.follows(step, action):
                continue
            old, loss = _narrowing(step, action) if action.field else _restraint(step, action)
            if loss and not step.is_new_column(action.table, action.columns[0]):
                yield found(step.operation.place, column=_label(action), old=old, loss=loss)


def _label(action: Action) -> str:
    """What goes back, as messages name it: all columns of a group that is unique together."""
    if len(action.columns) == 1:
        return questions.label(action)
    return f"{action.table} ({', '.join(action.columns)})"


def _narrowing(step: Step, action: Action) -> tuple[str, str]:
    """What the column goes back to, and what becomes of rows written since; empty if nothing."""
    if action.loss is not Loss.NONE:
        return action.new_type, _LOSSES[action.loss]
    if action.kind is Kind.SET_NOT_NULL and not _is_built(step, action, frozenset({Kind.UPDATE})):
        return "NOT NULL", "fails on the NULLs that are there by then"
    return _restraint(step, action)


def _restraint(step: Step, action: Action) -> tuple[str, str]:
    """The rule that the rows obey again, and what becomes of those that do not; empty if none."""
    if isinstance(step.operation, RunSQL | RunPython) or _is_new_on_the_way_back(step, action):
        return "", ""
    is_unique_index = action.kind is Kind.CREATE_INDEX and action.is_unique
    if action.kind is Kind.ADD_UNIQUE or is_unique_index:
        return "unique", "fails on the duplicates that are there by then"
    if action.kind is Kind.ADD_CHECK and isinstance(step.operation, RemoveConstraint):
        return "checked", "fails on the rows that break it by then"
    is_new = not any(each.kind is Kind.ADD_FOREIGN_KEY for each in step.forwards)
    if action.kind is Kind.ADD_FOREIGN_KEY and is_new:
        return "a foreign key", "fails on the rows that point at nothing by then"
    return "", ""


def _is_new_on_the_way_back(step: Step, action: Action) -> bool:
    """Whether going back makes the column, or its whole table, anew."""
    return _is_built(step, action, questions.ADDED_COLUMNS) or any(
        other.kind is Kind.CREATE_TABLE and other.table == action.table for other in step.backwards
    )
