"""What the plan oracle calls agreeing, and what it lists."""

from __future__ import annotations

import pytest
from oracle import known
from oracle.comparison import Tally
from oracle.plans import compare

from flake8_django_migrations.history.app import App
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import (
    UNKNOWN,
    AddField,
    AlterField,
    AlterUniqueTogether,
    CreateModel,
    Dependency,
    Field,
    Migration,
    MigrationKey,
    OpaqueOperation,
    Place,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
    SqlText,
)

PLACE = Place(1, 0, 1)
KEY = MigrationKey("shop", "0002_change")
AUTO = Field("django.db.models.AutoField", {"primary_key": True})
TEXT = Field("django.db.models.TextField")
USERS = Field("django.db.models.ManyToManyField", {"to": UNKNOWN})
ORDER = CreateModel(
    name="Order",
    fields=(("id", AUTO), ("a", TEXT), ("b", TEXT), ("own", Field("own.Field"))),
    place=PLACE,
)


def add(name, field):
    return AddField(model_name="order", name=name, field=field, place=PLACE)


ADD = add("note", Field("django.db.models.TextField", {"null": True}))
ADDED = 'ALTER TABLE "shop_order" ADD COLUMN "note" text NULL'


@pytest.fixture
def tally():
    def verb(*operations, lines):
        first = Migration(key=KEY._replace(name="0001_initial"), path="", operations=(ORDER,))
        parent = (Dependency("shop", "0001_initial"),)
        second = Migration(key=KEY, path="", dependencies=parent, operations=operations)
        timeline = Timeline(App.of("shop", first, second))
        found = Tally()
        sent = [
            {"plan": list(KEY), "at": at, "kind": "Any", "columns": {}, **line}
            for at, line in enumerate(lines)
        ]
        compare("shop", sent, {"shop": timeline}, found)
        return found

    return verb


def test_equal_plans_agree(tally):
    found = tally(ADD, lines=[{"sql": [ADDED]}])
    assert found.plans == {"operations": 1, "with SQL": 1, "agree": 1}
    assert not found.faults


def test_an_operation_without_sql_is_not_counted_among_those_that_send_some(tally):
    nothing = RunPython(code=UNKNOWN, place=PLACE)
    found = tally(nothing, SeparateDatabaseAndState(place=PLACE), lines=[{"sql": []}, {"sql": []}])
    assert found.plans == {"operations": 2}


def test_what_is_nested_counts_for_the_operation_that_holds_it(tally):
    both = SeparateDatabaseAndState(database_operations=(ADD, ADD), place=PLACE)
    found = tally(both, ADD, lines=[{"sql": [ADDED, ADDED]}, {"sql": [ADDED]}])
    assert found.plans["agree"] == 2


def test_a_setting_of_the_session_is_no_difference(tally):
    sql = RunSQL(sql=(SqlText("SET search_path = a; SELECT 1", PLACE),), place=PLACE)
    assert tally(sql, lines=[{"sql": ["SET x = 1", "SELECT 1"]}]).plans["agree"] == 1


def test_a_migration_that_only_django_finds_is_left_out(tally):
    assert not tally(lines=[{"plan": ["shop", "0009_other"], "sql": [ADDED]}]).plans


def test_what_only_one_side_says_is_a_fault(tally):
    opaque = OpaqueOperation(path="own.Operation", models=(), place=PLACE)
    assert tally(lines=[{"sql": [ADDED]}]).faults
    found = tally(opaque, ADD, lines=[{"sql": [ADDED]}, {"sql": []}, {"sql": [ADDED]}])
    assert found.plans == {"operations": 3, "with SQL": 3}
    assert [*found.faults] == [f"shop shop/0002_change {at} Any" for at in range(3)]
    first, second, third = found.faults.values()
    assert first.startswith("nothing is said of an operation that is not Django's: [('ADD_COLUMN'")
    assert second.startswith("extra [('ADD_COLUMN'")
    assert third.startswith("nothing is said: ")


def test_what_differs_is_told(tally):
    other = ADDED.replace("note", "other")
    (fault,) = tally(ADD, lines=[{"sql": [other]}]).faults.values()
    assert "extra [('ADD_COLUMN', 'shop_order', ('note',))]" in fault
    assert "missing [('ADD_COLUMN', 'shop_order', ('other',))]" in fault


def test_what_django_cannot_tell_is_listed(tally):
    found = tally(ADD, lines=[{"error": "ValueError: no"}])
    assert found.plans == {"not told by Django": 1}
    assert [*found.faults.values()] == ["Django: ValueError: no"]


def unique(*names):
    columns = ", ".join(f'"{name}"' for name in names)
    return f'ALTER TABLE "shop_order" ADD CONSTRAINT "x" UNIQUE ({columns})'


def test_the_order_of_a_set_makes_no_difference(tally):
    both = AlterUniqueTogether(name="order", unique_together=(("a",), ("b",)), place=PLACE)
    found = tally(both, lines=[{"sql": [unique("b"), unique("a")]}])
    assert found.plans["agree in another order"] == 1
    assert tally(both, lines=[{"sql": [unique("b"), unique("b")]}]).faults


ALTER = 'ALTER TABLE "shop_order_users"'
THROUGH = [
    'CREATE TABLE "shop_order_users" ("id" integer, "order_id" integer, "user_id" integer)',
    f'{ALTER} ADD CONSTRAINT "a" UNIQUE ("order_id", "user_id")',
    f'{ALTER} ADD CONSTRAINT "b" FOREIGN KEY ("order_id") REFERENCES "shop_order" ("id")',
    f'{ALTER} ADD CONSTRAINT "c" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id")',
    'CREATE INDEX "d" ON "shop_order_users" ("order_id")',
    'CREATE INDEX "e" ON "shop_order_users" ("user_id")',
]


def test_the_model_that_a_setting_names_may_be_any(tally):
    found = tally(add("users", USERS), lines=[{"sql": THROUGH}])
    assert found.plans["agree but for the model that a setting names"] == 1
    other = [*THROUGH[:1], THROUGH[1].replace("order_id", "a_id"), *THROUGH[2:]]
    assert tally(add("users", USERS), lines=[{"sql": other}]).faults


def test_columns_are_compared_by_name_and_type(tally):
    alter = AlterField(model_name="order", name="a", field=TEXT, place=PLACE)
    fields = {
        "a": ["a", "text"],
        "b": ["bb", "text"],
        "id": ["id", "bigint"],
        "own": ["own", "text"],
        "users": ["users", None],
        "key": ["key_id", "integer"],
    }
    key = add("key", Field("django.db.models.ForeignKey", {"to": UNKNOWN}))
    none = {"sql": [], "columns": {"gone": fields}}
    last = {"sql": [], "columns": {"order": fields}}
    found = tally(alter, add("users", USERS), key, alter, lines=[none, none, none, last])
    faults = {what: why for what, why in found.faults.items() if ": " in what}
    place = "shop shop/0002_change 3 Any: order"
    assert faults == {
        f"{place}.b": "b text instead of bb text",
        f"{place}.id": "id integer instead of id bigint",
    }
    assert found.plans["columns equal"] == 1
    assert found.plans["columns unknown"] == 1
    assert found.plans["column types unknown"] == 1


def test_known_faults_are_named_with_their_reason_and_new_ones_found():
    table = {"one": {"why": "because", "operations": "shop a/1 0 X\n  blog  b/2 1 Y\n"}}
    reasons = known.read(table)
    assert reasons == {"shop a/1 0 X": "because", "blog b/2 1 Y": "because"}
    assert known.judged({"shop a/1 0 X"}, reasons, ["shop"]).is_as_known
    verdict = known.judged({"shop a/1 1 X"}, reasons, ["shop"])
    assert verdict == (("shop a/1 1 X",), ("shop a/1 0 X",))
    assert not verdict.is_as_known


def test_the_file_of_known_faults_can_be_read():
    tomllib = pytest.importorskip("tomllib")
    known.read(tomllib.loads(known.FILE.read_text()))
