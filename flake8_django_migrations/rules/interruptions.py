"""9xx: what a deploy leaves behind when it stops half-way, and whether it can go on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import AlterField, Code, OpaqueOperation, RunPython
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Place
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_DROPS: Final = frozenset({Kind.DROP_CONSTRAINT, Kind.DROP_FOREIGN_KEY, Kind.DROP_INDEX})
_IN_PASSING: Final = frozenset(
    {Kind.SELECT, Kind.SET, Kind.TRANSACTION, Kind.OTHER, Kind.UNREADABLE}
)
"""What changes nothing, or nothing that is known."""
_CONDITIONAL: Final = re.compile(r"\bIF\s+(NOT\s+)?EXISTS\b|\bOR\s+REPLACE\b", re.IGNORECASE)
_ONCE: Final = (
    questions.ADDED_COLUMNS
    | {Kind.CREATE_TABLE, Kind.DROP_TABLE, Kind.RENAME_TABLE}
    | {Kind.DROP_COLUMN, Kind.RENAME_COLUMN, Kind.ADD_IDENTITY, Kind.DROP_IDENTITY}
    | {Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY, Kind.RENAME_INDEX}
    | {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY}
    | {Kind.ADD_PRIMARY_KEY, Kind.ADD_UNIQUE, Kind.ADD_UNIQUE_USING_INDEX, Kind.ADD_EXCLUSION}
    | {Kind.ADD_CHECK, Kind.ADD_CHECK_NOT_VALID, Kind.RENAME_CONSTRAINT}
    | {Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NEW_COLUMN, Kind.ADD_FOREIGN_KEY_NOT_VALID}
    | {Kind.DROP_CONSTRAINT, Kind.DROP_FOREIGN_KEY}
)
"""What fails when it is done a second time: it is there already, or gone."""


def half_applied(subject: Subject) -> Iterator[Finding]:
    """A migration without a transaction that cannot run again once its first part is done."""
    if subject.migration.atomic is False:
        yield from _interrupted(subject)


def unprotected_migration(subject: Subject) -> Iterator[Finding]:
    """The same where no transaction protects a change of the schema, whatever atomic says."""
    yield from _interrupted(subject)


def _interrupted(subject: Subject) -> Iterator[Finding]:
    """The first operation that comes after one which cannot be repeated.

    The first migration of an app runs where there is nothing yet to be mended.
    """
    if subject.migration.initial is True or not subject.earlier:
        return
    done: Action | None = None
    where: Place | None = None
    for step in questions.on_database(subject):
        if step.in_transaction is True and subject.database.can_rollback_ddl:
            continue
        if done is not None and where != step.operation.place and _may_fail(step):
            yield found(step.operation.place, first=_told(done))
            return
        once = next((each for each in step.forwards if _is_once(step, each)), None)
        if done is None and once is not None:
            done, where = once, step.operation.place


def _may_fail(step: Step) -> bool:
    """Whether the step does something, as far as can be told."""
    match step.operation:
        case RunPython(code=Code(is_noop=True)):
            return False
        case RunPython() | OpaqueOperation():
            return True
        case _:
            return any(each.kind not in _IN_PASSING for each in step.forwards)


def _is_once(step: Step, action: Action) -> bool:
    """Whether it fails the second time; AlterField drops only what it finds, by looking first."""
    if action.kind not in _ONCE or _CONDITIONAL.search(action.sql) is not None:
        return False
    if not isinstance(step.operation, AlterField):
        return True
    found_first = {each.name for each in step.forwards if each.kind in _DROPS}
    return action.kind not in _DROPS and action.name not in found_first


def _told(action: Action) -> str:
    """The action as a message names it: ``create index concurrently placed_idx``."""
    what = action.name or ".".join((action.table, *action.columns[:1]))
    verb = "add column" if action.kind in questions.ADDED_COLUMNS else action.kind.value
    return f"{verb} {what}".strip()
