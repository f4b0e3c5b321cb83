"""From one string of SQL to its statements, each as the actions it asks for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import Place, SqlText, Unknown
from flake8_django_migrations.plan import blocks, ddl, dml
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.words import Cursor, Word, Words

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token
    from sqlglot.tokens import Tokenizer

_LONGEST: Final = 160
"""Where a statement is cut when it is shown in one line."""

_MAX_NESTED: Final = 3
"""How deep blocks and strings to execute are looked into."""

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
    "DISCARD": dml.setting,
    "PRAGMA": dml.setting,
}

_TRANSACTION: Final = frozenset(
    {"BEGIN", "COMMIT", "ROLLBACK", "START", "SAVEPOINT", "RELEASE", "END", "ABORT"}
)
_HARMLESS: Final = frozenset(
    {"GRANT", "REVOKE", "ANALYZE", "EXPLAIN", "SHOW", "NOTIFY", "USE", "DEALLOCATE", "CALL"}
    | {"SECURITY", "IMPORT", "REASSIGN", "CHECKPOINT", "LISTEN", "UNLISTEN", "OPTIMIZE"}
)


class _Read(NamedTuple):
    """An action with the words and the text of the statement that asks for it."""

    action: Action
    words: Words
    text: str


def actions(sql: SqlText, database: Database) -> tuple[Action, ...]:
    """What the string asks for, statement by statement; what cannot be told is UNREADABLE."""
    if isinstance(sql.text, Unknown):
        return (Action(kind=Kind.UNREADABLE, place=sql.place),)
    words = _words(sql.text, database)
    if words is None:
        return (Action(kind=Kind.UNREADABLE, sql=_one_line(sql.text), place=sql.place),)
    scripts = tuple(_split(words))
    breaks = [at for at, character in enumerate(sql.text) if character == "\n"]
    return tuple(
        replace(
            found.action,
            sql=_one_line(found.text),
            statements=len(scripts),
            place=_place(sql, breaks, found.words),
        )
        for statement, text in scripts
        for found in _read(statement, text, database, 0)
    )


def _read(words: Words, text: str, database: Database, depth: int) -> Iterator[_Read]:
    first = words[0].keyword
    if first == "DO" and depth < _MAX_NESTED:
        yield from _block(words, text, database, depth)
        return
    for action in _plain(words, database):
        yield _Read(action, words, text)


def _plain(words: Words, database: Database) -> tuple[Action, ...]:
    """The actions of one statement that holds no other."""
    first = words[0].keyword
    if first in _READERS:
        return _READERS[first](Cursor(words), database)
    if first in _TRANSACTION:
        is_partial = any(word.keyword == "TO" for word in words[1:4])
        return (Action(kind=Kind.TRANSACTION, name=f"{first} TO" if is_partial else first),)
    return (Action(kind=Kind.OTHER if first in _HARMLESS else Kind.UNREADABLE),)


def _block(words: Words, text: str, database: Database, depth: int) -> Iterator[_Read]:
    """A DO block as the plain statements in it; what is computed there cannot be told."""
    body = next((word for word in words if word.is_string), None)
    inner = _words(body.text, database, body.at) if body is not None else None
    if inner is None:
        yield _Read(Action(kind=Kind.UNREADABLE), words, text)
        return
    for statement in blocks.statements(tuple(word for word, _ in inner)):
        for action, part in _nested(statement.words, database, depth):
            is_open = action.is_conditional or not statement.is_sure
            yield _Read(replace(action, is_conditional=is_open), part or words, text)


def _nested(words: Words, database: Database, depth: int) -> Iterator[tuple[Action, Words]]:
    """The actions of a statement inside a block, or of the string that it executes."""
    is_text = bool(words) and words[0].is_string
    given = _words(words[0].text, database, words[0].at) if is_text else None
    if not words or (is_text and given is None):
        yield Action(kind=Kind.UNREADABLE), words
    elif given is not None:
        for part, text in _split(given):
            yield from ((found.action, words) for found in _read(part, text, database, depth + 1))
    else:
        yield from ((action, words) for action in _in_block(words, database))


def _in_block(words: Words, database: Database) -> Iterator[Action]:
    """The actions of a plain statement; SELECT INTO fills a variable there."""
    is_query = words[0].keyword in {"SELECT", "WITH"}
    for action in _plain(words, database):
        is_filled = is_query and action.kind is Kind.CREATE_TABLE
        yield Action(kind=Kind.SELECT) if is_filled else action


def _place(sql: SqlText, breaks: list[int], words: Words) -> Place:
    """Where a statement stands in the source; a string of one source line stays on it."""
    end = words[-1].at + max(len(words[-1].text) - 1, 0)
    first, last = (_line(sql, breaks, at) for at in (words[0].at, end))
    column = sql.place.column if first == sql.place.line else 0
    return Place(first, column, max(first, last))


def _line(sql: SqlText, breaks: list[int], at: int) -> int:
    """The source line of an offset: that of the literal it is in, and how far down in it."""
    start, place = max((each for each in sql.pieces if each[0] <= at), default=(0, sql.place))
    down = bisect_right(breaks, at - 1) - bisect_right(breaks, start - 1)
    return min(place.line + down, max(place.line, place.end_line))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


# From text to words ----------------------------------------------------------------------


def _split(words: tuple[tuple[Word, str], ...]) -> Iterator[tuple[Words, str]]:
    """The statements between semicolons, with their text; a function body is one statement."""
    statement: list[Word] = []
    text: list[str] = []
    depth = 0
    for word, source in words:
        if word.keyword == ";" and depth == 0:
            if statement:
                yield tuple(statement), "".join(text)
            statement, text = [], []
            continue
        if statement and statement[0].keyword == "CREATE":
            depth = _depth(depth, statement[-1].keyword, word.keyword)
        statement.append(word)
        text.append(source)
    if statement:
        yield tuple(statement), "".join(text)


_CLOSED: Final = frozenset({"IF", "LOOP", "WHILE", "REPEAT"})
"""Behind END, words that close what does not count as opened."""


def _depth(depth: int, before: str, word: str) -> int:
    """How many BEGIN and CASE of a trigger's or a function's body are open behind the word."""
    if word == "BEGIN" or (word == "CASE" and depth and before != "END"):
        return depth + 1
    if before == "END" and word in _CLOSED:
        return depth + 1
    return depth - 1 if word == "END" and depth else depth


def _words(text: str, database: Database, base: int = 0) -> tuple[tuple[Word, str], ...] | None:
    """Every word with the source that leads up to its end, comments left out.

    ``base`` is the offset in the whole text at which this one begins.
    """
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
        parts = tuple(_parts(token, text, base))
        found += ((word, source if at == 0 else "") for at, word in enumerate(parts))
    return tuple(found)


def _parts(token: Token, text: str, base: int) -> Iterator[Word]:
    """The token's words; the tokenizer joins some keywords, as PRIMARY KEY."""
    kind = token.token_type.name
    at = base + token.start
    if kind == "IDENTIFIER":
        yield Word(token.text, "", at, is_quoted=True)
    elif kind.endswith("STRING"):
        inside = max(text.find(token.text, token.start), token.start)
        yield Word(token.text, "", base + inside, is_string=True)
    else:
        for part in token.text.split() or [""]:
            yield Word(part, part.upper(), at)


@cache
def _tokenizer(vendor: str) -> type[Tokenizer]:
    """The vendor's tokenizer, told to swallow no statement whole."""
    from sqlglot.dialects.mysql import MySQL
    from sqlglot.dialects.postgres import Postgres
    from sqlglot.dialects.sqlite import SQLite

    known = {"mysql": MySQL, "mariadb": MySQL, "sqlite": SQLite}
    parent = known.get(vendor, Postgres).tokenizer_class
    return type("Tokenizer", (parent,), {"COMMANDS": set()})
