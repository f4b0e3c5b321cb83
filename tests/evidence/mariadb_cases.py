"""For each fact about MariaDB, the statements that lead to it, as Django writes them."""

from __future__ import annotations

from typing import Final

from evidence.measurement import Case

from flake8_django_migrations.plan.actions import Kind

SETUP: Final = (
    "CREATE TABLE p (id integer PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)",
    "INSERT INTO p SELECT seq, concat('p', seq) FROM seq_1_to_100",
    (
        "CREATE TABLE t (id integer PRIMARY KEY, p_id integer, small smallint NOT NULL,"
        " word varchar(20) NOT NULL, body longtext NOT NULL, amount numeric(8, 2) NOT NULL,"
        " gap integer, size integer NOT NULL DEFAULT 1)"
    ),
    (
        "INSERT INTO t SELECT seq, 1 + seq % 100, seq % 100, concat('w', seq), repeat('x', 100),"
        " seq / 7, seq, 1 FROM seq_1_to_{rows}"
    ),
)

_KEY: Final = "ALTER TABLE t ADD CONSTRAINT t_p FOREIGN KEY (p_id) REFERENCES p (id)"


def _case(
    kind: Kind, *sql: str, before: str = "", table: str = "t", other: str = ""
) -> tuple[Case, ...]:
    """One case for each statement."""
    return tuple(Case(kind=kind, sql=each, before=before, table=table, other=other) for each in sql)


CASES: Final = (
    *_case(Kind.DROP_TABLE, "DROP TABLE t CASCADE", before=_KEY),
    *_case(Kind.RENAME_TABLE, "RENAME TABLE t TO t2", before=_KEY),
    *_case(Kind.COMMENT_ON_TABLE, "ALTER TABLE t COMMENT = 'orders'"),
    *_case(Kind.TRUNCATE, "TRUNCATE t"),
    *_case(
        Kind.ADD_COLUMN,
        "ALTER TABLE t ADD COLUMN note longtext NULL",
        "ALTER TABLE t ADD COLUMN count integer NULL",
    ),
    *_case(
        Kind.ADD_COLUMN_DEFAULT,
        "ALTER TABLE t ADD COLUMN count integer DEFAULT 1 NOT NULL",
        "ALTER TABLE t ADD COLUMN note longtext DEFAULT ('') NOT NULL",
        "ALTER TABLE t ADD COLUMN made datetime(6) DEFAULT (now(6)) NOT NULL",
    ),
    *_case(
        Kind.ADD_COLUMN_STORED,
        "ALTER TABLE t ADD COLUMN twice integer GENERATED ALWAYS AS (small * 2) STORED",
    ),
    *_case(
        Kind.ADD_COLUMN_VIRTUAL,
        "ALTER TABLE t ADD COLUMN twice integer GENERATED ALWAYS AS (small * 2) VIRTUAL",
    ),
    *_case(
        Kind.ADD_COLUMN_IDENTITY,
        "ALTER TABLE t ADD COLUMN number integer AUTO_INCREMENT NOT NULL UNIQUE",
    ),
    *_case(Kind.DROP_COLUMN, "ALTER TABLE t DROP COLUMN body", "ALTER TABLE t DROP COLUMN gap"),
    *_case(Kind.RENAME_COLUMN, "ALTER TABLE t RENAME COLUMN gap TO space"),
    *_case(Kind.RENAME_COLUMN, "ALTER TABLE t CHANGE gap space integer NULL"),
    *_case(
        Kind.WIDEN_TYPE,
        "ALTER TABLE t MODIFY word varchar(60) NOT NULL",
    ),
    *_case(
        Kind.WIDEN_TYPE,
        "ALTER TABLE t MODIFY word varchar(300) NOT NULL",
        before="ALTER TABLE t MODIFY word varchar(31) NOT NULL",
    ),
    *_case(
        Kind.ALTER_TYPE,
        "ALTER TABLE t MODIFY small integer NOT NULL",
        "ALTER TABLE t MODIFY id bigint NOT NULL",
        "ALTER TABLE t MODIFY word varchar(10) NOT NULL",
        "ALTER TABLE t MODIFY amount numeric(12, 2) NOT NULL",
        "ALTER TABLE t MODIFY amount numeric(12, 4) NOT NULL",
        "ALTER TABLE t MODIFY gap varchar(20) NULL",
        "ALTER TABLE t MODIFY word longtext NOT NULL",
    ),
    *_case(
        Kind.ALTER_TYPE,
        "ALTER TABLE t MODIFY word varchar(300) NOT NULL",
        before="ALTER TABLE t MODIFY word varchar(32) NOT NULL",
    ),
    *_case(
        Kind.ALTER_COLLATION,
        "ALTER TABLE t MODIFY word varchar(20) COLLATE utf8mb4_bin NOT NULL",
        before="CREATE INDEX t_word ON t (word, body(200))",
    ),
    *_case(Kind.SET_NOT_NULL, "ALTER TABLE t MODIFY gap integer NOT NULL"),
    *_case(
        Kind.SET_NOT_NULL_PROVEN,
        "ALTER TABLE t MODIFY gap integer NOT NULL",
        before="ALTER TABLE t ADD CONSTRAINT full_gap CHECK (gap IS NOT NULL)",
    ),
    *_case(Kind.DROP_NOT_NULL, "ALTER TABLE t MODIFY size integer NULL"),
    *_case(Kind.SET_DEFAULT, "ALTER TABLE t ALTER COLUMN gap SET DEFAULT 5"),
    *_case(Kind.DROP_DEFAULT, "ALTER TABLE t ALTER COLUMN size DROP DEFAULT"),
    *_case(Kind.COMMENT_ON_COLUMN, "ALTER TABLE t MODIFY gap integer NULL COMMENT 'hours'"),
    *_case(Kind.ADD_IDENTITY, "ALTER TABLE t MODIFY id integer AUTO_INCREMENT NOT NULL"),
    *_case(
        Kind.DROP_IDENTITY,
        "ALTER TABLE t MODIFY id integer NOT NULL",
        before="ALTER TABLE t MODIFY id integer AUTO_INCREMENT NOT NULL",
    ),
    *_case(
        Kind.CREATE_INDEX,
        "CREATE INDEX t_body ON t (body(200))",
        "CREATE UNIQUE INDEX t_word ON t (word)",
        "CREATE INDEX t_both ON t (gap, small DESC)",
    ),
    *_case(Kind.DROP_INDEX, "DROP INDEX t_gap ON t", before="CREATE INDEX t_gap ON t (gap)"),
    *_case(
        Kind.RENAME_INDEX,
        "ALTER TABLE t RENAME INDEX t_gap TO t_space",
        before="CREATE INDEX t_gap ON t (gap)",
    ),
    *_case(
        Kind.ADD_PRIMARY_KEY,
        "ALTER TABLE t ADD PRIMARY KEY (word)",
        before="ALTER TABLE t DROP PRIMARY KEY, ADD INDEX t_id (id)",
    ),
    *_case(Kind.ADD_UNIQUE, "ALTER TABLE t ADD CONSTRAINT t_word UNIQUE (word)"),
    *_case(Kind.ADD_CHECK, "ALTER TABLE t ADD CONSTRAINT t_gap CHECK (gap > 0)"),
    *_case(Kind.ADD_FOREIGN_KEY, _KEY, other="p"),
    *_case(
        Kind.ADD_FOREIGN_KEY_NEW_COLUMN,
        "ALTER TABLE t ADD COLUMN q_id integer NULL, ADD CONSTRAINT t_q FOREIGN KEY (q_id)"
        " REFERENCES p (id)",
        other="p",
    ),
    *_case(
        Kind.DROP_CONSTRAINT,
        "ALTER TABLE t DROP CONSTRAINT t_gap",
        before="ALTER TABLE t ADD CONSTRAINT t_gap CHECK (gap > 0)",
    ),
    *_case(
        Kind.DROP_CONSTRAINT,
        "ALTER TABLE t DROP INDEX t_word",
        before="ALTER TABLE t ADD CONSTRAINT t_word UNIQUE (word)",
    ),
    *_case(Kind.DROP_FOREIGN_KEY, "ALTER TABLE t DROP FOREIGN KEY t_p", before=_KEY),
    *_case(
        Kind.INSERT,
        "INSERT INTO t SELECT id + 1000000, p_id, small, word, body, amount, gap, size FROM t",
    ),
    *_case(Kind.UPDATE, "UPDATE t SET gap = 1", "UPDATE t SET gap = 1 WHERE small < 50"),
    *_case(Kind.DELETE, "DELETE FROM t", "DELETE FROM t WHERE small < 50"),
)
