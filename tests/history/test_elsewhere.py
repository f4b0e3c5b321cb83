"""What refers to another app follows its new names, once a dependency leads there."""

import pytest
from history.made import NOWHERE, add, create, field, foreign, key, migration

from flake8_django_migrations.history import timeline as module
from flake8_django_migrations.history.app import App
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import (
    RenameField,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
)


def renamed(old, new):
    return RenameModel(old_name=old, new_name=new, place=NOWHERE)


def renamed_field(model, old, new):
    return RenameField(model_name=model, old_name=old, new_name=new, place=NOWHERE)


PEOPLE = migration("people/0001", "", create("Person", code=field()), create("Other", id=field()))
SHOP = migration(
    "shop/0001",
    "people/0001",
    create(
        "Order",
        id=field(),
        person=foreign("people.Person", to_field="code"),
        both=field("ManyToManyField", to="people.Other", through="people.Person"),
        own=foreign("Order"),
        unread=foreign(None),
    ),
    initial=True,
)


def seen(*migrations, **more):
    """The field of the shop's order, after the last of the shop's migrations."""
    apps = {
        label: [each for each in migrations if each.app_label == label]
        for label in ("people", "shop")
    }
    timelines = {}
    for label, own in apps.items():
        timelines[label] = Timeline(App.of(label, *own), timelines.get, **more)
    state = timelines["shop"].after(apps["shop"][-1].key)
    return state.model("order")


def target(model, name="person", keyword="to"):
    return model.find(name).get(keyword)


def test_a_reference_keeps_the_old_name_while_no_dependency_leads_to_the_new_one():
    rename = migration("people/0002", "people/0001", renamed("Person", "Human"))
    order = seen(PEOPLE, rename, SHOP, migration("shop/0002", "shop/0001"))
    assert target(order) == "people.Person"


@pytest.mark.parametrize("through", ["people/0002", "people/0003"])
def test_a_reference_follows_once_a_dependency_leads_to_the_new_name(through):
    rename = migration("people/0002", "people/0001", renamed("PERSON", "Human"))
    again = migration("people/0003", "people/0002", create("Person", id=field()))
    order = seen(PEOPLE, rename, again, SHOP, migration("shop/0002", f"shop/0001 {through}"))
    assert target(order) == "people.Human"
    assert target(order, "both") == "people.Other"
    assert target(order, "both", "through") == "people.Human"
    assert target(order, "own") == "Order"


def test_what_is_written_later_means_the_model_that_has_the_name_now():
    rename = migration("people/0002", "people/0001", renamed("Person", "Human"))
    again = migration("people/0003", "people/0002", create("Person", id=field()))
    order = seen(
        PEOPLE,
        rename,
        again,
        SHOP,
        migration(
            "shop/0002", "shop/0001 people/0003", add("order", "new", foreign("people.Person"))
        ),
        migration("shop/0003", "shop/0002 people/0001"),
    )
    assert target(order) == "people.Human"
    assert target(order, "new") == "people.Person"


def test_a_field_of_another_app_is_followed_too():
    rename = migration("people/0002", "people/0001", renamed_field("person", "code", "key"))
    order = seen(PEOPLE, rename, SHOP, migration("shop/0002", "shop/0001 people/0002"))
    assert target(order, keyword="to_field") == "key"


def test_only_the_state_counts_not_what_the_database_is_told():
    rename = migration(
        "people/0002",
        "people/0001",
        SeparateDatabaseAndState(
            database_operations=(renamed("Person", "No"),),
            state_operations=(renamed("Person", "Human"),),
            place=NOWHERE,
        ),
        RunSQL(sql=(), state_operations=(renamed("Human", "Being"),), place=NOWHERE),
    )
    order = seen(PEOPLE, rename, SHOP, migration("shop/0002", "shop/0001 people/0002"))
    assert target(order) == "people.Being"


def test_the_names_of_apps_that_nothing_refers_to_are_not_looked_for(monkeypatch):
    def refuse(*_given):
        raise AssertionError("it was followed")

    monkeypatch.setattr(module, "follow_elsewhere", refuse)
    rename = migration("people/0002", "people/0001", renamed("Person", "Human"))
    plain = migration("shop/0001", "people/0001", create("Order", id=field()), initial=True)
    elsewhere = migration(
        "shop/0001", "people/0001", create("Order", far=foreign("far.Thing")), initial=True
    )
    later = migration("shop/0002", "shop/0001 people/0002")
    assert seen(PEOPLE, rename, plain, later)
    assert seen(PEOPLE, rename, elsewhere, later)


def test_nothing_is_followed_where_no_migration_of_the_project_renames():
    rename = migration("people/0002", "people/0001", renamed("Person", "Human"))
    later = migration("shop/0002", "shop/0001 people/0002")
    order = seen(PEOPLE, rename, SHOP, later, writes=lambda _words: False)
    assert target(order) == "people.Person"
    assert key("shop/0001") == SHOP.key
