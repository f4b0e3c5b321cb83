"""1xx: what a rollback leaves behind, and what it costs those who work meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    Code,
    CreateExtension,
    ModelKey,
    RunSQL,
    Verb,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind, Work
from flake8_django_migrations.rules import held, questions
from flake8_django_migrations.rules.rule import Finding, found, spell
from flake8_django_migrations.rules.undoing import away, is_certain, leftover, missing

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_AGAIN: Final = "migrating forwards again fails"
_WORK: Final = {
    Work.SCAN: "scans",
    Work.INDEX_BUILD: "builds an index on",
    Work.REWRITE: "rewrites",
}


def unmirrored_rollback(subject: Subject) -> Iterator[Finding]:
    """SQL whose way back is said to be there, and does not undo what it did."""
    if not is_certain(subject):
        return
    for step in questions.way_back(subject):
        if not isinstance(step.operation, RunSQL) or step.operation.reverse_sql is None:
            continue
        lost, left, gone = (find(subject, step) for find in (missing, leftover, away))
        if lost is not None:
            action, what = lost
            effect, then = f"does not bring back {what}", "queries of the code from before fail"
        elif left is not None:
            action, what = left
            effect, then = f"leaves {what} there", _AGAIN
        elif gone is not None:
            action, what = gone
            effect, then = f"does not bring back {what}", _AGAIN
        else:
            continue
        yield found(action.place, effect=effect, then=then)


def blocking_rollback(subject: Subject) -> Iterator[Finding]:
    """A quick migration whose way back keeps others waiting while it works on every row."""
    for step in questions.way_back(subject):
        for action in step.backwards:
            lock = action.lock_on(action.table)
            if not lock.blocks_writes or action.work not in _WORK:
                continue
            if not _is_in_use(subject, step, action) or _is_paid_before(step, action):
                continue
            yield found(
                step.operation.place,
                work=_WORK[action.work],
                table=action.table,
                lock=held.spell_lock(lock),
            )
            break


def _is_in_use(subject: Subject, step: Step, action: Action) -> bool:
    """Whether the table has rows before this migration, and after it."""
    is_dropped = any(
        each.kind is Kind.DROP_TABLE and each.table == action.table
        for _, each in questions.actions(subject)
    )
    is_small = subject.is_small(action.table) or action.table in questions.SMALL_TABLES
    return not is_dropped and not is_small and not step.is_new(action.table)


def _is_paid_before(step: Step, action: Action) -> bool:
    """Whether the way there holds a lock on the table for as long."""
    return any(
        each.table == action.table
        and each.work.grows_with_rows
        and each.lock_on(each.table).blocks_writes
        for each in step.forwards
    )


def shared_extension(subject: Subject) -> Iterator[Finding]:
    """An extension that was there before, and that the way back drops all the same."""
    for step in questions.way_back(subject):
        if isinstance(step.operation, CreateExtension):
            owner = _creator(subject, step.operation.name)
            if owner is not None:
                label = f"{owner.app_label}.{owner.name}"
                yield found(step.operation.place, extension=step.operation.name, owner=label)


def _creator(subject: Subject, extension: str) -> Migration | None:
    """The first migration before this one that creates the extension."""
    for key in sorted(subject.graph.ancestors(subject.migration.key).keys):
        migration = subject.graph.migration(key)
        for operation in walk(migration.operations) if migration is not None else ():
            if isinstance(operation, CreateExtension) and operation.name == extension:
                return migration
    return None


def unrestored_rows(subject: Subject) -> Iterator[Finding]:
    """Rows that a function deletes, with a way back that does nothing."""
    back = tuple(questions.way_back(subject))
    for step, operation, code, body in questions.forward_bodies(subject) if back else ():
        if not isinstance(operation.reverse_code, Code) or not operation.reverse_code.is_noop:
            continue
        gone = (each.model for each in body.writes if each.verb is Verb.DELETE)
        models = [each for each in gone if isinstance(each, ModelKey) and _has_rows(step, each)]
        if models:
            yield found(operation.place, function=code.name, model=spell(models[0]))


def _has_rows(step: Step, model: ModelKey) -> bool:
    table = questions.table_of(step, model)
    return table is not None and not step.is_new(table)
