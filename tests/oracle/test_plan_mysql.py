"""The plan against the SQL that Django sends to MariaDB, and would send to each series of MySQL."""

from __future__ import annotations

import pytest

pytest.importorskip("django")
pytest.importorskip("psycopg")

from django.db import Error
from oracle.plan_cases import CASES
from oracle.plan_shop import DJANGO
from oracle.plan_spelling import one_order, read, told
from oracle.plan_texts import names, tables

ON_MYSQL = [case for case in CASES if "mysql" in case.vendors]

UNTOLD_ON_THE_WAY_BACK = {
    # Where AlterField made the key, Django made an index for it too; where CreateModel or AddField
    # did, MySQL has given it up for another index that begins with the column. No state says which.
    "AlterField-order-number-ForeignKey",
    *(
        # Before 5.0 Django asks MariaDB to drop a check under a name that it does not have: on the
        # way back there are two.
        ("RenameField-order-count-count", "AlterField-order-count-PositiveIntegerField")
        if DJANGO < (5, 0)
        else ()
    ),
}

COLUMNS = (
    "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, "
    "COLUMN_KEY, EXTRA, COLUMN_COMMENT FROM information_schema.COLUMNS "
    "WHERE TABLE_SCHEMA = DATABASE()"
)
INDEXES = (
    "SELECT TABLE_NAME, NON_UNIQUE, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME "
    "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
)
CONSTRAINTS = (
    "SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE "
    "FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE()"
)


def schema(connection):
    """All that the server says of its tables."""
    with connection.cursor() as cursor:
        found = []
        for question in (COLUMNS, INDEXES, CONSTRAINTS):
            cursor.execute(question)
            found.append(sorted(cursor.fetchall(), key=str))
        return found


def made_anew(shop):
    """MySQL cannot roll back what it did to tables: they are dropped and made again."""
    with shop.connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        cursor.execute("SHOW TABLES")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE `{table}`")
        cursor.execute("SET FOREIGN_KEY_CHECKS = 1")
    shop.build()


def in_words(found, database):
    return one_order([told(each, database) for each in found])


@pytest.fixture(scope="module")
def intact(mariadb):
    return schema(mariadb.connection)


@pytest.mark.parametrize("case", ON_MYSQL, ids=lambda case: case.name)
def test_the_plan_is_what_django_sends_to_mariadb(case, mariadb, intact):
    if DJANGO < (5, 0) and ("UUID" in case.name or "uid" in case.name or "node" in case.name):
        pytest.skip("before 5.0 Django keeps UUIDs in char(32), and the plan in MariaDB's own type")
    states = mariadb.states(case.operations)
    back = None
    try:
        there = mariadb.sent(case.operations, states)
        back = mariadb.sent(case.operations, states, is_back=True)
    except Error:
        made_anew(mariadb)
        there = mariadb.collected(case.operations, states)
    if schema(mariadb.connection) != intact:
        made_anew(mariadb)
    database = mariadb.database
    found = in_words(mariadb.actions(case.operations), database)
    assert found == one_order(read(there, database))
    if back is not None and case.name not in UNTOLD_ON_THE_WAY_BACK:
        found = in_words(mariadb.actions(case.operations, is_back=True), database)
        assert found == one_order(read(back, database))


@pytest.mark.parametrize("case", ON_MYSQL, ids=lambda case: case.name)
def test_the_plan_is_what_django_would_send_to_mysql(case, mysql):
    if any(type(each).__name__ == "RenameModel" for each in case.operations):
        pytest.skip("Django looks at the renamed table, which is there only where it is renamed")
    states = mysql[0].states(case.operations)
    for shop in mysql:
        sent = shop.collected(case.operations, states)
        plan = shop.actions(case.operations)
        found = in_words(plan, shop.database)
        assert found == one_order(read(sent, shop.database)), shop.database.name
        assert tables(each.sql for each in plan) == tables(sent)
        assert names(each.sql for each in plan) == names(sent)
