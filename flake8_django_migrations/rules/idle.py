"""8xx: operations that look as if they changed the database, and send nothing to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    AddField,
    AlterConstraint,
    AlterField,
    AlterModelOptions,
    Constraint,
    CreateModel,
    Field,
    RemoveField,
    RenameField,
    Value,
    walk,
)
from flake8_django_migrations.plan.schema import forwards
from flake8_django_migrations.rules import evidence, expressions, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_MESSAGES: Final = ("violation_error_code", "violation_error_message", "name")
_SPELLINGS: Final = {"check": "condition"}
"""What a keyword was called before Django 5.1."""


def idle_operation(subject: Subject) -> Iterator[Finding]:
    """An operation with a change that Django does not pass on to the database."""
    for step in questions.on_database(subject):
        match step.operation:
            case AlterConstraint(name=name) as altered if _is_changed(subject, step, altered):
                what, remedy = f"AlterConstraint({name})", "remove it and add it again"
            case AddField(field=Field(class_name="CompositePrimaryKey")) as added if _has_no_key(
                subject, step, added
            ):
                what, remedy = "AddField(CompositePrimaryKey)", "make the table anew"
            case (
                AddField(name=name)
                | RemoveField(name=name)
                | AlterField(name=name)
                | RenameField(old_name=name)
            ) as change if _is_skipped(subject, step, change.model_name):
                what = f"{type(step.operation).__name__}({name}) of an unmanaged model"
                remedy = "use RunSQL"
            case AlterModelOptions(name=name) as options if _is_adopted(subject, step, options):
                what, remedy = f"managed=True for {name}", "make its table with RunSQL"
            case _:
                continue
        yield found(step.operation.place, what=what, remedy=remedy)


# AlterConstraint --------------------------------------------------------------------------


def _is_changed(subject: Subject, step: Step, operation: AlterConstraint) -> bool:
    """Whether more than the error message differs, and no SQL takes care of it."""
    model = evidence.managed_model(step, operation.model_name)
    old = model.constraint(operation.name) if model is not None else None
    if model is None or not isinstance(old, Constraint) or old.path != operation.constraint.path:
        return False
    if evidence.may_name(walk(subject.migration.operations), str(model.table)):
        return False
    first, second = (_meaning(each) for each in (old, operation.constraint))
    return first is not None and second is not None and first != second


def _meaning(constraint: Constraint) -> dict[str, tuple[str, ...]] | None:
    """What the database knows of the constraint; None where a part is not known."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in constraint.keywords.items():
        if name in _MESSAGES or _is_unset(value):
            continue
        terms = expressions.terms(value)
        if terms is None:
            return None
        found[_SPELLINGS.get(name, name)] = terms
    return found


def _is_unset(value: Value) -> bool:
    return value is None or value == ()


# CompositePrimaryKey ----------------------------------------------------------------------


def _has_no_key(subject: Subject, step: Step, operation: AddField) -> bool:
    """Whether the model is there, and nothing but the field speaks of a primary key."""
    model = evidence.managed_model(step, operation.model_name)
    return model is not None and not evidence.may_name(
        evidence.past(subject), str(model.table), "primary"
    )


# Unmanaged models -------------------------------------------------------------------------


def _is_skipped(subject: Subject, step: Step, name: str) -> bool:
    """Whether the operation would change a table if the model were managed, and no SQL does."""
    operation, model = step.operation, evidence.certain_model(step, name)
    if model is None or model.options.get("managed") is not False:
        return False
    before, after = (_as_managed(state, name) for state in (step.before, step.after))
    told = forwards(operation, before, after, subject.database, subject.options.django)
    return bool(told) and not evidence.may_name(walk(subject.migration.operations))


def _as_managed(state: ProjectState, name: str) -> ProjectState:
    model = state.models[state.key(name)]
    return state.put(model.with_options(managed=True))


def _is_adopted(subject: Subject, step: Step, operation: AlterModelOptions) -> bool:
    """Whether a model that never had a table is said to have one, and nothing has made it."""
    before, after = (
        state.models.get(state.key(operation.name)) for state in (step.before, step.after)
    )
    model = evidence.certain_model(step, operation.name)
    if model is None or before is None or after is None:
        return False
    if before.options.get("managed") is not False or after.is_managed is not True:
        return False
    others = [each for each in step.before.models.values() if each.table == model.table]
    is_made = evidence.may_name(evidence.past(subject), str(model.table)) or len(others) > 1
    return not is_made and _was_never_managed(subject, operation.name)


def _was_never_managed(subject: Subject, name: str) -> bool:
    """Whether the model has been unmanaged from the first operation on that names it."""
    for operation in evidence.past(subject):
        match operation:
            case CreateModel(name=created) if created.lower() == name.lower():
                return operation.options.get("managed") is False
            case _:
                pass
    return False
