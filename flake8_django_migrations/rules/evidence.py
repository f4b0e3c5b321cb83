"""What is certain about a model, and what SQL and functions may have done behind its state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    Body,
    Code,
    Construct,
    Field,
    ModelKey,
    Operation,
    RunPython,
    RunSQL,
    SqlText,
    Unknown,
    Verb,
    Write,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import once

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject


def certain_model(step: Step, name: str) -> ModelState | None:
    """The model in front of the step, where nothing unread has touched it and it has a table."""
    match step.before.model(name):
        case ModelState(is_doubtful=False, table=str()) as model:
            return None if model.options.get("proxy") else model
        case _:
            return None


def managed_model(step: Step, name: str) -> ModelState | None:
    """The same model, where Django surely manages its table."""
    model = certain_model(step, name)
    return model if model is not None and model.is_managed is True else None


def past(subject: Subject) -> Iterator[Operation]:
    """Every operation of the app up to this migration's last."""
    yield from earlier(subject)
    yield from walk(subject.migration.operations)


@once
def earlier(subject: Subject) -> Iterator[Operation]:
    """Every operation of the app before this migration."""
    for migration in subject.earlier:
        yield from walk(migration.operations)


def may_name(operations: Iterable[Operation], *words: str) -> bool:
    """Whether SQL of the operations names all of these; in doubt: True."""
    return any(
        isinstance(text.text, Unknown) or all(word in text.text.lower() for word in words)
        for operation in operations
        for text in _texts(operation)
    )


def may_handle(operations: Iterable[Operation], model: ModelKey, table: str) -> bool:
    """Whether any of the operations may read or write rows of the model; in doubt: True."""
    given = tuple(operations)
    return may_name(given, table) or any(_asks_for(each, model) for each in given)


def _asks_for(operation: Operation, model: ModelKey) -> bool:
    match operation:
        case RunPython(code=Code(body=Body(gets=gets))):
            return any(get.model == model for get in gets)
        case _:
            return False


def _texts(operation: Operation) -> Iterator[SqlText]:
    """The SQL that an operation sends on the way forwards; one that is not known in doubt."""
    match operation:
        case (
            RunSQL(sql=tuple(texts)) | RunPython(code=Code(body=Body(sql=texts, is_complete=True)))
        ):
            yield from texts
        case RunSQL() | RunPython():
            yield SqlText(UNKNOWN, operation.place)
        case _:
            return


def surely_names(operation: Operation, *words: str) -> bool:
    """Whether one text of a RunSQL names all of these."""
    match operation:
        case RunSQL(sql=tuple(texts)):
            return any(
                isinstance(each.text, str) and all(word in each.text.lower() for word in words)
                for each in texts
            )
        case _:
            return False


def is_emptied(subject: Subject, step: Step, action: Action) -> bool:
    """Whether all rows of the table are deleted before the step; in doubt: no."""
    before = takewhile(lambda each: each is not step, subject.steps)
    here = (gone for each in before for gone in each.forwards if gone.table == action.table)
    if any(gone.kind is Kind.TRUNCATE or _deletes_all(gone) for gone in here):
        return True
    return any(
        write.verb is Verb.DELETE and write.model == action.model and _is_of_all(write)
        for migration in subject.earlier
        for operation in walk(migration.operations)
        if isinstance(operation, RunPython)
        for write in _writes(operation.code)
    )


def _writes(code: Code | Unknown) -> tuple[Write, ...]:
    match code:
        case Code(body=Body(writes=writes)):
            return writes
        case _:
            return ()


def _deletes_all(action: Action) -> bool:
    return action.kind is Kind.DELETE and action.is_whole_table


def _is_of_all(write: Write) -> bool:
    return not write.is_filtered and not write.is_bounded


def column_refusal(subject: Subject, step: Step, action: Action) -> str:
    """Why the rows that are there refuse the new column; empty where they may not."""
    if step.is_new(action.table) or subject.rows(action.table) == 0:
        return ""
    fault = questions.refusal(subject, step.forwards, action)
    is_refused = fault and not _may_differ(step) and not is_emptied(subject, step, action)
    return fault if is_refused else ""


def _may_differ(step: Step) -> bool:
    """Whether the database works the new column's values out by an expression."""
    match step.operation:
        case AddField(field=Field() as field):
            return isinstance(field.get("db_default"), Construct | Unknown)
        case _:
            return False
