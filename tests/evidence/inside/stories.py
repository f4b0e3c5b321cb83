"""An example is deployed: what was there has rows, its migrations run, and are taken back.

A story answers with what was seen, by the name of a claim, and with what stopped it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from inside import comparing, project, queries, rows
from inside.before import Before, Seen, failing, note, note_transactions, said, values, watched
from inside.project import Job
from inside.watch import WORK

PATIENCE = 8
"""Seconds; none of the examples takes one."""

REFUSALS = Exception
"""Whatever a migration raises is what is measured."""


def deploy(job: Job) -> Seen:
    """What was there has rows; then the migrations in question run, and are taken back."""
    try:
        made, state, todo, first = _setting(job)
    except REFUSALS as error:
        return {"FAILS": said(error)}
    seen: Seen = {}
    shipped, done = state.clone(), []
    held, broken = values(job, "LOSES_BACK"), failing(job, state, "BREAKS_BACK")
    for migration in todo:
        shipped = state.clone() if job.shipped is None else shipped
        done.append((migration, state.clone()))
        try:
            state = _step(job, made, migration, shipped, state, seen, is_last=migration is todo[-1])
        except TimeoutError:
            seen["HANGS"] = f"{migration}: more than {PATIENCE} seconds"
            return seen
        except REFUSALS as error:
            seen["FAILS"] = f"{migration}: {said(error)}"
            return seen
    if job.rows == rows.HARSH:
        note(seen, "LOSES", comparing.lost(first, values(job, "LOSES")))
    _back(job, made, done, state, held, seen)
    if "FAILS_BACK" not in seen and done and job.asks("BREAKS_BACK"):
        note(seen, "BREAKS_BACK", queries.failing(done[-1][1]) - broken)
        _forwards_again(made, done, seen)
    return seen


def _setting(job: Job) -> Any:
    """Django's executor, the state in front of what is in question, that, and the first values."""
    first: comparing.Values = {}
    if job.shipped is not None:
        later = [job.path(key) for key in job.on_disk() if key not in job.shipped]
        kept = project.without(later)
        rows.populate(project.migrate().apps, job.rows)
        project.put_back(kept)
    made = project.executor()
    state, waiting = project.start(made), project.plan(made)
    while waiting and not _is_in_question(job, waiting[0]):
        if waiting[0].app_label in job.apps and not _is_first(waiting[0]):
            rows.populate(state.apps, job.rows)
            first = first or values(job, "LOSES")
        state = project.apply(made, waiting.pop(0), state)
    rows.populate(state.apps, job.rows)
    return made, state, waiting, first or values(job, "LOSES")


def _is_in_question(job: Job, migration: Any) -> bool:
    """A marked one; where none is marked, one that changes what an earlier one of its app made."""
    if job.marked:
        return project.key(migration) in job.marked or job.shipped is not None
    if project.key(migration) in job.setting or migration.app_label not in job.apps:
        return False
    return not _is_first(migration)


def _is_first(migration: Any) -> bool:
    return all(app != migration.app_label for app, _ in migration.dependencies)


def _step(
    job: Job, made: Any, migration: Any, shipped: Any, state: Any, seen: Seen, *, is_last: bool
) -> Any:
    if job.marked and project.key(migration) not in job.marked:
        return project.apply(made, migration, state)
    if job.marked:
        kept = enumerate(migration.operations)
        migration.operations = [each for place, each in kept if place not in job.left_out]
    note_transactions(migration.operations, seen)
    before, start = Before(job, shipped, state), state.clone()
    with watched(job, seen), _patience(job):
        state = project.apply(made, migration, state)
    before.compare(state, seen, is_last=is_last)
    if job.asks("REPEATS") and job.rows == rows.MILD:
        _again(made, migration, start, seen)
    return state


@contextmanager
def _patience(job: Job) -> Iterator[None]:
    """TimeoutError where it does not end, if that is asked about."""
    if not job.asks("HANGS") or not job.asked:
        yield
        return
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)


def _stop(_signal: int, _frame: Any) -> None:
    raise TimeoutError


def _again(made: Any, migration: Any, before: Any, seen: Seen) -> None:
    """Run it twice: where it is atomic after it was taken back, else as when it stopped half-way."""
    once = comparing.values()
    try:
        if migration.atomic:
            project.unapply(made, migration, before)
        project.apply(made, migration, before.clone())
    except REFUSALS as error:
        seen.setdefault("REPEATS", said(error))
        return
    twice = comparing.values()
    keys = {(each._meta.db_table, each._meta.pk.column) for each in rows.concrete(before.apps)}
    changed = [name for name in once.keys() - keys if once[name] != twice.get(name)]
    note(seen, "REPEATS", [".".join(name) for name in changed])


def _back(job: Job, made: Any, done: Any, state: Any, held: Any, seen: Seen) -> None:
    """Take back what was done, after the new code has written rows of its own."""
    if job.rows == rows.HARSH and job.marked:
        _write_more(state)
    written, there = values(job, "LOSES_BACK"), {}
    try:
        for migration, before in reversed(done):
            with watched(job, there, "BLOCKS_BACK"):
                project.unapply(made, migration, before)
    except REFUSALS as error:
        seen["FAILS_BACK"] = f"{migration}: {said(error)}"
        return
    note(seen, "BLOCKS_BACK", [text for name, text in there.items() if name in WORK])
    now = values(job, "LOSES_BACK")
    note(seen, "LOSES_BACK", comparing.lost(held, now))
    here = {name: each for name, each in written.items() if name in held}
    note(seen, "LOSES_BACK", comparing.lost(here, now, stays=True))


def _write_more(state: Any) -> None:
    """A row of every kind in every table of the state, and its numbers as large as they may be."""
    for model in state.apps.get_models():
        if model._meta.can_migrate(connection):
            try:
                queries.insert(model, rows.HARSH)
            except DatabaseError:
                continue


def _forwards_again(made: Any, done: list[Any], seen: Seen) -> None:
    """After the way back comes the next try."""
    try:
        for migration, before in done:
            project.apply(made, migration, before.clone())
    except REFUSALS as error:
        seen.setdefault("BREAKS_BACK", said(error))
