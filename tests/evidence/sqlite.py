"""SQLite's own word on a statement: the work it does, and what another connection may do."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evidence.measurement import Case, Measured
from evidence.sqlite_cases import SETUP

from flake8_django_migrations.plan.actions import Lock, Work

if TYPE_CHECKING:
    from evidence.servers import Server

_FEW: Final = 100
_MANY: Final = 2_000
_MASTER: Final = "SELECT type, name, rootpage FROM sqlite_master WHERE rootpage > 0"


def measure(server: Server, case: Case) -> Measured:
    """What SQLite does for the case, on a file of its own."""
    steps, _ = _run(server, case, _FEW)
    more_steps, measured = _run(server, case, _MANY)
    if measured.work is Work.NONE and more_steps > 5 * max(steps, 100):
        raise AssertionError(f"the steps grow with the rows: {case.sql}")
    return measured


def _run(server: Server, case: Case, rows: int) -> tuple[int, Measured]:
    """The steps of SQLite's machine, and what was seen before the end of the transaction."""
    path = server.folder / "evidence.sqlite3"
    path.unlink(missing_ok=True)
    connection, other = server.connect(), server.connect()
    steps = [0]
    try:
        for each in (*SETUP, *filter(None, [case.before])):
            connection.executescript(each.format(rows=rows))
        before, pages = _master(connection), _pages(path)
        connection.execute("BEGIN")
        changes = connection.total_changes
        connection.set_progress_handler(lambda: steps.append(1) and None, 1)
        for each in case.sql.split("; "):
            connection.execute(each)
        connection.set_progress_handler(None, 1)
        written = connection.total_changes - changes
        reads_wait = is_refused(other, "SELECT id FROM p LIMIT 1")
        writes_wait = is_refused(other, "UPDATE p SET id = 5 WHERE id = 5")
        after = _master(connection)
        connection.execute("COMMIT")
        work = _work(case, before, after, _share(pages, _pages(path)), written, rows)
    finally:
        connection.close()
        other.close()
    return len(steps), Measured(
        lock=Lock.DATABASE if writes_wait else Lock.NONE,
        referenced=Lock.NONE,
        work=work,
        can_run_in_transaction=True,
        reads_wait=reads_wait,
        writes_wait=writes_wait,
    )


def _master(connection: Any) -> dict[tuple[str, str], int]:
    """Where the tree of each table and index begins."""
    return {(sort, name): page for sort, name, page in connection.execute(_MASTER)}


def _pages(path: Path) -> list[bytes]:
    """The file in its pages."""
    text = path.read_bytes()
    size = int.from_bytes(text[16:18], "big")
    return [text[start : start + size] for start in range(0, len(text), size)]


def _share(before: list[bytes], after: list[bytes]) -> float:
    """Which part of the pages that were there has other contents now."""
    pairs = zip(before, after, strict=False)
    return sum(old != new for old, new in pairs) / len(before)


def _work(case: Case, before: Any, after: Any, share: float, written: int, rows: int) -> Work:
    """What the trees, the pages and the count of rows written tell."""
    if case.sql.startswith(("INSERT", "UPDATE", "DELETE")):
        return Work.ROW_WRITES if written >= rows // 3 else Work.NONE
    table = ("table", case.table)
    if table in after and (after[table] != before[table] or share > 0.5):
        return Work.REWRITE
    return Work.INDEX_BUILD if set(after) - set(before) - {("table", "t2")} else Work.NONE


def is_refused(connection: Any, sql: str) -> bool:
    try:
        connection.execute(sql)
    except sqlite3.OperationalError:
        return True
    return False
