"""Which data steps make the rows of a fresh database, and which only fill rows that are there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    UNKNOWN,
    Code,
    ModelKey,
    OpaqueOperation,
    RunPython,
    RunSQL,
    Unknown,
    Verb,
    walk,
)
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import spell

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_ASKING: Final = frozenset({Verb.GET_OR_CREATE, Verb.UPDATE_OR_CREATE})
_CREATING: Final = _ASKING | {Verb.CREATE, Verb.BULK_CREATE}
"""A guard before the plain ones may ask for rows of theirs, or for rows that must be there."""

_FILLING: Final = frozenset({Verb.SAVE, Verb.UPDATE, Verb.BULK_UPDATE})


def lost(subject: Subject) -> str:
    """A seed of the originals that the squash does not call; in doubt none.

    What only works on rows that are there has nothing to do on a fresh database.
    """
    called = {_name(each.code) for each in _data_steps(subject.migration)}
    if not subject.migration.is_complete or "" in called:
        return ""
    originals = [(each, step) for each in subject.replaced for step in _data_steps(each)]
    for index, (migration, step) in enumerate(originals):
        if step.elidable is not False or _name(step.code) in called:
            continue
        rest = [each for _migration, each in originals[index + 1 :]]
        if any(not any(_may_delete(each, model) for each in rest) for model in _seeded(step)):
            return f"{migration.name}.{_name(step.code)}"
    return ""


def _data_steps(migration: Migration) -> Iterator[RunPython]:
    return (each for each in walk(migration.operations) if isinstance(each, RunPython))


def _name(code: Code | Unknown) -> str:
    return code.name.rpartition(".")[2] if isinstance(code, Code) else ""


def _seeded(operation: RunPython) -> Iterator[ModelKey]:
    """The models whose rows the function makes of its own accord, in an empty database too."""
    body = questions.body_of(operation.code)
    for write in body.writes if body is not None and not body.loops else ():
        is_sure = write.verb in _ASKING or (write.verb in _CREATING and not write.is_guarded)
        if is_sure and not write.in_loop and isinstance(write.model, ModelKey):
            yield write.model


def _may_delete(operation: RunPython, model: ModelKey) -> bool:
    """Whether a later function may take the seed away again; in doubt: True."""
    if isinstance(operation.code, Code) and operation.code.is_noop:
        return False
    body = questions.body_of(operation.code)
    return (
        body is None
        or bool(body.sql)
        or any(write.verb is Verb.DELETE and _may_be(write.model, model) for write in body.writes)
    )


def _may_be(written: ModelKey | Unknown, model: ModelKey) -> bool:
    """Whether the rows written are the model's; in doubt: True."""
    return written == model or not isinstance(written, ModelKey) or written.is_setting


def planted(subject: Subject, operation: RunPython) -> Iterator[tuple[str, str]]:
    """The function and the model of the app whose rows it makes, if nothing deletes them later."""
    rest = [each for migration in subject.later for each in _data_steps(migration)]
    for model in dict.fromkeys(_seeded(operation)):
        is_own = model.app_label == subject.migration.app_label
        if is_own and not any(_may_delete(each, model) for each in rest):
            yield _name(operation.code), spell(model)


# Backfills -------------------------------------------------------------------------------


def backfills(subject: Subject) -> Iterator[tuple[Step, str]]:
    """The steps that do nothing where there are no rows, with their names; in doubt none.

    One that says whether it is elidable has been thought about.
    """
    for step in questions.on_database(subject):
        match step.operation:
            case RunPython(code=Code(name=name), says_elidable=False) as operation:
                models = _filled(operation)
            case RunSQL(state_operations=(), says_elidable=False):
                name, models = "the UPDATE", _updated(step)
            case _:
                continue
        if models and not any(_may_hold_rows(subject, step, model) for model in models):
            yield step, name


def _filled(operation: RunPython) -> frozenset[ModelKey]:
    """The models whose rows the function fills, if it does nothing else."""
    body = questions.body_of(operation.code)
    if body is None or not body.is_complete or body.sql:
        return frozenset()
    filled = [write.model for write in body.writes if write.verb in _FILLING]
    known = frozenset(each for each in filled if isinstance(each, ModelKey))
    return known if len(filled) == len(body.writes) and UNKNOWN not in filled else frozenset()


def _updated(step: Step) -> frozenset[ModelKey]:
    """The models whose tables the SQL updates, if it does nothing else."""
    models = [questions.model_of(step.before, each.table) for each in step.forwards]
    if any(each.kind is not Kind.UPDATE for each in step.forwards) or None in models:
        return frozenset()
    return frozenset(each.key for each in models if each)


def _may_hold_rows(subject: Subject, step: Step, model: ModelKey) -> bool:
    """Whether a fresh database may have rows of the model at this step; in doubt: True."""
    is_read = all(each.is_complete for each in (*subject.earlier, subject.migration))
    if not is_read or model.app_label != subject.migration.app_label:
        return True
    before = [each for one in subject.earlier for each in walk(one.operations)]
    before += [each.operation for each in takewhile(lambda each: each is not step, subject.steps)]
    return any(_may_create(operation, model) for operation in before)


def _may_create(operation: Operation, model: ModelKey) -> bool:
    match operation:
        case RunPython(code=Code(is_noop=True)):
            return False
        case RunPython(code=code):
            body = questions.body_of(code)
            return (
                body is None
                or not body.is_complete
                or bool(body.sql)
                or any(
                    write.verb in _CREATING and _may_be(write.model, model) for write in body.writes
                )
            )
        case RunSQL(sql=sql):
            return isinstance(sql, Unknown) or any(map(questions.moves_rows, sql))
        case OpaqueOperation():
            return True
        case _:
            return False
