"""What two branches of an app's history both change, when a merge joins them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterModelTable,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
)
from flake8_django_migrations.rules.shapes import field_difference

if TYPE_CHECKING:
    from flake8_django_migrations.history.graph import MigrationGraph
    from flake8_django_migrations.migration import Migration, MigrationKey, Operation
    from flake8_django_migrations.plan.databases import Database
    from flake8_django_migrations.rules.rule import Subject

Part: TypeAlias = tuple[str, str]
"""A model's name in lower case, and what of it by its name; no name means all of it."""

Branch: TypeAlias = Sequence["Migration"]

_OPTIONS: Final[Mapping[str, Callable[[ModelState], object]]] = {
    "db_table": lambda model: model.table,
    "unique_together": lambda model: model.unique_together,
    "index_together": lambda model: model.index_together,
    "order_with_respect_to": lambda model: model.options.get("order_with_respect_to"),
}
"""The options with operations of their own that the database sees."""


Way: TypeAlias = tuple[ProjectState, ModelState]
"""What comes out of one order: the state, and the model in it."""


class Conflict(NamedTuple):
    """The last migrations of two branches, and what both change."""

    one: str
    other: str
    what: str


def conflicts(subject: Subject) -> Iterator[Conflict]:
    """The pairs of joined branches that change the same, so that their order decides."""
    graph = subject.graph
    for one, other in combinations(graph.own_parents(subject.migration.key), 2):
        line, second = ((*graph.earlier(key), key) for key in (one, other))
        shared = _migrations(graph, line, set(line).intersection(second))
        branches = (
            _migrations(graph, line, set(line).difference(second)),
            _migrations(graph, second, set(second).difference(line)),
        )
        what = _conflict(subject, shared, *branches)
        if what:
            yield Conflict(one.name, other.name, what)


def _migrations(
    graph: MigrationGraph, line: Sequence[MigrationKey], kept: Container[MigrationKey]
) -> Branch:
    return [graph.nodes[key] for key in line if key in kept]


def _conflict(subject: Subject, shared: Branch, one: Branch, other: Branch) -> str:
    """What both branches change, as messages name it; empty if nothing."""
    changed, changed_too = _changes(one), _changes(other)
    redefined: list[Part] = []
    for part, second in product(sorted(changed), sorted(changed_too)):
        if part[0] == second[0] and (part == second or not part[1] or not second[1]):
            if not (changed[part] and changed_too[second]):
                return _spell(max(part, second))
            redefined.append(part)
    settled = _changes([subject.migration])
    left = [part for part in redefined if part not in settled]
    return _other_by_order(subject, shared, (one, other), left) if left else ""


def _spell(part: Part) -> str:
    return ".".join(filter(None, part))


def _changes(branch: Branch) -> Mapping[Part, bool]:
    """What a branch changes, and whether it only gives it another definition.

    Of two definitions the later one counts, and where both are the same nothing happens; what is
    made, renamed or removed twice fails.
    """
    found: dict[Part, bool] = {}
    for migration in branch:
        for operation in migration.operations:
            for part in _redefined(operation):
                found.setdefault(part, True)
            found.update(dict.fromkeys(_made_or_removed(operation), False))
    return found


def _redefined(operation: Operation) -> Iterator[Part]:
    match operation:
        case AlterField(model_name=model, name=name):
            yield model.lower(), name
        case AlterModelTable(name=model):
            yield model.lower(), "db_table"
        case AlterUniqueTogether(name=model):
            yield model.lower(), "unique_together"
        case AlterIndexTogether(name=model):
            yield model.lower(), "index_together"
        case AlterOrderWithRespectTo(name=model):
            yield model.lower(), "order_with_respect_to"
        case _:
            return


def _made_or_removed(operation: Operation) -> Iterator[Part]:
    match operation:
        case CreateModel(name=model) | DeleteModel(name=model):
            yield model.lower(), ""
        case RenameModel(old_name=old, new_name=new):
            yield from ((old.lower(), ""), (new.lower(), ""))
        case AddField(model_name=model, name=name) | RemoveField(model_name=model, name=name):
            yield model.lower(), name
        case RenameField(model_name=model, old_name=old, new_name=new):
            yield from ((model.lower(), old), (model.lower(), new))
        case AddIndex(model_name=model, index=added) if isinstance(added.name, str):
            yield model.lower(), added.name
        case AddConstraint(model_name=model, constraint=added) if isinstance(added.name, str):
            yield model.lower(), added.name
        case (
            RemoveIndex(model_name=model, name=name) | RemoveConstraint(model_name=model, name=name)
        ):
            yield model.lower(), name
        case RenameIndex(model_name=model, new_name=new, old_name=old):
            yield from ((model.lower(), name) for name in (old, new) if name)
        case _:
            return


def _other_by_order(
    subject: Subject, shared: Branch, branches: tuple[Branch, Branch], parts: Sequence[Part]
) -> str:
    """The first of the parts that is another to the database when the other branch runs last."""
    one, other = branches
    empty = ProjectState(app_label=subject.migration.app_label)
    states = [_after(empty, [*shared, *one, *other]), _after(empty, [*shared, *other, *one])]
    for model_name, name in parts:
        models = [state.models.get(state.key(model_name)) for state in states]
        match models:
            case [ModelState(is_doubtful=False) as left, ModelState(is_doubtful=False) as right]:
                ways = (states[0], left), (states[1], right)
                if _differ(subject.database, name, *ways):
                    return _spell((model_name, name))
            case _:
                continue
    return ""


def _after(state: ProjectState, migrations: Branch) -> ProjectState:
    for migration in migrations:
        state = run(state, migration)
    return state


def _differ(database: Database, name: str, one: Way, other: Way) -> bool:
    """Whether the field or option is another; in doubt: False."""
    models = one[1], other[1]
    if name in _OPTIONS:
        values = [_OPTIONS[name](model) for model in models]
        return values[0] != values[1] and UNKNOWN not in values
    is_there = all(name in model.fields for model in models)
    return is_there and bool(field_difference(database, name, one, other))
