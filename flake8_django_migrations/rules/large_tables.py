"""5xx: whether that is acceptable at the table's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import ModelKey, RunPython, Unknown, Verb
from flake8_django_migrations.plan.actions import Action, Kind, Lock
from flake8_django_migrations.rules import questions, rebuilds
from flake8_django_migrations.rules.rule import Finding, found, spell

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
        for place, verb, table, name in (*_querysets(step), *_raw_sql(step)):
            if not questions.is_idle(subject, step, table):
                met.setdefault(verb, []).append((place, name))
        for verb, places in met.items():
            for place, tables in questions.by_place(places):
                do = "delete" if verb == "deletes" else "write"
                yield found(place, verb=verb, table=tables, do=do)


def needless_rebuild(subject: Subject) -> Iterator[Finding]:
    """An index or constraint dropped, and the same one built again."""
    for each in rebuilds.rebuilt(subject):
        built = each.built
        yield found(built.place, what=each.what, table=built.table, remedy=each.remedy)


def _querysets(step: Step) -> Iterator[tuple[Place, str, str, str]]:
    """Where a function writes a whole table in the words of the ORM, and what that is called."""
    for write in _writes(step):
        if _is_whole(write):
            table = questions.table_of(step, write.model) or ""
            yield write.place, _VERBS[write.verb], table, _called(write.model, table)


def _called(model: ModelKey | Unknown, table: str) -> str:
    """The table as messages name it; that of a model by setting is not known by name."""
    return spell(model) if isinstance(model, ModelKey) and model.is_setting else table


def _raw_sql(step: Step) -> Iterator[tuple[Place, str, str, str]]:
    """Where SQL does, also SQL that a function sends."""
    querysets = {write.place for write in _writes(step)}
    for action in step.forwards:
        if action.is_whole_table and action.kind in _VERBS and action.place not in querysets:
            table = "" if action.table in questions.SMALL_TABLES else action.table
            yield action.place, _VERBS[action.kind], table, table


def _writes(step: Step) -> tuple[Write, ...]:
    operation = step.operation
    body = questions.body_of(operation.code) if isinstance(operation, RunPython) else None
    return body.writes if body is not None else ()


def _is_whole(write: Write) -> bool:
    """Whether it surely writes every row: no filter, no keys in hand, no instance of a loop."""
    is_narrowed = write.is_filtered or write.is_bounded or write.in_loop
    return write.verb in _VERBS and not is_narrowed
