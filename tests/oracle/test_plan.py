"""The plan against Django's schema editor, and its locks and rewrites against PostgreSQL."""

from __future__ import annotations

import pytest

django = pytest.importorskip("django")
pytest.importorskip("psycopg")

from django.db import DatabaseError, transaction
from oracle.plan_cases import CASES
from oracle.plan_spelling import one_order, read, told
from oracle.plan_texts import names, tables

from flake8_django_migrations.plan.actions import Kind, Lock, Work

MODES = {
    "RowExclusiveLock": Lock.ROW_EXCLUSIVE,
    "ShareUpdateExclusiveLock": Lock.SHARE_UPDATE_EXCLUSIVE,
    "ShareLock": Lock.SHARE,
    "ShareRowExclusiveLock": Lock.SHARE_ROW_EXCLUSIVE,
    "ExclusiveLock": Lock.EXCLUSIVE,
    "AccessExclusiveLock": Lock.ACCESS_EXCLUSIVE,
}
ORDER = list(MODES.values())


def relations(cursor):
    cursor.execute(
        "SELECT relname, oid::int, relfilenode::int FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {oid: (name, node) for name, oid, node in cursor.fetchall()}


def measure(cursor, before):
    """Lock and rewrite of every table that was there before."""
    cursor.execute(
        "SELECT relation::int, mode FROM pg_locks WHERE granted "
        "AND pid = pg_backend_pid() AND locktype = 'relation'"
    )
    held = {}
    for oid, mode in cursor.fetchall():
        if mode in MODES and oid in before:
            held.setdefault(before[oid][0], set()).add(MODES[mode])
    now = relations(cursor)
    rewritten = {
        name for oid, (name, node) in before.items() if now.get(oid, ("", node))[1] != node
    }
    return {name: (max(modes, key=ORDER.index), name in rewritten) for name, modes in held.items()}


def predicted(found, tables):
    renamed = {each.name: each.table for each in found if each.kind is Kind.RENAME_TABLE}
    expected = {}
    for action in found:
        for table, lock in action.locks:
            name = renamed.get(table, table)
            rewrites = action.work is Work.REWRITE and table == action.table
            if name in tables and lock in ORDER:
                before = expected.get(name, (lock, False))
                strongest = max(before[0], lock, key=ORDER.index)
                expected[name] = (strongest, before[1] or rewrites)
    return expected


def collected(shop, case, states):
    with transaction.atomic(shop.connection.alias):
        shop.connection.in_atomic_block = not case.is_alone
        try:
            return shop.collected(case.operations, states)
        finally:
            shop.connection.in_atomic_block = True


def carried_out(shop, case, states):
    """What Django sends and what it costs; None where the rows or the server refuse it."""
    try:
        with transaction.atomic(shop.connection.alias), shop.connection.cursor() as cursor:
            tables = relations(cursor)
            sent = shop.sent(case.operations, states)
            cost = measure(cursor, tables)
            transaction.set_rollback(rollback=True, using=shop.connection.alias)
    except DatabaseError:
        return None
    return sent, cost, {name for name, _ in tables.values()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plan_is_what_django_sends_and_postgresql_locks(case, postgresql):
    found = postgresql.actions(case.operations)
    states = postgresql.states(case.operations)
    measured = None if case.is_alone else carried_out(postgresql, case, states)
    sent = measured[0] if measured else collected(postgresql, case, states)
    database = postgresql.database
    assert one_order([told(each, database) for each in found]) == one_order(read(sent, database))
    texts = [each.sql for each in found]
    assert names(texts) == names(sent)
    assert tables(texts) == tables(sent)
    if measured:
        assert predicted(found, measured[2]) == measured[1]


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.is_alone], ids=lambda case: case.name
)
def test_the_way_back_is_what_django_sends(case, postgresql):
    found = postgresql.actions(case.operations, is_back=True)
    states = postgresql.states(case.operations)
    try:
        with transaction.atomic(postgresql.connection.alias):
            postgresql.sent(case.operations, states)
            sent = postgresql.sent(case.operations, states, is_back=True)
            transaction.set_rollback(rollback=True, using=postgresql.connection.alias)
    except DatabaseError:
        pytest.skip("the rows, or the server, do not let it be done")
    database = postgresql.database
    assert one_order([told(each, database) for each in found]) == one_order(read(sent, database))
