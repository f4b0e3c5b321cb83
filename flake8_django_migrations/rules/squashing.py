"""7xx: whether migrations should be squashed, and whether a squash is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeAlias

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    AlterField,
    Code,
    CreateModel,
    ModelKey,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    Unknown,
    Verb,
    walk,
)
from flake8_django_migrations.plan.columns import Column, ColumnType, column_of
from flake8_django_migrations.plan.facts import can_run_in_transaction
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.rules.rule import Subject

FieldName: TypeAlias = tuple[str, str]
"""A model's name in lower case and a field's."""

Groups: TypeAlias = tuple[tuple[str, ...], ...] | Unknown
"""What ``unique_together`` lists."""

_ALIKE: Final = 0.85
"""How much of two names must be the same for one to be the other, mistyped."""

_CREATING: Final = frozenset(
    {Verb.CREATE, Verb.GET_OR_CREATE, Verb.UPDATE_OR_CREATE, Verb.BULK_CREATE}
)


def many_pending(subject: Subject) -> Iterator[Finding]:
    """More pending migrations in the app than are worth shipping one by one."""
    if subject.pending is None or subject.migration.key not in subject.pending:
        return
    app_label = subject.migration.app_label
    count = sum(key.app_label == app_label for key in subject.pending)
    is_leaf = subject.migration.key in subject.graph.leaf_nodes(app_label)
    if is_leaf and count > subject.options.squash_after:
        yield found(subject.migration.place, app=app_label, count=str(count))


def field_churn(subject: Subject) -> Iterator[Finding]:
    """A field changed again in the set of migrations that has not shipped."""
    pending = [each for each in subject.earlier if each.key in (subject.pending or ())]
    before = _changes(pending)
    for step in questions.on_database(subject) if before else ():
        change = _change(step.operation)
        if change is None or change[0] not in before:
            continue
        model, field = change[0]
        verb, name = before[change[0]]
        since = pending[[each.name for each in pending].index(name) :]
        if not questions.is_touched_before(subject, step, model, field, since):
            place = step.operation.place
            yield found(place, model=model, field=field, earlier=verb, migration=name)


def _changes(migrations: Sequence[Migration]) -> dict[FieldName, tuple[str, str]]:
    """Each field by its present name: what was done to it last, and where."""
    done: dict[FieldName, tuple[str, str]] = {}
    for migration in migrations:
        for operation in walk(migration.operations):
            match operation:
                case CreateModel(name=model, fields=fields):
                    created = ("created", migration.name)
                    done.update({(model.lower(), name): created for name, _ in fields})
                case RenameField(model_name=model, new_name=name):
                    done[model.lower(), name] = ("renamed", migration.name)
                case RenameModel(old_name=old, new_name=new):
                    done = {
                        (new.lower() if model == old.lower() else model, name): change
                        for (model, name), change in done.items()
                    }
                case _:
                    change = _change(operation)
                    if change is not None:
                        done[change[0]] = (change[1], migration.name)
    return done


def _change(operation: Operation) -> tuple[FieldName, str] | None:
    """The field as it is called before the operation, and what is done to it."""
    match operation:
        case AddField(model_name=model, name=name):
            return (model.lower(), name), "added"
        case AlterField(model_name=model, name=name):
            return (model.lower(), name), "altered"
        case RenameField(model_name=model, old_name=name):
            return (model.lower(), name), "renamed"
        case RemoveField(model_name=model, name=name):
            return (model.lower(), name), "removed"
        case _:
            return None


def squash_of_unshipped(subject: Subject) -> Iterator[Finding]:
    """A squash of migrations that are not everywhere yet."""
    for key in subject.migration.replaces:
        if subject.pending is not None and key in subject.pending:
            yield found(subject.migration.place, migration=key.name)
            return


def squash_mismatch(subject: Subject) -> Iterator[Finding]:
    """A squash that differs from the migrations it replaces."""
    if subject.migration.replaces and subject.replaced:
        for difference in _differences(subject):
            yield found(subject.migration.place, difference=difference)


def _differences(subject: Subject) -> Iterator[str]:
    squash, replaced = subject.migration, subject.replaced
    mistaken = _mistaken_name(subject)
    if mistaken:
        yield f"there is no migration {mistaken}"
    if any(each.run_before for each in replaced) and not squash.run_before:
        yield "run_before of what it replaces is lost"
    if _needs_no_transaction(subject):
        yield "it works concurrently, but `atomic = False` is lost"
    lost = _lost_function(subject)
    if lost:
        yield f"{lost} creates rows and is not called"
    if {each.key for each in replaced} == set(squash.replaces):
        yield from _state_difference(subject)


def _mistaken_name(subject: Subject) -> str:
    """A name that is not there while one much like it is; others have been deleted since."""
    here = {each.key for each in subject.replaced}
    near = [each.name for each in (*subject.earlier, *subject.later) if each.key not in here]
    for key in subject.migration.replaces:
        is_own = key.app_label == subject.migration.app_label
        if is_own and key not in here and get_close_matches(key.name, near, cutoff=_ALIKE):
            return key.name
    return ""


def _needs_no_transaction(subject: Subject) -> bool:
    """Whether a statement of the squash is refused where the originals let it through."""
    return any(each.atomic is False for each in subject.replaced) and any(
        step.in_transaction is True and not can_run_in_transaction(action, subject.database)
        for step, action in questions.actions(subject)
    )


def _lost_function(subject: Subject) -> str:
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
        if write.verb in _CREATING and not write.in_loop and isinstance(write.model, ModelKey):
            yield write.model


def _may_delete(operation: RunPython, model: ModelKey) -> bool:
    """Whether a later function may take the seed away again; in doubt: True."""
    if isinstance(operation.code, Code) and operation.code.is_noop:
        return False
    body = questions.body_of(operation.code)
    return (
        body is None
        or bool(body.sql)
        or any(
            write.verb is Verb.DELETE and write.model in {model, UNKNOWN} for write in body.writes
        )
    )


def _state_difference(subject: Subject) -> Iterator[str]:
    """The first model that the originals leave in another shape, if all of it is known."""
    if not subject.steps or not subject.migration.is_complete:
        return
    original = subject.steps[0].before
    for migration in sorted(subject.replaced, key=lambda it: len(subject.graph.earlier(it.key))):
        original = run(original, migration)
    squashed = subject.steps[-1].after
    if original.is_doubtful or squashed.is_doubtful:
        return
    for key in sorted(original.models.keys() | squashed.models.keys()):
        what = _model_difference(subject, original, squashed, key)
        if what:
            yield f"{key.model_name} {what}"
            return


def _model_difference(
    subject: Subject, original: ProjectState, squashed: ProjectState, key: ModelKey
) -> str:
    one, other = original.models.get(key), squashed.models.get(key)
    if one is None or other is None:
        return "is missing" if other is None else "is not in them"
    if one.is_doubtful or other.is_doubtful:
        return ""
    if one.table != other.table:
        return f"has table {other.table}, not {one.table}"
    odd = sorted(one.fields.keys() ^ other.fields.keys())
    if odd:
        return f"differs in field {odd[0]}"
    for name in one.fields:
        how = _field_difference(subject, name, (original, one), (squashed, other))
        if how:
            return f"differs in field {name}: {how}"
    return _index_difference(one, other)


def _field_difference(
    subject: Subject,
    name: str,
    one: tuple[ProjectState, ModelState],
    other: tuple[ProjectState, ModelState],
) -> str:
    """What of the field is another to the database; empty if nothing, and in doubt."""
    fields = [model.fields[name] for _state, model in (one, other)]
    columns = [
        column_of(name, field, state, model, subject.database)
        for field, (state, model) in zip(fields, (one, other), strict=True)
    ]
    match columns:
        case [Column(type=ColumnType()) as first, Column(type=ColumnType()) as second]:
            if first.type != second.type:
                return f"{second.type_sql}, not {first.type_sql}"
            one_shape, other_shape = _shape(first), _shape(second)
            return next((each for each in one_shape if one_shape[each] != other_shape[each]), "")
        case _:
            kinds = {each.is_many_to_many for each in fields}
            return "a column, or a table of its own" if kinds == {True, False} else ""


def _shape(column: Column) -> dict[str, object]:
    """What the database knows of the field beside its type, in words and as it is."""
    return {
        "its column": column.column,
        "its NULLs": column.field.null,
        "its db_default": column.field.get("db_default"),
        "its primary key": column.is_primary_key,
        "its unique constraint": column.has_unique,
        "its index": column.is_indexed,
        "its foreign key": (column.is_constrained, column.target.table),
        "its collation": column.collation,
    }


def _index_difference(one: ModelState, other: ModelState) -> str:
    if {each.name for each in one.indexes} != {each.name for each in other.indexes}:
        return "differs in its indexes"
    if {each.name for each in one.constraints} != {each.name for each in other.constraints}:
        return "differs in its constraints"
    if _are_other(one.unique_together, other.unique_together):
        return "differs in unique_together"
    if _are_other(one.index_together, other.index_together):
        return "differs in index_together"
    return ""


def _are_other(one: Groups, other: Groups) -> bool:
    return not isinstance(one, Unknown) and not isinstance(other, Unknown) and {*one} != {*other}
