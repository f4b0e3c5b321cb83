"""3xx: what is dropped, cut, rounded or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    ModelKey,
    RemoveField,
    walk,
)
from flake8_django_migrations.plan.actions import Action, Kind, Loss
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.elsewhere import is_moved_elsewhere
from flake8_django_migrations.rules.hanging import generated, hanging
from flake8_django_migrations.rules.moves import moves
from flake8_django_migrations.rules.repointing import turn
from flake8_django_migrations.rules.rule import Finding, found, spell
from flake8_django_migrations.rules.twins import twins
from flake8_django_migrations.rules.views import views

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration
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


def dropped_column(subject: Subject) -> Iterator[Finding]:
    """A column dropped with data that nothing has moved."""
    renamed = {id(twin.removal) for twin in twins(subject)}
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
        sought = _sought(subject, action)
        return questions.is_moved_before(subject, step, sought) or is_moved_elsewhere(
            subject, sought
        )
    model = action.model.model_name
    field = questions.field_of(step, model, action.field)
    if field is not None and field.is_generated:
        return True
    return _is_touched(subject, step, model, action.field)


def _is_touched(subject: Subject, step: Step, model: str, field: str) -> bool:
    """Whether a data migration before the step looked at the field, in whichever app."""
    sought = questions.sought_of(step, model, field)
    if sought is None or questions.is_moved_before(subject, step, sought):
        return True
    return is_moved_elsewhere(subject, sought)


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
        if action.loss not in words or action.model is None or _is_new(step, action):
            continue
        if questions.follows(step, action):
            continue
        model = action.model.model_name
        if action.loss is Loss.NEVER_CASTS or not _is_mended(subject, step, model, action.field):
            yield found(
                action.place,
                column=questions.label(action),
                old=action.old_type or "its type",
                new=action.new_type,
                loss=words[action.loss],
            )


def _is_mended(subject: Subject, step: Step, model: str, field: str) -> bool:
    """Whether a data migration has seen to the values since the field took its present shape."""
    shaped = next(
        (
            number
            for number, each in reversed(tuple(enumerate(subject.earlier)))
            if _shapes(each, model, field)
        ),
        0,
    )
    # What is done to the rows of a new table is not done to those that came later.
    is_new = any(_creates(each, model) for each in subject.earlier[shaped : shaped + 1])
    recent = subject.earlier[shaped + is_new :]
    return questions.is_touched_before(subject, step, model, field, recent)


def _creates(migration: Migration, model: str) -> bool:
    return any(
        isinstance(each, CreateModel) and each.name.lower() == model
        for each in migration.operations
    )


def _shapes(migration: Migration, model: str, field: str) -> bool:
    """Whether the migration defines the field, as new or anew."""
    return _creates(migration, model) or any(
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
        if not _is_touched(subject, step, model, field):
            yield found(action.place, column=questions.label(action))


def _is_filled(step: Step, action: Action) -> bool:
    """Whether the same operation gives the NULLs a value."""
    return any(
        other.kind is Kind.UPDATE and (other.table, other.columns) == (action.table, action.columns)
        for other in step.forwards
    )


def rename_by_remove_and_add(subject: Subject) -> Iterator[Finding]:
    """A field or model removed, and its twin added under another name."""
    for twin in twins(subject):
        yield found(twin.removal.operation.place, old=twin.old, new=twin.new)


def dropped_table(subject: Subject) -> Iterator[Finding]:
    """A table dropped with its rows."""
    told = {id(twin.removal) for twin in twins(subject)}
    told |= {id(move.step) for move in moves(subject)}
    for step, action in questions.actions(subject):
        is_told = id(step) in told
        if action.kind is not Kind.DROP_TABLE or is_told or step.is_new(action.table):
            continue
        if not _goes_with_its_model(step, action) and not _are_links_moved(subject, step, action):
            yield found(action.place, table=action.table)


def _are_links_moved(subject: Subject, step: Step, action: Action) -> bool:
    """Whether it is the table of a many-to-many field whose rows were looked at before."""
    if not isinstance(step.operation, RemoveField):
        return False
    model, name = step.operation.model_name, step.operation.name
    between = ModelKey(step.before.app_label, f"{model}_{name}".lower())
    return _is_touched(subject, step, model, name) or evidence.may_handle(
        evidence.past(subject), between, action.table
    )


def _goes_with_its_model(step: Step, action: Action) -> bool:
    """Whether it is the table of a many-to-many field whose model is dropped: said of the model."""
    if not isinstance(step.operation, DeleteModel):
        return False
    model = step.before.model(step.operation.name)
    return isinstance(model, ModelState) and model.table != action.table


def repointed_relation(subject: Subject) -> Iterator[Finding]:
    """A relation turned to another model with the ids that it has."""
    for step in questions.on_database(subject):
        if not isinstance(step.operation, AlterField):
            continue
        model, name = step.operation.model_name, step.operation.name
        turned = turn(subject, step, step.operation)
        if turned is not None and not _is_mended(subject, step, model.lower(), name):
            yield found(
                step.operation.place,
                field=f"{model.lower()}.{name}",
                old=spell(turned.old),
                new=spell(turned.new),
            )


def moved_model(subject: Subject) -> Iterator[Finding]:
    """A model deleted in one app and created in another, without its rows."""
    for move in moves(subject):
        yield found(move.step.operation.place, old=spell(move.old), new=spell(move.new))


def lost_constraint(subject: Subject) -> Iterator[Finding]:
    """A column dropped with a constraint or an index that the state keeps."""
    for step in subject.steps:
        if step.side is not Side.BOTH or not isinstance(step.operation, RemoveField):
            continue
        model_name, name = step.operation.model_name, step.operation.name
        model = evidence.managed_model(step, model_name)
        if model is None or step.is_new(str(model.table)) or not step.forwards:
            continue
        lost = next(_going_with(subject, step, model, name), "")
        if lost:
            yield found(step.operation.place, field=f"{model_name.lower()}.{name}", lost=lost)


def _going_with(subject: Subject, step: Step, model: ModelState, name: str) -> Iterator[str]:
    """What the column takes along: more with CASCADE, which Django says before 6.0."""
    yield from hanging(model, name)
    for dropped in step.forwards:
        if dropped.kind is Kind.DROP_COLUMN and dropped.is_cascade:
            yield from (f"generated column {each}" for each in generated(model, name))
            named = views(subject, step, dropped.table, dropped.columns[0])
            yield from (f"view {each}" for each in named)


def refused_column(subject: Subject) -> Iterator[Finding]:
    """A new column that the rows that are there cannot take."""
    for step, action in questions.actions(subject):
        fault = evidence.column_refusal(subject, step, action)
        if fault:
            yield found(action.place, column=questions.label(action), fault=fault)
