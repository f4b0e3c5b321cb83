"""Circles in a directed graph, found without recursion."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from flake8_django_migrations.migration import MigrationKey

Parents: TypeAlias = Callable[[MigrationKey], tuple[MigrationKey, ...]]


class Circles:
    """The circles of a graph; each node is looked at once, however many are asked about."""

    def __init__(self, parents: Parents) -> None:
        self._parents = parents
        self._circle: dict[MigrationKey, frozenset[MigrationKey]] = {}

    def through(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """A shortest circle through a node, from it on; () where there is none."""
        if key not in self._circle:
            for members in _components(key, self._parents, self._circle):
                alone = len(members) == 1 and members[0] not in self._parents(members[0])
                circle = frozenset[MigrationKey]() if alone else frozenset(members)
                self._circle.update(dict.fromkeys(members, circle))
        return self._shortest(key) if self._circle[key] else ()

    def _shortest(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """The circle by the fewest steps; the node is on one."""
        members = self._circle[key]
        paths: dict[MigrationKey, tuple[MigrationKey, ...]] = {key: (key,)}
        todo = deque([key])
        while True:
            node = todo.popleft()
            for parent in self._parents(node):
                if parent == key:
                    return paths[node]
                if parent in members and parent not in paths:
                    paths[parent] = (*paths[node], parent)
                    todo.append(parent)


def _components(
    start: MigrationKey, parents: Parents, done: Mapping[MigrationKey, object]
) -> Iterator[list[MigrationKey]]:
    """The strongly connected components that a node reaches, by Tarjan's algorithm.

    The caller puts the members of each into ``done`` before it asks for the next.
    """
    number: dict[MigrationKey, int] = {start: 0}
    lowest: dict[MigrationKey, int] = {start: 0}
    unfinished = [start]
    todo = [(start, iter(parents(start)))]
    while todo:
        node, waiting = todo[-1]
        parent = next((each for each in waiting if each not in done), None)
        if parent is None:
            todo.pop()
            if todo:
                lowest[todo[-1][0]] = min(lowest[todo[-1][0]], lowest[node])
            if lowest[node] == number[node]:
                yield _popped(unfinished, node)
        elif parent in number:
            lowest[node] = min(lowest[node], number[parent])
        else:
            number[parent] = lowest[parent] = len(number)
            unfinished.append(parent)
            todo.append((parent, iter(parents(parent))))


def _popped(stack: list[MigrationKey], last: MigrationKey) -> list[MigrationKey]:
    members = [stack.pop()]
    while members[-1] != last:
        members.append(stack.pop())
    return members
