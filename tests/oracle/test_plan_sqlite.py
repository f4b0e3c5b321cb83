"""The plan against the SQL that Django sends to SQLite: which tables it writes anew, and what else."""

from __future__ import annotations

import pytest

pytest.importorskip("django")
pytest.importorskip("psycopg")

from django.db import Error, transaction
from oracle.plan_cases import CASES
from oracle.plan_spelling import read, read_with_remakes, with_remakes
from oracle.plan_texts import tables

ON_SQLITE = [case for case in CASES if "sqlite" in case.vendors]


def indexes(shop):
    """The indexes that Django made with statements of their own, by table."""
    found = {}
    with shop.connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        for table, sql in cursor.fetchall():
            found.setdefault(table, []).extend(read([sql], shop.database))
    return found


def carried_out(shop, case, states):
    """What Django sends there and back, with the indexes before each; None where SQLite refuses."""
    with transaction.atomic(shop.connection.alias):
        known = indexes(shop)
        try:
            there = shop.sent(case.operations, states)
            afterwards = indexes(shop)
            back = shop.sent(case.operations, states, is_back=True)
        except Error:  # a collation it does not have, a key that points to nothing
            return None
        finally:
            transaction.set_rollback(rollback=True, using=shop.connection.alias)
    return (there, known), (back, afterwards)


@pytest.mark.parametrize("case", ON_SQLITE, ids=lambda case: case.name)
def test_the_plan_is_what_django_sends_to_sqlite(case, sqlite):
    states = sqlite.states(case.operations)
    ways = carried_out(sqlite, case, states)
    if ways is None:
        with transaction.atomic(sqlite.connection.alias):  # outside, the editor turns checks on
            ways = [(sqlite.collected(case.operations, states), indexes(sqlite))]
    for is_back, (sent, known) in zip((False, True), ways, strict=False):
        plan = sqlite.plan(case.operations, is_back=is_back)
        found = with_remakes(plan, sqlite.database)
        assert found == read_with_remakes(sent, sqlite.database, known)
        made = [each.sql for step in plan for each in step]
        assert set(tables(made)) <= set(tables(sent))
