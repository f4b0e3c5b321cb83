"""Statements that read and write rows, and the settings of the session, as actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.words import Cursor, Words, have, names, split

Actions = tuple[Action, ...]

_KEYS: Final = frozenset({"ID", "PK", "UUID", "CTID", "ROWID"})


def update(cursor: Cursor, _database: Database) -> Actions:
    """UPDATE with the columns it sets."""
    cursor.step()
    cursor.take_any("LOW_PRIORITY", "IGNORE", "ONLY")
    table = cursor.name()
    columns: tuple[str, ...] = ()
    if cursor.skip_to("SET"):
        cursor.step()
        assigned = Cursor(cursor.rest)
        assigned.skip_to("FROM", "WHERE", "LIMIT", "ORDER", "RETURNING")
        given = cursor.rest[: len(cursor.rest) - len(assigned.rest)]
        columns = tuple(_assigned(given))
    found = Action(kind=Kind.UPDATE, table=table, columns=columns)
    return (_limited(found, cursor.rest),)


def _assigned(words: Words) -> Iterator[str]:
    for part in split(words):
        cursor = Cursor(part)
        if cursor.at("("):
            yield from names(cursor.group())
        elif name := cursor.name():
            yield name


def delete(cursor: Cursor, _database: Database) -> Actions:
    """DELETE FROM."""
    cursor.step()
    cursor.take("FROM")
    cursor.take("ONLY")
    table = cursor.name()
    return (_limited(Action(kind=Kind.DELETE, table=table), cursor.rest),)


def _limited(action: Action, words: Words) -> Action:
    """The action with what its condition says about how many rows it touches."""
    cursor = Cursor(words)
    has_where = cursor.skip_to("WHERE")
    condition = cursor.rest[1:] if has_where else ()
    has_limit = any(word.keyword in {"LIMIT", "FETCH"} for word in words)
    is_current = have(condition, "CURRENT", "OF") if condition else False
    is_bounded = has_limit or is_current or _names_keys(condition)
    return replace(action, is_whole_table=not has_where and not has_limit, is_bounded=is_bounded)


def _names_keys(condition: Words) -> bool:
    """Whether the condition holds the key to values in hand: ``id = 5``, ``id IN (1, 2)``."""
    if have(condition, "OR"):
        return False
    for at, word in enumerate(condition):
        if word.text.upper() in _KEYS and word.is_name and at + 1 < len(condition):
            after = condition[at + 1].keyword
            value = Cursor(condition[at + 2 :])
            is_list = after == "IN" and not any(each.keyword == "SELECT" for each in value.group())
            is_value = after == "=" and not value.peek().is_name
            if is_list or is_value or after == "BETWEEN":
                return True
    return False


def insert(cursor: Cursor, _database: Database) -> Actions:
    """INSERT and REPLACE; of rows it brings along, or of a query's."""
    cursor.step()
    while cursor.take_any("INTO", "IGNORE", "OR", "REPLACE", "ABORT", "ROLLBACK", "FAIL"):
        continue
    table = cursor.name()
    columns = names(cursor.group()) if cursor.at("(") else ()
    rest = cursor.rest
    found = Action(kind=Kind.INSERT, table=table, columns=columns)
    if not have(rest, "SELECT") and not have(rest, "TABLE"):
        return (replace(found, is_bounded=True),)
    if not have(rest, "FROM") and not have(rest, "TABLE"):
        return (replace(found, is_bounded=True),)
    return (_limited(found, rest),)


def copy(cursor: Cursor, _database: Database) -> Actions:
    """COPY ... FROM writes rows, COPY ... TO reads them."""
    cursor.step()
    table = cursor.name()
    cursor.group()
    kind = Kind.INSERT if cursor.at("FROM") else Kind.SELECT
    return (Action(kind=kind, table=table),)


def merge(cursor: Cursor, _database: Database) -> Actions:
    """MERGE, which updates, inserts or deletes row by row."""
    cursor.step()
    cursor.take("INTO")
    cursor.take("ONLY")
    return (Action(kind=Kind.UPDATE, table=cursor.name()),)


def select(cursor: Cursor, _database: Database) -> Actions:
    """A query; SELECT INTO makes a table."""
    words = cursor.rest
    if have(words, "INTO"):
        cursor.skip_to("INTO")
        cursor.step()
        cursor.take_any("TEMP", "TEMPORARY", "UNLOGGED")
        cursor.take("TABLE")
        return (Action(kind=Kind.CREATE_TABLE, table=cursor.name()),)
    table = ""
    if cursor.skip_to("FROM"):
        cursor.step()
        table = cursor.name() if cursor.peek(1).keyword != "(" else ""
    return (Action(kind=Kind.SELECT, table=table),)


_WRITES: Final = {"INSERT": insert, "UPDATE": update, "DELETE": delete, "MERGE": merge}


def common_table(cursor: Cursor, database: Database) -> Actions:
    """WITH: the writes inside the named queries, then the statement they serve."""
    found: list[Action] = []
    cursor.step()
    while not cursor.is_done:
        if cursor.at("("):
            inner = Cursor(cursor.group())
            writer = _WRITES.get(inner.peek().keyword)
            found += writer(inner, database) if writer else ()
            continue
        word = cursor.peek().keyword
        if word in _WRITES:
            return (*found, *_WRITES[word](cursor, database))
        if word == "SELECT":
            return (*found, *select(cursor, database))
        cursor.step()
    return tuple(found)


def setting(cursor: Cursor, _database: Database) -> Actions:
    """SET, RESET, DISCARD and PRAGMA with the name of the setting and what it is set to."""
    first = cursor.step().keyword
    if first == "SET" and cursor.take("TRANSACTION"):
        return (Action(kind=Kind.TRANSACTION, name="SET TRANSACTION"),)
    scope = cursor.take_any("LOCAL", "SESSION", "GLOBAL", "PERSIST")
    if cursor.take("TIME", "ZONE"):
        name = "timezone"
    else:
        name = cursor.step().text if first == "DISCARD" or cursor.at("ALL") else cursor.name()
    is_given_back = first in {"RESET", "DISCARD"}
    cursor.take_any("=", "TO", ":=")
    value = "DEFAULT" if is_given_back else " ".join(word.text for word in cursor.rest)
    is_local = scope == "LOCAL" or name.upper() == "CONSTRAINTS"
    found = Action(kind=Kind.SET, name=name, value=value, is_local=is_local)
    return (found,) if scope not in {"GLOBAL", "PERSIST"} else (Action(kind=Kind.OTHER),)
