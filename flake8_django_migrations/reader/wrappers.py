"""Python's own functions, and the like, around rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flake8_django_migrations.migration import UNKNOWN, Holder
from flake8_django_migrations.reader import rows as hands
from flake8_django_migrations.reader.facts import Facts
from flake8_django_migrations.reader.rows import Model, Row, Rows, Wrapped, settled
from flake8_django_migrations.reader.scope import MISSING, Made

_PASSING: Final = frozenset({"list", "tuple", "set", "iter", "sorted", "reversed", "tqdm"})
_ITERATING: Final = ("itertools.", "more_itertools.")
"""Modules that iterate over what they are given, which makes a queryset load all its rows."""
_BY_NAME: Final = frozenset({"builtins.getattr", "builtins.setattr", "builtins.hasattr"})


def wrap(facts: Facts, path: str, made: Made) -> object:
    """What a function makes of the rows it is given; MISSING where it is none of these."""
    given = [settled(each) for each in made.arguments]
    rows = [each for each in given if isinstance(each, Rows)]
    last = path.rpartition(".")[2]
    if path in _BY_NAME and given:
        return _by_name(facts, last, given, made)
    if not rows:
        return MISSING
    is_held = path.startswith(_ITERATING) and not (rows[0].is_streamed or rows[0].is_bounded)
    inside = replace(rows[0], is_wrapped=True, is_held=rows[0].is_held or is_held)
    if last == "enumerate":
        return Wrapped((UNKNOWN, rows[0]))
    if last == "zip":
        return Wrapped(tuple(given))
    if last == "Paginator" or "batch" in last.lower() or "chunk" in last.lower():
        return replace(inside, is_batches=True)
    if last in _PASSING or path == "builtins.filter":
        facts.loaded += [inside] if facts.has(rows[0]) else []
        return inside
    if path == "itertools.islice":
        return replace(inside, is_streamed=True, is_bounded=True)
    if path == "itertools.chain":
        return inside if all(each.model == inside.model for each in rows) else Rows(Model())
    if path.startswith("builtins."):
        facts.looks += 1
        return UNKNOWN
    return MISSING


def _by_name(facts: Facts, last: str, given: Sequence[object], made: Made) -> object:
    """``getattr``, ``setattr`` and ``hasattr`` on a row; on a model they only name something."""
    row = given[0]
    if not isinstance(row, (Row, Model)) or len(given) < 2:
        return MISSING
    name = given[1] if isinstance(given[1], str) else hands.ANY
    if last == "hasattr" or len(given) > 2:
        facts.made_up.add(name)
    if last == "hasattr" or isinstance(row, Model):
        return UNKNOWN if last == "hasattr" else MISSING
    if last == "getattr":
        facts.reads.add((row.model.key, name))
        if name != hands.ANY:
            facts.ask(row.model, name, Holder.ROW, made.place)
        return hands.related(row, name)
    row.assigned.add(name)
    if name != hands.ANY:
        facts.use(row.model, (name,), made.place)
    return None


def around_rows(facts: Facts, made: Made) -> object:
    """Rows inside something that is iterated over and cannot be read: streamed, in doubt."""
    rows = [each for each in map(settled, made.arguments) if isinstance(each, Rows)]
    if not rows:
        return made
    name = getattr(made.callee, "name", "") or getattr(made.callee, "path", "")
    is_plain = is_wrapper(str(name))
    facts.is_complete = facts.is_complete and is_plain
    return replace(
        rows[0],
        is_streamed=True,
        is_values=not is_plain,
        is_distinct=not is_plain,
        is_wrapped=True,
    )


def is_wrapper(name: str) -> bool:
    """Whether a name says that something hands rows through one by one."""
    last = name.rpartition(".")[2].lower()
    return any(word in last for word in ("wrapper", "progress", "iter"))
