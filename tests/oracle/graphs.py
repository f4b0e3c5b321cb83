"""Our graph beside Django's: nodes, roots, leaves, parents, run_before, plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oracle.comparison import Finding, Tally

from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import MigrationKey

Keys = list[MigrationKey]


def keys(told: list[list[str]]) -> Keys:
    """Django's keys as ours."""
    return [MigrationKey(*each) for each in told]


def compare(told: Mapping[str, Any], timelines: Mapping[str, Timeline], tally: Tally) -> None:
    """Compare the graph of every app of a project."""
    Graphs(told, timelines, tally).compare()


class Graphs:
    """Django's graph and ours, app by app.

    Two kinds of edges are left out by design, and counted: to the app that a setting names
    (the project decides it), and those that another app's ``run_before`` makes.
    """

    def __init__(
        self, told: Mapping[str, Any], timelines: Mapping[str, Timeline], tally: Tally
    ) -> None:
        self._told = told
        self._timelines = timelines
        self._tally = tally
        self._incomplete: set[MigrationKey] = set()
        self._swappable = {MigrationKey(*key): apps for key, apps in told["swappable"]}
        self._forced = {
            (MigrationKey(*child), MigrationKey(*key)) for key, child in told["run_before"]
        }

    def compare(self) -> None:
        """Note whatever differs."""
        for label, timeline in self._timelines.items():
            own = [key for key in keys(self._told["nodes"]) if key.app_label == label]
            graph = timeline.graph
            self._same(f"{label}: nodes", timeline.nodes.visible, own)
            self._same(f"{label}: roots", graph.root_nodes(), keys(self._told["roots"][label]))
            self._same(f"{label}: leaves", graph.leaf_nodes(), keys(self._told["leaves"][label]))
            self._same(f"{label}: linear", graph.order(), keys(self._told["linear"][label]))
        for key, parents in self._told["parents"]:
            self._parents(MigrationKey(*key), keys(parents))
        for key, plan in self._told["plans"]:
            self._plan(MigrationKey(*key), keys(plan))
        for child, parent in sorted(self._forced):
            self._run_before(child, parent)
        for _, (app_label, name) in self._told["symbols"]:
            self._tally.graph[f"{name} compared"] += app_label in self._timelines

    def _same(self, what: str, ours: object, theirs: Keys) -> None:
        if [*ours] != theirs:
            self._note(f"{what} {_short(ours)} instead of {_short(theirs)}")

    def _note(self, what: str) -> None:
        self._tally.note("graph ", [Finding(is_unknown=False, what=what)])

    def _parents(self, key: MigrationKey, theirs: Keys) -> None:
        timeline = self._timelines[key.app_label]
        ours = set(timeline.graph.parents(key))
        wanted = {each for each in theirs if each.app_label in self._timelines}
        for parent in sorted(wanted - ours):
            reason = self._reason(key, parent, timeline)
            if reason:
                self._tally.graph[reason] += 1
                self._incomplete.add(key)
                wanted.discard(parent)
        self._same(f"{'.'.join(key)}: parents", sorted(ours), sorted(wanted))
        self._tally.graph["edges compared"] += len(wanted)

    def _reason(self, key: MigrationKey, parent: MigrationKey, timeline: Timeline) -> str | None:
        if parent.app_label == key.app_label:
            return None
        for each in (key, *timeline.nodes.covers(key)):
            if parent.app_label in self._swappable.get(each, ()):
                return "edges to the app of a setting"
        if any(child == key and by.app_label == parent.app_label for child, by in self._forced):
            return "edges by another app's run_before"
        return None

    def _plan(self, key: MigrationKey, theirs: Keys) -> None:
        graph = self._timelines[key.app_label].graph
        ours = [*graph.forwards_plan(key)]
        own = [each for each in theirs if each.app_label == key.app_label]
        self._same(f"{'.'.join(key)}: line", (*graph.earlier(key), key), own)
        if not self._incomplete.intersection(theirs):
            self._tally.graph["whole plans compared"] += 1
            self._same(f"{'.'.join(key)}: plan", ours, theirs)
        else:
            self._tally.graph["plans without the edges left out"] += 1
            self._same(f"{'.'.join(key)}: plan has too", sorted(set(ours) - set(theirs)), [])

    def _run_before(self, child: MigrationKey, parent: MigrationKey) -> None:
        if child.app_label in self._timelines and parent.app_label in self._timelines:
            timeline = self._timelines[parent.app_label]
            self._tally.graph["run_before compared"] += 1
            if parent not in timeline.graph.parents(child):
                self._note(f"{'.'.join(child)}: run_before of {'.'.join(parent)}")


def _short(told: Any) -> str:
    names = ["/".join(each) for each in told]
    return str(names if len(names) < 12 else [*names[:6], "...", *names[-5:]])
