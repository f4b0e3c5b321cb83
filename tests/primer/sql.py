"""The SQL that migrations hold, and how much of it becomes actions that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import Body, Code, RunPython, RunSQL, Unknown, walk
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.statements import actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_django_migrations.migration import Migration, SqlText
    from flake8_django_migrations.plan.databases import Database


def statements(migrations: Iterable[Migration], database: Database) -> tuple[Action, ...]:
    """What every text that is written out asks for, both ways."""
    return tuple(
        action
        for migration in migrations
        for text in _texts(migration)
        if not isinstance(text.text, Unknown)
        for action in actions(text, database)
    )


def unread(asked: Iterable[Action]) -> tuple[str, ...]:
    """The statements of which nothing could be told."""
    return tuple(action.sql for action in asked if action.kind is Kind.UNREADABLE)


def _texts(migration: Migration) -> Iterator[SqlText]:
    for operation in walk(migration.operations):
        match operation:
            case RunSQL(sql=sql, reverse_sql=back):
                for texts in (sql, back):
                    yield from texts if isinstance(texts, tuple) else ()
            case RunPython(code=code, reverse_code=back_code):
                for each in (code, back_code):
                    if isinstance(each, Code) and isinstance(each.body, Body):
                        yield from each.body.sql
            case _:
                pass
