"""The clauses of ALTER TABLE as actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.defaults import is_volatile_function
from flake8_django_migrations.plan.words import Cursor, Words, have, names

Actions = tuple[Action, ...]

_SERIALS: Final = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"})
_FOREIGN_KEY_NAME: Final = re.compile(r"_(fk|fkey)(_|$)|^fk_")
"""How Django and PostgreSQL name the constraint of a foreign key."""

_CONSTRAINTS: Final = frozenset({"CHECK", "UNIQUE", "PRIMARY", "EXCLUDE", "FOREIGN", "NOT"})


def table_clause(cursor: Cursor, table: str, database: Database) -> Actions:
    """One clause, or nothing but OTHER where it locks in no way that is known."""
    first = cursor.step().keyword
    reader = _CLAUSES.get(first)
    if reader is None:
        return (Action(kind=Kind.OTHER, table=table),)
    return reader(cursor, table, database)


# ADD -------------------------------------------------------------------------------------


def _add(cursor: Cursor, table: str, _database: Database) -> Actions:
    if cursor.take_any("INDEX", "KEY", "FULLTEXT", "SPATIAL"):
        cursor.take_any("INDEX", "KEY")
        name = "" if cursor.at("(") else cursor.name()
        columns = names(cursor.group())
        return (Action(kind=Kind.CREATE_INDEX, table=table, columns=columns, name=name),)
    name = ""
    if cursor.take("CONSTRAINT"):
        name = "" if cursor.peek().keyword in _CONSTRAINTS else cursor.name()
    elif cursor.peek().keyword not in _CONSTRAINTS:
        cursor.take("COLUMN")
        is_open = cursor.take("IF", "NOT", "EXISTS")
        added = _add_column(cursor, table)
        return tuple(replace(each, is_conditional=is_open) for each in added)
    return (replace(_constraint(cursor, table), name=name),)


def _constraint(cursor: Cursor, table: str) -> Action:
    """A table constraint behind ADD [CONSTRAINT name]."""
    found = Action(kind=Kind.OTHER, table=table)
    if cursor.take("CHECK"):
        columns = _named(cursor.group())
        kind = Kind.ADD_CHECK_NOT_VALID if have(cursor.rest, "NOT", "VALID") else Kind.ADD_CHECK
        return replace(found, kind=kind, columns=columns)
    if cursor.take("FOREIGN", "KEY"):
        columns = names(cursor.group()) or (names(cursor.group()) if cursor.name() else ())
        return replace(_foreign_key(cursor, found), columns=columns)
    if cursor.take("PRIMARY", "KEY"):
        if cursor.take("USING", "INDEX"):
            return replace(found, kind=Kind.ADD_UNIQUE_USING_INDEX, index=cursor.name())
        return replace(found, kind=Kind.ADD_PRIMARY_KEY, columns=names(cursor.group()))
    if cursor.take("UNIQUE"):
        return _unique(cursor, found)
    if cursor.take("EXCLUDE"):
        return replace(found, kind=Kind.ADD_EXCLUSION)
    if cursor.take("NOT", "NULL"):
        column = cursor.name()
        not_valid = have(cursor.rest, "NOT", "VALID")
        kind = Kind.ADD_CHECK_NOT_VALID if not_valid else Kind.SET_NOT_NULL
        return replace(found, kind=kind, columns=(column,))
    return found


def _unique(cursor: Cursor, found: Action) -> Action:
    if cursor.take("USING", "INDEX"):
        kind = Kind.ADD_UNIQUE_USING_INDEX
        return replace(found, kind=kind, is_unique=True, index=cursor.name())
    nulls = cursor.take("NULLS")
    if not cursor.skip_to("("):
        return replace(found, kind=Kind.UNREADABLE)
    columns = names(cursor.group())
    is_plain = not nulls and not have(cursor.rest, "DEFERRABLE")
    return replace(found, kind=Kind.ADD_UNIQUE, columns=columns, is_unique=True, is_plain=is_plain)


def _foreign_key(cursor: Cursor, found: Action) -> Action:
    references = cursor.name() if cursor.take("REFERENCES") else ""
    not_valid = have(cursor.rest, "NOT", "VALID")
    kind = Kind.ADD_FOREIGN_KEY_NOT_VALID if not_valid else Kind.ADD_FOREIGN_KEY
    return replace(found, kind=kind, references=references)


def _named(words: Words) -> tuple[str, ...]:
    """The columns a condition names: names that are no keyword, function or type."""
    found: list[str] = []
    for at, word in enumerate(words):
        after = words[at + 1].keyword if at + 1 < len(words) else ""
        before = words[at - 1].keyword if at else ""
        is_column = word.is_quoted or (word.is_name and word.keyword not in _NO_COLUMNS)
        if is_column and after not in {"(", "."} and before not in {"::", "AS"}:
            found.append(word.text)
    return tuple(dict.fromkeys(found))


_NO_COLUMNS: Final = frozenset(
    {"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "ILIKE", "TRUE", "FALSE", "ANY"}
    | {"ALL", "ARRAY", "CASE", "WHEN", "THEN", "ELSE", "END", "SIMILAR", "TO", "DISTINCT"}
    | {"FROM", "COLLATE", "INTERVAL", "ESCAPE", "SOME", "UNKNOWN", "AT", "TIME", "ZONE"}
)


# ADD COLUMN ------------------------------------------------------------------------------


def _add_column(cursor: Cursor, table: str) -> Iterator[Action]:
    if cursor.at("("):
        cursor = Cursor(cursor.group())
    column = cursor.name()
    if not column:
        yield Action(kind=Kind.UNREADABLE, table=table)
        return
    words = cursor.rest
    kind = _added_kind(words)
    added = Action(
        kind=kind,
        table=table,
        columns=(column,),
        is_not_null=have(words, "NOT", "NULL") or have(words, "PRIMARY", "KEY"),
        new_type=_type(words),
    )
    yield added
    yield from _column_constraints(words, added)


def _column_constraints(words: Words, added: Action) -> Iterator[Action]:
    """The constraints inside a column definition, in the order Django's own plan has them."""
    if have(words, "PRIMARY", "KEY"):
        yield replace(added, kind=Kind.ADD_PRIMARY_KEY)
    elif have(words, "UNIQUE"):
        yield replace(added, kind=Kind.ADD_UNIQUE, is_unique=True)
    if have(words, "CHECK"):
        yield replace(added, kind=Kind.ADD_CHECK)
    cursor = Cursor(words)
    if cursor.skip_to("REFERENCES"):
        cursor.step()
        has_values = added.kind in {Kind.ADD_COLUMN_DEFAULT, Kind.ADD_COLUMN_VOLATILE}
        kind = Kind.ADD_FOREIGN_KEY if has_values else Kind.ADD_FOREIGN_KEY_NEW_COLUMN
        yield replace(added, kind=kind, references=cursor.name())


def _added_kind(words: Words) -> Kind:
    if any(word.keyword in _SERIALS for word in words[:1]) or have(words, "IDENTITY"):
        return Kind.ADD_COLUMN_IDENTITY
    if have(words, "AUTO_INCREMENT"):
        return Kind.ADD_COLUMN_IDENTITY
    if have(words, "AS") and (have(words, "GENERATED") or have(words, "AS", "(")):
        is_stored = have(words, "STORED") or have(words, "PERSISTENT")
        return Kind.ADD_COLUMN_STORED if is_stored else Kind.ADD_COLUMN_VIRTUAL
    cursor = Cursor(words)
    if not cursor.skip_to("DEFAULT"):
        return Kind.ADD_COLUMN
    cursor.step()
    value = _default(cursor)
    if len(value) == 1 and value[0].keyword == "NULL":
        return Kind.ADD_COLUMN
    return Kind.ADD_COLUMN_VOLATILE if _is_volatile(value) else Kind.ADD_COLUMN_DEFAULT


_AFTER_DEFAULT: Final = (
    "NOT",
    "NULL",
    "CONSTRAINT",
    "CHECK",
    "UNIQUE",
    "PRIMARY",
    "REFERENCES",
    "COLLATE",
    "COMMENT",
)


def _default(cursor: Cursor) -> Words:
    """The words of a default: up to the next constraint of the column."""
    given = cursor.rest
    first = cursor.step() if cursor.at("NULL") or cursor.at("NOT") else None
    if first is not None:
        return (first,)
    cursor.skip_to(*_AFTER_DEFAULT)
    return given[: len(given) - len(cursor.rest)]


def _is_volatile(words: Words) -> bool:
    return any(
        is_volatile_function(word.text) and after.keyword == "(" for word, after in pairwise(words)
    )


_TYPE_ENDS: Final = ("DEFAULT", "GENERATED", "USING", "AS", *_AFTER_DEFAULT)


_TYPE_GAPS: Final = re.compile(r"(?: (?=[(),\[\]])|(?<=[(\[]) )()")


def _type(words: Words) -> str:
    """The type's words up to the first constraint, as ``varchar(50)``."""
    cursor = Cursor(words)
    cursor.skip_to(*_TYPE_ENDS)
    given = words[: len(words) - len(cursor.rest)]
    text = " ".join(word.text.lower() for word in given)
    return _TYPE_GAPS.sub(r"\1", text)


# ALTER COLUMN, RENAME, DROP and the rest ---------------------------------------------------


def _alter(cursor: Cursor, table: str, _database: Database) -> Actions:
    found = Action(kind=Kind.OTHER, table=table)
    if cursor.take_any("CONSTRAINT", "INDEX"):
        return (replace(found, name=cursor.name()),)
    cursor.take("COLUMN")
    found = replace(found, columns=(cursor.name(),))
    for keywords, kind in _ALTERATIONS:
        if cursor.take(*keywords):
            new_type = _type(cursor.rest) if kind is Kind.ALTER_TYPE else ""
            return (replace(found, kind=kind, new_type=new_type),)
    return (found,)


_ALTERATIONS: Final = (
    (("SET", "NOT", "NULL"), Kind.SET_NOT_NULL),
    (("DROP", "NOT", "NULL"), Kind.DROP_NOT_NULL),
    (("SET", "DEFAULT"), Kind.SET_DEFAULT),
    (("DROP", "DEFAULT"), Kind.DROP_DEFAULT),
    (("SET", "DATA", "TYPE"), Kind.ALTER_TYPE),
    (("TYPE",), Kind.ALTER_TYPE),
    (("ADD", "GENERATED"), Kind.ADD_IDENTITY),
    (("DROP", "IDENTITY"), Kind.DROP_IDENTITY),
)


def _modify(cursor: Cursor, table: str, _database: Database) -> Actions:
    """MySQL's MODIFY [COLUMN]: a whole definition, so the type may change."""
    cursor.take("COLUMN")
    column = cursor.name()
    new_type = _type(cursor.rest)
    return (Action(kind=Kind.ALTER_TYPE, table=table, columns=(column,), new_type=new_type),)


def _change(cursor: Cursor, table: str, _database: Database) -> Actions:
    """MySQL's CHANGE [COLUMN] old new definition."""
    cursor.take("COLUMN")
    old, new = cursor.name(), cursor.name()
    altered = Action(kind=Kind.ALTER_TYPE, table=table, columns=(old,), new_type=_type(cursor.rest))
    if old == new:
        return (altered,)
    return replace(altered, kind=Kind.RENAME_COLUMN, name=new, new_type=""), altered


def _rename(cursor: Cursor, table: str, _database: Database) -> Actions:
    found = Action(kind=Kind.RENAME_TABLE, table=table)
    if cursor.take_any("TO", "AS"):
        return (replace(found, name=cursor.name()),)
    if cursor.take("CONSTRAINT"):
        cursor.name()
        kind = Kind.RENAME_CONSTRAINT
    elif cursor.take_any("INDEX", "KEY"):
        cursor.name()
        kind = Kind.RENAME_INDEX
    else:
        cursor.take("COLUMN")
        found = replace(found, columns=(cursor.name(),))
        kind = Kind.RENAME_COLUMN
    cursor.take("TO")
    return (replace(found, kind=kind, name=cursor.name()),)


def _drop(cursor: Cursor, table: str, _database: Database) -> Actions:
    found = Action(kind=Kind.DROP_CONSTRAINT, table=table)
    is_cascade = have(cursor.rest, "CASCADE")
    if cursor.take("PRIMARY", "KEY"):
        return (found,)
    if cursor.take("FOREIGN", "KEY"):
        return (replace(found, kind=Kind.DROP_FOREIGN_KEY, name=cursor.name()),)
    if cursor.take_any("INDEX", "KEY"):
        return (replace(found, kind=Kind.DROP_INDEX, name=cursor.name()),)
    if cursor.take_any("CONSTRAINT", "CHECK"):
        found = replace(found, is_cascade=is_cascade, is_conditional=cursor.take("IF", "EXISTS"))
        name = cursor.name()
        is_key = _FOREIGN_KEY_NAME.search(name) is not None
        kind = Kind.DROP_FOREIGN_KEY if is_key else Kind.DROP_CONSTRAINT
        return (replace(found, kind=kind, name=name),)
    cursor.take("COLUMN")
    found = replace(found, is_cascade=is_cascade, is_conditional=cursor.take("IF", "EXISTS"))
    return (replace(found, kind=Kind.DROP_COLUMN, columns=(cursor.name(),)),)


def _validate(cursor: Cursor, table: str, _database: Database) -> Actions:
    cursor.take("CONSTRAINT")
    return (Action(kind=Kind.VALIDATE_CONSTRAINT, table=table, name=cursor.name()),)


def _set(cursor: Cursor, table: str, _database: Database) -> Actions:
    rewrites = {"UNLOGGED", "LOGGED", "TABLESPACE", "ACCESS"}
    kind = Kind.REWRITE_TABLE if cursor.peek().keyword in rewrites else Kind.OTHER
    return (Action(kind=kind, table=table),)


def _trigger(_cursor: Cursor, table: str, _database: Database) -> Actions:
    return (Action(kind=Kind.TRIGGER, table=table),)


def _comment(_cursor: Cursor, table: str, _database: Database) -> Actions:
    """MySQL's COMMENT = '...' of a table."""
    return (Action(kind=Kind.COMMENT_ON_TABLE, table=table),)


def _detach(cursor: Cursor, table: str, _database: Database) -> Actions:
    alone = have(cursor.rest, "CONCURRENTLY")
    return (Action(kind=Kind.NOT_IN_TRANSACTION if alone else Kind.OTHER, table=table),)


_CLAUSES: Final[dict[str, Callable[[Cursor, str, Database], Actions]]] = {
    "ADD": _add,
    "ALTER": _alter,
    "MODIFY": _modify,
    "CHANGE": _change,
    "RENAME": _rename,
    "DROP": _drop,
    "VALIDATE": _validate,
    "SET": _set,
    "ENABLE": _trigger,
    "DISABLE": _trigger,
    "DETACH": _detach,
    "COMMENT": _comment,
}
