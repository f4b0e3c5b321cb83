"""What a table's design costs once it has grown."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import Database

CUSTOMER = """
    migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
"""
TABLE = """
    migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)),
                                     ("code", models.CharField(max_length=20, unique=True)),
                                     ("total", models.IntegerField()),
                                     ("paid", models.IntegerField())],
                           options={"unique_together": {("total", "paid")}}),
"""
KEY = """
    migrations.AddField(
        "order", "customer",
        models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=False),
    ),
"""
MARKED_KEY = KEY.replace("AddField(", "AddField(  # DJM505 shop.order.customer")


@pytest.fixture
def redundant(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[CUSTOMER + TABLE], only="DJM504", **keywords)

    return verb


@pytest.fixture
def bare(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[CUSTOMER + TABLE], only="DJM505", **keywords)

    return verb


@pytest.fixture
def rewrite(check):
    def verb(snippet, **keywords):
        check(snippet, earlier=[TABLE], only="DJM507", **keywords)

    return verb


# DJM504 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        'fields=["paid"], name="i"',
        'fields=["paid", "total"], name="i"',
        'fields=["total", "paid", "id"], name="i"',
        'fields=["-total"], name="i"',
        'fields=["code"], name="i", opclasses=["varchar_pattern_ops"]',
        'fields=["code"], name="i", include=["total"]',
        'fields=["code"], name="i", condition=models.Q(total=1)',
        'models.functions.Lower("code"), name="i"',
        'fields=["nowhere"], name="i"',
        'fields=["code"], name=unknown()',
        'fields=unknown(), name="i"',
    ],
)
def test_an_index_that_answers_more_is_silent(redundant, index):
    redundant(f'migrations.AddIndex("order", models.Index({index})),')


def test_another_kind_of_index_is_silent(redundant):
    redundant("""
        migrations.AddIndex(
            "order", django.contrib.postgres.indexes.HashIndex(fields=["code"], name="i")
        ),
    """)


@pytest.mark.parametrize(
    "constraint",
    [
        'models.UniqueConstraint(fields=["total"], name="u")',
        'models.UniqueConstraint(fields=["code", "total"], name="u")',
        'models.CheckConstraint(check=models.Q(code="x"), name="u")',
    ],
)
def test_a_constraint_that_says_more_is_silent(redundant, constraint):
    redundant(f'migrations.AddConstraint("order", {constraint}),')


def test_a_group_of_fields_that_are_not_known_is_silent(redundant):
    redundant('migrations.AlterUniqueTogether("order", {("code", "nowhere")}),')


def test_what_goes_in_the_same_migration_is_silent(redundant):
    redundant("""
        migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
        migrations.AlterUniqueTogether("order", set()),
    """)


def test_an_index_that_goes_again_is_silent(redundant):
    redundant("""
        migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
        migrations.RemoveIndex("order", "total_idx"),
    """)


def test_a_model_that_goes_again_is_silent(redundant):
    redundant("""
        migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
        migrations.DeleteModel("Order"),
    """)


def test_the_index_that_a_foreign_key_brings_unasked_is_silent(redundant):
    redundant("""
        migrations.AddField(
            "order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)
        ),
        migrations.AddIndex(
            "order", models.Index(fields=["customer", "total"], name="customer_total_idx")
        ),
    """)


def test_a_model_of_which_something_is_not_known_is_silent(check):
    check(
        'migrations.AddIndex("order", models.Index(fields=["code"], name="i")),',
        earlier=[TABLE, 'migrations.AddField("order", "x", unknown()),'],
        only="DJM504",
    )


def test_what_the_database_alone_is_told_is_silent(redundant):
    redundant("""
        migrations.SeparateDatabaseAndState(database_operations=[
            migrations.AddIndex("order", models.Index(fields=["code"], name="i")),
        ]),
    """)


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            'AddIndex("order", models.Index(fields=["total"], name="i"))',
            "index i on shop_order repeats unique_together (total, paid)",
        ),
        (
            'AddConstraint("order", models.UniqueConstraint(fields=["code"], name="u"))',
            "constraint u on shop_order repeats the unique field code",
        ),
        (
            'AddIndex("order", models.Index(fields=["id"], name="i"))',
            "index i on shop_order repeats the primary key id",
        ),
        (
            'AlterIndexTogether("order", {("total", "paid")})',
            "index_together (total, paid) on shop_order repeats unique_together",
        ),
        (
            'AlterField("order", "total", models.IntegerField(db_index=True))',
            "db_index of total on shop_order repeats unique_together (total, paid)",
        ),
    ],
)
def test_an_index_that_repeats_another_is_reported(redundant, operation, words):
    redundant(f"migrations.{operation},  # DJM504 {words}")


def test_of_two_equal_ones_the_second_is_reported(check):
    check(
        """
        migrations.AddIndex("order", models.Index(fields=["paid"], name="a")),
        migrations.AddIndex("order", models.Index(fields=["paid"], name="b")),  # DJM504 index b
        """,
        earlier=[TABLE],
        only="DJM504",
    )


def test_an_index_told_beside_sql_is_reported(redundant):
    redundant("""
        migrations.RunSQL(
            "CREATE INDEX i ON shop_order (code)",
            "DROP INDEX i",
            state_operations=[
                migrations.AddIndex(  # DJM504
                    "order", models.Index(fields=["code"], name="i")
                ),
            ],
        ),
    """)


def test_a_new_model_is_judged_too(check):
    check(
        """
        migrations.CreateModel(  # DJM504 index i on shop_line repeats db_index of code
            "Line",
            [("id", models.AutoField(primary_key=True)), ("code", models.SlugField())],
            options={"indexes": [models.Index(fields=["code"], name="i")]},
        ),
        """,
        only="DJM504",
    )


# DJM505 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        'models.ForeignKey("shop.customer", models.CASCADE, null=True)',
        'models.OneToOneField("shop.customer", models.CASCADE, null=True, db_index=False)',
        "models.IntegerField(null=True, db_index=False)",
        'models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=unknown())',
        'models.ManyToManyField("shop.customer")',
        "unknown()",
    ],
)
def test_a_field_with_an_index_or_no_key_at_all_is_silent(bare, field):
    bare(f'migrations.AddField("order", "customer", {field}),')


def test_an_index_in_a_later_migration_is_enough(check):
    later = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_checked")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["customer"], name="customer_idx")),
    ]
"""
    files = {"shop/migrations/0003_customer_idx.py": later}
    check(KEY, earlier=[CUSTOMER + TABLE], only="DJM505", files=files)


def test_an_index_that_sql_builds_is_enough(bare):
    bare(KEY + 'migrations.RunSQL("CREATE INDEX i ON shop_order (customer_id)", "DROP INDEX i"),')


@pytest.mark.parametrize(
    "after",
    [
        'migrations.RemoveField("order", "customer"),',
        'migrations.DeleteModel("Order"),',
        """
        migrations.AlterField(
            "order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)
        ),
        """,
    ],
)
def test_a_key_that_goes_or_gets_its_index_is_silent(bare, after):
    bare(KEY + after)


def test_a_database_that_indexes_every_key_is_silent(bare):
    bare(KEY, options=Options(databases=(Database("mysql", (8, 0)),)))


def test_a_key_without_an_index_is_reported(bare):
    bare(MARKED_KEY)


def test_an_index_that_begins_with_another_column_does_not_help(bare):
    index = 'models.Index(fields=["total", "customer"], name="total_customer_idx")'
    bare(f'{MARKED_KEY}migrations.AddIndex("order", {index}),')


# DJM506 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["models.BigAutoField", "models.UUIDField", "models.IntegerField", "fields.AutoField"],
)
def test_a_wide_key_or_one_of_the_projects_own_is_silent(check, key):
    check(f'migrations.CreateModel("Tag", [("id", {key}(primary_key=True))]),', only="DJM506")


def test_a_key_that_is_altered_is_silent(check):
    check(
        'migrations.AlterField("order", "id", models.AutoField(primary_key=True)),',
        earlier=[TABLE],
        only="DJM506",
    )


@pytest.mark.parametrize(
    "after",
    [
        'migrations.DeleteModel("Tag"),',
        'migrations.RenameModel("Tag", "Label"),',
        'migrations.AlterField("tag", "id", models.BigAutoField(primary_key=True)),',
    ],
)
def test_a_key_that_is_widened_or_goes_is_silent(check, after):
    tag = 'migrations.CreateModel("Tag", [("id", models.AutoField(primary_key=True))]),'
    check(tag + after, only="DJM506")


def test_a_key_that_is_as_narrow_afterwards_is_reported(check):
    check(
        """
        migrations.CreateModel(  # DJM506
            "Tag", [("id", models.AutoField(primary_key=True))]
        ),
        migrations.AlterField("tag", "id", models.AutoField(primary_key=True, verbose_name="#")),
        """,
        only="DJM506",
    )


@pytest.mark.parametrize(
    ("key", "last"), [("AutoField", "2,147,483,647"), ("SmallAutoField", "32,767")]
)
def test_a_narrow_key_is_reported(check, key, last):
    check(
        f"""
        migrations.CreateModel(  # DJM506 shop.tag.id ends at {last}
            "Tag", [("id", models.{key}(primary_key=True))]
        ),
        """,
        only="DJM506",
    )


# DJM507 ---------------------------------------------------------------------------------------


def test_one_rewrite_is_silent(rewrite):
    rewrite('migrations.AlterField("order", "total", models.BigIntegerField()),')


def test_rewrites_of_a_small_table_are_silent(rewrite):
    rewrite(
        """
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("order", "paid", models.BigIntegerField()),
        """,
        options=Options(table_rows={"shop_order": 20}),
    )


def test_rewrites_of_a_new_table_are_silent(check):
    check(
        TABLE
        + """
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("order", "paid", models.BigIntegerField()),
        """,
        only="DJM507",
    )


def test_a_second_rewrite_is_reported_once(rewrite):
    rewrite("""
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("order", "paid", models.BigIntegerField()),  # DJM507 shop_order
        migrations.AlterField("order", "code", models.IntegerField()),
    """)


def test_several_such_tables_are_one_finding(check):
    check(
        """
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AlterField("line", "total", models.BigIntegerField()),
        migrations.AlterField("order", "paid", models.BigIntegerField()),  # DJM507 shop_order and 1 more in
        migrations.AlterField("line", "paid", models.BigIntegerField()),
        """,
        earlier=[TABLE + TABLE.replace("Order", "Line")],
        only="DJM507",
    )
