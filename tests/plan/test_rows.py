import pytest
from plan.building import MYSQL, PLACE, plan, rollback, shop

from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    Code,
    ModelKey,
    Place,
    RunPython,
    SqlText,
    Verb,
    Write,
)
from flake8_django_migrations.plan.actions import Kind, Work

ORDER = ModelKey("shop", "order")


def run(*writes, sql=(), reverse=None):
    code = Code("fill", is_noop=False, body=Body(writes=writes, sql=sql), place=PLACE)
    return RunPython(code=code, reverse_code=reverse, place=PLACE)


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        (Verb.SAVE, Kind.UPDATE),
        (Verb.CREATE, Kind.INSERT),
        (Verb.GET_OR_CREATE, Kind.INSERT),
        (Verb.UPDATE_OR_CREATE, Kind.UPDATE),
        (Verb.BULK_CREATE, Kind.INSERT),
        (Verb.BULK_UPDATE, Kind.UPDATE),
        (Verb.UPDATE, Kind.UPDATE),
        (Verb.DELETE, Kind.DELETE),
    ],
)
def test_every_verb_of_the_orm_is_a_write(verb, kind):
    (found,) = plan(run(Write(verb, ORDER)))
    assert (found.kind, found.table, found.model) == (kind, "shop_order", ORDER)


def test_a_function_that_is_not_at_hand_asks_for_nothing():
    unseen = Code("fill", is_noop=False, body=UNKNOWN, place=PLACE)
    assert plan(RunPython(code=unseen, place=PLACE)) == ()
    assert rollback(RunPython(code=unseen, place=PLACE)) == ()


@pytest.mark.parametrize(
    ("is_filtered", "is_bounded", "is_whole", "work"),
    [
        (False, False, True, Work.ROW_WRITES),
        (True, False, False, Work.ROW_WRITES),
        (True, True, False, Work.NONE),
    ],
)
def test_a_write_tells_how_far_it_reaches(is_filtered, is_bounded, is_whole, work):
    write = Write(Verb.UPDATE, ORDER, is_filtered=is_filtered, is_bounded=is_bounded)
    (found,) = plan(run(write))
    assert (found.is_whole_table, found.work) == (is_whole, work)


def test_fields_become_columns():
    (one,) = plan(run(Write(Verb.UPDATE, ORDER, fields=("customer",))))
    assert (one.columns, one.field) == (("customer_id",), "customer")
    (two,) = plan(run(Write(Verb.UPDATE, ORDER, fields=("title", "text"))))
    assert (two.columns, two.field) == (("title", "text"), "")


def test_a_model_that_is_not_known_has_no_table():
    (found,) = plan(run(Write(Verb.DELETE, UNKNOWN)))
    assert (found.table, found.model) == ("", None)
    (missing,) = plan(run(Write(Verb.DELETE, ModelKey("shop", "missing"), fields=("x",))))
    assert (missing.table, missing.columns) == ("", ("x",))


def test_writes_and_sql_come_in_the_order_of_their_lines():
    late, early = Place(9, 0, 9), Place(3, 0, 3)
    sql = (SqlText("UPDATE shop_order SET title = ''", early),)
    found = plan(run(Write(Verb.DELETE, ORDER, place=late), sql=sql))
    assert [(action.kind, action.place) for action in found] == [
        (Kind.UPDATE, early),
        (Kind.DELETE, late),
    ]
    assert found[0].field == "title"


def test_the_way_back_is_that_of_the_reverse_function():
    undo = Code("undo", is_noop=False, body=Body(writes=(Write(Verb.DELETE, ORDER),)), place=PLACE)
    (found,) = rollback(run(reverse=undo), shop(), MYSQL)
    assert (found.kind, found.sql) == (Kind.DELETE, "DELETE FROM `shop_order` ...")
