"""The plain statements inside a block of PL/pgSQL, and which of them depend on a condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flake8_django_migrations.plan.words import Cursor, Words, have, split


class Inner(NamedTuple):
    """A statement of a block; ``is_sure`` where it runs once whenever the block does."""

    words: Words
    is_sure: bool


_OPENS: Final = {"IF": "THEN", "ELSIF": "THEN", "ELSEIF": "THEN", "WHEN": "THEN"}
"""Words with a condition behind them, and the word that ends it."""
_LOOPS: Final = frozenset({"FOR", "FOREACH", "WHILE"})
_SILENT: Final = frozenset(
    {"RAISE", "NULL", "RETURN", "EXIT", "CONTINUE", "PERFORM", "GET", "ASSERT", "CLOSE", "OPEN"}
    | {"FETCH", "MOVE"}
)
"""Statements of the language itself, which change no table of their own."""


def statements(words: Words) -> Iterator[Inner]:
    """What a DO block does, statement by statement; empty words stand for what cannot be told."""
    is_caught = have(words, "EXCEPTION", "WHEN")
    depth = 0
    is_declared = False
    for part in split(words, ";"):
        cursor = Cursor(part)
        if cursor.take("DECLARE") or is_declared:
            is_declared = not cursor.skip_to("BEGIN")
        depth = _open(cursor, depth)
        if cursor.at("END"):
            depth -= cursor.peek(1).keyword in {"IF", "LOOP", "CASE"}
        elif not cursor.is_done:
            yield from _inner(cursor, is_sure=depth == 0 and not is_caught)


def _open(cursor: Cursor, depth: int) -> int:
    """Step over what opens a block or a branch; how many branches there are around the rest."""
    while True:
        word = cursor.peek().keyword
        if word in _OPENS:
            depth += word == "IF"
            cursor.skip_to(_OPENS[word])
        elif word in _LOOPS:
            depth += 1
            cursor.skip_to("LOOP")
        elif word == "CASE":
            depth += 1
            cursor.skip_to("WHEN")
            continue
        elif word == "LOOP":
            depth += 1
        elif word not in {"BEGIN", "ELSE", "EXCEPTION"}:
            return depth
        cursor.step()


def _inner(cursor: Cursor, *, is_sure: bool) -> Iterator[Inner]:
    first = cursor.peek()
    if first.keyword in _SILENT or cursor.peek(1).keyword in {":=", ":", "="}:
        return
    if cursor.take("EXECUTE"):
        yield Inner(cursor.rest[:1] if _is_literal(cursor) else (), is_sure)
        return
    yield Inner(cursor.rest, is_sure)


def _is_literal(cursor: Cursor) -> bool:
    """Whether what is executed is one string with nothing added to it."""
    return cursor.peek().is_string and (
        len(cursor.rest) == 1 or cursor.peek(1).keyword in {"USING", "INTO"}
    )
