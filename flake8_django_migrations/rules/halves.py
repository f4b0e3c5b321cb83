"""8xx: what the database is told and what the state is told, where an operation tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    DeleteModel,
    Field,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    Unknown,
    walk,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.disagreement import disagreements
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject


# What Django looks up before it sends anything --------------------------------------------


def crashing_database_half(subject: Subject) -> Iterator[Finding]:
    """An operation for the database alone on what the state does not have any more."""
    for step in subject.steps:
        missing = _missing(step) if step.side is Side.DATABASE else ""
        if missing:
            operation = step.operation
            yield found(operation.place, what=missing, operation=type(operation).__name__)


def _missing(step: Step) -> str:
    """What Django looks for in the state and surely does not find; empty in doubt."""
    name = _model_name(step.operation)
    key = step.before.key(name)
    model = step.before.models.get(key)
    if not name or step.before.is_doubtful:
        return ""
    if model is None:
        return f"model {spell(key)}"
    missing = "" if model.is_doubtful else _missing_part(step.operation, model)
    return f"{missing} of {spell(key)}" if missing else ""


def _model_name(operation: Operation) -> str:
    """The model that the operation needs to be there, empty for one that needs none."""
    match operation:
        case (
            AddField(model_name=name)
            | AlterField(model_name=name)
            | RemoveField(model_name=name)
            | RenameField(model_name=name)
            | AddIndex(model_name=name)
            | RemoveIndex(model_name=name)
            | RenameIndex(model_name=name)
            | AddConstraint(model_name=name)
            | RemoveConstraint(model_name=name)
            | RenameModel(old_name=name)
            | DeleteModel(name=name)
        ):
            return name
        case (
            AlterModelTable(name=name)
            | AlterModelTableComment(name=name)
            | AlterUniqueTogether(name=name)
            | AlterIndexTogether(name=name)
            | AlterOrderWithRespectTo(name=name)
            | AlterModelOptions(name=name)
            | AlterModelManagers(name=name)
        ):
            return name
        case _:
            return ""


def _missing_part(operation: Operation, model: ModelState) -> str:
    match operation:
        case AlterField(name=name) if model.find(name) is None and not _has_more_fields(model):
            return f"field {name}"
        case RemoveField(name=name) | RenameField(old_name=name) if model.find(name) is None:
            return f"field {name}"
        case RemoveIndex(name=name) | RenameIndex(old_name=str(name)) if model.index(name) is None:
            return f"index {name}"
        case RemoveConstraint(name=name) if model.constraint(name) is None:
            return f"constraint {name}"
        case _:
            return ""


def _has_more_fields(model: ModelState) -> bool:
    """Whether Django finds fields that the migrations do not list: a parent's, its own key."""
    if isinstance(model.bases, Unknown) or isinstance(model.primary_key, Unknown):
        return True
    return any(isinstance(base, str) for base in model.bases)


# Both halves of one operation -------------------------------------------------------------


def halves_disagree(subject: Subject) -> Iterator[Finding]:
    """One operation that makes different things of the database and of the state."""
    for each in disagreements(subject):
        yield found(
            each.place, verb=each.verb, table=each.table, database=each.database, state=each.state
        )


# A foreign key without a field ------------------------------------------------------------


def kept_foreign_key(subject: Subject) -> Iterator[Finding]:
    """A foreign key that the database goes on checking and Django has forgotten."""
    for step in subject.steps:
        if step.side is Side.STATE:
            kept = (_kept(subject, step, model, name) for model, name in _forgotten(step))
            column = next(filter(None, kept), "")
            if column:
                yield found(step.operation.place, column=column)


def _forgotten(step: Step) -> Iterator[tuple[ModelState, str]]:
    """The fields that the state surely loses, each with its model."""
    match step.operation:
        case RemoveField(model_name=model_name, name=name):
            names: tuple[str, ...] = (name,)
        case DeleteModel(name=model_name):
            names = ()
        case _:
            return
    model = evidence.managed_model(step, model_name)
    if model is not None:
        yield from ((model, name) for name in names or model.fields)


def _is_dropped_later(subject: Subject, model: ModelState) -> bool:
    """Whether the app itself drops the table in the end: the model has not moved elsewhere."""
    later = (each for migration in subject.later for each in walk(migration.operations))
    return any(evidence.surely_names(each, "drop table", str(model.table)) for each in later)


def _kept(subject: Subject, step: Step, model: ModelState, name: str) -> str:
    """The column of a foreign key that surely stays in the database, empty otherwise."""
    field, table = model.find(name), str(model.table)
    if not isinstance(field, Field) or field.is_foreign_key is not True or step.is_new(table):
        return ""
    column = column_name(name, field)
    if field.get("db_constraint", True) is not True or isinstance(column, Unknown):
        return ""
    if step.is_new_column(table, column) or _is_let_go(subject, table, column):
        return ""
    final = run(subject.steps[0].before, subject.migration)
    is_left = model.key in final.models or _is_dropped_later(subject, model)
    is_known = _is_known(final, step, (model, field, column))
    return f"{table}.{column}" if is_left and not is_known else ""


def _is_known(final: ProjectState, step: Step, key: tuple[ModelState, Field, str]) -> bool:
    """Whether another field has taken the column over, or the rows pointed at are gone too."""
    model, field, column = key
    target = step.before.resolve(field.get("to"), model.name)
    is_gone = not isinstance(target, Unknown) and final.find(target) is None
    owners = [each for each in final.models.values() if each.table == model.table]
    return is_gone or any(questions.has_column(each, column) is not False for each in owners)


_LETS_GO: Final = frozenset(
    {Kind.DROP_FOREIGN_KEY, Kind.DROP_CONSTRAINT, Kind.DROP_TABLE, Kind.RENAME_TABLE}
)


def _is_let_go(subject: Subject, table: str, column: str) -> bool:
    """Whether the constraint, the column or the table may be gone by the end of the migration."""
    for _step, action in questions.actions(subject):
        if action.table == table and action.kind in _LETS_GO:
            return True
        if action.kind is Kind.DROP_COLUMN and (action.table, action.columns) == (table, (column,)):
            return True
    return evidence.may_name(evidence.past(subject), table, "constraint")
