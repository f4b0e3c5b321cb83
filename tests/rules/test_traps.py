"""Safe things that are easily taken for harmful, and harmful ones that are easily missed.

Every case runs all rules that report unasked: what is not marked must not be reported.
"""

from __future__ import annotations

import textwrap

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

MODELS = """
    migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True)),
                                        ("name", models.CharField(max_length=50))]),
    migrations.CreateModel("Order", [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("mail", models.EmailField()),
        ("file", models.FileField()),
        ("note", models.TextField(null=True)),
        ("price", models.DecimalField(max_digits=10, decimal_places=2)),
        ("total", models.IntegerField()),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
        ("buyer", models.ForeignKey("shop.customer", models.CASCADE, null=True)),
    ]),
"""
NEW = """
    migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True)),
                                    ("code", models.CharField(max_length=20))]),
"""
SAFE = {
    "F1 an index, a constraint and a required column on a new table": NEW
    + """
    migrations.AddIndex("line", models.Index(fields=["code"], name="line_code_idx")),
    migrations.AddConstraint("line", models.UniqueConstraint(fields=["code"], name="line_code")),
    migrations.AddField("line", "total", models.IntegerField()),
    """,
    "F2 a required column on a new table": NEW
    + 'migrations.AddField("line", "total", models.IntegerField()),',
    "F3 a column that comes and goes": """
    migrations.AddField("order", "total2", models.IntegerField(null=True)),
    migrations.RemoveField("order", "total2"),
    """,
    "F4 a longer varchar": """
    migrations.AlterField("order", "code", models.CharField(max_length=100)),
    """,
    "F5 a comment": """
    migrations.AlterField("order", "code", models.CharField(max_length=20, db_comment="x")),
    """,
    "F6 only choices": """
    migrations.AlterField(
        "order", "code", models.CharField(choices=[("a", "A")], max_length=20)
    ),
    """,
    "F7 a field whose old definition is not known": """
    migrations.AlterField("ghost", "code", models.CharField(choices=[("a", "A")], max_length=20)),
    """,
    "F8 another class with the same column": """
    migrations.AlterField("order", "mail", models.CharField(max_length=254)),
    migrations.AlterField("order", "file", models.CharField(max_length=100)),
    """,
    "F9 a many-to-many field, and a column with a value for every row": """
    migrations.AddField("order", "friends", models.ManyToManyField("shop.customer")),
    """,
    "F10 a default of the database": """
    migrations.AddField("order", "size", models.IntegerField(db_default=1)),
    """,
    "F11 a nullable column with a default": """
    migrations.AddField("order", "size", models.IntegerField(default=0, null=True)),
    """,
    "F12 a callable default is worked out once": """
    migrations.AddField("order", "tags", models.JSONField(default=list, null=True)),
    """,
    "F13 a default in SQL": """
    migrations.RunSQL(
        "ALTER TABLE shop_order ADD COLUMN size int DEFAULT 1",
        "ALTER TABLE shop_order DROP COLUMN size",
        state_operations=[migrations.AddField("order", "size", models.IntegerField(default=1, null=True))],
    ),
    """,
    "F14 a default with time in its name": """
    migrations.AddField(
        "order", "wait", models.DurationField(default=datetime.timedelta(0), null=True)
    ),
    """,
    "F15 a many-to-many field": """
    migrations.AddField("order", "friends", models.ManyToManyField("shop.customer")),
    """,
    "F16 a truth value of the database": """
    migrations.AddField("order", "paid", models.BooleanField(db_default=False)),
    """,
    "F17 NOT NULL as a condition": """
    migrations.RunSQL(
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON shop_order (total) WHERE note IS NOT NULL",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
    ),
    """,
    "F18 a statement in a comment": """
    migrations.RunSQL("-- ALTER TABLE shop_order DROP COLUMN note\\nSELECT 1", ""),
    """,
    "F19 a new value of an enum": """
    migrations.RunSQL("ALTER TYPE color ADD VALUE IF NOT EXISTS 'red'", migrations.RunSQL.noop),
    """,
    "F20 parameters, and braces in a literal": """
    migrations.RunSQL([("UPDATE shop_order SET note = %s WHERE id = 5", ["x"])], ""),
    migrations.RunSQL("UPDATE shop_order SET note = '{foo}' WHERE id = 6", ""),
    """,
    "F22 three nullable columns": """
    migrations.AddField("order", "a", models.IntegerField(null=True)),
    migrations.AddField("order", "b", models.IntegerField(null=True)),
    migrations.AddField("order", "c", models.IntegerField(null=True)),
    """,
    "F26 unique_together of a new table": NEW
    + """
    migrations.AlterUniqueTogether("line", {("code", "id")}),
    """,
    "F30 the columns of a model that is deleted with them": NEW
    + """
    migrations.RemoveField("line", "code"),
    migrations.DeleteModel("Line"),
    """,
    "F31 a rename behind its pin": """
    migrations.AlterField("order", "total", models.IntegerField(db_column="total")),
    migrations.RenameField("order", "total", "amount"),
    """,
    "a merge": "",
    "a state of its own": """
    migrations.SeparateDatabaseAndState(
        state_operations=[
            migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
        ],
    ),
    """,
    "the time of the migration": """
    migrations.AddField("order", "at", models.DateTimeField(db_default=models.functions.Now())),
    """,
    "fields and options of old Django": """
    migrations.CreateModel(
        "Line",
        [("id", models.BigAutoField(primary_key=True)), ("paid", models.NullBooleanField())],
        options={"index_together": {("id", "paid")}},
    ),
    """,
    "F23 rows of a table that the migration makes": """
    migrations.CreateModel("Status", [("id", models.BigAutoField(primary_key=True)),
                                      ("name", models.CharField(max_length=9, unique=True))]),
    migrations.RunSQL("INSERT INTO shop_status (name) VALUES ('new')", migrations.RunSQL.noop),
    migrations.RunSQL("UPDATE shop_status SET name = 'old'", migrations.RunSQL.noop),
    """,
}


@pytest.mark.parametrize("snippet", SAFE.values(), ids=SAFE)
def test_what_is_safe_is_silent(check, snippet):
    atomic = "CONCURRENTLY" not in snippet
    check(snippet, earlier=[MODELS], atomic=atomic)


MARIADB = {
    "F29 an index": """
    migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
    """,
    "F29 a unique constraint that is built in place": """
    migrations.AlterUniqueTogether("line", {("code", "id")}),
    """,
}


@pytest.mark.parametrize("snippet", MARIADB.values(), ids=MARIADB)
def test_what_is_safe_on_mariadb_is_silent_there(check, snippet):
    options = Options(databases=(parse_database("mariadb:10.11"),))
    check(snippet, earlier=[MODELS + NEW], options=options)


FURTHER = """
    migrations.AddField("order", "friends", models.ManyToManyField("shop.customer")),
    migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True)),
                                   ("orders", models.ManyToManyField("shop.order"))]),
    migrations.AddIndex("order", models.Index(fields=["total"], name="total_idx")),
"""
HARMFUL = {
    "F21 M12 TRUNCATE behind a comment": """
    migrations.RunSQL("-- note\\nTRUNCATE shop_order", migrations.RunSQL.noop),  # DJM311
    """,
    "F25 a renamed many-to-many field": """
    migrations.RenameField("order", "friends", "buddies"),  # DJM904
    """,
    "F27 a positive integer scans and does not rewrite": """
    migrations.AlterField("order", "total", models.PositiveIntegerField()),  # DJM405
    """,
    "M1 NULL for a foreign key": """
    migrations.AlterField(  # DJM407
        "order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)
    ),
    """,
    "M2 a unique column, a one-to-one field": """
    migrations.AddField("order", "slot", models.IntegerField(null=True, unique=True)),  # DJM406
    migrations.AddField(  # DJM406
        "order", "twin", models.OneToOneField("shop.customer", models.CASCADE, null=True)
    ),
    """,
    "M3 a check": """
    migrations.AddConstraint(  # DJM405
        "order", models.CheckConstraint(check=models.Q(total__gt=0), name="c")
    ),
    """,
    "M4 an index behind one on a new table": """
    migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True)),
                                    ("code", models.CharField(max_length=20))]),
    migrations.AddIndex("line", models.Index(fields=["code"], name="line_code_idx")),
    migrations.AddIndex("order", models.Index(fields=["code"], name="code_idx")),  # DJM402
    """,
    "M5 a required column beside one with a db_default": """
    migrations.AddField("order", "a", models.IntegerField(db_default=1)),
    migrations.AddField("order", "b", models.IntegerField(default=1)),  # DJM901
    """,
    "M6 lower case, and a newline first": """
    migrations.RunSQL("\\ndrop table shop_order", migrations.RunSQL.noop),  # DJM106 # DJM306 # DJM805 # DJM903
    """,
    "M8 M16 steps inside steps": """
    migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    migrations.RunSQL("CREATE INDEX code_idx ON shop_order (code)"),  # DJM102 # DJM402
                ],
            ),
        ],
        state_operations=[
            migrations.AddIndex("order", models.Index(fields=["code"], name="code_idx")),
        ],
    ),
    """,
    "M9 less precision": """
    migrations.AlterField(  # DJM302 # DJM404
        "order", "price", models.DecimalField(max_digits=10, decimal_places=1)
    ),
    """,
    "M9 another model": """
    migrations.AlterField(  # DJM307 # DJM407
        "order", "customer", models.ForeignKey("shop.order", models.CASCADE)
    ),
    """,
    "M9 another column": """
    migrations.AlterField("order", "total", models.IntegerField(db_column="sum")),  # DJM904
    """,
    "M9 another table": """
    migrations.AlterModelTable("order", "sales"),  # DJM904
    """,
    "M9 an order of rows": """
    migrations.AlterOrderWithRespectTo("order", "customer"),  # DJM901
    """,
    "M9 a slug": """
    migrations.AddField("order", "slug", models.SlugField(null=True)),  # DJM409
    """,
    "M9 a volatile default": """
    migrations.AddField(  # DJM401
        "order", "lot", models.FloatField(db_default=models.functions.Random())
    ),
    """,
    "M10 SQL that is no better": """
    migrations.RunSQL(
        "CREATE INDEX CONCURRENTLY code_idx ON shop_order (code)", "DROP INDEX code_idx"  # DJM403
    ),
    """,
    "M11 every row": """
    migrations.RunSQL("UPDATE shop_order SET total = 1", migrations.RunSQL.noop),  # DJM502
    """,
    "M15 validated at once": """
    AddConstraintNotValid(
        "order", models.CheckConstraint(check=models.Q(total__gt=0), name="c")
    ),
    ValidateConstraint("order", "c"),  # DJM405
    """,
    "M17 a required column forgotten": """
    migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveField("order", "code")],  # DJM905
    ),
    """,
    "M18 a column dropped beside the state": """
    migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RemoveField("order", "note")],  # DJM301 # DJM903
        state_operations=[migrations.RemoveField("order", "note")],
    ),
    """,
    "M20 letters of any case": """
    migrations.AlterField("ORDER", "code", models.CharField(max_length=10)),  # DJM303 # DJM404
    """,
    "M21 no way back, and says so": """
    migrations.RunPython(print, None),  # DJM101
    migrations.RunPython(print, reverse_code=None),  # DJM101
    """,
    "M23 the join table of a renamed model": """
    migrations.RenameModel("Tag", "Label"),  # DJM904
    """,
    "M24 an index is dropped": """
    migrations.RemoveIndex("order", "total_idx"),
    """,
    "M26 NOT NULL": """
    migrations.AlterField("order", "note", models.TextField()),  # DJM304 # DJM405
    """,
    "M28 text without a default": """
    migrations.AddField("order", "label", models.CharField(max_length=9)),  # DJM310
    """,
    "M29 a slug builds its indexes": """
    migrations.AlterField("order", "code", models.SlugField(max_length=20)),  # DJM402
    """,
    "M29 a shorter slug cuts": """
    migrations.AlterField("order", "code", models.SlugField(max_length=10)),  # DJM302 # DJM404
    """,
    "M32 null is not written": """
    migrations.AddField("order", "size", models.IntegerField()),  # DJM310
    """,
}


@pytest.mark.parametrize("snippet", HARMFUL.values(), ids=HARMFUL)
def test_what_is_harmful_is_reported(check, snippet):
    check(snippet, earlier=[MODELS + FURTHER])


def module(operations, imports="", before="", after=""):
    return f"""
        {imports or "from django.db import migrations, models"}

        {before}

        class Migration(migrations.Migration):
            dependencies = [("shop", "0001_earlier")]
            operations = [{operations}]
            {after}
    """


def test_m13_a_word_in_a_comment_makes_no_batches(check):
    check(
        """
        from django.db import migrations


        def fill(apps, schema_editor):
            # in batch, batched, iterator(), chunk_size
            for order in apps.get_model("shop", "Order").objects.all():  # DJM201
                print(order)


        class Migration(migrations.Migration):
            dependencies = [("shop", "0001_earlier")]
            operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
        """,
        earlier=[MODELS],
    )


def test_m19_what_follows_a_rename_is_judged(check):
    check(
        """
        migrations.RenameField("order", "total", "amount"),  # DJM904
        migrations.AlterField("order", "amount", models.BigIntegerField()),  # DJM404
        migrations.RenameModel("Customer", "Person"),  # DJM904
        migrations.AddIndex(  # DJM402 # DJM415
            "person", models.Index(fields=["name"], name="name_idx")
        ),
        """,
        earlier=[MODELS],
    )


def test_m22_a_migration_that_is_not_the_last_is_judged(check):
    after = module("").replace("0001_earlier", "0002_checked")
    check(
        'migrations.AddIndex("order", models.Index(fields=["code"], name="i")),  # DJM402',
        earlier=[MODELS],
        files={"shop/migrations/0003_after.py": textwrap.dedent(after)},
    )


def test_m27_another_check_that_was_validated_proves_nothing(check):
    check(
        'migrations.AlterField("order", "note", models.TextField()),  # DJM405',
        earlier=[
            MODELS,
            """
            migrations.AddConstraint(
                "order", models.CheckConstraint(check=models.Q(total__gt=0), name="c")
            ),
            """,
        ],
        only="DJM405",
    )


@pytest.mark.parametrize(
    "source",
    [
        module(
            "*GONE",
            "from django.db import migrations\n"
            "        from django.db.migrations import RemoveField as Gone",
            before='GONE = [Gone("order", "note")]  # DJM301 # DJM903',
        ),
        module(
            "",
            after='operations += [migrations.RemoveField("order", "note")]  # DJM301 # DJM903',
        ),
        module(
            "*GONE",
            before='GONE = [migrations.RemoveField("order", "note")]  # DJM301 # DJM903',
        ),
        module(
            "*GONE",
            before='GONE = [migrations.RemoveField(name="note", model_name="Order")]  # DJM301 # DJM903',
        ),
    ],
    ids=["another name", "added to the list", "taken from a list", "keywords"],
)
def test_m35_every_way_to_write_an_operation_is_read(check, source):
    check(source, earlier=[MODELS])
