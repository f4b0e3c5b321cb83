"""Relations turned to another model while their columns keep the ids of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AlterField,
    AlterModelTable,
    CreateModel,
    Field,
    ModelKey,
    RenameModel,
    Unknown,
    walk,
)
from flake8_django_migrations.rules import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_DEPTH: Final = 8


class Turn(NamedTuple):
    """The model that a relation pointed at, and the one that it points at now."""

    old: ModelKey
    new: ModelKey


def turn(subject: Subject, step: Step, operation: AlterField) -> Turn | None:
    """The two models where they surely have rows of their own; None in doubt."""
    model = evidence.managed_model(step, operation.model_name)
    if model is None or step.is_new(str(model.table)):
        return None
    old, new = model.find(operation.name), operation.field
    if not isinstance(old, Field) or not isinstance(new, Field) or not _is_same_kind(old, new):
        return None
    first, second = (step.before.resolve(each.get("to"), model.name) for each in (old, new))
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return None
    # A model of the same name has moved to another app, most likely with its table.
    if first.model_name == second.model_name or not _are_apart(subject, step, first, second):
        return None
    return Turn(first, second)


def _is_same_kind(old: Field, new: Field) -> bool:
    """Whether both are foreign keys to a primary key, or many-to-many tables of Django's own."""
    if any(each.get(name) is not None for each in (old, new) for name in ("through", "to_field")):
        return False
    is_key = old.is_foreign_key is True and new.is_foreign_key is True
    return is_key or (old.is_many_to_many is True and new.is_many_to_many is True)


def _are_apart(subject: Subject, step: Step, first: ModelKey, second: ModelKey) -> bool:
    """Whether an id of one model surely says nothing about a row of the other."""
    old, new = (_own_table(subject, step, key) for key in (first, second))
    if old is None or new is None or old.table == new.table:
        return False
    # Rows may have been made with the ids of the others.
    if evidence.may_handle(evidence.past(subject), second, str(new.table)):
        return False
    origins = [_origins(step, each, _DEPTH) for each in (old, new)]
    return not any(UNKNOWN in each for each in origins) and origins[0].isdisjoint(origins[1])


def _own_table(subject: Subject, step: Step, key: ModelKey) -> ModelState | None:
    """The model where it surely has a table that was made for it."""
    model = step.before.find(key)
    if not isinstance(model, ModelState) or model.is_doubtful or isinstance(model.table, Unknown):
        return None
    if model.is_managed is not True or "swappable" in model.options:
        return None
    return None if any(_takes_over(each, key) for each in _hidden(subject, key)) else model


def _hidden(subject: Subject, key: ModelKey) -> Iterator[Operation]:
    """The operations inside others in the model's app: a table may have changed hands there."""
    for node in subject.graph.order(key.app_label):
        migration = subject.graph.migration(node)
        for operation in migration.operations if migration else ():
            yield from tuple(walk((operation,)))[1:]


def _takes_over(operation: Operation, key: ModelKey) -> bool:
    match operation:
        case CreateModel(name=name) | RenameModel(new_name=name) | AlterModelTable(name=name):
            return name.lower() == key.model_name
        case _:
            return False


def _origins(step: Step, model: ModelState, depth: int) -> frozenset[ModelKey | Unknown]:
    """The models whose ids the model's rows have: itself, and those its primary key points at."""
    found: set[ModelKey | Unknown] = {model.key}
    if isinstance(model.primary_key, Unknown):
        return frozenset({UNKNOWN})
    _, field = model.primary_key
    if field.is_foreign_key is not True:
        is_plain = field.is_django and depth > 0
        return frozenset(found if is_plain else {UNKNOWN})
    target = step.before.resolve(field.get("to"), model.name)
    parent = UNKNOWN if isinstance(target, Unknown) else step.before.find(target)
    if not isinstance(parent, ModelState) or depth == 0:
        return frozenset({UNKNOWN})
    return frozenset(found | _origins(step, parent, depth - 1))
