"""For each fact about SQLite, the statements that lead to it; Django remakes many a table."""

from __future__ import annotations

from typing import Final

from evidence.measurement import Case

from flake8_django_migrations.plan.actions import Kind

_COLUMNS: Final = {
    "id": "integer NOT NULL PRIMARY KEY AUTOINCREMENT",
    "p_id": "integer NULL REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED",
    "word": "varchar(20) NOT NULL",
    "body": "text NOT NULL",
    "gap": "integer NULL",
    "size": "integer NOT NULL",
}


def _table(name: str, columns: dict[str, str], constraint: str = "") -> str:
    lines = [f"{column} {words}" for column, words in columns.items()]
    return f"CREATE TABLE {name} ({', '.join([*lines, *filter(None, [constraint])])})"


SETUP: Final = (
    "CREATE TABLE p (id integer PRIMARY KEY)",
    (
        "INSERT INTO p WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
        " SELECT i FROM n"
    ),
    _table("t", _COLUMNS),
    (
        "INSERT INTO t"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
        " SELECT i, 1 + i % 100, 'w' || i, printf('%.200c', 'x'), i, i FROM n"
    ),
)


def _remade(constraint: str = "", **changes: str) -> str:
    """The table under another name with its rows, in place of the old one: as Django does it."""
    new = {name: changes.get(name, words) for name, words in _COLUMNS.items()}
    names = ", ".join(new)
    return "; ".join(
        (
            _table("new__t", new, constraint),
            f"INSERT INTO new__t ({names}) SELECT {names} FROM t",
            "DROP TABLE t",
            "ALTER TABLE new__t RENAME TO t",
        )
    )


def _case(kind: Kind, *sql: str, before: str = "") -> tuple[Case, ...]:
    """One case for each statement."""
    return tuple(Case(kind=kind, sql=each, before=before, other="") for each in sql)


CASES: Final = (
    *_case(Kind.DROP_TABLE, "DROP TABLE t"),
    *_case(Kind.RENAME_TABLE, "ALTER TABLE t RENAME TO t2"),
    *_case(Kind.REWRITE_TABLE, _remade()),
    *_case(
        Kind.ADD_COLUMN,
        "ALTER TABLE t ADD COLUMN note text NULL",
        "ALTER TABLE t ADD COLUMN q_id integer NULL REFERENCES p (id)",
    ),
    *_case(Kind.ADD_COLUMN_DEFAULT, "ALTER TABLE t ADD COLUMN state integer DEFAULT 1 NOT NULL"),
    *_case(
        Kind.ADD_COLUMN_VIRTUAL,
        "ALTER TABLE t ADD COLUMN twice integer GENERATED ALWAYS AS (gap * 2) VIRTUAL",
    ),
    *_case(Kind.DROP_COLUMN, "ALTER TABLE t DROP COLUMN gap", "ALTER TABLE t DROP COLUMN body"),
    *_case(Kind.RENAME_COLUMN, "ALTER TABLE t RENAME COLUMN gap TO space"),
    *_case(Kind.ALTER_TYPE, _remade(gap="bigint NULL"), _remade(gap="text NULL")),
    *_case(Kind.WIDEN_TYPE, _remade(word="varchar(40) NOT NULL")),
    *_case(Kind.ALTER_COLLATION, _remade(word="varchar(20) COLLATE NOCASE NOT NULL")),
    *_case(Kind.SET_NOT_NULL, _remade(gap="integer NOT NULL")),
    *_case(
        Kind.SET_NOT_NULL_PROVEN,
        _remade("CONSTRAINT full_gap CHECK (gap IS NOT NULL)", gap="integer NOT NULL"),
    ),
    *_case(Kind.DROP_NOT_NULL, _remade(size="integer NULL")),
    *_case(Kind.SET_DEFAULT, _remade(gap="integer DEFAULT 5 NULL")),
    *_case(Kind.DROP_DEFAULT, _remade(size="integer NOT NULL")),
    *_case(Kind.ADD_CHECK, _remade("CONSTRAINT t_gap CHECK (gap > 0)")),
    *_case(Kind.ADD_UNIQUE, "CREATE UNIQUE INDEX t_word ON t (word)"),
    *_case(
        Kind.CREATE_INDEX,
        "CREATE INDEX t_gap ON t (gap)",
        "CREATE UNIQUE INDEX t_word ON t (word)",
        "CREATE INDEX t_gap ON t (gap) WHERE gap > 5",
    ),
    *_case(Kind.DROP_INDEX, "DROP INDEX t_gap", before="CREATE INDEX t_gap ON t (gap)"),
    *_case(Kind.INSERT, "INSERT INTO t SELECT id + 1000000, p_id, word, body, gap, size FROM t"),
    *_case(Kind.UPDATE, "UPDATE t SET gap = 1", "UPDATE t SET gap = 1 WHERE size % 2 = 0"),
    *_case(Kind.DELETE, "DELETE FROM t", "DELETE FROM t WHERE size % 2 = 0"),
)
