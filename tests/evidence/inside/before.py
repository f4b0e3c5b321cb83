"""What held in front of a migration, and how it is compared with what holds after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from inside import comparing, project, queries
from inside.project import Job
from inside.watch import CLAIMS, Watch

Seen = dict[str, str]


class Before:
    """The values, the queries that fail, the schema: what the job asks about, as it is now.

    ``shipped`` is the state that the running code knows.
    """

    def __init__(self, job: Job, shipped: Any, state: Any) -> None:
        self._job = job
        self._shipped = shipped.clone()
        self._state = state.clone()
        self._values = values(job, "LOSES")
        self._failing = failing(job, shipped, "BREAKS_RUNNING_CODE", "BREAKS_NEW_CODE")
        self._extras = comparing.extras()
        self._drifted = self._drift(state)
        self._scanned = self._scans(state)

    def compare(self, state: Any, seen: Seen, *, is_last: bool) -> None:
        """Note what is otherwise now; where nothing is marked, only the end of the story counts."""
        note(seen, "LOSES", comparing.lost(self._values, values(self._job, "LOSES")))
        broken = failing(self._job, self._shipped, "BREAKS_RUNNING_CODE")
        note(seen, "BREAKS_RUNNING_CODE", broken - self._failing)
        if self._job.asks("BREAKS_NEW_CODE", "MIXED"):
            broken = queries.failing(state, deletes=True) - self._failing
            note(seen, "BREAKS_NEW_CODE", broken)
            note(seen, "MIXED", set() if broken else queries.mixed(self._state, state))
        if is_last or self._job.marked:
            note(seen, "DRIFTS", self._drift(state) - self._drifted)
            note(seen, "SCANS_ON_DELETE", self._scans(state) - self._scanned)

    def _drift(self, state: Any) -> set[str]:
        if not self._job.asks("DRIFTS"):
            return set()
        gone = {f"no {extra}" for extra in self._extras - comparing.extras()}
        return comparing.drift(state) | gone

    def _scans(self, state: Any) -> set[str]:
        is_asked = connection.vendor == "postgresql" and self._job.asks("SCANS_ON_DELETE")
        return queries.scanned_by_deleting(state) if is_asked else set()


def values(job: Job, *claims: str) -> comparing.Values:
    """What the tables hold, where one of the claims is asked about."""
    return comparing.values() if job.asks(*claims) else {}


def failing(job: Job, state: Any, *claims: str) -> set[str]:
    """The queries of that state's code that fail, where one of the claims is asked about."""
    return queries.failing(state) if job.asks(*claims) else set()


@contextmanager
def watched(job: Job, seen: Seen, *more: str) -> Iterator[None]:
    """Have the server watched, where the job asks what can only be seen there."""
    if connection.vendor != "postgresql" or not job.asks(*CLAIMS, *more):
        yield
        return
    watch, schema = Watch(second), comparing.schema()
    watch.before()
    try:
        with connection.execute_wrapper(watch):
            yield
        watch.after()
        if watch.changes and comparing.schema() == schema:
            watch.seen.setdefault("SPARABLE", "nothing has changed")
    finally:
        watch.close()
        for name, text in watch.seen.items():
            seen.setdefault(name, text)


def note_transactions(operations: Any, seen: Seen) -> None:
    """Have every function tell whether it runs in a transaction, where ``atomic`` says so."""
    for operation in project.python(operations):
        operation.code = _telling(operation.code, operation.atomic, seen)


def _telling(function: Any, said_so: bool | None, seen: Seen) -> Any:
    def told(apps: Any, editor: Any) -> None:
        if said_so is not None and said_so != connection.in_atomic_block:
            seen.setdefault("SPARABLE", f"atomic={said_so} changes nothing")
        function(apps, editor)

    return told


def second() -> Any:
    """Another connection to the same database."""
    import psycopg

    given = connection.get_connection_params()
    return psycopg.connect(
        host=given["host"], user=given["user"], dbname=given["dbname"], autocommit=True
    )


def said(error: BaseException) -> str:
    """The exception in one line."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def note(seen: Seen, name: str, found: Any) -> None:
    """Note the claim where something was found."""
    if found:
        seen.setdefault(name, "; ".join(sorted(found)[:5]))
