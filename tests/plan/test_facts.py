import re
from itertools import combinations

import pytest
from plan.building import MARIADB, MYSQL, POSTGRESQL, SQLITE

from flake8_django_migrations.plan.actions import Action, Kind, Lock, TableLock, Work
from flake8_django_migrations.plan.databases import SUPPORTED, Database
from flake8_django_migrations.plan.facts import FACTS, can_run_in_transaction, cost, fact


def overlap(one, other):
    return (not one.until or other.since < one.until) and (
        not other.until or one.since < other.until
    )


def test_no_two_facts_speak_of_the_same_version():
    for one, other in combinations(FACTS, 2):
        if (one.kind, one.vendor) == (other.kind, other.vendor):
            assert not overlap(one, other), (one, other)


def test_every_fact_names_its_source():
    source = re.compile(r"https://\S+")
    assert [row for row in FACTS if not source.fullmatch(row.source)] == []
    assert {row.vendor for row in FACTS} == set(SUPPORTED)


def test_postgresql_has_a_fact_for_all_that_locks_a_table():
    silent = {Kind.CREATE_TABLE, Kind.TRANSACTION, Kind.SET, Kind.OTHER, Kind.UNREADABLE}
    silent |= {Kind.DROP_SCHEMA, Kind.ADD_ENUM_VALUE, Kind.RENAME_ENUM_VALUE}
    known = {row.kind for row in FACTS if row.vendor == "postgresql"}
    assert known == set(Kind) - silent


def test_a_fact_names_the_servers_it_was_measured_on():
    names = [each.name for each in fact(Kind.RENAME_INDEX, Database("postgresql", (11,))).measured]
    assert names == ["postgresql:10", "postgresql:11"]
    assert fact(Kind.ADD_COLUMN, MYSQL).measured == ()


def costed(kind, database=POSTGRESQL, **details):
    return cost(Action(kind=kind, table="t", **details), database)


def test_an_action_without_a_fact_locks_nothing_that_is_known():
    action = Action(kind=Kind.OTHER, table="t")
    assert cost(action, POSTGRESQL) is action
    assert fact(Kind.ADD_COLUMN, Database("oracle", (19,))) is None


def test_a_constant_default_rewrites_the_table_before_postgresql_11_only():
    old = costed(Kind.ADD_COLUMN_DEFAULT, Database("postgresql", (10,)))
    new = costed(Kind.ADD_COLUMN_DEFAULT, Database("postgresql", (11,)))
    assert (old.work, new.work) == (Work.REWRITE, Work.NONE)
    assert old.lock_on("t") is new.lock_on("t") is Lock.ACCESS_EXCLUSIVE


def test_a_proven_not_null_is_scanned_before_postgresql_12_only():
    old = costed(Kind.SET_NOT_NULL_PROVEN, Database("postgresql", (11,)))
    new = costed(Kind.SET_NOT_NULL_PROVEN, Database("postgresql", (12,)))
    assert (old.work, new.work) == (Work.SCAN, Work.NONE)


def test_the_tables_at_the_other_end_are_locked_too():
    found = costed(Kind.DROP_FOREIGN_KEY, references="p", others=("q", "t"))
    assert found.locks == tuple(
        TableLock(table, Lock.ACCESS_EXCLUSIVE) for table in ("t", "p", "q")
    )


def test_a_lock_that_the_statement_names_stays():
    held = (TableLock("t", Lock.SHARE),)
    assert costed(Kind.LOCK_TABLE, locks=held).locks == held


def test_a_write_of_rows_in_hand_does_not_grow_with_the_table():
    assert costed(Kind.UPDATE).work is Work.ROW_WRITES
    assert costed(Kind.UPDATE, is_bounded=True).work is Work.NONE


@pytest.mark.parametrize(
    ("kind", "alone"),
    [
        (Kind.CREATE_INDEX_CONCURRENTLY, True),
        (Kind.NOT_IN_TRANSACTION, True),
        (Kind.CREATE_INDEX, False),
        (Kind.OTHER, False),
    ],
)
def test_some_actions_refuse_a_transaction(kind, alone):
    assert can_run_in_transaction(Action(kind=kind), POSTGRESQL) is not alone


def test_mysql_adds_a_column_at_once_since_8_0_12():
    assert costed(Kind.ADD_COLUMN, Database("mysql", (8, 0, 11))).work is Work.REWRITE
    assert costed(Kind.ADD_COLUMN, Database("mysql", (8, 0, 12))).work is Work.NONE
    assert costed(Kind.ADD_COLUMN, Database("mysql", (8, 4))).work is Work.NONE


def test_a_series_stands_for_its_newest_release():
    assert costed(Kind.ADD_COLUMN, MYSQL).work is Work.NONE


def test_mariadb_blocks_the_writers_of_both_tables_for_a_foreign_key():
    found = costed(Kind.ADD_FOREIGN_KEY, MARIADB, references="p")
    assert found.lock_on("t") is found.lock_on("p") is Lock.SHARED_COPY


def test_mariadb_lets_others_write_while_it_copies_since_11_2():
    assert costed(Kind.ADD_CHECK, Database("mariadb", (10, 11))).lock_on("t").blocks_writes
    found = costed(Kind.ADD_CHECK, Database("mariadb", (11, 4)))
    assert found.work is Work.REWRITE
    assert not found.lock_on("t").blocks_writes


def test_the_lock_on_an_index_stops_readers_of_the_table():
    assert costed(Kind.REINDEX).lock_on("t").blocks_reads
    assert costed(Kind.RENAME_INDEX, Database("postgresql", (11,))).lock_on("t").blocks_reads
    assert costed(Kind.RENAME_INDEX).locks == ()


def test_a_table_that_is_remade_costs_a_rewrite():
    found = costed(Kind.ADD_COLUMN, SQLITE, is_remade=True)
    assert (found.work, found.lock_on("t")) == (Work.REWRITE, Lock.DATABASE)
    assert costed(Kind.ADD_COLUMN, SQLITE).work is Work.NONE


def test_sqlite_locks_the_file():
    assert costed(Kind.CREATE_INDEX, SQLITE).lock_on("t") is Lock.DATABASE
