"""The graph: order, roots and leaves, squashes, other apps, what is missing."""

import pytest
from history.made import key, keys, migration, needs, unread

from flake8_django_migrations.history.app import App, Fault
from flake8_django_migrations.history.graph import MigrationGraph
from flake8_django_migrations.history.nodes import AppNodes
from flake8_django_migrations.migration import UNKNOWN


def graph(*migrations):
    return MigrationGraph.of("shop", *migrations)


def line(*names):
    return [migration(name, before) for name, before in zip(names, ["", *names[:-1]], strict=True)]


def test_the_order_is_that_of_the_dependencies_not_of_the_numbers():
    found = graph(migration("0001", "0002"), migration("0002", "0010"), migration("0010"))
    assert found.order() == keys("0010", "0002", "0001")
    assert found.earlier(key("0001")) == keys("0010", "0002")
    assert found.earlier(key("0010")) == ()


def test_a_line_has_one_root_and_one_leaf():
    found = graph(*line("0001", "0002", "0003"))
    assert found.root_nodes() == keys("0001")
    assert found.leaf_nodes() == keys("0003")
    assert found.is_certain


def test_two_branches_have_two_leaves_until_they_are_merged():
    branches = [*line("0001", "0002"), migration("0002_other", "0001")]
    assert graph(*branches).leaf_nodes() == keys("0002", "0002_other")
    merged = graph(*branches, migration("0003", "0002 0002_other"))
    assert merged.leaf_nodes() == keys("0003")
    assert merged.earlier(key("0003")) == keys("0001", "0002_other", "0002")
    assert merged.children(key("0001")) == keys("0002", "0002_other")
    assert merged.parents(key("0003")) == keys("0002", "0002_other")
    assert merged.own_parents(key("0003")) == keys("0002", "0002_other")


def test_a_dependency_on_another_app_makes_no_leaf_and_no_root_less():
    found = graph(migration("0001", "other/0001"), migration("other/0001"))
    assert found.root_nodes() == found.leaf_nodes() == keys("0001")
    assert found.root_nodes("other") == found.leaf_nodes("other") == keys("other/0001")
    assert found.leaf_nodes("nowhere") == found.root_nodes("nowhere") == ()


def test_an_unknown_name_has_no_neighbours():
    found = graph(*line("0001", "0002"))
    for name in ("0009", "nowhere/0001"):
        assert found.parents(key(name)) == ()
        assert found.own_parents(key(name)) == ()
        assert found.children(key(name)) == ()
        assert found.earlier(key(name)) == ()
        assert found.missing(key(name)) == ()
        assert found.migration(key(name)) is None
        assert not found.is_reachable(key(name))


# Squashes ---------------------------------------------------------------------------------


SQUASH = migration("0002_squash", "0001", replaces="0002 0003")


def test_a_squash_stands_in_for_the_files_beside_it():
    found = graph(*line("0001", "0002", "0003", "0004"), SQUASH)
    assert found.order() == keys("0001", "0002_squash", "0004")
    assert found.leaf_nodes() == keys("0004")
    assert found.root_nodes() == keys("0001")
    assert found.earlier(key("0002_squash")) == keys("0001")
    assert found.missing(key("0004")) == ()


def test_the_files_that_a_squash_replaces_keep_their_own_order():
    found = graph(*line("0001", "0002", "0003", "0004"), SQUASH)
    assert found.earlier(key("0003")) == keys("0001", "0002")


def test_a_squash_stands_in_for_files_that_are_gone():
    found = graph(migration("0001"), SQUASH, migration("0004", "0003"))
    assert found.earlier(key("0004")) == keys("0001", "0002_squash")
    assert found.missing(key("0004")) == ()


def test_a_squash_inherits_what_the_replaced_files_depend_on():
    found = graph(
        migration("0001"),
        migration("0002", "0001"),
        migration("0003", "0002 0000_side other/0001"),
        migration("0000_side", "0001"),
        SQUASH,
        migration("other/0001"),
    )
    assert found.parents(key("0002_squash")) == keys("other/0001", "0000_side", "0001")


def test_a_squash_of_a_squash_stands_in_for_both():
    found = graph(
        migration("0001_squash", replaces="0001 0002"),
        migration("0001_again", replaces="0001_squash 0003"),
        migration("0003", "0002"),
        migration("0004", "0003"),
    )
    assert found.order() == keys("0001_again", "0004")
    assert found.earlier(key("0003")) == keys("0001_squash")


def test_of_two_squashes_the_one_that_covers_more_stands_in():
    found = graph(
        migration("0001_a", replaces="0001 0002 0003"),
        migration("0001_b", replaces="0001 0002"),
        migration("0004", "0002"),
    )
    assert found.earlier(key("0004")) == keys("0001_a")


def test_a_squash_that_replaces_itself_or_its_squash_ends():
    found = graph(
        migration("0001", replaces="0001"),
        migration("a", replaces="b"),
        migration("b", replaces="a"),
        migration("0002", "0001 a"),
    )
    assert found.earlier(key("0002"))[-1] == key("0001")
    assert found.leaf_nodes() == keys("0002")


def test_a_squash_that_depends_on_what_it_replaces_is_a_circle():
    found = graph(migration("0001_squash", "0001", replaces="0001"))
    assert found.cycle(key("0001_squash")) == keys("0001_squash")
    assert not found.is_reachable(key("0001_squash"))


# Other apps --------------------------------------------------------------------------------


def test_another_app_is_asked_for_only_when_a_dependency_leads_there():
    asked = []

    def load(app_label):
        asked.append(app_label)

    own = AppNodes(App.of("shop", *line("0001", "0002"), migration("0003", "0002 other/0001")))
    found = MigrationGraph(own, load)
    assert found.order() == keys("0001", "0002", "0003")
    assert found.forwards_plan(key("0002")) == keys("0001", "0002")
    assert asked == []
    assert found.forwards_plan(key("0003")) == keys("0001", "0002", "0003")
    assert found.missing(key("0003")) == ()
    assert asked == ["other"]


def test_the_plan_goes_through_other_apps():
    found = graph(
        migration("0001"),
        migration("0002", "0001 other/0002"),
        migration("other/0001", "shop/0001"),
        migration("other/0002", "other/0001"),
    )
    plan = keys("0001", "other/0001", "other/0002", "0002")
    assert found.forwards_plan(key("0002")) == plan
    ancestry = found.ancestors(key("0002"))
    assert ancestry.keys == plan[:-1]
    assert ancestry.is_complete
    assert ancestry.outside == frozenset()


def test_first_and_latest_are_the_root_and_the_leaf_of_another_app():
    found = graph(
        migration("0001", "other/__first__"),
        migration("0002", "0001 other/__latest__"),
        *(migration(f"other/000{number}", f"other/000{number - 1}") for number in (2, 3)),
        migration("other/0001"),
        migration("0003", "0002 empty/__first__ empty/__latest__"),
    )
    assert found.parents(key("0001")) == keys("other/0001")
    assert found.parents(key("0002")) == keys("other/0003", "0001")
    assert found.parents(key("0003")) == keys("0002")


def test_first_of_the_own_app_is_ignored_and_latest_is_missing():
    found = graph(migration("0001", "__first__"), migration("0002", "0001 __latest__"))
    assert found.parents(key("0001")) == ()
    assert found.missing(key("0001")) == ()
    assert found.ancestors(key("0001")).is_complete
    assert found.missing(key("0002")) == (needs("__latest__"),)


def test_an_app_with_no_readable_first_migration_is_not_missing():
    empty = AppNodes(App.of("other"))
    found = MigrationGraph(
        AppNodes(App.of("shop", migration("0001", "other/__first__ other/__latest__"))),
        {"other": empty}.get,
    )
    assert found.parents(key("0001")) == ()
    assert found.missing(key("0001")) == ()
    assert not found.ancestors(key("0001")).is_complete


def test_run_before_is_a_dependency_the_other_way_round():
    found = graph(
        migration("0001", run_before="0002 other/0001 nowhere/0001 settings.AUTH_USER_MODEL"),
        migration("0002"),
        migration("other/0001"),
        migration("other/0002", "other/0001"),
    )
    assert found.parents(key("0002")) == keys("0001")
    assert found.forwards_plan(key("other/0002")) == keys("0001", "other/0001", "other/0002")
    assert found.missing(key("0001")) == ()


def test_run_before_of_a_replaced_file_becomes_that_of_the_squash():
    found = graph(
        migration("0001", run_before="other/0001 0005"),
        migration("0001_squash", replaces="0001"),
        migration("0005"),
        migration("other/0001"),
    )
    assert found.parents(key("other/0001")) == keys("0001_squash")
    assert found.parents(key("0005")) == keys("0001_squash")


def test_run_before_a_migration_that_is_not_there_is_missing():
    found = graph(migration("0001", run_before="0009 other/0009"), migration("other/0001"))
    assert found.missing(key("0001")) == (needs("0009"), needs("other/0009"))
    assert found.parents(key("0001")) == ()


# What is missing ---------------------------------------------------------------------------


def test_a_name_that_is_neither_a_file_nor_replaced_is_missing():
    found = graph(migration("0002", "0001 other/0007"), migration("other/0001"))
    assert found.missing(key("0002")) == (needs("0001"), needs("other/0007"))


def test_an_app_that_is_not_on_disk_is_never_missing():
    found = graph(migration("0001", "auth/0001_nothing taggit/0009 settings.AUTH_USER_MODEL"))
    assert found.missing(key("0001")) == ()
    assert found.parents(key("0001")) == ()


def test_a_file_that_could_not_be_read_is_not_missing_but_makes_the_graph_uncertain():
    app = App.of("shop", migration("0002", "0001"), faults=(Fault("/shop/0001.py", "no"),))
    found = MigrationGraph(AppNodes(app))
    assert found.missing(key("0002")) == ()
    assert not found.is_certain
    assert not found.ancestors(key("0002")).is_complete


@pytest.mark.parametrize("what", ["dependencies", "replaces", "run_before"])
def test_edges_that_could_not_be_read_make_the_graph_uncertain(what):
    assert not graph(migration("0001", unreadable=unread(what))).is_certain
    assert graph(migration("0001", unreadable=unread("operations"))).is_certain


def test_nothing_is_missing_for_a_text_without_a_folder():
    alone = AppNodes(App.of("shop", migration("0002", "0001"), is_alone=True))
    assert MigrationGraph(alone).missing(key("0002")) == ()


def test_a_replaced_name_of_another_app_is_not_missing():
    found = graph(
        migration("0001", "other/0002"), migration("other/0001_squash", replaces="other/0002")
    )
    assert found.missing(key("0001")) == ()
    assert found.parents(key("0001")) == keys("other/0001_squash")


# Circles -----------------------------------------------------------------------------------


ACROSS = (
    migration("0001"),
    migration("0002", "0001 other/0001"),
    migration("0003", "0002"),
    migration("other/0001", "shop/0003"),
)


def test_a_circle_across_apps_is_told_where_it_leads_from_one_to_another():
    found = graph(*ACROSS)
    assert found.cycle(key("0001")) == ()
    assert found.cycle(key("0002")) == keys("0002", "other/0001", "0003")
    assert found.cycle(key("0003")) == ()
    other = MigrationGraph.of("other", *ACROSS)
    assert other.cycle(key("other/0001")) == keys("other/0001", "0003", "0002")


def test_a_migration_that_runs_before_one_it_needs_is_on_a_circle():
    found = graph(migration("0001", "other/0001", run_before="other/0001"), migration("other/0001"))
    assert found.cycle(key("0001")) == keys("0001", "other/0001")
    third = graph(
        migration("0001", "third/0001"),
        migration("0002", "0001", run_before="third/0001"),
        migration("third/0001"),
    )
    assert third.cycle(key("0002")) == keys("0002", "0001", "third/0001")


def asked_of(*names, mentioned=()):
    """The graph of the app alone, and the apps it asks for."""
    asked = []

    def load(app_label):
        asked.append(app_label)

    own = AppNodes(App.of("shop", *names))
    return MigrationGraph(own, load, lambda: frozenset(keys(*mentioned))), asked


@pytest.mark.parametrize("mentioned", ["shop/0001_x", "other/0002", "other/__latest__"])
def test_no_other_app_is_read_for_a_migration_that_no_text_names(mentioned):
    found, asked = asked_of(
        migration("0001"), migration("0002", "0001 other/0001"), mentioned=[mentioned]
    )
    assert found.cycle(key("0002")) == ()
    assert asked == []


@pytest.mark.parametrize("mentioned", ["0002", "__latest__", "__first__", "0002_b"])
def test_other_apps_are_read_for_a_migration_that_a_text_may_name(mentioned):
    found, asked = asked_of(
        migration("0001"),
        migration("0002", "0001 other/0001", replaces="0002_b"),
        mentioned=[mentioned],
    )
    assert found.cycle(key("0002")) == ()
    assert asked == ["other"]


def test_a_migration_that_is_followed_may_be_on_a_circle_whatever_the_texts_name():
    found, asked = asked_of(migration("0001", "other/0001"), migration("0002", "0001"))
    assert found.cycle(key("0001")) == ()
    assert asked == ["other"]


def test_a_circle_in_the_app_leaves_no_line_and_an_ending_plan():
    found = graph(migration("0001", "0002"), migration("0002", "0001"), migration("0003", "0002"))
    assert found.cycle(key("0001")) == keys("0001", "0002")
    assert found.cycle(key("0003")) == ()
    assert found.earlier(key("0003")) == ()
    assert not found.is_reachable(key("0003"))
    assert found.forwards_plan(key("0003")) == keys("0001", "0002", "0003")
    assert found.order() == keys("0003")


def test_the_line_of_an_app_tells_what_it_reaches_in_another():
    found = graph(
        migration("0001", "other/0001"),
        migration("0002", "0001 other/0002 nowhere/0001"),
        migration("other/0001"),
        migration("other/0002", "other/0001"),
    )
    assert found.reached(key("0001"), "other") == keys("other/0001")
    assert found.reached(key("0002"), "other") == keys("other/0001", "other/0002")
    assert found.reached(key("0002"), "nowhere") == ()
    assert found.reached(key("nowhere/0001"), "other") == ()


# Is there a path to an app? ----------------------------------------------------------------


def test_a_dependency_of_an_ancestor_reaches_its_app():
    found = graph(migration("0001", "other/0001"), migration("0002", "0001"))
    assert found.reaches_app(key("0002"), "other") is True


def test_a_path_through_other_apps_reaches_an_app():
    found = graph(
        migration("0001", "other/0001"),
        migration("other/0001", "third/0001"),
        migration("third/0001"),
    )
    assert found.reaches_app(key("0001"), "third") is True
    assert found.reaches_app(key("0001"), "fourth") is False


def test_djangos_own_apps_lead_where_they_are_known_to_lead():
    found = graph(migration("0001", "auth/0001_initial flatpages/0001_initial"))
    assert found.reaches_app(key("0001"), "auth") is True
    assert found.reaches_app(key("0001"), "contenttypes") is True
    assert found.reaches_app(key("0001"), "sites") is True
    assert found.reaches_app(key("0001"), "sessions") is False
    assert found.ancestors(key("0001")).outside == {"auth", "contenttypes", "flatpages", "sites"}


@pytest.mark.parametrize("outside", ["taggit/0001", "settings.AUTH_USER_MODEL", "admin/0001"])
def test_an_app_that_nobody_can_see_may_lead_anywhere(outside):
    found = graph(migration("0001", outside))
    assert found.reaches_app(key("0001"), "other") is UNKNOWN


def test_a_missing_dependency_may_lead_anywhere():
    found = graph(migration("0002", "0001"))
    assert found.reaches_app(key("0002"), "other") is UNKNOWN


def test_a_contrib_app_that_is_on_disk_is_read_like_any_other():
    found = graph(migration("0001", "auth/0001"), migration("auth/0001"))
    assert found.reaches_app(key("0001"), "contenttypes") is False


def test_an_app_reached_only_through_a_foreign_contrib_dependency_is_reached():
    found = graph(migration("0001", "other/0001"), migration("other/0001", "redirects/0001"))
    assert found.reaches_app(key("0001"), "sites") is True
