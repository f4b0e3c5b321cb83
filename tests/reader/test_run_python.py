from __future__ import annotations

import pytest
from reader.sources import module

from flake8_django_migrations.migration import (
    UNKNOWN,
    Body,
    Code,
    GetModel,
    ModelKey,
    RunPython,
    Verb,
)

ORDER = ModelKey("shop", "order")


# Which function ---------------------------------------------------------------------------


@pytest.fixture
def code(operations):
    def verb(text, head="", **given):
        (found,) = operations(f"migrations.RunPython({text})", head=head, **given)
        return found.code

    return verb


def test_the_arguments_of_run_python_are_read(operations):
    head = "def go(apps, schema_editor):\n    x()\n"
    first, second = operations(
        "migrations.RunPython(go), migrations.RunPython(code=go, "
        "reverse_code=migrations.RunPython.noop, atomic=False, hints={}, elidable=True)",
        head=head,
    )
    assert isinstance(first, RunPython)
    assert (first.code.name, first.reverse_code, first.atomic) == ("go", None, None)
    assert first.code.place.line == 3
    assert first.elidable is False
    assert second.reverse_code == Code(
        "noop", is_noop=True, body=Body(), place=second.reverse_code.place
    )
    assert (second.atomic, second.elidable) == (False, True)
    (third,) = operations("migrations.RunPython(settings.X, (lambda: None)(), settings.Y)")
    assert (third.reverse_code, third.atomic) == (None, UNKNOWN)


def test_a_way_back_that_a_function_of_the_project_leaves_out_is_none(operations):
    files = {"shop/make.py": "def make():\n    return None\n"}
    text = "migrations.RunPython(migrations.RunPython.noop, make())"
    (found,) = operations(text, head="from shop.make import make\n", files=files)
    assert found.reverse_code is None


@pytest.mark.parametrize(
    ("text", "is_noop"),
    [
        ("migrations.RunPython.noop", True),
        ("lambda apps, schema_editor: None", True),
        ("lambda apps, schema_editor: x()", False),
        ("empty", True),
        ("works", False),
    ],
)
def test_a_function_that_does_nothing_is_told(code, text, is_noop):
    head = """
        def empty(apps, schema_editor):
            "Nothing."
            pass
            ...
            return None
        def works(apps, schema_editor):
            return x()
    """
    assert code(text, head).is_noop is is_noop


WRITES = """
import functools
def go(apps, schema_editor):
    apps.get_model("shop", "Order").objects.update(code="x")
def factory(model):
    def inner(apps, schema_editor):
        apps.get_model("shop", model).objects.update(code="x")
    return inner
def with_more(more, apps, schema_editor, name="Order"):
    apps.get_model("shop", name).objects.update(code=more)
@decorated
def dressed(apps, schema_editor):
    go(apps, schema_editor)
class Callable:
    def __init__(self, model):
        self.model = model
    def __call__(self, apps, schema_editor):
        apps.get_model("shop", self.model).objects.update(code="x")
class Holder:
    @staticmethod
    def go(apps, schema_editor):
        go(apps, schema_editor)
    @classmethod
    def make(cls):
        return go
pair = (go, go)
"""


@pytest.mark.parametrize(
    "text",
    [
        "go",
        "factory('Order')",
        "functools.partial(with_more, 'x')",
        "functools.partial(with_more, 'x', name='Order')",
        "functools.partial(functools.partial(with_more, 'x'))",
        "dressed",
        "Callable('Order')",
        "Holder.go",
        "pair[0]",
        "lambda apps, schema_editor: go(apps, schema_editor)",
        "lambda a, b: a.get_model('shop', 'Order').objects.update(code=1)",
    ],
)
def test_the_function_is_found_however_it_is_given(code, text):
    found = code(text, WRITES)
    assert [(each.verb, each.model) for each in found.body.writes] == [(Verb.UPDATE, ORDER)]


def test_a_function_of_the_class_body_is_found(migration):
    text = """
def go(apps, schema_editor):
    apps.get_model("shop", "Order").objects.update(code="x")
operations = [migrations.RunPython(go)]
"""
    (found,) = migration(module(text)).operations
    assert [each.model for each in found.code.body.writes] == [ORDER]


def test_an_unpacked_pair_of_functions_is_found(migration):
    files = {
        "shop/make.py": """
            def make(label):
                def go(apps, schema_editor):
                    apps.get_model(label, "Order").objects.update(code="x")
                return go, go
        """
    }
    text = "go, back = make('shop')\noperations = [migrations.RunPython(go, back)]"
    (found,) = migration(module(text, "from shop.make import make\n"), files=files).operations
    assert [each.model for each in found.code.body.writes] == [ORDER]
    assert found.code.place.line == found.place.line


@pytest.mark.parametrize(
    "text",
    [
        "go",
        "helpers.go",
        "functools.partial(go)",
        "Callable('Order')",
        "make('Order')",
        "functools.partial(helpers.with_name, name='Order')",
    ],
)
def test_a_function_of_the_project_is_read(code, text):
    files = {
        "shop/helpers.py": """
            def go(apps, schema_editor):
                apps.get_model("shop", "Order").objects.update(code="x")
            def with_name(apps, schema_editor, name):
                apps.get_model("shop", name).objects.update(code="x")
            def make(name):
                def go(apps, schema_editor):
                    apps.get_model("shop", name).objects.update(code="x")
                return go
            class Callable:
                def __init__(self, model):
                    self.model = model
                def __call__(self, apps, schema_editor):
                    apps.get_model("shop", self.model).objects.update(code="x")
        """
    }
    head = (
        "import functools\nfrom shop import helpers\nfrom shop.helpers import go, Callable, make\n"
    )
    found = code(text, head, files=files)
    assert [each.model for each in found.body.writes] == [ORDER]
    assert {each.place.line for each in found.body.writes} == {8}
    assert found.place.line == 8


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("third.go", "go"),
        ("functools.partial(third.go)", "go"),
        ("third.make('x')", "make"),
        ("migrations.RunPython.other", "other"),
    ],
)
def test_a_function_from_elsewhere_has_no_body(code, text, name):
    found = code(text, "import functools, third\n")
    assert (found.name, found.body, found.is_noop) == (name, UNKNOWN, False)


@pytest.mark.parametrize(
    "text", ["unknown", "go if settings.X else None", "'text'", "Empty()", "functools.partial()"]
)
def test_what_is_no_function_is_unknown(code, text):
    head = "import functools\nclass Empty:\n    pass\ndef go(a, b):\n    x()\n"
    assert code(text, head) is UNKNOWN or code(text, head).body is UNKNOWN


# Models -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "apps.get_model('shop', 'Order')",
        "apps.get_model('shop.Order')",
        "apps.get_model(app_label='shop', model_name='Order')",
        "apps.get_model('shop', model_name='Order')",
        "apps.get_model(LABEL, NAME)",
        "apps.get_model(f'{LABEL}.{NAME}')",
        "apps.get_app_config('shop').get_model('Order')",
        "getattr(apps, 'get_model')('shop', 'Order')",
    ],
)
def test_a_model_is_known_however_it_is_asked_for(code, text):
    head = f"LABEL = 'shop'\nNAME = 'Order'\ndef go(apps, schema_editor):\n    {text}\n"
    (found,) = code("go", head).body.gets
    assert found == GetModel(ORDER, "Order", found.place)
    assert found.place.line == 6


@pytest.mark.parametrize(
    "text",
    [
        "apps.get_model(apps.X)",
        "apps.get_model('Order')",
        "apps.get_model('shop', settings.X)",
        "apps.get_model(*settings.X)",
        "apps.get_app_config(settings.X).get_model('Order')",
        "apps.get_models()",
        "apps.lazy_model_operation(1)",
        "apps.get_model",
    ],
)
def test_a_model_that_cannot_be_told_is_not_among_them(code, text):
    head = f"def go(apps, schema_editor):\n    x = {text}\n    x.objects.update(a=1)\n"
    found = code("go", head).body
    assert found.gets == ()
    assert all(each.model is UNKNOWN for each in found.writes)


def test_each_model_of_a_literal_loop_is_known(body):
    found = body(
        """
        for label, name in [("shop", "A"), ("pay", "B")]:
            apps.get_model(label, name).objects.all().delete()
        """
    )
    assert [each.model for each in found.writes] == [("shop", "a"), ("pay", "b")]
    assert not any(each.in_loop for each in found.writes)


# Loops ------------------------------------------------------------------------------------


def loop(body, iterable, head=""):
    (found,) = body(f"{head}\nfor order in {iterable}:\n    pass").loops
    assert found.model == ORDER
    return found


@pytest.mark.parametrize(
    "iterable",
    [
        "Order.objects.all()",
        "Order.objects.order_by('id')",
        "Order._default_manager.select_related('x')",
        "Order._base_manager.using('default').all()",
        "Order.objects.db_manager(schema_editor.connection.alias).all()",
        "list(Order.objects.all())",
        "tqdm(Order.objects.all())",
        "rows",
        "getattr(Order, 'objects').all()",
        "Order.objects.values_list('id', flat=True)",
        "Order.objects.values()",
        "sorted(Order.objects.all())",
        "itertools.chain(Order.objects.all(), Order.objects.all())",
        "filter(None, Order.objects.all())",
        "itertools.batched(Order.objects.all(), 100)",
        "itertools.islice(Order.objects.all(), 100)",
    ],
)
def test_a_loop_over_a_table_is_not_bounded(body, iterable):
    head = "rows = Order.objects.all()\nfrom tqdm import tqdm\nimport itertools"
    found = loop(body, iterable, head)
    assert (found.is_bounded, found.is_filtered) == (False, False)


@pytest.mark.parametrize(
    "iterable",
    [
        "Order.objects.iterator()",
        "Order.objects.all().iterator(chunk_size=100)",
        "Order.objects.all()[:100]",
        "Order.objects.order_by('id')[start:stop]",
        "Order.objects.in_bulk([1])",
        "Order.objects.none()",
        "Order.objects.values_list('code', flat=True).distinct()",
        "Paginator(Order.objects.all(), 100)",
        "Paginator(Order.objects.all(), 100).page(1)",
        "Paginator(Order.objects.all(), 100).page(1).object_list",
        "batched(Order.objects.iterator(), 100)",
        "itertools.islice(Order.objects.iterator(), 100)",
        "itertools.chain(Order.objects.all()[:10], Order.objects.all()[10:20])",
        "chunked(Order.objects.all(), 100)",
        "RangeWrapper(Order.objects.all())",
    ],
)
def test_a_loop_in_pieces_is_bounded(body, iterable):
    head = (
        "from django.core.paginator import Paginator\nfrom itertools import batched\n"
        "import itertools\nfrom third import chunked, RangeWrapper"
    )
    found = loop(body, iterable, head)
    assert (found.is_bounded, found.is_filtered) == (True, False)


@pytest.mark.parametrize(
    "iterable",
    [
        "Order.objects.filter(code='')",
        "Order.objects.exclude(code='')",
        "Order.objects.filter(models.Q(code=''))",
        "Order.objects.filter(**settings.X)",
        "Order.objects.all().filter(code='').order_by('id')",
        "Order.objects.active()",
        "rows",
    ],
)
def test_a_filter_is_told(body, iterable):
    head = (
        "if settings.X:\n    rows = Order.objects.all()\nelse:\n"
        "    rows = Order.objects.filter(code='')"
    )
    found = loop(body, iterable, head)
    assert (found.is_bounded, found.is_filtered) == (False, True)


def test_a_filter_without_conditions_filters_nothing(body):
    assert not loop(body, "Order.objects.filter()").is_filtered


@pytest.mark.parametrize(
    "text",
    [
        "[order.id for order in Order.objects.all()]",
        "{order.id: 1 for order in Order.objects.all() if order.code}",
        "sum(order.total for order in Order.objects.all())",
        "for n, order in enumerate(Order.objects.all()):\n    pass",
        "for order, n in zip(Order.objects.all(), range(5)):\n    pass",
    ],
)
def test_every_kind_of_loop_counts(body, text):
    (found,) = body(text).loops
    assert (found.model, found.is_bounded) == (ORDER, False)


@pytest.mark.parametrize(
    "text",
    [
        "for x in [1, 2]:\n    pass",
        "for x in settings.X:\n    pass",
        "list(Order.objects.all())",
        "for x in Order.objects.count():\n    pass",
        "for x in third(1):\n    pass",
        "x = Order.objects.get(id=1)\nfor y in x.code:\n    pass",
        "while Order.objects.exists():\n    pass",
    ],
)
def test_what_is_no_loop_over_rows_is_none(body, text):
    assert body(text, head="from third import third\n").loops == ()


def test_a_loop_over_related_rows_is_of_an_unknown_model(body):
    _, found = body(
        "for order in Order.objects.all():\n    for line in order.lines.all():\n        pass"
    ).loops
    assert (found.model, found.is_bounded) == (UNKNOWN, True)


def test_a_loop_over_either_model_is_of_an_unknown_one(body):
    (found,) = body(
        """
        Line = apps.get_model("shop", "Line")
        rows = Line.objects.all() if settings.X else Order.objects.all()
        for row in rows:
            pass
        """
    ).loops
    assert found.model is UNKNOWN


def test_an_unreadable_wrapper_is_taken_to_stream(body):
    found = body(
        "for rows in split(Order.objects.all()):\n    Order.objects.filter(pk__in=rows).delete()",
        head="from third import split\n",
    )
    assert [(each.model, each.is_bounded) for each in found.loops] == [(ORDER, True)]
    assert [each.in_loop for each in found.writes] == [False]
    assert not found.is_complete


# Writes -----------------------------------------------------------------------------------


def write(body, text, **given):
    (found,) = body(text, **given).writes
    return found


@pytest.mark.parametrize(
    ("text", "verb", "fields"),
    [
        ("Order.objects.create(code='x')", Verb.CREATE, ("code",)),
        ("Order(code='x').save()", Verb.CREATE, ()),
        ("order = Order(code='x')\norder.save()", Verb.CREATE, ()),
        ("Order.objects.get_or_create(code='x', defaults={'total': 1})", Verb.GET_OR_CREATE,
         ("code", "total")),
        (("Order.objects.update_or_create(code__iexact='x', defaults={'total': 1}, "
         "create_defaults={'a': 1})"), Verb.UPDATE_OR_CREATE, ("code", "total", "a")),
        ("Order.objects.bulk_create([Order()])", Verb.BULK_CREATE, ()),
        ("Order.objects.bulk_update(rows, ['code'])", Verb.BULK_UPDATE, ("code",)),
        ("Order.objects.bulk_update(rows, fields=('code', 'x'))", Verb.BULK_UPDATE,
         ("code", "x")),
        ("Order.objects.bulk_update(rows, settings.X)", Verb.BULK_UPDATE, ()),
        ("Order.objects.update(code='x')", Verb.UPDATE, ("code",)),
        ("Order.objects.all().delete()", Verb.DELETE, ()),
        ("Order.objects.all()._raw_delete('default')", Verb.DELETE, ()),
        ("Order.objects.get(id=1).delete()", Verb.DELETE, ()),
        ("Order.objects.first().save(update_fields=['code'])", Verb.SAVE, ("code",)),
        ("Order.objects.first().save(update_fields=settings.X)", Verb.SAVE, ()),
        ("Order.objects.all()[0].save()", Verb.SAVE, ()),
        ("order, made = Order.objects.get_or_create(code='x')", Verb.GET_OR_CREATE, ("code",)),
    ],
)  # fmt: skip
def test_a_write_has_its_verb_and_fields(body, text, verb, fields):
    found = write(body, text)
    assert (found.verb, found.model, found.fields) == (verb, ORDER, fields)
    assert not found.in_loop


@pytest.mark.parametrize(
    ("text", "is_filtered", "is_bounded"),
    [
        ("Order.objects.update(code='x')", False, False),
        ("Order.objects.filter(total=1).update(code='x')", True, False),
        ("Order.objects.filter(pk__in=ids).update(code='x')", True, True),
        ("Order.objects.filter(id__in=list(ids)).update(code='x')", True, True),
        ("Order.objects.filter(id=1).update(code='x')", True, True),
        ("Order.objects.filter(pk__range=(1, 2)).update(code='x')", True, True),
        ("Order.objects.filter(pk__gt=1, pk__lte=2).update(code='x')", True, True),
        ("Order.objects.filter(pk__gt=1).update(code='x')", True, False),
        ("Order.objects.exclude(pk=1).update(code='x')", True, False),
        ("Order.objects.filter(pk__in=Order.objects.filter(a=1)).update(code='x')", True, False),
        ("Order.objects.filter(pk__in=Order.objects.all()[:10]).update(code='x')", True, True),
        ("Order.objects.all()[:10].delete()", True, True),
        ("Order.objects.all().delete()", False, False),
        ("Order.objects.create()", False, True),
        ("Order.objects.bulk_create(rows)", False, True),
    ],
)
def test_a_write_says_how_it_is_limited(body, text, is_filtered, is_bounded):
    found = write(body, text)
    assert (found.is_filtered, found.is_bounded) == (is_filtered, is_bounded)


@pytest.mark.parametrize(
    ("text", "in_loop"),
    [
        ("for order in Order.objects.all():\n    order.save()", True),
        ("for order in Order.objects.all():\n    Order.objects.filter(pk=order.pk).update(a=1)",
         True),
        ("for n, order in enumerate(Order.objects.all()):\n    order.save()", True),
        (("for pk in Order.objects.values_list('pk', flat=True):\n"
         "    Order.objects.filter(pk=pk).update(a=1)"), True),
        ("[order.save() for order in Order.objects.all()]", True),
        ("for order in Order.objects.all():\n    fix(order)", True),
        ("for order in rows.all():\n    order.save()", True),
        ("for order in Wrapper(Order.objects.all()):\n    order.save()", True),
        ("for name in ['a']:\n    Order.objects.filter(code=name).update(a=1)", False),
        ("for name in settings.X:\n    Order.objects.filter(code=name).update(a=1)", False),
        ("while True:\n    Order.objects.filter(pk__in=ids[:10]).update(a=1)", False),
        (("for rows in batched(Order.objects.iterator(), 10):\n"
         "    Order.objects.filter(pk__in=rows).update(a=1)"), False),
        (("for page in Paginator(Order.objects.all(), 10):\n"
         "    Order.objects.bulk_update(page, ['a'])"), False),
        (("for code in Order.objects.values_list('code', flat=True).distinct():\n"
         "    Order.objects.filter(code=code).update(a=1)"), False),
        (("for order in Order.objects.all():\n    rows.append(order)\n"
         "    if len(rows) > 100:\n        Order.objects.bulk_update(rows, ['a'])"), False),
        ("for order in Order.objects.all():\n    Order.objects.bulk_create([order])", True),
        ("for order in Order.objects.all():\n    pass\nOrder.objects.update(a=1)", False),
    ],
)  # fmt: skip
def test_a_write_row_by_row_is_told(body, text, in_loop):
    head = (
        "from itertools import batched\nfrom django.core.paginator import Paginator\n"
        "from third import Wrapper\ndef fix(order):\n    order.save()\n"
    )
    found = write(body, f"rows = Order.objects\n{text}", head=head)
    assert found.in_loop is in_loop


@pytest.mark.parametrize(
    "text",
    [
        "if not Order.objects.exists():\n    Order.objects.create(a=1)",
        "if Order.objects.exists():\n    return\nOrder.objects.create(a=1)",
        "if not Order.objects.filter(a=1).count():\n    Order.objects.create(a=1)",
        "if not Order.objects.first():\n    Order.objects.create(a=1)",
        "if not len(Order.objects.all()):\n    Order.objects.create(a=1)",
        "try:\n    Order.objects.get(a=1)\nexcept Order.DoesNotExist:\n    Order.objects.create(a=1)",
        "Order.objects.get_or_create(a=1)",
        "Order.objects.update_or_create(a=1)",
        "Order.objects.bulk_create(rows, ignore_conflicts=True)",
        "Order.objects.bulk_create(rows, update_conflicts=True)",
        "Order.objects.filter(a='').update(a=1)",
        "Order.objects.filter(a__isnull=True).update(a=1)",
        "Order.objects.exclude(a=1).update(a=1)",
        "Order.objects.filter(models.Q(b=1) | models.Q(a='')).update(a=1)",
        "Order.objects.filter(('a', '')).update(a=1)",
        "Order.objects.filter(**settings.X).update(a=1)",
        "Order.objects.filter(settings.X).update(a=1)",
        "Order.objects.without_a().update(a=1)",
        "for order in Order.objects.filter(a=''):\n    order.a = 1\n    order.save()",
        "for order in Order.objects.filter(a=''):\n    setattr(order, 'a', 1)\n    order.save()",
        "for order in Order.objects.all():\n    if order.a:\n        continue\n    order.save()",
        "for order in Order.objects.all():\n    if not order.a:\n        order.save()",
    ],
)
def test_a_write_after_a_look_is_guarded(body, text):
    assert write(body, text).is_guarded


@pytest.mark.parametrize(
    "text",
    [
        "Order.objects.create(a=1)",
        "Order.objects.update(a=1)",
        "Order.objects.filter(b=1).update(a=1)",
        "Order.objects.bulk_create(rows)",
        "if settings.X:\n    Order.objects.create(a=1)",
        "if settings.X:\n    if Order.objects.exists():\n        pass\nOrder.objects.create(a=1)",
        "if Order.objects.exists():\n    pass\nOrder.objects.create(a=1)",
        "try:\n    x()\nexcept ValueError:\n    Order.objects.create(a=1)",
        "try:\n    x()\nexcept:\n    Order.objects.create(a=1)",
        "for order in Order.objects.filter(b=''):\n    order.a = 1\n    order.save()",
    ],
)
def test_a_write_that_looks_at_nothing_is_not_guarded(body, text):
    assert not write(body, text).is_guarded


@pytest.mark.parametrize(
    ("text", "is_relative"),
    [
        ("Order.objects.update(a=F('a') + 1)", True),
        ("Order.objects.update(a=Upper(F('a')))", True),
        ("Order.objects.update(a=Case(When(b=1, then=F('a') * 2)))", True),
        ("Order.objects.update(a=F('a'))", False),
        ("Order.objects.update(a=F('b') + 1)", False),
        ("Order.objects.update(a=1)", False),
        ("order = Order.objects.first()\norder.a += 1\norder.save()", True),
        ("order = Order.objects.first()\norder.a = order.a * 2\norder.save()", True),
        ("order = Order.objects.first()\norder.a = 2 * order.b\norder.save()", False),
        ("order = Order.objects.first()\norder.a = order.a.strip()\norder.save()", False),
    ],
)
def test_a_value_made_of_the_old_one_is_told(body, text, is_relative):
    head = (
        "from django.db.models import F, Case, When\nfrom django.db.models.functions import Upper\n"
    )
    assert write(body, text, head=head).is_relative is is_relative


@pytest.mark.parametrize(
    "text",
    [
        "order.customer.save()",
        "order.lines.all().delete()",
        "order.lines.filter(a=1).update(a=2)",
        "order.lines.create(a=1)",
        "order.lines.first().delete()",
        "for line in order.lines.all():\n    line.save()",
        "apps.get_model(order.kind).objects.update(a=1)",
    ],
)
def test_a_write_to_an_unknown_model_is_taken_to_be_limited(body, text):
    (found,) = body(f"order = Order.objects.get(id=1)\n{text}").writes
    assert found.model is UNKNOWN
    assert found.is_filtered
    assert found.is_bounded


@pytest.mark.parametrize(
    "text",
    [
        "settings.X.tags.add(1)",
        "order.code.strip().save",
        "order.file.name",
        "order.save",
        "Order.objects.all()",
        "Order._meta.get_field('x')",
        "rows = []\nrows.append(order)",
        "unknown.save()",
        "x = 1 if settings.X else 'a'\nx.save()",
        "[x.save() for x in settings.X]",
    ],
)
def test_what_writes_no_rows_is_no_write(body, text):
    assert body(f"order = Order.objects.get(id=1)\n{text}").writes == ()


# What is decided --------------------------------------------------------------------------


def test_a_look_at_the_vendor_is_decided(body):
    text = "if schema_editor.connection.vendor != 'postgresql':\n    return\nOrder.objects.create()"
    assert len(body(text).writes) == 1
    assert body(text, vendor="mysql").writes == ()


def test_a_counter_does_not_decide_a_branch(body):
    found = body(
        """
        count = 0
        rows = []
        for order in Order.objects.iterator():
            count += 1
            rows.append(order)
            if count % 100 == 0 and rows:
                Order.objects.bulk_update(rows, ["a"])
        if rows:
            Order.objects.bulk_create(rows)
        """
    )
    assert [each.verb for each in found.writes] == [Verb.BULK_UPDATE, Verb.BULK_CREATE]


def test_a_dict_filled_in_a_loop_is_not_known_after_it(body):
    found = body(
        """
        names = {"a": 1}
        for order in Order.objects.iterator():
            names["b"] = 2
        if "b" not in names:
            Order.objects.create()
        """
    )
    assert len(found.writes) == 1


def test_a_batching_while_is_read(body):
    found = body(
        """
        last = 0
        while True:
            ids = list(Order.objects.filter(pk__gt=last).values_list("pk", flat=True)[:1000])
            if not ids:
                break
            Order.objects.filter(pk__in=ids).update(a=1)
            last = ids[-1]
        """
    )
    assert found.loops == ()
    (write,) = found.writes
    assert (write.in_loop, write.is_bounded, write.is_filtered) == (False, True, True)


# Fields -----------------------------------------------------------------------------------


def used(body, text, **given):
    return [each.name for each in body(text, **given).uses if each.model == ORDER]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Order.objects.filter(a=1, b__gt=2, pk=3)", ["a", "b"]),
        ("Order.objects.exclude(a__b__in=[])", ["a"]),
        ("Order.objects.filter(models.Q(a=1) & ~models.Q(b=2))", ["a", "b"]),
        ("Order.objects.filter(models.Q(('a', 1), _connector='OR'))", ["a"]),
        ("Order.objects.get(a=1)", ["a"]),
        ("Order.objects.create(a=1)", ["a"]),
        ("Order(a=1)", ["a"]),
        ("Order.objects.update(a=1)", ["a"]),
        ("Order.objects.values('a', 'b__c')", ["a", "b"]),
        ("Order.objects.values_list('a', flat=True)", ["a"]),
        ("Order.objects.order_by('-a', '?', models.F('x'))", ["a"]),
        ("Order.objects.only('a').defer('b')", ["a", "b"]),
        ("Order.objects.bulk_update(rows, ['a'])", ["a"]),
        ("Order.objects.get_or_create(a=1, defaults={'b': 2})", ["a", "b"]),
        ("Order.objects.annotate(n=1).filter(n=1, a=1).order_by('n')", ["a"]),
        ("Order.objects.alias(n=1).values('n')", []),
        ("order = Order.objects.first()\norder.a = 1\norder.a = 2\norder._x = 1", ["a", "a"]),
        ("order = Order.objects.first()\norder.save(update_fields=['a'])", ["a"]),
        ("order = Order.objects.first()\nsetattr(order, 'a', 1)\nsetattr(order, settings.X, 1)",
         ["a"]),
        ("order = Order.objects.first()\ngetattr(order, 'a')\ngetattr(order, settings.X)", []),
        ("order = Order.objects.first()\norder.lines.filter(a=1)", []),
        ("Order.objects.filter(**settings.X)", []),
        ("apps.get_model(settings.X).objects.filter(a=1)", []),
        ("schema_editor.x = 1", []),
    ],
)  # fmt: skip
def test_the_fields_a_query_names_are_told(body, text, names):
    assert used(body, text) == names


def test_attributes_that_are_looked_at_are_told(body):
    found = body(
        """
        order = Order.objects.first()
        order.a
        order.b.c
        getattr(order, "d")
        getattr(order, settings.X)
        Order.objects.values()
        Order.objects.update(x=models.F("e"))
        """
    )
    assert {(ORDER, "a"), (ORDER, "b"), (UNKNOWN, "c"), (ORDER, "d"), (ORDER, "*")} <= found.reads
    assert (UNKNOWN, "e") in found.reads


# Current models ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "text", "path"),
    [
        ("from shop.models import Order as O\n", "O.objects.all()", "shop.models.Order"),
        ("from shop.models import Order as O\n", "O._default_manager.all()", "shop.models.Order"),
        ("from shop.models import Order as O\n", "x = O()\nx.save()", "shop.models.Order"),
        ("from shop import models as m\n", "m.Order.objects.all()", "shop.models.Order"),
        ("from .. import models as m\n", "m.Order.objects.all()", "shop.models.Order"),
        ("from ..models import Order as O\n", "O.objects.all()", "shop.models.Order"),
        ("import shop.models\n", "shop.models.Order.objects.all()", "shop.models.Order"),
        ("", "from shop.models import Order as O\nO.objects.all()", "shop.models.Order"),
        ("from shop.models.order import Order as O\n", "O.objects.all()",
         "shop.models.order.Order"),
        ("from django.contrib.auth import get_user_model\n", "get_user_model().objects.all()",
         "django.contrib.auth.get_user_model"),
        ("from django.apps import apps as current\n", "current.get_model('a.B').objects.all()",
         "django.apps.apps.get_model"),
        ("from shop.models import Order as O\ndef help():\n    O.objects.all()\n", "help()",
         "shop.models.Order"),
        ("from shop.models import Order as O\n", "for x in O.objects.all():\n    x.save()",
         "shop.models.Order"),
    ],
)  # fmt: skip
def test_a_current_model_that_is_used_is_told(body, head, text, path):
    (found,) = body(text, head=head).imports
    assert found.path == path


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("from shop.models import Order as O\n", "isinstance(x, O)"),
        ("from shop.models import Status\n", "Order.objects.filter(a=Status.NEW)"),
        ("from shop.models import LIMIT\n", "Order.objects.all()[:LIMIT]"),
        ("from shop.models import make\n", "make()"),
        ("from shop.models import Order as O\n", "O()"),
        ("from shop.models import Order as O\n", "O.MAX"),
        ("from shop.models import Order as O\n", "pass"),
        ("from django.db.models import Manager\n", "Manager.objects"),
        ("from shop.views import Order as O\n", "O.objects"),
    ],
)
def test_a_name_from_models_that_is_no_model_in_use_is_none(body, head, text):
    assert body(text, head=head).imports == ()


# SQL --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sql", "has_parameters"),
    [
        ("schema_editor.execute('SELECT 1')", "SELECT 1", False),
        ("schema_editor.execute('SELECT %s', [1])", "SELECT %s", True),
        ("with connection.cursor() as c:\n    c.execute('SELECT 1')", "SELECT 1", False),
        ("with schema_editor.connection.cursor() as c:\n    c.execute('SELECT 1', None)",
         "SELECT 1", False),
        ("c = connection.cursor()\nc.executemany(sql='SELECT 1', params=[])", "SELECT 1", True),
        ("with connection.schema_editor() as e:\n    e.execute('SELECT 1')", "SELECT 1", False),
        ("with schema_editor.connection.schema_editor() as e:\n    e.execute('SELECT 1')",
         "SELECT 1", False),
        ("schema_editor.execute(f'SELECT {settings.X}')", UNKNOWN, False),
        ("schema_editor.execute(TEXT % 1)", "SELECT 1", False),
        ("help(schema_editor)", "SELECT 1", False),
    ],
)  # fmt: skip
def test_a_statement_is_told(body, text, sql, has_parameters):
    head = "TEXT = 'SELECT %s'\ndef help(editor):\n    editor.execute('SELECT 1')\n"
    (found,) = body(text, head=head).sql
    assert (found.text, found.has_parameters) == (sql, has_parameters)


def test_a_statement_is_placed_on_its_own_line(body):
    (found,) = body('schema_editor.execute(\n    """\n    SELECT 1\n    """\n)').sql
    assert found.place.line == 7
    files = {"shop/sql.py": "def run(editor):\n    editor.execute('SELECT 1')\n"}
    head = "from shop.sql import run\n"
    (found,) = body("run(schema_editor)", head=head, files=files).sql
    assert found.place.line == 7


# Completeness -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "third.go(apps)",
        "third.go(Order)",
        "third.go(Order.objects.all())",
        "third.go(order)",
        "third.go(x=apps)",
        "unknown(apps)",
        "unknown.go(Order)",
        "unknown(order)",
        "create_permissions(config, apps=apps)",
        "schema_editor.add_field(Order, x)",
        "for x in third.split(Order.objects.all()):\n    pass",
        "deep(apps)",
    ],
)
def test_what_is_done_out_of_sight_makes_the_facts_incomplete(body, text):
    head = (
        "import third\nfrom django.contrib.auth.management import create_permissions\n"
        "def deep(apps, n=0):\n    deep(apps, [n])\n"
    )
    assert not body(f"order = Order.objects.get(id=1)\n{text}", head=head).is_complete or (
        "deep" in text
    )


@pytest.mark.parametrize(
    "text",
    [
        "print(order)",
        "rows.append(order)",
        "third.go(order.code)",
        "third.go(1)",
        "Order.objects.filter(a=Subquery(Order.objects.all()))",
        "transaction.atomic()",
        "help(apps, Order, order)",
        "json.dumps(order)",
        "schema_editor.quote_name('x')",
        "schema_editor.connection.alias",
        "schema_editor.connection.ensure_connection()",
        "Local(apps).run()",
        "str(order)",
    ],
)
def test_what_is_in_sight_leaves_the_facts_complete(body, text):
    head = """
        import third, json
        from django.db import transaction
        from django.db.models import Subquery
        def help(apps, model, row):
            model.objects.update(a=1)
        class Local:
            def __init__(self, apps):
                self.apps = apps
            def run(self):
                self.apps.get_model("shop", "Line").objects.create(a=1)
    """
    assert body(f"order = Order.objects.get(id=1)\n{text}", head=head).is_complete


def test_an_instance_that_holds_the_apps_is_followed(body):
    head = """
        class Local:
            def __init__(self, apps):
                self.model = apps.get_model("shop", "Line")
            def run(self):
                self.model.objects.create(a=1)
    """
    assert [each.model for each in body("Local(apps).run()", head=head).writes] == [
        ("shop", "line")
    ]


def test_a_class_of_the_project_that_holds_the_apps_is_followed(body):
    files = {
        "shop/local.py": """
            class Local:
                def __init__(self, apps):
                    self.model = apps.get_model("shop", "Line")
                def run(self):
                    self.model.objects.create(a=1)
        """
    }
    found = body("Local(apps).run()", head="from shop.local import Local\n", files=files)
    assert [each.model for each in found.writes] == [("shop", "line")]
    assert found.is_complete


def test_a_helper_is_read_for_each_model_it_is_given(body):
    head = "def help(model):\n    model.objects.create(a=1)\n"
    found = body(
        "help(Order)\nhelp(Order)\nhelp(apps.get_model('shop', 'Line'))\nhelp(model=Order)",
        head=head,
    )
    assert [each.model.model_name for each in found.writes] == ["order", "line"]


def test_a_helper_of_the_project_is_read_in_place(body):
    files = {
        "shop/help.py": "def help(apps):\n    apps.get_model('shop', 'A').objects.create(a=1)\n"
    }
    found = body("help(apps)", head="from shop.help import help\n", files=files)
    assert [(each.model, each.place.line) for each in found.writes] == [(("shop", "a"), 7)]
    assert found.is_complete


def test_a_helper_that_calls_itself_is_read_once(body):
    head = "def help(model, n):\n    model.objects.create(a=1)\n    help(model, n)\n"
    assert len(body("help(Order, 1)", head=head).writes) == 1


def test_too_many_calls_are_too_many(body):
    head = "def help(model, n):\n    model.objects.create(a=1)\n"
    found = body("for n in range(300):\n    help(Order, n)", head=head)
    assert not found.is_complete


def test_a_chain_of_conditions_too_long_to_be_read_is_incomplete(body):
    chain = "if settings.X:\n    pass\n" + "elif settings.X:\n    pass\n" * 400
    assert not body(chain).is_complete


def test_a_query_built_in_a_long_loop_is_read(body):
    text = (
        "q = models.Q()\nfor n in range(3000):\n    q = q | models.Q(a=n)\nOrder.objects.filter(q)"
    )
    assert [each.name for each in body(text).uses] == ["a"]


def test_what_a_helper_returns_is_in_hand(body):
    head = "def rows(apps):\n    return apps.get_model('shop', 'Order').objects.filter(a=1)\n"
    found = body("for order in rows(apps):\n    order.save()", head=head)
    assert [(each.model, each.is_filtered) for each in found.loops] == [(ORDER, True)]
    assert len(found.writes) == 1


@pytest.mark.parametrize(
    "text",
    [
        "row = Order.objects.first() if settings.X else Order.objects.last()\nrow.save()",
        "row = Order.objects.first() if settings.X else None\nrow.save()",
        "M = Order if settings.X else apps.get_model('shop', 'Order')\nM.objects.create(a=1)",
    ],
)
def test_either_of_two_of_the_same_model_is_of_that_model(body, text):
    assert [each.model for each in body(text).writes] == [ORDER]


@pytest.mark.parametrize(
    "text",
    [
        "row = Order.objects.first() if settings.X else Line.objects.last()\nrow.save()",
        "M = Order if settings.X else Line\nM.objects.create(a=1)",
        "row = Order.objects.first() if settings.X else Line.objects\nrow.save()",
        "row = Order.objects.first()\nrow = row.parent if settings.X else row\nrow.save()",
    ],
)
def test_either_of_two_models_is_of_an_unknown_one(body, text):
    found = body(f"Line = apps.get_model('shop', 'Line')\n{text}")
    assert [each.model for each in found.writes] == [UNKNOWN]


@pytest.mark.parametrize("text", ["Order.objects.get()", "Order.objects.using('x').get()"])
def test_of_a_model_that_has_one_row_at_most_nothing_is_many(body, text):
    found = body(
        f"one = {text}\nOrder.objects.update(a=1)\nfor row in Order.objects.all():\n    row.save()"
    )
    assert all(each.is_filtered and each.is_bounded for each in found.writes)
    assert [each.is_bounded for each in found.loops] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Order.objects.get(a=1)",
        "Order.objects.get(Q(a=1))",
        "Order.objects.get(**settings.X)",
        "Order.objects.filter(a=1).get()",
        "Order.objects.first()",
        "Line.objects.get()",
    ],
)
def test_a_row_that_is_asked_for_may_be_one_of_many(body, text):
    head = "from django.conf import settings\nfrom django.db.models import Q\n"
    line = 'Line = apps.get_model("shop", "Line")'
    found = body(f"{line}\none = {text}\nOrder.objects.update(a=1)", head=head)
    assert [each.is_bounded for each in found.writes] == [False]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("for row in rows:\n    pass\nfor row in rows:\n    pass", [False, True]),
        ("held = list(rows)\n[x for x in held]\n[x for x in held]", [False, True]),
        ("[x for x in rows]\n[x for x in sorted(rows)]", [False, True]),
        ("[x for x in sorted(rows)]\n[x for x in rows]", [False, False]),
        ("[x for x in Order.objects.all()]\n[x for x in Order.objects.all()]", [False, False]),
    ],
)
def test_rows_that_were_loaded_for_one_loop_are_there_for_the_next(body, text, there):
    found = body(f"rows = Order.objects.all()\n{text}")
    assert [each.is_bounded for each in found.loops] == there
