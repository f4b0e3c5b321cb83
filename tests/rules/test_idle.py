"""DJM808: operations that look as if they changed the database."""

from __future__ import annotations

import pytest

ORDER = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
        ("code", models.CharField(max_length=20)),
    ],
    options={{
        {meta}
        "constraints": [
            models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="order_total"),
            models.UniqueConstraint(fields=["code"], name="order_code"),
        ],
    }},
),
"""
MANAGED = ORDER.format(meta="")
UNMANAGED = """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("total", models.IntegerField()),
    ],
    options={"managed": False},
),
"""


def altered(constraint, name="order_total"):
    return f"migrations.AlterConstraint('order', {name!r}, {constraint}),"


class TestAlterConstraint:
    only = "DJM808"

    @pytest.mark.parametrize(
        "constraint",
        [
            (
                "models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='order_total', "
                "violation_error_message='too small')"
            ),
            (
                "models.CheckConstraint(condition=models.Q(total__gte=0), name='order_total', "
                "violation_error_code='small')"
            ),
            "models.CheckConstraint(check=models.Q(total__gte=0), name='order_total')",
            "models.CheckConstraint(condition=imported.q, name='order_total')",
            "models.CheckConstraint(condition=models.Q(total__gte=imported.x), name='order_total')",
            "imported.Constraint(condition=models.Q(total__gte=1), name='order_total')",
        ],
    )
    def test_a_change_of_the_message_alone_is_what_it_is_for(self, check, constraint):
        check(altered(constraint), earlier=[MANAGED], only=self.only)

    def test_a_constraint_that_the_state_does_not_have_is_silent(self, check):
        constraint = "models.CheckConstraint(condition=models.Q(total__gte=1), name='other')"
        check(altered(constraint, "other"), earlier=[MANAGED], only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunSQL('ALTER TABLE shop_order DROP CONSTRAINT order_total'),",
            "migrations.RunPython(imported.work),",
        ],
    )
    def test_sql_beside_it_may_do_the_work(self, check, beside):
        constraint = "models.CheckConstraint(condition=models.Q(total__gte=1), name='order_total')"
        check(beside + altered(constraint), earlier=[MANAGED], only=self.only)

    def test_the_half_for_the_state_is_silent(self, check):
        constraint = "models.CheckConstraint(condition=models.Q(total__gte=1), name='order_total')"
        state = f"migrations.SeparateDatabaseAndState(state_operations=[{altered(constraint)}]),"
        check(state, earlier=[MANAGED], only=self.only)

    @pytest.mark.parametrize(
        ("name", "constraint"),
        [
            (
                "order_total",
                "models.CheckConstraint(condition=models.Q(total__gte=1), name='order_total')",
            ),
            (
                "order_total",
                "models.CheckConstraint(condition=models.Q(total__gt=0), name='order_total')",
            ),
            (
                "order_total",
                "models.CheckConstraint(condition=~models.Q(total__gte=0), name='order_total')",
            ),
            (
                "order_total",
                (
                    "models.CheckConstraint(condition=models.Q(total__gte=0) | models.Q(total=-1), "
                    "name='order_total')"
                ),
            ),
            (
                "order_code",
                "models.UniqueConstraint(fields=['code', 'total'], name='order_code')",
            ),
            (
                "order_code",
                (
                    "models.UniqueConstraint(fields=['code'], condition=models.Q(total=0), "
                    "name='order_code')"
                ),
            ),
            (
                "order_code",
                (
                    "models.UniqueConstraint(fields=['code'], deferrable=models.Deferrable.DEFERRED, "
                    "name='order_code')"
                ),
            ),
        ],
    )
    def test_a_real_change_never_reaches_the_database(self, check, name, constraint):
        marked = f"{altered(constraint, name)}  # DJM808 AlterConstraint({name}) sends nothing"
        check(marked, earlier=[MANAGED], only=self.only)


class TestCompositePrimaryKey:
    only = "DJM808"
    add = "migrations.AddField('order', 'pk', models.CompositePrimaryKey('total', 'code')),"

    def test_a_new_model_may_begin_with_it(self, check):
        created = (
            "migrations.CreateModel('Line', [('pk', models.CompositePrimaryKey('a', 'b')), "
            "('a', models.IntegerField()), ('b', models.IntegerField())]),"
        )
        check(created, only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunSQL('ALTER TABLE shop_order ADD PRIMARY KEY (total, code)'),",
            "migrations.RunPython(imported.work),",
        ],
    )
    def test_a_key_that_sql_makes_is_silent(self, check, beside):
        check(beside + self.add, earlier=[MANAGED], only=self.only)
        state = f"migrations.SeparateDatabaseAndState(state_operations=[{self.add}]),"
        check(state, earlier=[MANAGED], only=self.only)

    def test_a_model_that_exists_keeps_its_key(self, check):
        marked = f"{self.add}  # DJM808 AddField(CompositePrimaryKey) sends nothing"
        check(marked, earlier=[MANAGED], only=self.only)


class TestUnmanagedModels:
    only = "DJM808"
    add = "migrations.AddField('order', 'note', models.TextField(null=True)),"

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.AlterField('order', 'total', models.IntegerField(help_text='x')),",
            "migrations.AlterModelOptions('order', {'managed': False, 'ordering': ['id']}),",
            "migrations.RemoveField('order', 'missing'),",
            "migrations.AddField('order', 'note', imported.Field()),",
            "migrations.DeleteModel('Order'),",
        ],
    )
    def test_what_changes_no_column_is_silent(self, check, operation):
        check(operation, earlier=[UNMANAGED], only=self.only)

    def test_a_managed_model_and_a_proxy_are_silent(self, check):
        check(self.add, earlier=[MANAGED], only=self.only)
        proxy = "migrations.CreateModel('Old', [], options={'proxy': True}, bases=('shop.order',)),"
        check(self.add.replace("order", "old"), earlier=[UNMANAGED, proxy], only=self.only)

    def test_a_meta_that_is_not_known_is_silent(self, check):
        vague = UNMANAGED.replace("False", "imported.flag")
        check(self.add, earlier=[vague], only=self.only)

    @pytest.mark.parametrize(
        "beside",
        [
            "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN note text'),",
            "migrations.RunSQL(imported.text),",
            "migrations.RunPython(imported.work),",
        ],
    )
    def test_sql_beside_it_does_the_work(self, check, beside):
        check(self.add + beside, earlier=[UNMANAGED], only=self.only)

    def test_the_half_for_the_state_is_silent(self, check):
        state = f"migrations.SeparateDatabaseAndState(state_operations=[{self.add}]),"
        check(state, earlier=[UNMANAGED], only=self.only)

    @pytest.mark.parametrize(
        ("operation", "words"),
        [
            (add, "AddField(note) of an unmanaged model sends nothing"),
            ("migrations.RemoveField('order', 'total'),", "RemoveField(total)"),
            ("migrations.RenameField('order', 'total', 'amount'),", "RenameField(total)"),
            ("migrations.AlterField('Order', 'total', models.TextField()),", "AlterField(total)"),
        ],
    )
    def test_a_column_is_not_changed(self, check, operation, words):
        check(f"{operation}  # DJM808 {words}", earlier=[UNMANAGED], only=self.only)


class TestManagedAgain:
    only = "DJM808"
    adopt = "migrations.AlterModelOptions('order', {}),"
    create = "migrations.RunSQL('CREATE TABLE shop_order (id bigint PRIMARY KEY)'),"

    def test_a_table_that_sql_makes_is_there(self, check):
        check(self.create + self.adopt, earlier=[UNMANAGED], only=self.only)
        check(self.adopt, earlier=[self.create, UNMANAGED], only=self.only)

    def test_a_model_that_was_managed_before_has_its_table(self, check):
        given_up = "migrations.AlterModelOptions('order', {'managed': False}),"
        check(self.adopt, earlier=[MANAGED, given_up], only=self.only)

    def test_a_table_that_another_model_has_too_is_there(self, check):
        twin = (
            "migrations.CreateModel('Twin', [('id', models.BigAutoField(primary_key=True))], "
            "options={'db_table': 'shop_order'}),"
        )
        check(self.adopt, earlier=[UNMANAGED, twin], only=self.only)

    @pytest.mark.parametrize(
        "options", ["{'managed': False}", "{'managed': imported.flag}", "imported.options"]
    )
    def test_a_model_that_may_stay_unmanaged_is_silent(self, check, options):
        operation = f"migrations.AlterModelOptions('order', {options}),"
        check(operation, earlier=[UNMANAGED], only=self.only)

    def test_a_renamed_model_is_not_followed(self, check):
        rename = "migrations.RenameModel('Order', 'Sale'),"
        adopt = self.adopt.replace("order", "sale")
        check(adopt, earlier=[UNMANAGED, rename], only=self.only)

    def test_a_missing_or_doubtful_model_is_silent(self, check):
        check(self.adopt, only=self.only)
        opaque = "imported.Operation(),"
        check(opaque + self.adopt, earlier=[UNMANAGED], only=self.only)

    def test_the_table_is_never_made(self, check):
        marked = "migrations.AlterModelOptions('Order', {}),  # DJM808 managed=True for Order sends"
        check(marked, earlier=[UNMANAGED], only=self.only)
