"""Which models of other apps point at one of this app, as far as they have surely run."""

import pytest
from history.made import NOWHERE, add, create, field, foreign, key, migration

from flake8_django_migrations.history.app import App
from flake8_django_migrations.history.history import History
from flake8_django_migrations.history.labels import models_in
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import (
    AlterModelTable,
    ModelKey,
    OpaqueOperation,
    RemoveField,
)

ORDER = ModelKey("shop", "order")
FIRST = migration("0001", "", create("Order", id=field("AutoField", primary_key=True)))
BILLING = migration("billing/0001", "shop/0001", create("Bill", order=foreign("shop.Order")))


def found(*migrations, last, naming=("billing",), **given):
    """The models that another app's states hold in front of the shop's last migration."""
    timelines = {}
    for label in {each.app_label for each in migrations}:
        own = [each for each in migrations if each.app_label == label]
        timelines[label] = Timeline(
            App.of(label, *own), timelines.get, naming=lambda _model: frozenset(naming)
        )
    before = timelines["shop"].before(key(last), **given)
    return {
        model.name: list(model.fields)
        for state in before.pointing(frozenset({ORDER}))
        for model in state.models.values()
    }


def shipped(*names):
    return {"is_shipped": lambda migration: migration.name in names}


def test_an_app_that_need_not_have_run_is_not_told():
    assert found(FIRST, BILLING, migration("0002", "0001"), last="0002") == {}


def test_an_app_that_runs_later_is_not_told():
    late = migration("billing/0001", "shop/0002", create("Bill", order=foreign("shop.Order")))
    assert found(FIRST, late, migration("0002", "0001"), last="0002") == {}


def test_an_app_that_does_not_name_the_model_is_not_looked_at():
    second = migration("0002", "0001 billing/0001")
    assert found(FIRST, BILLING, second, last="0002", naming=()) == {}


def test_an_app_that_is_not_on_disk_is_not_told():
    second = migration("0002", "0001 billing/0001")
    assert found(FIRST, second, last="0002", naming=("billing", "shop")) == {}


def test_what_something_unread_may_have_changed_is_not_told():
    odd = OpaqueOperation(path="x.Y", models=None, place=NOWHERE)
    late = migration("billing/0002", "billing/0001", odd)
    second = migration("0002", "0001 billing/0002")
    assert found(FIRST, BILLING, late, second, last="0002") == {}


def test_an_app_is_told_as_far_as_the_dependencies_lead():
    more = migration("billing/0002", "billing/0001", add("bill", "note"))
    late = migration("billing/0003", "billing/0002", add("bill", "late"))
    second = migration("0002", "0001 billing/0002")
    third = migration("0003", "0002")
    told = {"Bill": ["order", "note"]}
    assert found(FIRST, BILLING, more, late, second, third, last="0003") == told


def test_an_app_that_wants_to_run_before_has_run():
    late = migration(
        "billing/0002", "billing/0001", add("bill", "note"), run_before="shop/0002 shop/0009"
    )
    third = migration("0003", "0002")
    told = {"Bill": ["order", "note"]}
    assert found(FIRST, BILLING, late, migration("0002", "0001"), third, last="0002") == told
    assert found(FIRST, BILLING, late, migration("0002", "0001"), third, last="0003") == told
    assert found(FIRST, BILLING, late, migration("0002", "0001"), third, last="0001") == {}


@pytest.mark.parametrize("hides", ["outside/0001", "settings.AUTH_USER_MODEL"])
def test_where_more_may_have_run_only_what_stays_so_to_the_end_is_told(hides):
    second = migration("0002", f"0001 billing/0001 {hides}")
    assert found(FIRST, BILLING, second, last="0002") == {"Bill": ["order"]}
    gone = RemoveField(model_name="bill", name="order", place=NOWHERE)
    late = migration("billing/0002", "billing/0001", gone)
    assert found(FIRST, BILLING, late, second, last="0002") == {"Bill": []}
    after = migration("billing/0002", "billing/0001 shop/0002", gone)
    assert found(FIRST, BILLING, after, second, last="0002") == {"Bill": ["order"]}


def test_a_table_that_may_have_another_name_is_not_told():
    second = migration("0002", "0001 billing/0001 outside/0001")
    moved = AlterModelTable(name="bill", table="bills", place=NOWHERE)
    late = migration("billing/0002", "billing/0001", moved)
    assert found(FIRST, BILLING, late, second, last="0002") == {}


def test_what_has_shipped_has_run_without_a_dependency():
    other = migration("billing/0002", "billing/0001", create("New", order=foreign("shop.Order")))
    given = (FIRST, BILLING, other, migration("0002", "0001"))
    assert found(*given, last="0002", **shipped("0001")) == {"Bill": ["order"]}
    assert found(*given, last="0002", **shipped()) == {}


def test_what_ships_with_it_is_new_or_gone():
    gone = RemoveField(model_name="bill", name="order", place=NOWHERE)
    late = migration("billing/0002", "billing/0001", gone, create("New", order=foreign("Order")))
    second = migration("0002", "0001 billing/0002")
    assert found(FIRST, BILLING, late, second, last="0002", **shipped("0001")) == {"Bill": []}


def test_a_squash_that_has_shipped_stands_for_what_it_replaces():
    squash = migration(
        "billing/0003",
        "shop/0001",
        create("Bill", order=foreign("shop.Order"), note=field()),
        replaces="billing/0001",
    )
    told = found(
        FIRST, BILLING, squash, migration("0002", "0001"), last="0002", **shipped("0001", "0003")
    )
    assert told == {"Bill": ["order", "note"]}


def test_a_timeline_of_its_own_names_nobody():
    state = Timeline(App.of("shop", FIRST)).before(key("0001"))
    assert state.pointing(frozenset({ORDER})) == ()


def test_the_files_of_the_project_tell_who_names_the_model(tmp_path):
    head = "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n"
    body = "    dependencies = {}\n    operations = [migrations.CreateModel({!r}, {})]\n"
    key_to = "[('order', models.ForeignKey('{}', models.CASCADE))]"
    texts = {
        "shop/migrations/0001_initial.py": body.format([], "Order", []),
        "shop/migrations/0002_next.py": body.format(
            [("shop", "0001_initial"), ("bill", "0001_initial"), ("cart", "0001_initial")],
            "Other",
            [],
        ),
        "bill/migrations/0001_initial.py": body.format(
            [("shop", "0001_initial")], "Bill", key_to.format("shop.ORDER")
        ),
        "cart/migrations/0001_initial.py": body.format(
            [("shop", "0001_initial")], "Cart", key_to.format("cart.Order")
        ),
    }
    (tmp_path / "manage.py").touch()
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + text)
    path = tmp_path / "shop/migrations/0002_next.py"
    history = History.of(str(path), path.read_text())
    assert history is not None
    for _ in range(2):
        states = history.before().pointing(frozenset({ORDER}))
        assert [state.app_label for state in states] == ["bill"]


def test_a_name_with_its_app_may_be_a_model():
    text = "to='shop.Order', 'django.db.models', \"a.B\", 'x.y\", 1.5, 'plain'"
    assert models_in(text) == {ModelKey("shop", "order"), ModelKey("a", "b")}
