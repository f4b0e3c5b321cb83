"""DJM308: models that lose their rows on the way from one app to another."""

from __future__ import annotations

import pytest

ONLY = "DJM308"
FIELDS = "[('id', models.BigAutoField(primary_key=True)), ('total', models.IntegerField())]"
CREATE = f"migrations.CreateModel('Order', {FIELDS})"
DELETE = "migrations.DeleteModel('Order')"
MODULE = """
from django.db import migrations, models


def work(apps, schema_editor):
    {body}


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = [{operations}]
"""


def module(operations, *dependencies, body="pass"):
    return MODULE.format(
        operations=f"\n        {operations},\n    ",
        dependencies=", ".join(map(repr, dependencies)),
        body=body,
    )


def in_state(operation):
    return f"migrations.SeparateDatabaseAndState(state_operations=[{operation}])"


class TestDeletedAfterwards:
    """The new app's table is there, empty, before the old one goes."""

    after = (("shop", "0001_earlier"), ("sales", "0001_initial"))
    earlier = (f"{CREATE},",)

    def files(self, operations=CREATE, **body):
        return {"sales/migrations/0001_initial.py": module(operations, **body)}

    @pytest.mark.parametrize(
        "created",
        [
            in_state(CREATE),
            CREATE.replace("Order", "Sale"),
            CREATE.replace("total", "amount"),
            CREATE.replace("IntegerField", "TextField"),
            CREATE[:-1] + ", options={'managed': False})",
            CREATE[:-1] + ", options={'proxy': True})",
        ],
    )
    def test_another_model_or_none_in_the_database_is_silent(self, check, created):
        checked = module(DELETE, *self.after)
        check(checked, earlier=self.earlier, files=self.files(created), only=ONLY)

    def test_the_state_alone_may_lose_it(self, check):
        checked = module(in_state(DELETE), *self.after)
        check(checked, earlier=self.earlier, files=self.files(), only=ONLY)

    def test_an_app_that_nothing_leads_to_is_not_looked_at(self, check):
        checked = module(DELETE, ("shop", "0001_earlier"))
        check(checked, earlier=self.earlier, files=self.files(), only=ONLY)

    def test_an_app_that_is_not_on_disk_is_silent(self, check):
        check(module(DELETE, *self.after), earlier=self.earlier, only=ONLY)

    @pytest.mark.parametrize(
        ("copy", "body"),
        [
            ("migrations.RunSQL('INSERT INTO sales_order SELECT * FROM shop_order')", "pass"),
            ("migrations.RunPython(work)", "apps.get_model('sales', 'Order').objects.create()"),
            ("migrations.RunPython(imported.work)", "pass"),
        ],
    )
    def test_rows_that_may_be_copied_are_silent(self, check, copy, body):
        checked = module(f"{copy}, {DELETE}", *self.after, body=body)
        check(checked, earlier=self.earlier, files=self.files(), only=ONLY)
        copied = self.files(f"{CREATE}, {copy}", body=body)
        check(module(DELETE, *self.after), earlier=self.earlier, files=copied, only=ONLY)

    def test_a_new_table_is_silent(self, check):
        checked = module(f"{CREATE}, {DELETE}", ("sales", "0001_initial"))
        check(checked, files=self.files(), only=ONLY)

    def test_a_table_that_is_not_django_s_is_silent(self, check):
        unmanaged = f"{CREATE[:-1]}, options={{'managed': False}}),"
        checked = module(DELETE, *self.after)
        check(checked, earlier=[unmanaged], files=self.files(), only=ONLY)

    def test_the_rows_go_with_the_old_table(self, check):
        marked = f"{DELETE},  # DJM308 shop.order is dropped with its rows and sales.order begins\n"
        checked = module(marked, *self.after).replace("\n,", "\n")
        check(checked, earlier=self.earlier, files=self.files(), only=ONLY)

    def test_the_dropped_table_is_not_told_twice(self, check):
        checked = module(DELETE, *self.after)
        check(checked, earlier=self.earlier, files=self.files(), only="DJM306")


class TestCreatedAfterwards:
    """The old app's table is gone before the new one is made."""

    after = (("shop", "0002_delete"),)

    def files(self, delete=DELETE, create=CREATE, **body):
        return {
            "shop/migrations/0001_initial.py": module(create),
            "shop/migrations/0002_delete.py": module(delete, ("shop", "0001_initial"), **body),
        }

    def verb(self, check, operations, **files):
        checked = module(operations, *self.after).replace("\n,", "\n")
        check(checked, app="sales", files=self.files(**files), only=ONLY)

    @pytest.mark.parametrize(
        "files",
        [
            {"delete": in_state(DELETE)},
            {"delete": "migrations.RunSQL('SELECT 1')"},
            {"create": CREATE.replace("total", "amount")},
            {"create": CREATE[:-1] + ", options={'managed': False})"},
            {"create": "imported.Operation()"},
            {"delete": DELETE.replace("Order", "Line")},
            {"delete": f"migrations.RunSQL('SELECT * INTO kept FROM shop_order'), {DELETE}"},
            {
                "delete": f"migrations.RunPython(work), {DELETE}",
                "body": "dump(apps.get_model('shop', 'Order'))",
            },
        ],
    )
    def test_what_was_not_deleted_or_is_kept_is_silent(self, check, files):
        self.verb(check, CREATE, **files)

    def test_the_state_alone_may_gain_it(self, check):
        self.verb(check, in_state(CREATE))

    def test_another_model_is_silent(self, check):
        self.verb(check, CREATE.replace("Order", "Sale"))

    def test_the_new_table_begins_empty(self, check):
        marked = f"{CREATE},  # DJM308 shop.order is dropped with its rows and sales.order begins\n"
        self.verb(check, marked)

    def test_an_operation_in_front_of_the_deletion_counts(self, check):
        rename = "migrations.RenameField('order', 'amount', 'total')"
        files = {"create": CREATE.replace("total", "amount"), "delete": f"{rename}, {DELETE}"}
        self.verb(check, f"{CREATE},  # DJM308\n", **files)
