"""2xx: whether a RunPython is safe on production volumes, on a fresh database, and run twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.app import CONTRIB
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import Code, ModelKey, RunPython, RunSQL, Unknown, Verb
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Body, Loop, Place, Write
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_GUARD: Final = re.compile(
    r"\b(where|conflict|duplicate|ignore|replace|exists|except|merge)\b", re.IGNORECASE
)
"""What may keep an INSERT from adding a row that is there."""

_CONTRIB: Final = rf"django\.contrib\.(?!({'|'.join((*CONTRIB, 'gis'))})\.)"
"""The path of a model in an app of django.contrib that no supported release has."""
_FAILS: Final = "fails on"
_EMPTIES: Final = frozenset({Kind.DELETE, Kind.TRUNCATE, Kind.DROP_TABLE})
_CHANGES: Final = frozenset({Verb.SAVE, Verb.UPDATE, Verb.BULK_UPDATE})


def unbatched_loop(subject: Subject) -> Iterator[Finding]:
    """A loop over a whole table that holds all of it in memory."""
    whole = (
        (loop.place, spell(loop.model))
        for step, _operation, _code, body in questions.forward_bodies(subject)
        for loop in body.loops
        if not isinstance(loop.model, Unknown) and _is_unbatched(subject, step, loop)
    )
    for place, model in questions.by_place(whole):
        yield found(place, model=model)


def _is_unbatched(subject: Subject, step: Step, loop: Loop) -> bool:
    whole = _is_whole(subject, step, loop.model, filtered=loop.is_filtered)
    return whole and not loop.is_bounded


def _is_whole(subject: Subject, step: Step, model: ModelKey | Unknown, *, filtered: bool) -> bool:
    """Whether the rows meant may be all rows of a table with many; a filter speaks against it."""
    table = questions.table_of(step, model)
    if table is None or step.is_new(table) or subject.is_small(table):
        return False
    return not filtered or subject.rows(table) is not None


def save_in_loop(subject: Subject) -> Iterator[Finding]:
    """A row written by save() for every row of a table; said once for each model."""
    bodies = questions.forward_bodies(subject)
    saved = (
        each for step, _operation, _code, body in bodies for each in _saved(subject, step, body)
    )
    for place, model in questions.by_place(saved):
        yield found(place, model=model)


def _saved(subject: Subject, step: Step, body: Body) -> Iterator[tuple[Place, str]]:
    """Where the function first saves the rows of each model that it loops over."""
    first: dict[str, Place] = {}
    looped = {loop.model for loop in body.loops}
    for write in body.writes:
        if write.verb is not Verb.SAVE or not write.in_loop or write.model not in looped:
            continue
        whole = _is_whole(subject, step, write.model, filtered=write.is_filtered)
        if whole and not isinstance(write.model, Unknown):
            first.setdefault(spell(write.model), write.place)
    return ((place, model) for model, place in first.items())


def unrepeatable_write(subject: Subject) -> Iterator[Finding]:
    """A write that a second run would do again, where a second run can come."""
    for step in questions.on_database(subject):
        again = _runs_again(step)
        if again and isinstance(step.operation, RunPython):
            yield from _repeated_python(subject, step, step.operation, again)
        elif again:
            yield from _repeated_sql(subject, step, again)


def _runs_again(step: Step) -> str:
    """What brings a second run; empty where nothing does."""
    match step.operation:
        case RunPython() | RunSQL() if step.in_transaction is False:
            return "it is not atomic, so a failure half-way is run again"
        case RunPython(reverse_code=Code(is_noop=True)) | RunSQL(reverse_sql=()):
            return "its reverse undoes nothing"
        case _:
            return ""


def _repeated_python(
    subject: Subject, step: Step, operation: RunPython, again: str
) -> Iterator[Finding]:
    """The first such write of every model; nothing after one that fails is done again."""
    body = questions.body_of(operation.code)
    if body is None or not isinstance(operation.code, Code) or _takes_up_its_work(body):
        return
    told: set[ModelKey] = set()
    for write in body.writes:
        effect = _repeats(step, write)
        table = questions.table_of(step, write.model)
        if not effect or isinstance(write.model, Unknown) or write.model in told:
            continue
        if table is None or step.is_new(table) or _is_emptied(subject, step, table):
            continue
        told.add(write.model)
        yield found(
            write.place,
            function=operation.code.name,
            effect=effect,
            again=again,
        )
        if effect.startswith(_FAILS) and step.in_transaction is not False:
            return


def _is_emptied(subject: Subject, step: Step, table: str) -> bool:
    """Whether the way back of another operation takes the rows away, before they come again."""
    return step.in_transaction is not False and any(
        action.kind in _EMPTIES and action.table == table
        for other in questions.on_database(subject)
        for action in other.backwards
    )


def _takes_up_its_work(body: Body) -> bool:
    """Whether the rows that it starts from may be fewer the second time; in doubt: True."""
    return not body.is_complete or any(
        write.verb is Verb.DELETE or (write.is_guarded and write.verb in _CHANGES)
        for write in body.writes
    )


def _repeats(step: Step, write: Write) -> str:
    """What a second run does to rows that the first has written; empty where it does nothing."""
    if write.is_guarded or isinstance(write.model, Unknown):
        return ""
    if write.verb in {Verb.CREATE, Verb.BULK_CREATE}:
        unique = _unique(step, write, write.model)
        if unique:
            return f"{_FAILS} {spell(write.model)}.{unique}, which is unique"
        return f"creates its rows again in {spell(write.model)}"
    if write.verb is Verb.UPDATE and write.is_relative:
        return f"changes the values again in {spell(write.model)}"
    return ""


def _unique(step: Step, write: Write, key: ModelKey) -> str:
    """The first unique field that new rows are given a value for, or fields unique together."""
    model = questions.state_of(step, key)
    if model is None:
        return ""
    for name, field in model.fields.items():
        is_unique = field.class_name == "OneToOneField" or any(
            field.flag(each) is True for each in ("unique", "primary_key")
        )
        if name in write.given and is_unique and field.class_name != "UUIDField":
            return name
    together = () if isinstance(model.unique_together, Unknown) else model.unique_together
    return next((" with ".join(group) for group in together if _is_given(model, group, write)), "")


def _is_given(model: ModelState, names: tuple[str, ...], write: Write) -> bool:
    """Whether the write gives a value for each of them; NULL would be equal to nothing."""
    fields = [model.fields.get(name) for name in names]
    return set(names) <= set(write.given) and all(
        field is not None and field.flag("null") is False for field in fields
    )


def _repeated_sql(subject: Subject, step: Step, again: str) -> Iterator[Finding]:
    for action in step.forwards:
        if action.kind is not Kind.INSERT or not action.table or step.is_new(action.table):
            continue
        if not _GUARD.search(action.sql) and not _is_emptied(subject, step, action.table):
            yield found(
                action.place,
                function="the SQL",
                effect=f"inserts its rows again in {action.table}",
                again=again,
            )


def imported_model(subject: Subject) -> Iterator[Finding]:
    """A model class of today used on the tables of this point in history."""
    for step in questions.on_database(subject):
        for code in questions.codes(step.operation):
            body = questions.body_of(code)
            for each in body.imports if body is not None else ():
                if not _is_gone(each.path):
                    yield found(each.place, model=each.path)


def _is_gone(path: str) -> bool:
    """Whether it is of an app that Django has given up: that code runs nowhere any more."""
    return re.match(_CONTRIB, path) is not None
