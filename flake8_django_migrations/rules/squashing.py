"""7xx: whether migrations should be squashed, and whether a squash is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeAlias

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.migration import (
    AddField,
    AlterField,
    Code,
    CreateModel,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    walk,
)
from flake8_django_migrations.plan.facts import can_run_in_transaction
from flake8_django_migrations.rules import questions, seeds
from flake8_django_migrations.rules.rule import Finding, found
from flake8_django_migrations.rules.shapes import model_difference

if TYPE_CHECKING:
    from flake8_django_migrations.migration import Migration, Operation
    from flake8_django_migrations.rules.rule import Subject

FieldName: TypeAlias = tuple[str, str]
"""A model's name in lower case and a field's."""

_ALIKE: Final = 0.85
"""How much of two names must be the same for one to be the other, mistyped."""

_LOADS_NESTED: Final = (6, 0)
"""The Django version that applies a squash of squashes in order."""


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
    if squash.key in squash.replaces:
        yield "it names itself in `replaces`, so that Django loads neither"
    mistaken = _mistaken_name(subject)
    if mistaken:
        yield f"there is no migration {mistaken}"
    if _loses_order(subject):
        yield "run_before of what it replaces is lost"
    if _needs_no_transaction(subject):
        yield "it works concurrently, but `atomic = False` is lost"
    lost = seeds.lost(subject)
    if lost:
        yield f"{lost} creates rows and is not called"
    if {each.key for each in replaced} == set(squash.replaces):
        yield from _state_difference(subject)


def _loses_order(subject: Subject) -> bool:
    """Whether the originals want to run before something, and the squash no more.

    A target that depends on the squash by itself comes after it all the same.
    """
    squash, covered = subject.migration, {subject.migration.key, *subject.migration.replaces}
    kept = {each.key for each in squash.run_before} | covered
    for each in (entry for original in subject.replaced for entry in original.run_before):
        target = subject.graph.migration(each.key) if each.key else None
        declared = {one.key for one in target.dependencies} if target else set()
        if each.key and each.key not in kept and not declared & covered:
            return True
    return False


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
        what = model_difference(subject.database, original, squashed, key)
        if what:
            yield f"{key.model_name} {what}"
            return


def replaced_dependency(subject: Subject) -> Iterator[Finding]:
    """A dependency on a migration that a squash replaces, by one that will outlive it."""
    own = subject.migration.key
    for each in subject.migration.dependencies:
        if each.key is None or each.name.startswith("__"):
            continue
        squash = subject.graph.resolve(each.key, own)
        if squash and squash != each.key and own in subject.graph.order():
            yield found(each.place, dependency=".".join(each.key), squash=squash.name)


def squash_of_squash(subject: Subject) -> Iterator[Finding]:
    """A squash that replaces another squash, on a Django that cannot load both."""
    for each in subject.replaced if subject.options.django < _LOADS_NESTED else ():
        if each.replaces and each.key != subject.migration.key:
            yield found(subject.migration.place, squash=each.name)


def unsquashable_callable(subject: Subject) -> Iterator[Finding]:
    """A function without a name that squashmigrations could write down."""
    for operation in walk(subject.migration.operations):
        if isinstance(operation, RunPython) and operation.elidable is False:
            for code in (operation.code, operation.reverse_code):
                if isinstance(code, Code) and code.is_local:
                    what = (
                        "a lambda" if code.name == "<lambda>" else f"{code.name}, a local function,"
                    )
                    yield found(operation.place, what=what)
                    break


def unelidable_backfill(subject: Subject) -> Iterator[Finding]:
    """A step that only fills rows that are there, and is not said to be left out of a squash."""
    for step, what in seeds.backfills(subject):
        yield found(step.operation.place, what=what)


def elidable_seed(subject: Subject) -> Iterator[Finding]:
    """A function that makes the rows of a fresh database, marked to be left out of a squash."""
    for step in questions.on_database(subject):
        operation = step.operation
        if isinstance(operation, RunPython) and operation.elidable is True:
            for name, model in seeds.planted(subject, operation):
                yield found(operation.place, function=name, model=model)
