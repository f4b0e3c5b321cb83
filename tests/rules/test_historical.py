"""2xx: what data migrations ask of historical models that only today's have."""

from __future__ import annotations

import textwrap

import pytest

ORDER = """
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20, choices=[("a", "A")])),
        ("day", models.DateField()),
        ("parent", models.ForeignKey("shop.Order", null=True, on_delete=models.CASCADE)),
    ],
{options}
),
"""
PLAIN = ORDER.format(options="")

MODULE = """
from functools import partial

import requests
from django.core.management.sql import emit_post_migrate_signal
from django.db import migrations, models
from shop.tools import prepare


{functions}


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier"), ("contenttypes", "0001_initial")]

    operations = [
        {operations}
    ]
"""


def module(functions: str, operations: str = "migrations.RunPython(forward),") -> str:
    return MODULE.format(functions=textwrap.dedent(functions).strip("\n"), operations=operations)


def python(body: str) -> str:
    order = '    Order = apps.get_model("shop", "Order")\n'
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return module(f"def forward(apps, schema_editor):\n{order}{lines}")


class TestWrongSignature:
    only = "DJM207"

    @pytest.mark.parametrize(
        "function",
        [
            "def forward(apps, schema_editor):\n    pass",
            "def forward(_, editor, more=None, *, last=1):\n    pass",
            "def forward(*args):\n    pass",
            "def forward(apps, *args, **kwargs):\n    pass",
            "def forward(*args, **kwargs):\n    pass",
            "@prepare\ndef forward(apps):\n    pass",
            "forward = prepare",
            "forward = lambda apps, schema_editor: 1",
            "forward = partial(lambda name, apps, schema_editor: 1, 'a')",
            "forward = partial(lambda apps, schema_editor, name: 1, name='a')",
            (
                "class Fill:\n    def __call__(self, apps, schema_editor):\n        pass\n"
                "forward = Fill()"
            ),
            (
                "class Fill:\n    @staticmethod\n    def fill(apps, schema_editor):\n        pass\n"
                "forward = Fill.fill"
            ),
        ],
    )
    def test_a_function_that_can_take_both_is_silent(self, check, function):
        check(module(function), earlier=[PLAIN], only=self.only)

    @pytest.mark.parametrize(
        "function",
        [
            "def forward():  # DJM207 but it takes none: TypeError\n    return 1",
            "def forward(apps):  # DJM207 but it takes 1: TypeError\n    return 1",
            "def forward(apps, schema_editor, name):  # DJM207 nothing gives it name\n    return 1",
            "def forward(apps, schema_editor, *, name):  # DJM207 nothing gives it name\n    return",
            "forward = partial(lambda apps, schema_editor: 1, 'a')  # DJM207 it takes 1",
        ],
    )
    def test_a_function_that_cannot_is_told(self, check, function):
        check(module(function), earlier=[PLAIN], only=self.only)

    def test_the_way_back_is_called_alike(self, check):
        functions = """
            def forward(apps, schema_editor):
                pass


            def backward(apps):  # DJM207 Django calls backward
                return 1
        """
        operations = "migrations.RunPython(forward, backward),"
        check(module(functions, operations), earlier=[PLAIN], only=self.only)


class TestMissingOnModel:
    only = "DJM209"

    @pytest.mark.parametrize(
        "body",
        [
            "Order.objects.filter(code='a').exclude(pk=1).bulk_create([])",
            "Order._default_manager.all()",
            "Order.DoesNotExist()",
            "Order(code='a').full_clean()",
            "Order(code='a').save(force_insert=True, using='default')",
            "Order.objects.first().get_code_display()",
            "Order.objects.first().get_next_by_day()",
            "Order.objects.first().order_set(manager='objects')",
            "Order.objects.first().title",
            "Order.objects.first()._private()",
            "Order.objects.first().code.strip()",
            "Order.objects.first().parent.order_set.anything()",
            "Order.method = forward\nOrder.objects.first().method()",
            "order = Order.objects.first()\norder.method = forward\norder.method()",
            "order = Order.objects.first()\nif hasattr(order, 'method'):\n    order.method()",
            "prepare(Order)\nOrder.objects.first().method()",
            "setattr(Order, 'method', forward)\nOrder.objects.first().method()",
            "try:\n    Order.objects.first().method()\nexcept AttributeError:\n    pass",
            "for order in Order.objects.annotate(method=1):\n    order.method()",
            "for order in Order.objects.annotate(prepare()):\n    order.method()",
            "for order in Order.objects.prefetch_related(prepare()):\n    order.method()",
            "for day in Order.objects.dates('day', 'month'):\n    day.strftime('%Y')",
            "rows = list(Order.objects.all())\nrows.append(1)\nrows.sort()",
            "apps.get_model('shop', 'Line').objects.by_day().method()",
            "apps.get_model('other', 'Line').objects.first().method()",
            "apps.get_model(prepare()).objects.first().method()",
            "Order.new(1) if False else None",
            "Order.objects.first().day.method().other()",
        ],
    )
    def test_what_is_there_or_may_be_is_silent(self, check, body):
        check(python(body), earlier=[PLAIN], only=self.only)

    @pytest.mark.parametrize(
        "options",
        [
            '    bases=("shop.base",),',
            "    bases=(shop.mixins.Priced, models.Model),",
            '    managers=[("objects", shop.managers.Orders())],',
            "    managers=shop.managers.ALL,",
            "    bases=shop.mixins.ALL,",
            "    managers=[shop.managers.FIRST],",
            '    managers=[("method", shop.managers.Orders())],',
        ],
    )
    def test_managers_and_bases_that_are_kept_are_silent(self, check, options):
        base = 'migrations.CreateModel("Base", [("id", models.AutoField(primary_key=True))]),\n'
        known = "managers=[" in options
        body = "Order.objects.unpaid()" + ("" if known else "\nOrder.objects.first().method()")
        source = f"import shop.managers\nimport shop.mixins\n{MIGRATION}"
        earlier = source.format(operations=base + ORDER.format(options=options))
        check(python(body), earlier=[earlier], only=self.only)

    def test_a_model_in_doubt_is_silent(self, check):
        earlier = PLAIN + "shop.operations.Unread(),"
        check(python("Order.objects.first().method()"), earlier=[earlier], only=self.only)

    def test_a_field_of_an_own_class_may_bring_methods(self, check):
        own = "import shop.fields\n" + MIGRATION.format(
            operations=PLAIN.replace("models.DateField()", "shop.fields.DayField()")
        )
        check(python("Order.objects.first().get_day_words()"), earlier=[own], only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            "Order.objects.unpaid()  # DJM209 the manager of shop.order has no unpaid()",
            "Order.objects.filter(pk=1).unpaid()  # DJM209 the manager of shop.order",
            "Order.unpaid_objects.all()  # DJM209 shop.order has no unpaid_objects in a migration",
            "Order.make('a')  # DJM209 shop.order has no make()",
            "Order.objects.filter(code=Order.NEW)  # DJM209 shop.order has no NEW in",
            "Order.objects.get(pk=1).pay()  # DJM209 shop.order has no pay()",
            "for order in Order.objects.iterator():\n    order.pay()  # DJM209",
            "Order.objects.get(pk=1).save(log=False)  # DJM209 shop.order has no save(log=) in",
            "for order in Order.objects.iterator():\n    order.parent.pay()  # DJM209 shop.order",
            "for order in Order.objects.all():\n    order.order_set.get().pay()  # DJM209 shop.order",
        ],
    )
    def test_what_only_the_class_of_today_has_is_told(self, check, body):
        check(python(body), earlier=[PLAIN], only=self.only)


MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
{operations}
    ]
"""


class TestRowNotMadeYet:
    only = "DJM210"
    asked = "apps.get_model('contenttypes', 'ContentType').objects.get(model='order')"

    @pytest.mark.parametrize(
        "body",
        [
            "{asked}.objects.get_or_create(model='order')",
            "{asked}.objects.filter(model='order').first()",
            "{asked}.objects.get_for_model(Order)\n{get}",
            "{asked}.objects.create(model='order')\n{get}",
            "requests.get('x')\n{asked}.objects.create(model='order')\n{get}",
            "emit_post_migrate_signal(1, False, 'default')\n{get}",
            "prepare(apps)\n{get}",
            "for order in Order.objects.iterator():\n    {get}",
            "if Order.objects.exists():\n    {get}",
            "if not Order.objects.exists():\n    return\n{get}",
            "try:\n    {get}\nexcept {asked}.DoesNotExist:\n    pass",
            "apps.get_model('shop', 'Order').objects.get(pk=1)",
        ],
    )
    def test_what_is_made_or_not_needed_is_silent(self, check, body):
        asked, _, _ = self.asked.partition(".objects")
        check(python(body.format(asked=asked, get=self.asked)), earlier=[PLAIN], only=self.only)

    def test_a_row_that_an_earlier_migration_makes_is_silent(self, check):
        maker = python(self.asked.replace(".get(", ".get_or_create("))
        source = python(self.asked).replace("0001_earlier", "0002_earlier")
        check(source, earlier=[PLAIN, maker], only=self.only)

    @pytest.mark.parametrize("name", ["'contenttypes', 'ContentType'", "'auth', 'Permission'"])
    def test_a_row_that_must_be_there_is_told(self, check, name):
        body = f"apps.get_model({name}).objects.get(pk=1)  # DJM210"
        check(python(body), earlier=[PLAIN], only=self.only)
