"""8xx: the half for the database and the half for the state, in one operation and across them."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
        ("note", models.TextField(null=True)),
        ("customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)),
    ],
    options={
        "indexes": [models.Index(fields=["total"], name="total_idx")],
        "constraints": [
            models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="total_check")
        ],
    },
),
"""


def split(database="", state=""):
    """An operation with two halves."""
    return (
        "migrations.SeparateDatabaseAndState(\n"
        f"    database_operations=[{database}],\n    state_operations=[{state}],\n),"
    )


def sql(text, state=""):
    """A RunSQL that tells the state what it does."""
    return f"migrations.RunSQL({text!r}, migrations.RunSQL.noop, state_operations=[{state}]),"


NO_NOTE = "migrations.RemoveField('order', 'note')"
NO_ORDER = "migrations.DeleteModel('Order')"


class TestCrashingDatabaseHalf:
    only = "DJM806"

    @pytest.mark.parametrize(
        "operation",
        [
            NO_NOTE,
            "migrations.AlterField('Order', 'note', models.TextField(null=False))",
            "migrations.AddField('order', 'late', models.TextField(null=True))",
            "migrations.RenameField('order', 'note', 'remark')",
            "migrations.RemoveIndex('order', 'total_idx')",
            "migrations.RemoveConstraint('order', 'total_check')",
            "migrations.RenameIndex('order', new_name='new_idx', old_name='total_idx')",
            "migrations.AlterModelTable('order', 'orders')",
            "migrations.DeleteModel('Order')",
            "migrations.RenameModel('Order', 'Sale')",
            "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True))])",
            "migrations.RunPython(migrations.RunPython.noop)",
        ],
    )
    def test_what_the_state_still_has_is_found(self, check, operation):
        check(split(operation), earlier=[ORDER], only=self.only)

    def test_both_halves_of_a_removal_may_stand_in_one_operation(self, check):
        check(split(NO_NOTE, NO_NOTE), earlier=[ORDER], only=self.only)

    def test_the_second_half_as_sql_is_silent(self, check):
        drop = "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN note'),"
        check(drop, earlier=[ORDER, split(state=NO_NOTE)], only=self.only)

    def test_what_the_half_itself_makes_is_found(self, check):
        tag = "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True))])"
        add = "migrations.AddField('tag', 'name', models.TextField(null=True))"
        alter = "migrations.AlterField('tag', 'name', models.TextField(default=''))"
        check(split(f"{tag}, {add}, {alter}"), earlier=[ORDER], only=self.only)

    def test_an_operation_of_both_halves_is_not_asked(self, check):
        check(NO_NOTE, earlier=[ORDER, split(state=NO_NOTE)], only=self.only)

    @pytest.mark.parametrize(
        "model",
        [
            "'Gift', [('name', models.TextField())]",
            (
                "'Gift', [('order_ptr', models.OneToOneField('shop.order', models.CASCADE, "
                "primary_key=True))], bases=('shop.order',)"
            ),
            "'Gift', [('id', models.BigAutoField(primary_key=True))], bases=imported.bases",
        ],
    )
    def test_a_field_that_the_migrations_do_not_list_may_be_altered(self, check, model):
        alter = "migrations.AlterField('gift', 'total', models.BigIntegerField())"
        created = f"migrations.CreateModel({model}),"
        check(split(alter), earlier=[ORDER, created], only=self.only)

    @pytest.mark.parametrize("doubt", ["imported.Operation(),", "*imported.operations,"])
    def test_what_may_have_come_back_unread_is_silent(self, check, doubt):
        module = (
            "import imported\nfrom django.db import migrations, models\n"
            "class Migration(migrations.Migration):\n"
            f"    dependencies = [('shop', '0002_earlier')]\n    operations = [{doubt}]\n"
        )
        for operation in (NO_NOTE, NO_ORDER):
            earlier = [ORDER, split(state=operation), module]
            check(split(operation), earlier=earlier, only=self.only)

    def test_a_model_that_was_not_read_whole_is_silent(self, check):
        created = (
            "migrations.CreateModel('Tag', [('id', models.AutoField()), *imported.fields]),"
            + split("migrations.RemoveField('tag', 'name')")
        )
        check(created, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("forgotten", "operation", "words"),
        [
            (NO_NOTE, NO_NOTE, "no field note of shop.order here: RemoveField always fails"),
            (NO_NOTE, "migrations.AlterField('order', 'note', models.TextField())", "field note"),
            (NO_NOTE, "migrations.RenameField('order', 'note', 'remark')", "field note"),
            (NO_ORDER, NO_ORDER, "no model shop.order here: DeleteModel always fails"),
            (NO_ORDER, "migrations.AlterModelTable('order', 'orders')", "model shop.order"),
            (NO_ORDER, "migrations.AddIndex('order', models.Index('id', name='i'))", "AddIndex"),
            (NO_ORDER, NO_NOTE, "model shop.order"),
            (
                "migrations.RenameModel('Order', 'Sale')",
                "migrations.RenameModel('Order', 'Sale')",
                "model shop.order here: RenameModel",
            ),
            (
                "migrations.RemoveIndex('order', 'total_idx')",
                "migrations.RemoveIndex('order', 'total_idx')",
                "index total_idx of shop.order",
            ),
            (
                "migrations.RemoveConstraint('order', 'total_check')",
                "migrations.RemoveConstraint('order', 'total_check')",
                "constraint total_check of shop.order",
            ),
        ],
    )
    def test_what_the_state_has_lost_is_looked_up_in_vain(self, check, forgotten, operation, words):
        nested = f"{operation},  # DJM806 {words}\n    "
        check(split(nested), earlier=[ORDER, split(state=forgotten)], only=self.only)

    def test_a_second_removal_in_the_same_half_is_one_too_many(self, check):
        check(split(f"{NO_NOTE},\n    {NO_NOTE},  # DJM806\n"), earlier=[ORDER], only=self.only)


class TestHalvesDisagree:
    only = "DJM807"
    add = "ALTER TABLE shop_order ADD COLUMN amount integer NULL"
    index = "CREATE INDEX CONCURRENTLY note_idx ON shop_order (note)"

    @pytest.mark.parametrize(
        ("text", "state"),
        [
            (add, "migrations.AddField('order', 'amount', models.IntegerField(null=True))"),
            (add, "migrations.AddField('order', 'x', models.IntegerField(db_column='amount'))"),
            (add.upper(), "migrations.AddField('order', 'amount', models.IntegerField())"),
            (add, "migrations.AddField('order', 'tags', models.ManyToManyField('shop.customer'))"),
            (add, "migrations.RemoveField('order', 'note')"),
            (add, "migrations.AddField('order', 'amount', imported.Field())"),
            (add, "migrations.AlterModelOptions('order', {'ordering': ['id']})"),
            (
                "ALTER TABLE shop_order ADD COLUMN customer_ref_id bigint",
                (
                    "migrations.AddField('order', 'customer_ref', "
                    "models.ForeignKey('shop.customer', models.CASCADE))"
                ),
            ),
            (
                "ALTER TABLE shop_order RENAME COLUMN note TO remark",
                "migrations.RenameField('order', 'note', 'remark')",
            ),
            ("ALTER TABLE shop_order DROP COLUMN note", NO_NOTE),
            (
                (
                    "ALTER TABLE shop_order ADD COLUMN scratch int; "
                    "ALTER TABLE shop_order DROP COLUMN scratch"
                ),
                "migrations.AddField('order', 'amount', models.IntegerField(null=True))",
            ),
        ],
    )
    def test_halves_that_say_the_same_are_silent(self, check, text, state):
        check(sql(text, state), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "text",
        [
            index,
            "CREATE INDEX NOTE_IDX ON shop_order (note)",
            "CREATE INDEX ON shop_order (note)",
            "CREATE INDEX other_idx ON shop_order (total)",
            "CREATE INDEX a_idx ON shop_order (note); CREATE INDEX b_idx ON shop_order (note)",
            "CREATE INDEX a_idx ON shop_order (note); ALTER INDEX a_idx RENAME TO note_idx",
            f"CREATE INDEX {'a' * 70} ON shop_order (note)",
            "CREATE INDEX other_idx ON shop_customer (note)",
        ],
    )
    def test_an_index_that_has_its_name_in_the_end_is_silent(self, check, text):
        state = "migrations.AddIndex('order', models.Index(fields=['note'], name='note_idx'))"
        check(sql(text, state), earlier=[ORDER], only=self.only)

    def test_an_index_that_belongs_to_a_field_may_have_any_name(self, check):
        state = "migrations.AlterField('order', 'note', models.TextField(db_index=True, null=True))"
        check(sql(self.index, state), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            ("text", "CharField(max_length=10)"),
            ("varchar(20)", "CharField(max_length=10)"),
            ("numeric", "DecimalField(max_digits=10, decimal_places=2)"),
            ("numeric(10, 2)", "DecimalField(max_digits=10, decimal_places=2)"),
            ("serial", "IntegerField()"),
            ("int8", "BigIntegerField()"),
            ("timestamptz", "DateTimeField()"),
            ("timestamp", "DateTimeField()"),
            ("order_state", "CharField(max_length=10)"),
        ],
    )
    def test_a_type_that_holds_the_values_is_silent(self, check, text, field):
        state = f"migrations.AddField('order', 'amount', models.{field})"
        statement = f"ALTER TABLE shop_order ADD COLUMN amount {text}"
        check(sql(statement, state), earlier=[ORDER], only=self.only)

    def test_other_databases_spell_their_types_otherwise(self, check):
        state = "migrations.AddField('order', 'amount', models.BigIntegerField())"
        mysql = Options(databases=(parse_database("mysql:8.0"),))
        check(sql(self.add, state), earlier=[ORDER], only=self.only, options=mysql)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunPython(imported.work)",
            "migrations.RunSQL(imported.text)",
            "migrations.RunSQL('ALTER TABLE shop_order RENAME COLUMN amuont TO amount')",
        ],
    )
    def test_what_may_put_it_right_is_silent(self, check, beside):
        database = (
            f"migrations.RunSQL({self.add.replace('amount', 'amuont')!r}, "
            f"migrations.RunSQL.noop), {beside}"
        )
        state = "migrations.AddField('order', 'amount', models.IntegerField(null=True))"
        check(split(database, state), earlier=[ORDER], only=self.only)

    def test_a_column_that_sql_made_before_is_silent(self, check):
        made = "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN amount integer'),"
        helper = "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN amount_old integer')"
        state = "migrations.AddField('order', 'amount', models.IntegerField(null=True))"
        check(split(helper, state), earlier=[ORDER, made], only=self.only)

    def test_sql_without_a_state_is_not_asked(self, check):
        check(f"migrations.RunSQL({self.add!r}),", earlier=[ORDER], only=self.only)

    def test_sql_in_the_half_for_the_state_is_never_sent(self, check):
        state = "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN amuont integer')"
        add = "migrations.AddField('order', 'amount', models.IntegerField(null=True))"
        check(split(add, f"{add}, {state}"), earlier=[ORDER], only=self.only)

    def test_an_operation_behind_it_is_not_a_part_of_it(self, check):
        add = "migrations.AddField('order', 'amount', models.IntegerField(null=True))"
        other = add.replace("amount", "rest")
        check(f"{split(add, add)}\n{other},", earlier=[ORDER], only=self.only)

    def test_a_column_under_two_names(self, check):
        check(
            """
            migrations.RunSQL(
                "ALTER TABLE shop_order ADD COLUMN amuont integer NULL",
                migrations.RunSQL.noop,
                state_operations=[
                    migrations.AddField(  # DJM807 shop_order gets column amuont, the state says amount
                        "order", "amount", models.IntegerField(null=True)
                    ),
                ],
            ),
            """,
            earlier=[ORDER],
            only=self.only,
        )

    def test_django_s_own_operations_disagree_too(self, check):
        database = "migrations.AddField('order', 'amuont', models.IntegerField(null=True))"
        state = "migrations.AddField('order', 'amount', models.IntegerField(null=True))"
        marked = f"{state},  # DJM807 column amuont\n"
        check(split(database, marked), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("text", "state", "words"),
        [
            (
                "ALTER TABLE shop_order RENAME COLUMN note TO remark",
                "migrations.RenameField('order', 'note', 'remarks')",
                "gets column remark, the state says remarks",
            ),
            (
                "ALTER TABLE shop_order DROP COLUMN note",
                "migrations.RemoveField('order', 'total')",
                "shop_order loses column note, the state says total",
            ),
            (
                index,
                "migrations.AddIndex('order', models.Index(fields=['note'], name='notes_idx'))",
                "gets index note_idx, the state says notes_idx",
            ),
            (
                "ALTER TABLE shop_order ADD CONSTRAINT one UNIQUE (note)",
                (
                    "migrations.AddConstraint('order', "
                    "models.UniqueConstraint(fields=['note'], name='two'))"
                ),
                "gets constraint one, the state says two",
            ),
            (
                add,
                "migrations.AddField('order', 'amount', models.BigIntegerField(null=True))",
                "gets amount as integer, the state says bigint",
            ),
            (
                "ALTER TABLE shop_order ADD COLUMN amount varchar(5)",
                "migrations.AddField('order', 'amount', models.CharField(max_length=10))",
                "amount as varchar(5), the state says varchar(10)",
            ),
            (
                "ALTER TABLE shop_order ADD COLUMN amount varchar(5)",
                "migrations.AddField('order', 'amount', models.TextField())",
                "amount as varchar(5), the state says text",
            ),
            (
                "ALTER TABLE shop_order ADD COLUMN amount numeric(8, 2)",
                (
                    "migrations.AddField('order', 'amount', "
                    "models.DecimalField(max_digits=10, decimal_places=2))"
                ),
                "numeric(8, 2), the state says numeric(10, 2)",
            ),
            (
                "ALTER TABLE shop_order ALTER COLUMN total TYPE bigint",
                "migrations.AlterField('order', 'total', models.TextField())",
                "total as bigint, the state says text",
            ),
        ],
    )
    def test_names_and_types_that_cannot_both_be_meant(self, check, text, state, words):
        check(sql(text, f"\n    {state},  # DJM807 {words}\n"), earlier=[ORDER], only=self.only)


class TestKeptForeignKey:
    only = "DJM810"
    remove = "migrations.RemoveField('order', 'customer')"
    free = (
        "migrations.AlterField('order', 'customer', models.ForeignKey("
        "'shop.customer', models.CASCADE, null=True, db_constraint=False))"
    )

    @pytest.mark.parametrize(
        "database",
        [
            free,
            "migrations.RemoveField('order', 'customer')",
            "migrations.RunSQL('ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fk')",
            "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN customer_id')",
            "migrations.RunSQL('DROP TABLE shop_order')",
            "migrations.RunSQL('ALTER TABLE shop_order RENAME TO orders')",
            "migrations.RunPython(imported.work)",
            "migrations.RunSQL(imported.text)",
        ],
    )
    def test_a_constraint_that_may_be_gone_is_silent(self, check, database):
        check(split(database, self.remove), earlier=[ORDER], only=self.only)

    def test_a_constraint_dropped_in_an_earlier_migration_is_silent(self, check):
        check(split(state=self.remove), earlier=[ORDER, f"{self.free},"], only=self.only)

    def test_a_constraint_dropped_by_earlier_sql_is_silent(self, check):
        drop = "migrations.RunSQL('ALTER TABLE shop_order DROP CONSTRAINT fk'),"
        check(split(state=self.remove), earlier=[ORDER, drop], only=self.only)

    def test_a_column_that_another_field_has_taken_over_is_silent(self, check):
        add = (
            "migrations.AddField('order', 'buyer', models.ForeignKey('shop.customer', "
            "models.CASCADE, null=True, db_column='customer_id'))"
        )
        check(split(state=f"{self.remove}, {add}"), earlier=[ORDER], only=self.only)

    def test_rows_of_a_model_that_goes_too_are_not_deleted_any_more(self, check):
        state = f"{self.remove}, migrations.DeleteModel('Customer')"
        check(split(state=state), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("state", [NO_ORDER, f"{remove}, {NO_ORDER}"])
    def test_a_model_that_may_have_moved_to_another_app_is_silent(self, check, state):
        check(split(state=state), earlier=[ORDER], only=self.only)

    def test_a_later_migration_that_drops_something_else_says_nothing(self, check):
        drop = (
            "from django.db import migrations\n"
            "class Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0002_checked')]\n"
            "    operations = [migrations.RunSQL('DROP TABLE legacy'), "
            "migrations.RunSQL(imported.text), migrations.AlterModelOptions('customer', {})]\n"
        )
        later = {"shop/migrations/0003_drop.py": drop}
        check(split(state=NO_ORDER), earlier=[ORDER], only=self.only, files=later)

    @pytest.mark.parametrize("name", ["note", "tags"])
    def test_what_is_no_foreign_key_is_silent(self, check, name):
        tags = "migrations.AddField('order', 'tags', models.ManyToManyField('shop.customer')),"
        remove = f"migrations.RemoveField('order', {name!r})"
        check(split(state=remove), earlier=[ORDER, tags], only=self.only)

    def test_a_removal_in_the_database_too_is_silent(self, check):
        check(f"{self.remove},", earlier=[ORDER], only=self.only)

    def test_a_new_table_is_silent(self, check):
        check(ORDER + split(state=self.remove), only=self.only)

    def test_a_new_column_is_silent(self, check):
        key = "models.ForeignKey('shop.customer', models.CASCADE, null=True)"
        add = f"migrations.AddField('order', 'buyer', {key}),"
        remove = split(state="migrations.RemoveField('order', 'buyer')")
        check(add + remove, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("keyword", ["db_constraint=imported.flag", "db_column=imported.name"])
    def test_a_key_that_is_not_known_is_silent(self, check, keyword):
        key = f"models.ForeignKey('shop.customer', models.CASCADE, null=True, {keyword})"
        add = f"migrations.AddField('order', 'buyer', {key}),"
        remove = "migrations.RemoveField('order', 'buyer')"
        check(split(state=remove), earlier=[ORDER, add], only=self.only)

    def test_a_table_that_django_does_not_manage_is_silent(self, check):
        earlier = ORDER.replace("options={", 'options={"managed": False, ')
        check(split(state=self.remove), earlier=[earlier], only=self.only)

    def test_the_state_alone_forgets_the_key(self, check):
        marked = f"\n    {self.remove},  # DJM810 foreign key shop_order.customer_id stays\n"
        check(split(state=marked), earlier=[ORDER], only=self.only)

    def test_sql_that_leaves_it_there(self, check):
        marked = f"\n    {self.remove},  # DJM810 shop_order.customer_id\n"
        text = "ALTER TABLE shop_order ALTER COLUMN customer_id DROP NOT NULL"
        check(sql(text, marked), earlier=[ORDER], only=self.only)

    def test_a_key_to_the_user_is_one_too(self, check):
        user = "models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)"
        add = f"migrations.AddField('order', 'user', {user}),"
        marked = "\n    migrations.RemoveField('order', 'user'),  # DJM810 shop_order.user_id\n"
        check(split(state=marked), earlier=[ORDER, add], only=self.only)

    def test_a_model_whose_table_the_app_drops_later(self, check):
        module = (
            "from django.db import migrations\n"
            "class Migration(migrations.Migration):\n"
            "    dependencies = [('shop', '0002_checked')]\n"
            "    operations = [migrations.RunSQL({})]\n"
        )
        drop = module.format("'DROP TABLE shop_order', migrations.RunSQL.noop")
        marked = f"\n    {NO_ORDER},  # DJM810 shop_order.customer_id\n"
        check(
            split(state=marked),
            earlier=[ORDER],
            only=self.only,
            files={"shop/migrations/0003_drop.py": drop},
        )
