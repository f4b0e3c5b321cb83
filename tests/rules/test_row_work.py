"""2xx: what data migrations do beside the rows they mean to change."""

from __future__ import annotations

import textwrap

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20, unique=True)),
        ("changed", models.DateTimeField(auto_now=True)),
        ("parent", models.ForeignKey("shop.Order", null=True, on_delete=models.CASCADE)),
    ],
),
migrations.CreateModel(
    name="Token",
    fields=[("key", models.CharField(max_length=40, primary_key=True))],
),
"""
MODULE = """
import requests
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, migrations, models, transaction
from shop.tasks import notify
from shop.tools import prepare


@prepare
def local_task():
    pass


def forward(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Token = apps.get_model("shop", "Token")
{body}


class Migration(migrations.Migration):
    {atomic}
    dependencies = [("shop", "0001_earlier")]

    operations = [
        {operations}
    ]
"""


def python(
    body: str, operations: str = "migrations.RunPython(forward),", *, atomic: bool = True
) -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    switch = "" if atomic else "atomic = False"
    return MODULE.format(body=lines, operations=operations, atomic=switch)


class TestStampedRows:
    only = "DJM208"

    @pytest.mark.parametrize(
        "body",
        [
            "Order.objects.update(code='a')",
            "Order.objects.get(pk=1).save()",
            "for token in Token.objects.iterator():\n    token.save()",
            "for order in Order.objects.iterator():\n    order.save(update_fields=['code'])",
            "for order in Order.objects.iterator():\n    order.save(update_fields=prepare())",
            "for order in Order.objects.iterator():\n    Order(code='a').save()",
            "for order in prepare(Order):\n    order.save()",
        ],
    )
    def test_what_leaves_the_time_alone_is_silent(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)

    def test_new_and_small_tables_are_silent(self, check):
        body = "for order in Order.objects.iterator():\n    order.save()"
        check(python(body, ORDER + "migrations.RunPython(forward),"), only=self.only)
        small = Options(table_rows={"shop_order": 10})
        check(python(body), earlier=[ORDER], options=small, only=self.only)

    def test_a_time_that_is_new_itself_is_silent(self, check):
        added = """
            migrations.AddField("order", "seen", models.DateTimeField(auto_now=True, null=True)),
            migrations.RunPython(forward),
        """
        body = "for order in Order.objects.iterator():\n    order.save()"
        earlier = ORDER.replace("auto_now=True", "null=True")
        check(python(body, added), earlier=[earlier], only=self.only)

    def test_a_model_in_doubt_is_silent(self, check):
        body = "for order in Order.objects.iterator():\n    order.save()"
        check(python(body), earlier=[ORDER + "shop.operations.Unread(),"], only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            "for order in Order.objects.all():\n    order.save()  # DJM208 shop.order.changed",
            "for order in Order.objects.all():\n    order.parent.save()  # DJM208 save() sets",
            (
                "for order in Order.objects.all():\n"
                "    order.save(update_fields=['changed'])  # DJM208"
            ),
            (
                "for token in Token.objects.all():\n"
                "    Order.objects.update_or_create(code=token.key)  # DJM208 update_or_create() sets"
            ),
        ],
    )
    def test_rows_that_are_stamped_are_told(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)


class TestExplicitKey:
    only = "DJM211"

    @pytest.mark.parametrize(
        "body",
        [
            "Order.objects.create(code='a')",
            "Order.objects.get_or_create(id=1)",
            "Order.objects.filter(id=1).update(code='a')",
            "Token.objects.create(key='a')",
            "Token.objects.create(pk='a')",
            "apps.get_model('other', 'Line').objects.create(id=1)",
            "apps.get_model(prepare()).objects.create(id=1)",
            "Order.objects.create(id=1)\nprepare(apps)",
            "Order.objects.create(id=1)\nschema_editor.execute(prepare())",
            (
                "Order.objects.create(id=1)\n"
                "connection.cursor().execute('ALTER SEQUENCE shop_order_id_seq RESTART WITH 2')"
            ),
        ],
    )
    def test_keys_of_the_database_and_sequences_that_follow_are_silent(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.RunSQL(\"SELECT setval('shop_order_id_seq', 2)\")",
            "migrations.RunSQL(prepare())",
            "migrations.RunPython(lambda apps, editor: editor.execute(prepare()))",
        ],
    )
    def test_a_sequence_set_by_a_later_operation_is_silent(self, check, operation):
        operations = f"migrations.RunPython(forward),\n        {operation},"
        check(python("Order.objects.create(id=1)", operations), earlier=[ORDER], only=self.only)

    def test_no_other_database_has_sequences_that_stay_behind(self, check):
        from flake8_django_migrations.options import parse_databases

        options = Options(databases=parse_databases("mysql:8.0,sqlite"))
        source = python("Order.objects.create(id=1)")
        check(source, earlier=[ORDER], options=options, only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            "Order.objects.create(id=1)  # DJM211 shop.order.id\nOrder.objects.create(id=2)",
            "Order.objects.create(pk=1)  # DJM211",
            "Order(id=1, code='a').save()  # DJM211",
            "order = Order(code='a')\norder.pk = 1\norder.save()  # DJM211",
            "Order.objects.bulk_create([Order(id=1)])  # DJM211",
            (
                "rows = []\nif prepare():\n    rows.append(Order(id=1))\n"
                "Order.objects.bulk_create(rows)  # DJM211"
            ),
        ],
    )
    def test_keys_written_by_hand_are_told(self, check, body):
        operations = """migrations.RunPython(forward),
        migrations.RunSQL("SELECT 1", ""),
        migrations.AddField("order", "note", models.TextField(null=True)),"""
        check(python(body, operations), earlier=[ORDER], only=self.only)


class TestEffects:
    @pytest.mark.parametrize(
        "body",
        [
            "prepare('loaddata')",
            "transaction.on_commit(lambda: notify.delay(1))",
            "Order.objects.first().code.delay()",
            "requests.exceptions.RequestException()",
        ],
    )
    def test_what_stays_inside_is_silent(self, check, body):
        check(python(body), earlier=[ORDER], only="DJM212")
        check(python(body), earlier=[ORDER], only="DJM213")

    def test_a_command_is_told_by_its_name(self, check):
        told = "command loaddata works with the models of today"
        body = f"call_command('loaddata', 'a.json')  # DJM212 {told}"
        check(python(body), earlier=[ORDER], only="DJM212")
        body = "call_command(prepare())  # DJM212 a command works"
        check(python(body), earlier=[ORDER], only="DJM212")

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            ("requests.get('https://example.com')", "requests.get()"),
            ("send_mail('a', 'b', 'c', ['d'])", "mail.send_mail()"),
            ("notify.delay(1)", "notify.delay()"),
            ("notify.apply_async()", "notify.apply_async()"),
            ("local_task.delay()", "local_task.delay()"),
        ],
    )
    def test_what_reaches_outside_is_told(self, check, call, words):
        check(python(f"{call}  # DJM213 {words}"), earlier=[ORDER], only="DJM213")


SEND = "schema_editor.execute('SELECT 1 FROM shop_gone')"


class TestSwallowedError:
    only = "DJM214"
    tried = "try:\n    {}\nexcept IntegrityError:\n    {}"

    @pytest.mark.parametrize(
        "body",
        [
            "try:\n    Order.objects.create()\nexcept IntegrityError:\n    raise",
            "try:\n    Order.objects.create()\nexcept OperationalError:\n    pass",
            "try:\n    Order.objects.create()\nexcept Order.DoesNotExist:\n    pass",
            "try:\n    Order.objects.get_or_create()\nexcept IntegrityError:\n    pass",
            "try:\n    prepare()\nexcept IntegrityError:\n    pass\nelse:\n    Order.objects.create()",
            (
                "try:\n    with transaction.atomic():\n        Order.objects.create()\n"
                "except IntegrityError:\n    pass"
            ),
            (
                "@transaction.atomic\ndef make():\n    Order.objects.create()\n"
                "try:\n    make()\nexcept IntegrityError:\n    pass"
            ),
            (
                "@transaction.atomic()\ndef make():\n    Order.objects.create()\n"
                "try:\n    make()\nexcept IntegrityError:\n    pass"
            ),
            (
                "sid = transaction.savepoint()\ntry:\n    Order.objects.create()\n"
                "except IntegrityError:\n    transaction.savepoint_rollback(sid)"
            ),
            "try:\n    prepare().save()\nexcept IntegrityError:\n    pass",
            "try:\n    apps.get_model(prepare()).objects.create()\nexcept IntegrityError:\n    pass",
            "try:\n    Order.objects.create()\nexcept ProgrammingError:\n    pass",
            f"try:\n    {SEND}\nexcept OperationalError:\n    pass",
            f"try:\n    {SEND}\nexcept ProgrammingError:\n    raise ValueError",
            f"try:\n    with transaction.atomic():\n        {SEND}\nexcept DatabaseError:\n    pass",
            f"transaction.savepoint()\ntry:\n    {SEND}\nexcept ProgrammingError:\n    pass",
            (
                f"schema_editor.execute('SAVEPOINT x')\ntry:\n    {SEND}\n"
                "except ProgrammingError:\n    schema_editor.execute('ROLLBACK TO x')"
            ),
            f"try:\n    pass\nexcept ProgrammingError:\n    pass\n{SEND}",
        ],
    )
    def test_what_leaves_the_transaction_whole_is_silent(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)

    def test_without_a_transaction_nothing_breaks(self, check):
        body = "try:\n    Order.objects.create()\nexcept IntegrityError:\n    pass"
        check(python(body, atomic=False), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            (
                "try:\n    Order.objects.create()  # DJM214 a refused create() of shop.order\n"
                "except IntegrityError:\n    pass"
            ),
            (
                "with transaction.atomic():\n    try:\n        Order().save()  # DJM214\n"
                "    except (ValueError, IntegrityError):\n        pass"
            ),
            (
                "def make():\n    Order.objects.create()  # DJM214\n"
                "try:\n    make()\nexcept IntegrityError:\n    print()"
            ),
            f"try:\n    {SEND}  # DJM214 execute() of SQL\nexcept ProgrammingError:\n    pass",
            f"try:\n    {SEND}  # DJM214 execute() of SQL\nexcept DatabaseError:\n    return",
            (
                "with connection.cursor() as cursor:\n    try:\n"
                "        cursor.execute(prepare())  # DJM214\n    except IntegrityError:\n        pass"
            ),
        ],
    )
    def test_a_transaction_that_is_broken_is_told(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("database", ["mysql:8.0", "mariadb", "sqlite"])
    def test_sql_that_fails_breaks_the_transaction_of_postgresql_alone(self, check, database):
        body = f"try:\n    {SEND}\nexcept DatabaseError:\n    pass"
        options = Options(databases=(parse_database(database),))
        check(python(body), earlier=[ORDER], only=self.only, options=options)


class TestCursorOutsideTransaction:
    only = "DJM215"
    options = Options(extended_select=("DJM2",))

    @pytest.mark.parametrize(
        "body",
        [
            "for order in Order.objects.all()[:10].iterator():\n    pass",
            "for order in Order.objects.all():\n    pass",
            "for line in apps.get_model(prepare()).objects.iterator():\n    pass",
        ],
    )
    def test_what_needs_no_cursor_is_silent(self, check, body):
        source = python(body, atomic=False)
        check(source, earlier=[ORDER], options=self.options, only=self.only)

    def test_inside_a_transaction_and_on_few_rows_it_is_silent(self, check):
        body = "for order in Order.objects.iterator():\n    pass"
        check(python(body), earlier=[ORDER], options=self.options, only=self.only)
        small = Options(extended_select=("DJM2",), table_rows={"shop_order": 10})
        check(python(body, atomic=False), earlier=[ORDER], options=small, only=self.only)

    def test_a_cursor_between_transactions_is_told(self, check):
        body = "for order in Order.objects.iterator():  # DJM215 shop.order\n    pass"
        source = python(body, atomic=False)
        check(source, earlier=[ORDER], options=self.options, only=self.only)


class TestEndlessLoop:
    only = "DJM216"

    @pytest.mark.parametrize(
        "body",
        [
            "while Order.objects.filter(code='').exists():\n    Order.objects.update(code='a')",
            "while Order.objects.filter(code='').count():\n    Order.objects.all()[:9].delete()",
            "while Order.objects.filter(code='').exists():\n    Token.objects.update(key='a')",
            "while Order.objects.filter(code='').exists():\n    prepare(Order)",
            (
                "while Order.objects.filter(code='').exists():\n    schema_editor.execute('SELECT 1')\n"
                "    Order.objects.update(changed=None)"
            ),
            (
                "while Order.objects.filter(code='').exists():\n    Order.objects.update(changed=None)\n"
                "    if prepare():\n        break"
            ),
            "while Order.objects.filter(code='').exists():\n    Order.objects.update(**prepare())",
            "while Order.objects.filter(pk__gt=1).exists():\n    Order.objects.update(changed=None)",
            "while Order.objects.filter(prepare()).exists():\n    Order.objects.update(changed=None)",
            (
                "while Order.objects.filter(code=models.F('changed')).exists():\n"
                "    Order.objects.update(changed=None)"
            ),
            (
                "while Order.objects.filter(models.Q(code=models.F('changed'))).exists():\n"
                "    Order.objects.update(changed=None)"
            ),
            (
                "while Order.objects.annotate(a=models.F('changed')).filter(a=1).exists():\n"
                "    Order.objects.update(changed=None)"
            ),
            "while Order.objects.filter(parent_id=1).exists():\n    Order.objects.update(parent=2)",
            (
                "at = 0\nwhile rows := Order.objects.filter(code='')[at:at + 9]:\n    at += 9\n"
                "    Order.objects.update(changed=None)"
            ),
            "while order := Order.objects.filter(code='').first():\n    order.save()",
            "while prepare():\n    Order.objects.update(changed=None)",
            "while Order.objects.filter(code='').exists():\n    pass",
            "while apps.get_model(prepare()).objects.exists():\n    Order.objects.update(code='')",
            (
                "while Order.objects.filter(code='').exists():\n    for order in Order.objects.all():\n"
                "        order.code = 'a'\n        order.save()"
            ),
        ],
    )
    def test_a_loop_that_may_end_is_silent(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)

    def test_a_new_table_has_no_rows_to_wait_for(self, check):
        body = (
            "while Order.objects.filter(code='').exists():\n    Order.objects.update(changed=None)"
        )
        check(python(body, ORDER + "migrations.RunPython(forward),"), only=self.only)

    @pytest.mark.parametrize(
        "body",
        [
            (
                "while Order.objects.filter(code='').exists():  # DJM216 decides on its filter on code\n"
                "    Order.objects.filter(code='').update(changed=None)"
            ),
            (
                "while Order.objects.exists():  # DJM216 of shop.order that decides on its rows\n"
                "    Order.objects.update(changed=None)"
            ),
            (
                "rows = Order.objects.filter(code='')\n"
                "while ids := list(rows.values_list('pk', flat=True)[:9]):  # DJM216\n"
                "    Order.objects.filter(pk__in=ids).update(changed=None)"
            ),
            (
                "while Order.objects.filter(code='').exists():  # DJM216\n"
                "    for order in Order.objects.all():\n"
                "        order.changed = None\n        order.save()"
            ),
        ],
    )
    def test_a_loop_that_leaves_its_rows_as_they_are_is_told(self, check, body):
        check(python(body), earlier=[ORDER], only=self.only)
