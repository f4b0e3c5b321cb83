"""Work that grows with a table in use, and the strongest lock that is held meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.plan.actions import Action, Kind, Lock
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import once
from flake8_django_migrations.rules.untold import is_done_already

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_STRENGTH: Final = (
    Lock.NONE,
    Lock.ACCESS_SHARE,
    Lock.ROW_SHARE,
    Lock.ROW_EXCLUSIVE,
    Lock.SHARE_UPDATE_EXCLUSIVE,
    Lock.SHARE,
    Lock.SHARE_ROW_EXCLUSIVE,
    Lock.EXCLUSIVE,
    Lock.INDEX,
    Lock.ACCESS_EXCLUSIVE,
)
"""PostgreSQL's locks from the weakest: those that a transaction keeps to its end."""

_NAMES: Final = {Lock.SHARED_COPY: "a shared lock", Lock.METADATA: "a metadata lock"}
_ENDS: Final = frozenset({"COMMIT", "END", "ROLLBACK", "ABORT"})


@once
def working(subject: Subject) -> Iterator[tuple[Step, Action, Lock]]:
    """Actions that take longer the more rows a table in use has, each with its lock.

    In a transaction that is the strongest lock taken so far, also by an earlier operation.
    """
    held: dict[str, Lock] = {}
    for step, action in questions.actions(subject):
        lock = action.lock_on(action.table)
        if ends_transaction(action):
            held.clear()
        if step.in_transaction is True:
            _take(held, action)
            lock = held.get(action.table, lock)
        if not action.work.grows_with_rows or lock is Lock.NONE:
            continue
        if step.is_new(action.table) or _is_small(subject, action.table):
            continue
        if not is_done_already(subject, step, action):
            yield step, action, lock


def heavy(subject: Subject) -> Iterator[tuple[Step, Action, Lock]]:
    """Those that nobody else can write beside."""
    return (each for each in working(subject) if each[2].blocks_writes)


def ends_transaction(action: Action) -> bool:
    """Whether it gives back all locks, also those that Django believes it holds."""
    return action.kind is Kind.TRANSACTION and action.name in _ENDS


def spell_lock(lock: Lock) -> str:
    """The lock as a message names it."""
    return _NAMES.get(lock, lock.value)


def _is_small(subject: Subject, table: str) -> bool:
    return subject.is_small(table) or table in questions.SMALL_TABLES


def _take(held: dict[str, Lock], action: Action) -> None:
    for table, lock in action.locks:
        if lock in _STRENGTH:
            before = held.get(table, Lock.NONE)
            held[table] = max(before, lock, key=_STRENGTH.index)
    if action.kind is Kind.RENAME_TABLE and action.table in held:
        held[action.name] = held[action.table]
