"""3xx: what SQL has put on a table, and what SQLite's way of changing one does to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import (
    AddConstraint,
    AddField,
    AlterField,
    AlterUniqueTogether,
    RemoveConstraint,
    RemoveField,
    RunSQL,
    Unknown,
)
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.rule import Finding, found
from flake8_django_migrations.rules.views import readers

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ModelState
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_INDEX: Final = re.compile(
    r'\bcreate\s+(?:unique\s+)?(index)\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s+on\s+"?(\w+)',
    re.IGNORECASE,
)
_TRIGGER: Final = re.compile(
    r'\bcreate\s+(trigger)\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s+'
    r'(?:(?:before|after)\s+)?(?:insert|delete|update(?:\s+of[\s\w,"]+?)?)\s+on\s+"?(\w+)',
    re.IGNORECASE,
)


class _Thing(NamedTuple):
    """Something that SQL has made on a table: what it is and its name."""

    sort: str
    name: str


def undone_by_remake(subject: Subject) -> Iterator[Finding]:
    """A table that SQLite writes anew, without what SQL has put on it."""
    told: set[_Thing] = set()
    for step, action in questions.actions(subject):
        if not action.is_remade or step.is_new(action.table):
            continue
        model = questions.model_of(step.before, action.table)
        for thing, effect in _effects(subject, step, model) if model is not None else ():
            if thing not in told:
                told.add(thing)
                yield found(step.operation.place, table=action.table, effect=effect)


def _effects(subject: Subject, step: Step, model: ModelState) -> Iterator[tuple[_Thing, str]]:
    table = str(model.table)
    for view in readers(subject, step, table):
        yield _Thing("view", view), f"that fails while view {view} is there, drop it before"
    past = tuple(evidence.past(subject))
    before = tuple(takewhile(lambda each: each is not step.operation, past))
    for number, operation in enumerate(before):
        made = tuple(_made(operation, table))
        if not made or any(_may_remake(each, model) for each in before[number:]):
            continue
        others = [each for each in past if each is not operation and isinstance(each, RunSQL)]
        for thing in made:
            is_known = model.index(thing.name) is not None
            if not is_known and not evidence.may_name(others, thing.name.lower()):
                yield (
                    thing,
                    f"{thing.sort} {thing.name}, which SQL has made, is gone, make it again",
                )


def _made(operation: Operation, table: str) -> Iterator[_Thing]:
    texts = operation.sql if isinstance(operation, RunSQL) else ()
    for text in () if isinstance(texts, Unknown) else texts:
        for pattern in (_INDEX, _TRIGGER):
            for sort, name, of in pattern.findall(str(text.text)):
                if of.lower() == table.lower():
                    yield _Thing(sort.lower(), name)


def _may_remake(operation: Operation, model: ModelState) -> bool:
    """Whether the table may have been written anew already."""
    match operation:
        case (
            AddField(model_name=name)
            | AlterField(model_name=name)
            | RemoveField(model_name=name)
            | AddConstraint(model_name=name)
            | RemoveConstraint(model_name=name)
            | AlterUniqueTogether(name=name)
        ):
            return name.lower() == model.key.model_name
        case _:
            return False
