"""One project, from Django's answer and our reading of the same files to a tally."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from oracle import graphs, plans
from oracle.asking import Django
from oracle.comparison import Comparison, Finding, Tally

from flake8_django_migrations.history.history import Run
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import MigrationKey

if TYPE_CHECKING:
    from oracle.projects import Project


def compared(project: Project, python: Path | str, source: Path) -> Tally:
    """What came of a project whose files lie in a folder.

    A migration that only Django finds is told among the nodes of the graph.
    """
    tally, run = Tally(), Run()
    root = source / project.root
    timelines: dict[str, Timeline] = {}
    with closing(Django(python, [root, source], project)) as django:
        comparison = Comparison(django)
        states, sent = [], []
        for line in django.lines():
            if "plan" in line:
                sent.append(line)
            elif "graph" in line:
                graph, folders = line["graph"], line["folders"]
            elif "field" in line:
                comparison.fields[line["field"]] = line
            elif "model" in line:
                comparison.models[line["model"]] = line
            else:
                states.append((MigrationKey(*line["state"]), line["models"]))
        for line in comparison.fields.values():
            del line["field"]
        for label, folder in folders.items():
            timelines[label] = run.timeline(Path(folder), "postgresql")
        _note_other_labels(timelines, tally)
        for key, models in states:
            timeline = timelines[key.app_label]
            if key in timeline.nodes.nodes:
                comparison.state(timeline.after(key), models, tally, "/".join(key))
                tally.migrations += 1
    graphs.compare(graph, timelines, tally)
    plans.compare(project.name, sent, timelines, tally)
    return tally


def _note_other_labels(timelines: dict[str, Timeline], tally: Tally) -> None:
    for label, timeline in timelines.items():
        found = timeline.nodes.app.label
        if found != label:
            tally.note(label, [Finding(is_unknown=False, what=f" is called {found}")], label)
