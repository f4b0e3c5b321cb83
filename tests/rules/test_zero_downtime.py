"""9xx: the code that is running now keeps working."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_migrations.options import Options, parse_databases

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
        ("note", models.TextField(null=True)),
        ("lines", models.ManyToManyField("shop.order")),
    ],
),
"""
STATUS = "models.CharField(max_length=10)"
NULLABLE = "models.CharField(max_length=10, null=True)"
LINE = "migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True))]),"


def add(field, name="status", model="order", mark=""):
    return f"migrations.AddField('{model}', '{name}', {field}),{mark and '  # ' + mark}\n"


def alter(field, name="status", model="order", mark=""):
    return add(field, name, model, mark).replace("AddField", "AlterField")


def remove(name="note", model="order", mark=""):
    return f"migrations.RemoveField('{model}', '{name}'),{mark and '  # ' + mark}\n"


def sql(text, mark="", state=""):
    return f'migrations.RunSQL("{text}", None, [{state}]),{mark and "  # " + mark}\n'


def state(*operations):
    return f"migrations.SeparateDatabaseAndState(state_operations=[\n{''.join(operations)}]),\n"


@pytest.fixture
def shipped(tmp_path):
    """Options under which these migrations of the app have shipped."""

    def verb(*names):
        folder = Path(tmp_path, "shop", "migrations").resolve()
        return Options(shipped=frozenset(folder / f"{name}.py" for name in names))

    return verb


FIRST = "0001_earlier"


class TestRequiredColumn:
    only = "DJM901"

    @pytest.mark.parametrize(
        "field",
        [
            NULLABLE,
            "models.CharField(max_length=10, null=True, default='new')",
            "models.CharField(max_length=10, db_default='new')",
            "models.CharField(max_length=10, db_default='new', default='old')",
            "models.ManyToManyField('shop.order')",
            (
                "models.GeneratedField(expression=models.F('total'), "
                "output_field=models.IntegerField(), db_persist=True)"
            ),
            "models.NullBooleanField()",
            "models.BigAutoField(primary_key=True)",
            "imported.ColourField(max_length=10)",
            "django.contrib.contenttypes.fields.GenericRelation('shop.order')",
        ],
    )
    def test_a_column_that_may_be_left_out_is_silent(self, check, field):
        check(add(field), earlier=[ORDER], only=self.only)

    def test_a_table_made_here_or_in_the_initial_run_is_silent(self, check):
        check(LINE + add(STATUS, model="line"), earlier=[ORDER], only=self.only)
        check(add(STATUS), earlier=[ORDER], only=self.only, initial=True)

    def test_a_table_that_is_pending_is_silent(self, check, shipped):
        check(
            add(STATUS, model="line"), earlier=[ORDER, LINE], options=shipped(FIRST), only=self.only
        )

    def test_a_table_that_is_not_djangos_is_silent(self, check):
        unmanaged = LINE.replace("]),", "], options={'managed': False}),")
        check(add(STATUS, model="line"), earlier=[unmanaged], only=self.only)

    def test_a_state_alone_is_silent(self, check):
        check(state(add(STATUS)), earlier=[ORDER], only=self.only)

    def test_a_model_that_is_not_known_is_silent(self, check):
        check(add(STATUS, model="ghost"), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "text",
        [
            "ALTER TABLE shop_order ADD COLUMN status text",
            "ALTER TABLE shop_order ADD COLUMN status text NULL DEFAULT 'new'",
            "ALTER TABLE shop_order ADD COLUMN status text NOT NULL DEFAULT 'new'",
            "ALTER TABLE shop_order ALTER COLUMN note DROP DEFAULT",
        ],
    )
    def test_sql_that_leaves_a_default_or_null_is_silent(self, check, text):
        check(sql(text), earlier=[ORDER], only=self.only)

    def test_sql_on_a_table_made_here_is_silent(self, check):
        text = "ALTER TABLE shop_line ADD COLUMN status text NOT NULL"
        check(LINE + sql(text), earlier=[ORDER], only=self.only)

    def test_an_order_that_is_given_up_is_silent(self, check):
        ordered = ORDER + "migrations.AlterOrderWithRespectTo('order', 'total'),"
        check(
            "migrations.AlterOrderWithRespectTo('order', None),", earlier=[ordered], only=self.only
        )

    def test_a_column_that_the_rows_refuse_is_told_once(self, check):
        unique = "models.CharField(max_length=10, default='new', unique=True)"
        text = "ALTER TABLE shop_order ADD COLUMN status text NOT NULL"
        for given in (add(STATUS), add(unique), sql(text)):
            check(given, earlier=[ORDER], only=self.only)
            refused = given.rstrip() + "  # DJM310"
            check(refused, earlier=[ORDER], only="DJM310")

    def test_a_column_that_mysql_fills_by_itself_is_reported(self, check):
        options = Options(databases=parse_databases("mysql:8.0"))
        check(add(STATUS, mark="DJM901"), earlier=[ORDER], only=self.only, options=options)

    @pytest.mark.parametrize(
        "field",
        [
            "models.CharField(max_length=10, default='new')",
            "models.CharField(max_length=10, blank=True)",
            "models.DateTimeField(auto_now_add=True)",
            "models.ForeignKey('shop.order', models.CASCADE, default=1)",
            "models.BooleanField(default=False)",
        ],
    )
    def test_a_column_that_only_new_code_fills_is_reported(self, check, field):
        mark = "DJM901 new column shop.order.status is NOT NULL"
        check(add(field, mark=mark), earlier=[ORDER], only=self.only)

    def test_the_remedy_is_one_that_django_and_the_rows_allow(self, check):
        default = "models.CharField(max_length=10, default='new')"
        once = default + ", preserve_default=False"
        for field in (once, "models.UUIDField(default=uuid.uuid4)"):
            mark = "DJM901 running code cannot insert; add it with null=True first"
            check(add(field, mark=mark), earlier=[ORDER], only=self.only)
        given = add(default, mark="DJM901 running code cannot insert; give it a db_default")
        check(given, earlier=[ORDER], only=self.only)
        nullable = add(default, mark="DJM901 null=True first")
        check(nullable, earlier=[ORDER], only=self.only, options=Options(django=(4, 2)))

    def test_it_is_reported_on_the_database_side_of_a_split_too(self, check):
        given = add("models.BooleanField(default=False)", mark="DJM901")
        split = f"migrations.SeparateDatabaseAndState([\n{given}]),"
        check(split, earlier=[ORDER], only=self.only)

    def test_the_hidden_column_of_an_order_is_reported(self, check):
        check(
            "migrations.AlterOrderWithRespectTo('order', 'total'),  # DJM901 shop.order._order",
            earlier=[ORDER],
            only=self.only,
        )

    def test_sql_that_takes_its_default_back_is_reported(self, check):
        text = "ALTER TABLE shop_order ADD COLUMN status text NOT NULL DEFAULT 'new'"
        drop = "ALTER TABLE shop_order ALTER COLUMN status DROP DEFAULT"
        check(sql(text, "DJM901 shop_order.status") + sql(drop), earlier=[ORDER], only=self.only)


class TestThreeStepsAtOnce:
    only = "DJM902"

    def test_each_migration_is_a_deploy_where_nobody_says_otherwise(self, check):
        check(alter(STATUS), earlier=[ORDER, add(NULLABLE)], only=self.only)

    def test_a_column_that_has_shipped_may_become_required(self, check, shipped):
        options = shipped(FIRST, "0002_earlier")
        check(alter(STATUS), earlier=[ORDER, add(NULLABLE)], options=options, only=self.only)

    @pytest.mark.parametrize(
        "change",
        [
            alter("models.CharField(max_length=20, null=True)"),
            alter("models.CharField(max_length=10, db_default='new')"),
            alter("models.IntegerField(null=True)", name="total"),
            alter("models.TextField()", name="note"),
            add(STATUS, name="other"),
            "migrations.RunSQL('ALTER TABLE shop_order ALTER COLUMN note SET NOT NULL'),",
            "migrations.RunSQL('ALTER TABLE legacy ALTER COLUMN status SET NOT NULL'),",
            "migrations.RunSQL('ALTER TABLE shop_order ALTER COLUMN legacy SET NOT NULL'),",
        ],
    )
    def test_what_does_not_make_the_new_column_required_is_silent(self, check, shipped, change):
        check(change, earlier=[ORDER, add(NULLABLE)], options=shipped(FIRST), only=self.only)

    def test_a_table_of_the_same_deploy_is_silent(self, check, shipped):
        earlier = [ORDER, LINE, add(NULLABLE, model="line")]
        check(alter(STATUS, model="line"), earlier=earlier, options=shipped(FIRST), only=self.only)

    def test_a_default_of_the_databases_own_is_silent(self, check, shipped):
        default = sql("ALTER TABLE shop_order ALTER COLUMN status SET DEFAULT 'new'")
        earlier = [ORDER, add(NULLABLE)]
        check(default + alter(STATUS), earlier=earlier, options=shipped(FIRST), only=self.only)
        check(alter(STATUS), earlier=[*earlier, default], options=shipped(FIRST), only=self.only)
        earlier = [ORDER, add("models.CharField(max_length=10, null=True, db_default='new')")]
        not_null = sql("ALTER TABLE shop_order ALTER COLUMN status SET NOT NULL")
        check(not_null, earlier=earlier, options=shipped(FIRST), only=self.only)

    @pytest.mark.parametrize(
        "change",
        [
            alter(STATUS, mark="DJM902 shop.order.status is added (0002_earlier)"),
            alter("models.CharField(max_length=10, default='')", mark="DJM902"),
            sql("ALTER TABLE shop_order ALTER COLUMN status SET NOT NULL", mark="DJM902 (0002_ear"),
        ],
    )
    def test_one_pending_set_is_one_deploy(self, check, shipped, change):
        check(change, earlier=[ORDER, add(NULLABLE)], options=shipped(FIRST), only=self.only)

    def test_one_migration_is_one_deploy_in_any_case(self, check):
        check(
            add(NULLABLE) + alter(STATUS, mark="DJM902 status is added (above)"),
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_backfill_in_between_does_not_make_it_two(self, check, shipped):
        fill = """
            from django.db import migrations


            def fill(apps, schema_editor):
                apps.get_model("shop", "Order").objects.filter(pk=1).update(status="")


            class Migration(migrations.Migration):
                dependencies = [("shop", "0002_earlier")]
                operations = [migrations.RunPython(fill)]
        """
        check(
            alter(STATUS, mark="DJM902"),
            earlier=[ORDER, add(NULLABLE), fill],
            options=shipped(FIRST),
            only=self.only,
        )


class TestDroppedInUse:
    only = "DJM903"
    drop = "ALTER TABLE shop_order DROP COLUMN note"

    @pytest.mark.parametrize(
        "operations",
        [
            state(remove()),
            add(NULLABLE) + remove("status"),
            LINE + "migrations.DeleteModel('Line'),",
            LINE + add(NULLABLE, model="line") + remove("status", model="line"),
            sql("ALTER TABLE shop_order DROP COLUMN legacy"),
            sql("DROP TABLE legacy"),
            sql("DROP INDEX by_note"),
            add("models.ManyToManyField('shop.order')", name="friends") + remove("friends"),
        ],
    )
    def test_what_no_running_code_names_is_silent(self, check, operations):
        check(operations, earlier=[ORDER], only=self.only)

    def test_the_second_half_of_a_drop_is_silent(self, check):
        check(sql(self.drop), earlier=[ORDER, state(remove())], only=self.only)

    def test_the_second_half_is_silent_once_the_first_has_shipped(self, check, shipped):
        options = shipped(FIRST, "0002_earlier")
        check(sql(self.drop), earlier=[ORDER, state(remove())], options=options, only=self.only)

    def test_a_column_that_is_pending_is_silent(self, check, shipped):
        check(
            remove("status"), earlier=[ORDER, add(NULLABLE)], options=shipped(FIRST), only=self.only
        )

    def test_a_model_in_doubt_is_silent_for_sql(self, check):
        check(sql(self.drop), earlier=[ORDER + "Unread('x'),"], only=self.only)

    @pytest.mark.parametrize(
        ("operations", "what"),
        [
            (remove(), "shop_order.note"),
            (remove("lines"), "table shop_order_lines"),
            (sql(drop), "shop_order.note"),
            ("migrations.DeleteModel('Order'),\n", "table shop_order is"),
            (sql("DROP TABLE shop_order"), "table shop_order is"),
        ],
    )
    def test_what_running_code_names_is_reported(self, check, operations, what):
        check(operations.replace("\n", f"  # DJM903 {what}\n"), earlier=[ORDER], only=self.only)

    def test_a_model_is_reported_once_with_its_fields_and_tables(self, check):
        check(
            remove()
            + remove("lines").replace("lines", "total")
            + "migrations.DeleteModel('Order'),  # DJM903 table shop_order is dropped",
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_state_that_leaves_in_the_same_migration_does_not_help(self, check):
        check(state(remove()) + sql(self.drop, "DJM903"), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("gone", "text"),
        [(remove(), drop), ("migrations.DeleteModel('Order'),", "DROP TABLE shop_order")],
    )
    def test_a_state_that_leaves_in_the_same_deploy_does_not_help(self, check, shipped, gone, text):
        check(
            sql(text, "DJM903"),
            earlier=[ORDER, state(gone)],
            options=shipped(FIRST),
            only=self.only,
        )


class TestRenamedInUse:
    only = "DJM904"
    pin = alter("models.IntegerField(db_column='total')", name="total")

    @pytest.mark.parametrize(
        "operations",
        [
            pin + "migrations.RenameField('order', 'total', 'sum'),",
            state("migrations.RenameField('order', 'total', 'sum'),"),
            add(NULLABLE) + "migrations.RenameField('order', 'status', 'state'),",
            LINE + "migrations.RenameModel('Line', 'Item'),",
            "migrations.AlterModelTable('order', 'shop_order'),",
            sql("ALTER TABLE shop_order RENAME COLUMN legacy TO older"),
            sql("ALTER TABLE legacy RENAME TO older"),
            sql("ALTER INDEX by_note RENAME TO by_text"),
        ],
    )
    def test_a_name_that_stays_or_that_nobody_uses_is_silent(self, check, operations):
        check(operations, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("operations", "words"),
        [
            (
                "migrations.RenameField('order', 'total', 'sum'),",
                "shop_order.total is renamed to sum",
            ),
            (
                "migrations.RenameModel('Order', 'Purchase'),",
                "table shop_order is renamed to shop_purchase",
            ),
            (
                "migrations.AlterModelTable('order', 'orders'),",
                "table shop_order is renamed to orders",
            ),
            (
                alter("models.IntegerField(db_column='sum')", name="total"),
                "shop_order.total is renamed to sum",
            ),
            (
                sql("ALTER TABLE shop_order RENAME COLUMN total TO sum"),
                "shop_order.total is renamed to sum",
            ),
            (
                sql("ALTER TABLE shop_order RENAME TO orders"),
                "table shop_order is renamed to orders",
            ),
        ],
    )
    def test_a_rename_in_the_database_is_reported_once(self, check, operations, words):
        check(f"{operations.rstrip()}  # DJM904 {words}", earlier=[ORDER], only=self.only)

    def test_a_view_under_the_old_name_is_enough(self, check):
        check(
            "migrations.RenameModel('Line', 'Item'),"
            + sql('CREATE VIEW public.\\"shop_line\\" AS SELECT * FROM shop_item'),
            earlier=[LINE],
            only=self.only,
        )

    def test_a_view_of_another_name_does_not_help(self, check):
        check(
            "migrations.RenameModel('Order', 'Purchase'),  # DJM904\n"
            + sql("CREATE VIEW paid AS SELECT * FROM shop_purchase"),
            earlier=[ORDER],
            only=self.only,
        )


class TestForgottenRequiredColumn:
    only = "DJM905"

    @pytest.mark.parametrize(
        "operations",
        [
            remove("total"),
            state(remove("note")),
            state(remove("lines")),
            state(remove("ghost")),
            state(remove("total", model="ghost")),
            state(remove("total"), "migrations.DeleteModel('Order'),"),
            state(remove("total"), add("models.PositiveIntegerField()", name="total")),
            state(remove("total"), add("models.IntegerField(db_column='total')", name="sum")),
            state("migrations.RenameField('order', 'total', 'sum'),"),
            LINE + add(STATUS, model="line") + state(remove("status", model="line")),
            state(remove("total")) + sql("ALTER TABLE shop_order DROP COLUMN total"),
            state(remove("total")) + sql("ALTER TABLE shop_order ALTER COLUMN total DROP NOT NULL"),
            state(remove("total")) + sql("ALTER TABLE shop_order ALTER COLUMN total SET DEFAULT 0"),
            state(remove("total")) + "migrations.RunSQL(imported.TEXT),",
            state(remove("total")) + "migrations.RunPython(imported.work),",
            f"migrations.SeparateDatabaseAndState([{remove('total')}], [{remove('total')}]),",
        ],
    )
    def test_what_new_code_may_leave_out_is_silent(self, check, operations):
        check(operations, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            sql("ALTER TABLE shop_order ALTER COLUMN total SET DEFAULT 0"),
            "migrations.RunSQL(imported.TEXT),",
            "migrations.RunSQL([imported.TEXT]),",
        ],
    )
    def test_sql_may_have_released_it_before(self, check, before):
        check(state(remove("total")), earlier=[ORDER, before], only=self.only)

    def test_a_table_whose_name_is_not_known_is_silent(self, check):
        order = ORDER.replace("    ],\n),", "    ],\n    options={'db_table': NAME},\n),")
        check(state(remove("total")), earlier=[order], only=self.only)

    def test_a_column_of_an_unknown_name_is_silent(self, check):
        order = ORDER.replace("models.IntegerField()", "models.IntegerField(db_column=NAME)")
        check(state(remove("total")), earlier=[order], only=self.only)

    def test_work_on_rows_does_not_release_it(self, check):
        check(
            state(remove("total", mark="DJM905"))
            + "migrations.RunPython(migrations.RunPython.noop),",
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_default_for_a_moment_does_not_release_it(self, check):
        column = "ALTER TABLE shop_order ALTER COLUMN total"
        check(
            state(remove("total", mark="DJM905"))
            + sql(f"{column} SET DEFAULT 0")
            + sql(f"{column} DROP DEFAULT"),
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_required_column_that_is_left_behind_is_reported(self, check):
        check(
            state(remove("total", mark="DJM905 shop.order.total leaves the state")),
            earlier=[ORDER, sql("ALTER TABLE shop_order ALTER COLUMN note SET DEFAULT ''")],
            only=self.only,
        )
