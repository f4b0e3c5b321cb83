"""Models that are deleted in one app and created again, empty, in another."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from flake8_django_migrations.history.replay import apply, run
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import CreateModel, DeleteModel, ModelKey, walk
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.steps import Side
from flake8_django_migrations.rules import evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flake8_django_migrations.migration import Field, Migration
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject


class Move(NamedTuple):
    """The step that comes second, the model that is dropped, the one that begins empty."""

    step: Step
    old: ModelKey
    new: ModelKey


def moves(subject: Subject) -> Iterator[Move]:
    """The models that this migration moves without their rows, as far as its dependencies tell."""
    for step in subject.steps:
        if step.side is not Side.BOTH:
            continue
        match step.operation:
            case DeleteModel() as operation:
                yield from _deleted(subject, step, operation)
            case CreateModel() as operation:
                yield from _created(subject, step, operation)
            case _:
                pass


def _deleted(subject: Subject, step: Step, operation: DeleteModel) -> Iterator[Move]:
    """A model deleted here that another app has created before."""
    model = evidence.managed_model(step, operation.name)
    if model is None or not any(
        each.kind is Kind.DROP_TABLE and each.table == model.table and not step.is_new(each.table)
        for each in step.forwards
    ):
        return
    for line in _lines(subject):
        for migration in line:
            for each in migration.operations:
                if isinstance(each, CreateModel) and _is_likeness(each, model):
                    new = ModelKey(migration.app_label, model.key.model_name)
                    asked = (*subject.earlier, subject.migration, *line)
                    if not _may_be_copied(asked, new):
                        yield Move(step, model.key, new)


def _created(subject: Subject, step: Step, operation: CreateModel) -> Iterator[Move]:
    """A model created here that another app has deleted before."""
    for line in _lines(subject):
        for number, migration in enumerate(line):
            for each in migration.operations:
                if not isinstance(each, DeleteModel) or each.name.lower() != operation.name.lower():
                    continue
                model = _before(line[:number], migration, each)
                if model is None or not _is_likeness(operation, model):
                    continue
                if not _may_be_copied((migration, subject.migration), model.key):
                    yield Move(step, model.key, step.before.key(operation.name))


def _lines(subject: Subject) -> Iterator[tuple[Migration, ...]]:
    """The migrations of other apps that this one depends on, oldest first, app by app."""
    graph = subject.graph
    for parent in graph.parents(subject.migration.key):
        if parent.app_label != subject.migration.app_label:
            found = map(graph.migration, (*graph.earlier(parent), parent))
            yield tuple(each for each in found if each is not None)


def _before(
    line: tuple[Migration, ...], migration: Migration, operation: DeleteModel
) -> ModelState | None:
    """The model as another app had it in front of the operation that deletes it."""
    state = ProjectState(app_label=migration.app_label)
    for each in line:
        state = run(state, each)
    for before in takewhile(lambda each: each is not operation, migration.operations):
        state = apply(state, before)
    match state.model(operation.name):
        case ModelState(is_doubtful=False, is_managed=True) as model:
            return model
        case _:
            return None


def _is_likeness(created: CreateModel, model: ModelState) -> bool:
    """Whether the model created has the name, the fields and the classes of the other."""
    if created.name.lower() != model.key.model_name or not created.is_complete:
        return False
    if created.options.get("managed", True) is not True or "proxy" in created.options:
        return False
    return len(model.fields) > 1 and _classes(dict(created.fields)) == _classes(model.fields)


def _classes(fields: Mapping[str, Field]) -> dict[str, str]:
    return {name: field.path for name, field in fields.items()}


def _may_be_copied(migrations: Iterable[Migration], model: ModelKey) -> bool:
    """Whether any of the migrations may read or write the model's rows; in doubt: True."""
    operations = (each for migration in migrations for each in walk(migration.operations))
    return evidence.may_handle(operations, model, f"{model.app_label}_{model.model_name}")
