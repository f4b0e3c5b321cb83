"""Where the two halves of SeparateDatabaseAndState, or of a RunSQL, surely tell different things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    AddConstraint,
    AddIndex,
    OpaqueOperation,
    Place,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.schema import forwards
from flake8_django_migrations.plan.steps import Side, Step
from flake8_django_migrations.plan.types import ColumnType, parse_type
from flake8_django_migrations.rules import evidence, questions

if TYPE_CHECKING:
    from flake8_django_migrations.rules.rule import Subject

_INDEXES: Final = frozenset({Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY})
_CONSTRAINTS: Final = frozenset(
    {Kind.ADD_UNIQUE, Kind.ADD_CHECK, Kind.ADD_CHECK_NOT_VALID, Kind.ADD_EXCLUSION}
)
_TYPES: Final = frozenset({Kind.ALTER_TYPE, Kind.WIDEN_TYPE}) | questions.ADDED_COLUMNS
_TEXTS: Final = frozenset({"varchar", "text", "citext", "char"})
_NAME_LENGTH: Final = 63
"""PostgreSQL cuts a longer name."""


class Disagreement(NamedTuple):
    """What the two halves make of a table: the place of the state's half, and both in words."""

    place: Place
    verb: str
    table: str
    database: str
    state: str


@dataclass(slots=True)
class _Halves:
    """An operation and what its two halves ask of the database, or would."""

    step: Step
    database: list[tuple[Step, Action]] = field(default_factory=list)
    state: list[tuple[Step, Action]] = field(default_factory=list)
    is_read: bool = True


def disagreements(subject: Subject) -> Iterator[Disagreement]:
    """Every pair of names or types that cannot both be meant."""
    for halves in _all_halves(subject):
        if halves.is_read and halves.database and halves.state:
            tables = dict.fromkeys(action.table for _, action in halves.state)
            for table in tables:
                yield from _columns(subject, halves, table)
                yield from _names(halves, table)
                if subject.database.vendor == "postgresql":
                    yield from _types(halves, table)


def _all_halves(subject: Subject) -> Iterator[_Halves]:
    """The operations that have two halves, with what is in each."""
    halves: _Halves | None = None
    for step in subject.steps:
        if not step.is_nested:
            if halves is not None:
                yield halves
            halves = None
            if isinstance(step.operation, SeparateDatabaseAndState | RunSQL):
                halves = _Halves(step)
        if halves is not None:
            _take(subject, halves, step)
    if halves is not None:
        yield halves


def _take(subject: Subject, halves: _Halves, step: Step) -> None:
    match step.operation:
        case RunPython() | OpaqueOperation():
            halves.is_read = False
        case RunSQL() if step.side is Side.STATE:
            pass
        case operation if step.side is Side.STATE:
            told = forwards(
                operation, step.before, step.after, subject.database, subject.options.django
            )
            halves.state += [(step, action) for action in told]
        case _:
            halves.database += [(step, action) for action in step.forwards]
            if any(action.kind is Kind.UNREADABLE for action in step.forwards):
                halves.is_read = False


def _on(half: Iterable[tuple[Step, Action]], table: str) -> list[Action]:
    return [action for _, action in half if action.table == table]


# Columns ---------------------------------------------------------------------------------


def _columns(subject: Subject, halves: _Halves, table: str) -> Iterator[Disagreement]:
    """One column made, or taken away, under a name that the other half does not have."""
    place = _place(halves, table)
    told = [_on(half, table) for half in (halves.database, halves.state)]
    for verb, (database, state) in (
        ("gets", (_gained(told[0]), _gained(told[1]))),
        ("loses", (_lost(told[0]), _lost(told[1]))),
    ):
        mine, its = database - state, state - database
        if len(mine) == len(its) == 1:
            name, other = mine.pop(), its.pop()
            if not evidence.may_name(evidence.past(subject), other):
                yield Disagreement(place, verb, table, f"column {name}", other)
                return


def _gained(told: Iterable[Action]) -> set[str]:
    found: set[str] = set()
    for action in told:
        if action.kind in questions.ADDED_COLUMNS:
            found.add(action.columns[0].lower())
        elif action.kind is Kind.RENAME_COLUMN:
            found.add(action.name.lower())
        elif action.kind is Kind.DROP_COLUMN:
            found.discard(action.columns[0].lower())
    return found


def _lost(told: Iterable[Action]) -> set[str]:
    kinds = {Kind.DROP_COLUMN, Kind.RENAME_COLUMN}
    return {each.columns[0].lower() for each in told if each.kind in kinds}


def _place(halves: _Halves, table: str) -> Place:
    """Where the state is told about the table."""
    return next(step.operation.place for step, action in halves.state if action.table == table)


# Indexes and constraints -----------------------------------------------------------------


def _names(halves: _Halves, table: str) -> Iterator[Disagreement]:
    """One index or constraint on the same columns, under a name that only the state knows."""
    for what, kinds in (("index", _INDEXES), ("constraint", _CONSTRAINTS)):
        made = [
            action
            for step, action in halves.database
            if action.table == table
            and action.kind in kinds
            and isinstance(step.operation, RunSQL | AddIndex | AddConstraint)
        ]
        told = [
            (step, action)
            for step, action in halves.state
            if action.table == table
            and action.kind in kinds
            and isinstance(step.operation, AddIndex | AddConstraint)
        ]
        if len(made) == len(told) == 1:
            (database,), ((step, state),) = made, told
            if _is_misnamed(halves, database, state):
                yield Disagreement(
                    step.operation.place, "gets", table, f"{what} {database.name}", state.name
                )


def _is_misnamed(halves: _Halves, database: Action, state: Action) -> bool:
    if not database.name or not state.name or database.columns != state.columns:
        return False
    if max(len(database.name), len(state.name)) > _NAME_LENGTH:
        return False
    others = {action.name.lower() for _, action in halves.database}
    return state.name.lower() not in others and not _is_written(halves, state.name)


def _is_written(halves: _Halves, name: str) -> bool:
    operations = {id(step.operation): step.operation for step, _ in halves.database}
    return evidence.may_name(operations.values(), name.lower())


# Types -----------------------------------------------------------------------------------


def _types(halves: _Halves, table: str) -> Iterator[Disagreement]:
    """One column made with a type that cannot hold what the state's type can."""
    made, told = (_shaped(_on(half, table)) for half in (halves.database, halves.state))
    for column in made.keys() & told.keys():
        first, second = made[column], told[column]
        if first is not None and second is not None and _differ(first, second):
            yield Disagreement(
                _place(halves, table), "gets", table, f"{column} as {first.sql}", second.sql
            )


def _shaped(told: Iterable[Action]) -> dict[str, ColumnType | None]:
    """The types by column, None for one that is given twice or is not known."""
    found: dict[str, ColumnType | None] = {}
    for action in told:
        if action.kind in _TYPES and action.columns and action.new_type:
            column = action.columns[0].lower()
            found[column] = None if column in found else parse_type(action.new_type.lower())
    return found


def _differ(database: ColumnType, state: ColumnType) -> bool:
    if database.name in _TEXTS and state.name in _TEXTS:
        if database.length is None:
            return False
        return state.length is None or database.length < state.length
    if database.name == state.name == "numeric":
        shapes = [(each.precision, each.scale) for each in (database, state)]
        return None not in shapes[0] and shapes[0] != shapes[1]
    return database.name != state.name
