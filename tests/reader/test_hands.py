"""What the reader takes down about related rows, batches, and what a function reaches."""

from __future__ import annotations

import textwrap

import pytest

from flake8_django_migrations.migration import UNKNOWN, Holder, ModelKey, Route, Verb

ORDER = ModelKey("shop", "order")


@pytest.fixture
def code(operations):
    def verb(text, head):
        (found,) = operations(f"migrations.RunPython({text})", head=head)
        return found.code

    return verb


def route(*names):
    return Route(ORDER, names)


@pytest.mark.parametrize(
    ("text", "verb", "names"),
    [
        ("Order.objects.get().parent.save()", Verb.SAVE, "parent"),
        ("Order.objects.get().parent.owner.save()", Verb.SAVE, "parent owner"),
        ("Order.objects.get().lines.all().delete()", Verb.DELETE, "lines"),
        ("Order.objects.get().lines.get().tag.delete()", Verb.DELETE, "lines tag"),
        ("Order.objects.get().tags.add(1)", Verb.LINK, "tags through"),
        ("Order.objects.get().tags.set([1])", Verb.LINK, "tags through"),
        ("Order.objects.get().tags.remove(1)", Verb.UNLINK, "tags through"),
        ("Order.objects.get().tags.clear()", Verb.UNLINK, "tags through"),
        ("Order.tags.through.objects.create(a=1)", Verb.CREATE, "tags through"),
        ("Order.objects.get().tags.through.objects.create(a=1)", Verb.CREATE, "tags through"),
        ("getattr(Order.objects.get(), 'lines').update(a=1)", Verb.UPDATE, "lines"),
    ],
)
def test_a_write_to_related_rows_tells_how_they_are_reached(body, text, verb, names):
    (found,) = body(text).writes
    assert (found.verb, found.model, found.route) == (verb, UNKNOWN, route(*names.split()))


def test_a_relation_too_far_away_leads_nowhere(body):
    (found,) = body("Order.objects.get().a.b.c.d.e.f.g.save()").writes
    assert found.route is None


def test_one_of_two_relations_is_either(body):
    (found,) = body(
        "order = Order.objects.get()\nother = order.parent if settings.X else None\nother.save()"
    ).writes
    assert found.route == route("parent")
    (found,) = body(
        "order = Order.objects.get()\nother = order.parent if settings.X else order\nother.save()"
    ).writes
    assert (found.model, found.route) == (UNKNOWN, None)


def test_related_rows_of_every_row_are_all_of_them(body):
    found = body("for order in Order.objects.all():\n    order.lines.all().delete()")
    assert [each.is_filtered for each in found.writes] == [False]
    found = body("for order in Order.objects.filter(a=1):\n    order.lines.all().delete()")
    assert [each.is_filtered for each in found.writes] == [True]


def test_a_batch_of_an_unknown_kind_writes_what_cannot_be_told(body):
    found = body("from third import Batch\nBatch(Order.objects.all(), 10).update(a=1)")
    assert found.writes == ()
    assert not found.is_complete


def test_a_loop_with_a_cursor_says_so(body):
    first, second = body(
        "for order in Order.objects.iterator():\n    pass\nfor order in Order.objects.all():\n    1"
    ).loops
    assert (first.is_cursor, second.is_cursor) == (True, False)


def attributes(found):
    return [(each.name, each.holder, each.is_called, each.is_tried) for each in found.attributes]


def test_what_is_asked_of_models_managers_and_rows_is_told(body):
    found = body(
        """
        Order.NEW
        Order.objects.unpaid()
        order = Order.objects.get()
        order.code
        try:
            order.pay()
        except AttributeError:
            pass
        order.parent.code
        """
    )
    assert attributes(found) == [
        ("NEW", Holder.CLASS, False, False),
        ("unpaid", Holder.MANAGER, True, False),
        ("code", Holder.ROW, False, False),
        ("pay", Holder.ROW, False, True),
        ("pay", Holder.ROW, True, True),
        ("parent", Holder.ROW, False, False),
        ("code", Holder.RELATION, False, False),
    ]
    assert found.attributes[-1].route == route("parent")


@pytest.mark.parametrize(
    "text",
    [
        "Order.code = 1\nOrder.objects.get().code",
        "setattr(Order.objects.get(), settings.X, 1)\nOrder.objects.get().code",
        "hasattr(Order.objects.get(), settings.X)\nOrder.objects.get().code",
        "settings.X.fill(Order)\nOrder.objects.get().code",
        "for order in Order.objects.extra(select={'code': '1'}):\n    order.code",
    ],
)
def test_an_attribute_that_may_have_been_given_is_not_told(body, text):
    assert "code" not in {each.name for each in body(text).attributes}


def test_new_rows_tell_what_they_are_given(body):
    found = body(
        """
        Order.objects.create(code="a")
        order = Order(code="a")
        order.pk = 1
        order.save()
        Order.objects.bulk_create([Order(id=1), settings.X])
        Order.objects.bulk_create(settings.X)
        """
    )
    assert [each.given for each in found.writes] == [("code",), ("code", "pk"), ("id",), ()]


def test_a_save_of_named_fields_is_partial(body):
    found = body("order = Order.objects.get()\norder.save()\norder.save(update_fields=settings.X)")
    assert [each.is_partial for each in found.writes] == [False, True]


def test_a_row_that_must_be_there_is_told_once_it_is_certain(body):
    assert [each.model for each in body("Order.objects.get(pk=1)").fetches] == [ORDER]
    assert body("Order.objects.filter(pk=1).first()").fetches == ()
    assert body("try:\n    Order.objects.get()\nexcept Exception:\n    pass").fetches == ()
    assert body("try:\n    Order.objects.get()\nexcept:\n    pass").fetches == ()


def test_a_long_function_costs_what_it_is_long(migration, monkeypatch):
    from flake8_django_migrations.reader.recorder import Recorder

    calls = []
    original = Recorder.call
    monkeypatch.setattr(Recorder, "call", lambda *given: calls.append(1) or original(*given))

    def cost(lines):
        calls.clear()
        text = "".join(f"    Order.objects.filter(id={at}).update(a=1)\n" for at in range(lines))
        migration(
            "from django.db import migrations\ndef go(apps, schema_editor):\n"
            f"    Order = apps.get_model('shop', 'Order')\n{text}"
            "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(go)]\n"
        )
        return len(calls)

    assert cost(10_000) < 11 * cost(1_000)


def test_functions_that_call_each_other_twice_cost_no_more_than_they_are(migration, monkeypatch):
    from flake8_django_migrations.reader.recorder import Recorder

    calls = []
    original = Recorder.call
    monkeypatch.setattr(Recorder, "call", lambda *given: calls.append(1) or original(*given))
    functions = "".join(
        f"def f{at}(apps, n):\n    f{at + 1}(apps, n + 1)\n    f{at + 1}(apps, n + 2)\n"
        for at in range(100)
    )
    found = migration(
        f"from django.db import migrations\n{functions}"
        "def f100(apps, n):\n    apps.get_model('shop', 'Order').objects.update(a=1)\n"
        "def go(apps, schema_editor):\n    f0(apps, 0)\n"
        "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(go)]\n"
    )
    assert len(calls) < 2_000
    assert not found.operations[0].code.body.is_complete


def test_a_function_that_is_not_gone_through_leaves_the_rest_in_doubt(code):
    head = "async def wait(apps):\n    pass\ndef go(apps, schema_editor):\n    wait(apps)\n"
    assert not code("go", head).body.is_complete


def test_a_loop_too_long_to_go_through_leaves_the_rest_in_doubt(code):
    head = (
        "def go(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n"
        "    for a in range(200):\n        for b in range(200):\n"
        "            Order.objects.filter(id=a).exists()\n"
    )
    assert not code("go", head).body.is_complete


def test_a_function_that_calls_itself_is_gone_through_a_few_times(body):
    found = body(
        """
        def down(order):
            order.children.update(a=1)
            for child in order.children.all():
                down(child)

        down(Order.objects.get())
        """
    )
    assert found.is_complete
    assert [each.route for each in found.writes] == [
        route("children"),
        route("children", "children"),
        route("children", "children", "children"),
    ]


def test_a_default_that_one_branch_takes_out_is_not_surely_written(body):
    found = body(
        """
        defaults = {"code": 1, "slug": 2}
        if settings.X:
            defaults.pop("slug")
        Order.objects.get_or_create(pk=1, defaults=defaults)
        """
    )
    assert [each.fields for each in found.writes] == [("pk", "code")]


def test_a_loop_that_stalls_is_told_with_what_it_asks_for(body):
    (found,) = body(
        "while Order.objects.filter(code=1, a__gt=2).exists():\n    Order.objects.update(b=1)"
    ).stalls
    assert (found.model, found.fields) == (ORDER, ("a", "code"))
    assert (
        body(
            "while Order.objects.exists():\n    order = Order.objects.get()\n"
            "    setattr(order, settings.X, 1)\n    order.save()"
        ).stalls
        == ()
    )


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ("try:\n    kwargs['max_length'] = 5\nexcept KeyError:\n    pass", UNKNOWN),
        ("while settings.X:\n    pass\nkwargs['max_length'] = 5", 5),
        ("again(1)\nkwargs['max_length'] = 5", UNKNOWN),
    ],
)
def test_how_a_field_is_made_is_read_past_what_does_not_matter(operations, lines, length):
    body = textwrap.indent(lines, "        ")
    text = (
        "from django.conf import settings\nfrom django.db import models\n"
        "def again(n):\n    return again(n)\n"
        "class Own(models.CharField):\n    def __init__(self, *args, **kwargs):\n"
        f"{body}\n        super().__init__(*args, **kwargs)\n"
    )
    listed = "migrations.AddField('order', 'x', shop.fields.Own())"
    (found,) = operations(listed, head="import shop.fields\n", files={"shop/fields.py": text})
    assert found.field.get("max_length") == length
