"""What a migration does, told to a person."""

from __future__ import annotations

import pytest

from flake8_django_migrations import migration as m
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.outline import (
    Line,
    deploy,
    markdown,
    outline,
    statement,
    title_of,
    to_time,
)
from flake8_django_migrations.plan.actions import Action, Kind, Lock, Loss, TableLock, Work
from flake8_django_migrations.plan.steps import Side, Step

STATE = ProjectState(app_label="shop")
INDEX = m.Index("django.db.models.Index", "order_idx", ("total",))
NAMELESS = m.Index("django.db.models.Index", m.UNKNOWN, ("total",))
CHECK = m.Constraint("django.db.models.CheckConstraint", "positive")
ADD = m.AddField(model_name="order", name="total", field=m.UNKNOWN, place=m.NOWHERE)
PYTHON = m.RunPython(
    code=m.Code("fill", is_noop=False, body=m.UNKNOWN, place=m.NOWHERE), place=m.NOWHERE
)


def action(kind, work=Work.NONE, table="shop_order", **more):
    return Action(kind=kind, table=table, work=work, **more)


def step(*forwards, operation=ADD, **more):
    return Step(operation=operation, before=STATE, after=STATE, forwards=forwards, **more)


def lines(*steps, sizes=None, backwards=False):
    return list(outline(steps, sizes or {}, backwards=backwards))


def test_a_step_is_told_action_by_action():
    locks = (TableLock("shop_order", Lock.SHARE), TableLock("shop_user", Lock.ROW_SHARE))
    build = action(Kind.CREATE_INDEX, Work.INDEX_BUILD, columns=("total",), locks=locks)
    add = action(Kind.ADD_COLUMN, sql="ALTER  TABLE\n x")
    assert lines(step(add, build)) == [
        Line("AddField order.total", "ALTER TABLE x", "none", "none", ""),
        Line(
            "AddField order.total",
            "create index shop_order (total)",
            "SHARE on shop_order; ROW SHARE on shop_user",
            "index build",
            "",
        ),
    ]


@pytest.mark.parametrize(
    ("work", "rows", "says"),
    [
        (Work.NONE, 12_000, "12,000"),
        (Work.SCAN, 12_000, "scan of 12,000"),
        (Work.SCAN, 90_000_000, "scan of 90,000,000"),
        (Work.REWRITE, 90_000_000, "rewrite of 90,000,000"),
        (Work.ROW_WRITES, 900_000_000, "row writes of 900,000,000"),
    ],
)
def test_where_the_rows_are_known_the_work_is_measured_in_them(work, rows, says):
    (line,) = lines(step(action(Kind.OTHER, work)), sizes={"shop_order": rows})
    assert line.rows == says


def test_a_new_table_has_no_rows():
    new = step(action(Kind.CREATE_INDEX, Work.INDEX_BUILD), new_tables=frozenset({"shop_order"}))
    (line,) = lines(new, sizes={"shop_order": 5})
    assert line.rows == "new table"
    assert to_time([new]) == ()


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (step(side=Side.STATE), "state only: the database is not asked"),
        (step(operation=PYTHON), "runs Python: its statements are not known"),
        (
            step(operation=m.OpaqueOperation(path="a.B", place=m.NOWHERE)),
            "not known: the class is not Django's",
        ),
        (step(), "nothing"),
    ],
)
def test_a_step_without_actions_says_why(told, says):
    assert [line.statement for line in lines(told)] == [says]


def test_the_step_that_only_holds_others_is_left_out():
    assert lines(step(operation=m.SeparateDatabaseAndState(place=m.NOWHERE))) == []


def test_backwards_goes_from_the_last_step_to_the_first():
    first = step(operation=PYTHON, is_reversible=False)
    last = step(backwards=(action(Kind.DROP_COLUMN),))
    assert [line.statement for line in lines(first, last, backwards=True)] == [
        "drop column shop_order",
        "cannot be reversed",
    ]


def test_a_long_statement_is_cut():
    assert statement(action(Kind.OTHER, sql="x" * 101)) == "x" * 97 + "..."
    assert statement(action(Kind.OTHER, sql="x" * 100)) == "x" * 100


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


def test_a_plan_is_a_table_whatever_the_statements_hold():
    table = markdown([Line("RunSQL", "SELECT a || b", "none", "none", "")])
    assert table.splitlines() == [
        "| Operation | Statement | Lock | Work | Rows |",
        "| --- | --- | --- | --- | --- |",
        "| RunSQL | SELECT a \\|\\| b | none | none |  |",
    ]


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
