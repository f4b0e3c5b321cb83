"""4xx: what the database blocks, and above all what it does not."""

from __future__ import annotations

import pytest
from locking import INDEX, NOT_NULL, SHOP, on

LOCKS = [f"DJM4{number:02}" for number in range(1, 11) if number != 3]

each_lock = pytest.mark.parametrize("code", LOCKS)

# What nobody waits for -------------------------------------------------------------------

NEW_TABLE = """
migrations.CreateModel(
    name="Cart",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20, null=True)),
    ],
),
migrations.AddIndex("cart", models.Index(fields=["code"], name="cart_idx")),
migrations.AddConstraint("cart", models.UniqueConstraint(fields=["code"], name="cart_u")),
migrations.AddConstraint(
    "cart", models.CheckConstraint(condition=models.Q(code="a"), name="cart_check")
),
migrations.AddField("cart", "slug", models.SlugField(default="", unique=True)),
migrations.AddField("cart", "points", models.PositiveIntegerField(db_index=True, default=0)),
migrations.AddField("cart", "random", models.FloatField(db_default=models.functions.Random())),
migrations.AlterField("cart", "code", models.IntegerField(default=0)),
migrations.RunSQL("CREATE INDEX cart_code ON shop_cart (code)", migrations.RunSQL.noop),
migrations.RunSQL("CLUSTER shop_cart USING cart_idx", migrations.RunSQL.noop),
"""


@each_lock
@pytest.mark.parametrize(
    "database", ["postgresql:10", "postgresql:18", "mysql:5.7", "mariadb:10.6"]
)
def test_a_table_made_by_this_migration_is_nobodys(check, code, database):
    check(NEW_TABLE, earlier=[SHOP], only=code, options=on(database))


@each_lock
def test_a_table_of_the_initial_run_is_nobodys(check, code):
    check(SHOP + INDEX.format("") + NOT_NULL.format(""), only=code, initial=True)


FREE = """
migrations.AddField("order", "flag", models.BooleanField(default=False)),
migrations.AddField("order", "token", models.UUIDField(default=decimal.Decimal)),
migrations.AddField("order", "seen", models.DateTimeField(db_default=models.functions.Now())),
migrations.AddField("order", "kind", models.CharField(db_default="a", max_length=9)),
migrations.AddField("order", "extra", models.JSONField(null=True)),
migrations.AlterField("order", "code", models.CharField(max_length=40)),
migrations.AlterField("order", "code", models.TextField()),
migrations.AlterField("order", "email", models.CharField(max_length=254)),
migrations.AlterField("order", "weight", models.DecimalField(decimal_places=2, max_digits=12)),
migrations.AlterField("order", "note", models.TextField(default="", null=True)),
migrations.AlterField("order", "total", models.IntegerField(choices=[(1, "1")], null=True)),
migrations.AlterField("order", "placed", models.DateTimeField(auto_now=True, null=True)),
migrations.AlterField("order", "placed", models.DateTimeField(db_comment="when", null=True)),
migrations.AlterField(
    "order", "customer", models.ForeignKey(on_delete=models.PROTECT, to="shop.Customer")
),
migrations.AlterField(
    "order", "payer", models.ForeignKey(
        db_constraint=False, null=True, on_delete=models.CASCADE, related_name="+",
        to="shop.customer",
    )
),
migrations.AlterModelOptions("order", options={"ordering": ["id"]}),
migrations.RemoveField("order", "weight"),
"""


@each_lock
def test_what_only_changes_the_catalog_is_free(check, code):
    check(FREE, earlier=[SHOP], only=code)


@each_lock
def test_state_operations_are_free(check, code):
    check(
        """
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("order", models.Index(fields=["placed"], name="p")),
                migrations.AlterField("order", "total", models.BigIntegerField()),
                migrations.AddConstraint(
                    "order", models.UniqueConstraint(fields=["code"], name="u")
                ),
                migrations.SeparateDatabaseAndState(
                    state_operations=[migrations.AddField("order", "n", models.SlugField(null=True))],
                ),
            ],
        ),
        """,
        earlier=[SHOP],
        only=code,
    )


@each_lock
def test_an_unknown_past_is_silent(check, code):
    check(
        """
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("order", "customer", models.ForeignKey(
            null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        migrations.AlterField("order", "missing", models.IntegerField()),
        migrations.AddField("order", "own", CustomField(null=True)),
        """.replace("CustomField", "models.Unheard"),
        earlier=["make_the_models(),"],
        only=code,
    )


@each_lock
@pytest.mark.parametrize("database", ["sqlite", "mysql:8.0", "mariadb:10.11"])
def test_mysql_builds_indexes_while_others_write_and_sqlite_has_one_writer_anyway(
    check, code, database
):
    check(
        INDEX.format("")
        + """
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="u")),
        migrations.AlterField("order", "total", models.IntegerField(db_index=True, null=True)),
        migrations.AlterField("order", "note", models.TextField(default="")),
        migrations.AddField("order", "slug", models.SlugField(null=True)),
        migrations.AddField("order", "flag", models.BooleanField(default=False)),
        """.replace("\n        ", "\n"),
        earlier=[SHOP],
        only=code,
        options=on(database),
    )


@each_lock
def test_sqlite_is_never_told_about_locks(check, code):
    check(
        """
        migrations.AlterField("order", "total", models.BigIntegerField(default=0)),
        migrations.AlterField("order", "customer", models.ForeignKey(
            null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        migrations.AddField("order", "points", models.PositiveIntegerField(default=0)),
        """,
        earlier=[SHOP],
        only=code,
        options=on("sqlite"),
    )


@pytest.mark.parametrize("code", ["DJM401", "DJM402", "DJM404", "DJM405", "DJM406", "DJM409"])
def test_a_table_that_is_listed_as_small_is_silent(check, code):
    check(
        """
        migrations.AddField("order", "random", models.FloatField(db_default=models.functions.Random())),
        migrations.AddField("order", "slug", models.SlugField(null=True, unique=True)),
        migrations.AddField("order", "at", models.DateField(db_index=True, null=True)),
        migrations.AddIndex("order", models.Index(fields=["placed"], name="placed_idx")),
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("order", "customer", models.ForeignKey(
            null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only=code,
        options=on("postgresql:14", shop_order=9_999),
    )


@each_lock
def test_a_table_that_is_small_in_any_project_is_silent(check, code):
    check(
        """
        migrations.RunSQL("CREATE INDEX a ON django_content_type (model)", "DROP INDEX a"),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("kind", models.ForeignKey(
                    on_delete=models.CASCADE, to="contenttypes.contenttype"
                )),
            ],
        ),
        """,
        earlier=[SHOP],
        only=code,
    )


# DJM401 ----------------------------------------------------------------------------------


def test_a_virtual_generated_column_costs_nothing(check):
    check(
        """
        migrations.AddField("order", "twice", models.GeneratedField(
            db_persist=False, expression=models.F("total") * 2, output_field=models.IntegerField()
        )),
        """,
        earlier=[SHOP],
        only="DJM401",
        options=on("postgresql:18"),
    )


@pytest.mark.parametrize("database", ["postgresql:10", "mysql:5.7"])
def test_a_constant_default_rewrites_on_old_servers(check, database):
    check(
        'migrations.AddField("order", "f", models.BooleanField(default=False)),  # DJM401',
        earlier=[SHOP],
        only="DJM401",
        options=on(database),
    )


@pytest.mark.parametrize("database", ["postgresql:11", "mysql:8.0.12", "mariadb:10.6"])
def test_a_constant_default_is_free_on_newer_ones(check, database):
    check(
        'migrations.AddField("order", "f", models.BooleanField(default=False)),',
        earlier=[SHOP],
        only="DJM401",
        options=on(database),
    )


def test_a_volatile_default_rewrites_everywhere(check):
    check(
        """
        migrations.AddField(  # DJM401 adding shop.order.f rewrites table shop_order
            "order", "f", models.FloatField(db_default=models.functions.Random())
        ),
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD COLUMN t timestamptz DEFAULT clock_timestamp()",  # DJM401
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP],
        only="DJM401",
    )


@pytest.mark.parametrize(
    ("database", "remedy"),
    [
        ("postgresql:10", "add it empty, then fill it"),
        ("mysql:5.7", "use an online schema change tool"),
    ],
)
def test_where_an_empty_column_rewrites_as_well_the_remedy_is_a_tool(check, database, remedy):
    check(
        f"""
        migrations.AddField(  # DJM401 into every row; {remedy}
            "order", "f", models.IntegerField(default=1)
        ),
        """,
        earlier=[SHOP],
        only="DJM401",
        options=on(database),
    )


# DJM404 ----------------------------------------------------------------------------------


def test_a_column_added_in_the_same_migration_has_no_values(check):
    check(
        """
        migrations.AddField("order", "points", models.IntegerField(null=True)),
        migrations.AlterField("order", "points", models.BigIntegerField(null=True)),
        """,
        earlier=[SHOP],
        only="DJM404",
    )


@pytest.mark.parametrize(
    ("name", "field", "words"),
    [
        ("total", "models.BigIntegerField(null=True)", "from integer to bigint"),
        ("code", "models.CharField(max_length=10)", "from varchar(20) to varchar(10)"),
        ("note", "models.CharField(max_length=10, null=True)", "from text to varchar(10)"),
        ("weight", "models.DecimalField(decimal_places=3, max_digits=9)", "to numeric(9, 3)"),
        ("placed", "models.DateField(null=True)", "from timestamp with time zone to date"),
    ],
)
def test_another_type_rewrites(check, name, field, words):
    check(
        f'migrations.AlterField("order", "{name}", {field}),  # DJM404 {words}',
        earlier=[SHOP],
        only="DJM404",
    )


def test_a_primary_key_is_told_once_with_the_tables_that_point_to_it(check):
    change = 'migrations.AlterField("customer", "id", models.AutoField(primary_key=True)),{}'
    check(change.format("  # DJM404 shop_customer and 1 more"), earlier=[SHOP], only="DJM404")
    check(change.format(""), earlier=[SHOP], only="DJM407")


def test_sql_on_a_table_that_is_not_known_is_judged_where_any_old_type_must_be_rewritten(check):
    check(
        """
        migrations.RunSQL(
            [
                "ALTER TABLE legacy ALTER COLUMN a TYPE text",
                "ALTER TABLE legacy ALTER COLUMN b TYPE varchar(90)",
                "ALTER TABLE legacy ALTER COLUMN c TYPE bigint",  # DJM404 from another type to bigint
            ],
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP],
        only="DJM404",
    )


def test_the_element_of_an_array_rewrites_but_its_size_does_not(check):
    array = 'migrations.{}("order", "tags", ArrayField(models.CharField(max_length={}), {}null=True)),{}'
    earlier = array.replace("ArrayField", "django.contrib.postgres.fields.ArrayField")
    head = "import django.contrib.postgres.fields\n"
    module = (
        head
        + "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("shop", "{}")]\n    operations = [\n        {}\n    ]\n'
    )
    added = module.format("0001_earlier", earlier.format("AddField", 50, "", ""))
    for length, size, marker in ((50, "size=3, ", ""), (100, "", "  # DJM404")):
        altered = earlier.format("AlterField", length, size, marker)
        check(module.format("0002_earlier", altered), earlier=[SHOP, added], only="DJM404")


def test_mysql_copies_where_the_length_needs_another_byte(check):
    wider = 'migrations.AlterField("order", "code", models.CharField(max_length={})),{}'
    check(wider.format(63, ""), earlier=[SHOP], only="DJM404", options=on("mysql:8.0"))
    check(
        wider.format(64, "  # DJM404 a shared lock"),
        earlier=[SHOP],
        only="DJM404",
        options=on("mysql:8.0"),
    )
