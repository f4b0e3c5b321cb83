"""The states of an app, from migration to migration, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from flake8_django_migrations.history.app import App
from flake8_django_migrations.history.graph import Ancestry, Mentions, MigrationGraph, Writes
from flake8_django_migrations.history.nodes import AppNodes
from flake8_django_migrations.history.renames import follow_elsewhere, referred_apps
from flake8_django_migrations.history.replay import run
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    CreateCollation,
    CreateExtension,
    CreateModel,
    Migration,
    MigrationKey,
    ModelKey,
    OpaqueOperation,
    RemoveCollation,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    Unknown,
    walk,
)

_NEEDS_NO_MODEL: Final = (
    CreateCollation,
    CreateExtension,
    OpaqueOperation,
    RemoveCollation,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)

_RENAMES: Final = ("RenameModel", "RenameField")

IsShipped: TypeAlias = Callable[[Migration], bool]
"""Whether a migration has surely run."""

Naming: TypeAlias = Callable[[ModelKey], frozenset[str]]
"""The apps whose migrations may name a model, to tell cheaply that none does."""

Others: TypeAlias = Callable[[str], "Timeline | None"]
"""How a timeline asks for another app's: None where that is not on disk, or in several places."""


def no_others(_app_label: str) -> Timeline | None:
    """No other app can be looked at."""
    return None


class Timeline:
    """The states of one app, as its own dependencies order them.

    A state is doubtful where something before it could not be read, or is not there.
    """

    def __init__(
        self,
        app: App,
        others: Others = no_others,
        mentions: Mentions | None = None,
        writes: Writes = lambda _words: True,
        naming: Naming = lambda _model: frozenset(),
    ) -> None:
        self.nodes = AppNodes(app)
        self.graph = MigrationGraph(self.nodes, self._nodes_of, mentions, writes)
        self._others = others
        self._naming = naming
        self._empty = ProjectState(app_label=app.label)
        self._after: dict[MigrationKey, ProjectState] = {}
        self._joined: dict[tuple[MigrationKey, ...], ProjectState] = {}
        self._ancestries: dict[MigrationKey, Ancestry] = {}
        self._found: dict[tuple[MigrationKey, ModelKey], ModelState | Unknown | None] = {}

    def _nodes_of(self, app_label: str) -> AppNodes | None:
        other = self._others(app_label)
        return other.nodes if other else None

    def before(self, key: MigrationKey, is_shipped: IsShipped | None = None) -> ProjectState:
        """The state in front of a migration.

        It sees the models of another app as far as the migration depends on that app; where it
        does not for certain, they are UNKNOWN. What points here has been made by a migration
        that this one depends on, or by one that has shipped.
        """
        return replace(
            self._before(key),
            elsewhere=partial(self._elsewhere, key),
            pointing=partial(self._pointing, key, is_shipped),
        )

    def after(self, key: MigrationKey) -> ProjectState:
        """The state after a migration."""
        if key not in self._after:
            for each in (*self.graph.earlier(key), key):
                if each not in self._after:
                    self._after[each] = run(self._before(each), self.nodes.nodes[each])
        return self._after[key]

    def _before(self, key: MigrationKey) -> ProjectState:
        if not self.graph.is_reachable(key):
            return self._empty.doubt(None)
        parents = self.graph.own_parents(key)
        state = self._followed(self.after_all(parents), key, parents)
        return state.doubt(None) if self._is_in_doubt(key) else state

    def _followed(
        self, state: ProjectState, key: MigrationKey, parents: tuple[MigrationKey, ...]
    ) -> ProjectState:
        """The state once other apps have renamed what this migration is the first to see renamed.

        Only a dependency that is new to the app's line can lead there, and few projects rename.
        """
        named = self._named(key)
        if any(self._named(parent) is named for parent in parents):
            return state
        known = frozenset[MigrationKey]().union(*(self._named(parent) for parent in parents))
        referred = referred_apps(state) if named - known else frozenset[str]()
        if not referred or not self.graph.is_written(*_RENAMES):
            return state
        done = {each for parent in parents for each in self._ancestry(parent).keys}
        fresh = (each for each in self._ancestry(key).keys if each not in done)
        for migration in filter(None, map(self.graph.migration, fresh)):
            if migration.app_label in referred:
                state = follow_elsewhere(state, migration.app_label, migration.operations)
        return state

    def _named(self, key: MigrationKey) -> frozenset[MigrationKey]:
        return self.nodes.named.get(key, frozenset())

    def after_all(self, keys: tuple[MigrationKey, ...]) -> ProjectState:
        """The state after several migrations: after the last, then what the others add to it."""
        if len(keys) < 2:
            return self.after(keys[0]) if keys else self._empty
        *others, last = keys
        if keys not in self._joined:
            state = self.after(last)
            done = {*self.graph.earlier(last), last}
            for other in reversed(others):
                for each in (*self.graph.earlier(other), other):
                    if each not in done:
                        done.add(each)
                        doubtful = state.doubt(None) if self._is_in_doubt(each) else state
                        state = run(doubtful, self.nodes.nodes[each])
            self._joined[keys] = state
        return self._joined[keys]

    def _is_in_doubt(self, key: MigrationKey) -> bool:
        """Whether something may lie in front of a migration that nobody can see."""
        if self.nodes.app.is_alone or not self.nodes.is_linked(key):
            return True
        return not self.graph.own_parents(key) and not _starts_app(self.nodes.nodes[key])

    def _elsewhere(self, key: MigrationKey, model: ModelKey) -> ModelState | Unknown | None:
        if (key, model) not in self._found:
            self._found[key, model] = self._find(key, model)
        return self._found[key, model]

    def _find(self, key: MigrationKey, model: ModelKey) -> ModelState | Unknown | None:
        other = self._others(model.app_label)
        if other is None:
            return UNKNOWN
        direct = other.heads(self.graph.reached(key, model.app_label))
        if direct:
            found = other.after_all(direct).find(model)
            # A model that stays so to the end is so wherever else the dependencies may lead.
            if isinstance(found, ModelState) and found == other.latest().find(model):
                return found
        ancestry = self._ancestry(key)
        heads = other.heads(each for each in ancestry.keys if each.app_label == model.app_label)
        reached = other.after_all(heads).find(model) if heads else UNKNOWN
        return UNKNOWN if reached is None and not ancestry.is_complete else reached

    def _pointing(
        self, key: MigrationKey, is_shipped: IsShipped | None, models: frozenset[ModelKey]
    ) -> tuple[ProjectState, ...]:
        labels = frozenset[str]().union(*map(self._naming, models)) - {key.app_label}
        timelines = filter(None, map(self._others, sorted(labels)))
        found = (self._as_far_as(key, other, is_shipped) for other in timelines)
        return tuple(state for state in found if state.models)

    def _as_far_as(
        self, key: MigrationKey, other: Timeline, is_shipped: IsShipped | None
    ) -> ProjectState:
        """Another app in front of a migration: the models that were surely there, and are so."""
        ancestry, nodes = self._ancestry(key), other.nodes
        reached = {each for each in ancestry.keys if each.app_label == nodes.app.label}
        reached |= nodes.forced_before({key, *ancestry.keys})
        if is_shipped is not None:
            shipped = {each for each in nodes.visible if is_shipped(nodes.nodes[each])}
            state, second = reached | shipped, shipped
        elif ancestry.is_complete:
            state, second = reached, reached
        else:
            # Whatever may have run that nobody can see, it is nothing that comes after.
            later = {each for each in nodes.visible if key in other._ancestry(each).keys}
            state, second = reached, set(nodes.visible) - later
        return _in_both(*(other.after_all(other.heads(each)) for each in (state, second)))

    def _ancestry(self, key: MigrationKey) -> Ancestry:
        if key not in self._ancestries:
            self._ancestries[key] = self.graph.ancestors(key)
        return self._ancestries[key]

    def latest(self) -> ProjectState:
        """The state after all of the app's migrations."""
        return self.after_all(self.graph.leaf_nodes())

    def heads(self, keys: Iterable[MigrationKey]) -> tuple[MigrationKey, ...]:
        """Those of the app's migrations that are no ancestors of another, sorted."""
        left = set(keys)
        for key in sorted(left, reverse=True):
            if key in left:
                left.difference_update(self.graph.earlier(key))
        return tuple(sorted(left))


def _starts_app(migration: Migration) -> bool:
    """Whether a migration without a parent can be the app's first: it needs no earlier model."""
    operations = tuple(walk(migration.operations))
    return (
        migration.initial is True
        or any(isinstance(each, CreateModel) for each in operations)
        or all(isinstance(each, _NEEDS_NO_MODEL) for each in operations)
    )


def _in_both(state: ProjectState, other: ProjectState) -> ProjectState:
    """The models and fields of a state that another one has as well."""
    models: dict[ModelKey, ModelState] = {}
    for key, model in state.models.items():
        same = other.models.get(key)
        if same is None or model.is_doubtful or same.table != model.table:
            continue
        fields = {name: each for name, each in model.fields.items() if same.find(name) == each}
        models[key] = replace(model, fields=fields)
    return replace(state, models=models)
