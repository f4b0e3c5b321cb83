"""DJM311 to DJM314: rows emptied, filled and refused."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField(null=True)),
        (
            "customer",
            models.ForeignKey("shop.customer", models.CASCADE, null=True, db_constraint=False),
        ),
    ],
),
"""
LINE = """
migrations.CreateModel(
    "Line",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("order", models.ForeignKey("shop.order", models.CASCADE)),
        ("parent", models.ForeignKey("self", models.CASCADE)),
    ],
),
migrations.CreateModel(
    "Part",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("line", models.ForeignKey("shop.line", models.CASCADE)),
    ],
),
"""
EMPTY = Options(table_rows={"shop_order": 0})


class TestEmptiedTable:
    only = "DJM311"

    def truncate(self, text="TRUNCATE shop_order", mark=""):
        return f"migrations.RunSQL({text!r}),{mark}"

    def test_a_new_or_empty_table_is_silent(self, check):
        check(ORDER + self.truncate(), only=self.only)
        check(self.truncate(), earlier=[ORDER], options=EMPTY, only=self.only)

    def test_rows_deleted_by_a_condition_are_silent(self, check):
        check(self.truncate("DELETE FROM shop_order WHERE id = 1"), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("TRUNCATE shop_order", "TRUNCATE empties shop_order: confirm"),
            ("TRUNCATE TABLE other", "TRUNCATE empties other: confirm"),
            ("TRUNCATE shop_order CASCADE", "empties shop_order and shop_line and 1 more"),
            ("TRUNCATE shop_line CASCADE", "empties shop_line and shop_part: confirm"),
        ],
    )
    def test_a_table_in_use_is_told_with_those_that_go_with_it(self, check, text, words):
        mark = f"  # DJM311 {words}"
        check(self.truncate(text, mark), earlier=[ORDER + LINE], only=self.only)


class TestInventedValue:
    only = "DJM312"
    mysql = Options(databases=(parse_database("mysql:8.0"),))

    def add(self, field, mark=""):
        return f"migrations.AddField('order', 'x', models.{field}),{mark}"

    @pytest.mark.parametrize(
        "field",
        [
            "IntegerField(null=True)",
            "IntegerField(default=0)",
            "IntegerField(db_default=0)",
            "CharField(max_length=9, default='')",
            "DateField()",
            "IntegerField(unique=True)",
            "ForeignKey('shop.customer', models.CASCADE)",
            "ManyToManyField('shop.customer')",
        ],
    )
    def test_a_value_that_is_said_or_refused_is_silent(self, check, field):
        check(self.add(field), earlier=[ORDER], options=self.mysql, only=self.only)

    def test_sql_is_for_its_author_to_know(self, check):
        added = "migrations.RunSQL('ALTER TABLE other ADD COLUMN x int NOT NULL'),"
        check(added, earlier=[ORDER], options=self.mysql, only=self.only)

    def test_a_new_or_empty_table_is_silent(self, check):
        check(ORDER + self.add("IntegerField()"), options=self.mysql, only=self.only)
        options = Options(databases=self.mysql.databases, table_rows={"shop_order": 0})
        check(self.add("IntegerField()"), earlier=[ORDER], options=options, only=self.only)

    def test_postgresql_refuses_instead(self, check):
        check(self.add("IntegerField()"), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("vendor", ["mysql:8.0", "mariadb:10.11"])
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("IntegerField()", "0"),
            ("BooleanField()", "0"),
            ("DecimalField(max_digits=5, decimal_places=2)", "0"),
            ("CharField(max_length=9)", "''"),
        ],
    )
    def test_what_the_rows_get_is_told(self, check, vendor, field, value):
        options = Options(databases=(parse_database(vendor),))
        mark = f"  # DJM312 shop.order.x is NOT NULL without a default: every row gets {value}"
        check(self.add(field, mark), earlier=[ORDER], options=options, only=self.only)


class TestOverwrittenNulls:
    only = "DJM313"

    def alter(self, field, mark=""):
        return f"migrations.AlterField('order', 'total', models.{field}),{mark}"

    @pytest.mark.parametrize(
        "field",
        ["IntegerField()", "IntegerField(null=True, default=0)", "BigIntegerField(null=True)"],
    )
    def test_nulls_that_stay_are_silent(self, check, field):
        check(self.alter(field), earlier=[ORDER], only=self.only)

    def test_other_updates_are_none_of_its_business(self, check):
        update = "migrations.RunSQL('UPDATE shop_order SET total = 0 WHERE total IS NULL'),"
        check(update, earlier=[ORDER], only=self.only)

    def test_a_new_or_empty_table_or_a_new_column_is_silent(self, check):
        check(ORDER + self.alter("IntegerField(default=0)"), only=self.only)
        altered = self.alter("IntegerField(default=0)")
        check(altered, earlier=[ORDER], options=EMPTY, only=self.only)
        added = "migrations.AddField('order', 'x', models.IntegerField(null=True)),"
        check(added + altered.replace("total", "x"), earlier=[ORDER], only=self.only)

    def test_nulls_that_a_migration_before_has_filled_are_silent(self, check):
        fill = "migrations.RunSQL('UPDATE shop_order SET total = 1 WHERE total IS NULL'),"
        check(self.alter("IntegerField(default=0)"), earlier=[ORDER, fill], only=self.only)
        check(fill + self.alter("IntegerField(default=0)"), earlier=[ORDER], only=self.only)

    def test_nulls_that_get_the_default_are_told(self, check):
        mark = "  # DJM313 over every NULL of shop.order.total"
        check(self.alter("IntegerField(default=0)", mark), earlier=[ORDER], only=self.only)


class TestUnprovenConstraint:
    only = "DJM314"
    unique = "models.UniqueConstraint(fields=['code'], name='u')"

    def add(self, constraint, mark=""):
        return f"migrations.AddConstraint({mark}\n'order', {constraint}),"

    def test_a_new_or_empty_table_or_a_new_column_is_silent(self, check):
        check(ORDER + self.add(self.unique), only=self.only)
        check(self.add(self.unique), earlier=[ORDER], options=EMPTY, only=self.only)
        added = "migrations.AddField('order', 'x', models.CharField(max_length=9, null=True)),"
        unique = self.unique.replace("code", "x")
        check(added + self.add(unique), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.RunSQL('DELETE FROM shop_order WHERE code = 1'),",
            "migrations.RunPython(imported.work),",
        ],
    )
    def test_rows_that_were_seen_to_are_silent(self, check, before):
        check(before + self.add(self.unique), earlier=[ORDER], only=self.only)
        check(self.add(self.unique), earlier=[ORDER, before], only=self.only)

    def test_rows_that_are_deleted_here_are_silent(self, check):
        emptied = "migrations.RunSQL('DELETE FROM shop_order'),"
        check(emptied + self.add(self.unique), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.AddIndex('order', models.Index(fields=['code'], name='i')),",
            "migrations.AlterField('order', 'total', models.PositiveIntegerField(null=True)),",
            (
                "migrations.AlterField('order', 'customer', "
                "models.ForeignKey('shop.customer', models.CASCADE, db_constraint=False)),"
            ),
            "migrations.RunSQL('CREATE UNIQUE INDEX i ON shop_order (code)'),",
            "migrations.AddField('order', 'x', models.PositiveIntegerField(default=0)),",
            (
                "migrations.AddConstraint('order', models.UniqueConstraint("
                "models.functions.Lower('code'), name='u')),"
            ),
        ],
    )
    def test_what_refuses_no_row_or_says_too_little_is_silent(self, check, operation):
        check(operation, earlier=[ORDER], only=self.only)

    def test_a_key_that_is_dropped_and_put_back_is_silent(self, check):
        altered = "migrations.AlterField('order', 'id', models.UUIDField(primary_key=True)),"
        check(altered, earlier=[ORDER + LINE], only=self.only)
        again = (
            "migrations.AlterField('line', 'order', "
            "models.OneToOneField('shop.order', models.CASCADE, db_index=False)),"
        )
        mark = "  # DJM314 add unique constraint on shop_line (order_id)"
        check(again + mark, earlier=[ORDER + LINE], only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.AlterUniqueTogether('order', {('code',)}),",
            "migrations.AlterField('order', 'code', models.CharField(max_length=20, unique=True)),",
            (
                "migrations.AddConstraint('order', "
                "models.UniqueConstraint(fields=['code'], name='v')),"
            ),
        ],
    )
    def test_rows_that_obeyed_it_before_are_silent(self, check, before):
        check(self.add(self.unique), earlier=[ORDER, before], only=self.only)
        wider = self.unique.replace("['code']", "['code', 'total']")
        gone = "migrations.AlterUniqueTogether('order', set()),"
        check(gone + self.add(wider), earlier=[ORDER, before], only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.AlterUniqueTogether('order', imported.groups),",
            (
                "migrations.AddConstraint('order', models.UniqueConstraint(fields=['code'], "
                "condition=models.Q(total=1), name='v')),"
            ),
            (
                "migrations.AddConstraint('order', models.UniqueConstraint(fields=['code', 'total'], "
                "name='v')),"
            ),
            (
                "migrations.AddConstraint('order', "
                "models.UniqueConstraint(models.functions.Lower('code'), name='v')),"
            ),
        ],
    )
    def test_rows_that_obeyed_less_are_told(self, check, before):
        told = self.add(self.unique, "  # DJM314 shop_order (code)")
        check(told, earlier=[ORDER, before], only=self.only)

    def test_a_key_whose_field_is_renamed_is_silent(self, check):
        renamed = "migrations.RenameField('line', 'order', 'sale'),"
        check(renamed, earlier=[ORDER + LINE], only=self.only)

    def test_a_key_that_another_operation_has_let_go_is_silent(self, check):
        line = "migrations.AlterField('line', 'order', models.{}),"
        loose = line.format("ForeignKey('shop.order', models.CASCADE, db_constraint=False)")
        back = line.format("ForeignKey('shop.order', models.CASCADE)")
        check(loose + back, earlier=[ORDER + LINE], only=self.only)

    def test_a_model_that_has_its_table_from_here_is_told(self, check):
        renamed = "migrations.AlterModelTable('order', 'sales'),"
        told = self.add(self.unique, "  # DJM314 sales (code)")
        check(f"{renamed}\n{told}", earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("constraint", "words"),
        [
            (unique, "add unique constraint on shop_order (code) fails on rows that are equal"),
            (
                "models.UniqueConstraint(fields=['code', 'total'], name='u')",
                "on shop_order (code, total) fails on rows that are equal",
            ),
            (
                "models.UniqueConstraint(fields=['code'], condition=models.Q(total=1), name='u')",
                "create index on shop_order (code) fails on rows that are equal",
            ),
            (
                "models.CheckConstraint(condition=models.Q(total__gt=0), name='c')",
                "add check constraint on shop_order (total) fails on rows that break it",
            ),
        ],
    )
    def test_rows_that_nobody_looked_at_are_told(self, check, constraint, words):
        check(self.add(constraint, f"  # DJM314 {words}"), earlier=[ORDER], only=self.only)

    def test_a_key_that_was_not_checked_before_is_told(self, check):
        altered = (
            "migrations.AlterField(  # DJM314 shop_order (customer_id) fails on rows that point at\n"
            "'order', 'customer', models.ForeignKey('shop.customer', models.CASCADE, null=True)),"
        )
        check(altered, earlier=[ORDER], only=self.only)
