"""DJM812 and DJM813: what the model promises of its rows and the database does not keep."""

from __future__ import annotations

import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database

ORDER = """
migrations.CreateModel(
    "Order",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("code", models.CharField(max_length=20)),
        ("total", models.IntegerField(null=True)),
    ],
    {options}
),
"""
PLAIN = ORDER.format(options="")


def on(name):
    return Options(databases=(parse_database(name),))


def add(constraint, mark=""):
    return f"migrations.AddConstraint('order', {constraint}),{mark}"


def unique(more):
    return f"models.UniqueConstraint(name='u', {more})"


CONDITION = unique("fields=['code'], condition=models.Q(total=1)")


class TestUnenforcedConstraint:
    only = "DJM812"

    @pytest.mark.parametrize(
        ("database", "constraint"),
        [
            ("postgresql:16", CONDITION),
            ("sqlite", CONDITION),
            ("mysql:8.0", unique("fields=['code']")),
            ("mysql:8.0", "models.UniqueConstraint(models.functions.Lower('code'), name='u')"),
            ("mysql:8.0", "imported.Constraint(fields=['code'], name='u')"),
            ("mysql:8.0", "models.CheckConstraint(condition=models.Q(total=1), name='u')"),
            ("mysql:8.0", unique("fields=imported.fields, condition=models.Q(total=1)")),
            ("mysql:8.0", CONDITION.replace("'u'", "imported.name")),
        ],
    )
    def test_what_the_database_has_is_silent(self, check, database, constraint):
        check(add(constraint), earlier=[PLAIN], options=on(database), only=self.only)

    @pytest.mark.parametrize(
        "before",
        [
            "imported.Operation(),",
            "migrations.AlterModelOptions('order', {'managed': False}),",
            "migrations.AlterModelTable('order', imported.table),",
        ],
    )
    def test_a_table_that_is_not_known_is_silent(self, check, before):
        check(add(CONDITION), earlier=[PLAIN, before], options=on("mysql:8.0"), only=self.only)

    def test_the_half_for_the_state_and_a_missing_model_are_silent(self, check):
        half = f"migrations.SeparateDatabaseAndState(state_operations=[{add(CONDITION)}]),"
        check(half, earlier=[PLAIN], options=on("mysql:8.0"), only=self.only)
        check(add(CONDITION), options=on("mysql:8.0"), only=self.only)

    @pytest.mark.parametrize(
        ("database", "constraint"),
        [
            ("mysql:8.0", CONDITION),
            ("mariadb:10.11", CONDITION),
            ("mariadb:10.11", "models.UniqueConstraint(models.functions.Lower('code'), name='u')"),
            ("sqlite", unique("fields=['code'], include=['total']")),
            ("sqlite", unique("fields=['code'], nulls_distinct=False")),
            ("sqlite", unique("fields=['code'], deferrable=models.Deferrable.DEFERRED")),
        ],
    )
    def test_one_that_is_left_out_is_told(self, check, database, constraint):
        vendor = database.partition(":")[0]
        mark = f"  # DJM812 {vendor} cannot have constraint u: Django sends nothing"
        check(add(constraint, mark), earlier=[PLAIN], options=on(database), only=self.only)

    def test_one_of_a_new_model_is_told_too(self, check):
        made = ORDER.format(options=f"options={{'constraints': [{CONDITION}]}},")
        made = made.replace("CreateModel(", "CreateModel(  # DJM812 constraint u")
        check(made, options=on("mysql:8.0"), only=self.only)


class TestTwoDefaults:
    only = "DJM813"

    def field(self, defaults, mark="", more=""):
        return f"migrations.AddField('order', 'x', models.IntegerField({defaults}){more}),{mark}"

    @pytest.mark.parametrize(
        "defaults",
        [
            "default=1",
            "db_default=1",
            "default=1, db_default=1",
            "default=1, db_default=models.Value(1)",
            "default=True, db_default=1",
            "default=imported.value, db_default=1",
            "default=1, db_default=models.functions.Now()",
            "default=None, db_default=1, null=True",
        ],
    )
    def test_one_value_or_one_that_is_worked_out_is_silent(self, check, defaults):
        check(self.field(defaults), earlier=[PLAIN], only=self.only)

    def test_a_default_for_the_occasion_is_silent(self, check):
        once = self.field("default=1, db_default=2", more=", preserve_default=False")
        check(once, earlier=[PLAIN], only=self.only)

    def test_a_new_table_or_one_that_is_not_known_is_silent(self, check):
        check(PLAIN + self.field("default=1, db_default=2"), only=self.only)
        check(self.field("default=1, db_default=2"), only=self.only)
        unread = "migrations.AddField('order', 'x', imported.Field()),"
        check(unread, earlier=[PLAIN], only=self.only)

    @pytest.mark.parametrize("database", ["2", "models.Value(2)"])
    def test_two_values_are_told(self, check, database):
        mark = "  # DJM813 order.x: rows that are there get 2, new ones 1"
        field = self.field(f"default=1, db_default={database}", mark)
        check(field, earlier=[PLAIN], only=self.only)
