"""7xx: dependencies on what a squash replaces, squashes of squashes, and what squashing keeps."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options

ORDER = """
migrations.CreateModel("Order", fields=[
    ("id", models.BigAutoField(primary_key=True)),
    ("total", models.IntegerField(null=True)),
]),
"""

MODULE = """
from django.db import migrations, models


{functions}
class Migration(migrations.Migration):{mark}
    {attributes}
    dependencies = [{dependencies}]
    operations = [
        {operations}
    ]
"""


def module(operations="", dependencies="", attributes="", mark="", functions=""):
    return MODULE.format(
        operations=operations,
        dependencies=dependencies,
        attributes=attributes,
        mark=mark,
        functions=functions,
    )


def squash(*names, attributes="initial = True", mark="", app="shop", operations=ORDER):
    replaces = ", ".join(f'("{app}", "{name}")' for name in names)
    return module(operations, attributes=f"{attributes}\n    replaces = [{replaces}]", mark=mark)


NOTE = 'migrations.AddField("order", "note", models.TextField(null=True)),'
SHOP = {
    "shop/migrations/0001_initial.py": module(ORDER, attributes="initial = True"),
    "shop/migrations/0002_note.py": module(NOTE, '("shop", "0001_initial")'),
}
SQUASH = {
    "shop/migrations/0001_squashed_0002_note.py": squash(
        "0001_initial", "0002_note", operations=ORDER + NOTE
    )
}


class TestReplacedDependency:
    only = "DJM705"

    def test_without_a_squash_every_name_is_right(self, check):
        check(module(NOTE, '("shop", "0002_note")'), files=SHOP, only=self.only)

    @pytest.mark.parametrize("name", ["0001_squashed_0002_note", "__first__"])
    def test_the_name_of_the_squash_is_silent(self, check, name):
        files = {**SHOP, **SQUASH}
        check(module("", f'("shop", "{name}")'), files=files, only=self.only, app="customers")

    def test_what_goes_with_the_originals_may_name_them(self, check):
        original = module(NOTE, '("shop", "0001_initial")')
        squashed = squash("0001_initial", "0001_checked")
        files = {"shop/migrations/0001_initial.py": module(ORDER, attributes="initial = True")}
        files["shop/migrations/0001_squashed.py"] = squashed
        check(original, files=files, only=self.only)

    def test_what_another_squash_replaces_goes_too(self, check):
        source = module("", '("shop", "0002_note")')
        own = {"customers/migrations/0001_squashed.py": squash("0001_checked", app="customers")}
        check(source, files={**SHOP, **SQUASH, **own}, only=self.only, app="customers")

    def test_a_setting_names_no_migration(self, check):
        setting = "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"
        source = f"from django.conf import settings\n{module('', setting)}"
        check(source, files={**SHOP, **SQUASH}, only=self.only)

    @pytest.mark.parametrize("app", ["shop", "customers"])
    def test_a_name_that_a_squash_replaces_is_reported(self, check, app):
        mark = "  # DJM705 depends on shop.0002_note, which 0001_squashed_0002_note replaces"
        source = module("", f'\n        ("shop", "0002_note"),{mark}\n    ')
        check(source, files={**SHOP, **SQUASH}, only=self.only, app=app)
        check(source, files=SQUASH, only=self.only, app=app)


NESTED = {**SHOP, **SQUASH, "shop/migrations/0003_memo.py": module("", '("shop", "0002_note")')}


class TestSquashOfSquash:
    only = "DJM706"

    def test_a_squash_of_plain_migrations_is_silent(self, check):
        check(squash("0001_initial", "0002_note"), files=SHOP, only=self.only)

    def test_django_6_loads_it(self, check):
        source = squash("0001_squashed_0002_note", "0003_memo")
        check(source, files=NESTED, only=self.only, options=Options(django=(6, 0)))

    def test_a_squash_that_has_lost_its_replaces_is_a_plain_migration(self, check):
        plain = {"shop/migrations/0001_squashed_0002_note.py": module(ORDER)}
        source = squash("0001_squashed_0002_note", "0003_memo")
        check(source, files={**NESTED, **plain}, only=self.only)

    def test_a_squash_that_is_gone_is_silent(self, check):
        check(squash("0001_squashed_0002_gone", "0002_note"), files=SHOP, only=self.only)

    @pytest.mark.parametrize("django", [(4, 2), (5, 2)])
    def test_before_django_6_it_is_reported(self, check, django):
        mark = "  # DJM706 replaces 0001_squashed_0002_note, which is a squash itself"
        source = squash("0001_squashed_0002_note", "0003_memo", mark=mark)
        check(source, files=NESTED, only=self.only, options=Options(django=django))


FUNCTIONS = """
def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.filter(total=None).update(total=0)


def made():
    def inner(apps, schema_editor):
        fill(apps, schema_editor)

    return inner


class Holder:
    @staticmethod
    def fill(apps, schema_editor):
        fill(apps, schema_editor)


short = lambda apps, schema_editor: None


"""


class TestUnsquashableCallable:
    only = "DJM707"

    @pytest.mark.parametrize(
        "arguments",
        [
            "fill, migrations.RunPython.noop",
            "Holder.fill",
            "functools.partial(fill)",
            "imported.forwards",
            # what a squash drops is not written
            "lambda apps, schema_editor: None, elidable=True",
            "lambda apps, schema_editor: None, elidable=unread",
        ],
    )
    def test_what_can_be_imported_or_is_dropped_is_silent(self, check, arguments):
        source = module(f"migrations.RunPython({arguments}),", functions=FUNCTIONS)
        check(f"import functools\n{source}", only=self.only)

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            ("lambda apps, schema_editor: None", "a lambda which"),
            ("fill, lambda apps, schema_editor: None", "a lambda which"),
            ("short, elidable=False", "a lambda which"),
            ("made(), made()", "inner, a local function, which"),
            ("functools.partial(lambda apps, schema_editor: None)", "a lambda which"),
        ],
    )
    def test_what_has_no_import_path_is_reported(self, check, arguments, what):
        operation = f"migrations.RunPython({arguments}),  # DJM707 is given {what}"
        check(f"import functools\n{module(operation, functions=FUNCTIONS)}", only=self.only)
        nested = f"migrations.SeparateDatabaseAndState([\n            {operation}\n        ]),"
        check(f"import functools\n{module(nested, functions=FUNCTIONS)}", only=self.only)


STEPS = """
def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.filter(total=None).update(total=0)


def save(apps, schema_editor):
    for order in apps.get_model("shop", "Order").objects.iterator():
        order.total = 0
        order.save()


def seed(apps, schema_editor):
    apps.get_model("shop", "Order").objects.create(total=1)


def both(apps, schema_editor):
    fill(apps, schema_editor)
    seed(apps, schema_editor)


def look(apps, schema_editor):
    apps.get_model("shop", "Order").objects.count()


def send(apps, schema_editor):
    fill(apps, schema_editor)
    schema_editor.execute("INSERT INTO shop_order (total) VALUES (1)")


def other(apps, schema_editor):
    apps.get_model("customers", "Customer").objects.update(name="")


def some(apps, schema_editor):
    fill(apps, schema_editor)
    apps.get_model("shop", elsewhere.NAME).objects.update(total=0)


def open_ended(apps, schema_editor):
    fill(apps, schema_editor)
    elsewhere.work(apps)


"""


UPDATE = '"UPDATE shop_order SET total = 0"'


class TestUnelidableBackfill:
    only = "DJM708"

    def check(self, check, operations, *, before="", mark=""):
        first = module(f"{ORDER}{before}", attributes="initial = True", functions=STEPS)
        source = module(f"{operations}{mark}", '("shop", "0001_earlier")', functions=STEPS)
        check(source, earlier=[first], only=self.only)

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.RunPython(fill, elidable=True),",
            "migrations.RunPython(fill, elidable=False),",
            'migrations.RunSQL("UPDATE shop_order SET total = 0", "", elidable=True),',
            "migrations.RunPython(seed),",
            "migrations.RunPython(both),",
            "migrations.RunPython(look),",
            "migrations.RunPython(send),",
            "migrations.RunPython(other),",
            "migrations.RunPython(open_ended),",
            "migrations.RunPython(some),",
            "migrations.RunPython(imported.forwards),",
            "migrations.RunPython(migrations.RunPython.noop),",
            'migrations.RunSQL("INSERT INTO shop_order (total) VALUES (1)", ""),',
            'migrations.RunSQL("ALTER TABLE shop_order ADD x int", ""),',
            'migrations.RunSQL("UPDATE elsewhere SET total = 0", ""),',
            'migrations.RunSQL("", ""),',
            "migrations.RunSQL(unread, ''),",
            f"migrations.RunSQL({UPDATE}, state_operations=[migrations.DeleteModel('Order')]),",
        ],
    )
    def test_what_may_do_something_on_a_fresh_database_is_silent(self, check, operation):
        self.check(check, operation)

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.RunPython(seed),",
            "migrations.RunPython(send),",
            "migrations.RunPython(open_ended),",
            "migrations.RunPython(imported.forwards),",
            'migrations.RunSQL("INSERT INTO shop_order (total) VALUES (1)", ""),',
            "migrations.RunSQL(unread, ''),",
            "unread.Operation(),",
            "*([migrations.RunPython(seed)] if unread else []),",
        ],
    )
    def test_rows_of_an_earlier_seed_must_be_filled_everywhere(self, check, before):
        self.check(check, "migrations.RunPython(fill),", before=before)
        self.check(check, f"{before}\nmigrations.RunPython(fill),")

    @pytest.mark.parametrize(
        "before",
        [
            "",
            "migrations.RunPython(fill),",
            "migrations.RunPython(migrations.RunPython.noop),",
            'migrations.RunSQL("ALTER TABLE shop_order ADD x int", ""),',
            'migrations.AddField("order", "x", models.IntegerField(null=True)),',
        ],
    )
    @pytest.mark.parametrize(
        ("operation", "what"),
        [
            ("migrations.RunPython(fill, migrations.RunPython.noop),", "fill"),
            ("migrations.RunPython(save),", "save"),
            ('migrations.RunSQL("UPDATE shop_order SET total = 0", ""),', "the UPDATE"),
        ],
    )
    def test_what_only_fills_rows_is_reported(self, check, operation, what, before):
        self.check(check, operation, before=before, mark=f"  # DJM708 {what} only fills")


SEEDS = """
def seed(apps, schema_editor):
    apps.get_model("shop", "Order").objects.get_or_create(total=1)


def plain(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.bulk_create([Order(total=1), Order(total=2)])


def fill(apps, schema_editor):
    apps.get_model("shop", "Order").objects.update(total=1)


def guarded(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    if Order.objects.exists():
        Order.objects.create(total=1)


def split(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.iterator():
        Order.objects.create(total=order.total)


def other(apps, schema_editor):
    apps.get_model("sites", "Site").objects.get_or_create(pk=1)


def clear(apps, schema_editor):
    apps.get_model("shop", "Order").objects.all().delete()


"""


class TestElidableSeed:
    only = "DJM709"

    def check(self, check, operation, later="", mark=""):
        first = module(ORDER, attributes="initial = True")
        files = {"shop/migrations/0001_initial.py": first}
        if later:
            files["shop/migrations/0003_later.py"] = module(
                f"migrations.RunPython({later}),", '("shop", "0001_checked")', functions=SEEDS
            )
        source = module(f"{operation}{mark}", '("shop", "0001_initial")', functions=SEEDS)
        check(source, files=files, only=self.only)

    @pytest.mark.parametrize(
        "arguments",
        [
            "seed",
            "seed, elidable=False",
            "seed, elidable=unread",
            "fill, elidable=True",
            "guarded, elidable=True",
            "split, elidable=True",
            "other, elidable=True",
            "imported.seed, elidable=True",
        ],
    )
    def test_what_stays_or_makes_no_rows_for_certain_is_silent(self, check, arguments):
        self.check(check, f"migrations.RunPython({arguments}),")

    def test_sql_is_not_judged(self, check):
        sql = '"INSERT INTO shop_order (total) VALUES (1)"'
        self.check(check, f"migrations.RunSQL({sql}, '', elidable=True),")

    @pytest.mark.parametrize("later", ["clear", "imported.clear"])
    def test_a_seed_that_a_later_step_may_delete_is_silent(self, check, later):
        self.check(check, "migrations.RunPython(seed, elidable=True),", later)

    @pytest.mark.parametrize("later", ["", "fill", "migrations.RunPython.noop"])
    @pytest.mark.parametrize("name", ["seed", "plain"])
    def test_a_seed_that_a_squash_drops_is_reported(self, check, name, later):
        mark = f"  # DJM709 {name} creates rows of shop.order but is elidable"
        self.check(check, f"migrations.RunPython({name}, elidable=True),", later, mark)
