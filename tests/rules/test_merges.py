"""DJM610: what two joined branches both change."""

from __future__ import annotations

import pytest

BASE = """
migrations.CreateModel("Order", [
    ("id", models.BigAutoField(primary_key=True)),
    ("total", models.IntegerField()),
    ("note", models.TextField(null=True)),
    ("sku", models.CharField(max_length=20)),
]),
migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))]),
"""

MODULE = """
from django.db import migrations, models


class Migration(migrations.Migration):{mark}
    dependencies = [{dependencies}]
    operations = [
        {operations}
    ]
"""


def module(operations, *parents, mark=""):
    dependencies = ", ".join(f'("shop", "{parent}")' for parent in parents)
    return MODULE.format(operations=operations, dependencies=dependencies, mark=mark)


@pytest.fixture
def merge(check):
    """Check a merge of two branches that begin after the same first migration."""

    def verb(one, other, what="", operations="", more=()):
        mark = f"  # DJM610 both change {what}:" if what else ""
        check(
            module(operations, "one", "0001_two", mark=mark),
            files={
                "shop/migrations/0000_base.py": module(BASE),
                "shop/migrations/one.py": module(one, "0000_base"),
                "shop/migrations/0001_two.py": module(other, "0000_base"),
                **dict(more),
            },
            only="DJM610",
        )

    return verb


ALTER_TOTAL = 'migrations.AlterField("order", "total", models.{}),'
ADD = 'migrations.AddField("{}", "{}", models.TextField(null=True)),'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        (ADD.format("order", "memo"), ADD.format("order", "hint")),
        (ADD.format("order", "memo"), ADD.format("line", "memo")),
        ('migrations.DeleteModel("Line"),', ADD.format("order", "memo")),
        # the same definition twice
        (ALTER_TOTAL.format("BigIntegerField()"), ALTER_TOTAL.format("BigIntegerField()")),
        # what the database never sees
        (
            ALTER_TOTAL.format('BigIntegerField(help_text="In cents")'),
            ALTER_TOTAL.format('BigIntegerField(verbose_name="sum")'),
        ),
        (
            'migrations.AlterModelOptions("order", {"ordering": ["total"]}),',
            'migrations.AlterModelOptions("order", {"verbose_name": "order"}),',
        ),
        (
            'migrations.AlterUniqueTogether("order", {("sku", "total")}),',
            'migrations.AlterUniqueTogether("order", {("sku", "total")}),',
        ),
        # a table of its own, or nothing that is known
        (
            ALTER_TOTAL.format("ManyToManyField(to='shop.line')"),
            ALTER_TOTAL.format("ManyToManyField(to='shop.Line')"),
        ),
        (
            'migrations.AlterField("order", "total", unread()),',
            ALTER_TOTAL.format("BigIntegerField()"),
        ),
        # models that are not there
        (
            'migrations.AlterField("basket", "total", models.IntegerField()),',
            'migrations.AlterField("basket", "total", models.TextField()),',
        ),
        # what stands in for the other side of SeparateDatabaseAndState is written with care
        (
            "migrations.SeparateDatabaseAndState([], [" + ADD.format("order", "memo") + "]),",
            ADD.format("order", "memo"),
        ),
        # names that cannot be read
        (
            'migrations.AddIndex("order", models.Index(fields=["sku"], name=unread)),',
            'migrations.AddIndex("order", models.Index(fields=["sku"], name=unread)),',
        ),
        (
            'migrations.AddConstraint("order", models.UniqueConstraint(fields=["sku"], name=x)),',
            'migrations.AddConstraint("order", models.UniqueConstraint(fields=["sku"], name=x)),',
        ),
        (
            'migrations.AlterUniqueTogether("order", unread),',
            'migrations.AlterUniqueTogether("order", {("sku", "total")}),',
        ),
    ],
)
def test_branches_with_nothing_in_common_are_silent(merge, one, other):
    merge(one, other)


def test_a_line_is_no_merge(check):
    check(
        ALTER_TOTAL.format("BigIntegerField()"),
        earlier=[BASE, ALTER_TOTAL.format("TextField()")],
        only="DJM610",
    )


def test_a_parent_behind_the_other_is_no_branch(check):
    check(
        module("", "0001_earlier", "0002_earlier"),
        earlier=[BASE, ALTER_TOTAL.format("TextField()")],
        only="DJM610",
    )


def test_what_both_have_from_before_is_silent(check):
    first = ALTER_TOTAL.format("BigIntegerField()")
    check(
        module("", "one", "two"),
        files={
            "shop/migrations/0000_base.py": module(BASE),
            "shop/migrations/0001_total.py": module(first, "0000_base"),
            "shop/migrations/one.py": module("", "0001_total"),
            "shop/migrations/two.py": module("", "0001_total"),
        },
        only="DJM610",
    )


def test_a_merge_that_settles_it_is_silent(merge):
    merge(
        ALTER_TOTAL.format("BigIntegerField()"),
        ALTER_TOTAL.format("TextField()"),
        operations=ALTER_TOTAL.format("BigIntegerField()"),
    )


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (
            ALTER_TOTAL.format("BigIntegerField()"),
            ALTER_TOTAL.format("IntegerField(null=True)"),
            "order.total",
        ),
        (
            ALTER_TOTAL.format("BigIntegerField()"),
            'migrations.RemoveField("Order", "total"),',
            "order.total",
        ),
        (
            ALTER_TOTAL.format("BigIntegerField()"),
            'migrations.RenameField("order", "total", "sum"),',
            "order.total",
        ),
        (ADD.format("order", "memo"), ADD.format("Order", "memo"), "order.memo"),
        (
            'migrations.RemoveField("order", "note"),',
            'migrations.RemoveField("order", "note"),',
            "order.note",
        ),
        ('migrations.DeleteModel("Order"),', ADD.format("order", "memo"), "order.memo"),
        (ADD.format("order", "memo"), 'migrations.RenameModel("Order", "Sale"),', "order.memo"),
        ('migrations.DeleteModel("Line"),', 'migrations.DeleteModel("line"),', "line"),
        (
            'migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),',
            'migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),',
            "tag",
        ),
        (
            'migrations.AddIndex("order", models.Index(fields=["sku"], name="sku_idx")),',
            'migrations.AddIndex("order", models.Index(fields=["total"], name="sku_idx")),',
            "order.sku_idx",
        ),
        (
            'migrations.RemoveIndex("order", "sku_idx"),',
            'migrations.RenameIndex("order", new_name="sku_i", old_name="sku_idx"),',
            "order.sku_idx",
        ),
        (
            'migrations.AddConstraint("order", models.UniqueConstraint(fields=["sku"], name="x")),',
            'migrations.RemoveConstraint("order", "x"),',
            "order.x",
        ),
        (
            'migrations.AlterUniqueTogether("order", {("sku", "total")}),',
            'migrations.AlterUniqueTogether("order", {("sku", "note")}),',
            "order.unique_together",
        ),
        (
            'migrations.AlterIndexTogether("order", {("sku", "total")}),',
            'migrations.AlterIndexTogether("order", set()),',
            "order.index_together",
        ),
        (
            'migrations.AlterModelTable("order", "orders"),',
            'migrations.AlterModelTable("order", "sales"),',
            "order.db_table",
        ),
        (
            'migrations.AlterOrderWithRespectTo("order", "line"),',
            'migrations.AlterOrderWithRespectTo("order", None),',
            "order.order_with_respect_to",
        ),
    ],
)
def test_what_both_branches_change_is_reported(merge, one, other, what):
    merge(one, other, what)
    merge(other, one, what)


def test_of_three_branches_each_pair_is_looked_at(merge, check):
    check(
        module("", "one", "two", "three", mark="  # DJM610 one and two both change order.total"),
        files={
            "shop/migrations/0000_base.py": module(BASE),
            "shop/migrations/one.py": module(ALTER_TOTAL.format("BigIntegerField()"), "0000_base"),
            "shop/migrations/two.py": module(ALTER_TOTAL.format("TextField()"), "0000_base"),
            "shop/migrations/three.py": module(ADD.format("line", "memo"), "0000_base"),
        },
        only="DJM610",
    )
