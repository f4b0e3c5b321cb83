"""The words of one SQL statement, and a cursor that reads along them."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A token: its text without quotes, and the offset in the whole text at which it begins.

    ``keyword`` is the text in upper case, empty for what is quoted, so that a table called
    "table" is never taken for the keyword.
    """

    text: str
    keyword: str
    at: int
    is_string: bool = False
    is_quoted: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it can name a table or column."""
        return self.is_quoted or (
            not self.is_string and (self.text[:1].isalpha() or self.text[:1] == "_")
        )


Words = tuple[Word, ...]


class Cursor:
    """A place in a statement; every step stays inside it, past the end there are empty words."""

    __slots__ = ("_at", "_words")

    _END = Word("", "", 0, is_string=True)

    def __init__(self, words: Words) -> None:
        self._words = words
        self._at = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._words)

    @property
    def rest(self) -> Words:
        """The words that are left."""
        return self._words[self._at :]

    def peek(self, ahead: int = 0) -> Word:
        """The word at the cursor, or further on."""
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else self._END

    def step(self) -> Word:
        """The word at the cursor, which moves on."""
        word = self.peek()
        self._at += 1
        return word

    def at(self, *keywords: str) -> bool:
        """Whether these keywords come next, in order."""
        return all(self.peek(ahead).keyword == each for ahead, each in enumerate(keywords))

    def take(self, *keywords: str) -> bool:
        """Whether these keywords come next; then they are read."""
        if not self.at(*keywords):
            return False
        self._at += len(keywords)
        return True

    def take_any(self, *keywords: str) -> str:
        """The keyword that comes next if it is one of these, read; else empty."""
        if self.peek().keyword in keywords:
            return self.step().keyword
        return ""

    def name(self) -> str:
        """The last part of a name that may be qualified; empty where there is no name."""
        if not self.peek().is_name:
            return ""
        text = self.step().text
        while self.at(".") and self.peek(1).is_name:
            self.step()
            text = self.step().text
        return text

    def group(self) -> Words:
        """The words inside the parentheses at the cursor, which moves behind them."""
        if not self.take("("):
            return ()
        start, depth = self._at, 1
        while not self.is_done:
            depth += {"(": 1, ")": -1}.get(self.step().keyword, 0)
            if depth == 0:
                return self._words[start : self._at - 1]
        return self._words[start:]

    def skip_to(self, *keywords: str) -> bool:
        """Move to the next of these keywords outside parentheses; False where there is none."""
        while not self.is_done:
            if self.peek().keyword in keywords:
                return True
            if self.at("("):
                self.group()
            else:
                self.step()
        return False


def split(words: Words, separator: str = ",") -> tuple[Words, ...]:
    """The words between separators that stand outside parentheses; empty parts are left out."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.keyword, 0)
        if word.keyword == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return tuple(tuple(part) for part in parts if part)


def names(words: Words) -> tuple[str, ...]:
    """The plain names of a list of columns; an expression has none."""
    found = (Cursor(part) for part in split(words))
    return tuple(cursor.peek().text for cursor in found if _is_plain(cursor))


def _is_plain(cursor: Cursor) -> bool:
    return cursor.peek().is_name and cursor.peek(1).keyword not in {"(", ".", "+", "-", "||", ":"}


def have(words: Words, *keywords: str) -> bool:
    """Whether the keywords follow one another somewhere outside parentheses."""
    cursor = Cursor(words)
    while cursor.skip_to(keywords[0]):
        if cursor.at(*keywords):
            return True
        cursor.step()
    return False
