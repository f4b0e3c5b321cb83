"""MariaDB's own word on a statement: what it builds anew, what it lets others do meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from evidence.mariadb_cases import SETUP
from evidence.measurement import Case, Measured
from evidence.servers import DATABASE
from pymysql.err import MySQLError

from flake8_django_migrations.plan.actions import Lock, Work

if TYPE_CHECKING:
    from evidence.servers import Server

_WANTS_LOCK: Final = {1845, 1846}
"""The numbers of ER_ALTER_OPERATION_NOT_SUPPORTED, without a reason and with one."""

_IDENTITIES: Final = """
SELECT t.table_id, i.index_id FROM information_schema.innodb_sys_tables t
JOIN information_schema.innodb_sys_indexes i USING (table_id) WHERE t.name = %s
"""

_FEW: Final = 1_000
_MANY: Final = (60_000, 240_000, 960_000)
"""Until a statement that works through them lasts longer than its beginning and end."""

_TRIES: Final = {
    "reads": "SELECT id FROM {} WHERE id = 5",
    "writes": "UPDATE {} SET id = 5 WHERE id = 5",
}


def measure(server: Server, case: Case) -> Measured:
    """What the server does for the case, on a table of its own."""
    connection, other = server.connect(), server.connect()
    try:
        _prepare(connection, case, _FEW)
        before = _identities(connection, case.table)
        blocks, written = _run(connection, case.sql)
        work = _work(connection, case, before, written)
        waits: dict[tuple[str, str], bool] = {}
        for rows in _MANY if work not in {Work.NONE, Work.ROW_WRITES} else ():
            _prepare(connection, case, rows)
            waits = _waits(connection, other, case)
            if blocks or not any(waits.values()):
                break
    finally:
        connection.close()
        other.close()
    return Measured(
        lock=Lock.NONE if work is Work.ROW_WRITES else _lock(blocks),
        referenced=_lock(waits.get((case.other, "writes"), False)) if case.other else Lock.NONE,
        work=work,
        can_run_in_transaction=True,
        reads_wait=waits.get((case.table, "reads"), False),
        writes_wait=waits.get((case.table, "writes"), False),
    )


def _run(connection: Any, sql: str) -> tuple[bool, int]:
    """Whether the server refuses to let others write meanwhile, and how many rows it wrote."""
    clause = {"ALTER": ", LOCK=NONE", "CREATE": " LOCK=NONE"}.get(sql.partition(" ")[0], "")
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"{sql}{clause}")
        except MySQLError as error:
            if error.args[0] not in _WANTS_LOCK:
                raise
            cursor.execute(sql)
            return True, cursor.rowcount
        return False, cursor.rowcount


def _lock(writes_wait: bool) -> Lock:
    """A statement whose work does not grow with the rows is over in a moment."""
    return Lock.SHARED_COPY if writes_wait else Lock.METADATA


def _prepare(connection: Any, case: Case, rows: int) -> None:
    with connection.cursor() as cursor:
        for table in ("t2", "t", "p"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        for each in (*SETUP, *([case.before] if case.before else [])):
            cursor.execute(each.format(rows=rows))


def _identities(connection: Any, table: str) -> tuple[set[int], set[int]]:
    """InnoDB's numbers of the table and of its indexes; a new number means newly built."""
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES, [f"{DATABASE}/{table}"])
        rows = cursor.fetchall()
    return {row[0] for row in rows}, {row[1] for row in rows}


def _work(connection: Any, case: Case, before: tuple[set[int], set[int]], written: int) -> Work:
    """What the numbers from before and after tell, or the count of rows written."""
    tables, indexes = _identities(connection, case.table)
    if case.sql.startswith(("INSERT", "UPDATE", "DELETE")):
        return Work.ROW_WRITES if written >= _FEW // 3 else Work.NONE
    if case.sql.startswith("ALTER") and tables - before[0]:
        return Work.REWRITE
    is_built = case.sql.startswith(("ALTER", "CREATE")) and indexes - before[1]
    return Work.INDEX_BUILD if is_built else Work.NONE


def _waits(connection: Any, other: Any, case: Case) -> dict[tuple[str, str], bool]:
    """What others could not do, to which table, for most of the time the statement took."""
    cursor, watcher = connection.cursor(), other.cursor()
    tables = [case.table, *([case.other] if case.other else [])]
    tries: dict[tuple[str, str], list[bool]] = {
        (table, what): [] for table in tables for what in _TRIES
    }
    statement = threading.Thread(target=cursor.execute, args=(case.sql,))
    statement.start()
    while statement.is_alive():
        for (table, what), seen in tries.items():
            seen.append(_is_refused(watcher, _TRIES[what].format(table)))
        time.sleep(0.0005)
    statement.join()
    return {key: sum(seen) * 2 > len(seen) for key, seen in tries.items()}


def _is_refused(cursor: Any, sql: str) -> bool:
    try:
        cursor.execute(f"SET STATEMENT lock_wait_timeout=0, innodb_lock_wait_timeout=0 FOR {sql}")
    except MySQLError:
        return True
    return False
