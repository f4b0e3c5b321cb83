"""The order of migrations: Django's graph, other apps read only when a dependency leads there."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from flake8_django_migrations.history.app import CONTRIB, App
from flake8_django_migrations.history.circles import Circles
from flake8_django_migrations.history.nodes import AppNodes
from flake8_django_migrations.migration import (
    UNKNOWN,
    Dependency,
    Migration,
    MigrationKey,
    Unknown,
)

_SWAPPED: Final = frozenset({"admin"})
"""Django's own apps that depend on whichever app has the user model."""

Load: TypeAlias = Callable[[str], "AppNodes | None"]
"""How the graph asks for another app: None where it is not on disk, or nobody can tell which."""

Mentions: TypeAlias = Callable[[], "Container[MigrationKey]"]
"""Every migration that the text of any other may name, to tell cheaply that none names it."""


Writes: TypeAlias = Callable[[tuple[str, ...]], bool]
"""Whether the text of any migration of the project holds one of the words."""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """All that comes before a migration, other apps included.

    ``keys`` are in the order of the plan. ``outside`` are the apps it depends on that are not on
    disk. ``is_complete`` is False where something may come before that nobody can see: a
    dependency of such an app, a swappable one, a file that could not be read.
    """

    keys: tuple[MigrationKey, ...]
    outside: frozenset[str]
    is_complete: bool


class MigrationGraph:
    """The graph as it looks from one app, on a fresh database.

    Numbers mean nothing, dependencies do. A squashed migration stands in for what it replaces;
    the replaced files that are still on disk keep their own edges, so that each of them can be
    judged too. A missing node is no edge, and ``missing`` tells of it. Another app's
    ``run_before`` is not looked for: only the app's own counts.
    """

    def __init__(
        self,
        own: AppNodes,
        load: Load = lambda _app_label: None,
        mentions: Mentions | None = None,
        writes: Writes = lambda _words: True,
    ) -> None:
        self.app_label = own.app.label
        self._own = own
        self._load = load
        self._mentions = mentions
        self._writes = writes
        self._apps: dict[str, AppNodes | None] = {own.app.label: own}
        self._parents: dict[MigrationKey, tuple[MigrationKey, ...]] = {}
        self._unseen: dict[MigrationKey, tuple[frozenset[str], bool]] = {}
        self._circles = Circles(self.parents)
        self._own_circles = Circles(self.own_parents)
        self._forced: dict[MigrationKey, tuple[MigrationKey, ...]] | None = None

    @classmethod
    def of(cls, app_label: str, *migrations: Migration) -> MigrationGraph:
        """The graph of migrations at hand, as it looks from the app; other apps are outside."""
        labels = {app_label, *(migration.app_label for migration in migrations)}
        apps = {
            label: AppNodes(
                App.of(label, *(each for each in migrations if each.app_label == label))
            )
            for label in labels
        }
        return cls(apps[app_label], apps.get)

    # Nodes -------------------------------------------------------------------------------

    @property
    def nodes(self) -> Mapping[MigrationKey, Migration]:
        """The app's migrations on disk, replaced ones included."""
        return self._own.nodes

    @property
    def is_certain(self) -> bool:
        """Whether every migration of the app, and every edge, could be read."""
        return self._own.is_certain

    def migration(self, key: MigrationKey) -> Migration | None:
        """A node of any app."""
        app = self._app(key.app_label)
        return app.nodes.get(key) if app else None

    def root_nodes(self, app_label: str | None = None) -> tuple[MigrationKey, ...]:
        """The nodes of an app without a parent in it, ``replaces`` applied."""
        app = self._app(app_label or self.app_label)
        return app.roots if app else ()

    def leaf_nodes(self, app_label: str | None = None) -> tuple[MigrationKey, ...]:
        """The nodes of an app without a child in it, ``replaces`` applied.

        In doubt (``is_certain``), a leaf may have a child that could not be read.
        """
        app = self._app(app_label or self.app_label)
        return app.leaves if app else ()

    def _app(self, app_label: str) -> AppNodes | None:
        if app_label not in self._apps:
            self._apps[app_label] = self._load(app_label)
        return self._apps[app_label]

    # Edges -------------------------------------------------------------------------------

    def parents(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The nodes that a node depends on, other apps' included, sorted."""
        if key not in self._parents:
            app = self._app(key.app_label)
            found = set(app.parents.get(key, ())) if app else set()
            found.update(self._forced_on(key))
            found.update(self._foreign_parents(key))
            self._parents[key] = tuple(sorted(found))
        return self._parents[key]

    def children(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The nodes of the same app that depend on a node, sorted."""
        app = self._app(key.app_label)
        return app.children.get(key, ()) if app else ()

    def _foreign_parents(self, key: MigrationKey) -> Iterator[MigrationKey]:
        for dependency in self._dependencies(key):
            named = dependency.key
            if named and named.app_label != key.app_label:
                parent = self.resolve(named, key)
                if parent:
                    yield parent

    def _dependencies(self, key: MigrationKey) -> Iterable[Dependency]:
        app = self._app(key.app_label)
        return app.dependencies(key) if app and key in app.nodes else ()

    def resolve(self, named: MigrationKey, child: MigrationKey) -> MigrationKey | None:
        """The node that ``child`` gets when it depends on a name; None where there is none."""
        app = self._app(named.app_label)
        if app is None:
            return None
        match named.name:
            case "__first__":
                return next(iter(app.roots), None)
            case "__latest__":
                return next(iter(app.leaves), None)
            case _:
                return app.stand_in(named, child)

    def _forced_on(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The nodes of this app that want to run before a node of another."""
        if self._forced is None:
            self._forced = {}
            for declarer, named in self._own.run_before():
                child = self.resolve(named, declarer)
                parent = self._own.stand_in(declarer, child) if child else None
                if child and parent and child.app_label != self.app_label:
                    self._forced[child] = (*self._forced.get(child, ()), parent)
        return self._forced.get(key, ())

    def is_written(self, *words: str) -> bool:
        """Whether one of the words stands in any migration of the project; in doubt: True."""
        return self._writes(words)

    # Order -------------------------------------------------------------------------------

    def earlier(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The ancestors of a node within its app, in the order of the plan.

        Empty for a node that a circle of dependencies keeps from ever being reached.
        """
        app = self._app(key.app_label)
        return app.lines.get(key, ()) if app else ()

    def is_reachable(self, key: MigrationKey) -> bool:
        """Whether the app's own dependencies lead to the node without going in circles."""
        app = self._app(key.app_label)
        return app is not None and key in app.lines

    def order(self, app_label: str | None = None) -> tuple[MigrationKey, ...]:
        """All of an app's nodes in the order of the plan, ``replaces`` applied."""
        line: dict[MigrationKey, None] = {}
        for leaf in self.leaf_nodes(app_label):
            line.update(dict.fromkeys((*self.earlier(leaf), leaf)))
        return tuple(line)

    def own_parents(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The parents of a node within its app, sorted."""
        app = self._app(key.app_label)
        return app.parents.get(key, ()) if app else ()

    def forwards_plan(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """All that must be applied before a node, ending with the node itself."""
        visited: dict[MigrationKey, None] = {}
        entered: set[MigrationKey] = set()
        todo = [(key, False)]
        while todo:
            node, is_left = todo.pop()
            if is_left:
                visited[node] = None
            elif node not in entered:
                entered.add(node)
                todo.append((node, True))
                todo.extend((parent, False) for parent in self.parents(node))
        return tuple(visited)

    def ancestors(self, key: MigrationKey) -> Ancestry:
        """All that comes before a node, other apps included."""
        plan = self.forwards_plan(key)
        outside: set[str] = set()
        is_complete = all(map(self._is_read, {node.app_label for node in plan}))
        for node in plan:
            if node not in self._unseen:
                self._unseen[node] = self._look_outside(node)
            labels, is_known = self._unseen[node]
            outside |= labels
            is_complete &= is_known
        return Ancestry(plan[:-1], frozenset(outside), is_complete)

    def _look_outside(self, node: MigrationKey) -> tuple[frozenset[str], bool]:
        """The apps not on disk that a node depends on, and whether it leads to nothing else unseen."""
        outside: set[str] = set()
        is_complete = True
        for dependency in self._dependencies(node):
            named = dependency.key
            if named is None:
                is_complete = False
            elif self._app(named.app_label) is None:
                outside |= {named.app_label, *CONTRIB.get(named.app_label, ())}
                is_complete &= named.app_label in CONTRIB.keys() - _SWAPPED
            elif self.resolve(named, node) is None:
                is_complete &= named == (node.app_label, "__first__")
        return frozenset(outside), is_complete

    def _is_read(self, app_label: str) -> bool:
        app = self._app(app_label)
        return app is not None and app.is_certain

    def reached(self, key: MigrationKey, app_label: str) -> tuple[MigrationKey, ...]:
        """The nodes of another app that the app's own line up to a node depends on."""
        named = (each for each in self._named(key) if each.app_label == app_label)
        return tuple(sorted({node for each in named if (node := self.resolve(each, key))}))

    def _named(self, key: MigrationKey) -> frozenset[MigrationKey]:
        app = self._app(key.app_label)
        return app.named.get(key, frozenset()) if app else frozenset()

    def reaches_app(self, key: MigrationKey, app_label: str) -> bool | Unknown:
        """Whether a dependency leads from a node to the app; in doubt: UNKNOWN.

        The app's own line answers nearly always, without reading any other.
        """
        labels = {each.app_label for each in self._named(key)}
        through = [each for each in labels if app_label in CONTRIB.get(each, ())]
        if app_label in labels or any(self._app(each) is None for each in through):
            return True
        ancestry = self.ancestors(key)
        if app_label in ancestry.outside or any(k.app_label == app_label for k in ancestry.keys):
            return True
        return False if ancestry.is_complete else UNKNOWN

    # Faults ------------------------------------------------------------------------------

    def missing(self, key: MigrationKey) -> tuple[Dependency, ...]:
        """The entries of ``dependencies`` and ``run_before`` that name no migration.

        An app that is not on disk is never missing; a name in some ``replaces`` is not either.
        """
        migration = self.migration(key)
        if migration is None:
            return ()
        return tuple(
            dependency
            for dependency in (*migration.dependencies, *migration.run_before)
            if self._is_missing(dependency, key)
        )

    def _is_missing(self, dependency: Dependency, child: MigrationKey) -> bool:
        named = dependency.key
        app = self._app(named.app_label) if named else None
        if named is None or app is None or app.app.is_alone or named.name in app.app.names:
            return False
        if named.name in {"__first__", "__latest__"}:
            return named.app_label == child.app_label and named.name == "__latest__"
        return not app.is_named(named)

    def cycle(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """A circle of dependencies through a node, from it on; () where there is none.

        A circle through several apps is told at the nodes that lead from one app to another:
        there it can be cut.
        """
        own = self._own_circles.through(key)
        if own or not self._leads_out(key) or not self._may_be_followed(key):
            return own
        return self._circles.through(key)

    def _leads_out(self, key: MigrationKey) -> bool:
        edges = (*self._dependencies(key), *self._run_before(key))
        return any(each.key and each.key.app_label != key.app_label for each in edges)

    def _run_before(self, key: MigrationKey) -> tuple[Dependency, ...]:
        migration = self.migration(key)
        return migration.run_before if migration else ()

    def _may_be_followed(self, key: MigrationKey) -> bool:
        """Whether any migration may come after a node; in doubt: True."""
        if self._mentions is None or self.children(key) or self._run_before(key):
            return True
        app = self._app(key.app_label)
        replaced = app.covers(key) if app else ()
        names = {key.name, "__first__", "__latest__", *(each.name for each in replaced)}
        mentioned = self._mentions()
        return any(MigrationKey(key.app_label, name) in mentioned for name in names)
