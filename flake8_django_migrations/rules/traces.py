"""8xx: what a change of the state alone leaves behind in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    Code,
    Field,
    ModelKey,
    OpaqueOperation,
    RemoveField,
    RenameModel,
    RunPython,
    RunSQL,
    walk,
)
from flake8_django_migrations.plan.columns import column_name
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import evidence, questions
from flake8_django_migrations.rules.rule import Finding, found, spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_CONTENT_TYPE = ModelKey("contenttypes", "contenttype")


def stale_content_type(subject: Subject) -> Iterator[Finding]:
    """A model renamed where django.contrib.contenttypes does not see it."""
    for step in subject.steps:
        match step.operation:
            case RenameModel(old_name=old, new_name=new, place=place) if step.is_nested:
                model = step.before.models.get(step.before.key(old))
                if model is None or old.lower() == new.lower() or _is_retold(subject):
                    continue
                yield found(place, old=spell(model.key), new=new)
            case _:
                pass


def _is_retold(subject: Subject) -> bool:
    """Whether something in this migration or a later one may rename the content type."""
    migrations = (subject.migration, *subject.later)
    return any(
        not migration.is_complete or any(map(_may_retell, walk(migration.operations)))
        for migration in migrations
    )


def _may_retell(operation: Operation) -> bool:
    match operation:
        case RunPython(code=Code(is_noop=True)):
            return False
        case RunPython(code=code):
            body = questions.body_of(code)
            return (
                body is None
                or not body.is_complete
                or any(get.model == _CONTENT_TYPE for get in body.gets)
                or bool(body.imports)
                or bool(body.sql)
            )
        case RunSQL():
            return evidence.may_name((operation,), "django_content_type")
        case _:
            return isinstance(operation, OpaqueOperation)


def never_dropped(subject: Subject) -> Iterator[Finding]:
    """A column that the state has forgotten and no later migration drops."""
    if not subject.later or not all(each.is_complete for each in subject.later):
        return
    for step in subject.steps:
        match step.operation:
            case RemoveField(model_name=model, name=name, place=place) if step.side is Side.STATE:
                table, column = _forgotten(step, model, name)
                if column and not _may_be_used(subject, model, column):
                    yield found(place, what=f"column {table}.{column}")
            case _:
                pass


def _forgotten(step: Step, model_name: str, name: str) -> tuple[str, str]:
    """The table and the column that the state surely loses; empty in doubt."""
    model = evidence.managed_model(step, model_name)
    field = model.find(name) if model is not None else None
    if model is None or not isinstance(field, Field) or field.is_many_to_many is not False:
        return "", ""
    column = column_name(name, field)
    return (str(model.table), column) if isinstance(column, str) else ("", "")


def _may_be_used(subject: Subject, model_name: str, column: str) -> bool:
    """Whether it is dropped after all, or another field has it in the end; in doubt: True."""
    operations = [
        each
        for migration in (subject.migration, *subject.later)
        for each in walk(migration.operations)
    ]
    kept = subject.steps[-1].after.model(model_name)
    return (
        any(isinstance(each, OpaqueOperation) for each in operations)
        or evidence.may_name(operations, column.lower())
        or not isinstance(kept, ModelState)
        or questions.has_column(kept, column) is not False
    )
