"""3xx: what is dropped, cut, rounded or refused."""

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
DATA = """
from django.db import migrations
from vendored import unknown


def local(apps):
    apps.get_model("shop", "Order").objects.exclude(note=None)


def forward(apps, schema_editor):
    {body}


class Migration(migrations.Migration):
    dependencies = [("shop", "{after}")]

    operations = [
        {before}
        migrations.RunPython(forward, migrations.RunPython.noop),
        {operations}
    ]
"""
NOTE = '("note", models.TextField(null=True))'


def order(*fields: str) -> str:
    return ORDER.format(fields="\n        ".join(f"{field}," for field in fields))


def data(body: str, *, before: str = "", operations: str = "", after: str = "0001_earlier") -> str:
    return DATA.format(body=body, before=before, operations=operations, after=after)


def on(name: str) -> Options:
    return Options(databases=(parse_database(name),))


COPY_NOTE = data(
    """Order = apps.get_model("shop", "Order")
    for order in Order.objects.iterator():
        print(order.note)"""
)
NOT_ABOUT_NOTE = data(
    """Order = apps.get_model("shop", "Order")
    Order.objects.filter(rank=1).update(rank=2)"""
)


# A dropped column -------------------------------------------------------------------------


def test_a_column_dropped_with_its_data_is_reported(check):
    check(
        'migrations.RemoveField("Order", "note"),  # DJM301 shop.order.note is dropped',
        earlier=[order(NOTE)],
        only="DJM301",
    )


def test_a_foreign_key_is_a_column_too(check):
    check(
        'migrations.RemoveField("order", "parent"),  # DJM301 shop.order.parent',
        earlier=[order('("parent", models.ForeignKey("shop.Order", models.CASCADE, null=True))')],
        only="DJM301",
    )


def test_a_column_moved_in_an_earlier_migration_is_silent(check):
    check(
        'migrations.RemoveField("order", "note"),', earlier=[order(NOTE), COPY_NOTE], only="DJM301"
    )


@pytest.mark.parametrize(
    "body",
    [
        "for order in Order.objects.all():\n        other.append(getattr(order, 'note'))",
        "for order in Order.objects.all():\n        other.append(getattr(order, name))",
        "other.extend(Order.objects.values())",
        "other.extend(Order.objects.values_list('id', 'note'))",
        "for order in Order.objects.all():\n        other.append(order.parent.note)",
        "for order in Order.objects.all():\n        other.append(unknown(order))",
        "list(apps.get_model(name, name).objects.exclude(note=None))",
        "local(**{'apps': apps})",
        "Order.objects.update(remark=F('note'))",
        "Order.objects.filter(note='x').update(remark='y')",
        "schema_editor.execute('UPDATE shop_order SET remark = note WHERE true')",
    ],
)
def test_every_way_to_read_a_column_may_move_it(check, body):
    head = "from django.db.models import F\nfrom vendored import name, other\n"
    check(
        'migrations.RemoveField("order", "note"),',
        earlier=[
            order(NOTE, '("remark", models.TextField(null=True))'),
            data(f'Order = apps.get_model("shop", "Order")\n    {body}').replace(
                "from vendored", f"{head}from vendored"
            ),
        ],
        only="DJM301",
    )


def test_a_column_moved_by_sql_is_silent(check):
    check(
        'migrations.RemoveField("order", "note"),',
        earlier=[
            order(NOTE),
            'migrations.RunSQL("INSERT INTO archive SELECT id, NOTE FROM Shop_Order", ""),',
        ],
        only="DJM301",
    )


ARCHIVE = """
from django.db import migrations
from vendored import keep


def forward(apps, schema_editor):
    for order in apps.get_model("shop", "Order").objects.iterator():
        keep(order.note)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]

    operations = [{operation}]
"""


@pytest.mark.parametrize(
    ("operation", "mark"),
    [
        ("migrations.CreateModel('Kept', []), migrations.RunPython(forward)", ""),
        ("migrations.RunSQL('INSERT INTO kept SELECT id, note FROM shop_order')", ""),
        ("migrations.RunPython(keep)", "  # DJM301"),
        ("migrations.RunPython(migrations.RunPython.noop)", "  # DJM301"),
        ("migrations.RunSQL(keep)", "  # DJM301"),
        ("migrations.RunSQL('INSERT INTO kept SELECT id FROM shop_line')", "  # DJM301"),
    ],
)
def test_another_app_may_have_moved_the_data_before(check, operation, mark):
    removal = module('migrations.RemoveField("order", "note"),', '("archive", "0001_kept")', mark)
    check(
        removal,
        earlier=[order(NOTE)],
        files={"archive/migrations/0001_kept.py": ARCHIVE.format(operation=operation)},
        only="DJM301",
    )


def test_another_app_that_may_come_later_moves_nothing_in_time(check):
    check(
        'migrations.RemoveField("order", "note"),  # DJM301',
        earlier=[order(NOTE)],
        files={
            "archive/migrations/0001_kept.py": ARCHIVE.format(
                operation="migrations.RunPython(forward)"
            )
        },
        only="DJM301",
    )


def test_another_app_knows_the_column_by_its_name_of_then(check):
    renamed = module('migrations.RenameField("order", "note", "old"),', '("archive", "0001_kept")')
    check(
        'migrations.RemoveField("order", "old"),',
        earlier=[order(NOTE), renamed],
        files={
            "archive/migrations/0001_kept.py": ARCHIVE.format(
                operation="migrations.RunPython(forward)"
            )
        },
        only="DJM301",
    )


def module(operation: str, dependency: str, mark: str = "") -> str:
    return f"""
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier"), {dependency}]

    operations = [
        {operation}{mark}
    ]
"""


def test_a_column_is_followed_through_its_former_names(check):
    check(
        'migrations.RemoveField("order", "remark"),',
        earlier=[
            order(NOTE).replace("Order", "Purchase"),
            COPY_NOTE.replace("Order", "Purchase"),
            'migrations.RenameModel("Purchase", "Order"),',
            'migrations.RenameField("order", "note", "remark"),',
        ],
        only="DJM301",
    )
    check(
        """
        migrations.AlterModelTable("order", "orders"),
        migrations.RenameField("order", "note", "remark"),
        migrations.RemoveField("order", "remark"),
        """,
        earlier=[
            order(NOTE),
            'migrations.RunSQL("INSERT INTO archive SELECT note FROM shop_order", ""),',
        ],
        only="DJM301",
    )


SQUASH = f"""
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    replaces = [("shop", "0001_initial"), ("shop", "0002_copy")]
    operations = [{order(NOTE).strip()}]
"""
ORIGINAL = SQUASH.replace("    replaces", "    # replaces")


def test_the_originals_of_a_squash_tell_of_data_steps_that_it_forgot(check):
    check(
        'migrations.RemoveField("order", "note"),',
        earlier=[SQUASH],
        files={
            "shop/migrations/0001_initial.py": ORIGINAL,
            "shop/migrations/0002_copy.py": COPY_NOTE.replace("0001_earlier", "0001_initial"),
        },
        only="DJM301",
    )


def test_originals_that_are_gone_tell_nothing(check):
    check('migrations.RemoveField("order", "note"),  # DJM301', earlier=[SQUASH], only="DJM301")


def test_a_column_that_has_left_the_state_before_is_followed_too(check):
    forget = (
        "migrations.SeparateDatabaseAndState(\n"
        '    state_operations=[migrations.RemoveField("order", "note")],\n'
        "),"
    )
    drop = 'migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN note", ""),'
    check(drop, earlier=[order(NOTE), COPY_NOTE, forget], only="DJM301")
    check(f"{drop}  # DJM301 shop_order.note", earlier=[order(NOTE), forget], only="DJM301")


def test_a_data_migration_that_cannot_be_read_may_have_moved_it(check):
    for earlier in (
        data("unknown(apps)"),
        "migrations.RunPython(unknown, migrations.RunPython.noop),",
        "migrations.RunSQL(unknown, migrations.RunSQL.noop),",
    ):
        check(
            'migrations.RemoveField("order", "note"),',
            earlier=[order(NOTE), earlier],
            only="DJM301",
        )


def test_a_data_migration_that_gets_another_model_is_about_that_one(check):
    check(
        'migrations.RemoveField("order", "note"),  # DJM301',
        earlier=[
            f"{order().strip()},\n{order(NOTE).strip()},".replace('"Order"', '"Tag"', 1),
            data('unknown(apps.get_model("shop", "Tag"))'),
        ],
        only="DJM301",
    )


def test_a_data_migration_about_something_else_moves_nothing(check):
    rank = '("rank", models.IntegerField(null=True))'
    check(
        'migrations.RemoveField("order", "note"),  # DJM301',
        earlier=[order(NOTE, rank), NOT_ABOUT_NOTE],
        only="DJM301",
    )


def test_sql_that_moves_no_rows_moves_no_data(check):
    check(
        'migrations.RemoveField("order", "note"),  # DJM301',
        earlier=[
            order(NOTE),
            'migrations.RunSQL("CREATE INDEX note_idx ON shop_order (note)", ""),',
            "migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),",
        ],
        only="DJM301",
    )


def test_a_column_moved_earlier_in_the_same_migration_is_silent(check):
    check(
        """
        migrations.RunSQL("UPDATE shop_order SET remark = note WHERE note > ''", ""),
        migrations.RemoveField("order", "note"),
        """,
        earlier=[order(NOTE, '("remark", models.TextField(null=True))')],
        only="DJM301",
    )


def test_what_comes_after_the_drop_moves_nothing(check):
    check(
        """
        migrations.RemoveField("order", "note"),  # DJM301
        migrations.RunSQL("UPDATE shop_order SET remark = note WHERE note > ''", ""),
        """,
        earlier=[order(NOTE, '("remark", models.TextField(null=True))')],
        only="DJM301",
    )


@pytest.mark.parametrize(
    "operations",
    [
        # never deployed
        (
            'migrations.AddField("order", "draft", models.TextField(null=True)),\n'
            'migrations.RemoveField("order", "draft"),'
        ),
        # the database is not asked
        (
            "migrations.SeparateDatabaseAndState(\n"
            '    state_operations=[migrations.RemoveField("order", "note")],\n'
            "),"
        ),
        # one drop of the table, which is the finding
        'migrations.RemoveField("order", "note"),\nmigrations.DeleteModel("Order"),',
        # a field or model that is not there
        'migrations.RemoveField("order", "missing"),',
        'migrations.RemoveField("parcel", "note"),',
        # a table of its own
        'migrations.RemoveField("order", "friends"),',
        # computed from other columns
        'migrations.RemoveField("order", "doubled"),',
    ],
)
def test_nothing_is_dropped_that_could_be_lost(check, operations):
    check(
        operations,
        earlier=[
            order(
                NOTE,
                '("friends", models.ManyToManyField(to="shop.order"))',
                '("doubled", models.GeneratedField(expression=models.F("id") * 2, '
                "output_field=models.BigIntegerField(), db_persist=True))",
            )
        ],
        only="DJM301",
    )


def test_a_column_of_a_table_made_in_the_same_migration_is_silent(check):
    check(f'{order(NOTE)},\nmigrations.RemoveField("order", "note"),', only="DJM301")


def test_a_column_dropped_by_sql_is_reported(check):
    check(
        """
        migrations.RunSQL(
            "ALTER TABLE shop_order DROP COLUMN note",  # DJM301 note is dropped
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE elsewhere DROP COLUMN old",  # DJM301 elsewhere.old is dropped
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[order(NOTE)],
        only="DJM301",
    )


# A change of type -------------------------------------------------------------------------


def altered(old: str, new: str, marker: str = "") -> tuple[str, list[str]]:
    return f'migrations.AlterField("order", "x", {new}),  {marker}', [order(f'("x", {old})')]


KEEPS = [
    ("models.CharField(max_length=50)", "models.CharField(max_length=100)"),
    ("models.CharField(max_length=50)", "models.TextField()"),
    ("models.EmailField(max_length=254)", "models.CharField(max_length=254)"),
    ("models.FileField()", "models.CharField(max_length=100)"),
    ("models.CharField(max_length=9)", "models.CharField(max_length=9, choices=[('a', 'A')])"),
    ("models.IntegerField()", "models.BigIntegerField()"),
    ("models.IntegerField()", "models.PositiveIntegerField()"),
    ("models.IntegerField()", "models.CharField(max_length=11)"),
    (
        "models.DecimalField(max_digits=8, decimal_places=2)",
        "models.DecimalField(max_digits=10, decimal_places=4)",
    ),
    ("models.TextField()", "models.CharField(max_length=settings.LENGTH)"),
    ("vendored.Field()", "models.CharField(max_length=1)"),
    ("models.TextField()", "vendored.Field()"),
    ("models.UUIDField()", "models.CharField(max_length=36)"),
]


@pytest.mark.parametrize("code", ["DJM302", "DJM303"])
@pytest.mark.parametrize(("old", "new"), KEEPS)
def test_a_change_that_keeps_every_value_is_silent(check, old, new, code):
    source, earlier = altered(old, new)
    check(source, earlier=earlier, only=code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("models.PositiveIntegerField()", "models.CharField(max_length=10)"),
        ("models.DecimalField(max_digits=5, decimal_places=2)", "models.CharField(max_length=7)"),
        ("models.DateField()", "models.CharField(max_length=10)"),
    ],
)
def test_text_with_room_for_every_value_is_silent(check, old, new):
    source, earlier = altered(old, new)
    check(source, earlier=earlier, only="DJM302")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("models.TextField()", "models.CharField(max_length=50)", "from text to varchar(50) cuts"),
        ("models.CharField(max_length=100)", "models.SlugField()", "cuts longer values"),
        ("models.IntegerField()", "models.CharField(max_length=2)", "cuts longer values"),
        ("models.FloatField()", "models.IntegerField()", "rounds values"),
        (
            "models.DecimalField(max_digits=12, decimal_places=4)",
            "models.DecimalField(max_digits=12, decimal_places=2)",
            "rounds values",
        ),
        ("models.DateTimeField()", "models.DateField()", "drops a part"),
        ("models.IntegerField()", "models.BooleanField()", "drops a part"),
    ],
)
def test_a_silent_loss_is_reported(check, old, new, words):
    source, earlier = altered(old, new, f"# DJM302 {words}")
    check(source, earlier=earlier, only="DJM302")
    check(source, earlier=earlier, only="DJM303")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("models.CharField(max_length=9)", "models.CharField(max_length=8)", "first value"),
        ("models.BigIntegerField()", "models.IntegerField()", "first value"),
        ("models.CharField(max_length=9)", "models.IntegerField()", "first value"),
        ("models.BigIntegerField()", "models.UUIDField()", "always fails"),
    ],
)
def test_a_loud_loss_is_reported(check, old, new, words):
    source, earlier = altered(
        old, new, f"# DJM303 shop.order.x {words}".replace(" first", " first")
    )
    source = source.replace("shop.order.x ", "")
    check(source, earlier=earlier, only="DJM303")
    check(source, earlier=earlier, only="DJM302")


def test_a_key_that_narrows_with_its_foreign_keys_is_reported_once(check):
    line = """
    migrations.CreateModel(
        "Line",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.order", models.CASCADE)),
        ],
    )
    """
    alter = 'migrations.AlterField("order", "id", models.AutoField(primary_key=True)),'
    check(
        f"{alter}  # DJM303 shop.order.id from bigint to integer fails",
        earlier=[order(), line],
        only="DJM303",
    )


def test_mysql_reports_what_it_does_itself(check):
    source, earlier = altered("models.TextField()", "models.CharField(max_length=50)", "# DJM303")
    check(source, earlier=earlier, options=on("mysql:8.0"), only="DJM303")
    check(source, earlier=earlier, options=on("mysql:8.0"), only="DJM302")


def test_sqlite_keeps_whatever_it_is_given(check):
    source, earlier = altered("models.TextField()", "models.CharField(max_length=50)")
    check(source, earlier=earlier, options=on("sqlite"), only="DJM302")
    check(source, earlier=earlier, options=on("sqlite"), only="DJM303")


SHORTER = 'migrations.AlterField("order", "note", models.CharField(max_length=50, null=True)),'


def test_values_mended_since_the_field_took_its_shape_are_silent(check):
    check(SHORTER, earlier=[order(NOTE), COPY_NOTE], only="DJM302")
    check(
        COPY_NOTE.replace("noop),", f"noop),\n        {SHORTER}", 1).replace(
            "from django.db import migrations", "from django.db import migrations, models"
        ),
        earlier=[order(NOTE)],
        only="DJM302",
    )


def test_values_mended_before_an_earlier_change_prove_nothing(check):
    check(
        f"{SHORTER}  # DJM302",
        earlier=[
            order(NOTE),
            COPY_NOTE,
            'migrations.AlterField("order", "note", models.TextField(null=True, blank=True)),',
        ],
        only="DJM302",
    )


def test_rows_that_a_new_table_begins_with_prove_nothing(check):
    seed = data(
        "apps.get_model('shop', 'Order').objects.create(x='first')",
        before=order('("x", models.CharField(max_length=9))').strip() + ",",
    )
    check(
        'migrations.AlterField("order", "x", models.CharField(max_length=8)),  # DJM303',
        earlier=["", seed.replace("import migrations", "import migrations, models")],
        only="DJM303",
    )


def test_a_cast_that_does_not_exist_is_reported_whatever_came_before(check):
    check(
        'migrations.AlterField("order", "rank", models.UUIDField(null=True)),  # DJM303 always',
        earlier=[
            order('("rank", models.BigIntegerField(null=True))'),
            'migrations.RunSQL("UPDATE shop_order SET rank = 1 WHERE rank = 0", ""),',
        ],
        only="DJM303",
    )


@pytest.mark.parametrize(
    "operations",
    [
        (
            'migrations.AddField("order", "draft", models.TextField(null=True)),\n'
            'migrations.AlterField("order", "draft", models.CharField(max_length=5, null=True)),'
        ),
        (
            "migrations.SeparateDatabaseAndState(\n"
            '    state_operations=[migrations.AlterField("order", "note", models.SlugField())],\n'
            "),"
        ),
        'migrations.AlterField("order", "missing", models.CharField(max_length=5)),',
        'migrations.AlterField("parcel", "note", models.CharField(max_length=5)),',
    ],
)
@pytest.mark.parametrize("code", ["DJM302", "DJM303", "DJM304"])
def test_a_change_without_rows_or_without_a_known_field_is_silent(check, operations, code):
    check(operations, earlier=[order(NOTE)], only=code)


def test_a_type_changed_by_sql_is_reported(check):
    check(
        """
        migrations.RunSQL(
            "ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(9) USING note::varchar(9)",
            migrations.RunSQL.noop,
        ),
        """.replace('(9)",', '(9)",  # DJM302'),
        earlier=[order(NOTE)],
        only="DJM302",
    )


# NOT NULL ---------------------------------------------------------------------------------

REQUIRED = 'migrations.AlterField("order", "note", models.TextField()),'
FILL_NOTE = data(
    """Order = apps.get_model("shop", "Order")
    Order.objects.filter(note=None).update(note="")"""
)


def test_not_null_without_a_fill_is_reported(check):
    check(
        f"{REQUIRED}  # DJM304 shop.order.note becomes NOT NULL",
        earlier=[order(NOTE)],
        only="DJM304",
    )


def test_a_text_that_may_be_blank_is_not_filled_by_django(check):
    check(
        'migrations.AlterField("order", "note", models.TextField(blank=True)),  # DJM304',
        earlier=[order(NOTE)],
        only="DJM304",
    )


def test_a_column_added_and_tightened_at_once_is_reported(check):
    check(
        """
        migrations.AddField("order", "rank", models.IntegerField(null=True)),
        migrations.AlterField("order", "rank", models.IntegerField()),  # DJM304
        """,
        earlier=[order(NOTE)],
        only="DJM304",
    )


@pytest.mark.parametrize(
    "field",
    [
        "models.TextField(default='')",
        "models.TextField(db_default='')",
        "models.TextField(default=unknown)",
        "models.TextField(null=settings.NULL)",
        "vendored.Field()",
    ],
)
def test_not_null_with_a_default_or_in_doubt_is_silent(check, field):
    check(f'migrations.AlterField("order", "note", {field}),', earlier=[order(NOTE)], only="DJM304")


def test_not_null_after_a_fill_is_silent(check):
    check(REQUIRED, earlier=[order(NOTE), FILL_NOTE], only="DJM304")
    check(
        REQUIRED,
        earlier=[
            order(NOTE),
            'migrations.RunSQL("UPDATE shop_order SET note = \'\' WHERE note IS NULL", ""),',
        ],
        only="DJM304",
    )


def test_not_null_that_stays_is_silent(check):
    check(
        'migrations.AlterField("order", "rank", models.IntegerField(help_text="x")),',
        earlier=[order('("rank", models.IntegerField())')],
        only="DJM304",
    )


def test_not_null_set_by_sql_is_judged_too(check):
    sql = 'migrations.RunSQL("ALTER TABLE shop_order ALTER note SET NOT NULL", ""),'
    check(f"{sql}  # DJM304", earlier=[order(NOTE)], only="DJM304")
    check(sql, earlier=[order(NOTE), FILL_NOTE], only="DJM304")
    check(sql.replace("shop_order", "elsewhere"), earlier=[order(NOTE)], only="DJM304")


# A rename written as remove and add -------------------------------------------------------

TOTAL = "models.IntegerField(default=0)"


@pytest.mark.parametrize(
    "operations",
    [
        'migrations.RenameField("order", "sum", "total"),',
        f'migrations.AddField("order", "total", {TOTAL}),',
        'migrations.RemoveField("order", "sum"),',
        # another definition
        (
            'migrations.RemoveField("order", "sum"),\n'
            'migrations.AddField("order", "total", models.IntegerField(default=1)),'
        ),
        (
            'migrations.RemoveField("order", "sum"),\n'
            'migrations.AddField("order", "total", models.BigIntegerField(default=0)),'
        ),
        # another model
        f'migrations.RemoveField("order", "sum"),\nmigrations.AddField("line", "total", {TOTAL}),',
        # which of the two would it be?
        (
            'migrations.RemoveField("order", "sum"),\n'
            f'migrations.AddField("order", "total", {TOTAL}),\n'
            f'migrations.AddField("order", "amount", {TOTAL}),'
        ),
        (
            'migrations.RemoveField("order", "sum"),\nmigrations.RemoveField("order", "tax"),\n'
            f'migrations.AddField("order", "total", {TOTAL}),'
        ),
        # added anew under its own name
        f'migrations.RemoveField("order", "sum"),\nmigrations.AddField("order", "sum", {TOTAL}),',
        # copied in between
        (
            f'migrations.AddField("order", "total", {TOTAL}),\n'
            'migrations.RunSQL("UPDATE shop_order SET total = sum WHERE sum > 0", ""),\n'
            'migrations.RemoveField("order", "sum"),'
        ),
        # new itself
        (
            f'migrations.AddField("order", "a", {TOTAL}),\nmigrations.RemoveField("order", "a"),\n'
            f'migrations.AddField("order", "total", {TOTAL}),'
        ),
        # two flags are alike by nature
        (
            'migrations.RemoveField("order", "old_flag"),\n'
            'migrations.AddField("order", "flag", models.BooleanField(default=False)),'
        ),
        # what cannot be known may differ
        (
            'migrations.RemoveField("order", "odd"),\n'
            'migrations.AddField("order", "even", models.IntegerField(default=settings.ODD)),'
        ),
    ],
)
def test_what_is_no_rename_is_silent(check, operations):
    check(
        operations,
        earlier=[
            order(
                f'("sum", {TOTAL})',
                f'("tax", {TOTAL})',
                '("old_flag", models.BooleanField(default=False))',
                '("odd", models.IntegerField(default=settings.ODD + 1))',
            )
        ],
        only="DJM305",
    )


@pytest.mark.parametrize("order_of_operations", [1, -1])
def test_a_field_removed_and_added_under_another_name_is_reported(check, order_of_operations):
    operations = [
        'migrations.RemoveField("Order", "sum"),  # DJM305 order.sum is removed and total added',
        f'migrations.AddField("order", "total", {TOTAL}),',
    ][::order_of_operations]
    for code in ("DJM305", "DJM301"):
        check("\n".join(operations), earlier=[order(f'("sum", {TOTAL})')], only=code)


def test_a_default_for_the_rows_there_are_is_no_part_of_the_definition(check):
    added = """
        migrations.RemoveField("order", "sum"),{mark}
        migrations.AddField("order", "total", models.{field}, preserve_default=False),
        """
    for field, mark in (("IntegerField(default=7)", "  # DJM305"), ("TextField(default='')", "")):
        check(
            added.format(field=field, mark=mark),
            earlier=[order('("sum", models.IntegerField())')],
            only="DJM305",
        )


def test_the_name_of_the_column_is_no_part_of_the_definition(check):
    check(
        """
        migrations.RemoveField("order", "sum"),  # DJM305
        migrations.AddField("order", "total", models.IntegerField(default=0, db_column="t")),
        """,
        earlier=[order(f'("sum", {TOTAL})')],
        only="DJM305",
    )


def created(name: str, *fields: str) -> str:
    return order(*fields).replace('"Order"', f'"{name}"').strip() + ","


def test_a_model_deleted_and_created_under_another_name_is_reported(check):
    for code in ("DJM305", "DJM306"):
        check(
            created("Purchase", NOTE)
            + '\nmigrations.DeleteModel("Order"),  # DJM305 Order is removed and Purchase added',
            earlier=[order(NOTE)],
            only=code,
        )


@pytest.mark.parametrize(
    "operations",
    [
        # nothing but a key is no likeness
        created("Purchase") + '\nmigrations.DeleteModel("Tag"),',
        # other fields
        created("Purchase", '("memo", models.TextField(null=True))')
        + '\nmigrations.DeleteModel("Order"),',
        # the same name
        'migrations.DeleteModel("Order"),\n' + created("order", NOTE),
        # two that could be it
        created("Purchase", NOTE) + created("Sale", NOTE) + '\nmigrations.DeleteModel("Order"),',
        # copied in between
        created("Purchase", NOTE)
        + '\nmigrations.RunSQL("INSERT INTO shop_purchase SELECT * FROM shop_order", ""),'
        + '\nmigrations.DeleteModel("Order"),',
        created("Purchase", NOTE)
        + "\nmigrations.RunPython(unknown, migrations.RunPython.noop),"
        + '\nmigrations.DeleteModel("Order"),',
        'migrations.DeleteModel("Parcel"),',
    ],
)
def test_a_model_that_has_no_twin_is_silent(check, operations):
    check(
        operations,
        earlier=[f"{order(NOTE).strip()},\n{created('Tag')}"],
        only="DJM305",
    )


@pytest.mark.parametrize(
    ("body", "marker"),
    [
        ('apps.get_model("shop", "Order").objects.count()', ""),
        ('apps.get_model("shop", "Tag").objects.count()', "  # DJM305"),
    ],
)
def test_a_function_that_asks_for_the_model_may_copy_it(check, body, marker):
    check(
        data(
            body,
            before=created("Purchase", NOTE),
            operations=f'migrations.DeleteModel("Order"),{marker}',
        ).replace("import migrations", "import migrations, models"),
        earlier=[f"{order(NOTE).strip()},\n{created('Tag')}"],
        only="DJM305",
    )


# A dropped table --------------------------------------------------------------------------


def test_the_tables_of_its_many_to_many_fields_go_with_a_model(check):
    check(
        'migrations.DeleteModel("Order"),  # DJM306 table shop_order is dropped',
        earlier=[order('("friends", models.ManyToManyField("shop.order"))')],
        only="DJM306",
    )


def test_a_dropped_table_is_reported(check):
    check(
        'migrations.DeleteModel("Order"),  # DJM306 table shop_order is dropped',
        earlier=[order(NOTE)],
        only="DJM306",
    )


def test_the_table_of_a_many_to_many_field_is_reported(check):
    check(
        'migrations.RemoveField("order", "friends"),  # DJM306 table shop_order_friends',
        earlier=[order('("friends", models.ManyToManyField(to="shop.order"))')],
        only="DJM306",
    )


@pytest.mark.parametrize(
    "body",
    [
        "for order in Order.objects.iterator():\n        other.extend(order.friends.all())",
        "other.extend(Order.objects.values_list('id', 'friends'))",
        "other.extend(apps.get_model('shop', 'Order_friends').objects.all())",
        "schema_editor.execute('INSERT INTO link SELECT * FROM shop_order_friends')",
    ],
)
def test_the_table_of_a_many_to_many_field_that_was_read_before_is_silent(check, body):
    moved = data(f'Order = apps.get_model("shop", "Order")\n    {body}').replace(
        "from vendored", "from vendored import other\nfrom vendored"
    )
    check(
        'migrations.RemoveField("order", "friends"),',
        earlier=[order('("friends", models.ManyToManyField(to="shop.order"))'), moved],
        only="DJM306",
    )


def test_a_data_migration_about_other_fields_moves_no_links(check):
    check(
        'migrations.RemoveField("order", "friends"),  # DJM306 table shop_order_friends',
        earlier=[
            order('("friends", models.ManyToManyField(to="shop.order"))', NOTE),
            NOT_ABOUT_NOTE,
        ],
        only="DJM306",
    )


def test_a_table_dropped_by_sql_is_reported(check):
    check(
        """
        migrations.RunSQL("drop table if exists shop_order", ""),  # DJM306 table shop_order
        migrations.RunSQL("-- DROP TABLE shop_note", ""),
        """,
        earlier=[order(NOTE)],
        only="DJM306",
    )


@pytest.mark.parametrize(
    "operations",
    [
        f'{created("Draft", NOTE)}\nmigrations.DeleteModel("Draft"),',
        (
            "migrations.SeparateDatabaseAndState(\n"
            '    state_operations=[migrations.DeleteModel("Order")],\n'
            "),"
        ),
        'migrations.DeleteModel("Proxy"),',
        'migrations.DeleteModel("Legacy"),',
        'migrations.DeleteModel("Missing"),',
        'migrations.RemoveField("order", "through"),',
    ],
)
def test_no_table_is_dropped_that_holds_rows_of_ours(check, operations):
    check(
        operations,
        earlier=[
            order(
                '("through", models.ManyToManyField(to="shop.order", through="shop.Link"))',
            ).strip()
            + """,
            migrations.CreateModel(name="Proxy", fields=[], options={"proxy": True},
                                   bases=("shop.order",)),
            migrations.CreateModel(name="Legacy", fields=[("id", models.BigAutoField())],
                                   options={"managed": False}),
            """
        ],
        only="DJM306",
    )


EMPTY_SHAPES = """
migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel("Shop", [("id", models.BigAutoField(primary_key=True))]),
"""


def test_a_table_that_is_listed_as_empty_takes_any_column(check):
    check(
        'migrations.AddField("order", "total", models.IntegerField()),',
        earlier=[EMPTY_SHAPES],
        options=Options(table_rows={"shop_order": 0}),
        only="DJM310",
    )


def test_a_database_that_fills_the_column_itself_takes_it(check):
    check(
        'migrations.AddField("order", "total", models.IntegerField()),',
        earlier=[EMPTY_SHAPES],
        options=Options(databases=(parse_database("mysql:8.0"),)),
        only="DJM310",
    )


def test_a_column_of_an_unknown_class_is_taken(check):
    check(
        """
import fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]
    operations = [migrations.AddField("order", "total", fields.MoneyField())]
""",
        earlier=[EMPTY_SHAPES],
        only="DJM310",
    )


def test_one_value_cannot_be_unique_however_it_is_written(check):
    check(
        """
migrations.AddField("order", "a", models.CharField(max_length=9, default="x", unique=True)),  # DJM310
migrations.AddField("order", "b", models.OneToOneField("shop.Shop", models.CASCADE, default=1)),  # DJM310
migrations.AddField("order", "c", models.ForeignKey("shop.Shop", models.CASCADE)),  # DJM310 NOT NULL
migrations.AddField("order", "d", models.CharField(max_length=9)),  # DJM310 NOT NULL
migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN e int NOT NULL", migrations.RunSQL.noop),  # DJM310
""",
        earlier=[EMPTY_SHAPES],
        only="DJM310",
    )


NUMBERED = """
from django.db import migrations, models
from django.db.models.expressions import Func, RawSQL
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]
    operations = [
        migrations.AddField("order", "a", models.IntegerField(db_default={}, unique=True)),{}
    ]
"""


@pytest.mark.parametrize(
    "value", ["RawSQL(\"nextval('a_seq'::regclass)\", ())", "Func(function='own')", "Now()"]
)
def test_a_value_that_the_database_works_out_may_be_unique(check, value):
    check(NUMBERED.format(value, ""), earlier=[EMPTY_SHAPES], only="DJM310")


def test_a_constant_that_the_database_keeps_is_not_unique(check):
    check(NUMBERED.format("7", "  # DJM310"), earlier=[EMPTY_SHAPES], only="DJM310")


CLEARED = """
from django.db import migrations, models


def clear(apps, schema_editor):
    apps.get_model("shop", "{model}").objects.{rows}.delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "{before}")]
    operations = [{operation}]
"""
NEW_TOTAL = 'migrations.AddField("order", "total", models.IntegerField()),'
CLEARING = "migrations.RunPython(clear, migrations.RunPython.noop),"


@pytest.mark.parametrize(
    "emptied",
    [
        'migrations.RunSQL("DELETE FROM shop_order", ""),',
        'migrations.RunSQL("TRUNCATE shop_order", ""),',
        CLEARING,
    ],
)
def test_a_table_whose_rows_have_been_deleted_takes_any_column(check, emptied):
    source = CLEARED.format(
        model="Order", rows="all()", before="0001_earlier", operation=f"{emptied} {NEW_TOTAL}"
    )
    check(source, earlier=[EMPTY_SHAPES], only="DJM310")


def test_rows_may_have_been_deleted_by_an_earlier_migration(check):
    cleared = CLEARED.format(model="Order", rows="all()", before="0001_earlier", operation=CLEARING)
    check(NEW_TOTAL, earlier=[EMPTY_SHAPES, cleared], only="DJM310")


@pytest.mark.parametrize(("model", "rows"), [("Shop", "all()"), ("Order", "filter(pk__lt=9)")])
def test_other_rows_that_have_been_deleted_do_not_count(check, model, rows):
    cleared = CLEARED.format(model=model, rows=rows, before="0001_earlier", operation=CLEARING)
    unread = CLEARED.format(
        model=model, rows=rows, before="0002_earlier", operation="migrations.RunPython(unread),"
    )
    check(f"{NEW_TOTAL}  # DJM310", earlier=[EMPTY_SHAPES, cleared, unread], only="DJM310")


def test_a_column_added_before_its_table_is_emptied_is_refused(check):
    source = CLEARED.format(
        model="Order",
        rows="all()",
        before="0001_earlier",
        operation=f"{NEW_TOTAL}  # DJM310\n        {CLEARING}\n    ",
    )
    check(source, earlier=[EMPTY_SHAPES], only="DJM310")
