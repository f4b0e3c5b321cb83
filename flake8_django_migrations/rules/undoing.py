"""What raw SQL makes or takes away, and whether the way back takes it away or makes it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    Body,
    Code,
    OpaqueOperation,
    RunPython,
    RunSQL,
    Unknown,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_SPARING: Final = re.compile(r"\bIF\s+(?:NOT\s+)?EXISTS\b|\bOR\s+REPLACE\b|\bTEMP", re.IGNORECASE)
"""Words of statements that can be sent twice."""

_ENUM_VALUE: Final = re.compile(r"ALTER TYPE \S+ ADD VALUE ('[^']+')", re.IGNORECASE)
"""What PostgreSQL cannot take away again."""

_INDEXES: Final = frozenset({Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY})
_CONSTRAINTS: Final = frozenset(
    {Kind.ADD_UNIQUE, Kind.ADD_CHECK, Kind.ADD_CHECK_NOT_VALID, Kind.ADD_EXCLUSION}
    | {Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NOT_VALID}
)
_DROPS: Final = frozenset(
    {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY, Kind.DROP_CONSTRAINT, Kind.DROP_FOREIGN_KEY}
)


_TAKES_TABLE: Final = frozenset({Kind.DROP_TABLE, Kind.RENAME_TABLE})
_TAKES_COLUMN: Final = frozenset({Kind.DROP_COLUMN, Kind.RENAME_COLUMN})


class _Thing(NamedTuple):
    """What a statement makes or takes: a column of a table, or what is known by its name."""

    table: str
    name: str


def is_certain(subject: Subject) -> bool:
    """Whether all that the migration does, both ways, is known."""
    return subject.migration.is_complete and not any(
        _is_dark(step) for step in questions.on_database(subject)
    )


def _is_dark(step: Step) -> bool:
    match step.operation:
        case OpaqueOperation():
            return True
        case RunPython(code=code, reverse_code=back):
            return any(each is not None and not _is_read(each) for each in (code, back))
        case _:
            return any(map(_is_unclear, (*step.forwards, *step.backwards)))


def _is_unclear(action: Action) -> bool:
    """Whether it may do anything: it was not read, or it calls a function."""
    return action.kind is Kind.UNREADABLE or (action.kind is Kind.SELECT and not action.table)


def _is_read(code: Code | Unknown) -> bool:
    match code:
        case Code(is_noop=True) | Code(body=Body(is_complete=True)):
            return True
        case _:
            return False


# What stays -------------------------------------------------------------------------------


def leftover(subject: Subject, step: Step) -> tuple[Action, str] | None:
    """What the SQL makes that is still there after going back: made once more, it fails."""
    if _is_sparing(step.operation):
        return None
    gone = _taken(_every(subject, back=True)) | _taken(_every(subject, back=False))
    for action in step.forwards:
        what, thing = _made(action)
        if what and not _goes_with(action, gone) and thing not in gone:
            return action, f"{what} {thing.name}"
    return None


def _is_sparing(operation: Operation) -> bool:
    """Whether the SQL looks first, or makes what the session takes with it."""
    texts = operation.sql if isinstance(operation, RunSQL) else ()
    return isinstance(texts, Unknown) or any(
        isinstance(each.text, Unknown) or _SPARING.search(each.text) is not None for each in texts
    )


def _every(subject: Subject, *, back: bool) -> Iterator[Action]:
    for step in questions.on_database(subject):
        yield from step.backwards if back else step.forwards


def _goes_with(action: Action, gone: frozenset[_Thing]) -> bool:
    """Whether it goes with its table or with one of its columns."""
    table = action.table.lower()
    things = {_Thing("", table), *(_Thing(table, each.lower()) for each in action.columns)}
    return not gone.isdisjoint(things)


def _made(action: Action) -> tuple[str, _Thing]:
    """What the action makes, in a word and as a thing; no word where that has no name."""
    table, name = action.table.lower(), action.name.lower()
    match action.kind:
        case Kind.CREATE_TABLE if table:
            return "table", _Thing("", table)
        case kind if kind in questions.ADDED_COLUMNS and action.columns:
            return "column", _Thing(table, action.columns[0].lower())
        case kind if kind in _INDEXES and name:
            return "index", _Thing("", name)
        case kind if kind in _CONSTRAINTS and name:
            return "constraint", _Thing("", name)
        case _:
            value = _ENUM_VALUE.match(action.sql)
            return ("enum value", _Thing("", value[1])) if value else ("", _Thing("", ""))


def _taken(actions: Iterable[Action]) -> frozenset[_Thing]:
    """What the actions take away; an index that a constraint takes over goes with that."""
    found: set[_Thing] = set()
    for action in actions:
        table, name = action.table.lower(), action.name.lower()
        match action.kind:
            case Kind.DROP_TABLE | Kind.RENAME_TABLE:
                found.add(_Thing("", table))
            case Kind.DROP_COLUMN | Kind.RENAME_COLUMN:
                found.update(_Thing(table, each.lower()) for each in action.columns)
            case kind if kind in _DROPS:
                found.add(_Thing("", name))
            case Kind.ADD_UNIQUE_USING_INDEX:
                found.update({_Thing("", name), _Thing("", table)})
            case _:
                pass
    return frozenset(found)


# What does not come back ------------------------------------------------------------------


def missing(subject: Subject, step: Step) -> tuple[Action, str] | None:
    """The column or table that the SQL takes, that going back leaves out, and the state has."""
    before = subject.steps[0].before
    made = _given(_every(subject, back=True)) | _given(_every(subject, back=False))
    for action in step.forwards:
        model = questions.model_of(before, action.table)
        if model is None or model.is_managed is not True or step.is_new(action.table):
            continue
        table = action.table.lower()
        if action.kind in _TAKES_TABLE and _Thing("", table) not in made:
            return action, f"table {action.table}"
        column = action.columns[0] if action.columns else ""
        if action.kind not in _TAKES_COLUMN or _Thing(table, column.lower()) in made:
            continue
        if questions.has_column(model, column) is True:
            return action, f"column {action.table}.{column}"
    return None


def _given(actions: Iterable[Action]) -> frozenset[_Thing]:
    """What is there once the actions are done, also under a name that they give it."""
    found: set[_Thing] = set()
    for action in actions:
        found.add(_made(action)[1])
        if action.kind in _NAMES:
            name = action.name.lower()
            found |= {_Thing(action.table.lower(), name), _Thing("", name)}
    return frozenset(found - {_Thing("", "")})


_NAMES: Final = frozenset(
    {Kind.RENAME_TABLE, Kind.RENAME_COLUMN, Kind.RENAME_INDEX, Kind.RENAME_CONSTRAINT}
    | {Kind.ADD_UNIQUE_USING_INDEX, Kind.ADD_PRIMARY_KEY}
)
"""What gives a name to something that is there."""

_SORTS: Final = {
    Kind.DROP_TABLE: "table",
    Kind.DROP_COLUMN: "column",
    Kind.DROP_INDEX: "index",
    Kind.DROP_INDEX_CONCURRENTLY: "index",
    Kind.DROP_CONSTRAINT: "constraint",
    Kind.DROP_FOREIGN_KEY: "constraint",
}


def away(subject: Subject, step: Step) -> tuple[Action, str] | None:
    """What the SQL drops and going back leaves out: dropped once more, it fails."""
    if _is_sparing(step.operation):
        return None
    back = tuple(_every(subject, back=True))
    given = _given(back) | _given(_every(subject, back=False))
    unnamed = {each.table for each in back if each.kind in _CONSTRAINTS and not each.name}
    for action in step.forwards:
        if action.kind not in _SORTS or action.table in unnamed:
            continue
        taken = _taken((action,))
        if given.isdisjoint({*taken, _Thing("", action.table.lower())}):
            return action, f"{_SORTS[action.kind]} {min(taken).name}"
    return None
