"""What happens to an example when it is loaded and squashed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.migration import Migration
from django.db.migrations.operations import RunPython
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.state import ProjectState

from inside import comparing, project, queries
from inside.before import Seen, note, said
from inside.project import Job
from inside.stories import REFUSALS

SEEDS = range(12)
"""The seeds of Python's hashes: they decide the order of a set of names."""


def load(job: Job) -> Seen:
    """Django loads the migrations."""
    try:
        project.executor()
    except REFUSALS as error:
        return {"FAILS": said(error)}
    return {}


def load_often(job: Job) -> Seen:
    """Django loads the migrations in several processes, each with another order of its sets."""
    request = {
        "database": connection.settings_dict,
        "contrib": [],
        "job": {
            "folder": str(job.folder),
            "story": "load",
            "rows": job.rows,
            "apps": job.apps,
            "marked": [],
            "shipped": None,
        },
    }
    seen: Seen = {}
    for seed in SEEDS:
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("claims.py")],
            input=json.dumps(request, default=str) + "\n",
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        )
        seen.update(json.loads(done.stdout)["seen"])
        if seen:
            break
    return seen


def squash(job: Job) -> Seen:
    """``squashmigrations`` writes the migrations anew; a fresh database is made from what it keeps.

    With a baseline the pending ones alone are written anew.
    """
    app, seen = job.apps[0], {}
    chosen = [each for each in project.plan(project.executor()) if each.app_label == app]
    if job.shipped is not None:
        chosen = [each for each in chosen if project.key(each) not in job.shipped]
    try:
        names = (app, chosen[0].name, chosen[-1].name)
        call_command("squashmigrations", *names, interactive=False, verbosity=0)
    except REFUSALS as error:
        seen["FAILS"] = said(error)
    loose = [each for migration in chosen for each in migration.operations if not each.elidable]
    kept = MigrationOptimizer().optimize(loose, app)
    if job.shipped is not None:
        note(seen, "SPARABLE", [str(each) for each in loose] if len(kept) < len(loose) else [])
        return seen
    originals = _made_by(app, [each for migration in chosen for each in migration.operations])
    fresh = _made_by(app, kept)
    note(seen, "LOSES", comparing.lost(originals, fresh))
    spared = [each for each in kept if not isinstance(each, RunPython)]
    if len(spared) < len(kept) and _made_by(app, spared) == fresh:
        seen["SPARABLE"] = "the functions change nothing on a fresh database"
    return seen


def _made_by(app: str, operations: list[Any]) -> comparing.Values:
    """What a fresh database holds after these operations."""
    project.empty()
    migration = Migration("squashed", app)
    migration.operations = operations
    with connection.schema_editor(atomic=True) as editor:
        migration.apply(ProjectState(), editor)
    return comparing.values()


def squashed(job: Job) -> Seen:
    """One database is made by the originals, a fresh one by the squash: they are compared."""
    seen: Seen = {}
    found = project.executor().loader.disk_migrations
    squashes = [key for key, each in found.items() if each.replaces]
    if not any(each in found for key in squashes for each in found[key].replaces):
        return seen
    kept = project.without(job.path(key) for key in squashes)
    project.migrate()
    values = comparing.values()
    project.put_back(kept)
    note(seen, "DRIFTS", comparing.drift(project.executor().loader.project_state()))
    project.empty()
    try:
        project.migrate()
    except REFUSALS as error:
        seen.setdefault("DRIFTS", said(error))
        return seen
    note(seen, "DRIFTS", comparing.lost(values, comparing.values()))
    return seen or _without_originals(job)


def _without_originals(job: Job) -> Seen:
    """A fresh database is made when the originals are gone."""
    project.empty()
    project.without(job.path(key) for key in _replaced())
    try:
        project.migrate()
    except REFUSALS as error:
        return {"DRIFTS": said(error)}
    return {}


def originals_gone(job: Job) -> Seen:
    """What has shipped is applied; the next release has the squash, and the originals no more."""
    later = [key for key in job.on_disk() if job.shipped is not None and key not in job.shipped]
    kept = project.without(job.path(key) for key in later)
    project.migrate()
    project.put_back(kept)
    state = project.executor().loader.project_state()
    replaced = _replaced()
    project.without(job.path(key) for key in replaced)
    seen: Seen = {}
    try:
        project.migrate()
    except REFUSALS as error:
        seen["FAILS"] = said(error)
    note(seen, "BREAKS_NEW_CODE", queries.failing(state))
    return seen


def squash_finished(job: Job) -> Seen:
    """All is applied everywhere; then the originals go, and ``replaces`` with them."""
    project.migrate()
    found = project.executor().loader.disk_migrations
    squashes = [key for key, each in found.items() if each.replaces]
    project.without(job.path(key) for key in _replaced())
    for key in squashes:
        project.without_replaces(job.path(key))
    try:
        project.migrate()
    except REFUSALS as error:
        return {"FAILS": said(error)}
    return {}


def _replaced() -> set[project.Key]:
    found = project.executor().loader.disk_migrations.values()
    return {key for each in found for key in each.replaces}


STORIES = {
    each.__name__: each
    for each in (load, load_often, squash, squashed, originals_gone, squash_finished)
}
