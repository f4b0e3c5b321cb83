"""5xx: whether that is acceptable at the table's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunPython, Verb
from flake8_django_migrations.plan.actions import Action, Kind, Lock
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Place, Write
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_STATEMENTS: Final = (
    ("add column", "ADD COLUMN"),
    ("add foreign key", "ADD FOREIGN KEY"),
    ("add check", "ADD CHECK"),
    ("add unique", "ADD UNIQUE"),
    ("change collation", "ALTER TYPE"),
    ("change type", "ALTER TYPE"),
    ("set not null", "SET NOT NULL"),
    ("rewrite table", "a rewrite"),
)
"""How a message names an action: what its kind begins with, and the words."""

_VERBS: Final = {
    Kind.UPDATE: "updates",
    Kind.DELETE: "deletes",
    Verb.UPDATE: "updates",
    Verb.DELETE: "deletes",
}
_BUILDS: Final = {
    Kind.CREATE_INDEX: (frozenset({Kind.DROP_INDEX}), "the index"),
    Kind.ADD_UNIQUE: (frozenset({Kind.DROP_CONSTRAINT}), "the unique constraint"),
}
_OTHER_WORK: Final = questions.ROW_WRITES | {Kind.ALTER_TYPE, Kind.ALTER_COLLATION}
"""What an index may have been dropped for: it goes faster without, or makes it useless."""


def exclusive_lock_on_large_table(subject: Subject) -> Iterator[Finding]:
    """ACCESS EXCLUSIVE on a table that is listed as large."""
    told: set[tuple[Place, str]] = set()
    for step, action in questions.actions(subject):
        for table, lock in action.locks:
            rows = subject.rows(table)
            if lock is not Lock.ACCESS_EXCLUSIVE or rows is None or step.is_new(table):
                continue
            if rows <= subject.options.large_rows or (action.place, table) in told:
                continue
            told.add((action.place, table))
            statement = _statement(action, table)
            yield found(action.place, table=table, rows=f"{rows:,}", statement=statement)


def _statement(action: Action, table: str) -> str:
    """The statement in a few words; another table than the locked one is named."""
    kind = action.kind.value
    words = next((words for start, words in _STATEMENTS if kind.startswith(start)), kind.upper())
    name = ".".join((*((action.table,) if action.table != table else ()), *action.columns[:1]))
    return f"{words} {name}".strip()


def whole_table_write(subject: Subject) -> Iterator[Finding]:
    """One statement that writes every row of a table."""
    for step in questions.on_database(subject):
        met: dict[str, list[tuple[Place, str]]] = {}
        for place, verb, table in (*_querysets(step), *_raw_sql(step)):
            if not _is_idle(subject, step, table):
                met.setdefault(verb, []).append((place, table))
        for verb, places in met.items():
            for place, tables in questions.by_place(places):
                yield found(place, verb=verb, table=tables)


def _querysets(step: Step) -> Iterator[tuple[Place, str, str]]:
    """Where a function writes a whole table in the words of the ORM."""
    for write in _writes(step):
        if _is_whole(write):
            yield write.place, _VERBS[write.verb], questions.table_of(step, write.model) or ""


def _raw_sql(step: Step) -> Iterator[tuple[Place, str, str]]:
    """Where SQL does, also SQL that a function sends."""
    querysets = {write.place for write in _writes(step)}
    for action in step.forwards:
        if action.is_whole_table and action.kind in _VERBS and action.place not in querysets:
            table = "" if action.table in questions.SMALL_TABLES else action.table
            yield action.place, _VERBS[action.kind], table


def _writes(step: Step) -> tuple[Write, ...]:
    operation = step.operation
    body = questions.body_of(operation.code) if isinstance(operation, RunPython) else None
    return body.writes if body is not None else ()


def _is_whole(write: Write) -> bool:
    """Whether it surely writes every row: no filter, no keys in hand, no instance of a loop."""
    is_narrowed = write.is_filtered or write.is_bounded or write.in_loop
    return write.verb in _VERBS and not is_narrowed


def _is_idle(subject: Subject, step: Step, table: str) -> bool:
    """Whether too few rows are concerned to wait for, or none that anyone uses."""
    return not table or step.is_new(table) or subject.is_small(table)


def needless_rebuild(subject: Subject) -> Iterator[Finding]:
    """An index or constraint dropped, and the same one built again."""
    dropped: list[tuple[Step, Action]] = []
    renamed: dict[tuple[str, str], str] = {}
    for step, action in questions.actions(subject):
        if action.kind is Kind.RENAME_COLUMN and action.columns and action.name:
            renamed[action.table, action.columns[0]] = action.name
        elif action.kind in _OTHER_WORK:
            dropped = [each for each in dropped if each[1].table != action.table]
        elif action.kind in {Kind.DROP_INDEX, Kind.DROP_CONSTRAINT} and action.columns:
            dropped.append((step, action))
        elif action.kind in _BUILDS and not _is_idle(subject, step, action.table):
            gone = _twin(action, step, dropped, renamed)
            if gone is not None:
                is_renamed = gone.columns != action.columns
                yield found(
                    action.place,
                    what=_BUILDS[action.kind][1],
                    table=action.table,
                    remedy="rename the column alone" if is_renamed else "rename it instead",
                )


def _twin(
    built: Action,
    step: Step,
    dropped: list[tuple[Step, Action]],
    renamed: dict[tuple[str, str], str],
) -> Action | None:
    """What an earlier operation dropped that had the same columns, by their new names.

    One operation that drops and builds is Django's own doing: there is nothing to rename.
    """
    kinds, _what = _BUILDS[built.kind]
    for earlier, gone in dropped:
        columns = tuple(renamed.get((gone.table, column), column) for column in gone.columns)
        same = (gone.table, columns, gone.is_unique) == (
            built.table,
            built.columns,
            built.is_unique,
        )
        if earlier is not step and gone.kind in kinds and same and gone.is_plain and built.is_plain:
            return gone
    return None
