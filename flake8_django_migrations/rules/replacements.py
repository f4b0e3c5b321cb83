"""Columns that are added, filled and take the place of another within one migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    AddField,
    Body,
    Code,
    ModelKey,
    RemoveField,
    RunPython,
    RunSQL,
    Verb,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_FILLS: Final = frozenset({Verb.SAVE, Verb.UPDATE, Verb.BULK_UPDATE})


class Replacement(NamedTuple):
    """The step that removes the old field, with the model, the new field and the old one."""

    step: Step
    model: ModelKey
    added: str
    removed: str


def replacements(subject: Subject) -> Iterator[Replacement]:
    """The first removal of each model's fields after a new one has been filled.

    The new field may be of another model, if what fills it reads the one that is removed. A squash
    has all of it in one migration because its originals had it in several.
    """
    added: dict[ModelKey, list[str]] = {}
    filled: dict[ModelKey, tuple[str, Step]] = {}
    for step in () if subject.migration.replaces else questions.on_database(subject):
        match step.operation:
            case AddField(model_name=model, name=name) if _is_in_use(step, model):
                added.setdefault(step.before.key(model), []).append(name)
            case RemoveField(model_name=model, name=name) if _is_in_use(step, model):
                key = step.before.key(model)
                owner = key if key in filled else _reader(filled, key, name)
                if owner is not None:
                    new = filled.pop(owner)[0]
                    label = new if owner == key else f"{spell(owner)}.{new}"
                    yield Replacement(step, key, label, name)
            case _:
                for key, names in added.items():
                    for name in names:
                        if _fills(step, key, name):
                            filled.setdefault(key, (name, step))


def _reader(
    filled: dict[ModelKey, tuple[str, Step]], model: ModelKey, name: str
) -> ModelKey | None:
    """The model with a field that was filled by what surely reads this one."""
    for owner, (_new, step) in filled.items():
        match step.operation:
            case RunPython(code=Code(body=Body(reads=reads))) if (model, name) in reads:
                return owner
            case _:
                pass
    return None


def _is_in_use(step: Step, model_name: str) -> bool:
    """Whether the step changes a model that has rows."""
    match step.before.model(model_name):
        case ModelState(table=str(table)):
            return bool(step.forwards) and not step.is_new(table)
        case _:
            return False


def _fills(step: Step, key: ModelKey, name: str) -> bool:
    """Whether the step surely writes the field."""
    match step.operation:
        case RunPython(code=Code(body=Body() as body)):
            names = {name, f"{name}_id"}
            writes = [each for each in body.writes if each.model == key]
            used = {use.name.partition("__")[0] for use in body.uses if use.model == key}
            given = {each for write in writes if write.verb in _FILLS for each in write.given}
            return bool(writes) and not names.isdisjoint(used | given)
        case RunSQL():
            model = step.before.models.get(key)
            return model is not None and any(
                each.kind is Kind.UPDATE
                and each.table == model.table
                and {name, f"{name}_id"}.intersection(each.columns)
                for each in step.forwards
            )
        case _:
            return False
