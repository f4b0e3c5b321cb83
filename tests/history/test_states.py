"""ModelState and ProjectState answer what is there, what is not, and what nobody knows."""

import pytest
from history.made import field, foreign

from flake8_django_migrations.history.state import ModelState, ProjectState, nothing_elsewhere
from flake8_django_migrations.migration import UNKNOWN, Construct, ModelKey, Reference


def model(name="Order", **more):
    return ModelState(app_label="shop", name=name, **{"fields": {}, **more})


def state(*models, **more):
    return ProjectState(app_label="shop", models={each.key: each for each in models}, **more)


@pytest.mark.parametrize(
    ("options", "table"),
    [
        ({}, "shop_order"),
        ({"db_table": None}, "shop_order"),
        ({"db_table": ""}, "shop_order"),
        ({"db_table": "orders"}, "orders"),
        ({"db_table": UNKNOWN}, UNKNOWN),
        ({"db_table": Reference("x.TABLE")}, UNKNOWN),
    ],
)
def test_the_table_is_the_option_or_djangos_name(options, table):
    assert model(options=options).table is table or model(options=options).table == table


@pytest.mark.parametrize(
    ("options", "managed"),
    [
        ({}, True),
        ({"managed": False}, False),
        ({"managed": UNKNOWN}, UNKNOWN),
        ({"proxy": True}, False),
        ({"swapped": "people.User"}, False),
    ],
)
def test_whether_django_manages_the_table(options, managed):
    assert model(options=options).is_managed is managed


@pytest.mark.parametrize(
    ("written", "groups"),
    [
        (None, ()),
        ((), ()),
        (("a", "b"), (("a", "b"),)),
        ((("a", "b"), ("c",)), (("a", "b"), ("c",))),
        ((("a", UNKNOWN),), UNKNOWN),
        ((("a",), "b"), UNKNOWN),
        (UNKNOWN, UNKNOWN),
        ("a", UNKNOWN),
    ],
)
def test_together_options_are_normalised_as_django_does(written, groups):
    found = model(options={"unique_together": written, "index_together": written})
    for value in (found.unique_together, found.index_together):
        assert value is groups or value == groups


def test_the_primary_key_is_the_field_that_says_so():
    found = model(fields={"a": field(), "id": field(primary_key=True)})
    assert found.primary_key == ("id", field(primary_key=True))
    assert model(fields={"a": field()}).primary_key is UNKNOWN


def test_a_model_of_another_app_is_asked_for_elsewhere():
    asked = []

    def elsewhere(key):
        asked.append(key)
        return model("User")

    found = state(model(), elsewhere=elsewhere)
    assert found.model("order").name == "Order"
    assert asked == []
    assert found.find(ModelKey("people", "user")).name == "User"
    assert asked == [ModelKey("people", "user")]


def test_without_a_way_to_other_apps_their_models_are_unknown():
    assert nothing_elsewhere(ModelKey("people", "user")) is UNKNOWN
    assert state().find(ModelKey("people", "user")) is UNKNOWN


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("self", ModelKey("shop", "order")),
        ("Line", ModelKey("shop", "line")),
        ("shop.LINE", ModelKey("shop", "line")),
        ("people.User", ModelKey("people", "user")),
        (Reference("django.conf.settings.AUTH_USER_MODEL"), UNKNOWN),
        (Construct("f"), UNKNOWN),
        (None, UNKNOWN),
        ("", UNKNOWN),
        ("a.b.c", UNKNOWN),
        (".b", UNKNOWN),
    ],
)
def test_a_relation_is_resolved_from_inside_its_model(target, key):
    assert state().resolve(target, "Order") is key or state().resolve(target, "Order") == key


def test_names_that_were_changed_in_a_circle_come_to_an_end():
    a, b = ModelKey("shop", "a"), ModelKey("shop", "b")
    found = state(renamed={a: b, b: a})
    assert found.model("a") is None


def test_a_state_is_never_changed():
    first = state(model(fields={"a": foreign("x.Y")}))
    second = first.put(model("Line"))
    assert len(first.models) == 1
    assert len(second.models) == 2
    assert second.remove_model("line") == first
    assert first.doubt(None).model("order").find("b") is UNKNOWN
    assert first.model("order").find("b") is None
