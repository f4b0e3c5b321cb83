"""6xx: whether the graph is sound, on a fresh database too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import (
    AddField,
    AlterField,
    CreateModel,
    Field,
    GetModel,
    Place,
    Reference,
    RunPython,
    Value,
    walk,
)
from flake8_django_migrations.rules import extensions, merges, questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.migration import Operation
    from flake8_django_migrations.rules.rule import Subject

_WITHOUT_USERS: Final = frozenset({"contenttypes", "flatpages", "redirects", "sessions", "sites"})
"""Django's own apps that neither have the user model nor lead to it."""


def dangling_dependency(subject: Subject) -> Iterator[Finding]:
    """A dependency on a migration that is nowhere."""
    for dependency in subject.graph.missing(subject.migration.key):
        name = f"{dependency.app_label}.{dependency.name}"
        yield found(dependency.place, dependency=name)


def undeclared_dependency(subject: Subject) -> Iterator[Finding]:
    """Another app's model used without a path to that app."""
    told: set[str] = set()
    for app_label, what, place in _needs(subject):
        if app_label == subject.migration.app_label or app_label in told:
            continue
        if subject.graph.reaches_app(subject.migration.key, app_label) is False:
            told.add(app_label)
            yield found(place, what=what, app=app_label)


def _needs(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    """App label, what needs it, and where; a way back runs when everything is there."""
    for operation in walk(subject.migration.operations):
        for what, target in _targets(operation):
            app_label, dot, _name = target.rpartition(".")
            if dot and "." not in app_label:
                yield app_label, what, operation.place
        if isinstance(operation, RunPython):
            body = questions.body_of(operation.code)
            certain = (get for get in body.gets if not get.is_tried) if body is not None else ()
            for get in certain:
                yield get.model.app_label, _call(get), get.place


def _call(get: GetModel) -> str:
    return f"get_model({get.model.app_label!r}, {get.written.rpartition('.')[2]!r})"


def _targets(operation: Operation) -> Iterator[tuple[str, str]]:
    """The models that an operation's relations and bases name, with what names them."""
    for what, field in _relations(operation):
        for keyword in ("to", "through"):
            target = field.get(keyword)
            if isinstance(target, str):
                yield what, target
    if isinstance(operation, CreateModel) and isinstance(operation.bases, tuple):
        for base in operation.bases:
            if isinstance(base, str):
                yield operation.name.lower(), base


def _relations(operation: Operation) -> Iterator[tuple[str, Field]]:
    """The fields that an operation adds or alters, by the names messages give them."""
    match operation:
        case CreateModel(name=model, fields=fields):
            for name, field in fields:
                yield f"{model.lower()}.{name}", field
        case AddField(field=Field() as field) | AlterField(field=Field() as field):
            yield f"{operation.model_name.lower()}.{operation.name}", field
        case _:
            pass


def circular_dependency(subject: Subject) -> Iterator[Finding]:
    """A migration that comes before itself."""
    cycle = subject.graph.cycle(subject.migration.key)
    if cycle:
        names = [".".join(key) for key in (*cycle, cycle[0])]
        yield found(subject.migration.place, cycle=" -> ".join(names))


def several_leaves(subject: Subject) -> Iterator[Finding]:
    """One of several migrations of the app that nothing follows."""
    if not subject.graph.is_certain:
        return
    leaves = subject.graph.leaf_nodes(subject.migration.app_label)
    if len(leaves) > 1 and subject.migration.key in leaves:
        others = sorted(key.name for key in leaves if key != subject.migration.key)
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        yield found(
            subject.migration.place, app=subject.migration.app_label, other=f"{others[0]}{more}"
        )


def undeclared_swappable_dependency(subject: Subject) -> Iterator[Finding]:
    """A relation to a swappable model without its swappable dependency."""
    named: dict[str, Finding] = {}
    for operation in walk(subject.migration.operations):
        for what, field in _relations(operation):
            setting = _setting(field.get("to"))
            if setting:
                named.setdefault(setting, found(operation.place, what=what, setting=setting))
    if named and not _may_be_in_order(subject):
        yield from named.values()


def _setting(target: Value) -> str | None:
    match target:
        case Reference(path=path) if path.startswith("django.conf.settings."):
            return path.rpartition(".")[2]
        case _:
            return None


def _may_be_in_order(subject: Subject) -> bool:
    """Whether what is declared may lead to the app that has the model.

    Only Django's own apps without users surely do not; the model may also be one of this app.
    """
    if not subject.graph.is_certain or (subject.steps and _may_have_users(subject.steps[-1].after)):
        return True
    declaring = (*subject.earlier, *subject.replaced, subject.migration)
    dependencies = [each for migration in declaring for each in migration.dependencies]
    harmless = {subject.migration.app_label, *_WITHOUT_USERS}
    return any(each.setting or each.app_label not in harmless for each in dependencies)


def _may_have_users(state: ProjectState) -> bool:
    """Whether a model of the app may be the project's user model, or swapped by a setting."""
    return state.is_doubtful or any(
        model.is_doubtful or "swappable" in model.options or "last_login" in model.fields
        for model in state.models.values()
    )


def late_run_before(subject: Subject) -> Iterator[Finding]:
    """A migration that wants to run before one that has shipped already."""
    migration, shipped = subject.migration, subject.options.shipped
    if shipped is None or migration.replaces:
        return
    for each in migration.run_before:
        key = subject.graph.resolve(each.key, migration.key) if each.key else None
        target = subject.graph.migration(key) if key else None
        if target is not None and Path(target.path).resolve() in shipped:
            yield found(each.place, target=".".join(target.key))


def moving_dependency(subject: Subject) -> Iterator[Finding]:
    """A dependency on whatever is another app's last migration."""
    for each in subject.migration.dependencies:
        is_own = each.app_label == subject.migration.app_label
        if each.key and each.name == "__latest__" and not is_own:
            yield found(each.place, app=each.key.app_label)


def unloaded_migration(subject: Subject) -> Iterator[Finding]:
    """A file with a migration that Django never loads; of a folder, its last one tells."""
    if subject.unloaded and subject.migration.key in subject.graph.leaf_nodes():
        yield found(subject.migration.place, why=subject.unloaded)


def misplaced_initial(subject: Subject) -> Iterator[Finding]:
    """An ``initial = True`` that --fake-initial goes by, behind a migration without it."""
    is_looked_for = any(
        isinstance(operation, (CreateModel, AddField)) for operation in subject.migration.operations
    )
    if subject.migration.initial is not True or not is_looked_for:
        return
    for each in reversed(subject.earlier):
        if each.initial is False and subject.graph.own_parents(each.key):
            yield found(subject.migration.place, migration=each.name)
            return


def conflicting_merge(subject: Subject) -> Iterator[Finding]:
    """A merge of branches that change the same model or field."""
    for conflict in merges.conflicts(subject):
        place = subject.migration.place
        yield found(place, one=conflict.one, other=conflict.other, what=conflict.what)


def missing_extension(subject: Subject) -> Iterator[Finding]:
    """A type, operator class or access method of an extension that nothing creates."""
    for need in extensions.missing(subject):
        yield found(need.place, what=need.what, extension=need.extension)


def repeated_number(subject: Subject) -> Iterator[Finding]:
    """A number that a migration before it has already.

    Two branches that are merged later may share one: neither comes before the other.
    """
    number, underscore, _ = subject.migration.name.partition("_")
    if not number.isdecimal() or not underscore or subject.migration.replaces:
        return
    for migration in reversed(subject.earlier):
        if migration.key.name.startswith(f"{number}_"):
            yield found(subject.migration.place, migration=migration.name, number=number)
            return
