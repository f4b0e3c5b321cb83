"""Every row of the table of facts against the servers that it says it was measured on."""

import importlib
from itertools import groupby

import pytest
from evidence import servers, sqlite

from flake8_django_migrations.migration import NOWHERE, SqlText
from flake8_django_migrations.plan.actions import Kind
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.facts import FACTS, MEASURED
from flake8_django_migrations.plan.statements import actions

pytest.importorskip("psycopg")


def cases(vendor):
    return importlib.import_module(f"evidence.{vendor}_cases").CASES


def statements(fact, version):
    """The statements that lead to the action of the fact on a server of that version."""
    return [case for case in cases(fact.vendor) if case.kind is fact.kind and case.is_for(version)]


def rows(name):
    """The facts that say they were measured on that server."""
    return [fact for fact in FACTS if parse_database(name) in fact.measured]


def test_the_servers_of_the_facts_are_those_that_can_be_started():
    names = {each.name for fact in FACTS for each in fact.measured}
    assert names == set(servers.NAMES)
    assert set(MEASURED) == {name.partition(":")[0] for name in servers.NAMES}


@pytest.mark.parametrize("name", servers.NAMES)
def test_a_fact_that_says_it_was_measured_has_statements_and_no_statement_is_without(name):
    version = parse_database(name).version
    assert [fact.kind for fact in rows(name) if not statements(fact, version)] == []
    known = {fact.kind for fact in rows(name)}
    vendor = name.partition(":")[0]
    assert {case.kind for case in cases(vendor) if case.is_for(version)} == known


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        pytest.param(name, fact, id=f"{name} {fact.kind.value}")
        for name in servers.wanted()
        for fact in rows(name)
    ],
)
def test_the_server_does_what_the_fact_says(running, record_property, name, fact):
    record_property("fact", f"{name} {fact.kind.value}")
    server = running(name)
    measure = importlib.import_module(f"evidence.{server.vendor}").measure
    for case in statements(fact, server.database.version):
        found = measure(server, case)
        assert found.lock is fact.lock, case.sql
        assert found.work is fact.work, case.sql
        assert found.can_run_in_transaction is fact.can_run_in_transaction, case.sql
        assert (found.reads_wait, found.writes_wait) == waits(fact.lock), case.sql
        if case.other:
            assert found.referenced is fact.referenced, case.sql


UNTOLD = {
    Kind.WIDEN_TYPE: Kind.ALTER_TYPE,
    Kind.ALTER_COLLATION: Kind.ALTER_TYPE,
    Kind.SET_NOT_NULL_PROVEN: Kind.SET_NOT_NULL,
    Kind.DROP_FOREIGN_KEY: Kind.DROP_CONSTRAINT,
}
"""What the text of a statement does not tell, and only the state does."""


@pytest.mark.parametrize("name", ["postgresql:10", "postgresql:18", *servers.MARIADB])
def test_a_statement_is_read_as_the_action_it_is_measured_for(name):
    database = parse_database(name)
    for case in cases(database.vendor):
        read = {each.kind for each in actions(SqlText(case.sql, NOWHERE), database)}
        if " MODIFY " in case.sql or "DROP INDEX" in case.sql:
            assert read, case.sql
        elif case.kind is Kind.ADD_FOREIGN_KEY_NEW_COLUMN:
            assert read & {case.kind, Kind.ADD_FOREIGN_KEY}, case.sql
        elif case.is_for(database.version):
            assert read & {case.kind, UNTOLD.get(case.kind)}, case.sql


def waits(lock):
    """Whether readers and writers wait, as the lock has it."""
    return lock.blocks_reads, lock.blocks_writes


def test_facts_about_servers_that_nobody_can_start_here_name_the_page_instead(record_property):
    unmeasured = [fact for fact in FACTS if not fact.measured]
    for vendor, group in groupby(unmeasured, key=lambda fact: fact.vendor):
        kinds = dict.fromkeys(fact.kind.value for fact in group)
        record_property("not measurable", f"{vendor}: {', '.join(kinds)}")
    assert all(fact.source.startswith("https://") for fact in unmeasured)
    assert {fact.vendor for fact in unmeasured} == {"mysql", "mariadb"}


@pytest.mark.skipif(not servers.is_complete(), reason="MariaDB: `tox -e evidence`")
@pytest.mark.parametrize("name", servers.MARIADB)
@pytest.mark.parametrize(("default", "values"), [("rand()", 1), ("uuid()", 100)])
def test_mariadb_may_work_out_a_default_once_for_all_rows(running, name, default, values):
    connection = running(name).connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE luck AS SELECT seq FROM seq_1_to_100")
        cursor.execute(f"ALTER TABLE luck ADD COLUMN luck varchar(40) DEFAULT ({default}) NOT NULL")
        cursor.execute("SELECT count(DISTINCT luck) FROM luck")
        assert cursor.fetchone() == (values,)
    connection.close()


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_sqlite_lets_others_read_until_the_change_outgrows_its_cache(running, journal):
    server = running("sqlite:3")
    (server.folder / "spill.sqlite3").unlink(missing_ok=True)
    connection, other = server.connect("spill"), server.connect("spill")
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("CREATE TABLE t (body text)")
    waits = []
    for rows in (100, 40_000):
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            f" WHERE i < {rows}) SELECT printf('%.200c', 'x') FROM n"
        )
        waits.append(sqlite.is_refused(other, "SELECT body FROM t LIMIT 1"))
        connection.execute("ROLLBACK")
    connection.close()
    other.close()
    assert waits == [False, journal == "delete"]
