"""2xx: data migrations on production volumes, on a fresh database, and run twice."""

from __future__ import annotations

import textwrap

import pytest

from flake8_django_migrations.options import Options

ORDER = """
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField(default=0)),
        ("parent", models.ForeignKey("shop.Order", null=True, on_delete=models.CASCADE)),
    ],
)
"""
LARGE = Options(table_rows={"shop_order": 5_000_000})
SMALL = Options(table_rows={"shop_order": 9_999})

MODULE = """
from django.contrib.auth import get_user_model
from django.db import connection, migrations, models
from django.db.models import F
{imports}

def forward(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
{body}


def backward(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.filter(code="x").delete()


class Migration(migrations.Migration):
    {atomic}
    dependencies = [("shop", "0001_earlier")]

    operations = [
        {operations}
    ]
"""


def python(
    body: str,
    *,
    reverse: str = "backward",
    atomic: bool = True,
    operations: str = "",
    imports: str = "",
) -> str:
    return MODULE.format(
        body=textwrap.indent(textwrap.dedent(body).strip("\n"), "    "),
        atomic="" if atomic else "atomic = False",
        operations=operations or f"migrations.RunPython(forward, {reverse}),",
        imports=imports,
    )


# Loops ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        "Order.objects.iterator()",
        "Order.objects.all().iterator(chunk_size=1000)",
        "Order.objects.all()[:1000]",
        "Order.objects.filter(code='')",
        "Order.objects.exclude(code='').order_by('pk')",
        "Order.objects.filter(pk__in=[1, 2])",
        "Order.unknown_manager()",
        "rows_of(Order)",
        "['a', 'b']",
        "range(Order.objects.count())",
    ],
)
def test_a_loop_that_may_be_short_is_silent(check, rows):
    check(
        python(f"for order in {rows}:\n    print(order)", imports="from vendored import rows_of"),
        earlier=[ORDER],
        only="DJM201",
    )


@pytest.mark.parametrize(
    "rows",
    [
        "Order.objects.all()",
        "Order.objects.order_by('pk')",
        "Order.objects.select_related('parent').all()",
        "Order.objects.using(schema_editor.connection.alias).all()",
        "Order.objects.all().reverse()",
    ],
)
def test_a_loop_over_the_whole_table_is_reported(check, rows):
    check(
        python(f"for order in {rows}:  # DJM201 all rows of shop.order\n    print(order)"),
        earlier=[ORDER],
        only="DJM201",
    )


def test_a_table_that_the_list_of_sizes_calls_small_is_silent(check):
    source = "for order in Order.objects.all():\n    order.save()"
    check(python(source), earlier=[ORDER], options=SMALL, only="DJM201")
    check(python(source), earlier=[ORDER], options=SMALL, only="DJM202")


def test_a_filter_is_no_excuse_on_a_table_that_is_known_to_be_large(check):
    check(
        python("for order in Order.objects.filter(code=''):  # DJM201\n    print(order)"),
        earlier=[ORDER],
        options=LARGE,
        only="DJM201",
    )


def test_the_threshold_is_an_option(check):
    check(
        python("for order in Order.objects.all():  # DJM201\n    print(order)"),
        earlier=[ORDER],
        options=Options(table_rows={"shop_order": 9_999}, batch_rows=5_000),
        only="DJM201",
    )


def test_a_seed_table_of_the_same_migration_is_silent(check):
    check(
        f"""
from django.db import migrations, models


def forward(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.create(code="x")
    for order in Order.objects.all():
        order.save()


class Migration(migrations.Migration):
    operations = [
        {ORDER.strip()},
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
""",
    )


def test_a_model_that_is_not_known_is_silent(check):
    body = 'for each in apps.get_model("shop", "Parcel").objects.all():\n    each.save()'
    check(python(body), earlier=[ORDER], only="DJM201")
    check(python(body), earlier=[ORDER], only="DJM202")


def test_the_content_types_are_few_in_any_project(check):
    body = """
    for each in apps.get_model("contenttypes", "ContentType").objects.all():
        each.save()
    """
    check(python(body), earlier=[ORDER], only="DJM201")
    check(python(body), earlier=[ORDER], only="DJM202")


def test_a_comment_about_batches_is_no_batch(check):
    check(
        python("for order in Order.objects.all():  # DJM201\n    # one batch\n    print(order)"),
        earlier=[ORDER],
        only="DJM201",
    )


def test_a_way_back_is_not_asked_to_be_fast(check):
    check(
        python("Order.objects.filter(code='').update(code='x')").replace(
            'Order.objects.filter(code="x").delete()',
            "for order in Order.objects.all():\n        order.save()",
        ),
        earlier=[ORDER],
        only="DJM201",
    )


# save() -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "order = Order.objects.first()\norder.code = 'x'\norder.save()",
        "for order in Order.objects.filter(code='x'):\n    order.save()",
        "for order in Order.objects.all()[:100]:\n    order.save()",
        "for name in ['a', 'b']:\n    Order(code=name).save()",
        "for order in Order.objects.iterator():\n    unknown(order)",
    ],
)
def test_a_few_saves_are_silent(check, body):
    check(python(body, imports="from vendored import unknown"), earlier=[ORDER], only="DJM202")


@pytest.mark.parametrize(
    "rows", ["Order.objects.all()", "Order.objects.iterator()", "Order.objects.all().iterator()"]
)
@pytest.mark.parametrize("arguments", ["", "update_fields=['code']"])
def test_a_save_for_every_row_is_reported(check, rows, arguments):
    check(
        python(
            f"for order in {rows}:\n    order.save({arguments})  # DJM202 save() writes shop.order"
        ),
        earlier=[ORDER],
        only="DJM202",
    )


def test_one_finding_a_model_is_enough(check):
    check(
        python(
            "for order in Order.objects.iterator():\n"
            "    if order.total:\n"
            "        order.save()  # DJM202\n"
            "    else:\n"
            "        order.save()"
        ),
        earlier=[ORDER],
        only="DJM202",
    )


def test_a_save_of_another_row_than_the_loops_is_silent(check):
    check(
        python(
            "for order in Order.objects.iterator():\n"
            "    other, _ = Line.objects.get_or_create(code='x')\n"
            "    other.save()"
        ).replace("    Order =", "    Line = apps.get_model('shop', 'Line')\n    Order =", 1),
        earlier=[f"{ORDER.strip()},\n{ORDER.strip()},".replace('"Order"', '"Line"', 1)],
        only="DJM202",
    )


def test_a_filtered_save_is_reported_on_a_table_that_is_known_to_be_large(check):
    check(
        python("for order in Order.objects.filter(code=''):\n    order.save()  # DJM202"),
        earlier=[ORDER],
        options=LARGE,
        only="DJM202",
    )


# A second run -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "Order.objects.get_or_create(code='x')",
        "Order.objects.update_or_create(code='x')",
        "Order.objects.bulk_create([Order(code='x')], ignore_conflicts=True)",
        "if not Order.objects.exists():\n    Order.objects.create(code='x')",
        "if Order.objects.filter(code='x').exists():\n    return\nOrder.objects.create(code='x')",
        "Order.objects.filter(code='').update(code='x')",
        "Order.objects.update(code='x')",
        "Order.objects.filter(code='x').delete()",
        "Order.objects.update(total=F('parent_id'))",
        "Order.objects.all().delete()\nOrder.objects.create(code='x')",
        (
            "for order in Order.objects.filter(code=''):\n"
            "    Order.objects.create(code='x')\n"
            "    order.code = 'done'\n"
            "    order.save()"
        ),
        "unknown(Order)\nOrder.objects.create(code='x')",
        "Order(pk=1, code='x').save()",
        (
            "found = Order.objects.filter(code='x').first()\n"
            "if found is None:\n    Order.objects.create(code='x')"
        ),
        (
            "found = list(Order.objects.filter(code='x'))\n"
            "if not found:\n    Order.objects.create(code='x')"
        ),
        (
            "count = Order.objects.filter(code='x').count()\n"
            "if not count:\n    Order.objects.create(code='x')"
        ),
        (
            "try:\n    Order.objects.get(code='x')\n"
            "except Order.DoesNotExist:\n    Order.objects.create(code='x')"
        ),
        (
            "for order in Order.objects.all():\n"
            "    try:\n        other = order.parent\n"
            "    except Order.DoesNotExist:\n        other = Order(code='x')\n"
            "    other.save()"
        ),
    ],
)
def test_a_write_that_may_be_repeated_is_silent(check, body):
    imports = "from vendored import unknown"
    source = python(body, reverse="migrations.RunPython.noop", imports=imports)
    check(source, earlier=[ORDER], only="DJM203")
    check(python(body, atomic=False, imports=imports), earlier=[ORDER], only="DJM203")


@pytest.mark.parametrize("reverse", ["backward", "None"])
def test_a_write_that_runs_once_only_is_silent(check, reverse):
    check(python("Order.objects.create(code='x')", reverse=reverse), earlier=[ORDER], only="DJM203")


@pytest.mark.parametrize(
    ("write", "words"),
    [
        ("Order.objects.create(code='x')", "creates its rows again in shop.order"),
        ("Order.objects.bulk_create([Order(code='x')])", "creates its rows again in shop.order"),
        ("Order.objects.update(total=F('total') + 1)", "changes the values again in shop.order"),
    ],
)
def test_a_write_that_is_repeated_is_reported(check, write, words):
    line = f"{write}  # DJM203 running forward twice {words}: it"
    check(python(line, reverse="migrations.RunPython.noop"), earlier=[ORDER], only="DJM203")
    check(python(line, atomic=False), earlier=[ORDER], only="DJM203")


def test_a_function_with_its_own_transaction_fails_as_a_whole(check):
    check(
        python(
            "Order.objects.create(code='x')",
            atomic=False,
            operations="migrations.RunPython(forward, backward, atomic=True),",
        ),
        earlier=[ORDER],
        only="DJM203",
    )


def test_a_new_table_goes_back_with_its_rows(check):
    check(
        python(
            "Order.objects.create(code='x')",
            operations=f"{ORDER.strip()},\n        migrations.RunPython(forward, lambda a, s: None),",
        ),
        only="DJM203",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO shop_order (code) VALUES ('x') ON CONFLICT DO NOTHING",
        "INSERT INTO shop_order (code) SELECT 'x' WHERE NOT EXISTS (SELECT 1 FROM shop_order)",
        "UPDATE shop_order SET code = 'x'",
        "CREATE VIEW v AS SELECT 1",
    ],
)
def test_sql_that_may_be_repeated_is_silent(check, sql):
    check(f'migrations.RunSQL("{sql}", migrations.RunSQL.noop),', earlier=[ORDER], only="DJM203")


def test_sql_that_is_undone_is_silent(check):
    check(
        """
        migrations.RunSQL(
            "INSERT INTO shop_order (code) VALUES ('x')",
            "DELETE FROM shop_order WHERE code = 'x'",
        ),
        """,
        earlier=[ORDER],
        only="DJM203",
    )


def test_rows_that_another_operation_takes_away_again_are_silent(check):
    check(
        """
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM shop_order"),
        migrations.RunSQL("INSERT INTO shop_order (code) VALUES ('x')", migrations.RunSQL.noop),
        """,
        earlier=[ORDER],
        only="DJM203",
    )


def test_a_model_is_named_once_however_many_rows_are_made(check):
    check(
        python(
            "Order.objects.create(code='x')  # DJM203\nOrder.objects.create(code='y')",
            reverse="migrations.RunPython.noop",
        ),
        earlier=[ORDER],
        only="DJM203",
    )


def test_sql_that_inserts_again_is_reported(check):
    sql = "INSERT INTO shop_order (code) VALUES ('x')"
    check(
        f'migrations.RunSQL("{sql}", ""),  # DJM203 the SQL twice inserts its rows again',
        earlier=[ORDER],
        only="DJM203",
    )


# Models of today --------------------------------------------------------------------------

MODELS = """
from django.db import models


class Base(models.Model):
    class Meta:
        abstract = True


class Order(Base):
    code = models.CharField(max_length=20)


class Status(models.TextChoices):
    NEW = "new"


LIMIT = 1000


def clean(text):
    return text.strip()
"""


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ("from shop.models import Status", "Order.objects.update(code=Status.NEW)"),
        ("from shop.models import LIMIT", "print(LIMIT)"),
        ("from shop.models import clean", "clean('x')"),
        ("from shop.models import Order as Current", "Order.objects.update(code='x')"),
        ("from vendored.models import Thing", "Thing.do()"),
        ("from shop.missing import Thing", "Thing.do()"),
        ("import shop.models", "print(shop.models.LIMIT)"),
    ],
)
def test_what_is_no_model_or_not_used_is_silent(check, imports, body):
    check(
        python(body, imports=imports),
        earlier=[ORDER],
        files={"shop/models.py": MODELS},
        only="DJM204",
    )


@pytest.mark.parametrize(
    ("imports", "line"),
    [
        ("from shop.models import Order as Current", "Current.objects.update(code='x')"),
        ("from shop.models import Order as Current", "Current(code='x').save()"),
        ("from shop import models as current", "current.Order.objects.update(code='x')"),
        ("import shop.models", "shop.models.Order.objects.all().delete()"),
    ],
)
def test_a_current_model_is_reported(check, imports, line):
    check(
        python(f"{line}  # DJM204 shop.models.Order is imported", imports=imports),
        earlier=[ORDER],
        files={"shop/models.py": MODELS},
        only="DJM204",
    )


def test_a_model_imported_inside_the_function_is_reported(check):
    check(
        python("from shop.models import Order as Now\nNow.objects.count()  # DJM204"),
        earlier=[ORDER],
        files={"shop/models.py": MODELS},
        only="DJM204",
    )


def test_a_historical_model_of_the_same_name_is_silent(check):
    check(
        python("Order.objects.update(code='x')", imports="from shop.models import Order"),
        earlier=[ORDER],
        files={"shop/models.py": MODELS},
        only="DJM204",
    )


# One finding a line -----------------------------------------------------------------------


KINDS = ("A", "B", "C", "D")
MANY = "".join(f"{ORDER.strip().replace('Order', kind, 1)},\n" for kind in KINDS)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [("A", "shop.a at"), ("AB", "shop.a, shop.b at"), ("ABCD", "shop.a, shop.b and 2 more at")],
)
def test_a_helper_called_for_several_models_is_one_finding(check, kinds, words):
    body = f"""
        for name in {tuple(kinds)!r}:
            for row in apps.get_model("shop", name).objects.all():  # DJM201 all rows of {words}
                pass
    """
    check(python(body), earlier=[MANY], only="DJM201")


@pytest.mark.parametrize(
    ("code", "loop", "save"),
    [
        ("DJM201", "  # DJM201 rows of shop.a, shop.b at", ""),
        ("DJM202", "", "  # DJM202 shop.b row"),
    ],
)
def test_a_helper_that_several_operations_call_is_one_finding(check, code, loop, save):
    source = python("pass").replace(
        "def forward(",
        f"""def each(apps, name):
    for row in apps.get_model("shop", name).objects.all():{loop}
        row.save(){save}


def first(apps, schema_editor):
    each(apps, "A")


def second(apps, schema_editor):
    each(apps, "B")


def forward(""",
        1,
    )
    operations = "operations = [\n        migrations.RunPython(first, first),"
    operations += "\n        migrations.RunPython(second, first)," * 2
    source = source.replace("operations = [", operations, 1)
    check(source, earlier=[MANY], only=code)


def test_statements_over_several_tables_on_one_line_are_one_finding(check):
    body = """
        for name in ("A", "B"):
            apps.get_model("shop", name).objects.update(total=1)  # DJM502 of shop_a, shop_b:
    """
    check(python(body), earlier=[MANY], only="DJM502")


# What the second run meets ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("models.CharField(max_length=20, unique=True)", "fails on shop.order.code, which is"),
        ("models.OneToOneField('shop.Order', models.CASCADE)", "fails on shop.order.code"),
        ("models.CharField(max_length=20)", "creates its rows again in shop.order"),
        ("models.UUIDField(unique=True)", "creates its rows again in shop.order"),
    ],
)
def test_a_unique_field_refuses_the_second_run(check, field, words):
    earlier = ORDER.replace("models.CharField(max_length=20)", field)
    body = f"Order.objects.create(total=1, code='x')  # DJM203 {words}"
    source = python(body, reverse="migrations.RunPython.noop")
    check(source, earlier=[earlier], only="DJM203")


TOGETHER = f"""{ORDER.rstrip().removesuffix(")")}
    options={{"unique_together": {{("code", "total")}}}},
)
"""


@pytest.mark.parametrize(
    ("null", "given", "words"),
    [
        ("", "total=1, code='x'", "fails on shop.order.code with total, which is"),
        ("", "code='x'", "creates its rows again in shop.order"),
        ("null=True", "total=1, code='x'", "creates its rows again in shop.order"),
    ],
)
def test_fields_that_are_unique_together_refuse_it_unless_one_is_null(check, null, given, words):
    earlier = TOGETHER.replace("IntegerField(default=0)", f"IntegerField({null})")
    source = python(
        f"Order.objects.create({given})  # DJM203 {words}", reverse="migrations.RunPython.noop"
    )
    check(source, earlier=[earlier], only="DJM203")


def test_nothing_is_told_of_what_a_second_run_does_not_reach(check):
    earlier = ORDER.replace("models.CharField(max_length=20)", "models.CharField(unique=True)")
    body = """
        Order.objects.create(code="x")  # DJM203 fails on
        apps.get_model("shop", "Line").objects.create()
    """
    line = "migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True))]),"
    source = python(body, reverse="migrations.RunPython.noop")
    check(source, earlier=[f"{earlier.strip()},{line}"], only="DJM203")


@pytest.mark.parametrize("inside", ["with transaction.atomic():", "if True:"])
def test_a_row_whose_second_attempt_is_caught_is_made_once(check, inside):
    earlier = ORDER.replace("models.CharField(max_length=20)", "models.CharField(unique=True)")
    body = f"""
        try:
            {inside}
                Order.objects.create(code="x")
        except IntegrityError:
            pass
    """
    check(python(body, reverse="migrations.RunPython.noop"), earlier=[earlier], only="DJM203")


def test_an_update_is_no_attempt_to_make_a_row(check):
    body = """
        try:
            Order.objects.update(total=F("total") + 1)  # DJM203 changes the values again
        except IntegrityError:
            pass
    """
    check(python(body, reverse="migrations.RunPython.noop"), earlier=[ORDER], only="DJM203")


@pytest.mark.parametrize("name", ["ObjectDoesNotExist", "Order.DoesNotExist"])
def test_a_row_that_was_looked_for_is_made_once(check, name):
    body = f"""
        try:
            Order.objects.get(code="x")
        except {name}:
            Order.objects.create(code="x")
    """
    check(python(body, reverse="migrations.RunPython.noop"), earlier=[ORDER], only="DJM203")


CLASSES = """
from django.contrib.auth.models import AbstractUser
from django.db import models
from third.models import Page
from third.mixins import Priced
from shop.tools import make_base


class Order(Page): ...


class User(AbstractUser): ...


class Deep(Order): ...


class Registry:
    objects = []


class Mixed(Priced): ...


class Made(make_base()): ...


class Own(Own): ...
"""


@pytest.mark.parametrize("name", ["Registry", "Mixed", "Made", "Own"])
def test_a_class_with_objects_that_is_no_model_is_silent(check, name):
    imports = f"from shop.classes import {name} as Today"
    check(
        python("print(Today.objects.all())", imports=imports),
        earlier=[ORDER],
        files={"shop/classes.py": CLASSES},
        only="DJM204",
    )


@pytest.mark.parametrize("name", ["User", "Plain", "Child"])
def test_a_model_is_one_whatever_its_module_is_called(check, name):
    imports = f"from shop.classes import {name} as Today"
    more = "class Plain(models.Model): ...\n\n\nclass Child(Priced, Plain): ...\n"
    check(
        python(f"Today.objects.all().delete()  # DJM204 shop.classes.{name}", imports=imports),
        earlier=[ORDER],
        files={"shop/classes.py": f"{CLASSES}\n\n{more}"},
        only="DJM204",
    )


@pytest.mark.parametrize("name", ["Order", "Deep", "Made"])
def test_a_class_of_a_models_module_in_doubt_is_taken_for_a_model(check, name):
    imports = f"from shop.models import {name} as Today"
    check(
        python(f"Today.objects.all().delete()  # DJM204 shop.models.{name}", imports=imports),
        earlier=[ORDER],
        files={"shop/models.py": CLASSES},
        only="DJM204",
    )


@pytest.mark.parametrize(
    ("app", "told"),
    [("comments", ""), ("auth", "  # DJM204 django.contrib.auth.models.Group")],
)
def test_a_model_of_an_app_that_django_has_given_up_is_silent(check, app, told):
    name = {"comments": "Comment", "auth": "Group"}[app]
    source = python(
        f"{name}.objects.create(){told}", imports=f"from django.contrib.{app}.models import {name}"
    )
    check(source, earlier=[ORDER], only="DJM204")
