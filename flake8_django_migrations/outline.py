"""What a migration does, told to a person: its steps, the deploy it belongs to, what to time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from flake8_django_migrations import migration as m
from flake8_django_migrations.plan.actions import Action, Kind, Lock, Loss, Work
from flake8_django_migrations.plan.facts import can_run_in_transaction
from flake8_django_migrations.plan.steps import Side, Step

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.databases import Database

_STRENGTH: Final = tuple(Lock)
_WEIGHT: Final = tuple(Work)
_BREAKS_BOTH: Final = frozenset({Kind.RENAME_TABLE, Kind.RENAME_COLUMN})
_AFTER_THE_CODE: Final = frozenset(
    {
        Kind.DROP_TABLE,
        Kind.TRUNCATE,
        Kind.DROP_COLUMN,
        Kind.SET_NOT_NULL,
        Kind.SET_NOT_NULL_PROVEN,
        Kind.ADD_UNIQUE,
        Kind.ADD_UNIQUE_USING_INDEX,
        Kind.ADD_CHECK,
        Kind.ADD_CHECK_NOT_VALID,
        Kind.ADD_EXCLUSION,
        Kind.ADD_FOREIGN_KEY,
        Kind.ADD_FOREIGN_KEY_NOT_VALID,
    }
)
"""What the release before may still use or write."""
_DATA: Final = frozenset({Kind.INSERT, Kind.UPDATE, Kind.DELETE})


@dataclass(frozen=True, slots=True)
class Held:
    """A table that a statement locks; ``rows`` is None where no list says how many it has."""

    table: str
    lock: Lock
    rows: int | None
    is_new: bool

    @property
    def waiting(self) -> str:
        """Who waits for it."""
        return "a new table: nobody waits" if self.is_new else self.lock.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement of a step and what it costs; or a step that sends none, and why.

    ``number`` is the operation's line in the file. ``kinds`` are what the statement does, empty
    where none is sent; ``rows`` are those of the table that the work is done on.
    """

    operation: str
    number: int
    statement: str
    kinds: tuple[Kind, ...] = ()
    tables: tuple[Held, ...] = ()
    work: Work = Work.NONE
    rows: int | None = None
    can_run_in_transaction: bool = True
    is_deferred: bool = False
    """Whether Django sends it at the end of the migration, after all operations."""

    @property
    def effort(self) -> str:
        """The work in words, by the size of its table."""
        match self.work:
            case Work.NONE if not _DATA.isdisjoint(self.kinds):
                return "writes rows"
            case Work.NONE:
                return "no work on rows"
            case Work.ROW_WRITES if self.rows is None:
                return "writes rows"
            case _ if self.rows == 0:
                return "no rows yet"
            case _ if self.rows is None:
                return f"{self.work.value} of the whole table"
            case _:
                return f"{self.work.value} of {self.rows:,} rows"


def outline(
    steps: Sequence[Step],
    sizes: Mapping[str, int],
    database: Database,
    *,
    backwards: bool = False,
) -> Iterator[Line]:
    """The plan in the order of execution: what Django defers comes last.

    A rollback goes from the last step to the first.
    """
    lines = tuple(_lines(steps, sizes, database, backwards=backwards))
    return iter(sorted(lines, key=lambda line: line.is_deferred))


def _lines(
    steps: Sequence[Step], sizes: Mapping[str, int], database: Database, *, backwards: bool
) -> Iterator[Line]:
    for step in reversed(steps) if backwards else steps:
        actions = step.backwards if backwards else step.forwards
        new = frozenset[str]() if backwards else step.new_tables
        if backwards and step.is_reversible is False:
            yield _silent(step, "cannot be reversed")
        elif actions:
            for _, same in groupby(actions, lambda action: action.sql or action):
                yield _line(step, tuple(same), sizes, database, new)
        elif not isinstance(step.operation, m.SeparateDatabaseAndState):
            yield _silent(step, _without_actions(step, backwards=backwards))


def _silent(step: Step, why: str) -> Line:
    operation = step.operation
    return Line(operation=title_of(operation), number=operation.place.line, statement=why)


def _line(
    step: Step,
    actions: tuple[Action, ...],
    sizes: Mapping[str, int],
    database: Database,
    new: frozenset[str],
) -> Line:
    """The actions of one statement together: their strongest locks, their heaviest work.

    ``new`` are the tables without rows: to a rollback, none is.
    """
    first = actions[0]
    strongest: dict[str, Lock] = {}
    for table, lock in (held for action in actions for held in action.locks):
        strongest[table] = max(lock, strongest.get(table, lock), key=_STRENGTH.index)
    return Line(
        operation=title_of(step.operation),
        number=step.operation.place.line,
        statement=statement(first),
        kinds=tuple(action.kind for action in actions),
        tables=tuple(
            Held(table, lock, sizes.get(table), table in new) for table, lock in strongest.items()
        ),
        work=max((action.work for action in actions), key=_WEIGHT.index),
        rows=0 if first.table in new else sizes.get(first.table),
        can_run_in_transaction=all(can_run_in_transaction(each, database) for each in actions),
        is_deferred=first.is_last,
    )


def _without_actions(step: Step, *, backwards: bool) -> str:
    match step.operation:
        case _ if step.side is Side.STATE:
            return "state only: the database is not asked"
        case m.RunPython(code=code, reverse_code=back):
            asked = back if backwards else code
            is_idle = isinstance(asked, m.Code) and asked.is_noop
            return "nothing" if is_idle else "runs Python: its statements are not known"
        case m.OpaqueOperation():
            return "not known: the class is not Django's"
        case _:
            return "nothing"


def statement(action: Action) -> str:
    """The action's SQL, or what stands for it, in one line."""
    target = f"{action.table} ({', '.join(action.columns)})" if action.columns else action.table
    return " ".join((action.sql or f"{action.kind.value} {target}").split())


def title_of(operation: Operation) -> str:
    """The operation as a person would name it: ``AddField order.total``."""
    kind = type(operation).__name__
    if getattr(operation, "concurrently", False):
        kind += "Concurrently"
    match operation:
        case m.AddField() | m.RemoveField() | m.AlterField():
            return f"{kind} {operation.model_name}.{operation.name}"
        case m.RenameField():
            return f"{kind} {operation.model_name}.{operation.old_name} to {operation.new_name}"
        case m.RenameModel():
            return f"{kind} {operation.old_name} to {operation.new_name}"
        case m.RunPython(code=m.Code(name=name)):
            return f"{kind} {name}"
        case m.OpaqueOperation(path=str(path)):
            return path.rpartition(".")[2]
        case m.AddIndex(index=m.Index(name=str(name))):
            return f"{kind} {operation.model_name} {name}"
        case m.AddConstraint(constraint=m.Constraint(name=str(name))):
            return f"{kind} {operation.model_name} {name}"
        case m.RenameIndex(new_name=name):
            return f"{kind} {operation.model_name} to {name}"
        case m.AddIndex() | m.AddConstraint():
            return f"{kind} {operation.model_name}"
        case m.RemoveIndex() | m.RemoveConstraint() | m.AlterConstraint() | m.ValidateConstraint():
            return f"{kind} {operation.model_name} {operation.name}"
        case m.RunSQL() | m.RunPython() | m.SeparateDatabaseAndState():
            return kind
        case m.OpaqueOperation():
            return "an operation that cannot be read"
        case _:
            return f"{kind} {operation.name}"


def deploy(steps: Sequence[Step]) -> str:
    """Whether it goes out before or after the code that belongs to it."""
    kinds = {
        _when(action, is_new=step.is_new(action.table))
        for step in steps
        for action in _lasting(step.forwards)
    }
    if any(isinstance(step.operation, m.RunPython) for step in steps):
        kinds.add("data")
    if "never" in kinds:
        return "in neither order: the old code and the new one use different names"
    match sorted(kinds):
        case []:
            return "with the code: the database is not changed"
        case ["before"]:
            return "before the code that uses it"
        case ["data"]:
            return "after the code that writes the new values itself"
        case ["after"] | ["after", "data"]:
            return "after the code that no longer uses what it takes away or refuses"
        case _:
            return "in two parts: what it adds before the code, the rest after it"


def _lasting(actions: Sequence[Action]) -> Iterator[Action]:
    """The actions of a step without the foreign keys that it takes off and sets again."""
    keys = {
        kind: {(each.table, each.columns) for each in actions if each.kind is kind}
        for kind in (Kind.DROP_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY)
    }
    both = keys[Kind.DROP_FOREIGN_KEY] & keys[Kind.ADD_FOREIGN_KEY]
    for each in actions:
        if each.kind not in keys or (each.table, each.columns) not in both:
            yield each


def _when(action: Action, *, is_new: bool) -> str:
    """When one action may be sent; nobody uses a new table yet."""
    if is_new:
        return "before"
    if action.kind in _BREAKS_BOTH:
        return "never"
    if action.kind in _DATA:
        return "data"
    if action.kind in _AFTER_THE_CODE or action.loss is not Loss.NONE:
        return "after"
    return "before"


def to_time(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that take longer the more rows there are."""
    titles = (
        title_of(step.operation)
        for step in steps
        if isinstance(step.operation, m.RunPython)
        or any(
            action.work.grows_with_rows and not step.is_new(action.table)
            for action in step.forwards
        )
    )
    return tuple(dict.fromkeys(titles))


def irreversible(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that a rollback stops at."""
    titles = (title_of(step.operation) for step in steps if step.is_reversible is False)
    return tuple(dict.fromkeys(titles))
