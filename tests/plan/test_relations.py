"""Foreign keys of other apps are dropped, altered and added again with what they point at."""

from __future__ import annotations

import pytest
from plan.building import ID, MARIADB, PLACE, SQLITE, construct, create, field, fk, plan, state

from flake8_django_migrations.history.replay import apply
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    AlterField,
    CreateModel,
    DeleteModel,
    ModelKey,
    Reference,
    RenameField,
    RenameModel,
    RunSQL,
    SqlText,
)
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.plan.schema import backwards

AUTO = field("AutoField", primary_key=True)
ORDER = create("Order", id=AUTO, code=field("CharField", max_length=5, unique=True))
BILL = create("Bill", id=ID, order=fk("shop.Order"))
WIDER = AlterField(model_name="order", name="id", field=ID, place=PLACE)
RENAME = RenameModel(old_name="Order", new_name="Purchase", place=PLACE)
DELETE = DeleteModel(name="Order", place=PLACE)


def billing(*operations):
    other = ProjectState(app_label="billing")
    for operation in operations:
        other = apply(other, operation)
    return other


def shop(*operations, own=(ORDER,)):
    """The shop's state, with that of an app whose models may point at its orders."""
    other = billing(*operations)
    found = ProjectState(
        app_label="shop",
        pointing=lambda keys: (other,) if ModelKey("shop", "order") in keys else (),
    )
    for operation in own:
        found = apply(found, operation)
    return found


def told(operation, before, database=None):
    given = {} if database is None else {"database": database}
    return [(each.kind.name, each.table) for each in plan(operation, before, **given)]


ALONE = state(ORDER)

SILENT = {
    "another model": create("Bill", id=ID, order=fk("other.Order")),
    "a model of its own": create("Bill", id=ID, order=fk("Order")),
    "a setting": create("Bill", id=ID, order=fk(Reference("settings.AUTH_USER_MODEL"))),
    "no constraint on what it says": create("Bill", id=ID, order=fk(UNKNOWN)),
    "not managed": create("Bill", options={"managed": False}, id=ID, order=fk("shop.Order")),
    "a class that is not Django's": create("Bill", id=ID, order=field("own.Key", to="shop.Order")),
    "a table that is not known": create("Bill", options={"db_table": construct("x.y")}, id=ID),
}


@pytest.mark.parametrize("bill", SILENT.values(), ids=SILENT)
@pytest.mark.parametrize("operation", [WIDER, RENAME, DELETE])
def test_what_surely_does_not_point_at_the_model_is_left_alone(bill, operation):
    assert plan(operation, shop(bill)) == plan(operation, ALONE)


@pytest.mark.parametrize(
    "name", ["code", "gone"], ids=["another field", "a field that nobody knows"]
)
def test_a_foreign_key_to_another_field_is_left_alone(name):
    bill = create("Bill", id=ID, order=fk("shop.Order", to_field=name))
    found = plan(WIDER, shop(bill))
    assert {lock.table for each in found for lock in each.locks} == {"shop_order"}


def test_a_key_without_a_constraint_follows_and_nothing_is_dropped():
    bill = create("Bill", id=ID, order=fk("shop.Order", db_constraint=False))
    found = [kind for kind, table in told(WIDER, shop(bill)) if table == "billing_bill"]
    assert found == ["ALTER_TYPE"]


def test_the_rollback_of_a_new_table_finds_nobody():
    made = CreateModel(name="Order", fields=(("id", AUTO),), place=PLACE)
    before = shop(BILL, own=())
    found = backwards(made, before, apply(before, made), parse_database("postgresql:14"), (5, 2))
    assert [each.others for each in found] == [()]


def test_a_wider_key_has_those_of_other_apps_dropped_altered_and_added():
    found = told(WIDER, shop(BILL))
    assert found[0] == ("DROP_FOREIGN_KEY", "billing_bill")
    assert ("ALTER_TYPE", "billing_bill") in found
    assert found[-1] == ("ADD_FOREIGN_KEY", "billing_bill")
    changed = next(each for each in plan(WIDER, shop(BILL)) if each.table == "billing_bill")
    assert changed.model == ModelKey("billing", "bill")


def test_the_types_of_a_key_that_follows_are_told():
    found = plan(WIDER, shop(BILL))
    (child,) = (
        each for each in found if each.table == "billing_bill" and each.kind.name == "ALTER_TYPE"
    )
    assert (child.columns, child.old_type, child.new_type) == (("order_id",), "integer", "bigint")


def test_a_many_to_many_table_of_another_app_follows_too():
    bill = create("Bill", id=ID, orders=field("ManyToManyField", to="shop.Order"))
    assert ("ALTER_TYPE", "billing_bill_orders") in told(WIDER, shop(bill))


def test_what_points_at_what_points_here_follows_too():
    bill = create("Bill", order=field("OneToOneField", to="shop.Order", primary_key=True))
    line = create("Line", id=ID, bill=fk("billing.Bill"))
    other = billing(bill, line)
    found = apply(ProjectState(app_label="shop", pointing=lambda _keys: (other,)), ORDER)
    assert ("ALTER_TYPE", "billing_line") in told(WIDER, found)


def test_a_dropped_table_takes_the_keys_of_other_apps_with_it():
    (dropped,) = plan(DELETE, shop(BILL))
    assert dropped.others == ("billing_bill",)
    assert dropped.lock_on("billing_bill").blocks_reads


def test_so_does_the_same_statement_as_raw_sql():
    def raw(text):
        return RunSQL(sql=(SqlText(text, PLACE),), place=PLACE)

    (dropped,) = plan(raw("DROP TABLE shop_order CASCADE"), shop(BILL))
    assert dropped.others == ("billing_bill",)
    (emptied,) = plan(raw("TRUNCATE shop_order CASCADE"), shop(BILL))
    assert emptied.others == ("billing_bill",)
    (changed,) = plan(raw("ALTER TABLE shop_order ALTER id TYPE bigint"), shop(BILL))
    assert changed.others == ("billing_bill",)


def test_a_renamed_model_has_the_keys_of_other_apps_made_again():
    assert told(RENAME, shop(BILL)) == [
        ("RENAME_TABLE", "shop_order"),
        ("DROP_FOREIGN_KEY", "billing_bill"),
        ("ADD_FOREIGN_KEY", "billing_bill"),
    ]
    assert plan(RENAME, shop(BILL))[-1].references == "shop_purchase"


def test_a_model_is_known_by_the_name_it_had():
    renamed = shop(BILL, own=(ORDER, RENAME))
    wider = AlterField(model_name="purchase", name="id", field=ID, place=PLACE)
    assert ("ALTER_TYPE", "billing_bill") in told(wider, renamed)


def test_a_renamed_field_asks_nothing_of_other_apps():
    rename = RenameField(model_name="order", old_name="code", new_name="key", place=PLACE)
    bill = create("Bill", id=ID, order=fk("shop.Order", to_field="code"))
    assert told(rename, shop(bill)) == [("RENAME_COLUMN", "shop_order")]


def test_mariadb_asks_for_the_same():
    found = [table for _kind, table in told(WIDER, shop(BILL), MARIADB)]
    assert found.count("billing_bill") == 3


def test_sqlite_makes_the_table_of_the_other_app_anew():
    assert ("billing_bill" in dict(told(WIDER, shop(BILL), SQLITE)).values()) is False
    bill = create("Bill", id=ID, order=fk("shop.Order", to_field="code"))
    longer = field("CharField", max_length=9, unique=True)
    wider = AlterField(model_name="order", name="code", field=longer, place=PLACE)
    found = [each.table for each in plan(wider, shop(bill), SQLITE) if each.is_remade]
    assert found == ["shop_order", "billing_bill"]


def test_a_many_to_many_table_without_a_known_name_is_not_told():
    odd = create(
        "Order", id=AUTO, goods=field("ManyToManyField", to="shop.Thing", db_table=UNKNOWN)
    )
    (dropped,) = plan(DELETE, state(odd))
    assert dropped.others == ()
