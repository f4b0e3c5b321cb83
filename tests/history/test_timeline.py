"""States from migration to migration: in order, each once, in doubt where something is hidden."""

import pytest
from history.made import NOOP, add, create, field, foreign, key, keys, migration, unread

from flake8_django_migrations.history import timeline as module
from flake8_django_migrations.history.app import App, Fault
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import UNKNOWN, ModelKey

INITIAL = migration("0001", "", create("Order", id=field()))


def timeline(*migrations, **more):
    return Timeline(App.of("shop", *migrations, **more))


def fields(state, name="order"):
    return list(state.model(name).fields)


def test_the_state_in_front_of_a_migration_has_all_of_its_ancestors_and_no_more():
    found = timeline(
        INITIAL,
        migration("0002", "0001", add("order", "a")),
        migration("0003", "0002", add("order", "b")),
    )
    assert found.before(key("0001")).models == {}
    assert fields(found.before(key("0002"))) == ["id"]
    assert fields(found.before(key("0003"))) == ["id", "a"]
    assert fields(found.after(key("0003"))) == ["id", "a", "b"]
    assert not found.before(key("0003")).is_doubtful


def test_of_two_branches_each_sees_its_own_and_the_merge_both():
    found = timeline(
        INITIAL,
        migration("0002_a", "0001", add("order", "a")),
        migration("0003_a", "0002_a", add("order", "aa")),
        migration("0002_b", "0001", add("order", "b")),
        migration("0004", "0003_a 0002_b"),
        migration("0005", "0004 0003_a"),
    )
    assert fields(found.before(key("0003_a"))) == ["id", "a"]
    assert fields(found.before(key("0002_b"))) == ["id"]
    assert fields(found.before(key("0004"))) == ["id", "a", "aa", "b"]
    assert fields(found.before(key("0005"))) == ["id", "a", "aa", "b"]
    assert found.before(key("0004")) == found.before(key("0004"))


def test_each_migration_is_run_once_however_many_ask(monkeypatch):
    runs = []

    def counted(state, each):
        runs.append(each.name)
        return state

    monkeypatch.setattr(module, "run", counted)
    names = [f"{number:04}" for number in range(1, 101)]
    found = timeline(
        *(migration(name, before) for name, before in zip(names, ["", *names], strict=False))
    )
    for name in names:
        found.before(key(name))
    assert runs == names[:-1]


def test_a_thousand_migrations_in_a_line_are_no_trouble():
    names = [f"{number:04}" for number in range(1_500)]
    found = timeline(
        *(migration(name, before) for name, before in zip(names, ["", *names], strict=False))
    )
    assert not found.before(key("1499")).is_doubtful
    assert found.graph.cycle(key("1499")) == ()


def test_a_squash_does_not_see_what_it_replaces():
    found = timeline(
        INITIAL,
        migration("0002", "0001", add("order", "a")),
        migration("0003", "0002", add("order", "b")),
        migration("0002_squash", "0001", add("order", "c"), replaces="0002 0003"),
        migration("0004", "0003"),
    )
    assert fields(found.before(key("0002_squash"))) == ["id"]
    assert fields(found.before(key("0003"))) == ["id", "a"]
    assert fields(found.before(key("0004"))) == ["id", "c"]


# Doubt ------------------------------------------------------------------------------------


def test_operations_that_were_not_read_leave_a_doubt_behind():
    found = timeline(
        INITIAL,
        migration("0002", "0001", is_complete=False),
        migration("0003", "0002", create("Line", id=field())),
        migration("0004", "0003"),
    )
    assert not found.before(key("0002")).is_doubtful
    assert found.before(key("0004")).is_doubtful
    assert not found.before(key("0004")).model("line").is_doubtful


def test_a_dependency_that_is_not_there_leaves_a_doubt():
    found = timeline(INITIAL, migration("0003", "0001 0002"), migration("0004", "0003"))
    assert found.before(key("0003")).is_doubtful
    assert found.before(key("0004")).is_doubtful
    assert fields(found.before(key("0004"))) == ["id"]


def test_a_neighbour_that_could_not_be_read_leaves_a_doubt_where_it_comes_before():
    found = timeline(
        INITIAL,
        migration("0003", "0002"),
        migration("0004", "0001"),
        faults=(Fault("/shop/0002.py", "it is too long"),),
    )
    assert found.before(key("0003")).is_doubtful
    assert not found.before(key("0004")).is_doubtful


def test_dependencies_that_were_not_read_leave_a_doubt():
    found = timeline(INITIAL, migration("0002", "0001", unreadable=unread("dependencies")))
    assert found.before(key("0002")).is_doubtful


def test_a_doubt_on_one_branch_reaches_the_merge():
    found = timeline(
        INITIAL,
        migration("0002_a", "0001 0000_gone"),
        migration("0002_b", "0001"),
        migration("0003", "0002_a 0002_b"),
    )
    assert not found.before(key("0002_b")).is_doubtful
    assert found.before(key("0003")).is_doubtful


def test_a_circle_leaves_a_doubt_and_comes_to_an_end():
    found = timeline(
        migration("0001", "0002"), migration("0002", "0001"), migration("0003", "0002")
    )
    assert found.before(key("0001")).is_doubtful
    assert found.before(key("0003")).is_doubtful


def test_a_text_without_a_folder_is_in_doubt_from_the_start():
    assert timeline(INITIAL, is_alone=True).before(key("0001")).is_doubtful


def test_a_migration_that_is_not_there_is_in_doubt():
    assert timeline(INITIAL).before(key("0009")).is_doubtful


@pytest.mark.parametrize(
    ("first", "starts"),
    [
        (migration("0001", "", create("A")), True),
        (migration("0001", ""), True),
        (migration("0001", "", NOOP), True),
        (migration("0001", "", add("order", "a"), initial=True), True),
        (migration("0001", "", add("order", "a")), False),
        (migration("0001", "", NOOP, add("order", "a"), initial=UNKNOWN), False),
    ],
)
def test_a_first_migration_that_changes_what_nobody_made_is_not_the_first(first, starts):
    assert timeline(first).before(key("0001")).is_doubtful is not starts


# Other apps --------------------------------------------------------------------------------


def apps(*migrations):
    labels = {each.app_label for each in migrations}
    found = {}
    for label in labels:
        own = [each for each in migrations if each.app_label == label]
        found[label] = Timeline(App.of(label, *own), found.get)
    return found["shop"]


PEOPLE = (
    migration("people/0001", "", create("User", id=field()), create("Old", a=field())),
    migration("people/0002", "people/0001", add("user", "name")),
    migration("people/0003", "people/0002", add("user", "later")),
)
USER = ModelKey("people", "user")


def test_a_model_of_another_app_is_seen_as_far_as_the_dependencies_lead():
    shop = apps(INITIAL, migration("0002", "0001 people/0002"), migration("0003", "0002"), *PEOPLE)
    for name in ("0002", "0003"):
        user = shop.before(key(name)).find(USER)
        assert isinstance(user, ModelState)
        assert list(user.fields) == ["id", "name"]
        assert shop.before(key(name)).find(ModelKey("people", "nobody")) is None


def test_a_path_through_a_third_app_counts_where_it_makes_a_difference():
    shop = apps(
        migration("0001", "people/0001 cart/0001", create("Order")),
        migration("cart/0001", "people/0002"),
        *PEOPLE,
    )
    assert list(shop.before(key("0001")).find(USER).fields) == ["id", "name"]


def test_a_third_app_is_not_looked_at_where_it_makes_no_difference():
    class Cart(dict):
        def get(self, label):
            assert label != "cart"
            return super().get(label)

    people = Timeline(App.of("people", *PEOPLE))
    first = migration("0001", "people/0001 cart/0001", create("Order"))
    shop = Timeline(App.of("shop", first), Cart(people=people).get)
    assert list(shop.before(key("0001")).find(ModelKey("people", "old")).fields) == ["a"]


def test_a_model_of_another_app_is_unknown_where_no_dependency_leads():
    shop = apps(INITIAL, migration("0002", "0001 people/0001"), *PEOPLE)
    assert shop.before(key("0001")).find(USER) is UNKNOWN
    assert shop.before(key("0002")).find(ModelKey("nowhere", "thing")) is UNKNOWN


def test_a_model_that_an_unseen_dependency_might_bring_is_unknown():
    shop = apps(migration("0001", "people/0001 taggit/0001", create("Order")), *PEOPLE)
    assert isinstance(shop.before(key("0001")).find(USER), ModelState)
    assert shop.before(key("0001")).find(ModelKey("people", "nobody")) is UNKNOWN


def test_several_migrations_of_another_app_add_up():
    shop = apps(
        migration(
            "0001", "people/0002_a people/0002_b", create("Order", user=foreign("people.User"))
        ),
        migration("people/0001", "", create("User", id=field())),
        migration("people/0002_a", "people/0001", add("user", "a")),
        migration("people/0002_b", "people/0001", add("user", "b")),
    )
    assert list(shop.before(key("0001")).find(USER).fields) == ["id", "b", "a"]


def test_the_heads_are_those_that_nothing_else_comes_after():
    found = timeline(
        INITIAL, migration("0002", "0001"), migration("0003", "0002"), migration("0002_b", "0001")
    )
    assert found.heads(keys("0001", "0002", "0002_b", "0003")) == keys("0002_b", "0003")
    assert found.heads(()) == ()
