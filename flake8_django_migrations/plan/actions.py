"""What the database will be asked to do: one action, its locks and its work."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

from flake8_django_migrations.migration import NOWHERE, ModelKey, Place


class Kind(enum.Enum):
    """What an action is; the facts table gives each its lock and work per database."""

    CREATE_TABLE = "create table"
    DROP_TABLE = "drop table"
    RENAME_TABLE = "rename table"
    COMMENT_ON_TABLE = "comment on table"
    TRIGGER = "create or switch a trigger"
    REFRESH_VIEW = "refresh materialized view"
    DROP_SCHEMA = "drop schema"  # also of a whole database
    ADD_ENUM_VALUE = "add enum value"
    RENAME_ENUM_VALUE = "rename enum value"
    TRUNCATE = "truncate"
    LOCK_TABLE = "lock table"
    REWRITE_TABLE = "rewrite table"  # VACUUM FULL, CLUSTER, SET UNLOGGED, SET TABLESPACE

    ADD_COLUMN = "add column"
    ADD_COLUMN_DEFAULT = "add column with constant default"
    ADD_COLUMN_VOLATILE = "add column with volatile default"
    ADD_COLUMN_STORED = "add stored generated column"
    ADD_COLUMN_VIRTUAL = "add virtual generated column"
    ADD_COLUMN_IDENTITY = "add identity column"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    WIDEN_TYPE = "change type in place"
    ALTER_TYPE = "change type"
    ALTER_COLLATION = "change collation of an indexed column"
    SET_NOT_NULL = "set not null"
    SET_NOT_NULL_PROVEN = "set not null proven by a check"
    DROP_NOT_NULL = "drop not null"
    SET_DEFAULT = "set default"
    DROP_DEFAULT = "drop default"
    COMMENT_ON_COLUMN = "comment on column"
    ADD_IDENTITY = "add identity"
    DROP_IDENTITY = "drop identity"

    CREATE_INDEX = "create index"
    CREATE_INDEX_CONCURRENTLY = "create index concurrently"
    DROP_INDEX = "drop index"
    DROP_INDEX_CONCURRENTLY = "drop index concurrently"
    RENAME_INDEX = "rename index"
    REINDEX = "reindex"
    REINDEX_CONCURRENTLY = "reindex concurrently"

    ADD_PRIMARY_KEY = "add primary key"
    ADD_UNIQUE = "add unique constraint"
    ADD_UNIQUE_USING_INDEX = "add unique constraint using index"
    ADD_CHECK = "add check constraint"
    ADD_CHECK_NOT_VALID = "add check constraint not valid"
    ADD_EXCLUSION = "add exclusion constraint"
    ADD_FOREIGN_KEY = "add foreign key"
    ADD_FOREIGN_KEY_NEW_COLUMN = "add foreign key on a new empty column"
    ADD_FOREIGN_KEY_NOT_VALID = "add foreign key not valid"
    VALIDATE_CONSTRAINT = "validate constraint"
    RENAME_CONSTRAINT = "rename constraint"
    DROP_CONSTRAINT = "drop constraint"
    DROP_FOREIGN_KEY = "drop foreign key"

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    SELECT = "select"

    TRANSACTION = "transaction control"
    SET = "set"
    NOT_IN_TRANSACTION = "refuses a transaction"  # VACUUM, CREATE DATABASE, ALTER SYSTEM
    OTHER = "other"
    UNREADABLE = "unreadable"


class Lock(enum.Enum):
    """The lock on a table: PostgreSQL's names, then what other databases have."""

    NONE = "none"
    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
    INDEX = "ACCESS EXCLUSIVE on an index"
    METADATA = "exclusive metadata lock for a moment"
    SHARED_COPY = "shared lock for the length of a copy"
    DATABASE = "the whole database file"

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE by others wait."""
        return self in _BLOCKS_WRITES

    @property
    def blocks_reads(self) -> bool:
        """Whether SELECT by others waits: to plan one, PostgreSQL opens every index."""
        return self in {Lock.ACCESS_EXCLUSIVE, Lock.INDEX}

    @property
    def waiting(self) -> str:
        """Who waits while it is held, in a few words."""
        if self.blocks_reads:
            return "reads and writes wait"
        if self.blocks_writes:
            return "writes wait"
        match self:
            case Lock.METADATA:
                return "reads and writes wait for a moment"
            case Lock.ROW_EXCLUSIVE:
                return "writers of the same rows wait"
            case Lock.NONE:
                return "nobody waits"
            case _:
                return "only other schema changes wait"


_BLOCKS_WRITES = frozenset(
    {
        Lock.SHARE,
        Lock.SHARE_ROW_EXCLUSIVE,
        Lock.EXCLUSIVE,
        Lock.ACCESS_EXCLUSIVE,
        Lock.INDEX,
        Lock.SHARED_COPY,
        Lock.DATABASE,
    }
)


class Work(enum.Enum):
    """What is done while the lock is held, in growing weight."""

    NONE = "none"
    SCAN = "scan"
    INDEX_BUILD = "index build"
    ROW_WRITES = "row writes"
    REWRITE = "rewrite"

    @property
    def grows_with_rows(self) -> bool:
        """Whether it takes longer the more rows the table has."""
        return self is not Work.NONE


class Loss(enum.Enum):
    """What a change of type does to the values that are there."""

    NONE = "none"
    CUTS = "cuts"
    ROUNDS = "rounds"
    DROPS_PART = "drops part"
    REFUSES = "refuses"
    NEVER_CASTS = "never casts"


class TableLock(NamedTuple):
    """A lock that an action takes on a table that was there before it."""

    table: str
    lock: Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing the database is asked to do, as the facts table knows it.

    ``table`` is the table's name in the database, empty where none is concerned. ``model`` and
    ``field`` are Django's names where the action comes from one. ``locks`` and ``work`` are
    filled from the facts; an action without a fact takes no lock that is known.
    """

    kind: Kind
    table: str = ""
    columns: tuple[str, ...] = ()
    name: str = ""
    """The index, constraint or extension; for a rename, the new name."""
    references: str = ""
    """The table a foreign key points to."""
    others: tuple[str, ...] = ()
    """Further tables that are locked as the referenced one is: a dropped table's neighbours."""
    is_unique: bool = False
    is_plain: bool = True
    """Whether an index or constraint has nothing but its columns: no condition, no class."""
    is_cascade: bool = False
    is_whole_table: bool = False
    """Whether a row write has no condition at all: every row is written."""
    is_bounded: bool = False
    """Whether a row write is limited to keys in hand, or to the rows it brings along."""
    is_conditional: bool = False
    """Whether the statement asks first: IF EXISTS, IF NOT EXISTS, OR REPLACE, a branch."""
    is_local: bool = False
    """Whether a setting ends with the transaction: SET LOCAL."""
    is_not_null: bool = False
    """Whether a new column rejects NULL."""
    is_last: bool = False
    """Whether Django defers it to the end of the migration's transaction."""
    is_remade: bool = False
    """Whether it is done by writing the whole table anew under another name, as on SQLite."""
    loss: Loss = Loss.NONE
    old_type: str = ""
    new_type: str = ""
    value: str = ""
    """What a setting is set to, DEFAULT where it is given back; an enum's new value."""
    index: str = ""
    """The index that a constraint takes over."""
    model: ModelKey | None = None
    field: str = ""
    sql: str = ""
    statements: int = 1
    """How many statements are sent in the same call."""
    place: Place = NOWHERE
    locks: tuple[TableLock, ...] = ()
    work: Work = Work.NONE

    def lock_on(self, table: str) -> Lock:
        """The lock it takes on that table; Lock.NONE where it takes none."""
        return next((held.lock for held in self.locks if held.table == table), Lock.NONE)
