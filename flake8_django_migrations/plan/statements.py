"""From one string of SQL to its statements, each as the actions it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import Place, SqlText, Unknown
from flake8_django_migrations.plan import ddl, dml
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.words import Cursor, Word, Words

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token
    from sqlglot.tokens import Tokenizer

_LONGEST: Final = 160
"""Where a statement is cut when it is shown in one line."""

Reader = Callable[[Cursor, Database], tuple[Action, ...]]

_READERS: Final[dict[str, Reader]] = {
    "ALTER": ddl.alter,
    "CREATE": ddl.create,
    "DROP": ddl.drop,
    "RENAME": ddl.rename,
    "TRUNCATE": ddl.truncate,
    "COMMENT": ddl.comment,
    "LOCK": ddl.lock,
    "REINDEX": ddl.reindex,
    "REFRESH": ddl.refresh,
    "CLUSTER": ddl.rewrite,
    "VACUUM": ddl.vacuum,
    "INSERT": dml.insert,
    "REPLACE": dml.insert,
    "COPY": dml.copy,
    "UPDATE": dml.update,
    "DELETE": dml.delete,
    "MERGE": dml.merge,
    "SELECT": dml.select,
    "WITH": dml.common_table,
    "(": dml.select,
    "VALUES": dml.select,
    "TABLE": dml.select,
    "SET": dml.setting,
    "RESET": dml.setting,
    "PRAGMA": dml.setting,
}

_TRANSACTION: Final = frozenset(
    {"BEGIN", "COMMIT", "ROLLBACK", "START", "SAVEPOINT", "RELEASE", "END", "ABORT"}
)
_HARMLESS: Final = frozenset(
    {"GRANT", "REVOKE", "ANALYZE", "EXPLAIN", "SHOW", "NOTIFY", "USE", "DISCARD", "DEALLOCATE"}
    | {"SECURITY", "IMPORT", "REASSIGN", "CHECKPOINT", "LISTEN", "UNLISTEN", "OPTIMIZE", "CALL"}
)


def actions(sql: SqlText, database: Database) -> tuple[Action, ...]:
    """What the string asks for, statement by statement; what cannot be told is UNREADABLE."""
    if isinstance(sql.text, Unknown):
        return (Action(kind=Kind.UNREADABLE, place=sql.place),)
    words = _words(sql.text, database)
    if words is None:
        return (Action(kind=Kind.UNREADABLE, sql=_one_line(sql.text), place=sql.place),)
    scripts = tuple(_split(words))
    found: list[Action] = []
    for statement, text in scripts:
        place = _place(sql.place, statement)
        found += (
            replace(action, sql=_one_line(text), statements=len(scripts), place=place)
            for action in _read(statement, database)
        )
    return tuple(found)


def _read(words: Words, database: Database) -> tuple[Action, ...]:
    first = words[0].keyword
    if first in _READERS:
        return _READERS[first](Cursor(words), database)
    if first in _TRANSACTION:
        return (Action(kind=Kind.TRANSACTION, name=first),)
    return (Action(kind=Kind.OTHER if first in _HARMLESS else Kind.UNREADABLE),)


def _place(place: Place, statement: Words) -> Place:
    """Where a statement stands in the source; a string of one source line stays on it."""
    first = min(place.line + statement[0].line - 1, max(place.line, place.end_line))
    last = min(place.line + statement[-1].line - 1, max(first, place.end_line))
    return Place(first, place.column if first == place.line else 0, last)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


# From text to words ----------------------------------------------------------------------


def _split(words: tuple[tuple[Word, str], ...]) -> Iterator[tuple[Words, str]]:
    """The statements between semicolons, with their text; a function body is one statement."""
    statement: list[Word] = []
    text: list[str] = []
    for word, source in words:
        if word.keyword == ";":
            if statement:
                yield tuple(statement), "".join(text)
            statement, text = [], []
            continue
        statement.append(word)
        text.append(source)
    if statement:
        yield tuple(statement), "".join(text)


def _words(text: str, database: Database) -> tuple[tuple[Word, str], ...] | None:
    """Every word with the source that leads up to its end, comments left out."""
    from sqlglot.errors import SqlglotError

    try:
        tokens = _tokenizer(database.vendor)().tokenize(text)
    except SqlglotError:
        return None
    found: list[tuple[Word, str]] = []
    end = -1
    for token in tokens:
        gap = " " if end >= 0 and token.start > end + 1 else ""
        source = gap + text[token.start : token.end + 1]
        end = token.end
        parts = tuple(_parts(token))
        found += ((word, source if at == 0 else "") for at, word in enumerate(parts))
    return tuple(found)


def _parts(token: Token) -> Iterator[Word]:
    """The token's words; the tokenizer joins some keywords, as PRIMARY KEY."""
    kind = token.token_type.name
    if kind == "IDENTIFIER":
        yield Word(token.text, "", token.line, is_quoted=True)
    elif kind.endswith("STRING"):
        yield Word(token.text, "", token.line, is_string=True)
    else:
        for part in token.text.split() or [""]:
            yield Word(part, part.upper(), token.line)


@cache
def _tokenizer(vendor: str) -> type[Tokenizer]:
    """The vendor's tokenizer, told to swallow no statement whole."""
    from sqlglot.dialects.mysql import MySQL
    from sqlglot.dialects.postgres import Postgres
    from sqlglot.dialects.sqlite import SQLite

    known = {"mysql": MySQL, "mariadb": MySQL, "sqlite": SQLite}
    parent = known.get(vendor, Postgres).tokenizer_class
    return type("Tokenizer", (parent,), {"COMMANDS": set()})
