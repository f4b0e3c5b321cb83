"""4xx: locks that outlast their own statement, since the transaction keeps them to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.plan.actions import Action, Kind, Lock, Work
from flake8_django_migrations.rules import held, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_LONG: Final = {
    Work.SCAN: "is scanned",
    Work.INDEX_BUILD: "gets an index",
    Work.REWRITE: "is rewritten",
}


class _Sent(NamedTuple):
    """An action at its turn, and the tables that operations before it keep from everyone."""

    step: Step
    action: Action
    locked: tuple[str, ...]


def held_across_work(subject: Subject) -> Iterator[Finding]:
    """A table that nobody can read while the migration works through another one."""
    for step, action, locked in _sent(subject):
        work, table = _LONG.get(action.work), action.table
        waiting = [each for each in locked if each != table]
        if work is not None and waiting and _is_in_use(subject, step, table):
            yield found(action.place, table=_listed(waiting), other=table, work=work)
            return


def several_tables_locked(subject: Subject) -> Iterator[Finding]:
    """A second table locked by one transaction, in an order that the code may not share."""
    for step, action, locked in _sent(subject):
        is_another = bool(locked) and action.table not in locked
        if is_another and action.table in _locked_by(subject, step, action):
            yield found(action.place, table=action.table, others=_listed(list(locked)))
            return


def _sent(subject: Subject) -> Iterator[_Sent]:
    """The actions of an atomic migration in the order in which they are sent."""
    if subject.migration.atomic is not True:
        return
    holders: dict[str, Step] = {}
    renamed: dict[str, str] = {}
    for step, action in sorted(questions.actions(subject), key=lambda each: each[1].is_last):
        if held.ends_transaction(action):
            return
        yield _Sent(step, action, tuple(table for table, by in holders.items() if by is not step))
        for table in _locked_by(subject, step, action):
            holders.setdefault(renamed.get(table, table), step)
        if action.kind is Kind.RENAME_TABLE:
            renamed[action.table] = action.name
            if action.table in holders:
                holders[action.name] = holders.pop(action.table)


def _locked_by(subject: Subject, step: Step, action: Action) -> tuple[str, ...]:
    """The tables in use that the action takes from readers and writers alike."""
    return tuple(
        table
        for table, lock in action.locks
        if lock is Lock.ACCESS_EXCLUSIVE
        and action.kind is not Kind.DROP_TABLE
        and _is_in_use(subject, step, table)
    )


def _is_in_use(subject: Subject, step: Step, table: str) -> bool:
    is_small = subject.is_small(table) or table in questions.SMALL_TABLES
    return bool(table) and not step.is_new(table) and not is_small


def _listed(tables: list[str]) -> str:
    more = len(tables) - 1
    return f"{tables[0]} and {more} more" if more else tables[0]
