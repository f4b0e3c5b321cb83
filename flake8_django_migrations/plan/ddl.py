"""CREATE, ALTER, DROP and their kin as actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flake8_django_migrations.plan.actions import Action, Kind, Lock, TableLock
from flake8_django_migrations.plan.clauses import table_clause
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.words import Cursor, Words, have, names, split

Actions = tuple[Action, ...]

_OTHER: Final = (Action(kind=Kind.OTHER),)
_ALONE: Final = (Action(kind=Kind.NOT_IN_TRANSACTION),)


# CREATE ----------------------------------------------------------------------------------


def create(cursor: Cursor, _database: Database) -> Actions:
    """CREATE anything: tables, indexes and triggers matter, the rest locks no table."""
    cursor.step()
    is_replacing = cursor.take("OR", "REPLACE")
    while cursor.take_any("TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "CONSTRAINT"):
        continue
    if cursor.take("TABLE"):
        return _create_table(cursor)
    if cursor.at("DATABASE") or cursor.at("TABLESPACE"):
        return _ALONE
    is_unique = bool(cursor.take_any("UNIQUE"))
    cursor.take_any("FULLTEXT", "SPATIAL")
    if cursor.take("INDEX"):
        return _create_index(cursor, is_unique=is_unique)
    if cursor.take("TRIGGER"):
        name = cursor.name()
        found = cursor.skip_to("ON")
        cursor.step()
        if not found:
            return _OTHER
        table = cursor.name()
        made = Action(kind=Kind.TRIGGER, table=table, name=name, is_conditional=is_replacing)
        return (made,)
    is_open = is_replacing or have(cursor.rest, "IF", "NOT", "EXISTS")
    name = cursor.name() if cursor.take("TYPE") else ""
    return (Action(kind=Kind.OTHER, name=name, is_conditional=is_open),)


def _create_table(cursor: Cursor) -> Actions:
    is_open = cursor.take("IF", "NOT", "EXISTS")
    table = cursor.name()
    actions = [Action(kind=Kind.CREATE_TABLE, table=table, is_conditional=is_open)]
    for part in split(cursor.group()):
        actions += _parents(part, table)
    return tuple(actions)


def _parents(part: Words, table: str) -> Iterator[Action]:
    """The foreign keys inside CREATE TABLE, which lock the tables they point to."""
    inner = Cursor(part)
    if inner.take_any("CONSTRAINT"):
        inner.name()
    is_apart = inner.take("FOREIGN", "KEY")
    columns = names(inner.group()) if is_apart else (Cursor(part).name(),)
    if inner.skip_to("REFERENCES"):
        inner.step()
        yield Action(
            kind=Kind.ADD_FOREIGN_KEY_NEW_COLUMN,
            table=table,
            columns=columns,
            references=inner.name(),
        )


_INDEX_KEYWORDS: Final = ("WHERE", "INCLUDE", "USING", "COLLATE", "NULLS")


def _create_index(cursor: Cursor, *, is_unique: bool) -> Actions:
    alone = cursor.take("CONCURRENTLY")
    is_open = cursor.take("IF", "NOT", "EXISTS")
    name = "" if cursor.at("ON") else cursor.name()
    if not cursor.skip_to("ON"):
        return (Action(kind=Kind.UNREADABLE),)
    cursor.step()
    cursor.take("ONLY")
    table = cursor.name()
    method = cursor.step().keyword if cursor.take("USING") else "BTREE"
    inside = cursor.group()
    columns = names(inside)
    is_bare = len(inside) == 2 * len(columns) - 1
    is_plain = is_bare and method == "BTREE" and not cursor.skip_to(*_INDEX_KEYWORDS)
    return (
        Action(
            kind=Kind.CREATE_INDEX_CONCURRENTLY if alone else Kind.CREATE_INDEX,
            table=table,
            columns=columns,
            name=name,
            is_unique=is_unique,
            is_plain=is_plain,
            is_conditional=is_open,
        ),
    )


# ALTER -----------------------------------------------------------------------------------


def alter(cursor: Cursor, database: Database) -> Actions:
    """ALTER TABLE clause by clause; ALTER INDEX, TYPE and SYSTEM as far as they matter."""
    cursor.step()
    if cursor.take("TABLE"):
        return _alter_table(cursor, database)
    if cursor.take("INDEX"):
        is_open = cursor.take("IF", "EXISTS")
        name = cursor.name()
        if cursor.take("RENAME", "TO"):
            return (Action(kind=Kind.RENAME_INDEX, name=cursor.name(), is_conditional=is_open),)
        return (Action(kind=Kind.OTHER, name=name),)
    if cursor.at("SYSTEM") or cursor.at("DATABASE"):
        return _ALONE if cursor.at("SYSTEM") else _OTHER
    return _alter_type(cursor, database) if cursor.take("TYPE") else _OTHER


def _alter_type(cursor: Cursor, database: Database) -> Actions:
    """ALTER TYPE of an enum, whose new value a transaction refused before PostgreSQL 12."""
    name = cursor.name()
    if cursor.take("RENAME", "VALUE"):
        cursor.step()
        cursor.take("TO")
        value = cursor.step().text
        return (Action(kind=Kind.RENAME_ENUM_VALUE, name=name, value=value),)
    if not cursor.take("ADD", "VALUE"):
        return _OTHER
    is_open = cursor.take("IF", "NOT", "EXISTS")
    found = Action(
        kind=Kind.ADD_ENUM_VALUE, name=name, value=cursor.step().text, is_conditional=is_open
    )
    is_old = database.vendor == "postgresql" and database.version < (12,)
    return (*_ALONE, found) if is_old else (found,)


def _alter_table(cursor: Cursor, database: Database) -> Actions:
    is_open = cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = cursor.name()
    cursor.take("*")
    if not table or cursor.is_done:
        return (Action(kind=Kind.UNREADABLE, table=table),)
    actions: list[Action] = []
    for clause in split(cursor.rest):
        actions += table_clause(Cursor(clause), table, database)
    return (
        tuple(replace(each, is_conditional=True) for each in actions) if is_open else tuple(actions)
    )


def rename(cursor: Cursor, _database: Database) -> Actions:
    """MySQL's RENAME TABLE a TO b, c TO d."""
    cursor.step()
    if not cursor.take("TABLE"):
        return _OTHER
    actions: list[Action] = []
    for part in split(cursor.rest):
        pair = Cursor(part)
        old = pair.name()
        pair.take("TO")
        actions.append(Action(kind=Kind.RENAME_TABLE, table=old, name=pair.name()))
    return tuple(actions)


# DROP and the rest -----------------------------------------------------------------------


def drop(cursor: Cursor, database: Database) -> Actions:
    """DROP TABLE and INDEX; other objects lock no table that is known."""
    cursor.step()
    if cursor.take("TABLE"):
        return tuple(_drop_tables(cursor))
    if cursor.take("INDEX"):
        return tuple(_drop_indexes(cursor))
    if cursor.take("TRIGGER"):
        is_open = cursor.take("IF", "EXISTS")
        name = cursor.name()
        table = cursor.name() if cursor.take("ON") else ""
        return (replace(_drop_trigger(table, name, database), is_conditional=is_open),)
    if cursor.at("DATABASE") or cursor.at("SCHEMA"):
        return tuple(_drop_schemas(cursor, database))
    if cursor.at("TABLESPACE"):
        return _ALONE
    return (Action(kind=Kind.OTHER, is_conditional=have(cursor.rest, "IF", "EXISTS")),)


def _drop_schemas(cursor: Cursor, database: Database) -> Iterator[Action]:
    """A database with all it holds, or schemas, which only CASCADE or MySQL empties first."""
    is_database = cursor.step().keyword == "DATABASE"
    if is_database and database.vendor == "postgresql":
        yield from _ALONE
    is_open = cursor.take("IF", "EXISTS")
    is_full = is_database or have(cursor.rest, "CASCADE") or database.vendor != "postgresql"
    for part in split(cursor.rest):
        name = Cursor(part).name()
        yield Action(kind=Kind.DROP_SCHEMA, name=name, is_cascade=is_full, is_conditional=is_open)


def _drop_trigger(table: str, name: str, database: Database) -> Action:
    """PostgreSQL locks readers out for the drop of a trigger, not for its creation."""
    found = Action(kind=Kind.TRIGGER, table=table, name=name)
    if database.vendor != "postgresql" or not table:
        return found
    return replace(found, locks=(TableLock(table, Lock.ACCESS_EXCLUSIVE),))


def _drop_tables(cursor: Cursor) -> Iterator[Action]:
    is_open = cursor.take("IF", "EXISTS")
    is_cascade = have(cursor.rest, "CASCADE")
    for part in split(cursor.rest):
        yield Action(
            kind=Kind.DROP_TABLE,
            table=Cursor(part).name(),
            is_cascade=is_cascade,
            is_conditional=is_open,
        )


def _drop_indexes(cursor: Cursor) -> Iterator[Action]:
    alone = cursor.take("CONCURRENTLY")
    kind = Kind.DROP_INDEX_CONCURRENTLY if alone else Kind.DROP_INDEX
    is_open = cursor.take("IF", "EXISTS")
    for part in split(cursor.rest):
        inner = Cursor(part)
        name = inner.name()
        table = inner.name() if inner.take("ON") else ""
        yield Action(kind=kind, name=name, table=table, is_conditional=is_open)


def truncate(cursor: Cursor, _database: Database) -> Actions:
    """TRUNCATE one or more tables."""
    cursor.step()
    cursor.take("TABLE")
    cursor.take("ONLY")
    is_cascade = have(cursor.rest, "CASCADE")
    tables = (Cursor(part).name() for part in split(cursor.rest))
    return tuple(Action(kind=Kind.TRUNCATE, table=table, is_cascade=is_cascade) for table in tables)


def comment(cursor: Cursor, _database: Database) -> Actions:
    """COMMENT ON a table or column."""
    cursor.step()
    cursor.take("ON")
    if cursor.take("TABLE"):
        return (Action(kind=Kind.COMMENT_ON_TABLE, table=cursor.name()),)
    if not cursor.take("COLUMN"):
        return _OTHER
    ends = next((at for at, word in enumerate(cursor.rest) if word.keyword == "IS"), 0)
    path = tuple(word.text for word in cursor.rest[:ends] if word.is_name)
    table, column = path[-2:] if len(path) > 1 else ("", "")
    return (Action(kind=Kind.COMMENT_ON_COLUMN, table=table, columns=(column,)),)


def lock(cursor: Cursor, _database: Database) -> Actions:
    """LOCK TABLE in the mode it names; the statement itself is the fact."""
    cursor.step()
    cursor.take_any("TABLE", "TABLES")
    cursor.take("ONLY")
    given = cursor.rest
    ends = next((at for at, word in enumerate(given) if word.keyword == "IN"), len(given))
    mode = " ".join(word.keyword for word in given[ends + 1 :] if word.keyword != "NOWAIT")
    known = {f"{each.value} MODE": each for each in Lock}
    held = known.get(mode, Lock.ACCESS_EXCLUSIVE if ends == len(given) else None)
    tables = (Cursor(part).name() for part in split(given[:ends]))
    return tuple(
        Action(
            kind=Kind.LOCK_TABLE,
            table=table,
            locks=() if held is None else (TableLock(table, held),),
        )
        for table in tables
    )


def reindex(cursor: Cursor, _database: Database) -> Actions:
    """REINDEX of an index, a table, or everything."""
    cursor.step()
    cursor.group()
    what = cursor.step().keyword
    alone = cursor.take("CONCURRENTLY")
    if what in {"DATABASE", "SYSTEM"}:
        return _ALONE
    kind = Kind.REINDEX_CONCURRENTLY if alone else Kind.REINDEX
    name = cursor.name()
    if what == "TABLE":
        return (Action(kind=kind, table=name),)
    return (Action(kind=kind, name=name),)


def refresh(cursor: Cursor, _database: Database) -> Actions:
    """REFRESH MATERIALIZED VIEW; CONCURRENTLY lets readers through."""
    cursor.step()
    cursor.take("MATERIALIZED")
    cursor.take("VIEW")
    alone = cursor.take("CONCURRENTLY")
    view = cursor.name()
    held = (TableLock(view, Lock.EXCLUSIVE),) if alone else ()
    return (Action(kind=Kind.REFRESH_VIEW, table=view, locks=held),)


def rewrite(cursor: Cursor, _database: Database) -> Actions:
    """CLUSTER, which writes the table anew."""
    cursor.step()
    cursor.take("VERBOSE")
    table = cursor.name()
    return (Action(kind=Kind.REWRITE_TABLE, table=table),)


def vacuum(cursor: Cursor, _database: Database) -> Actions:
    """VACUUM, which refuses a transaction; FULL writes the table anew as well."""
    cursor.step()
    options = [word.keyword for word in cursor.group()]
    while word := cursor.take_any("FULL", "FREEZE", "VERBOSE", "ANALYZE"):
        options.append(word)
    table = cursor.name()
    found = Action(kind=Kind.NOT_IN_TRANSACTION, table=table)
    if "FULL" not in options:
        return (found,)
    return found, replace(found, kind=Kind.REWRITE_TABLE)
