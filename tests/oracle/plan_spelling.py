"""What is compared of an action, and the differences that two spellings of one thing may have."""

from __future__ import annotations

import re
from dataclasses import replace

from flake8_django_migrations.migration import NOWHERE, SqlText
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.statements import actions

UNSEEN_IN_SQL = {
    # The text of ALTER TYPE does not say what the type was, nor what else is on the column.
    Kind.WIDEN_TYPE: Kind.ALTER_TYPE,
    Kind.ALTER_COLLATION: Kind.ALTER_TYPE,
    # The text of SET NOT NULL does not say which checks the table has.
    Kind.SET_NOT_NULL_PROVEN: Kind.SET_NOT_NULL,
}
DROPS = {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY, Kind.RENAME_INDEX}
"""PostgreSQL and SQLite drop and rename an index by its name alone: no table, no columns."""
CONSTRAINT_DROPS = {Kind.DROP_CONSTRAINT, Kind.DROP_FOREIGN_KEY}
"""A constraint is dropped by its name: no columns."""
KEYS = {Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NEW_COLUMN}
RENAMES = {Kind.RENAME_TABLE, Kind.RENAME_COLUMN}
BUILDS = {Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY, Kind.ADD_UNIQUE}
MODIFIES = {Kind.ALTER_TYPE, Kind.SET_NOT_NULL, Kind.DROP_NOT_NULL}
"""MySQL says all of them with MODIFY and the whole definition, which is compared as text."""

_DEFAULT = re.compile(r" default .*?(?= (?:not )?null)")
"""The plan tells a default of the database in short: ``Now()`` for CURRENT_TIMESTAMP(6)."""

Told = tuple[object, ...]


def told(action: Action, database: Database) -> Told:
    """What SQL shows of an action: kind, table, columns, and what its kind brings."""
    kind = UNSEEN_IN_SQL.get(action.kind, action.kind)
    if database.vendor in {"mysql", "mariadb"}:
        return _told_on_mysql(action, kind)
    return _told(action, kind)


def _told(action: Action, kind: Kind) -> Told:
    table = "" if kind in DROPS else action.table
    columns = () if kind in DROPS | CONSTRAINT_DROPS else action.columns
    extra: Told = ()
    if kind in BUILDS:
        extra = (action.is_unique, action.is_plain)
    elif kind in RENAMES:
        extra = (action.name,)
    elif kind in KEYS:
        extra = (action.references,)
    elif kind in {Kind.DROP_COLUMN, Kind.DROP_TABLE}:
        extra = (action.is_cascade,)
    elif kind is Kind.ALTER_TYPE:
        extra = (action.new_type,)
    return (kind.name, table, columns, *extra)


def _told_on_mysql(action: Action, kind: Kind) -> Told:
    if kind in MODIFIES:
        definition = action.sql.partition(" MODIFY ")[2].partition("` ")[2]
        return (
            "MODIFY",
            action.table,
            action.columns,
            _DEFAULT.sub(" default", definition.lower()),
        )
    if kind is Kind.SET_DEFAULT and action.sql.endswith(" SET DEFAULT NULL"):
        kind = Kind.DROP_DEFAULT  # where the column takes NULL, Django drops its default so
    if kind in KEYS:  # a clause of its own, which does not say that the column is new
        return (Kind.ADD_FOREIGN_KEY.name, action.table, action.columns, action.references)
    if kind in {Kind.DROP_INDEX, Kind.DROP_CONSTRAINT}:
        # A unique constraint is dropped as the index that it is.
        return ("DROP", action.table, "CHECK" if " CHECK " in action.sql else "")
    return _told(action, kind)


def read(strings: list[str], database: Database) -> list[Told]:
    """Django's statements as the same facts."""
    found = [
        action
        for text in strings
        for action in actions(SqlText(text, NOWHERE), database)
        # That of a foreign key that goes, or has just come, is a part of its statement.
        if action.kind is not Kind.SET or action.value == "ALL IMMEDIATE"
    ]
    return [told(action, database) for action in found]


def one_order(given: list[Told]) -> list[Told]:
    """Django sorts the foreign keys that point to a key by names that only it knows."""
    tables = {action[1] for action in given if action[0] == "ADD_FOREIGN_KEY"}
    return sorted(given, key=str) if len(tables) > 1 else given


# SQLite ------------------------------------------------------------------------------------

_NEW = re.compile(r'CREATE TABLE "new__(\w+)"')
_COPY = re.compile(r'(INSERT INTO "new__|ALTER TABLE "new__)')


def with_remakes(found: list[list[Action]], database: Database) -> list[Told]:
    """Our actions, step by step, those of one remade table as one."""
    given: list[Told] = []
    for step in found:
        last: Told = ()
        for action in step:
            this = (action.is_remade, action.table)
            if not (action.is_remade and this == last):
                given += _in_words(action, database)
            last = this
    return in_one_order(given)


def _in_words(action: Action, database: Database) -> list[Told]:
    if action.is_remade and action.kind is Kind.RENAME_TABLE:
        old, new = action.table, action.name
        return [("CREATE_TABLE", new, ()), ("INSERT", new), ("DROP_TABLE", old, (), False)]
    if action.is_remade:
        return [("REMAKE", action.table)]
    return [_told_on_sqlite(action, database)]


def in_one_order(given: list[Told]) -> list[Told]:
    """Django keeps the tables that follow a key in a set, and makes one that follows itself twice."""
    tables = {action[1] for action in given if action[0] == "REMAKE"}
    return sorted(set(given), key=str) if len(tables) > 1 else given


def _told_on_sqlite(action: Action, database: Database) -> Told:
    if action.kind is Kind.ADD_UNIQUE and action.sql.startswith("CREATE UNIQUE INDEX"):
        action = replace(action, kind=Kind.CREATE_INDEX)  # a unique constraint is an index
    elif action.kind is Kind.DROP_CONSTRAINT and action.sql.startswith("DROP INDEX"):
        action = replace(action, kind=Kind.DROP_INDEX)
    return told(action, database)


def read_with_remakes(
    strings: list[str], database: Database, indexes: dict[str, list[Told]]
) -> list[Told]:
    """Django's statements, those of one remade table as one, with the indexes it had before."""
    found: list[Told] = []
    tables, table, before = [], "", ""
    for text in strings:
        new = _NEW.match(text)
        if new:
            table = new[1]
            tables.append(table)
            found.append(("REMAKE", table))
        elif not _COPY.match(text) and not (
            text == f'DROP TABLE "{table}"' and _COPY.match(before)
        ):
            found += _read_on_sqlite(text, database)
        before = text
    names = {told[3]: told[1] for told in found if told[0] == "RENAME_TABLE"}
    for table in tables:
        kept = indexes.get(str(names.get(table, table)), [])
        found = _without_restored(found, [(each[0], table, *each[2:]) for each in kept])
    return in_one_order(found)


def _read_on_sqlite(text: str, database: Database) -> list[Told]:
    found = read([text], database)
    if text.startswith("CREATE TABLE"):  # its foreign keys are words in it, and lock nothing
        return found[:1]
    if text.startswith("INSERT"):
        return [each[:2] for each in found]
    return found


def _without_restored(found: list[Told], kept: list[Told]) -> list[Told]:
    """What is left without the indexes that a remake restores, be it under a column's new name."""
    left, gone = list(found), []
    for each in kept:
        if each in left:
            left.remove(each)
        else:
            gone.append(each)
    for each in gone:
        made = (told for told in left if told[:2] == each[:2] and told[2])
        renamed = next(made, None)
        if renamed is not None:
            left.remove(renamed)
    return left
