"""What the oracle calls equal, unknown and differing, with a Django that answers by heart."""

from __future__ import annotations

import sys

import pytest
from oracle import graphs, projects
from oracle.asking import Django
from oracle.comparison import Comparison, Tally
from oracle.encoding import UnknownValueError, constraint_call, encoded, field_call, is_local

from flake8_django_migrations.history.app import App
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.history.timeline import Timeline
from flake8_django_migrations.migration import (
    UNKNOWN,
    Constraint,
    Construct,
    Dependency,
    Field,
    Index,
    Migration,
    MigrationKey,
    Pairs,
    Reference,
)

INTEGER = "django.db.models.IntegerField"
TOLD_INTEGER = {"path": INTEGER, "args": [], "kwargs": {}}
BASES = [{"ref": "django.db.models.base.Model"}]


class Learned:
    """A Django that gives the same answers to every question."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def ask(self, _app_label, _value, **_more):
        return self.answers


def told(**more):
    return {
        "name": "Order",
        "fields": [],
        "options": {},
        "indexes": [],
        "constraints": [],
        "bases": BASES,
        "managers": [],
        **more,
    }


def model(**more):
    return ModelState(**{"app_label": "shop", "name": "Order", "fields": {}, **more})


def tally_of(ours, theirs, *answers, fields=(TOLD_INTEGER,), is_doubtful=False):
    tally, comparison = Tally(), Comparison(Learned(*answers))
    comparison.fields = dict(enumerate(fields))
    comparison.models = {0: theirs}
    models = {each.key: each for each in ours}
    state = ProjectState(app_label="shop", models=models, is_doubtful=is_doubtful)
    comparison.state(state, {"order": 0} if theirs else {}, tally, "shop/0001")
    return tally


def one_field(field, *answers, theirs=TOLD_INTEGER, **more):
    return tally_of(
        [model(fields={"n": field}, **more)], told(fields=[["n", 0]]), *answers, fields=(theirs,)
    )


def test_equal_models_are_counted_and_nothing_is_noted():
    tally = one_field(Field(INTEGER))
    assert (tally.models, tally.fields, tally.unknown_fields) == (1, 1, 0)
    assert not tally.differing
    assert not tally.unknown


def test_a_field_that_is_written_otherwise_is_equal_where_django_makes_the_same_of_it():
    assert not one_field(Field(INTEGER, {"null": False}), TOLD_INTEGER).differing
    assert one_field(
        Field(INTEGER, {"null": True}), {**TOLD_INTEGER, "kwargs": {"null": True}}
    ).differing


def test_a_field_of_which_a_keyword_is_unknown_is_unknown_as_long_as_the_rest_fits():
    field = Field(INTEGER, {"default": UNKNOWN})
    theirs = {**TOLD_INTEGER, "kwargs": {"default": 3}}
    fits = one_field(field, TOLD_INTEGER, theirs=theirs)
    assert [*fits.unknown] == ["shop.order.n: unknown default"]
    assert fits.unknown_fields == 1
    cannot_be_made = one_field(field, {"error": "TypeError"}, theirs=theirs)
    assert cannot_be_made.unknown_fields == 1
    other = one_field(field, {**TOLD_INTEGER, "kwargs": {"null": True}}, theirs=theirs)
    assert other.differing
    assert not other.unknown_fields


def test_a_setting_that_is_not_made_is_unknown():
    field = Field(INTEGER, {"default": Reference("django.conf.settings.NUMBER")})
    tally = one_field(field, {"error": "UnsetError: NUMBER"})
    assert tally.unknown_fields == 1
    assert not tally.differing


@pytest.mark.parametrize("is_doubtful", [False, True])
def test_what_is_missing_or_too_much_differs_unless_it_is_in_doubt(is_doubtful):
    doubt = {"is_doubtful": is_doubtful}
    found = [
        tally_of([model(fields={"x": Field(INTEGER)}, **doubt)], told(fields=[["n", 0]])),
        tally_of([], told(fields=[["n", 0]]), is_doubtful=is_doubtful),
        tally_of([model(**doubt)], None),
        tally_of([model(name="order", **doubt)], told()),
        tally_of([model(options={"ordering": ("n",)}, **doubt)], told()),
        tally_of([model(indexes=(Index("I", "by_n", ("n",)),), **doubt)], told()),
        tally_of(
            [model(constraints=(Constraint("C", "one"),), **doubt)], told(constraints=["x"]), "y"
        ),
        tally_of(
            [model(options={"ordering": ("n",)}, **doubt)], told(options={"ordering": []}), "x"
        ),
        one_field(Field("x.Field"), TOLD_INTEGER, theirs={**TOLD_INTEGER, "path": "y"}, **doubt),
    ]
    assert [bool(each.differing) for each in found] == [not is_doubtful] * len(found)
    assert all(each.unknown for each in found) == is_doubtful


def test_unknown_parts_are_noted_as_unknown():
    found = tally_of(
        [
            model(
                bases=UNKNOWN,
                managers=UNKNOWN,
                options={"db_table": UNKNOWN, "managed": UNKNOWN},
                indexes=(Index("I", UNKNOWN, ()),),
            )
        ],
        told(indexes=["x"], options={"db_table": "x", "managed": False}),
    )
    assert not found.differing
    assert len(found.unknown) == 7


def test_tables_bases_and_management_are_compared():
    assert not tally_of([model(bases=("shop.Base",))], told(bases=["shop.base"])).differing
    table = tally_of([model(options={"db_table": "x"})], told(options={"db_table": "x"}))
    assert not table.differing
    other = tally_of([model(options={"db_table": "x"})], told(options={"db_table": "y"}), "x")
    assert len(other.differing) == 2
    managed = tally_of([model(options={"managed": True})], told(options={"managed": False}), "x")
    assert len(managed.differing) == 2
    empty = tally_of(
        [model(options={"unique_together": ()})], told(options={"unique_together": {"dict": []}})
    )
    assert not empty.differing


def test_tallies_add_up():
    equal = one_field(Field(INTEGER))
    other = one_field(Field("x.Field"), TOLD_INTEGER, theirs={**TOLD_INTEGER, "path": "y"})
    total = sum([equal, other], Tally())
    assert (total.models, total.fields) == (2, 2)
    assert total.differing == other.differing


def test_values_are_encoded_so_that_django_can_make_them():
    assert encoded((1, "a", None)) == [1, "a", None]
    assert encoded(b"\x01") == {"bytes": "01"}
    assert encoded(1j) == {"complex": [0.0, 1.0]}
    assert encoded(Pairs((("a", 1),))) == {"dict": [["a", 1]]}
    assert encoded(Reference("a.b")) == {"ref": "a.b"}
    assert encoded(Construct("a.B", (1,), (("c", 2),))) == {
        "call": "a.B",
        "args": [1],
        "kwargs": {"c": 2},
    }
    translated = Construct("django.utils.translation.gettext_lazy", ("order",))
    assert encoded(translated) == "order"
    with pytest.raises(UnknownValueError):
        encoded((UNKNOWN,))


def test_names_of_the_migrations_own_module_are_told_from_others():
    assert is_local(field_call(Field(".Own")))
    assert is_local([encoded(Reference(".upload_to"))])
    assert not is_local(field_call(Field("a.B", {"c": "."})))


def test_positional_arguments_stand_where_the_class_wants_them():
    assert field_call(Field("a.B", {"*": (1,)}))["args"] == [1]
    assert field_call(Field("a.B", {"*": UNKNOWN}))["args"] == []
    unique = Constraint("django.db.models.UniqueConstraint", "one", {"expressions": ("n",)})
    assert constraint_call(unique)["args"] == ["n"]
    apart = Constraint("x.ExclusionConstraint", "apart", {"expressions": ("n",)})
    assert constraint_call(apart)["kwargs"]["expressions"] == ["n"]


def test_a_project_that_cannot_be_loaded_is_an_error(tmp_path, capfd):
    pytest.importorskip("django")
    project = projects.Project(name="gone", version="1", apps=("gone",))
    django = Django(sys.executable, [tmp_path], project)
    with pytest.raises(RuntimeError, match="could not load"):
        list(django.lines())
    django.close()
    assert "gone" in capfd.readouterr().err


# The graph ------------------------------------------------------------------------------

A, B, C = (MigrationKey("shop", name) for name in "abc")
ELSE = MigrationKey("people", "a")


def graph_of(**more):
    """What Django tells of two apps: a, then b and c, and one elsewhere."""
    return {
        "nodes": [A, B, C, ELSE],
        "parents": [[A, []], [B, [A]], [C, [B]], [ELSE, []]],
        "roots": {"shop": [A], "people": [ELSE]},
        "leaves": {"shop": [C], "people": [ELSE]},
        "linear": {"shop": [A, B, C], "people": [ELSE]},
        "plans": [[A, [A]], [B, [A, B]], [C, [A, B, C]], [ELSE, [ELSE]]],
        "swappable": [],
        "run_before": [],
        "symbols": [[C, ["people", "__first__"]], [C, ["far", "__first__"]]],
        **more,
    }


def graph_tally(**more):
    chain = [
        Migration(key=key, path="", dependencies=tuple(Dependency(*each) for each in parents))
        for key, parents in ((A, []), (B, [A]), (C, [B]), (ELSE, []))
    ]
    timelines = {
        label: Timeline(App.of(label, *(each for each in chain if each.app_label == label)))
        for label in ("shop", "people")
    }
    tally = Tally()
    graphs.compare(graph_of(**more), timelines, tally)
    return tally


def test_equal_graphs_are_equal():
    tally = graph_tally()
    assert not tally.differing
    assert tally.graph["edges compared"] == 2
    assert tally.graph["whole plans compared"] == 4
    assert tally.graph["__first__ compared"] == 1


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("nodes", [A, B, ELSE]),
        ("roots", {"shop": [B], "people": [ELSE]}),
        ("leaves", {"shop": [B], "people": [ELSE]}),
        ("linear", {"shop": [A, C, B], "people": [ELSE]}),
        ("parents", [[B, []]]),
        ("parents", [[B, [A, C]]]),
        ("parents", [[B, [A, ELSE]]]),
        ("plans", [[C, [B, A, C]]]),
        ("run_before", [[ELSE, A]]),
    ],
)
def test_every_part_of_the_graph_is_compared(part, other):
    assert graph_tally(**{part: other}).differing


def test_long_lists_are_told_in_short():
    many = [MigrationKey("shop", f"{number:03}") for number in range(20)]
    (told_so,) = graph_tally(linear={"shop": many, "people": [ELSE]}).differing
    assert "shop/005" in told_so
    assert "..." in told_so
    assert "shop/010" not in told_so


def test_edges_that_a_setting_or_another_app_makes_are_left_out_and_counted():
    parents = [[A, []], [B, [A, ELSE]], [C, [B]], [ELSE, []]]
    plans = [[B, [A, ELSE, B]]]
    swappable = graph_tally(parents=parents, plans=plans, swappable=[[B, ["people"]]])
    assert not swappable.differing
    assert swappable.graph["edges to the app of a setting"] == 1
    assert swappable.graph["plans without the edges left out"] == 1
    too_much = graph_tally(parents=parents, plans=[[B, [ELSE, B]]], swappable=[[B, ["people"]]])
    assert too_much.differing
    forced = graph_tally(parents=parents, plans=plans, run_before=[[ELSE, B]])
    assert forced.graph["edges by another app's run_before"] == 1
    assert [*forced.differing] == ["graph shop.b: run_before of people.a"]
    far = graph_tally(run_before=[[ELSE, ("far", "a")]])
    assert not far.differing


# The projects ---------------------------------------------------------------------------


def test_the_file_of_projects_is_read():
    tomllib = pytest.importorskip("tomllib")
    found = projects.read(tomllib.loads(projects.FILE.read_text()))
    assert len(found) >= 10
    for project in found:
        assert project.requirement.startswith(f"{project.name}==")
        assert project.apps
        assert len(set(project.apps)) == len(project.apps)
        assert not {*project.apps} & {*project.others}


def test_a_package_stands_before_the_names_of_its_apps():
    row = {"version": "1", "package": "shop", "apps": ". orders", "others": "sites"}
    (project,) = projects.read({"the-shop": row})
    assert project.requirement == "the-shop==1"
    assert project.apps == ("shop", "shop.orders")
    assert project.installed_apps[2:] == ("sites", "shop", "shop.orders")


def test_an_installation_is_known_by_what_was_asked_for():
    one, other = projects.read(
        {"a": {"version": "1", "apps": "a"}, "b": {"version": "1", "apps": "a"}}
    )
    assert one.stamp("5.2") == one.stamp("5.2")
    assert len({one.stamp("5.2"), one.stamp("6.1"), other.stamp("5.2")}) == 3
