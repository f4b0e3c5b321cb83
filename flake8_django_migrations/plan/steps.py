"""A migration and the state before it, operation by operation, with what the database is asked."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.routes import settled
from flake8_django_migrations.migration import (
    UNKNOWN,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    Unknown,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.schema import backwards, forwards, is_reversible

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.plan.databases import Database


class Side(enum.Enum):
    """Which half of Django an operation acts on; SeparateDatabaseAndState splits them."""

    BOTH = "both"
    DATABASE = "database"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation at its place: the states around it and its actions both ways.

    Nested operations are steps of their own, on the side that SeparateDatabaseAndState gives
    them; the operation that holds them is a step without actions. ``new_tables`` are the tables
    that hold no rows yet that anyone uses: created by this step, earlier in this migration, in
    the app's initial run, or in a pending migration. ``new_columns`` are the (table, column)
    pairs added before this step.
    ``is_reversible`` says whether Django itself would go back over it.
    """

    operation: Operation
    side: Side = Side.BOTH
    is_nested: bool = False
    before: ProjectState
    after: ProjectState
    forwards: tuple[Action, ...] = ()
    backwards: tuple[Action, ...] = ()
    is_reversible: bool | Unknown = True
    in_transaction: bool | Unknown = True
    new_tables: frozenset[str] = frozenset()
    new_columns: frozenset[tuple[str, str]] = frozenset()

    def is_new(self, table: str) -> bool:
        """Whether the table holds no rows yet that anyone uses."""
        return table in self.new_tables

    def is_new_column(self, table: str, column: str) -> bool:
        """Whether the column, or its table, is as new as that."""
        return table in self.new_tables or (table, column) in self.new_columns


# From a migration to its steps -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What stays the same for every step of a migration."""

    migration: Migration
    database: Database
    django: tuple[int, int]
    and_back: bool


class Fresh:
    """The tables and columns that hold no rows yet, as they gather along a deploy."""

    __slots__ = ("columns", "tables")

    def __init__(self, tables: Iterable[str] = ()) -> None:
        self.tables = set(tables)
        self.columns: set[tuple[str, str]] = set()

    def created_by(self, actions: tuple[Action, ...]) -> frozenset[str]:
        """The tables that the actions create without having dropped them first."""
        kinds = {Kind.CREATE_TABLE, Kind.DROP_TABLE}
        first = {each.table: each.kind for each in reversed(actions) if each.kind in kinds}
        return frozenset(table for table, kind in first.items() if kind is Kind.CREATE_TABLE)

    def follow(self, action: Action) -> None:
        """Take in what the action makes, moves or removes."""
        match action:
            case Action(kind=Kind.CREATE_TABLE, table=table):
                self.tables.add(table)
            case Action(kind=Kind.DROP_TABLE, table=table):
                self.tables.discard(table)
            case Action(kind=Kind.RENAME_TABLE, table=table, name=name):
                self._rename_table(table, name)
            case Action(kind=Kind.RENAME_COLUMN, table=table, columns=(column,), name=name):
                if (table, column) in self.columns:
                    self.columns.discard((table, column))
                    self.columns.add((table, name))
            case Action(kind=Kind.DROP_COLUMN, table=table, columns=(column,)):
                self.columns.discard((table, column))
            case Action(kind=kind, table=table, columns=(column,)) if kind in _ADDS_COLUMN:
                self.columns.add((table, column))
            case _:
                pass

    def _rename_table(self, old: str, new: str) -> None:
        if old in self.tables:
            self.tables.discard(old)
            self.tables.add(new)
        self.columns = {(new if table == old else table, column) for table, column in self.columns}


_ADDS_COLUMN: Final = frozenset(
    {Kind.ADD_COLUMN, Kind.ADD_COLUMN_DEFAULT, Kind.ADD_COLUMN_VOLATILE, Kind.ADD_COLUMN_STORED}
    | {Kind.ADD_COLUMN_VIRTUAL, Kind.ADD_COLUMN_IDENTITY}
)


def steps(
    migration: Migration,
    before: ProjectState,
    database: Database,
    django: tuple[int, int] = (5, 2),
    fresh: Fresh | None = None,
    *,
    and_back: bool = True,
) -> tuple[Step, ...]:
    """The migration's operations with the states around them and their actions both ways.

    The operations inside SeparateDatabaseAndState and RunSQL follow the one that holds them.
    ``fresh`` is what is new although earlier migrations made it; what this one makes is added
    to it. The way back is left out where only that is asked for.
    """
    walk = _Walk(migration=migration, database=database, django=django, and_back=and_back)
    found: list[Step] = []
    state = before
    for operation in migration.operations:
        found += _outer(walk, operation, state)
        state = apply(state, operation)
    return tuple(_with_new(found, fresh or Fresh()))


def _outer(walk: _Walk, operation: Operation, state: ProjectState) -> Iterator[Step]:
    yield _step(walk, operation, state, Side.BOTH, is_nested=False)
    match operation:
        case SeparateDatabaseAndState(database_operations=nested):
            yield from _on_database(walk, nested, state)
        case _:
            pass
    yield from _on_state(walk, operation, state)


def _on_database(
    walk: _Walk, operations: tuple[Operation, ...], state: ProjectState
) -> Iterator[Step]:
    """Operations that only the database sees; the state they leave is forgotten after them."""
    for operation in operations:
        yield _step(walk, operation, state, Side.DATABASE, is_nested=True)
        if isinstance(operation, SeparateDatabaseAndState):
            yield from _on_database(walk, operation.database_operations, state)
        state = apply(state, operation)


def _on_state(walk: _Walk, operation: Operation, state: ProjectState) -> Iterator[Step]:
    """The state operations that an operation holds, to any depth."""
    match operation:
        case SeparateDatabaseAndState(state_operations=nested) | RunSQL(state_operations=nested):
            for inner in nested:
                yield _step(walk, inner, state, Side.STATE, is_nested=True)
                yield from _on_state(walk, inner, state)
                state = apply(state, inner)
        case _:
            return


def _step(
    walk: _Walk, operation: Operation, state: ProjectState, side: Side, *, is_nested: bool
) -> Step:
    operation = settled(operation, state)
    after = apply(state, operation)
    there: tuple[Action, ...] = ()
    back: tuple[Action, ...] = ()
    if side is not Side.STATE:
        there = forwards(operation, state, after, walk.database, walk.django)
        if walk.and_back:
            back = backwards(operation, state, after, walk.database, walk.django)
    return Step(
        operation=operation,
        side=side,
        is_nested=is_nested,
        before=state,
        after=after,
        forwards=there,
        backwards=back,
        is_reversible=is_reversible(operation),
        in_transaction=_in_transaction(walk.migration, operation, is_nested=is_nested),
    )


def _in_transaction(
    migration: Migration, operation: Operation, *, is_nested: bool
) -> bool | Unknown:
    """Whether Django runs it inside a transaction: of nested operations it asks nothing."""
    if isinstance(migration.atomic, Unknown) or migration.atomic:
        return migration.atomic
    match operation:
        case RunPython(atomic=atomic) if not is_nested:
            return UNKNOWN if isinstance(atomic, Unknown) else atomic is True
        case _:
            return False


def _with_new(found: list[Step], new: Fresh) -> Iterator[Step]:
    for step in found:
        yield replace(
            step,
            new_tables=frozenset(new.tables) | new.created_by(step.forwards),
            new_columns=frozenset(new.columns),
        )
        for action in step.forwards:
            new.follow(action)
