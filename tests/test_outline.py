"""What a migration does, told to a person."""

from __future__ import annotations

import pytest

from flake8_django_migrations import migration as m
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.outline import (
    Held,
    deploy,
    outline,
    title_of,
    to_time,
)
from flake8_django_migrations.plan.actions import Action, Kind, Lock, Loss, TableLock, Work
from flake8_django_migrations.plan.databases import DEFAULT
from flake8_django_migrations.plan.steps import Side, Step

STATE = ProjectState(app_label="shop")
INDEX = m.Index("django.db.models.Index", "order_idx", ("total",))
NAMELESS = m.Index("django.db.models.Index", m.UNKNOWN, ("total",))
CHECK = m.Constraint("django.db.models.CheckConstraint", "positive")
ADD = m.AddField(model_name="order", name="total", field=m.UNKNOWN, place=m.NOWHERE)
PYTHON = m.RunPython(
    code=m.Code("fill", is_noop=False, body=m.UNKNOWN, place=m.NOWHERE), place=m.NOWHERE
)

NOOP = m.RunPython(
    code=m.Code("noop", is_noop=True, body=m.UNKNOWN, place=m.NOWHERE), place=m.NOWHERE
)


def action(kind, work=Work.NONE, table="shop_order", **more):
    return Action(kind=kind, table=table, work=work, **more)


KEY_REBUILT = [
    action(kind, columns=("user_id",)) for kind in (Kind.DROP_FOREIGN_KEY, Kind.ADD_FOREIGN_KEY)
]


def step(*forwards, operation=ADD, **more):
    return Step(operation=operation, before=STATE, after=STATE, forwards=forwards, **more)


def lines(*steps, sizes=None, backwards=False):
    return list(outline(steps, sizes or {}, DEFAULT, backwards=backwards))


def test_a_step_is_told_statement_by_statement():
    locks = (TableLock("shop_order", Lock.SHARE), TableLock("shop_user", Lock.ROW_SHARE))
    build = action(Kind.CREATE_INDEX, Work.INDEX_BUILD, columns=("total",), locks=locks)
    add = action(Kind.ADD_COLUMN, sql="ALTER  TABLE\n x")
    first, second = lines(step(add, build))
    assert first.operation == second.operation == "AddField order.total"
    assert (first.statement, first.tables, first.work) == ("ALTER TABLE x", (), Work.NONE)
    assert second.statement == "create index shop_order (total)"
    assert second.tables == (
        Held("shop_order", Lock.SHARE, None, is_new=False),
        Held("shop_user", Lock.ROW_SHARE, None, is_new=False),
    )
    assert second.work is Work.INDEX_BUILD


def test_the_actions_of_one_statement_are_told_together():
    weak = (TableLock("shop_order", Lock.SHARE),)
    strong = (TableLock("shop_order", Lock.ACCESS_EXCLUSIVE), TableLock("shop_user", Lock.SHARE))
    add = action(Kind.ADD_COLUMN, sql="ALTER", locks=strong)
    key = action(Kind.ADD_FOREIGN_KEY, Work.SCAN, sql="ALTER", locks=weak)
    (line,) = lines(step(add, key))
    assert line.kinds == (Kind.ADD_COLUMN, Kind.ADD_FOREIGN_KEY)
    assert line.work is Work.SCAN
    assert [(held.table, held.lock) for held in line.tables] == [
        ("shop_order", Lock.ACCESS_EXCLUSIVE),
        ("shop_user", Lock.SHARE),
    ]


def test_what_django_defers_comes_after_all_operations():
    index = action(Kind.CREATE_INDEX, is_last=True, sql="index")
    first, second = action(Kind.ADD_COLUMN, sql="first"), action(Kind.ADD_COLUMN, sql="second")
    told = lines(step(first, index), step(second))
    assert [line.statement for line in told] == ["first", "second", "index"]
    assert [line.is_deferred for line in told] == [False, False, True]


def test_what_refuses_a_transaction_is_known():
    (line,) = lines(step(action(Kind.CREATE_INDEX_CONCURRENTLY)))
    assert not line.can_run_in_transaction


@pytest.mark.parametrize(
    ("work", "rows", "says"),
    [
        (Work.NONE, 12_000, "no work on rows"),
        (Work.SCAN, 12_000, "scan of 12,000 rows"),
        (Work.REWRITE, 90_000_000, "rewrite of 90,000,000 rows"),
        (Work.ROW_WRITES, 900_000_000, "row writes of 900,000,000 rows"),
        (Work.INDEX_BUILD, None, "index build of the whole table"),
        (Work.ROW_WRITES, None, "writes rows"),
    ],
)
def test_the_work_is_measured_in_rows_where_they_are_known(work, rows, says):
    sizes = {} if rows is None else {"shop_order": rows}
    (line,) = lines(step(action(Kind.OTHER, work)), sizes=sizes)
    assert line.effort == says


def test_a_new_table_has_no_rows_until_a_rollback_meets_it():
    locks = (TableLock("shop_order", Lock.ACCESS_EXCLUSIVE),)
    build = action(Kind.CREATE_INDEX, Work.INDEX_BUILD, locks=locks)
    new = step(build, backwards=(build,), new_tables=frozenset({"shop_order"}))
    (line,) = lines(new, sizes={"shop_order": 5})
    assert (line.effort, line.tables[0].waiting) == ("no rows yet", "a new table: nobody waits")
    assert to_time([new]) == ()
    (line,) = lines(new, sizes={"shop_order": 5}, backwards=True)
    assert (line.effort, line.tables[0].waiting) == (
        "index build of 5 rows",
        "reads and writes wait",
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (step(side=Side.STATE), "state only: the database is not asked"),
        (step(operation=PYTHON), "runs Python: its statements are not known"),
        (step(operation=NOOP), "nothing"),
        (
            step(operation=m.OpaqueOperation(path="a.B", place=m.NOWHERE)),
            "not known: the class is not Django's",
        ),
        (step(), "nothing"),
    ],
)
def test_a_step_without_actions_says_why(told, says):
    assert [line.statement for line in lines(told)] == [says]


def test_a_way_back_that_does_nothing_says_so():
    there_and_idle = m.RunPython(code=PYTHON.code, reverse_code=NOOP.code, place=m.NOWHERE)
    (line,) = lines(step(operation=there_and_idle), backwards=True)
    assert line.statement == "nothing"


def test_a_write_to_rows_in_hand_is_work_on_rows():
    (line,) = lines(step(action(Kind.UPDATE)))
    assert line.effort == "writes rows"


def test_the_step_that_only_holds_others_is_left_out():
    assert lines(step(operation=m.SeparateDatabaseAndState(place=m.NOWHERE))) == []


def test_backwards_goes_from_the_last_step_to_the_first():
    first = step(operation=PYTHON, is_reversible=False)
    last = step(backwards=(action(Kind.DROP_COLUMN),))
    assert [line.statement for line in lines(first, last, backwards=True)] == [
        "drop column shop_order",
        "cannot be reversed",
    ]


@pytest.mark.parametrize(
    ("operation", "title"),
    [
        (ADD, "AddField order.total"),
        (PYTHON, "RunPython fill"),
        (m.RunPython(code=m.UNKNOWN, place=m.NOWHERE), "RunPython"),
        (m.RunSQL(sql=(), place=m.NOWHERE), "RunSQL"),
        (m.DeleteModel(name="Order", place=m.NOWHERE), "DeleteModel Order"),
        (m.RenameModel(old_name="A", new_name="B", place=m.NOWHERE), "RenameModel A to B"),
        (
            m.RenameField(model_name="order", old_name="a", new_name="b", place=m.NOWHERE),
            "RenameField order.a to b",
        ),
        (m.AddIndex(model_name="order", index=INDEX, place=m.NOWHERE), "AddIndex order order_idx"),
        (
            m.AddIndex(model_name="order", index=NAMELESS, place=m.NOWHERE),
            "AddIndex order",
        ),
        (
            m.RenameIndex(
                model_name="order", new_name="b", old_name="a", old_fields=None, place=m.NOWHERE
            ),
            "RenameIndex order to b",
        ),
        (
            m.AddIndex(model_name="order", index=INDEX, concurrently=True, place=m.NOWHERE),
            "AddIndexConcurrently order order_idx",
        ),
        (m.RemoveIndex(model_name="order", name="i", place=m.NOWHERE), "RemoveIndex order i"),
        (
            m.RemoveIndex(model_name="order", name="i", concurrently=True, place=m.NOWHERE),
            "RemoveIndexConcurrently order i",
        ),
        (
            m.AddConstraint(model_name="order", constraint=CHECK, place=m.NOWHERE),
            "AddConstraint order positive",
        ),
        (m.OpaqueOperation(path="pkg.ops.Load", place=m.NOWHERE), "Load"),
        (m.OpaqueOperation(path=m.UNKNOWN, place=m.NOWHERE), "an operation that cannot be read"),
    ],
)
def test_an_operation_has_a_title(operation, title):
    assert title_of(operation) == title


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([], "with the code: the database is not changed"),
        ([step(side=Side.STATE)], "with the code: the database is not changed"),
        ([step(action(Kind.ADD_COLUMN))], "before the code that uses it"),
        (
            [step(action(Kind.DROP_TABLE), new_tables=frozenset({"shop_order"}))],
            "before the code that uses it",
        ),
        ([step(action(Kind.WIDEN_TYPE))], "before the code that uses it"),
        ([step(action(Kind.DROP_COLUMN))], "after the code that no longer"),
        ([step(action(Kind.ALTER_TYPE, loss=Loss.CUTS))], "after the code that no longer"),
        ([step(operation=PYTHON)], "after the code that writes the new values"),
        ([step(action(Kind.UPDATE))], "after the code that writes the new values"),
        ([step(action(Kind.UPDATE), action(Kind.DROP_COLUMN))], "after the code that no longer"),
        ([step(action(Kind.ADD_COLUMN), action(Kind.DROP_COLUMN))], "in two parts: what it adds"),
        (
            [step(*KEY_REBUILT, action(Kind.WIDEN_TYPE))],
            "before the code that uses it",
        ),
        ([step(KEY_REBUILT[1])], "after the code that no longer"),
        ([step(action(Kind.ADD_COLUMN)), step(operation=PYTHON)], "in two parts: what it adds"),
        ([step(action(Kind.ADD_COLUMN), action(Kind.RENAME_COLUMN))], "in neither order"),
    ],
)
def test_it_belongs_to_a_deploy(steps, says):
    assert deploy(steps).startswith(says)


def test_what_grows_with_the_rows_is_to_be_timed_once():
    slow = action(Kind.SET_NOT_NULL, Work.SCAN)
    quick = step(action(Kind.DROP_TABLE), operation=m.DeleteModel(name="A", place=m.NOWHERE))
    steps = [step(slow, slow), quick, step(operation=PYTHON)]
    assert to_time(steps) == ("AddField order.total", "RunPython fill")
