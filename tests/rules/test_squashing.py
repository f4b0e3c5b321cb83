"""7xx: pending migrations that should be one, and squashes that are not what they replace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flake8_django_migrations.options import Options

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
        ("note", models.TextField(null=True)),
    ],
),
"""
ADD = "migrations.AddField('order', 'status', models.CharField(max_length=10, null=True)),"
ALTER = "migrations.AlterField('order', 'status', models.CharField(max_length=20, null=True)),"


@pytest.fixture
def shipped(tmp_path):
    """Options under which the first migrations of the app have shipped."""

    def verb(*names, **others):
        folder = Path(tmp_path, "shop", "migrations").resolve()
        paths = frozenset(folder / f"{name}.py" for name in names)
        return Options(shipped=paths, **others)

    return verb


FIRST = "0001_earlier"


class TestManyPending:
    only = "DJM701"
    three = (ORDER, ADD, ALTER)

    def test_nobody_counts_without_a_baseline(self, check):
        check(ADD, earlier=self.three, options=Options(squash_after=1), only=self.only)

    def test_as_many_as_the_option_allows_are_silent(self, check, shipped):
        options = shipped(FIRST, squash_after=3)
        check(ADD, earlier=self.three, options=options, only=self.only)

    def test_only_the_last_one_is_reported(self, check, shipped):
        after = SQUASH.format(
            mark="", replaces="", functions="", attributes="", operations=""
        ).replace("dependencies = []", 'dependencies = [("shop", "0004_checked")]')
        check(
            ADD,
            earlier=self.three,
            files={"shop/migrations/0005_later.py": after},
            options=shipped(FIRST, squash_after=1),
            only=self.only,
        )

    def test_one_more_than_the_option_allows_is_reported(self, check, shipped):
        check(
            """
            from django.db import migrations

            class Migration(migrations.Migration):  # DJM701 app shop has 3 pending migrations
                dependencies = [("shop", "0003_earlier")]
                operations = []
            """,
            earlier=self.three,
            options=shipped(FIRST, squash_after=2),
            only=self.only,
        )

    def test_advice_is_off_until_it_is_asked_for(self, check, shipped):
        options = shipped(FIRST, squash_after=1)
        check("migrations.AlterModelOptions('order', {}),", earlier=self.three, options=options)
        module = """
            from django.db import migrations

            class Migration(migrations.Migration):  # DJM701
                dependencies = [("shop", "0003_earlier")]
                operations = []
        """
        options = replace(options, extended_select=("DJM7",))
        check(module, earlier=self.three, options=options)


class TestFieldChurn:
    only = "DJM702"

    def test_nothing_is_pending_without_a_baseline(self, check):
        check(ALTER, earlier=[ORDER, ADD], only=self.only)

    def test_what_has_shipped_cannot_be_folded(self, check, shipped):
        options = shipped(FIRST, "0002_earlier")
        check(ALTER, earlier=[ORDER, ADD], options=options, only=self.only)

    @pytest.mark.parametrize(
        "other",
        [
            "migrations.AddField('order', 'city', models.TextField(null=True)),",
            "migrations.AlterField('line', 'status', models.TextField(null=True)),",
            "migrations.RemoveField('order', 'note'),",
            "migrations.RunSQL('SELECT 1', migrations.RunSQL.noop),",
        ],
    )
    def test_another_field_is_silent(self, check, shipped, other):
        check(other, earlier=[ORDER, ADD], options=shipped(FIRST), only=self.only)

    @pytest.mark.parametrize(
        "work",
        [
            "migrations.RunSQL(\"UPDATE shop_order SET status = 'new' WHERE id = 1\"),",
            "migrations.RunPython(imported.from_somewhere),",
        ],
    )
    def test_rows_that_may_be_filled_in_between_make_it_two_steps(self, check, shipped, work):
        check(ALTER, earlier=[ORDER, ADD, work], options=shipped(FIRST), only=self.only)

    def test_work_on_other_columns_does_not(self, check, shipped):
        check(
            """
            migrations.AlterField(  # DJM702 order.status was added in pending 0002_earlier
                "order", "status", models.CharField(max_length=20, null=True)
            ),
            """,
            earlier=[ORDER, ADD, "migrations.RunSQL('UPDATE shop_order SET note = NULL'),"],
            options=shipped(FIRST),
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("before", "change", "words"),
        [
            (ADD, "migrations.RemoveField('Order', 'status'),", "order.status was added"),
            (ADD, "migrations.RenameField('order', 'status', 'state'),", "order.status was added"),
            (ADD + ALTER, "migrations.RemoveField('order', 'status'),", "order.status was altered"),
            (
                "migrations.RenameField('order', 'note', 'text'),",
                "migrations.RemoveField('order', 'text'),",
                "order.text was renamed",
            ),
            (
                "migrations.RemoveField('order', 'note'),",
                "migrations.AddField('order', 'note', models.TextField(null=True)),",
                "order.note was removed",
            ),
            (
                "migrations.CreateModel('Line', [('text', models.TextField())]),",
                "migrations.RemoveField('line', 'text'),",
                "line.text was created",
            ),
            (
                ADD + "migrations.RenameModel('Order', 'Purchase'),",
                "migrations.RemoveField('purchase', 'status'),",
                "purchase.status was added",
            ),
        ],
    )
    def test_a_field_that_is_changed_again_is_reported(self, check, shipped, before, change, words):
        check(
            f"{change}  # DJM702 {words} in pending 0002_earlier",
            earlier=[ORDER, before],
            options=shipped(FIRST),
            only=self.only,
        )


SQUASH = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
{functions}

class Migration(migrations.Migration):{mark}
    replaces = [{replaces}]
    dependencies = []
    {attributes}
    operations = [{operations}]
"""
BOTH = '("shop", "0001_earlier"), ("shop", "0002_earlier")'
FULL = ORDER.replace('("note"', '("status", models.CharField(max_length=10, null=True)), ("note"')


def squash(mark="", *, operations=FULL, replaces=BOTH, attributes="", functions=""):
    return SQUASH.format(
        mark=f"  # {mark}" if mark else "",
        operations=operations,
        replaces=replaces,
        attributes=attributes,
        functions=functions,
    )


class TestSquashOfUnshipped:
    only = "DJM703"

    def test_without_a_baseline_nobody_knows(self, check):
        check(squash(), earlier=[ORDER, ADD], only=self.only)

    def test_what_has_shipped_may_be_squashed(self, check, shipped):
        options = shipped(FIRST, "0002_earlier")
        check(squash(), earlier=[ORDER, ADD], options=options, only=self.only)

    def test_originals_that_are_gone_have_shipped(self, check, shipped):
        replaces = BOTH.replace("earlier", "gone")
        check(squash(replaces=replaces), options=shipped("0009_other"), only=self.only)

    def test_the_first_one_that_has_not_shipped_is_named(self, check, shipped):
        check(
            squash("DJM703 replaces 0002_earlier"),
            earlier=[ORDER, ADD],
            options=shipped(FIRST),
            only=self.only,
        )


SEED = """
def seed(apps, schema_editor):
    apps.get_model("shop", "Order").objects.create(total=1)


def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.iterator():
        order.note = ""
        order.save()


def clear(apps, schema_editor):
    apps.get_model("shop", "Order").objects.filter(pk=1).delete()


def clear_in_sql(apps, schema_editor):
    schema_editor.execute("DELETE FROM shop_order WHERE id = 1")
"""


def data(call, functions=SEED):
    return SQUASH.format(
        mark="",
        operations=call,
        replaces="",
        attributes="",
        functions=functions,
    ).replace("dependencies = []", 'dependencies = [("shop", "0001_earlier")]')


CONCURRENT = """
AddIndexConcurrently("order", models.Index(fields=["total"], name="by_total")),
"""
INDEXED = FULL.replace(
    "],\n),", '],\n    options={"indexes": [models.Index(fields=["total"], name="by_total")]},\n),'
)


class TestSquashMismatch:
    only = "DJM704"

    def test_a_migration_that_replaces_nothing_is_silent(self, check):
        check(ADD, earlier=[ORDER], only=self.only)

    def test_the_same_state_is_silent(self, check):
        check(squash(), earlier=[ORDER, ADD], only=self.only)

    def test_nothing_is_compared_when_the_originals_are_gone(self, check):
        check(squash(replaces=BOTH.replace("earlier", "gone")), only=self.only)

    def test_an_original_of_another_app_is_not_looked_for_here(self, check):
        replaces = f'{BOTH}, ("customers", "0001_initial")'
        check(squash(replaces=replaces, operations=ORDER), earlier=[ORDER, ADD], only=self.only)

    @pytest.mark.parametrize(
        "same",
        [
            ("max_length=10, null=True", 'max_length=10, null=True, help_text="x", blank=True'),
            ("max_length=10, null=True", 'max_length=10, null=True, default="new"'),
            ("max_length=10, null=True", 'max_length=10, null=True, db_column="status"'),
            ("CharField(max_length=10", "SlugField(db_index=False, max_length=10"),
        ],
    )
    def test_what_the_database_never_sees_is_silent(self, check, same):
        check(squash(operations=FULL.replace(*same)), earlier=[ORDER, ADD], only=self.only)

    def test_fields_of_unknown_classes_are_not_compared(self, check):
        add = "migrations.AddField('order', 'status', colours.ColourField(depth={depth})),"
        second = data(add.format(depth=3), "import colours")
        status = "models.CharField(max_length=10, null=True)"
        check(
            squash(
                operations=FULL.replace(status, "colours.ColourField(depth=4)"),
                functions="import colours",
            ),
            earlier=[ORDER, second],
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("other", "words"),
        [
            (("max_length=10, null=True", "max_length=20, null=True"), "field status"),
            (("max_length=10, null=True", "max_length=10"), "field status"),
            (("max_length=10, null=True", "max_length=10, null=True, unique=True"), "field status"),
            (
                ("max_length=10, null=True", "max_length=10, null=True, db_index=True"),
                "field status",
            ),
            (
                ("max_length=10, null=True", 'max_length=10, null=True, db_column="s"'),
                "field status",
            ),
            (('"note"', '"text"'), "field note"),
            (
                ("],\n),", '],\n    options={"db_table": "orders"},\n),'),
                "has table orders, not shop_order",
            ),
            (
                ("],\n),", '],\n    options={"unique_together": {("total", "note")}},\n),'),
                "unique_together",
            ),
            (
                ("],\n),", '],\n    options={"index_together": {("total", "note")}},\n),'),
                "index_together",
            ),
            (
                (
                    "],\n),",
                    '],\n    options={"indexes": [models.Index(fields=["total"], name="i")]},\n),',
                ),
                "its indexes",
            ),
            (
                (
                    "],\n),",
                    (
                        '],\n    options={"constraints": '
                        '[models.UniqueConstraint(fields=["total"], name="u")]},\n),'
                    ),
                ),
                "its constraints",
            ),
        ],
    )
    def test_another_shape_is_reported(self, check, other, words):
        mark = (
            f"DJM704 order differs in {words}" if "table" not in words else f"DJM704 order {words}"
        )
        check(squash(mark, operations=FULL.replace(*other)), earlier=[ORDER, ADD], only=self.only)

    def test_a_model_too_few_or_too_many_is_reported(self, check):
        line = "migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True))]),"
        check(squash("DJM704 line is missing"), earlier=[ORDER, ADD + line], only=self.only)
        check(
            squash("DJM704 line is not in them", operations=FULL + line),
            earlier=[ORDER, ADD],
            only=self.only,
        )

    def test_a_doubtful_original_is_not_compared(self, check):
        check(squash(operations=ORDER), earlier=[ORDER, "Unknown('x')," + ADD], only=self.only)

    def test_originals_that_were_deleted_in_part_are_silent(self, check):
        replaces = f'{BOTH}, ("shop", "0003_city"), ("shop", "0004_auto_20200101_0101")'
        check(squash(replaces=replaces), earlier=[ORDER, ADD], only=self.only)

    def test_a_name_that_is_nearly_another_is_reported(self, check):
        replaces = BOTH.replace("0002_earlier", "0002_earlyer")
        check(
            squash("DJM704 there is no migration 0002_earlyer", replaces=replaces),
            earlier=[ORDER, ADD],
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("attributes", "mark"), [("atomic = False", ""), ("", "DJM704 `atomic = False` is lost")]
    )
    def test_concurrent_work_needs_the_attribute(self, check, attributes, mark):
        second = data(ADD + CONCURRENT, "").replace(
            "dependencies", "atomic = False\n    dependencies"
        )
        check(
            squash(mark, operations=FULL + CONCURRENT, attributes=attributes),
            earlier=[ORDER, second],
            only=self.only,
        )

    def test_an_index_that_is_folded_into_the_table_needs_none(self, check):
        second = data(ADD + CONCURRENT, "").replace(
            "dependencies", "atomic = False\n    dependencies"
        )
        check(squash(operations=INDEXED), earlier=[ORDER, second], only=self.only)

    def test_run_before_must_be_copied(self, check):
        second = data(ADD, "").replace(
            "dependencies", 'run_before = [("a", "b")]\n    dependencies', 1
        )
        attributes = 'run_before = [("a", "b")]'
        check(squash(attributes=attributes), earlier=[ORDER, second], only=self.only)
        check(squash("DJM704 run_before"), earlier=[ORDER, second], only=self.only)

    def test_every_run_before_must_be_copied(self, check):
        two = 'run_before = [("a", "b"), ("customers", "0001_initial")]'
        second = data(ADD, "").replace("dependencies", f"{two}\n    dependencies", 1)
        one = 'run_before = [("a", "b")]'
        marked = squash("DJM704 run_before", attributes=one)
        check(marked, earlier=[ORDER, second], only=self.only)
        target = data("", "").replace(
            "dependencies = [", 'dependencies = [("shop", "0002_earlier"), ', 1
        )
        files = {"customers/migrations/0001_initial.py": target}
        check(squash(attributes=one), earlier=[ORDER, second], files=files, only=self.only)

    def test_a_squash_that_replaces_itself_is_reported(self, check):
        names = '("shop", "0002_earlier"), ("shop", "0003_checked")'
        source = squash("DJM704 it names itself").replace('("shop", "0002_earlier")', names, 1)
        check(source, earlier=[ORDER, data(ADD)], only=self.only)

    @pytest.mark.parametrize(
        "call",
        [
            "migrations.RunPython(fill),",
            "migrations.RunPython(seed, elidable=True),",
            "migrations.RunPython(migrations.RunPython.noop, seed),",
            "migrations.RunPython(imported.seed),",
        ],
    )
    def test_a_function_that_a_fresh_database_can_do_without_may_go(self, check, call):
        check(squash(), earlier=[ORDER, data(ADD + call)], only=self.only)

    def test_a_seed_that_is_called_under_its_name_or_unreadably_is_silent(self, check):
        second = data(ADD + "migrations.RunPython(seed),")
        for operations in ("migrations.RunPython(seed),", "migrations.RunPython(make()),"):
            check(
                squash(operations=FULL + operations, functions=SEED),
                earlier=[ORDER, second],
                only=self.only,
            )

    @pytest.mark.parametrize(
        "after",
        [
            "migrations.RunPython(clear),",
            "migrations.RunPython(imported.clear),",
            "migrations.RunPython(clear_in_sql),",
        ],
    )
    def test_a_seed_that_may_be_deleted_again_is_silent(self, check, after):
        call = "migrations.RunPython(seed), migrations.RunPython(migrations.RunPython.noop),"
        check(squash(), earlier=[ORDER, data(ADD + call + after)], only=self.only)

    def test_a_squash_that_is_not_complete_is_silent(self, check):
        check(
            squash(operations=f"*imported.more(), {ORDER}"),
            earlier=[ORDER, data(ADD + "migrations.RunPython(seed),")],
            only=self.only,
        )

    def test_a_doubtful_model_is_not_compared(self, check):
        custom = "imported.Change(model_name='order'),"
        check(
            squash(operations=ORDER + custom, functions="import imported"),
            earlier=[ORDER, ADD],
            only=self.only,
        )

    def test_a_column_that_has_become_a_table_is_reported(self, check):
        other = FULL.replace(
            "models.CharField(max_length=10, null=True)", "models.ManyToManyField('shop.order')"
        )
        check(
            squash("DJM704 order differs in field status: a column, or a table", operations=other),
            earlier=[ORDER, ADD],
            only=self.only,
        )

    def test_a_relation_whose_model_a_setting_decides_is_not_compared(self, check):
        field = "models.ForeignKey({}, models.CASCADE, null=True)"
        add = ADD.replace("models.CharField(max_length=10, null=True)", "{}")
        check(
            squash(
                operations=FULL.replace(
                    "models.CharField(max_length=10, null=True)",
                    field.format("settings.SHOP_MODEL"),
                ),
                functions="from django.conf import settings",
            ),
            earlier=[ORDER, add.format(field.format("'shop.order'"))],
            only=self.only,
        )

    def test_a_seed_that_is_not_called_is_reported(self, check):
        check(
            squash("DJM704 0002_earlier.seed creates rows and is not called"),
            earlier=[ORDER, data(ADD + "migrations.RunPython(seed),")],
            only=self.only,
        )
