"""What PostgreSQL does while a migration runs: each statement is looked at before it commits."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_ALONE = re.compile(r"\bCONCURRENTLY\b|\bVACUUM\b", re.IGNORECASE)
_BARE = re.compile(r"\s*(?:SET|RESET|BEGIN|COMMIT|DO)\b", re.IGNORECASE)
_ROWS = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|SELECT|WITH|SAVEPOINT|RELEASE|SET)\b", re.IGNORECASE
)
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_BATCH = 1_000

WORK = {"REWRITES", "SCANS", "BUILDS_INDEX"}
CLAIMS = WORK | {
    "READS_WAIT",
    "WRITES_WAIT",
    "PARENT_WAITS",
    "SEVERAL_WAIT",
    "HELD_ACROSS",
    "WRITES_ROWS",
    "ROW_BY_ROW",
    "LOADS_ALL",
    "COVERED",
    "INDEX_GAP",
    "LEAKS",
    "SPARABLE",
}
"""What only a look at the server shows, by the names of the claims."""

_TABLES = """
    SELECT c.oid::int, c.relname, c.relfilenode::int FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND c.relname NOT LIKE 'django\\_%'
"""
_INDEXES = """
    SELECT i.indexrelid::int, i.indrelid::int, c.relfilenode::int
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
"""
_LOCKS = """
    SELECT DISTINCT relation::int FROM pg_locks
    WHERE granted AND locktype = 'relation' AND pid = %s AND mode NOT IN
    ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
"""
_TARGET = re.compile(
    r'(?:TABLE|\bON|UPDATE|FROM|INTO) (?:IF (?:NOT )?EXISTS |ONLY )*"?(\w+)"?', re.IGNORECASE
)
_SHAPES = """
    SELECT indexrelid::int, indrelid::int, indkey::text, indclass::text, indoption::text,
    indisunique, indpred IS NULL AND indexprs IS NULL FROM pg_index
"""
_READ = "SELECT relid::int, seq_tup_read FROM pg_stat_xact_user_tables"


class Watch:
    """Notes, by the name of a claim, what happened to tables that were there and had rows.

    ``other`` makes the second connection, which tries to read and to write.
    """

    def __init__(self, other: Callable[[], Any]) -> None:
        self.seen: dict[str, str] = {}
        self._open = other
        self._second = other()
        self._failures = connection.Database.Error
        self._second.execute("SET lock_timeout = '30ms'")
        connection.connection.add_notice_handler(self._warned)
        self._settings = self._set()
        self._process = connection.connection.info.backend_pid
        self._singles = 0
        self.changes = 0

    def before(self) -> None:
        """Take note of the tables and indexes as they are now."""
        rows = self._second.execute(_TABLES).fetchall()
        self._tables = {
            oid: (name, node, self._count(name)) for oid, name, node in rows if self._count(name)
        }
        self._indexes = {oid: node for oid, _, node in self._second.execute(_INDEXES)}
        self._shapes = {oid: shape for oid, *shape in self._second.execute(_SHAPES)}
        self._targets: set[str] = set()
        self._rewritten: set[int] = set()
        self._gaps: set[tuple[int, str]] = set()
        self._leads = self._leading()
        self._singles = 0
        self.changes = 0
        self._read = self._read_so_far()

    def _warned(self, notice: Any) -> None:
        if notice.sqlstate == "25P01":
            self.seen.setdefault("SPARABLE", notice.message_primary)

    def _set(self) -> set[tuple[str, str]]:
        """What is set for the connection, and not by Django for itself."""
        raw = connection.connection
        return set(raw.execute("SELECT name, setting FROM pg_settings WHERE source = 'session'"))

    def close(self) -> None:
        """End the second connection."""
        self._second.close()

    def _leading(self) -> set[tuple[int, str]]:
        """The columns by which an index finds rows, as others see it now."""
        shapes = self._second.execute(_SHAPES).fetchall()
        return {(table, keys.split()[0]) for _, table, keys, *_ in shapes if table in self._tables}

    def after(self) -> None:
        """Note the indexes that were dropped and built again, as they were or otherwise."""
        lifted = {each for each in self._set() - self._settings if each[1] in {"0", "off"}}
        if lifted:
            self.seen.setdefault("LEAKS", str(sorted(lifted)))
        for table, _ in self._gaps & self._leading():
            self.seen.setdefault("INDEX_GAP", self._tables[table][0])
        now = {oid: shape for oid, *shape in self._second.execute(_SHAPES)}
        gone = [shape for oid, shape in self._shapes.items() if oid not in now]
        for oid, shape in now.items():
            if oid not in self._shapes and shape[0] in self._tables:
                table = self._tables[shape[0]][0]
                if shape in gone:
                    self.seen.setdefault("SPARABLE", f"an index of {table} is built again")
                elif shape[-1] and self._is_answered_without(oid, table):
                    self.seen.setdefault("COVERED", f"another index of {table} does it")

    def _is_answered_without(self, index: int, table: str) -> bool:
        """Whether another index finds what this one finds about as fast, by the server's plan."""
        columns = self._second.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s ORDER BY attnum", [index]
        ).fetchall()
        given = " AND ".join(f'"{name}" = (SELECT "{name}" FROM one)' for (name,) in columns)
        query = (
            f'EXPLAIN (FORMAT JSON) WITH one AS (SELECT * FROM "{table}" LIMIT 1)'
            f' SELECT FROM "{table}" WHERE {given}'
        )
        with self._second.transaction(force_rollback=True):
            self._second.execute("SET LOCAL enable_seqscan = off")
            cost = self._cost(query)
            self._second.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s", [index]
            )
            return self._cost(query) < 2 * cost

    def _cost(self, query: str) -> float:
        return float(self._second.execute(query).fetchone()[0][0]["Plan"]["Total Cost"])

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper."""
        text = str(sql)
        self._targets.update(_TARGET.findall(text))
        self.changes += text.startswith(("ALTER", "CREATE", "DROP"))
        if connection.in_atomic_block:
            result = execute(sql, params, many, context)
            self._note(text, context)
        elif _ALONE.search(text):
            with self._held_up():
                result = execute(sql, params, many, context)
            self._gaps |= self._leads - self._leading()
        elif _BARE.match(text) or getattr(context["cursor"].cursor, "name", None):
            result = execute(sql, params, many, context)
        else:
            with connection.connection.transaction():
                result = execute(sql, params, many, context)
                self._note(text, context)
        return result

    def _note(self, text: str, context: Any) -> None:
        rows = context["cursor"].cursor.rowcount
        if _WRITES.match(text):
            if "READS_WAIT" in self.seen and "django_migrations" not in text:
                self.seen.setdefault("HELD_ACROSS", text)
            self._singles += rows == 1
            if self._singles >= _BATCH:
                self.seen.setdefault("ROW_BY_ROW", f"{self._singles} statements of a row each")
        elif rows > _BATCH and text.lstrip().upper().startswith("SELECT"):
            self.seen.setdefault("LOADS_ALL", f"{rows} rows at once: {text[:200]}")
        if not _ROWS.match(text) or rows > _BATCH:
            self.look(text)
        elif rows > 1:
            self._read = self._read_so_far()

    def look(self, text: str = "") -> None:
        """What holds now, in front of the commit."""
        raw = connection.connection
        held = {oid for (oid,) in raw.execute(_LOCKS, [self._process]) if oid in self._tables}
        waiting, unread = self._waiting(held, text)
        self._rows_locked(text)
        worked = self._worked()
        for oid, works in worked.items():
            for work in works if oid in waiting else ():
                self.seen.setdefault(work, f"{self._tables[oid][0]}: {text}")
        for oid in unread - worked.keys() if worked else ():
            self.seen.setdefault("HELD_ACROSS", f"{self._tables[oid][0]}: {text}")

    def _worked(self) -> dict[int, list[str]]:
        """What was done to the rows of each table since the last look."""
        raw = connection.connection
        now = {oid: node for oid, _, node in raw.execute(_TABLES)}
        read = self._read_so_far()
        indexes = raw.execute(_INDEXES).fetchall()
        found: dict[int, list[str]] = {}
        for oid, (_, node, count) in self._tables.items():
            if now.get(oid, node) != node and oid not in self._rewritten:
                found.setdefault(oid, []).append("REWRITES")
                self._rewritten.add(oid)
            if _since(read.get(oid, 0), self._read.get(oid, 0)) >= count:
                found.setdefault(oid, []).append("SCANS")
            if any(t == oid and self._indexes.get(i) != n for i, t, n in indexes):
                found.setdefault(oid, []).append("BUILDS_INDEX")
        self._read = read
        self._indexes = {index: node for index, _, node in indexes}
        return found

    def _read_so_far(self) -> dict[int, int]:
        """How many rows of each table this connection has read, which the server forgets."""
        return dict(connection.connection.execute(_READ).fetchall())

    def _waiting(self, held: set[int], text: str) -> tuple[set[int], set[int]]:
        """The tables where another one cannot write now, and those where it cannot read."""
        found, unread = set(), set()
        for oid in held:
            name = self._tables[oid][0]
            if not self._may(f'DELETE FROM "{name}" WHERE false'):
                found.add(oid)
                self.seen.setdefault("WRITES_WAIT", f"{name}: {text}")
                if name not in self._targets and not text.startswith("DROP INDEX"):
                    self.seen.setdefault("PARENT_WAITS", f"{name}: {text}")
            if not self._may(f'SELECT FROM "{name}" LIMIT 0'):
                unread.add(oid)
                self.seen.setdefault("READS_WAIT", f"{name}: {text}")
        if len(found) > 1:
            self.seen.setdefault("SEVERAL_WAIT", f"{len(found)} tables: {text}")
        return found, unread

    def _rows_locked(self, text: str) -> None:
        for name, _, count in self._tables.values():
            sql = f'SELECT count(*) FROM (SELECT FROM "{name}" FOR UPDATE SKIP LOCKED) AS free'
            free = self._may(sql)
            if free and count - free[0] > _BATCH:
                self.seen.setdefault("WRITES_ROWS", f"{count - free[0]} of {name}: {text}")

    def _may(self, sql: str) -> Any:
        """The second connection's row for it, false where it has to wait."""
        try:
            cursor = self._second.execute(sql)
        except self._failures:
            return False
        return (cursor.description and cursor.fetchone()) or True

    def _count(self, table: str) -> int:
        return int(self._second.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])

    @contextmanager
    def _held_up(self) -> Iterator[None]:
        """A transaction that writes makes a statement wait that works beside others.

        While it waits it holds its own locks; what others may do then is tried.
        """
        holder = self._open()
        holder.autocommit = False
        for name, *_ in self._tables.values():
            holder.execute(f'DELETE FROM "{name}" WHERE false')
        thread = threading.Thread(target=self._try_beside, args=(holder,))
        thread.start()
        try:
            yield
        finally:
            thread.join()
            holder.close()
            self._indexes = {oid: node for oid, _, node in self._second.execute(_INDEXES)}

    def _try_beside(self, holder: Any) -> None:
        ends = time.monotonic() + 0.5
        waits = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        while time.monotonic() < ends:
            if self._second.execute(waits, [self._process]).fetchone():
                held = {oid for (oid,) in self._second.execute(_LOCKS, [self._process])}
                self._waiting(held & self._tables.keys(), "beside others")
                break
            time.sleep(0.01)
        holder.rollback()


def _since(now: int, before: int) -> int:
    """How much was counted; the server begins anew from nought when it has passed its counts on."""
    return now - before if now >= before else now
