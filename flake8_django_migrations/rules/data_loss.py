"""3xx: what is dropped, cut, rounded or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    Field,
    ModelKey,
    RemoveField,
    RunPython,
    RunSQL,
    Value,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind, Loss
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_SILENT: Final = {
    Loss.CUTS: "cuts longer values",
    Loss.ROUNDS: "rounds values",
    Loss.DROPS_PART: "drops a part of each value",
}
_LOUD: Final = {
    Loss.REFUSES: "fails on the first value that does not fit: check the rows before",
    Loss.NEVER_CASTS: "always fails, there is no such cast: add a new column",
}

_FLAGS: Final = frozenset({"BooleanField", "NullBooleanField"})
"""Two flags have one definition more often than one meaning."""


def dropped_column(subject: Subject) -> Iterator[Finding]:
    """A column dropped with data that nothing has moved."""
    renamed = {id(removal) for removal, _old, _new in _renames(subject)}
    for step, action in questions.actions(subject):
        if action.kind is not Kind.DROP_COLUMN or not action.columns or id(step) in renamed:
            continue
        if _is_new(step, action) or _is_dropped(subject, action.table):
            continue
        if not _is_moved(subject, step, action):
            yield found(action.place, column=questions.label(action))


def _is_new(step: Step, action: Action) -> bool:
    return step.is_new_column(action.table, action.columns[0] if action.columns else "")


def _is_dropped(subject: Subject, table: str) -> bool:
    """Whether the migration drops the whole table: that is the finding then."""
    return any(
        action.kind is Kind.DROP_TABLE and action.table == table
        for _, action in questions.actions(subject)
    )


def _is_moved(subject: Subject, step: Step, action: Action) -> bool:
    """Whether there is no data to lose, or it was moved before."""
    if action.model is None or not action.field:
        return questions.is_moved_before(subject, step, _sought(subject, action))
    model = action.model.model_name
    field = questions.field_of(step, model, action.field)
    if field is not None and field.is_generated:
        return True
    return questions.is_touched_before(subject, step, model, action.field)


def _sought(subject: Subject, action: Action) -> questions.Sought:
    """A column that has left the state, or never was in it, as data migrations may name it."""
    label, column = subject.migration.app_label, action.columns[0]
    guessed = ModelKey(label, action.table.removeprefix(f"{label}_").replace("_", ""))
    return questions.Sought(
        frozenset({action.model or guessed}),
        frozenset({column, column.removesuffix("_id")}),
        frozenset({action.table}),
    )


def cut_values(subject: Subject) -> Iterator[Finding]:
    """A change of type that cuts or rounds values and reports no error."""
    yield from _losses(subject, _SILENT)


def refused_values(subject: Subject) -> Iterator[Finding]:
    """A change of type that fails on values that do not fit."""
    yield from _losses(subject, _LOUD)


def _losses(subject: Subject, words: Mapping[Loss, str]) -> Iterator[Finding]:
    for step, action in questions.actions(subject):
        if action.loss not in words or not action.columns or _is_new(step, action):
            continue
        if action.loss is Loss.NEVER_CASTS or not _is_mended(subject, step, action):
            yield found(
                action.place,
                column=questions.label(action),
                old=action.old_type or "its type",
                new=action.new_type,
                loss=words[action.loss],
            )


def _is_mended(subject: Subject, step: Step, action: Action) -> bool:
    """Whether a data migration has seen to the values since the field took its present shape."""
    if action.model is None or not action.field:
        return False
    model, field = action.model.model_name, action.field
    shaped = next(
        (
            number
            for number, each in reversed(tuple(enumerate(subject.earlier)))
            if _shapes(each, model, field)
        ),
        0,
    )
    recent = subject.earlier[shaped:]
    return questions.is_touched_before(subject, step, model, field, recent)


def _shapes(migration: Migration, model: str, field: str) -> bool:
    """Whether the migration defines the field, as new or anew."""
    return any(
        isinstance(each, AddField | AlterField)
        and (each.model_name.lower(), each.name) == (model, field)
        for each in walk(migration.operations)
    )


def unfilled_not_null(subject: Subject) -> Iterator[Finding]:
    """NOT NULL set on a column that nothing has filled."""
    for step, action in questions.actions(subject):
        if action.kind is not Kind.SET_NOT_NULL or step.is_new(action.table):
            continue
        if action.model is None or not action.field or _is_filled(step, action):
            continue
        model, field = action.model.model_name, action.field
        if not questions.is_touched_before(subject, step, model, field):
            yield found(action.place, column=questions.label(action))


def _is_filled(step: Step, action: Action) -> bool:
    """Whether the same operation gives the NULLs a value."""
    return any(
        other.kind is Kind.UPDATE and (other.table, other.columns) == (action.table, action.columns)
        for other in step.forwards
    )


def rename_by_remove_and_add(subject: Subject) -> Iterator[Finding]:
    """A field or model removed, and its twin added under another name."""
    for removal, old, new in _renames(subject):
        yield found(removal.operation.place, old=old, new=new)


def _renames(subject: Subject) -> Iterator[tuple[Step, str, str]]:
    """Steps that remove something, what it was, and the name of its only twin."""
    for step in questions.on_database(subject):
        if not any(_is_old_drop(step, action) for action in step.forwards):
            continue
        match step.operation:
            case RemoveField(model_name=model_name, name=name):
                old, twins = f"{model_name.lower()}.{name}", _field_twins(subject, step)
            case DeleteModel(name=name):
                old, twins = name, _model_twins(subject, step)
            case _:
                continue
        if len(twins) == 1:
            yield step, old, twins[0]


def _is_old_drop(step: Step, action: Action) -> bool:
    drops = action.kind in {Kind.DROP_COLUMN, Kind.DROP_TABLE}
    return drops and not _is_new(step, action)


def _field_twins(subject: Subject, step: Step) -> list[str]:
    """The fields added with the definition of the one removed, if that is the only such one."""
    operation = step.operation
    if not isinstance(operation, RemoveField):
        return []
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
        and _is_same(other.operation.field, field)
    ]
    return added if len(removed) == 1 and removed != added else []


def _is_same(one: object, other: Field) -> bool:
    """Whether two fields are the same to makemigrations: all but the column's name."""
    if not isinstance(one, Field) or one.path != other.path:
        return False
    return _definition(one) == _definition(other) and UNKNOWN not in _definition(one).values()


def _definition(field: Field) -> dict[str, Value]:
    return {name: value for name, value in field.keywords.items() if name != "db_column"}


def _model_twins(subject: Subject, step: Step) -> list[str]:
    """The models created with the fields of the one deleted, unless its rows may be copied."""
    operation = step.operation
    model = step.before.model(operation.name) if isinstance(operation, DeleteModel) else None
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


def dropped_table(subject: Subject) -> Iterator[Finding]:
    """A table dropped with its rows."""
    renamed = {id(removal) for removal, _old, _new in _renames(subject)}
    for step, action in questions.actions(subject):
        is_rename = id(step) in renamed
        if action.kind is Kind.DROP_TABLE and not (is_rename or step.is_new(action.table)):
            yield found(action.place, table=action.table)
