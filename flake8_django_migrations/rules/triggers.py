"""8xx: rows written and their table changed, while foreign keys still wait to be checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import UNKNOWN, Code, RunPython, RunSQL, Unknown
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.columns import column_of
from flake8_django_migrations.plan.through import is_automatic, through_of
from flake8_django_migrations.rules import evidence, held, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import ModelKey
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_STATEMENTS: Final = {
    Kind.CREATE_INDEX: "CREATE INDEX",
    Kind.DROP_TABLE: "DROP TABLE",
    Kind.TRUNCATE: "TRUNCATE",
}
_UNASKED: Final = frozenset(
    {Kind.CREATE_TABLE, Kind.RENAME_TABLE, Kind.RENAME_COLUMN, Kind.RENAME_CONSTRAINT}
    | {Kind.RENAME_INDEX, Kind.DROP_INDEX, Kind.COMMENT_ON_TABLE, Kind.COMMENT_ON_COLUMN}
    | {Kind.TRIGGER, Kind.REFRESH_VIEW, Kind.LOCK_TABLE, Kind.REINDEX, Kind.REINDEX_CONCURRENTLY}
    | {Kind.CREATE_INDEX_CONCURRENTLY, Kind.DROP_INDEX_CONCURRENTLY, Kind.REWRITE_TABLE}
    | {Kind.SELECT, Kind.SET, Kind.TRANSACTION, Kind.NOT_IN_TRANSACTION, Kind.OTHER}
    | questions.ROW_WRITES
)
"""What PostgreSQL does, or may do, on a table whose foreign keys wait."""


class _Key(NamedTuple):
    """A foreign key that was there before the migration, and is checked at its end."""

    child: str
    column: str
    parent: str


class _Wait(NamedTuple):
    """A table whose rows wait for the check of a foreign key."""

    table: str
    key: _Key


def pending_trigger_events(subject: Subject) -> Iterator[Finding]:
    """A table changed after rows of it were written whose foreign keys are not checked yet."""
    if subject.migration.atomic is not True or not _mixes(subject):
        return
    written = {
        each.table for _, each in questions.actions(subject) if each.kind in questions.ROW_WRITES
    }
    keys = tuple(_keys(subject, written))
    waiting: dict[_Wait, Step] = {}
    is_deferred = True
    for step, action in _in_order(subject):
        if action.kind is Kind.UNREADABLE or held.ends_transaction(action):
            return
        if _switches(step, action):
            waiting.clear()
            is_deferred = "DEFERRED" in action.sql.upper()
        _check_first(waiting, step, action)
        for wait, writer in _kept(waiting, action):
            yield found(
                writer.operation.place,
                what=_name(writer),
                statement=_STATEMENTS.get(action.kind, "ALTER TABLE"),
                table=wait.table,
            )
            return
        if is_deferred and action.kind in questions.ROW_WRITES:
            waiting |= dict.fromkeys(_waits(keys, action), step)


def _mixes(subject: Subject) -> bool:
    """Whether it writes rows, and does what rows that wait may keep it from."""
    kinds = {action.kind for _, action in questions.actions(subject)}
    return not kinds.isdisjoint(questions.ROW_WRITES) and not kinds <= _UNASKED


def _keys(subject: Subject, written: AbstractSet[str]) -> Iterator[_Key]:
    """The foreign keys of the written tables that were surely there before the migration."""
    past = tuple(each for each in evidence.past(subject) if isinstance(each, RunSQL))
    state = subject.steps[0].before
    for model in state.models.values():
        if model.is_doubtful or model.is_managed is not True or isinstance(model.table, Unknown):
            continue
        named = _referring(state, model, model.table, written)
        # SQL may have taken a key away, or have it checked at once.
        table = model.table
        if named and not any(evidence.surely_names(each, table, "constraint") for each in past):
            yield from _keys_of(subject, model, table, named)


def _referring(
    state: ProjectState, model: ModelState, table: str, written: AbstractSet[str]
) -> tuple[str, ...]:
    """The model's fields whose keys may start or end at a written table."""
    return tuple(
        name
        for name, field in model.fields.items()
        if "to" in field.keywords
        and (
            table in written
            or is_automatic(field)
            or _may_be(state, state.resolve(field.keywords["to"], model.name), written)
        )
    )


def _may_be(state: ProjectState, key: ModelKey | Unknown, tables: AbstractSet[str]) -> bool:
    """Whether the model's table is one of these; in doubt: True."""
    model = UNKNOWN if isinstance(key, Unknown) else state.find(key)
    if not isinstance(model, ModelState) or isinstance(model.table, Unknown):
        return True
    return model.table in tables


def _keys_of(
    subject: Subject, model: ModelState, table: str, names: tuple[str, ...]
) -> Iterator[_Key]:
    state = subject.steps[0].before
    for name in names:
        field = model.fields[name]
        through = through_of(name, field, state, model, subject.database)
        column = column_of(name, field, state, model, subject.database)
        owner, columns = (table, (column,)) if through is None else (through.table, through.columns)
        for each in columns:
            if each is not None and each.is_constrained:
                yield _Key(owner, each.column, each.target.table)


def _in_order(subject: Subject) -> Iterator[tuple[Step, Action]]:
    """The actions in the order of execution: what Django defers comes after everything else."""
    told = tuple(questions.actions(subject))
    yield from (each for each in told if not each[1].is_last)
    yield from (each for each in told if each[1].is_last)


def _is_written_by_hand(step: Step) -> bool:
    return isinstance(step.operation, RunSQL | RunPython)


def _switches(step: Step, action: Action) -> bool:
    """Whether it sets when keys are checked: Django does after it has filled NULLs itself."""
    if action.kind is Kind.SET:
        return action.name.upper() == "CONSTRAINTS"
    return action.kind is Kind.UPDATE and not _is_written_by_hand(step)


def _check_first(waiting: dict[_Wait, Step], step: Step, action: Action) -> None:
    """Django has a foreign key checked before it drops it."""
    if action.kind is Kind.DROP_FOREIGN_KEY and not _is_written_by_hand(step):
        for wait in tuple(waiting):
            if (wait.key.child, (wait.key.column,)) == (action.table, action.columns):
                del waiting[wait]


def _kept(waiting: Mapping[_Wait, Step], action: Action) -> Iterator[tuple[_Wait, Step]]:
    """The rows that keep the action from its table, or from the one a dropped key points at."""
    if action.kind not in _UNASKED:
        tables = {action.table}
        if action.kind is Kind.DROP_FOREIGN_KEY:
            tables.add(action.references)
        yield from (each for each in waiting.items() if each[0].table in tables)


def _waits(keys: tuple[_Key, ...], action: Action) -> Iterator[_Wait]:
    """What is left to check once the rows are written."""
    for key in keys:
        match action.kind:
            case Kind.INSERT if key.child == action.table:
                yield _Wait(key.child, key)
            case Kind.UPDATE if key.child == action.table and key.column in action.columns:
                yield _Wait(key.child, key)
            case Kind.DELETE if key.parent == action.table:
                yield _Wait(key.parent, key)
            case _:
                pass


def _name(step: Step) -> str:
    match step.operation:
        case RunPython(code=Code(name=name)):
            return f"RunPython({name})"
        case operation:
            return type(operation).__name__
