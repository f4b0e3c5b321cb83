"""One app's migrations as nodes, and the edges among them once ``replaces`` is applied."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from flake8_django_migrations.history.app import App
from flake8_django_migrations.migration import Dependency, Migration, MigrationKey

_EDGES: Final = frozenset({"dependencies", "replaces", "run_before"})


class AppNodes:
    """The nodes of one app.

    A squashed migration stands in for what it replaces, as on a fresh database: whoever depends
    on a replaced name depends on it. Seen from inside, the replaced files that are still there
    keep the edges they had among themselves.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    @cached_property
    def nodes(self) -> Mapping[MigrationKey, Migration]:
        """The migrations by their keys; the files are read when this is first asked for."""
        return MappingProxyType({migration.key: migration for migration in self.app.migrations})

    @cached_property
    def unread(self) -> frozenset[str]:
        """The names of the files that could not be read."""
        return frozenset(fault.name for fault in self.app.faults)

    @cached_property
    def is_certain(self) -> bool:
        """Whether every file and every edge could be read."""
        return not self.unread and not any(map(is_edgeless, self.nodes.values()))

    # Squashes ----------------------------------------------------------------------------

    @cached_property
    def _covers(self) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        squashes = {key: each.replaces for key, each in self.nodes.items() if each.replaces}
        return {key: frozenset(_reach(key, squashes)) for key in squashes}

    @cached_property
    def _replaced_by(self) -> Mapping[MigrationKey, MigrationKey]:
        """The squash that names each replaced migration; of several, the one that covers most."""
        squashes = sorted(self._covers, key=lambda key: (len(self._covers[key]), key))
        return {
            replaced: squash
            for squash in squashes
            for replaced in self.nodes[squash].replaces
            if replaced != squash
        }

    def covers(self, key: MigrationKey) -> frozenset[MigrationKey]:
        """What a squashed migration replaces, squashes of squashes included."""
        return self._covers.get(key, frozenset())

    @cached_property
    def visible(self) -> tuple[MigrationKey, ...]:
        """The nodes that are left when ``replaces`` is applied, sorted."""
        return tuple(sorted(key for key in self.nodes if key not in self._replaced_by))

    def is_named(self, key: MigrationKey) -> bool:
        """Whether the name is a file, readable or not, or one that a squash replaces."""
        return key in self.nodes or key in self._replaced_by or key.name in self.unread

    def stand_in(self, key: MigrationKey, child: MigrationKey) -> MigrationKey | None:
        """The node that ``child`` gets when it depends on ``key``; None where there is none."""
        seen = {key}
        while (squash := self._replaced_by.get(key)) is not None and squash not in seen:
            if child in self._covers[squash]:
                break
            seen.add(squash)
            key = squash
        return key if key in self.nodes else None

    # Edges -------------------------------------------------------------------------------

    def dependencies(self, key: MigrationKey) -> Iterator[Dependency]:
        """A node's dependencies, with those a squash inherits from the files it replaces."""
        yield from self.nodes[key].dependencies
        covers = self.covers(key)
        for replaced in sorted(covers & self.nodes.keys()):
            for dependency in self.nodes[replaced].dependencies:
                if dependency.key not in covers:
                    yield dependency

    def run_before(self) -> Iterator[tuple[MigrationKey, MigrationKey]]:
        """Every ``run_before`` of the app: who declares it, and what it names."""
        for key, migration in self.nodes.items():
            for dependency in migration.run_before:
                if dependency.key:
                    yield key, dependency.key

    def forced_before(self, keys: Container[MigrationKey]) -> frozenset[MigrationKey]:
        """The nodes whose ``run_before`` puts them in front of one of these."""
        nodes = (self.stand_in(key, named) for key, named in self.run_before() if named in keys)
        return frozenset(node for node in nodes if node)

    @cached_property
    def parents(self) -> Mapping[MigrationKey, tuple[MigrationKey, ...]]:
        """The parents of each node within the app, sorted."""
        edges: dict[MigrationKey, set[MigrationKey]] = {key: set() for key in self.nodes}
        for key in self.nodes:
            stand_ins = (self.stand_in(named, key) for named in self._own_dependencies(key))
            edges[key].update(parent for parent in stand_ins if parent)
        for key, named in self.run_before():
            child = self.stand_in(named, key)
            parent = self.stand_in(key, child) if child else None
            if child and parent:
                edges[child].add(parent)
        return {key: tuple(sorted(parents)) for key, parents in edges.items()}

    def _own_dependencies(self, key: MigrationKey) -> Iterator[MigrationKey]:
        for dependency in self.dependencies(key):
            named = dependency.key
            # Django ignores __first__ within an app.
            if named and named.app_label == self.app.label and named.name != "__first__":
                yield named

    def is_linked(self, key: MigrationKey) -> bool:
        """Whether all of a node's dependencies within the app could be read and followed."""
        return (
            key in self.nodes
            and not is_edgeless(self.nodes[key])
            and all(self.stand_in(named, key) for named in self._own_dependencies(key))
        )

    @cached_property
    def children(self) -> Mapping[MigrationKey, tuple[MigrationKey, ...]]:
        """The children of each visible node among the visible ones, sorted."""
        found: dict[MigrationKey, list[MigrationKey]] = {key: [] for key in self.visible}
        for child in self.visible:
            for parent in self.parents[child]:
                if parent in found:
                    found[parent].append(child)
        return {key: tuple(children) for key, children in found.items()}

    @cached_property
    def roots(self) -> tuple[MigrationKey, ...]:
        """The visible nodes without a parent in the app."""
        return tuple(key for key in self.visible if not self.parents[key])

    @cached_property
    def leaves(self) -> tuple[MigrationKey, ...]:
        """The visible nodes without a child in the app."""
        return tuple(key for key in self.visible if not self.children[key])

    # Lines -------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> Mapping[MigrationKey, tuple[MigrationKey, ...]]:
        """The ancestors of each node within the app, in the order of the plan.

        A node on a circle, or behind one, has no line.
        """
        lines: dict[MigrationKey, tuple[MigrationKey, ...]] = {}
        waiting = {key: len(parents) for key, parents in self.parents.items()}
        children: dict[MigrationKey, list[MigrationKey]] = {key: [] for key in self.nodes}
        for child, parents in self.parents.items():
            for parent in parents:
                children[parent].append(child)
        ready = deque(key for key, count in waiting.items() if not count)
        while ready:
            key = ready.popleft()
            lines[key] = _joined(lines, self.parents[key])
            for child in children[key]:
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
        return lines

    @cached_property
    def named(self) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        """Other apps' migrations that the line up to each node names, the node included."""
        named: dict[MigrationKey, frozenset[MigrationKey]] = {}
        for key in self.lines:
            keys = (each.key for each in self.dependencies(key))
            found = {each for each in keys if each and each.app_label != self.app.label}
            inherited = [named[parent] for parent in self.parents[key]]
            # Most nodes add nothing: they share what their parent has.
            shared = len(inherited) == 1 and found <= inherited[0]
            named[key] = inherited[0] if shared else frozenset(found.union(*inherited))
        return named


def _joined(
    lines: Mapping[MigrationKey, tuple[MigrationKey, ...]], parents: tuple[MigrationKey, ...]
) -> tuple[MigrationKey, ...]:
    """The lines of several parents as one; Django goes down the greatest parent first."""
    if len(parents) == 1:
        return (*lines[parents[0]], parents[0])
    joined: dict[MigrationKey, None] = {}
    for parent in reversed(parents):
        joined.update(dict.fromkeys((*lines[parent], parent)))
    return tuple(joined)


def is_edgeless(migration: Migration) -> bool:
    """Whether some of a migration's edges could not be read."""
    return any(part.what in _EDGES for part in migration.unreadable) or any(
        dependency.setting is None and dependency.key is None
        for dependency in (*migration.dependencies, *migration.run_before)
    )


def _reach(
    key: MigrationKey, squashes: Mapping[MigrationKey, Iterable[MigrationKey]]
) -> set[MigrationKey]:
    found: set[MigrationKey] = set()
    todo = [key]
    while todo:
        fresh = [each for each in squashes.get(todo.pop(), ()) if each not in found]
        found.update(fresh)
        todo.extend(fresh)
    return found - {key}
