"""The table of facts: what an action locks, and what is done meanwhile, per database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flake8_django_migrations.plan.actions import Action, Kind, Lock, TableLock, Work
from flake8_django_migrations.plan.databases import Database, Version

_ALTER: Final = "https://www.postgresql.org/docs/current/sql-altertable.html"
_LOCKS: Final = "https://www.postgresql.org/docs/current/explicit-locking.html"
_INDEX: Final = "https://www.postgresql.org/docs/current/sql-createindex.html"
_REINDEX: Final = "https://www.postgresql.org/docs/current/sql-reindex.html"
_RENAME_INDEX: Final = "https://www.postgresql.org/docs/current/sql-alterindex.html"
_ONLINE: Final = "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"
_MYSQL_57: Final = "https://dev.mysql.com/doc/refman/5.7/en/innodb-online-ddl-operations.html"
_MYSQL_CHECK: Final = "https://github.com/ankane/strong_migrations#adding-a-check-constraint"
_MARIADB: Final = "https://mariadb.com/kb/en/innodb-online-ddl-overview/"
_MARIADB_ONLINE: Final = "https://mariadb.com/kb/en/online-schema-change/"
_SQLITE: Final = "https://www.sqlite.org/lang_altertable.html"
_SQLITE_LOCK: Final = "https://www.sqlite.org/lockingv3.html"

MEASURED: Final = {
    "postgresql": tuple((major,) for major in range(10, 19)),
    "mariadb": ((10, 11),),
    "sqlite": ((3,),),
}
"""The servers on which the facts are measured, by vendor; no other's facts are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one kind of action costs on the versions from ``since`` up to ``until``.

    ``referenced`` is the lock on the tables at the other end of a foreign key. ``source`` is the
    page that says so.
    """

    kind: Kind
    vendor: str
    since: Version = ()
    until: Version = ()
    lock: Lock = Lock.NONE
    referenced: Lock = Lock.NONE
    work: Work = Work.NONE
    can_run_in_transaction: bool = True
    source: str

    @property
    def measured(self) -> tuple[Database, ...]:
        """The servers on which it was measured and found true; empty where only read."""
        return tuple(
            Database(self.vendor, version)
            for version in MEASURED.get(self.vendor, ())
            if self.holds_for(version)
        )

    def holds_for(self, version: Version) -> bool:
        """Whether it speaks of that version; a series means its newest release."""
        since, until = self.since[: len(version)], self.until[: len(version)]
        return since <= version and (not until or version < until)


def _pg(
    kind: Kind,
    lock: Lock,
    work: Work = Work.NONE,
    *,
    referenced: Lock = Lock.NONE,
    since: Version = (),
    until: Version = (),
    alone: bool = False,
    source: str = _ALTER,
) -> Fact:
    return Fact(
        kind=kind,
        vendor="postgresql",
        since=since,
        until=until,
        lock=lock,
        referenced=referenced,
        work=work,
        can_run_in_transaction=not alone,
        source=source,
    )


_AE: Final = Lock.ACCESS_EXCLUSIVE
_SRE: Final = Lock.SHARE_ROW_EXCLUSIVE
_SUE: Final = Lock.SHARE_UPDATE_EXCLUSIVE

_POSTGRESQL: Final = (
    _pg(Kind.DROP_TABLE, _AE, referenced=_AE, source=_LOCKS),
    _pg(Kind.RENAME_TABLE, _AE),
    _pg(Kind.COMMENT_ON_TABLE, _SUE, source=_LOCKS),
    _pg(Kind.TRUNCATE, _AE, referenced=_AE, source=_LOCKS),
    _pg(Kind.LOCK_TABLE, _AE, source=_LOCKS),
    _pg(Kind.REWRITE_TABLE, _AE, Work.REWRITE, source=_LOCKS),
    _pg(Kind.TRIGGER, _SRE, source=_LOCKS),
    _pg(Kind.REFRESH_VIEW, _AE, Work.REWRITE, source=_LOCKS),
    _pg(Kind.ADD_COLUMN, _AE),
    _pg(Kind.ADD_COLUMN_DEFAULT, _AE, Work.REWRITE, until=(11,)),
    _pg(Kind.ADD_COLUMN_DEFAULT, _AE, since=(11,)),
    _pg(Kind.ADD_COLUMN_VOLATILE, _AE, Work.REWRITE),
    _pg(Kind.ADD_COLUMN_STORED, _AE, Work.REWRITE, since=(12,)),
    _pg(Kind.ADD_COLUMN_VIRTUAL, _AE, since=(18,)),
    _pg(Kind.ADD_COLUMN_IDENTITY, _AE, Work.REWRITE),
    _pg(Kind.DROP_COLUMN, _AE),
    _pg(Kind.RENAME_COLUMN, _AE),
    _pg(Kind.WIDEN_TYPE, _AE, referenced=_AE),
    _pg(Kind.ALTER_TYPE, _AE, Work.REWRITE, referenced=_AE),
    _pg(Kind.ALTER_COLLATION, _AE, Work.INDEX_BUILD, referenced=_AE),
    _pg(Kind.SET_NOT_NULL, _AE, Work.SCAN),
    _pg(Kind.SET_NOT_NULL_PROVEN, _AE, Work.SCAN, until=(12,)),
    _pg(Kind.SET_NOT_NULL_PROVEN, _AE, since=(12,)),
    _pg(Kind.DROP_NOT_NULL, _AE),
    _pg(Kind.SET_DEFAULT, _AE),
    _pg(Kind.DROP_DEFAULT, _AE),
    _pg(Kind.COMMENT_ON_COLUMN, _SUE, source=_LOCKS),
    _pg(Kind.ADD_IDENTITY, _AE),
    _pg(Kind.DROP_IDENTITY, _AE),
    _pg(Kind.CREATE_INDEX, Lock.SHARE, Work.INDEX_BUILD, source=_INDEX),
    _pg(Kind.CREATE_INDEX_CONCURRENTLY, _SUE, Work.INDEX_BUILD, alone=True, source=_INDEX),
    _pg(Kind.DROP_INDEX, _AE, source=_LOCKS),
    _pg(Kind.DROP_INDEX_CONCURRENTLY, _SUE, alone=True, source=_LOCKS),
    _pg(Kind.RENAME_INDEX, Lock.INDEX, until=(12,), source=_RENAME_INDEX),
    _pg(Kind.RENAME_INDEX, Lock.NONE, since=(12,), source=_RENAME_INDEX),
    _pg(Kind.REINDEX, Lock.INDEX, Work.INDEX_BUILD, source=_REINDEX),
    _pg(
        Kind.REINDEX_CONCURRENTLY,
        _SUE,
        Work.INDEX_BUILD,
        since=(12,),
        alone=True,
        source=_REINDEX,
    ),
    _pg(Kind.ADD_PRIMARY_KEY, _AE, Work.INDEX_BUILD),
    _pg(Kind.ADD_UNIQUE, _AE, Work.INDEX_BUILD),
    _pg(Kind.ADD_UNIQUE_USING_INDEX, _AE),
    _pg(Kind.ADD_CHECK, _AE, Work.SCAN),
    _pg(Kind.ADD_CHECK_NOT_VALID, _AE),
    _pg(Kind.ADD_EXCLUSION, _AE, Work.INDEX_BUILD),
    _pg(Kind.ADD_FOREIGN_KEY, _SRE, Work.SCAN, referenced=_SRE),
    _pg(Kind.ADD_FOREIGN_KEY_NEW_COLUMN, _AE, referenced=_SRE),
    _pg(Kind.ADD_FOREIGN_KEY_NOT_VALID, _SRE, referenced=_SRE),
    _pg(Kind.VALIDATE_CONSTRAINT, _SUE, Work.SCAN, referenced=Lock.ROW_SHARE),
    _pg(Kind.RENAME_CONSTRAINT, _AE),
    _pg(Kind.DROP_CONSTRAINT, _AE),
    _pg(Kind.DROP_FOREIGN_KEY, _AE, referenced=_AE),
    _pg(Kind.INSERT, Lock.ROW_EXCLUSIVE, Work.ROW_WRITES, source=_LOCKS),
    _pg(Kind.UPDATE, Lock.ROW_EXCLUSIVE, Work.ROW_WRITES, source=_LOCKS),
    _pg(Kind.DELETE, Lock.ROW_EXCLUSIVE, Work.ROW_WRITES, source=_LOCKS),
    _pg(Kind.SELECT, Lock.ACCESS_SHARE, source=_LOCKS),
    _pg(Kind.NOT_IN_TRANSACTION, Lock.NONE, alone=True, source=_LOCKS),
)


def _rows(
    vendor: str,
    source: str,
    lock: Lock,
    work: Work,
    *kinds: Kind,
    since: Version = (),
    until: Version = (),
    referenced: Lock = Lock.NONE,
) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            kind=kind,
            vendor=vendor,
            since=since,
            until=until,
            lock=lock,
            referenced=referenced,
            work=work,
            source=source,
        )
        for kind in kinds
    )


_ADD_COLUMN: Final = (Kind.ADD_COLUMN, Kind.ADD_COLUMN_DEFAULT)
_NULL: Final = (Kind.SET_NOT_NULL, Kind.SET_NOT_NULL_PROVEN, Kind.DROP_NOT_NULL)
_MOMENT: Final = (
    Kind.DROP_TABLE,
    Kind.RENAME_TABLE,
    Kind.TRUNCATE,
    Kind.RENAME_COLUMN,
    Kind.WIDEN_TYPE,
    Kind.SET_DEFAULT,
    Kind.DROP_DEFAULT,
    Kind.COMMENT_ON_TABLE,
    Kind.DROP_INDEX,
    Kind.RENAME_INDEX,
    Kind.ADD_COLUMN_VIRTUAL,
    Kind.DROP_CONSTRAINT,
    Kind.DROP_FOREIGN_KEY,
)
_BUILDS: Final = (Kind.CREATE_INDEX, Kind.ADD_UNIQUE)
_KEYS: Final = (Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NEW_COLUMN)
_WRITES: Final = (Kind.INSERT, Kind.UPDATE, Kind.DELETE)
_META: Final = Lock.METADATA
_COPY: Final = Lock.SHARED_COPY

_MYSQL_COPIES: Final = (Kind.ALTER_TYPE, Kind.ADD_COLUMN_STORED, Kind.ADD_COLUMN_VOLATILE)

_MYSQL: Final = (
    *_rows("mysql", _MYSQL_57, _META, Work.REWRITE, *_ADD_COLUMN, until=(8, 0, 12)),
    *_rows("mysql", _ONLINE, _META, Work.NONE, *_ADD_COLUMN, since=(8, 0, 12)),
    *_rows("mysql", _ONLINE, _META, Work.REWRITE, Kind.DROP_COLUMN, until=(8, 0, 29)),
    *_rows("mysql", _ONLINE, _META, Work.NONE, Kind.DROP_COLUMN, since=(8, 0, 29)),
    *_rows("mysql", _ONLINE, _META, Work.NONE, *_MOMENT),
    *_rows("mysql", _ONLINE, _META, Work.INDEX_BUILD, *_BUILDS),
    *_rows("mysql", _ONLINE, _META, Work.REWRITE, *_NULL, Kind.ADD_PRIMARY_KEY),
    *_rows("mysql", _ONLINE, _COPY, Work.REWRITE, *_MYSQL_COPIES, Kind.ADD_COLUMN_IDENTITY),
    *_rows("mysql", _ONLINE, _COPY, Work.REWRITE, *_KEYS, referenced=_META),
    *_rows("mysql", _MYSQL_CHECK, _COPY, Work.REWRITE, Kind.ADD_CHECK, since=(8, 0, 16)),
    *_rows("mysql", _ONLINE, Lock.NONE, Work.ROW_WRITES, *_WRITES),
)

_MARIADB_COPIES: Final = (Kind.ALTER_TYPE, Kind.ADD_COLUMN_STORED, Kind.ADD_CHECK)
_UNTIL_ONLINE: Final = (11, 2)
"""From here on MariaDB lets others write while it copies a table."""

_MARIADB_ROWS: Final = (
    *_rows("mariadb", _MARIADB, _META, Work.NONE, *_ADD_COLUMN, Kind.DROP_COLUMN, *_MOMENT),
    *_rows("mariadb", _MARIADB, _META, Work.NONE, Kind.COMMENT_ON_COLUMN, Kind.DROP_IDENTITY),
    *_rows("mariadb", _MARIADB, _META, Work.INDEX_BUILD, *_BUILDS, Kind.ALTER_COLLATION),
    *_rows("mariadb", _MARIADB, _META, Work.REWRITE, *_NULL, Kind.ADD_PRIMARY_KEY),
    *_rows("mariadb", _MARIADB, _COPY, Work.REWRITE, *_MARIADB_COPIES, until=_UNTIL_ONLINE),
    *_rows("mariadb", _MARIADB_ONLINE, _META, Work.REWRITE, *_MARIADB_COPIES, since=_UNTIL_ONLINE),
    *_rows("mariadb", _MARIADB, _COPY, Work.REWRITE, Kind.ADD_COLUMN_IDENTITY),
    *_rows("mariadb", _MARIADB, _COPY, Work.REWRITE, Kind.ADD_IDENTITY, until=_UNTIL_ONLINE),
    *_rows("mariadb", _MARIADB, _COPY, Work.REWRITE, *_KEYS, referenced=_COPY, until=_UNTIL_ONLINE),
    *_rows("mariadb", _MARIADB_ONLINE, _META, Work.REWRITE, *_KEYS, since=_UNTIL_ONLINE),
    *_rows("mariadb", _MARIADB, Lock.NONE, Work.ROW_WRITES, *_WRITES),
)

_FILE: Final = Lock.DATABASE
_REMADE: Final = (
    Kind.REWRITE_TABLE,
    Kind.WIDEN_TYPE,
    Kind.ALTER_TYPE,
    Kind.ALTER_COLLATION,
    *_NULL,
    Kind.SET_DEFAULT,
    Kind.DROP_DEFAULT,
    Kind.ADD_CHECK,
)
"""What SQLite has no statement for: Django writes the table anew."""

_SQLITE_ROWS: Final = (
    *_rows("sqlite", _SQLITE, _FILE, Work.NONE, *_ADD_COLUMN, Kind.ADD_COLUMN_VIRTUAL),
    *_rows("sqlite", _SQLITE, _FILE, Work.NONE, Kind.RENAME_COLUMN),
    *_rows("sqlite", _SQLITE, _FILE, Work.NONE, Kind.DROP_TABLE, Kind.RENAME_TABLE),
    *_rows("sqlite", _SQLITE, _FILE, Work.REWRITE, Kind.DROP_COLUMN, *_REMADE),
    *_rows("sqlite", _SQLITE_LOCK, _FILE, Work.INDEX_BUILD, *_BUILDS),
    *_rows("sqlite", _SQLITE_LOCK, _FILE, Work.NONE, Kind.DROP_INDEX),
    *_rows("sqlite", _SQLITE_LOCK, _FILE, Work.ROW_WRITES, *_WRITES),
)

FACTS: Final[tuple[Fact, ...]] = (*_POSTGRESQL, *_MYSQL, *_MARIADB_ROWS, *_SQLITE_ROWS)
"""Every fact that is known; an action without a row takes no lock that is known."""

_BY_KIND: Final[dict[tuple[Kind, str], tuple[Fact, ...]]] = {
    (row.kind, row.vendor): tuple(
        each for each in FACTS if (each.kind, each.vendor) == (row.kind, row.vendor)
    )
    for row in FACTS
}


def fact(kind: Kind, database: Database) -> Fact | None:
    """The row for this kind of action on this database; None where nothing is known."""
    rows = _BY_KIND.get((kind, database.vendor), ())
    return next((row for row in rows if row.holds_for(database.version)), None)


def can_run_in_transaction(action: Action, database: Database) -> bool:
    """Whether the database accepts the action inside a transaction; True where not known."""
    row = fact(action.kind, database)
    return row is None or row.can_run_in_transaction


def cost(action: Action, database: Database) -> Action:
    """The action with its locks and its work; locks that the statement names itself stay.

    A row write that is limited to keys in hand does no work that grows with the table. What is
    done by remaking the table costs what remaking a table costs.
    """
    row = fact(Kind.REWRITE_TABLE if action.is_remade else action.kind, database)
    if row is None or action.locks:
        return action
    work = Work.NONE if action.is_bounded else row.work
    held = [TableLock(action.table, row.lock)]
    held += [TableLock(name, row.referenced) for name in (action.references, *action.others)]
    strongest: dict[str, TableLock] = {}
    for lock in held:
        if lock.table and lock.lock is not Lock.NONE:
            strongest.setdefault(lock.table, lock)
    if not strongest and work is action.work:
        return action
    return replace(action, locks=tuple(strongest.values()), work=work)
