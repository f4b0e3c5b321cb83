"""Raw SQL that Django or the database refuses, whatever rows there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    Index,
    Place,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import held, questions
from flake8_django_migrations.rules.dialects import foreign

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_LONE: Final = re.compile(r"%(?=$|[^%sbt(\s\-+#0-9.*])")
_PLACEHOLDER: Final = re.compile(r"%%|(%[sbt])")
_OTHERWISE: Final = re.compile(r"%[(\s\-+#0-9.*]")
"""Named placeholders, and what drivers read in their own ways."""
_QUOTED: Final = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL
)
_BARE: Final = re.compile(
    r"(?:[=<>(,|]|\b(?:select|values?|in|set|where|and|or|limit|by|like))\s*%s\b", re.IGNORECASE
)
_BUILT: Final = frozenset({Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY})
_USES: Final = questions.ROW_WRITES | {Kind.SET_DEFAULT, Kind.ADD_COLUMN_DEFAULT, Kind.ADD_CHECK}


class Refusal(NamedTuple):
    """What is refused, with which error, and what to do, at its place in the SQL."""

    place: Place
    what: str
    error: str
    remedy: str


def refusals(subject: Subject) -> Iterator[Refusal]:
    """Every statement of raw SQL that fails wherever it is sent."""
    for step in questions.on_database(subject):
        texts = _texts(step)
        # Where Django refuses an entry, nothing is sent: what the others lack is no news.
        for text in [each for each in texts if each.fault] or texts:
            yield from _parameters(subject, text)
    yield from _indexes(subject)
    yield from _enums(subject)
    if len({each.vendor for each in subject.options.databases}) > 1:
        yield from _dialects(subject)


def _texts(step: Step) -> tuple[SqlText, ...]:
    """The SQL of a step that is written out, both ways."""
    match step.operation:
        case RunSQL(sql=there, reverse_sql=back):
            return (*_known(there), *_known(back))
        case RunPython(code=code, reverse_code=back_code):
            bodies = (questions.body_of(code), questions.body_of(back_code))
            return tuple(text for body in bodies if body is not None for text in body.sql)
        case _:
            return ()


def _known(texts: tuple[SqlText, ...] | None | Unknown) -> tuple[SqlText, ...]:
    return texts if isinstance(texts, tuple) else ()


# Parameters ------------------------------------------------------------------------------


def _parameters(subject: Subject, text: SqlText) -> Iterator[Refusal]:
    if text.fault:
        yield Refusal(
            text.place, "an entry that is no pair", f"ValueError: {text.fault}", "(sql, params)"
        )
    if isinstance(text.text, Unknown):
        return
    place = text.place._replace(end_line=text.place.line)
    if not text.has_parameters:
        if _BARE.search(_QUOTED.sub("''", text.text)):
            yield Refusal(place, "%s without parameters", "syntax error", "give (sql, params)")
        return
    if not text.count or _OTHERWISE.search(text.text):
        return
    wanted = sum(map(bool, _PLACEHOLDER.findall(text.text)))
    if _LONE.search(text.text.replace("%%", "")):
        if subject.database.vendor != "sqlite":
            yield Refusal(place, "a lone % beside parameters", "bad placeholder", "write %%")
    elif wanted != text.count:
        what = f"SQL with {wanted} placeholders and {text.count} parameters"
        yield Refusal(place, what, "counts differ", "one for each")


# Indexes and enums -------------------------------------------------------------------------


def _indexes(subject: Subject) -> Iterator[Refusal]:
    """A constraint that takes over an index which lets duplicates in."""
    made: dict[str, bool] = {}
    for step, action in questions.actions(subject):
        if action.kind in _BUILT and action.name:
            made[action.name] = action.is_unique
        elif action.kind is Kind.ADD_UNIQUE_USING_INDEX and action.index:
            is_unique = made.get(action.index, not _is_plain_index(step, action))
            if not is_unique:
                what = f"a constraint on {action.index}, which is not unique,"
                yield Refusal(action.place, what, "not a unique index", "make it UNIQUE")


def _is_plain_index(step: Step, action: Action) -> bool:
    """Whether the state has the index, which then Django has made: it makes none unique."""
    model = questions.model_of(step.before, action.table)
    if model is None:
        return False
    return any(isinstance(each, Index) and each.name == action.index for each in model.indexes)


def _enums(subject: Subject) -> Iterator[Refusal]:
    """A value used in the transaction that adds it to a type which was there."""
    added: dict[str, Action] = {}
    made: set[str] = set()
    for step, action in questions.actions(subject):
        if held.ends_transaction(action) or step.in_transaction is not True:
            added.clear()
        elif action.kind is Kind.OTHER and action.name:
            made.add(action.name)
        elif action.kind is Kind.ADD_ENUM_VALUE and action.name not in made:
            added[action.value] = action
        elif action.kind in _USES:
            value = next((each for each in added if f"'{each}'" in action.sql), None)
            if value is not None:
                what = f"using the value {value} in the transaction that adds it"
                yield Refusal(action.place, what, "unsafe use of new value", "two migrations")


# Several databases -------------------------------------------------------------------------


def _dialects(subject: Subject) -> Iterator[Refusal]:
    """SQL that this database does not understand, where several kinds are configured."""
    told: set[Place] = set()
    for step in questions.on_database(subject):
        for text in _texts(step):
            if isinstance(text.text, Unknown) or text.place in told:
                continue
            what = foreign(_QUOTED.sub(_kept, text.text), subject.database.vendor)
            if what:
                told.add(text.place)
                place = text.place._replace(end_line=text.place.line)
                yield Refusal(place, f"{what} on {subject.database.vendor}", "syntax error",
                              "guard it by connection.vendor")  # fmt: skip


def _kept(match: re.Match[str]) -> str:
    """What stays of a quoted part: how it is quoted."""
    text = match[0]
    if text.startswith("$"):
        return "$$ $$"
    return "``" if text.startswith("`") else "''"
