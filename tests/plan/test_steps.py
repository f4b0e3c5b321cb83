import pytest
from plan.building import ID, PLACE, POSTGRESQL, create, field, kinds, shop

from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    AlterModelTable,
    DeleteModel,
    Migration,
    MigrationKey,
    RemoveField,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    SqlText,
)
from flake8_django_migrations.plan.steps import Fresh, Side, steps


def migration(*operations, atomic=True):
    return Migration(
        key=MigrationKey("shop", "0002"), path="0002.py", operations=operations, atomic=atomic
    )


def walk(*operations, atomic=True, **rest):
    return steps(migration(*operations, atomic=atomic), shop(), POSTGRESQL, **rest)


def add(name, model="order", **keywords):
    definition = field("TextField", null=True, **keywords)
    return AddField(model_name=model, name=name, field=definition, place=PLACE)


def sql(text, *state_operations):
    return RunSQL(sql=(SqlText(text, PLACE),), state_operations=state_operations, place=PLACE)


def both(database=(), state=()):
    return SeparateDatabaseAndState(
        database_operations=tuple(database), state_operations=tuple(state), place=PLACE
    )


def shown(found):
    return [
        (type(step.operation).__name__, step.side, step.is_nested, len(step.forwards))
        for step in found
    ]


def test_a_migration_without_operations_has_no_steps():
    assert walk() == ()


def test_each_operation_stands_between_its_states():
    first, second = walk(add("a"), add("b"))
    assert first.after == second.before
    assert "a" in second.before.model("order").fields
    assert "b" not in second.before.model("order").fields
    assert kinds(first.forwards) == ["ADD_COLUMN"]
    assert kinds(first.backwards) == ["DROP_COLUMN"]
    assert first.is_reversible is True


def test_separated_operations_follow_the_one_that_holds_them():
    found = walk(both([add("a"), sql("SELECT 1")], [add("a"), add("b")]), add("c"))
    assert shown(found) == [
        ("SeparateDatabaseAndState", Side.BOTH, False, 0),
        ("AddField", Side.DATABASE, True, 1),
        ("RunSQL", Side.DATABASE, True, 1),
        ("AddField", Side.STATE, True, 0),
        ("AddField", Side.STATE, True, 0),
        ("AddField", Side.BOTH, False, 1),
    ]


def test_the_database_half_sees_its_own_changes_and_leaves_no_trace():
    outer, first, second, last = walk(both([add("a"), add("b")]), add("c"))
    assert "a" in second.before.model("order").fields
    assert "a" not in outer.after.model("order").fields
    assert outer.after == last.before
    assert first.before == outer.before


def test_the_state_half_changes_the_state_and_nothing_else():
    outer, inner, last = walk(both([], [add("a")]), add("b"))
    assert "a" in outer.after.model("order").fields
    assert inner.forwards == inner.backwards == ()
    assert "a" in last.before.model("order").fields


def test_nested_separations_are_walked_to_any_depth():
    found = walk(
        both(
            [both([add("a")], [add("ignored")])],
            [both([add("never")], [add("b")]), sql("SELECT 1", add("c"))],
        )
    )
    assert [(shape[0], shape[1]) for shape in shown(found)] == [
        ("SeparateDatabaseAndState", Side.BOTH),
        ("SeparateDatabaseAndState", Side.DATABASE),
        ("AddField", Side.DATABASE),
        ("SeparateDatabaseAndState", Side.STATE),
        ("AddField", Side.STATE),
        ("RunSQL", Side.STATE),
        ("AddField", Side.STATE),
    ]
    assert [step.operation.name for step in found if isinstance(step.operation, AddField)] == [
        "a",
        "b",
        "c",
    ]


def test_the_state_operations_of_raw_sql_follow_it():
    found = walk(sql("SELECT 1", add("a")))
    assert shown(found) == [("RunSQL", Side.BOTH, False, 1), ("AddField", Side.STATE, True, 0)]


# New tables and columns ------------------------------------------------------------------


def last(*operations, **rest):
    return walk(*operations, sql("SELECT 1"), **rest)[-1]


def test_a_table_is_new_from_the_step_that_creates_it():
    made, after = walk(create("Line", id=ID), add("a", model="line"))
    assert made.is_new("shop_line")
    assert after.is_new("shop_line")
    assert after.is_new_column("shop_line", "anything")
    assert not after.is_new("shop_order")


def test_tables_come_new_from_many_sides():
    many = AddField(
        model_name="order",
        name="tags",
        field=field("ManyToManyField", to="shop.Product"),
        place=PLACE,
    )
    found = last(many, sql("CREATE TABLE raw (a int)"), fresh=Fresh({"given"}))
    assert found.new_tables == {"shop_order_tags", "raw", "given"}


def test_a_table_that_is_only_in_the_state_is_not_new():
    assert last(both([], [create("Line", id=ID)])).new_tables == frozenset()


def test_a_table_dropped_before_it_is_created_again_was_there():
    (found,) = walk(sql("DROP TABLE IF EXISTS raw; CREATE TABLE raw (a int)"))
    assert not found.is_new("raw")


def test_a_new_table_keeps_being_new_under_another_name_and_stops_when_it_is_dropped():
    line = create("Line", id=ID)
    renamed = RenameModel(old_name="Line", new_name="Row", place=PLACE)
    assert last(line, renamed).new_tables == {"shop_row"}
    moved = AlterModelTable(name="Line", table="lines", place=PLACE)
    assert last(line, moved).new_tables == {"lines"}
    assert last(line, DeleteModel(name="Line", place=PLACE)).new_tables == frozenset()


def test_a_column_is_new_after_the_step_that_adds_it():
    added, after = walk(add("a"), sql("SELECT 1"))
    assert not added.is_new_column("shop_order", "a")
    assert after.is_new_column("shop_order", "a")


def test_a_new_column_follows_renames_and_ends_with_its_drop():
    renamed = RenameField(model_name="order", old_name="a", new_name="b", place=PLACE)
    assert last(add("a"), renamed).new_columns == {("shop_order", "b")}
    moved = AlterModelTable(name="order", table="orders", place=PLACE)
    assert last(add("a"), moved).new_columns == {("orders", "a")}
    gone = RemoveField(model_name="order", name="a", place=PLACE)
    assert last(add("a"), gone).new_columns == frozenset()
    other = RenameField(model_name="order", old_name="title", new_name="t", place=PLACE)
    assert last(add("a"), other).new_columns == {("shop_order", "a")}


# Transactions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("migration_atomic", "operation_atomic", "top", "nested"),
    [
        (True, None, True, True),
        (True, False, True, True),
        (False, None, False, False),
        (False, False, False, False),
        (False, True, True, False),
        (False, UNKNOWN, UNKNOWN, False),
        (UNKNOWN, True, UNKNOWN, UNKNOWN),
    ],
)
def test_a_function_runs_in_a_transaction_as_django_decides(
    migration_atomic, operation_atomic, top, nested
):
    run = RunPython(code=UNKNOWN, atomic=operation_atomic, place=PLACE)
    found = walk(run, both([run]), atomic=migration_atomic)
    assert found[0].in_transaction is top
    assert found[2].in_transaction is nested


def test_schema_changes_of_a_migration_that_is_not_atomic_run_alone():
    assert walk(add("a"), atomic=False)[0].in_transaction is False
