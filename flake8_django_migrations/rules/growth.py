"""5xx: what a table's design costs once it has grown: keys, indexes and passes over all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    Field,
    RenameModel,
    Unknown,
    walk,
)
from flake8_django_migrations.plan.actions import Work
from flake8_django_migrations.plan.columns import Column, column_name
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import coverings, evidence, questions
from flake8_django_migrations.rules.coverings import Covering
from flake8_django_migrations.rules.rule import Finding, found, once, spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import ModelKey, Place
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_LAST: Final = {"AutoField": "2,147,483,647", "SmallAutoField": "32,767"}
"""The last number that a key of the class can have."""


# Where an operation leaves a model --------------------------------------------------------


def _told(subject: Subject) -> Iterator[tuple[Step, ModelState]]:
    """The steps that say how a model is indexed, each with the model as it leaves it."""
    for step in subject.steps:
        if step.side is Side.DATABASE:
            continue
        match step.operation:
            case CreateModel(name=name):
                model = step.after.model(name)
            case (
                AddIndex(model_name=name)
                | AddConstraint(model_name=name)
                | AddField(model_name=name)
                | AlterField(model_name=name)
                | AlterUniqueTogether(name=name)
                | AlterIndexTogether(name=name)
            ):
                model = step.after.model(name)
            case _:
                continue
        if isinstance(model, ModelState) and model.is_managed is True and not model.is_doubtful:
            yield step, model


def _in_the_end(subject: Subject, key: ModelKey) -> ModelState | None:
    """The model as all migrations on disk leave it; None where it is gone, and in doubt."""
    (state,) = _last_state(subject)
    match state.find(key):
        case ModelState(is_doubtful=False) as model:
            return model
        case _:
            return None


@once
def _last_state(subject: Subject) -> Iterator[ProjectState]:
    state = subject.steps[-1].after
    for migration in subject.later:
        state = run(state, migration)
    yield state


# Indexes ----------------------------------------------------------------------------------


def redundant_index(subject: Subject) -> Iterator[Finding]:
    """A new index whose columns another one begins with."""
    for step, model in _told(subject):
        final = subject.steps[-1].after.find(model.key)
        if not isinstance(final, ModelState) or final.is_doubtful:
            continue
        declared = tuple(_declared(step, model))
        there = coverings.coverings(final) if declared else ()
        for index in declared:
            other = _same(index, there) if index in there else None
            if other is not None:
                place, table = step.operation.place, str(model.table)
                yield found(place, index=index.what, table=table, other=other.what)


def _declared(step: Step, model: ModelState) -> Iterator[Covering]:
    """The indexes that the operation asks for, and that were not there before it."""
    before = step.before.find(model.key)
    known = before if isinstance(before, ModelState) else None
    told = [each for each in coverings.unlike(model, known) if each.is_declared]
    old = coverings.coverings(known) if told and known else ()
    yield from (index for index in told if index not in old)


def _same(index: Covering, there: tuple[Covering, ...]) -> Covering | None:
    """What makes the index needless; of two equal ones, the first makes the second so."""
    own = there.index(index)
    for place, other in enumerate(there):
        is_before = place < own
        is_longer = len(other.columns) > len(index.columns)
        if index.is_unique:
            covers = other.is_unique and other.columns == index.columns and is_before
        else:
            begins = other != index and other.columns[: len(index.columns)] == index.columns
            covers = begins and (other.is_unique or is_longer or is_before)
        if covers:
            return other
    return None


def unindexed_foreign_key(subject: Subject) -> Iterator[Finding]:
    """A foreign key that no index begins with, now or in a later migration."""
    for step, model in _told(subject):
        for name, field in _fields(step):
            column = column_name(name, field)
            if isinstance(column, Unknown) or not _is_bare(name, column, field):
                continue
            final = _in_the_end(subject, model.key)
            if final is None or _is_covered(subject, final, name, column):
                continue
            yield found(step.operation.place, field=f"{spell(model.key)}.{name}")


def _fields(step: Step) -> tuple[tuple[str, Field], ...]:
    """The fields that the operation gives their definition."""
    match step.operation:
        case CreateModel(fields=fields):
            return fields
        case (
            AddField(name=name, field=Field() as field)
            | AlterField(name=name, field=Field() as field)
        ):
            return ((name, field),)
        case _:
            return ()


def _is_bare(name: str, column: str, field: Field) -> bool:
    known = Column(name=name, column=column, field=field, type=UNKNOWN)
    says_no = field.get("db_index") is False
    return known.is_relation and says_no and not known.is_unique


def _is_covered(subject: Subject, model: ModelState, name: str, column: str) -> bool:
    """Whether an index begins with the column, or the field is gone; in doubt: True."""
    field = model.fields.get(name)
    if field is None or not _is_bare(name, column, field):
        return True
    if any(each.columns[0] == column for each in coverings.coverings(model)):
        return True
    written = (subject.migration, *subject.later)
    operations = [each for migration in written for each in walk(migration.operations)]
    return evidence.may_name(operations, str(model.table), "index")


# Keys -------------------------------------------------------------------------------------


def narrow_key(subject: Subject) -> Iterator[Finding]:
    """A key that the database numbers, and that comes to its end."""
    keys = [
        (step.operation.place, model, name, _LAST[field.class_name])
        for step, model in _told(subject)
        for name, field in _fields(step)
        if field.is_django and field.class_name in _LAST
        if not isinstance(step.operation, AlterField)
    ]
    mended = _mended(subject) if keys else frozenset()
    for place, model, name, last in keys:
        if mended.isdisjoint({(model.key.model_name, ""), (model.key.model_name, name)}):
            yield found(place, key=f"{spell(model.key)}.{name}", last=last)


def _mended(subject: Subject) -> frozenset[tuple[str, str]]:
    """The keys that are widened afterwards, and the models that go or have other names then."""
    found: set[tuple[str, str]] = set()
    here = (step.operation for step in subject.steps)
    later = (each for migration in subject.later for each in walk(migration.operations))
    for operation in (*here, *later):
        match operation:
            case AlterField(model_name=model, name=name, field=Field(class_name=kind)):
                if kind not in _LAST:
                    found.add((model.lower(), name))
            case DeleteModel(name=model) | RenameModel(old_name=model):
                found.add((model.lower(), ""))
            case _:
                pass
    return frozenset(found)


# Passes over all rows ---------------------------------------------------------------------


def repeated_rewrite(subject: Subject) -> Iterator[Finding]:
    """The tables that one migration writes anew more than once, where that begins."""
    first: dict[str, Step] = {}
    again: dict[str, Place] = {}
    for step, action in questions.actions(subject):
        table = action.table
        if action.work is not Work.REWRITE or step.is_new(table) or subject.is_small(table):
            continue
        if first.setdefault(table, step) is not step:
            again.setdefault(table, action.place)
    for table, place in tuple(again.items())[:1]:
        more = len(again) - 1
        yield found(place, table=f"{table} and {more} more" if more else table)
