"""DJM809: operations that Django or the database refuses."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

TAG = 'migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),'
ORDER = (
    TAG
    + """
migrations.CreateModel(
    "Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField()),
        ("tag", models.ForeignKey("shop.tag", models.CASCADE, null=True)),
        ("tags", models.ManyToManyField("shop.tag")),
        (
            "double",
            models.GeneratedField(
                expression=models.F("total") * 2,
                output_field=models.IntegerField(),
                db_persist=True,
            ),
        ),
    ],
),
migrations.CreateModel(
    "OrderTag",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("order", models.ForeignKey("shop.order", models.CASCADE)),
        ("tag", models.ForeignKey("shop.tag", models.CASCADE)),
    ],
),
migrations.AddField("order", "known", models.ManyToManyField("shop.tag", through="shop.OrderTag")),
"""
)


def alter(name, field):
    return f"migrations.AlterField('order', {name!r}, models.{field}),"


def generated(expression="models.F('total') * 2", rest="db_persist=True"):
    return f"GeneratedField(expression={expression}, output_field=models.IntegerField(), {rest})"


class TestManyToMany:
    only = "DJM809"

    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("tags", "ManyToManyField('shop.tag', blank=True)"),
            ("tags", "ManyToManyField('shop.tag', through=None)"),
            ("tags", "ManyToManyField('shop.tag', through=imported.Tag)"),
            ("known", "ManyToManyField('shop.tag', blank=True, through='shop.OrderTag')"),
            ("known", "ManyToManyField('shop.tag', through='shop.Other')"),
            ("tag", "OneToOneField('shop.tag', models.CASCADE, null=True)"),
            ("tag", "IntegerField(null=True)"),
            ("missing", "ManyToManyField('shop.tag')"),
        ],
    )
    def test_what_stays_of_its_kind_is_silent(self, check, name, field):
        check(alter(name, field), earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize("field", ["imported.TagsField()", "imported.field"])
    def test_a_class_that_is_not_known_is_silent(self, check, field):
        operation = f"migrations.AlterField('order', 'tags', {field}),"
        check(operation, earlier=[ORDER], only=self.only)

    def test_the_state_alone_may_be_told(self, check):
        operation = alter("tags", "ManyToManyField('shop.tag', through='shop.OrderTag')")
        state = f"migrations.SeparateDatabaseAndState(state_operations=[{operation}]),"
        check(state, earlier=[ORDER], only=self.only)

    def test_a_model_without_a_table_of_django_s_is_silent(self, check):
        unmanaged = "migrations.AlterModelOptions('order', {'managed': False}),"
        operation = alter("tags", "IntegerField()")
        check(operation, earlier=[ORDER, unmanaged], only=self.only)
        check("imported.Operation()," + operation, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        ("name", "field", "words"),
        [
            ("tags", "IntegerField()", "turning order.tags from a many-to-many field always fails"),
            ("tags", "ForeignKey('shop.tag', models.CASCADE)", "from a many-to-many"),
            ("total", "ManyToManyField('shop.tag')", "turning order.total into a many-to-many"),
            ("tag", "ManyToManyField('shop.tag')", "(ValueError): add a new field"),
            (
                "tags",
                "ManyToManyField('shop.tag', through='shop.OrderTag')",
                "giving order.tags a through model",
            ),
            ("known", "ManyToManyField('shop.tag')", "taking the through model from order.known"),
        ],
    )
    def test_a_table_is_no_column_and_not_another_model_s(self, check, name, field, words):
        check(f"{alter(name, field)}  # DJM809 {words}", earlier=[ORDER], only=self.only)


class TestGeneratedColumns:
    only = "DJM809"

    @pytest.mark.parametrize(
        "field",
        [
            generated(),
            generated("models.F('total') * models.Value(2)"),
            generated(rest="db_persist=True, verbose_name='double'"),
            generated(rest="db_persist=True, db_index=True"),
            generated(rest="db_persist=imported.flag"),
            generated("imported.expression"),
            generated("models.F('total') * imported.factor"),
            generated("models.F('total') * models.Value(2, output_field=models.IntegerField())"),
            generated("models.Func(models.F('total'), imported.factor)"),
            generated("models.Func(models.F('total'), settings.FACTOR)"),
            generated().replace("IntegerField", "BigIntegerField"),
        ],
    )
    def test_the_same_expression_is_silent(self, check, field):
        check(alter("double", field), earlier=[ORDER], only=self.only)

    def test_a_field_of_another_s_class_is_silent(self, check):
        operation = "migrations.AlterField('order', 'double', imported.Field()),"
        check(operation, earlier=[ORDER], only=self.only)

    def test_a_renamed_column_carries_the_expression_along(self, check):
        check(
            "migrations.RenameField('order', 'double', 'twice'),", earlier=[ORDER], only=self.only
        )

    @pytest.mark.parametrize(
        ("name", "field", "words"),
        [
            ("double", generated("models.F('total') * 3"), "changing the generated column"),
            ("double", generated("models.F('id') * 2"), "order.double always fails (ValueError)"),
            ("double", generated(rest="db_persist=False"), "remove it and add it again"),
            ("double", "IntegerField()", "turning order.double from a generated column"),
            ("total", generated("models.F('id')"), "turning order.total into a generated column"),
        ],
    )
    def test_another_definition_is_refused(self, check, name, field, words):
        check(f"{alter(name, field)}  # DJM809 {words}", earlier=[ORDER], only=self.only)

    def test_a_field_renamed_from_under_it_cannot_be_written_any_more(self, check):
        rename = "migrations.RenameField('order', 'total', 'amount'),"
        operation = alter("double", generated("models.F('amount') * 2"))
        check(f"{operation}  # DJM809", earlier=[ORDER, rename], only=self.only)


class TestPrimaryKeys:
    only = "DJM809"
    second = "migrations.AddField('order', 'number', models.AutoField(primary_key=True)),"

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.RemoveField('order', 'id'),",
            "migrations.AlterField('order', 'id', models.BigIntegerField()),",
            "migrations.RunSQL('ALTER TABLE shop_order DROP CONSTRAINT shop_order_pkey'),",
            "migrations.RunPython(imported.work),",
            "imported.Operation(),",
        ],
    )
    def test_the_first_key_may_be_gone(self, check, before):
        check(before + self.second, earlier=[ORDER], only=self.only)

    def test_the_key_itself_may_change(self, check):
        operation = alter("id", "BigAutoField(primary_key=True, help_text='x')")
        check(operation, earlier=[ORDER], only=self.only)

    def test_a_composite_key_is_no_column(self, check):
        operation = "migrations.AddField('order', 'pk', models.CompositePrimaryKey('id', 'code')),"
        check(operation, earlier=[ORDER], only=self.only)

    def test_sqlite_makes_the_table_anew(self, check):
        sqlite = Options(databases=(parse_database("sqlite"),))
        check(self.second, earlier=[ORDER], options=sqlite, only=self.only)

    def test_a_parent_may_hold_the_key(self, check):
        child = "migrations.CreateModel('Sale', [], bases=('shop.order',)),"
        second = self.second.replace("'order'", "'sale'")
        check(second, earlier=[ORDER, child], only=self.only)

    def test_a_table_has_one_key(self, check):
        marked = f"{self.second}  # DJM809 a second primary key shop_order.number always fails"
        check(marked, earlier=[ORDER], only=self.only)
        altered = alter("code", "CharField(max_length=20, primary_key=True)")
        check(f"{altered}  # DJM809 remove id first", earlier=[ORDER], only=self.only)


class TestRenameIndex:
    only = "DJM809"
    together = "migrations.AlterIndexTogether('order', {('code', 'total')}),"
    rename = "migrations.RenameIndex('order', new_name='code_idx', old_fields=('code', 'total')),"
    index = "migrations.AddIndex('order', models.Index(fields=['code', 'total'], name='{}')),"

    @pytest.mark.parametrize(
        "made", [together, index.format("a"), index.format("a").replace("'code'", "'-code'")]
    )
    def test_one_index_is_found(self, check, made):
        check(self.rename, earlier=[ORDER, made], only=self.only)

    def test_a_name_is_not_looked_for_by_fields(self, check):
        rename = "migrations.RenameIndex('order', new_name='b', old_name='a'),"
        check(rename, earlier=[ORDER], only=self.only)

    def test_one_field_may_have_an_index_of_its_own(self, check):
        rename = "migrations.RenameIndex('order', new_name='b', old_fields=('tag',)),"
        check(rename, earlier=[ORDER], only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            "migrations.RunSQL('CREATE INDEX i ON shop_order (code, total)'),",
            "migrations.RunPython(imported.work),",
            "imported.Operation(),",
            "migrations.AddIndex('order', models.Index(fields=imported.fields, name='i')),",
            "migrations.AlterIndexTogether('order', imported.groups),",
            "migrations.AddConstraint('order', imported.Exclusion(name='e')),",
            together
            + "migrations.SeparateDatabaseAndState(state_operations=["
            + "migrations.AlterIndexTogether('order', set())]),",
        ],
    )
    def test_an_index_that_may_be_there_is_silent(self, check, before):
        check(self.rename, earlier=[ORDER, before], only=self.only)

    @pytest.mark.parametrize(
        ("made", "words"),
        [
            ("migrations.RunSQL(migrations.RunSQL.noop),", "(code, total)) with no such index"),
            ("migrations.AlterUniqueTogether('order', {('code', 'total')}),", "no such index"),
            (
                index.format("a") + index.format("b"),
                "with 2 such indexes always fails (ValueError)",
            ),
        ],
    )
    def test_none_or_several_are_refused(self, check, made, words):
        check(f"{self.rename}  # DJM809 {words}", earlier=[ORDER, made], only=self.only)


class TestSourcesOfGeneratedColumns:
    only = "DJM809"
    wider = "migrations.AlterField('order', 'total', models.BigIntegerField()),"

    @pytest.mark.parametrize(
        "operation",
        [
            "migrations.AlterField('order', 'total', models.IntegerField(null=True)),",
            "migrations.AlterField('order', 'total', models.IntegerField(db_index=True)),",
            "migrations.AlterField('order', 'code', models.CharField(max_length=30)),",
            "migrations.RemoveField('order', 'total'),",
            "migrations.RemoveField('order', 'code'),",
            "migrations.RenameField('order', 'total', 'sum'),",
            "migrations.RemoveField('order', 'double')," + wider,
            "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN double')," + wider,
        ],
    )
    def test_a_column_that_keeps_its_type_or_is_free_is_silent(self, check, operation):
        check(operation, earlier=[ORDER], only=self.only)

    def test_a_model_that_is_not_known_is_silent(self, check):
        check("imported.Operation()," + self.wider, earlier=[ORDER], only=self.only)
        gone = "migrations.RemoveField('order', 'total'),"
        check("imported.Operation()," + gone, earlier=[ORDER], only=self.only)

    def test_other_databases_may_do_it(self, check):
        options = Options(databases=(parse_database("mysql:8.0"),))
        check(self.wider, earlier=[ORDER], options=options, only=self.only)

    def test_a_new_type_is_told(self, check):
        mark = (
            "  # DJM809 a new type for order.total always fails (used by generated column double)"
        )
        check(self.wider + mark, earlier=[ORDER], only=self.only)

    def test_a_removal_without_cascade_is_told(self, check):
        gone = "migrations.RemoveField('order', 'total'),  # DJM809 removing order.total always"
        options = Options(django=(6, 0))
        check(gone, earlier=[ORDER], options=options, only=self.only)

    @pytest.mark.parametrize(
        ("view", "mark"),
        [
            ("CREATE VIEW v AS SELECT id, code FROM shop_order", "  # DJM809 (used by view v)"),
            ("CREATE VIEW v AS SELECT id, total FROM shop_order", ""),
        ],
    )
    def test_a_view_keeps_the_types_of_what_it_reads(self, check, view, mark):
        made = f"migrations.RunSQL({view!r}, 'DROP VIEW v'),"
        wider = "migrations.AlterField('order', 'code', models.CharField(max_length=30)),"
        check(wider + mark, earlier=[ORDER, made], only=self.only)
        gone = "migrations.RunSQL('DROP VIEW v', 'SELECT 1'),"
        check(gone + wider, earlier=[ORDER, made], only=self.only)

    def test_a_key_that_follows_another_is_not_asked(self, check):
        line = (
            "migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True)), "
            "('order', models.ForeignKey('shop.order', models.CASCADE))]),"
            "migrations.RunSQL('CREATE VIEW v AS SELECT order_id FROM shop_line', 'DROP VIEW v'),"
        )
        key = "migrations.AlterField('order', 'id', models.AutoField(primary_key=True)),"
        check(key, earlier=[ORDER, line], only=self.only)
