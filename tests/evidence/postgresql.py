"""PostgreSQL's own word on a statement: its locks, its work, and who waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from evidence.measurement import Case, Measured
from evidence.postgresql_cases import ROWS, SETUP
from psycopg import errors

from flake8_django_migrations.plan.actions import Lock, Work

if TYPE_CHECKING:
    from evidence.servers import Server

_MODES: Final = {
    "AccessShareLock": Lock.ACCESS_SHARE,
    "RowShareLock": Lock.ROW_SHARE,
    "RowExclusiveLock": Lock.ROW_EXCLUSIVE,
    "ShareUpdateExclusiveLock": Lock.SHARE_UPDATE_EXCLUSIVE,
    "ShareLock": Lock.SHARE,
    "ShareRowExclusiveLock": Lock.SHARE_ROW_EXCLUSIVE,
    "ExclusiveLock": Lock.EXCLUSIVE,
    "AccessExclusiveLock": Lock.ACCESS_EXCLUSIVE,
}
"""The modes in growing strength."""

_AE: Final = Lock.ACCESS_EXCLUSIVE

_LOCKS: Final = """
SELECT mode FROM pg_locks WHERE locktype = 'relation' AND granted AND pid = %s AND relation = %s
"""
_IS_WAITING: Final = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted)"
_FILES: Final = """
SELECT c.oid, pg_relation_filenode(c.oid), c.relkind, pg_relation_size(c.oid) FROM pg_class c
WHERE c.relnamespace = 'w'::regnamespace AND c.relkind IN ('r', 'm', 'i')
"""
_COUNTS: Final = """
SELECT coalesce(sum(seq_tup_read), 0), coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
FROM pg_stat_xact_user_tables WHERE relid = %s
"""


def measure(server: Server, case: Case) -> Measured:
    """What the server does for the case, on a table of its own."""
    connection = server.connect()
    other = server.connect()
    try:
        _prepare(connection, case)
        files = _files(connection)
        table, referenced = (
            _relation(connection, name) for name in (case.table, case.other or "p")
        )
        try:
            return _in_transaction(connection, other, case, files, table, referenced)
        except errors.ActiveSqlTransaction:
            connection.execute("ROLLBACK")
            return _alone(connection, other, case, files, table)
    finally:
        connection.close()
        other.close()


def _prepare(connection: Any, case: Case) -> None:
    connection.execute("DROP SCHEMA IF EXISTS w CASCADE; CREATE SCHEMA w; SET search_path TO w")
    connection.execute("DROP ACCESS METHOD IF EXISTS heap2")
    connection.execute("DROP DATABASE IF EXISTS other")
    connection.execute(SETUP)
    if case.before:
        connection.execute(case.before)


def _files(connection: Any) -> dict[int, tuple[int, str, int]]:
    """The file, the sort and the size of every table and index."""
    return {oid: tuple(rest) for oid, *rest in connection.execute(_FILES)}


def _relation(connection: Any, name: str) -> int:
    return int(connection.execute("SELECT to_regclass(%s)::oid::bigint", [name]).fetchone()[0])


def _in_transaction(
    connection: Any, other: Any, case: Case, files: Any, table: int, referenced: int
) -> Measured:
    connection.execute("BEGIN")
    before = _counts(connection, table)
    connection.execute(case.sql)
    pid = connection.info.backend_pid
    lock, on_referenced = (_strongest(other, pid, each) for each in (table, referenced))
    indexes = [oid for oid, row in files.items() if row[1] == "i"]
    if not lock.blocks_reads and _AE in {_strongest(other, pid, each) for each in indexes}:
        lock = Lock.INDEX
    reads_wait, writes_wait = _waits(other, case.table)
    read, written = (
        now - then for now, then in zip(_counts(connection, table), before, strict=True)
    )
    work = _work(files, _files(connection), table, read, written)
    connection.execute("ROLLBACK")
    return Measured(
        lock=lock,
        referenced=on_referenced,
        work=work,
        can_run_in_transaction=True,
        reads_wait=reads_wait,
        writes_wait=writes_wait,
    )


def _counts(connection: Any, table: int) -> tuple[int, int]:
    """How many rows this session has read one after the other, and how many it has written."""
    read, written = connection.execute(_COUNTS, [table]).fetchone()
    return int(read), int(written)


def _strongest(connection: Any, pid: int, relation: int) -> Lock:
    held = [_MODES[mode] for (mode,) in connection.execute(_LOCKS, [pid, relation])]
    return max(held, key=list(_MODES.values()).index, default=Lock.NONE)


def _work(files: Any, after: Any, table: int, read: int, written: int) -> Work:
    """The heaviest work that the files and the counters tell of."""
    made = {oid for oid, row in after.items() if oid not in files or row[0] != files[oid][0]}
    if table in made and after[table][2]:
        return Work.REWRITE
    if written >= ROWS // 3:
        return Work.ROW_WRITES
    if any(after[oid][1] == "i" and table not in made for oid in made):
        return Work.INDEX_BUILD
    return Work.SCAN if read >= ROWS else Work.NONE


def _waits(other: Any, table: str) -> tuple[bool, bool]:
    """Whether another's SELECT waits, and whether its UPDATE does."""
    return _is_blocked(other, f"SELECT id FROM w.{table} LIMIT 1"), _is_blocked(
        other, f"UPDATE w.{table} SET gap = 2 WHERE id = 0"
    )


def _is_blocked(other: Any, sql: str) -> bool:
    other.execute("BEGIN")
    other.execute("SET LOCAL lock_timeout = '10ms'")
    try:
        other.execute(sql)
    except errors.LockNotAvailable:
        return True
    except errors.WrongObjectType:  # a view takes no UPDATE
        return True
    else:
        return False
    finally:
        other.execute("ROLLBACK")


def _alone(connection: Any, other: Any, case: Case, files: Any, table: int) -> Measured:
    """A statement that wants no transaction: watched while an open transaction holds it up."""
    blocker, pid = other, connection.info.backend_pid
    blocker.execute("BEGIN")
    blocker.execute(f"UPDATE w.{case.table} SET gap = 3 WHERE id = 1")
    failures: list[Exception] = []
    thread = threading.Thread(target=_run, args=(connection, case.sql, failures))
    thread.start()
    lock = _seen(blocker, pid, table, thread)
    blocker.execute("ROLLBACK")
    thread.join()
    if failures:
        raise failures[0]
    work = _work(files, _files(connection), table, 0, 0)
    return Measured(
        lock=lock,
        referenced=Lock.NONE,
        work=work,
        can_run_in_transaction=False,
        reads_wait=lock.blocks_reads,
        writes_wait=lock.blocks_writes,
    )


def _run(connection: Any, sql: str, failures: list[Exception]) -> None:
    try:
        connection.execute(sql)
    except errors.Error as error:
        failures.append(error)


def _seen(watcher: Any, pid: int, table: int, thread: threading.Thread) -> Lock:
    """The lock that it holds on the table once it waits for the blocker; none where it ends."""
    while thread.is_alive():
        if watcher.execute(_IS_WAITING, [pid]).fetchone()[0]:
            return _strongest(watcher, pid, table)
        time.sleep(0.005)
    return Lock.NONE
