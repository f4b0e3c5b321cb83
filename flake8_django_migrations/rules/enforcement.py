"""8xx: what the model promises of its rows and the database does not keep, or keeps otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    Constraint,
    Construct,
    CreateModel,
    Field,
    Unknown,
    Value,
)
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_UNIQUE: Final = "UniqueConstraint"


def unenforced_constraint(subject: Subject) -> Iterator[Finding]:
    """A constraint for which Django sends nothing to this database."""
    for step in questions.on_database(subject):
        match step.operation:
            case CreateModel(name=model_name, constraints=constraints):
                added = constraints
            case AddConstraint(model_name=model_name, constraint=constraint):
                added = (constraint,)
            case _:
                continue
        left_out = (each for each in added if _is_left_out(step, model_name, each))
        for each in left_out:
            yield found(
                step.operation.place,
                constraint=str(each.name),
                database=subject.database.vendor,
            )


def _is_left_out(step: Step, model_name: str, constraint: Constraint) -> bool:
    """Whether the table is surely made or changed without it."""
    if not constraint.path.startswith("django.") or constraint.class_name != _UNIQUE:
        return False
    if isinstance(constraint.name, Unknown) or isinstance(constraint.fields, Unknown):
        return False
    model = step.after.models.get(step.after.key(model_name))
    if model is None or model.is_doubtful or model.is_managed is not True:
        return False
    is_sent = any(action.name == constraint.name for action in step.forwards)
    return isinstance(model.table, str) and not is_sent


def two_defaults(subject: Subject) -> Iterator[Finding]:
    """A new column whose rows get one value from the database and another from the code."""
    for step in questions.on_database(subject):
        match step.operation:
            case AddField(model_name=model_name, name=name, field=Field() as field) as operation:
                model = evidence.managed_model(step, model_name)
                if model is None or step.is_new(str(model.table)) or not operation.preserve_default:
                    continue
                ours, theirs = (_plain(field.get(each)) for each in ("default", "db_default"))
                if UNKNOWN not in {ours, theirs} and None not in {ours, theirs} and ours != theirs:
                    yield found(
                        operation.place,
                        field=f"{model_name.lower()}.{name}",
                        database=repr(theirs),
                        code=repr(ours),
                    )
            case _:
                pass


def _plain(value: Value) -> bool | int | float | str | None | Unknown:
    """The value as both sides would compare it; UNKNOWN where it is worked out."""
    match value:
        case Construct(class_name="Value", arguments=(inner,), keywords=()):
            return _plain(inner)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return UNKNOWN
