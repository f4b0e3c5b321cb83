"""1xx: what can be rolled back, and what cannot."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        {fields}
    ],
)
"""


def order(*fields: str) -> str:
    return ORDER.format(fields="\n        ".join(f"{field}," for field in fields))


def on(name: str) -> Options:
    return Options(databases=(parse_database(name),))


# RunPython and RunSQL ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.RunPython(fill, empty)",
        "migrations.RunPython(fill, reverse_code=empty)",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        "migrations.RunPython(code=fill, reverse_code=noop, elidable=True)",
        "migrations.RunPython(fill, imported)",
        "migrations.RunPython(*arguments)",
    ],
)
def test_a_run_python_with_a_way_back_is_silent(check, operation):
    check(python(operation), only="DJM101")


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.RunPython(fill)",
        "migrations.RunPython(fill, None)",
        "migrations.RunPython(fill, reverse_code=None)",
        "migrations.RunPython(code=fill, atomic=False)",
        "RunPython(fill)",
    ],
)
def test_a_run_python_without_a_way_back_is_reported(check, operation):
    check(python(f"{operation},  # DJM101 RunPython(fill)"), only="DJM101")


def test_an_irreversible_function_that_cannot_be_named_is_reported(check):
    check("migrations.RunPython(functions['fill']),  # DJM101 RunPython(...)", only="DJM101")


def test_a_run_python_is_found_at_any_depth(check):
    check(
        python("""
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.SeparateDatabaseAndState(
                    database_operations=[
                        migrations.RunPython(fill),  # DJM101
                    ],
                ),
            ],
        )
        """),
        only="DJM101",
    )


def test_a_run_python_that_only_the_state_sees_never_runs(check):
    check(
        python(
            "migrations.SeparateDatabaseAndState(state_operations=[migrations.RunPython(fill)])"
        ),
        only="DJM101",
    )


@pytest.mark.parametrize(
    "reverse",
    ['"DROP VIEW v"', "migrations.RunSQL.noop", '""', "[]", '["DROP VIEW v"]', "imported"],
)
def test_a_run_sql_with_a_way_back_is_silent(check, reverse):
    check(f'migrations.RunSQL("CREATE VIEW v AS SELECT 1", {reverse}),', only="DJM102")


@pytest.mark.parametrize("reverse", ["", ", None", ", reverse_sql=None", ", hints={}"])
def test_a_run_sql_without_a_way_back_is_reported(check, reverse):
    check(
        f'migrations.RunSQL("CREATE VIEW v AS SELECT 1"{reverse}),  # DJM102',
        only="DJM102",
    )


def test_a_run_sql_is_found_at_any_depth(check):
    check(
        """
        migrations.SeparateDatabaseAndState(
            [migrations.SeparateDatabaseAndState([
                migrations.RunSQL("CREATE VIEW v AS SELECT 1"),  # DJM102
            ])],
        ),
        """,
        only="DJM102",
    )


def python(operations: str) -> str:
    return f"""
from django.db import migrations
from django.db.migrations import RunPython
from vendored.functions import arguments, imported


def fill(apps, schema_editor):
    schema_editor.execute("SELECT 1")


def empty(apps, schema_editor):
    schema_editor.execute("SELECT 2")


def noop(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = []

    operations = [
{operations}
    ]
"""


# Operations of one's own ------------------------------------------------------------------

OWN = """
from django.db import migrations
from django.db.migrations.operations.base import Operation
{more}

class Reload({base}):
    {body}

    def state_forwards(self, app_label, state):
        pass


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        {operation}
    ]
"""


def own(body: str, operation: str = "Reload(),", base: str = "Operation", more: str = "") -> str:
    return OWN.format(body=body, operation=operation, base=base, more=more)


@pytest.mark.parametrize(
    "source",
    [
        own("def database_backwards(self, *arguments): ..."),
        own("reversible = True"),
        own("reversible = False", base="vendored.Operation", more="import vendored").replace(
            "    reversible = False\n", ""
        ),
    ],
)
def test_an_operation_that_may_be_reversible_is_silent(check, source):
    check(source, only="DJM103")


def test_an_operation_that_says_it_is_irreversible_is_reported(check):
    check(own("reversible = False", "Reload(),  # DJM103 Reload cannot"), only="DJM103")


def test_an_irreversible_operation_is_found_in_database_operations(check):
    check(
        own(
            "reversible = False",
            "migrations.SeparateDatabaseAndState([\n            Reload(),  # DJM103\n        ]),",
        ),
        only="DJM103",
    )


def test_an_irreversible_operation_that_only_the_state_sees_is_silent(check):
    check(
        own(
            "reversible = False",
            "migrations.SeparateDatabaseAndState(state_operations=[Reload()]),",
        ),
        only="DJM103",
    )


# RemoveField: the way back adds the column ------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        '("total", models.IntegerField(null=True))',
        '("total", models.IntegerField(default=0))',
        '("total", models.IntegerField(db_default=0))',
        '("total", models.CharField(max_length=9, blank=True))',
        '("total", models.DateTimeField(auto_now=True))',
        '("total", models.DateField(auto_now_add=True))',
        '("total", models.ManyToManyField(to="shop.order"))',
        '("total", models.IntegerField(unique=True, null=True))',
        '("total", vendored.Field())',
        '("total", models.IntegerField(null=settings.NULL, default=settings.DEFAULT))',
        '("total", models.AutoField(primary_key=True))',
    ],
)
def test_a_column_that_can_be_added_again_is_silent(check, field):
    check(
        'migrations.RemoveField("order", "total"),',
        earlier=[order(field)],
        only="DJM104",
    )


@pytest.mark.parametrize(
    "field",
    [
        '("total", models.IntegerField())',
        '("total", models.CharField(max_length=9))',
        '("total", models.IntegerField(blank=True))',
        '("total", models.ForeignKey(to="shop.order", on_delete=models.CASCADE))',
        '("total", models.IntegerField(default=None))',
    ],
)
def test_a_required_column_without_a_value_is_reported(check, field):
    check(
        'migrations.RemoveField("Order", "total"),  # DJM104 shop.order.total as NOT NULL',
        earlier=[order(field)],
        only="DJM104",
    )


@pytest.mark.parametrize(
    "field",
    [
        '("total", models.UUIDField(default=uuid.uuid4, unique=True))',
        '("total", models.CharField(max_length=9, default="none", unique=True))',
        '("total", models.CharField(max_length=9, blank=True, unique=True))',
        '("total", models.UUIDField(default=uuid.uuid4, primary_key=True))',
    ],
)
def test_a_unique_column_that_gets_one_value_is_reported(check, field):
    check(
        'migrations.RemoveField("order", "total"),  # DJM104 one value for all rows',
        earlier=[
            ORDER.replace('("id", models.BigAutoField(primary_key=True)),', "").format(
                fields=f"{field},"
            )
        ],
        only="DJM104",
    )


def test_mysql_fills_a_required_column_by_itself(check):
    for database in ("mysql:8.0", "mariadb:10.11"):
        check(
            'migrations.RemoveField("order", "total"),',
            earlier=[order('("total", models.IntegerField())')],
            options=on(database),
            only="DJM104",
        )


def test_mysql_cannot_fill_a_unique_column(check):
    check(
        'migrations.RemoveField("order", "total"),  # DJM104 as unique',
        earlier=[order('("total", models.IntegerField(unique=True))')],
        options=on("mysql:8.0"),
        only="DJM104",
    )


def test_sqlite_refuses_a_required_column_too(check):
    check(
        'migrations.RemoveField("order", "total"),  # DJM104',
        earlier=[order('("total", models.IntegerField())')],
        options=on("sqlite"),
        only="DJM104",
    )


def test_a_column_of_this_migration_or_of_a_deleted_table_is_silent(check):
    check(
        """
        migrations.AddField("order", "draft", models.IntegerField()),
        migrations.RemoveField("order", "draft"),
        migrations.RemoveField("order", "total"),
        migrations.DeleteModel("Order"),
        """,
        earlier=[order('("total", models.IntegerField())')],
        only="DJM104",
    )


def test_a_column_that_leaves_the_state_only_is_silent(check):
    check(
        """
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("order", "total")],
        ),
        """,
        earlier=[order('("total", models.IntegerField())')],
        only="DJM104",
    )


def test_a_model_that_is_not_known_is_silent(check):
    check('migrations.RemoveField("parcel", "total"),', only="DJM104")


def test_a_column_added_back_by_sql_is_judged_too(check):
    check(
        """
        migrations.RunSQL(  # DJM104 shop.order.total as NOT NULL
            "ALTER TABLE shop_order DROP COLUMN total",
            "ALTER TABLE shop_order ADD COLUMN total integer NOT NULL",
        ),
        migrations.RunSQL(
            "ALTER TABLE shop_order DROP COLUMN total",
            "ALTER TABLE shop_order ADD COLUMN total integer NOT NULL DEFAULT 0",
        ),
        """,
        earlier=[order('("total", models.IntegerField())')],
        only="DJM104",
    )


# The way back of a change of type ---------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("models.CharField(max_length=9)", "models.CharField(max_length=9, help_text='x')"),
        ("models.IntegerField()", "models.IntegerField(default=1)"),
        ("models.EmailField(max_length=9)", "models.CharField(max_length=9)"),
        ("models.IntegerField(default=1)", "models.IntegerField(default=1, null=True)"),
        ("models.TextField()", "models.CharField(max_length=9)"),
        ("models.IntegerField(null=True)", "models.IntegerField()"),
        ("models.IntegerField()", "models.IntegerField(unique=True)"),
        ("vendored.Field()", "models.CharField(max_length=9)"),
    ],
)
def test_a_way_back_that_keeps_every_row_is_silent(check, old, new):
    check(
        f'migrations.AlterField("order", "code", {new}),',
        earlier=[order(f'("code", {old})')],
        only="DJM105",
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("models.CharField(max_length=9)", "models.TextField()", "varchar(9) cuts"),
        ("models.CharField(max_length=9)", "models.CharField(max_length=10)", "varchar(9) fails"),
        ("models.IntegerField()", "models.BigIntegerField()", "integer fails"),
        ("models.IntegerField()", "models.FloatField()", "integer rounds"),
        ("models.DateField()", "models.DateTimeField()", "date drops"),
        ("models.IntegerField()", "models.IntegerField(null=True)", "NOT NULL fails on the NULLs"),
        ("models.IntegerField(unique=True)", "models.IntegerField()", "unique fails"),
    ],
)
def test_a_way_back_that_narrows_is_reported(check, old, new, words):
    check(
        f'migrations.AlterField("order", "code", {new}),  # DJM105 shop.order.code back to {words}',
        earlier=[order(f'("code", {old})')],
        only="DJM105",
    )


def test_a_key_that_narrows_with_its_foreign_keys_is_reported_once(check):
    line = """
    migrations.CreateModel(
        "Line",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.order", models.CASCADE)),
            ("other", models.ForeignKey("shop.order", models.CASCADE, related_name="+")),
        ],
    )
    """
    orders = 'migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True))])'
    alter = 'migrations.AlterField("order", "id", models.BigAutoField(primary_key=True)),'
    check(
        f"{alter}  # DJM105 shop.order.id back to integer fails",
        earlier=[orders, line],
        only="DJM105",
    )


def test_the_way_back_of_a_removed_unique_column_is_another_matter(check):
    check(
        'migrations.RemoveField("order", "code"),',
        earlier=[order('("code", models.IntegerField(unique=True))')],
        only="DJM105",
    )


def test_a_new_column_may_be_narrowed_on_the_way_back(check):
    check(
        """
        migrations.AddField("order", "code", models.CharField(max_length=9, null=True)),
        migrations.AlterField("order", "code", models.TextField(null=True)),
        """,
        earlier=[order()],
        only="DJM105",
    )


def test_a_narrowing_way_back_is_advice_only(check):
    source = 'migrations.AlterField("order", "code", models.TextField()),'
    earlier = [order('("code", models.CharField(max_length=9))')]
    check(source, earlier=earlier)


class TestRulesThatComeBack:
    only = "DJM105"
    order = """
migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField()),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
    ],
    options={
        "unique_together": {("code", "total")},
        "constraints": [
            models.CheckConstraint(condition=models.Q(total__gt=0), name="c"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(total=1), name="u"
            ),
        ],
        "indexes": [models.Index(fields=["code"], name="i")],
    },
),
"""

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.RemoveIndex('order', 'i'),",
            "migrations.DeleteModel('Order'),",
            "migrations.RemoveField('order', 'customer'),",
            (
                "migrations.AlterField('order', 'customer', "
                "models.ForeignKey('shop.customer', models.CASCADE, db_index=False)),"
            ),
            "migrations.RunSQL('SELECT 1', 'ALTER TABLE shop_order ADD CHECK (total > 0)'),",
            (
                "migrations.AddConstraint('order', "
                "models.UniqueConstraint(fields=['total'], name='t')),"
            ),
        ],
    )
    def test_a_way_back_that_asks_nothing_more_of_the_rows_is_silent(self, check, operation):
        check(operation, earlier=[self.order], only=self.only)

    @pytest.mark.parametrize(
        ("operation", "words"),
        [
            (
                "migrations.AlterUniqueTogether('order', set()),",
                "shop_order (code, total) back to unique fails on the duplicates",
            ),
            (
                "migrations.RemoveConstraint('order', 'c'),",
                "shop_order.total back to checked fails on the rows that break it",
            ),
            ("migrations.RemoveConstraint('order', 'u'),", "shop_order.code back to unique"),
            (
                (
                    "migrations.AlterField('order', 'customer', "
                    "models.ForeignKey('shop.customer', models.CASCADE, db_constraint=False)),"
                ),
                "shop.order.customer back to a foreign key fails on the rows that point at",
            ),
        ],
    )
    def test_a_rule_that_the_rows_must_obey_again_is_told(self, check, operation, words):
        check(f"{operation}  # DJM105 {words}", earlier=[self.order], only=self.only)


# Where Django refuses to go back ----------------------------------------------------------


@pytest.mark.parametrize("code", ["DJM104", "DJM105", "DJM106", "DJM107", "DJM108", "DJM109"])
@pytest.mark.parametrize("stop", ["RunPython(print)", "RunSQL('ANALYZE')"])
def test_a_way_back_that_is_never_gone_is_silent(check, code, stop):
    source = """
        migrations.RemoveField("order", "total"),
        migrations.AlterField("order", "code", models.CharField(max_length=40, null=True)),
        BtreeGinExtension(),
        migrations.RunSQL("CREATE INDEX i ON shop_order (code)", migrations.RunSQL.noop),
        migrations.RunPython(empty, migrations.RunPython.noop),
    """
    earlier = [
        order('("code", models.CharField(max_length=20))', '("total", models.IntegerField())'),
        extension("BtreeGinExtension()", after="0001_earlier"),
    ]
    operations = source.replace("migrations.RunPython(e", f"migrations.{stop},\n        {{0}}(e")
    operations = operations.format("migrations.RunPython")
    check(extension(operations), earlier=earlier, only=code)
    for mark in MARKS[code]:
        source = source.replace(mark, f"{mark}  # {code}")
    check(extension(source), earlier=earlier, only=code)


MARKS = {
    "DJM104": ['RemoveField("order", "total"),'],
    "DJM105": ["null=True)),"],
    "DJM106": ["migrations.RunSQL.noop),"],
    "DJM107": ["null=True)),"],
    "DJM108": ["BtreeGinExtension(),"],
    "DJM109": ["migrations.RunPython.noop),"],
}
"""Where each code stands in the same migration if it may be gone back over."""


def extension(operations: str, after: str = "0002_earlier") -> str:
    return f"""
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


def empty(apps, schema_editor):
    apps.get_model("shop", "Order").objects.filter(code="").delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "{after}")]

    operations = [
        {operations}
    ]
"""
