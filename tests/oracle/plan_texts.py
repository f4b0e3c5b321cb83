"""The text of a plan beside Django's: the names it makes up, and the columns of new tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MADE = re.compile(
    r"""\b(?:CREATE\ (?:UNIQUE\ )?INDEX(?:\ CONCURRENTLY)?|ADD\ CONSTRAINT|RENAME\ INDEX
    |ALTER\ INDEX|SET\ CONSTRAINTS|DROP\ INDEX(?:\ CONCURRENTLY)?(?:\ IF\ EXISTS)?
    |(?<=,\ )CONSTRAINT|(?<!DROP)(?<!ADD)\ CONSTRAINT)\ ["`]([^"`]+)["`]""",
    re.VERBOSE,
)
_EXPRESSION = re.compile(r"\b(check|as) \(")
_DEFAULT = re.compile(r"(?<!by) default .*?(?= generated| not null| null)")
_SPACE = re.compile(r"\s+")


def names(texts: Iterable[str]) -> list[str]:
    """The names of indexes and constraints that statements make, rename or drop."""
    return sorted({name for text in texts for name in _MADE.findall(text)})


def tables(texts: Iterable[str]) -> list[str]:
    """CREATE TABLE as far as the plan tells it: values and expressions are left out."""
    found = {_in_short(text) for text in texts if text.startswith("CREATE TABLE")}
    return sorted(each for each in found if "new__" not in each)


def _in_short(text: str) -> str:
    line = _SPACE.sub(" ", text.lower()).replace("current_timestamp(6)", "now()")
    line = _DEFAULT.sub(" default", _collapsed(line))
    # The key of a many-to-many table has the type that a setting gives.
    return re.sub(r'\((["`])id\1 [^,]*, (?=["`]\w+_id["`])', r"(id ..., ", line)


def _collapsed(line: str) -> str:
    """What stands in parentheses behind CHECK and AS left out."""
    found, at = [], 0
    for match in _EXPRESSION.finditer(line):
        if match.start() < at:
            continue
        found.append(line[at : match.end()])
        depth, at = 1, match.end()
        while depth and at < len(line):
            depth += {"(": 1, ")": -1}.get(line[at], 0)
            at += 1
        found.append("...)")
    return "".join([*found, line[at:]])
