"""8xx: schema and data apart, each in its place; state and database in step."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField(null=True)),
        ("note", models.TextField(null=True)),
    ],
),
migrations.CreateModel(
    "Line",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("order", models.ForeignKey("shop.order", models.CASCADE, related_name="lines")),
    ],
),
"""
STATUS = "migrations.AddField('order', 'status', models.CharField(max_length=10, null=True)),"
NO_NOTE = "migrations.RemoveField('order', 'note'),"
FILL = """
Order = apps.get_model("shop", "Order")
Order.objects.filter(pk__lt=1000).update(total=0)
"""

MODULE = """
from django.db import migrations, models
{imports}

def work(apps, schema_editor):
{body}


class Migration(migrations.Migration):
    dependencies = [("shop", "{after}")]
    operations = [
{operations}
    ]
"""


def indent(text, columns):
    return "\n".join(f"{' ' * columns}{line}" for line in text.strip("\n").splitlines())


def data(body, operations="migrations.RunPython(work),", after="0001_earlier", imports=""):
    """A migration with a function ``work``, and the operations that call it."""
    return MODULE.format(
        body=indent(body, 4), operations=indent(operations, 8), after=after, imports=imports
    )


class TestSchemaWithData:
    only = "DJM801"
    call = "migrations.RunPython(work),"
    marked = "migrations.RunPython(work),  # DJM801 RunPython(work) shares a migration with"

    def test_sql_that_changes_the_table_of_a_model_counts_as_a_change(self, check):
        schema = "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN a int'),"
        told = f"{schema}\n{self.call}  # DJM801 a change of shop_order"
        check(data(FILL, told), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "schema",
        [
            "",
            "migrations.AlterModelOptions('order', {'ordering': ['id']}),",
            "migrations.AlterField('order', 'note', models.TextField(null=True, help_text='x')),",
            (
                "migrations.SeparateDatabaseAndState(state_operations=["
                "migrations.RemoveField('order', 'note')]),"
            ),
            (
                "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True)),"
                " ('order', models.ForeignKey('shop.order', models.CASCADE))]),"
            ),
            "migrations.AddField('order', 'tags', models.ManyToManyField('shop.line')),",
            "migrations.RunSQL('ALTER TABLE legacy ADD COLUMN a int'),",
        ],
    )
    def test_data_beside_what_changes_no_table_in_use_is_silent(self, check, schema):
        check(data(FILL, schema + "\n" + self.call), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            'apps.get_model("shop", "Tag").objects.create(name="new")',
            'for tag in apps.get_model("shop", "Tag").objects.all():\n    tag.save()',
            'print("done")',
        ],
    )
    def test_the_rows_of_a_new_table_are_nobodys(self, check, body):
        schema = (
            "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True)), "
            "('name', models.TextField())]),"
        )
        check(data(body, schema + STATUS + "\n" + self.call), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "harmless",
        [
            "migrations.RunPython(migrations.RunPython.noop),",
            "migrations.RunSQL('CREATE EXTENSION pg_trgm'),",
            "migrations.RunSQL(migrations.RunSQL.noop),",
        ],
    )
    def test_what_is_no_data_may_stand_beside_the_schema(self, check, harmless):
        check(STATUS + harmless, earlier=[ORDER], only=self.only)

    def test_rows_of_a_table_made_here_may_be_inserted_in_sql(self, check):
        check(
            """
            migrations.AddField("order", "status", models.TextField(null=True)),
            migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),
            migrations.RunSQL("INSERT INTO shop_tag (id) VALUES (1)"),
            """,
            earlier=[ORDER],
            only=self.only,
        )

    @pytest.mark.parametrize(
        "body",
        [
            'schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")',
            'Order = apps.get_model("shop", "Order")\nimported.change(Order, schema_editor)',
            'apps.get_model("contenttypes", "ContentType").objects.filter(model="tag").delete()',
            'Permission = apps.get_model("auth.Permission")\nPermission.objects.create(name="x")',
        ],
    )
    def test_what_is_not_seen_to_work_on_rows_in_use_is_silent(self, check, body):
        source = data(body, STATUS + "\n" + self.call, imports="import imported")
        check(source, earlier=[ORDER], only=self.only)

    def test_a_table_that_is_known_to_be_small_is_silent(self, check):
        source = data(FILL, STATUS + "\n" + self.call)
        small = Options(table_rows={"shop_order": 10})
        check(source, earlier=[ORDER], options=small, only=self.only)

    def test_sql_that_cannot_be_read_is_data(self, check):
        source = data("schema_editor.execute(imported.TEXT)", STATUS + "\n" + self.marked)
        check(source, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("order", [1, -1])
    def test_data_is_reported_before_and_after_the_schema(self, check, order):
        operations = "\n".join([STATUS, self.marked + " a change of shop_order"][::order])
        check(data(FILL, operations), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "call",
        [
            "migrations.RunPython(imported.work),  # DJM801 RunPython(work)",
            "migrations.RunSQL('UPDATE shop_order SET total = 1'),  # DJM801 UPDATE in RunSQL",
            "migrations.SeparateDatabaseAndState([\n    migrations.RunPython(work),  # DJM801\n]),",
        ],
    )
    def test_other_spellings_are_reported_too(self, check, call):
        source = data(FILL, STATUS + "\n" + call, imports="import imported")
        check(source, earlier=[ORDER], only=self.only)

    def test_a_function_that_sends_sql_is_data(self, check):
        body = 'schema_editor.execute("UPDATE shop_order SET total = 0")'
        check(data(body, STATUS + "\n" + self.marked), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(("database", "mark"), [("postgresql:14", ""), ("mysql:8.0", "DJM801")])
    def test_a_step_without_a_lock_counts_where_half_of_a_migration_may_stay(
        self, check, database, mark
    ):
        index = "migrations.AddIndex('order', models.Index(fields=['total'], name='a')),"
        rename = "migrations.RenameIndex('order', new_name='b', old_name='a'),"
        check(
            data(FILL, f"{rename}\n{self.call}{mark and '  # ' + mark}"),
            earlier=[ORDER + index],
            options=Options(databases=(parse_database(database),)),
            only=self.only,
        )


class TestDataBeforeSchema:
    only = "DJM802"

    @pytest.mark.parametrize(
        "body",
        [
            FILL,
            'apps.get_model("shop.Order").objects.filter(pk=1).update(total=1)',
            'apps.get_model("SHOP", "order")',
            'apps.get_model("customers", "Customer").objects.update(name="")',
            'apps.get_model("shop", "Line").objects.filter(order_id=1, order__note="").delete()',
            'apps.get_model("shop", "Order").objects.filter(lines__isnull=True, id=1).delete()',
            'apps.get_model("shop", "Order").objects.filter(colour="red").delete()',
            'apps.get_model("shop", name_of_model)',
        ],
    )
    def test_what_is_there_or_may_come_from_elsewhere_is_silent(self, check, body):
        check(data(body), earlier=[ORDER], only=self.only)

    def test_a_history_that_cannot_be_read_is_silent(self, check):
        body = 'apps.get_model("shop", "Tag").objects.update(status=1)'
        check(data(body), earlier=[ORDER + "Unread('x'),"], only=self.only)

    def test_a_field_of_a_base_class_is_silent(self, check):
        child = """
            migrations.CreateModel("Gift", [("card", models.TextField())], bases=("shop.order",)),
        """
        body = 'apps.get_model("shop", "Gift").objects.filter(pk=1).update(note="", status="")'
        check(
            data(body, "migrations.RunPython(work),\n" + STATUS.replace("order", "gift")),
            earlier=[ORDER + child],
            only=self.only,
        )

    @pytest.mark.parametrize("keyword", ["related_name='status'", "related_query_name='status'"])
    def test_the_way_back_of_a_relation_is_silent(self, check, keyword):
        line = f"""
            migrations.CreateModel(
                "Tag", [("order", models.ForeignKey("shop.order", models.CASCADE, {keyword}))]
            ),
        """
        body = 'apps.get_model("shop", "Order").objects.filter(pk=1, status=1).delete()'
        check(
            data(body, "migrations.RunPython(work),\n" + STATUS),
            earlier=[ORDER + line],
            only=self.only,
        )

    def test_bases_that_cannot_be_read_are_silent(self, check):
        child = "migrations.CreateModel('Gift', [('card', models.TextField())], bases=BASES),"
        body = 'apps.get_model("shop", "Gift").objects.filter(pk=1).update(status="")'
        check(
            data(body, "migrations.RunPython(work),\n" + STATUS.replace("order", "gift")),
            earlier=[ORDER + child],
            only=self.only,
        )

    def test_a_field_that_is_added_above_is_silent(self, check):
        body = 'apps.get_model("shop", "Order").objects.filter(pk=1).update(status="")'
        check(data(body, STATUS + "\nmigrations.RunPython(work),"), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("name", "later"),
        [
            ("status", STATUS),
            ("text", "migrations.RenameField('order', 'note', 'text'),"),
            (
                "clerk_id",
                (
                    "migrations.AddField('order', 'clerk', "
                    "models.ForeignKey('shop.line', models.CASCADE, null=True)),"
                ),
            ),
        ],
    )
    def test_a_field_that_comes_further_down_is_reported(self, check, name, later):
        body = f"""
            Order = apps.get_model("shop", "Order")
            Order.objects.filter(pk=1).update({name}=None)  # DJM802 shop.order.{name}, which is made
        """
        source = data(
            "\n".join(line[12:] for line in body.splitlines()[1:]),
            "migrations.RunPython(work),\n" + later,
        )
        check(source, earlier=[ORDER], only=self.only)

    def test_a_lookup_through_a_field_that_is_not_there_is_reported(self, check):
        body = (
            'Order = apps.get_model("shop", "Order")\n'
            "Order.objects.filter(pk=1, status__isnull=True).update(total=1)  "
            "# DJM802 work uses shop.order.status"
        )
        check(data(body, "migrations.RunPython(work),\n" + STATUS), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "maker",
        [
            "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True))]),",
            "migrations.RenameModel('Line', 'Tag'),",
        ],
    )
    def test_a_model_that_a_later_migration_makes_is_reported(self, check, maker):
        body = 'apps.get_model("shop", "Tag")  # DJM802 shop.tag, which only 0003_later makes'
        later = data("pass", maker, after="0002_checked")
        check(
            data(body),
            earlier=[ORDER],
            files={"shop/migrations/0003_later.py": later},
            only=self.only,
        )

    def test_a_way_back_to_another_model_does_not_count(self, check):
        line = """
            migrations.CreateModel(
                "Tag",
                [("line", models.ForeignKey("shop.line", models.CASCADE, related_name="status"))],
            ),
        """
        body = (
            'apps.get_model("shop", "Order").objects.filter(pk=1, status=1).delete()'
            "  # DJM802 it fails or the value is lost"
        )
        check(
            data(body, "migrations.RunPython(work),\n" + STATUS),
            earlier=[ORDER + line],
            only=self.only,
        )

    def test_another_model_made_below_is_not_the_one(self, check):
        body = 'apps.get_model("shop", "Tag")  # DJM802 shop.tag, which is not in the state here'
        other = (
            "migrations.CreateModel('Ticket', [('id', models.BigAutoField(primary_key=True))]),"
            "migrations.DeleteModel('Line'),"
        )
        check(data(body, "migrations.RunPython(work),\n" + other), earlier=[ORDER], only=self.only)

    def test_a_model_that_is_nowhere_is_reported_also_on_the_way_back(self, check):
        body = 'apps.get_model("shop", "Tag")  # DJM802 shop.tag, which is not in the state here'
        operation = "migrations.RunPython(migrations.RunPython.noop, work),"
        check(data(body, operation), earlier=[ORDER], only=self.only)


class TestDataAfterDrop:
    only = "DJM803"

    @pytest.mark.parametrize(
        "before",
        [
            "",
            "migrations.RemoveField('line', 'order'),",
            NO_NOTE + "migrations.AddField('order', 'note', models.TextField(null=True)),",
            "migrations.DeleteModel('Line'),",
            "migrations.RenameField('order', 'total', 'sum'),",
            NO_NOTE + "Unread('x'),",
        ],
    )
    def test_what_is_still_there_is_silent(self, check, before):
        body = 'apps.get_model("shop", "Order").objects.filter(pk=1).update(note="")'
        check(data(body, after="0002_earlier"), earlier=[ORDER, before], only=self.only)

    def test_the_data_may_move_before_the_drop_in_the_same_file(self, check):
        body = 'apps.get_model("shop", "Order").objects.filter(pk=1).update(note="")'
        check(
            data(body, "migrations.RunPython(work),\n" + NO_NOTE), earlier=[ORDER], only=self.only
        )

    def test_a_column_that_will_come_back_is_the_other_rules(self, check):
        body = 'apps.get_model("shop", "Order").objects.filter(pk=1).update(note="")'
        again = "migrations.AddField('order', 'note', models.TextField(null=True)),"
        check(
            data(body, "migrations.RunPython(work),\n" + again, after="0002_earlier"),
            earlier=[ORDER, NO_NOTE],
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("before", "use", "words"),
        [
            (
                NO_NOTE,
                '"Order").objects.filter(note="")',
                "order.note, which 0002_earlier has removed",
            ),
            (
                "migrations.RenameField('order', 'note', 'text'),",
                '"Order").objects.filter(note="")',
                "order.note, which 0002_earlier has renamed",
            ),
            (
                "migrations.RemoveField('line', 'order'),",
                '"Line").objects.filter(order_id=1)',
                "line.order_id, which 0002_earlier has removed",
            ),
            ("migrations.DeleteModel('Line'),", '"Line")', "line, which 0002_earlier has removed"),
            (
                "migrations.RenameModel('Line', 'Item'),",
                '"Line")',
                "line, which 0002_earlier has renamed",
            ),
        ],
    )
    def test_what_was_taken_away_before_is_reported(self, check, before, use, words):
        body = f'rows = apps.get_model("shop", {use}  # DJM803 work uses shop.{words}'
        check(data(body, after="0002_earlier"), earlier=[ORDER, before], only=self.only)

    def test_what_was_taken_away_above_is_reported(self, check):
        body = (
            'apps.get_model("shop", "Order").objects.filter(note="").delete()'
            "  # DJM803 which 0002_checked has removed"
        )
        check(
            data(body, NO_NOTE + "\nmigrations.RunPython(work),"), earlier=[ORDER], only=self.only
        )


class TestMoveInOneMigration:
    only = "DJM804"
    move = 'apps.get_model("shop", "Order").objects.filter(pk=1).update(status="")'

    @pytest.mark.parametrize(
        "operations",
        [
            STATUS + NO_NOTE,
            "migrations.RunPython(work)," + NO_NOTE,
            STATUS + "migrations.RunPython(work),",
            NO_NOTE + STATUS + "migrations.RunPython(work),",
            STATUS + "migrations.RunPython(imported.work)," + NO_NOTE,
            STATUS + "migrations.RunPython(migrations.RunPython.noop)," + NO_NOTE,
            STATUS + "migrations.RunSQL('UPDATE other SET status = 1')," + NO_NOTE,
            STATUS + "migrations.RunPython(work), migrations.RemoveField('line', 'order'),",
            "migrations.AddField('order', 'city', models.TextField(null=True)),"
            "migrations.RunPython(work)," + NO_NOTE,
            "migrations.AddField('ghost', 'a', models.TextField(null=True)),"
            "migrations.RunPython(work)," + NO_NOTE,
        ],
    )
    def test_a_part_of_a_move_is_silent(self, check, operations):
        source = data(self.move, operations, imports="import imported")
        check(source, earlier=[ORDER], only=self.only)

    def test_rows_of_another_model_are_no_move(self, check):
        body = 'apps.get_model("shop", "Line").objects.filter(pk=1).delete()'
        operations = STATUS + "migrations.RunPython(work)," + NO_NOTE
        check(data(body, operations), earlier=[ORDER], only=self.only)

    def test_a_table_made_here_has_nothing_to_move(self, check):
        made = "migrations.CreateModel('Tag', [('note', models.TextField())])," + (
            STATUS + "migrations.RunPython(work)," + NO_NOTE
        ).replace("order", "tag")
        check(data(self.move.replace("Order", "Tag"), made), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("code", ["DJM801", "DJM804"])
    def test_a_squash_of_three_migrations_is_silent(self, check, code):
        operations = STATUS + "migrations.RunPython(work)," + NO_NOTE
        squash = data(self.move, operations).replace(
            "    operations",
            "    replaces = [('shop', '0002_a'), ('shop', '0003_b')]\n    operations",
        )
        check(squash, earlier=[ORDER], only=code)

    def test_running_code_is_told_of_once(self, check):
        removals = f"{NO_NOTE}\nmigrations.RemoveField('order', 'total'),  # DJM903"
        operations = f"{STATUS}\nmigrations.RunPython(work),\n{removals}"
        check(data(self.move, operations), earlier=[ORDER], only="DJM903")

    across = """
for line in apps.get_model("shop", "Line").objects.iterator():
    for order in apps.get_model("shop", "Order").objects.filter(lines=line):
        order.status = {}
        order.save()
"""

    def test_a_move_to_another_model_is_reported(self, check):
        words = "shop.line: shop.order.status is added, filled and label removed at once"
        removal = f"migrations.RemoveField('line', 'label'),  # DJM804 {words}"
        operations = f"{STATUS}\nmigrations.RunPython(work),\n{removal}"
        source = data(self.across.format("line.label"), operations, "0002_earlier")
        check(source, earlier=[ORDER, self.label], only=self.only)

    def test_what_the_other_model_loses_without_being_read_is_silent(self, check):
        removal = "migrations.RemoveField('line', 'label'),"
        operations = f"{STATUS}\nmigrations.RunPython(work),\n{removal}"
        source = data(self.across.format("line.order_id"), operations, "0002_earlier")
        check(source, earlier=[ORDER, self.label], only=self.only)

    label = "migrations.AddField('line', 'label', models.TextField(null=True)),"

    def test_a_move_is_reported_once_for_a_model(self, check):
        removals = f"{NO_NOTE}  # DJM804\nmigrations.RemoveField('order', 'total'),"
        check(
            data(self.move, f"{STATUS}\nmigrations.RunPython(work),\n{removals}"),
            earlier=[ORDER],
            only=self.only,
        )

    @pytest.mark.parametrize(
        "fill",
        [
            "migrations.RunPython(work),",
            "migrations.RunSQL('UPDATE shop_order SET status = note'),",
            "migrations.SeparateDatabaseAndState([migrations.RunPython(work)]),",
        ],
    )
    def test_a_whole_move_is_reported_at_the_removal(self, check, fill):
        words = "shop.order: status is added, filled and note removed"
        operations = f"{STATUS}\n{fill}\n{NO_NOTE}  # DJM804 {words}"
        check(data(self.move, operations), earlier=[ORDER], only=self.only)


class TestStateNotTold:
    only = "DJM805"

    def sql(self, text, state=""):
        return f'migrations.RunSQL("{text}", state_operations=[{state}]),'

    @pytest.mark.parametrize(
        "text",
        [
            "ALTER TABLE legacy DROP COLUMN note",
            "ALTER TABLE shop_order ALTER COLUMN note SET DEFAULT ''",
            "ALTER TABLE shop_order DROP COLUMN legacy",
            "ALTER TABLE shop_order RENAME COLUMN legacy TO older",
            "CREATE INDEX by_note ON shop_order (note)",
            "ALTER TABLE shop_order ADD COLUMN note text",
            "UPDATE shop_order SET note = ''",
        ],
    )
    def test_what_the_state_does_not_tell_of_anyway_is_silent(self, check, text):
        check(self.sql(text), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("text", "state"),
        [
            ("DROP COLUMN note", NO_NOTE),
            ("ADD COLUMN status text", STATUS),
            ("RENAME COLUMN note TO text", "migrations.RenameField('order', 'note', 'text'),"),
        ],
    )
    def test_a_state_that_is_told_is_silent(self, check, text, state):
        sql = f"ALTER TABLE shop_order {text}"
        check(self.sql(sql, state), earlier=[ORDER], only=self.only)
        check(
            f"migrations.SeparateDatabaseAndState([{self.sql(sql)}], [{state}]),",
            earlier=[ORDER],
            only=self.only,
        )
        check(
            f"migrations.SeparateDatabaseAndState([], [{state}]), {self.sql(sql)}",
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_state_that_is_told_later_is_silent(self, check):
        told = data(
            "pass",
            f"migrations.SeparateDatabaseAndState(state_operations=[{STATUS}]),",
            after="0002_checked",
        )
        check(
            self.sql("ALTER TABLE shop_order ADD COLUMN status text"),
            earlier=[ORDER],
            files={"shop/migrations/0003_told.py": told},
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("DROP COLUMN note", "ADD COLUMN note varchar(20)"),
            ("ADD COLUMN work text", "DROP COLUMN work"),
            ("RENAME COLUMN note TO old", "RENAME COLUMN old TO note"),
            ("ADD COLUMN work text", "RENAME COLUMN work TO note"),
        ],
    )
    def test_a_change_that_is_undone_again_is_silent(self, check, first, second):
        check(
            self.sql(f"ALTER TABLE shop_order {first}")
            + self.sql(f"ALTER TABLE shop_order {second}"),
            earlier=[ORDER],
            only=self.only,
        )

    @pytest.mark.parametrize(
        "history",
        [
            ORDER + "Unread('x'),",
            ORDER.replace("    ],\n),", "    ],\n    options={'managed': False},\n),"),
            ORDER.replace("models.TextField(null=True)", "imported.Field()"),
        ],
    )
    def test_a_model_that_is_not_certain_or_not_djangos_is_silent(self, check, history):
        check(
            "import imported\n" + data("pass", self.sql("ALTER TABLE shop_order DROP COLUMN note")),
            earlier=[
                "import imported\n"
                + data("pass", history).replace('[("shop", "0001_earlier")]', "[]")
            ],
            only=self.only,
        )

    @pytest.mark.parametrize(
        ("text", "column"),
        [
            ("DROP COLUMN note", "note"),
            ("DROP COLUMN note CASCADE", "note"),
            ("RENAME COLUMN note TO text", "note"),
            ("ADD COLUMN status text", "status"),
        ],
    )
    def test_a_change_that_nobody_tells_is_reported(self, check, text, column):
        check(
            self.sql(f"ALTER TABLE shop_order {text}")
            + f"  # DJM805 column shop_order.{column} is changed",
            earlier=[ORDER],
            only=self.only,
        )

    def test_the_column_of_a_foreign_key_is_known(self, check):
        check(
            self.sql("ALTER TABLE shop_line DROP COLUMN order_id")
            + "  # DJM805 column shop_line.order_id is changed",
            earlier=[ORDER],
            only=self.only,
        )

    def test_another_table_does_not_undo_it(self, check):
        check(
            self.sql("ALTER TABLE shop_order DROP COLUMN note")
            + "  # DJM805\n"
            + self.sql("ALTER TABLE legacy ADD COLUMN note text"),
            earlier=[ORDER],
            only=self.only,
        )


def test_a_field_whose_absence_is_caught_is_silent(check):
    check(
        """
from django.core.exceptions import FieldError
from django.db import migrations


def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    try:
        Order.objects.filter(old="").update(old="x")
    except (ValueError, FieldError):
        pass
    try:
        Gone = apps.get_model("shop", "Gone")
    except LookupError:
        return
    Gone.objects.filter(pk=1).delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_earlier")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
""",
        earlier=[
            """
migrations.CreateModel("Order", [
    ("id", models.AutoField(primary_key=True)), ("old", models.TextField()),
]),
migrations.CreateModel("Gone", [("id", models.AutoField(primary_key=True))]),
""",
            """
migrations.RemoveField("order", "old"),
migrations.DeleteModel("Gone"),
""",
        ],
        only="DJM803",
    )


def test_a_field_whose_absence_is_not_caught_is_reported(check):
    check(
        """
from django.db import migrations


def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    try:
        Order.objects.filter(old="").update(old="x")  # DJM803
    except ValueError:
        pass


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_earlier")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
""",
        earlier=[
            """
migrations.CreateModel("Order", [
    ("id", models.AutoField(primary_key=True)), ("old", models.TextField()),
]),
""",
            """migrations.RemoveField("order", "old"),""",
        ],
        only="DJM803",
    )


class TestStateNotToldOfMore:
    only = "DJM805"

    @pytest.mark.parametrize(
        "operations",
        [
            "migrations.RunSQL('DROP TABLE legacy'),",
            "migrations.RunSQL('DROP TABLE shop_order; CREATE TABLE shop_order (id int)'),",
            "migrations.RunSQL('DROP TABLE shop_order; ALTER TABLE x RENAME TO shop_order'),",
            (
                "migrations.RunSQL('DROP TABLE shop_order', state_operations=["
                "migrations.DeleteModel('Order')]),"
            ),
            "migrations.DeleteModel('Order'),",
            (
                "migrations.SeparateDatabaseAndState([migrations.RemoveField('order', 'note')], "
                "[migrations.RemoveField('order', 'note')]),"
            ),
            (
                "migrations.SeparateDatabaseAndState([migrations.AddField('order', 'x', "
                "models.IntegerField(null=True))], [migrations.AddField('order', 'x', "
                "models.IntegerField(null=True))]),"
            ),
        ],
    )
    def test_a_table_or_column_of_which_the_state_knows_is_silent(self, check, operations):
        check(operations, earlier=[ORDER], only=self.only)

    def test_a_table_dropped_in_sql_alone_is_told(self, check):
        drop = "migrations.RunSQL('DROP TABLE shop_order'),  # DJM805 table shop_order is changed"
        check(drop, earlier=[ORDER], only=self.only)

    def test_a_django_operation_for_the_database_alone_is_told(self, check):
        gone = "migrations.RemoveField('order', 'note')  # DJM805 column shop_order.note is changed"
        check(
            f"migrations.SeparateDatabaseAndState([\n{gone}\n]),", earlier=[ORDER], only=self.only
        )
