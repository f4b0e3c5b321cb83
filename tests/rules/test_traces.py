"""DJM815 and DJM816: what a change of the state alone leaves in the database."""

from __future__ import annotations

import pytest

ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("note", models.TextField(null=True)),
        ("tags", models.ManyToManyField("shop.order")),
    ],
),
"""


def state(*operations):
    lines = "\n".join(operations)
    return f"migrations.SeparateDatabaseAndState(state_operations=[\n{lines}\n]),"


class TestStaleContentType:
    only = "DJM815"
    rename = "migrations.RenameModel('Order', 'Sale'),"
    told = rename + "  # DJM815 shop.order becomes Sale in the state alone"

    @pytest.mark.parametrize(
        "operations",
        [rename, state("migrations.RenameModel('Order', 'ORDER'),"), state()],
    )
    def test_a_rename_at_the_top_or_of_nothing_is_silent(self, check, operations):
        check(operations, earlier=[ORDER], only=self.only)

    def test_a_model_that_is_not_there_is_silent(self, check):
        check(state(self.rename), only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunPython(imported.work),",
            "migrations.RunSQL('UPDATE django_content_type SET model = 1'),",
            "migrations.RunSQL(imported.sql),",
            "imported.Operation(),",
        ],
    )
    def test_what_may_rename_the_content_type_is_trusted(self, check, beside):
        check(state(self.rename) + beside, earlier=[ORDER], only=self.only)

    def test_a_function_that_asks_for_content_types_is_trusted(self, check):
        source = (
            "from django.db import migrations\n\n\n"
            "def work(apps, schema_editor):\n"
            "    apps.get_model('{model}').objects.filter(pk=1).update(model='sale')\n\n\n"
            "class Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0001_earlier')]\n"
            "    operations = [\n        migrations.RunPython(work),\n        {nested}\n    ]\n"
        )
        trusted = source.format(model="contenttypes.ContentType", nested=state(self.rename))
        check(trusted, earlier=[ORDER], only=self.only)
        other = source.format(model="shop.Order", nested=state(self.told))
        check(other, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunSQL('ALTER TABLE shop_order RENAME TO shop_sale'),",
            "migrations.RunPython(migrations.RunPython.noop),",
        ],
    )
    def test_a_rename_in_the_state_alone_is_told(self, check, beside):
        check(beside + state(self.told), earlier=[ORDER], only=self.only)


class TestNeverDropped:
    only = "DJM816"
    remove = "migrations.RemoveField('order', 'note'),"
    told = remove + "  # DJM816 column shop_order.note has left the state"

    def check_before(self, check, operations, later, before=ORDER):
        """The migration with another one after it on disk."""
        head = (
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        )
        source = (
            head
            + f"    dependencies = [('shop', '0001_earlier')]\n    operations = [{operations}]\n"
        )
        after = (
            head + f"    dependencies = [('shop', '0002_checked')]\n    operations = [{later}]\n"
        )
        files = {"shop/migrations/0003_later.py": after}
        check(source, earlier=[before], files=files, only=self.only)

    def test_the_last_migration_is_silent(self, check):
        check(state(self.remove), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("operations", "later"),
        [
            (remove, ""),
            (state(remove), "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN note')"),
            (state(remove), "migrations.RunSQL(imported.sql)"),
            (state(remove), "migrations.RunPython(imported.work)"),
            (state(remove), "imported.Operation()"),
            (state(remove) + "migrations.RunSQL('ALTER TABLE shop_order DROP note'),", ""),
            (state("migrations.RemoveField('order', 'tags'),"), ""),
            (state("migrations.RemoveField('order', 'other'),"), ""),
            (state("migrations.RemoveField('other', 'note'),"), ""),
            (state("migrations.AddField('order', 'x', models.IntegerField()),"), ""),
            (state(remove, "migrations.DeleteModel('Order'),"), ""),
            (
                state(
                    remove,
                    "migrations.AddField('order', 'x', models.TextField(db_column='note')),",
                ),
                "",
            ),
        ],
    )
    def test_a_column_that_goes_or_stays_in_use_is_silent(self, check, operations, later):
        self.check_before(check, operations, later)

    def test_a_column_whose_name_is_not_known_is_silent(self, check):
        unread = ORDER.replace("null=True", "db_column=imported.name")
        self.check_before(check, state(self.remove), "", unread)

    def test_a_column_that_nothing_drops_is_told(self, check):
        later = "migrations.AddField('order', 'x', models.IntegerField(null=True))"
        self.check_before(check, state(self.told), later)
