"""4xx: how indexes come and go: who waits for a drop, and what is without one meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.plan.actions import Action, Kind, Lock
from flake8_django_migrations.rules import coverings, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Place
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_DROPS: Final = frozenset({Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY})
_BUILT_BESIDE_WRITES: Final = {
    Kind.CREATE_INDEX_CONCURRENTLY: "CREATE INDEX CONCURRENTLY",
    Kind.REINDEX_CONCURRENTLY: "REINDEX CONCURRENTLY",
}
_FIRST_BROKEN: Final = (14, 0)
_FIRST_MENDED: Final = (14, 4)


def blocking_index_drop(subject: Subject) -> Iterator[Finding]:
    """An index dropped under a lock that nothing else in the transaction needs."""
    locked: set[str] = set()
    told: set[Place] = set()
    for step, action in questions.actions(subject):
        if step.in_transaction is not True:
            locked.clear()
        beside = {each.table for each in step.forwards if each.kind is not Kind.DROP_INDEX}
        if _waits(subject, step, action) and action.table not in locked | beside:
            if action.place not in told:
                told.add(action.place)
                yield found(action.place, name=action.name, table=action.table)
        elif action.kind is not Kind.DROP_INDEX:
            locked |= {table for table, lock in action.locks if lock is Lock.ACCESS_EXCLUSIVE}


def _waits(subject: Subject, step: Step, action: Action) -> bool:
    """Whether the action drops an index, and has to wait for those who use its table."""
    if action.kind is not Kind.DROP_INDEX or not action.lock_on(action.table).blocks_reads:
        return False
    is_small = subject.is_small(action.table) or action.table in questions.SMALL_TABLES
    return bool(action.name) and not step.is_new(action.table) and not is_small


def index_gap(subject: Subject) -> Iterator[Finding]:
    """An index that is gone while the one to follow it is still being built."""
    gone: dict[tuple[str, str], Action] = {}
    for step, action in questions.actions(subject):
        for first in _leading(step, action):
            if action.kind in _DROPS and step.in_transaction is False:
                if not step.is_new(action.table) and not _is_covered(step, action, first):
                    gone[action.table, first] = action
            elif action.kind is Kind.CREATE_INDEX_CONCURRENTLY:
                dropped = gone.pop((action.table, first), None)
                if dropped is not None:
                    yield found(action.place, column=f"{action.table}.{first}", old=dropped.name)


def _leading(step: Step, action: Action) -> tuple[str, ...]:
    """The column that an index begins with; a concurrent drop leaves it to the state to tell."""
    if action.columns or action.kind is not Kind.DROP_INDEX_CONCURRENTLY:
        return action.columns[:1]
    model = questions.model_of(step.before, action.table)
    named = [] if model is None else coverings.named(model, action.name)
    return named[0].columns[:1] if named else ()


def _is_covered(step: Step, action: Action, first: str) -> bool:
    """Whether another index begins with the column; in doubt: True."""
    model = questions.model_of(step.after, action.table)
    if not isinstance(model, ModelState):
        return True
    there = coverings.coverings(model)
    return model.is_doubtful or any(each.columns[:1] == (first,) for each in there)


def corrupting_build(subject: Subject) -> Iterator[Finding]:
    """A concurrent build on the releases of PostgreSQL that lose entries in it."""
    version = subject.database.version
    if len(version) < len(_FIRST_BROKEN) or not _FIRST_BROKEN <= version < _FIRST_MENDED:
        return
    for step, action in questions.actions(subject):
        if action.kind in _BUILT_BESIDE_WRITES and not step.is_new(action.table):
            statement = _BUILT_BESIDE_WRITES[action.kind]
            release = ".".join(map(str, version))
            yield found(action.place, statement=statement, release=release)
