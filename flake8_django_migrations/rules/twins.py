"""What is removed and added again under another name: a rename that makemigrations was denied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    CreateModel,
    DeleteModel,
    Field,
    RemoveField,
    RunPython,
    RunSQL,
    Value,
)
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.plan.steps import Step
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.rules.rule import Subject

_FLAGS: Final = frozenset({"BooleanField", "NullBooleanField"})
"""Two flags have one definition more often than one meaning."""


class Twin(NamedTuple):
    """The step that removes something, what it was called, and the name of its only likeness."""

    removal: Step
    old: str
    new: str


def twins(subject: Subject) -> Iterator[Twin]:
    """Everything that loses its data to a twin of the same migration."""
    for step in questions.on_database(subject):
        if not any(_is_old_drop(step, action) for action in step.forwards):
            continue
        match step.operation:
            case RemoveField() as operation:
                old = f"{operation.model_name.lower()}.{operation.name}"
                names = _field_twins(subject, step, operation)
            case DeleteModel() as operation:
                old, names = operation.name, _model_twins(subject, step, operation)
            case _:
                continue
        if len(names) == 1:
            yield Twin(step, old, names[0])


def _is_old_drop(step: Step, action: Action) -> bool:
    """Whether the action drops what may hold rows."""
    drops = action.kind in {Kind.DROP_COLUMN, Kind.DROP_TABLE}
    return drops and not step.is_new_column(action.table, "".join(action.columns[:1]))


def _field_twins(subject: Subject, step: Step, operation: RemoveField) -> list[str]:
    """The fields added with the definition of the one removed, if that is the only such one."""
    field = questions.field_of(step, operation.model_name, operation.name)
    if (
        field is None
        or field.class_name in _FLAGS
        or questions.is_touched_before(subject, step, operation.model_name, operation.name)
    ):
        return []
    model_name = operation.model_name.lower()
    removed = [
        other.operation.name
        for other in subject.steps
        if isinstance(other.operation, RemoveField)
        and other.operation.model_name.lower() == model_name
        and _is_same(questions.field_of(other, model_name, other.operation.name), field)
    ]
    added = [
        other.operation.name
        for other in subject.steps
        if isinstance(other.operation, AddField)
        and other.operation.model_name.lower() == model_name
        and _is_same(_lasting(other.operation), field)
    ]
    return added if len(removed) == 1 and removed != added else []


def _lasting(operation: AddField) -> object:
    """The field that is added, without the default that was asked for on that occasion only."""
    field = operation.field
    if operation.preserve_default or not isinstance(field, Field):
        return field
    lasting = {name: value for name, value in field.keywords.items() if name != "default"}
    return replace(field, keywords=lasting)


def _is_same(one: object, other: Field) -> bool:
    """Whether two fields are the same to makemigrations: all but the column's name."""
    if not isinstance(one, Field) or one.path != other.path:
        return False
    return _definition(one) == _definition(other) and UNKNOWN not in _definition(one).values()


def _definition(field: Field) -> dict[str, Value]:
    return {name: value for name, value in field.keywords.items() if name != "db_column"}


def _model_twins(subject: Subject, step: Step, operation: DeleteModel) -> list[str]:
    """The models created with the fields of the one deleted, unless its rows may be copied."""
    model = step.before.model(operation.name)
    if not isinstance(model, ModelState) or _is_copied(subject, step, model):
        return []
    return [
        other.operation.name
        for other in subject.steps
        if isinstance(other.operation, CreateModel)
        and other.operation.name.lower() != model.key.model_name
        and _has_same_fields(model, other.operation)
    ]


def _has_same_fields(model: ModelState, created: CreateModel) -> bool:
    fields = dict(created.fields)
    return (
        len(fields) > 1
        and fields.keys() == model.fields.keys()
        and all(_is_same(fields[name], field) for name, field in model.fields.items())
    )


def _is_copied(subject: Subject, step: Step, model: ModelState) -> bool:
    """Whether a step before the removal may have copied the rows; in doubt: True."""
    before = takewhile(lambda each: each is not step, subject.steps)
    return any(_reads(each.operation, model) for each in before)


def _reads(operation: Operation, model: ModelState) -> bool:
    """Whether the operation may look at the model's rows; in doubt: True."""
    match operation:
        case RunPython(code=code):
            body = questions.body_of(code)
            return (
                body is None
                or not body.is_complete
                or bool(body.sql)
                or any(get.model == model.key for get in body.gets)
            )
        case RunSQL():
            return True
        case _:
            return False
