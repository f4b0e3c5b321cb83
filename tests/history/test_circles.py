"""Circles of dependencies, however long, without recursion."""

from history.made import key, keys

from flake8_django_migrations.history.circles import Circles


def circles(**edges):
    parents = {key(name): keys(*names.split()) for name, names in edges.items()}
    return Circles(lambda node: parents.get(node, ()))


def test_a_line_has_no_circle():
    found = circles(c="b", b="a")
    assert found.through(key("c")) == ()
    assert found.through(key("a")) == ()


def test_a_diamond_has_no_circle():
    assert circles(d="b c", b="a", c="a").through(key("d")) == ()


def test_a_node_that_leads_into_a_circle_is_not_on_it():
    found = circles(d="a", a="b", b="c", c="a")
    assert found.through(key("d")) == ()
    assert found.through(key("b")) == keys("b", "c", "a")


def test_a_node_that_depends_on_itself_is_a_circle_of_one():
    assert circles(a="a").through(key("a")) == keys("a")


def test_of_two_circles_the_shorter_is_told():
    found = circles(a="b c", b="d", d="a", c="a")
    assert found.through(key("a")) == keys("a", "c")
    assert found.through(key("d")) == keys("d", "a", "b")


def test_a_circle_that_comes_back_by_two_ways_is_one():
    found = circles(a="b", b="c d", c="b a", d="c")
    assert found.through(key("a")) == keys("a", "b", "c")
    assert found.through(key("d")) == keys("d", "c", "b")


def test_the_answer_is_the_same_in_whatever_order_the_nodes_are_asked_about():
    edges = {"a": "b", "b": "c a", "c": "b", "e": "a d", "d": ""}
    forwards, backwards = circles(**edges), circles(**edges)
    names = sorted(edges)
    one = {name: forwards.through(key(name)) for name in names}
    other = {name: backwards.through(key(name)) for name in reversed(names)}
    assert one == other
    assert one["e"] == ()


def test_ten_thousand_migrations_in_a_line_are_no_trouble():
    edges = {f"n{number}": f"n{number - 1}" for number in range(1, 10_000)}
    assert circles(**edges).through(key("n9999")) == ()
    assert len(circles(**edges, n0="n9999").through(key("n5"))) == 10_000
