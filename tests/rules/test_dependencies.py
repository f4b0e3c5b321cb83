"""6xx: the graph as the rules judge it."""

from __future__ import annotations

import pytest

ORDER = """
migrations.CreateModel("Order", fields=[("id", models.BigAutoField(primary_key=True))]),
"""

CUSTOMERS = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
    ]
"""

BROKEN = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_b")
    operations = []
"""

CUSTOMERS_FILE = {"customers/migrations/0001_initial.py": CUSTOMERS}

USES_CUSTOMER = """
from django.db import migrations


def greet(apps, schema_editor):
    Customer = apps.get_model("customers", "Customer"){mark}
    Customer.objects.filter(pk__lt=100).update(id=1)


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = [{operation}]
"""


def uses_customer(dependencies="", operation="migrations.RunPython(greet)", mark=""):
    return USES_CUSTOMER.format(dependencies=dependencies, operation=operation, mark=mark)


class TestDanglingDependency:
    only = "DJM601"

    @pytest.mark.parametrize(
        "dependency",
        [
            ("shop", "0001_earlier"),
            ("shop", "__first__"),
            ("auth", "9999_of_another_release"),
            ("installed", "0042_whatever"),
            ("customers", "0001_initial"),
            ("customers", "__first__"),
            ("customers", "__latest__"),
        ],
    )
    def test_a_name_that_is_there_or_cannot_be_looked_up_is_silent(self, check, dependency):
        check(
            ORDER,
            earlier=[ORDER],
            files=CUSTOMERS_FILE,
            only=self.only,
            dependencies=[("shop", "0001_earlier"), dependency],
        )

    def test_a_name_that_a_squash_replaces_is_silent(self, check):
        squash = """
            from django.db import migrations

            class Migration(migrations.Migration):
                replaces = [("shop", "0001_initial"), ("shop", "0002_order")]
                dependencies = []
                operations = []
        """
        check(ORDER, earlier=[squash], only=self.only, dependencies=[("shop", "0002_order")])

    def test_a_file_that_cannot_be_parsed_is_there_all_the_same(self, check):
        check(
            ORDER,
            files={"shop/migrations/0007_broken.py": BROKEN},
            only=self.only,
            dependencies=[("shop", "0007_broken")],
        )

    @pytest.mark.parametrize("name", ["0001_start", "0002_", "__latest__"])
    def test_a_name_of_this_app_that_is_nowhere_is_reported(self, check, name):
        check(
            f"""
            from django.db import migrations

            class Migration(migrations.Migration):
                dependencies = [
                    ("shop", "0001_earlier"),
                    ("shop", "{name}"),  # DJM601 shop.{name}
                ]
                operations = []
            """,
            earlier=[ORDER],
            only=self.only,
        )

    def test_run_before_may_dangle_too(self, check):
        check(
            """
            from django.db import migrations

            class Migration(migrations.Migration):
                dependencies = []
                run_before = [("customers", "0009_gone")]  # DJM601 customers.0009_gone
                operations = []
            """,
            files=CUSTOMERS_FILE,
            only=self.only,
        )


class TestUndeclaredDependency:
    only = "DJM602"

    def fk(self, to, mark=""):
        return f"""
            migrations.CreateModel(  {mark}
                "Order",
                fields=[("customer", models.ForeignKey({to!r}, models.CASCADE))],
            ),
        """

    @pytest.mark.parametrize("to", ["self", "Order", "shop.order", "customers.Customer"])
    def test_a_relation_inside_the_app_or_to_a_declared_one_is_silent(self, check, to):
        check(
            self.fk(to),
            files=CUSTOMERS_FILE,
            only=self.only,
            dependencies=[("customers", "0001_initial")],
        )

    def test_a_dependency_of_an_earlier_migration_is_enough(self, check):
        first = uses_customer('("customers", "0001_initial")', "")
        check(self.fk("customers.customer"), earlier=[first], files=CUSTOMERS_FILE, only=self.only)

    def test_a_way_through_another_app_is_enough(self, check):
        billing = CUSTOMERS.replace(
            "dependencies = []", 'dependencies = [("customers", "0001_initial")]'
        )
        check(
            self.fk("customers.customer"),
            files={**CUSTOMERS_FILE, "billing/migrations/0001_initial.py": billing},
            only=self.only,
            dependencies=[("billing", "0001_initial")],
        )

    def test_a_dependency_whose_own_are_not_at_hand_is_silent(self, check):
        check(
            self.fk("customers.customer"),
            files=CUSTOMERS_FILE,
            only=self.only,
            dependencies=[("installed", "0001_initial")],
        )

    def test_a_swappable_dependency_may_lead_anywhere(self, check):
        check(
            """
            from django.conf import settings
            from django.db import migrations, models

            class Migration(migrations.Migration):
                dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
                operations = [
                    migrations.CreateModel(
                        "Order", [("owner", models.ForeignKey("customers.customer", models.CASCADE))]
                    ),
                ]
            """,
            files=CUSTOMERS_FILE,
            only=self.only,
        )

    def test_a_way_back_runs_when_everything_is_there(self, check):
        source = uses_customer(
            operation="migrations.RunPython(migrations.RunPython.noop, reverse_code=greet)"
        )
        check(source, files=CUSTOMERS_FILE, only=self.only)

    def test_a_setting_is_not_an_app(self, check):
        check(
            "migrations.CreateModel('Order', "
            "[('user', models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))]),",
            only=self.only,
        )

    def test_a_foreign_key_is_reported_once_for_an_app(self, check):
        check(
            """
            migrations.CreateModel(  # DJM602 order.customer needs app customers
                "Order",
                fields=[
                    ("customer", models.ForeignKey("customers.customer", models.CASCADE)),
                    ("payer", models.ForeignKey("customers.customer", models.CASCADE)),
                ],
            ),
            """,
            files=CUSTOMERS_FILE,
            only=self.only,
        )

    def test_a_relation_altered_or_added_later_is_reported(self, check):
        check(
            """
            migrations.AlterField(  # DJM602 order.id needs app customers
                "order", "id", models.OneToOneField("customers.customer", models.CASCADE)
            ),
            migrations.AddField(  # DJM602 order.tags needs app tags
                "order", "tags", models.ManyToManyField("tags.tag", through="shop.Tagged")
            ),
            """,
            earlier=[ORDER],
            files=CUSTOMERS_FILE,
            only=self.only,
        )

    def test_a_base_and_a_through_model_are_needed_too(self, check):
        check(
            """
            migrations.CreateModel("Order", [], bases=("customers.customer",)),  # DJM602 order needs
            migrations.AddField(  # DJM602 order.all needs app tags
                "order", "all", models.ManyToManyField("shop.order", through="tags.Tagged")
            ),
            """,
            files=CUSTOMERS_FILE,
            only=self.only,
        )

    def test_a_mixin_is_no_app(self, check):
        check(
            """
            from django.db import migrations
            import customers.mixins

            class Migration(migrations.Migration):
                dependencies = []
                operations = [
                    migrations.CreateModel("Order", [], bases=(customers.mixins.Mixin,)),
                ]
            """,
            files=CUSTOMERS_FILE,
            only=self.only,
        )

    def test_get_model_is_reported_where_it_is_called(self, check):
        check(
            uses_customer(mark="  # DJM602 get_model('customers', 'Customer') needs app customers"),
            files=CUSTOMERS_FILE,
            only=self.only,
        )


class TestCircularDependency:
    only = "DJM603"

    def test_two_apps_may_take_turns(self, check):
        second = CUSTOMERS.replace(
            "[]", '[("customers", "0001_initial"), ("shop", "0001_earlier")]', 1
        )
        check(
            ORDER,
            earlier=[ORDER],
            files={**CUSTOMERS_FILE, "customers/migrations/0002_more.py": second},
            only=self.only,
            dependencies=[("shop", "0001_earlier"), ("customers", "0002_more")],
        )

    @pytest.mark.parametrize("label", ["shop", "customers"])
    def test_a_circle_is_named_from_this_migration_on(self, check, label):
        other = {"shop": "0002_other", "customers": "0001_initial"}[label]
        back = CUSTOMERS.replace("dependencies = []", 'dependencies = [("shop", "0001_checked")]')
        check(
            f"""
            from django.db import migrations

            class Migration(migrations.Migration):  # DJM603 shop.0001_checked -> {label}.{other}
                dependencies = [("{label}", "{other}")]
                operations = []
            """,
            files={f"{label}/migrations/{other}.py": back},
            only=self.only,
        )


class TestSeveralLeaves:
    only = "DJM604"
    module = """
from django.db import migrations


class Migration(migrations.Migration):{mark}
    dependencies = [("shop", "0001_earlier")]
    operations = []
"""

    def test_a_single_line_is_silent(self, check):
        check(ORDER, earlier=[ORDER, "migrations.RunSQL('SELECT 1'),"], only=self.only)

    def test_a_merge_is_silent(self, check):
        check(
            "",
            earlier=[ORDER],
            files={
                "shop/migrations/0002_a.py": self.module.format(mark=""),
                "shop/migrations/0002_b.py": self.module.format(mark=""),
            },
            only=self.only,
            dependencies=[("shop", "0002_a"), ("shop", "0002_b")],
        )

    def test_leaves_are_not_counted_where_a_file_cannot_be_read(self, check):
        check(
            self.module.format(mark=""),
            earlier=[ORDER],
            files={
                "shop/migrations/0002_b.py": self.module.format(mark=""),
                "shop/migrations/0003_broken.py": BROKEN,
            },
            only=self.only,
        )

    def test_each_leaf_names_the_other(self, check):
        check(
            self.module.format(mark="  # DJM604 app shop has another leaf, 0002_b:"),
            earlier=[ORDER],
            files={"shop/migrations/0002_b.py": self.module.format(mark="")},
            only=self.only,
        )

    def test_many_leaves_are_counted(self, check):
        check(
            self.module.format(mark="  # DJM604 0002_b and 1 more"),
            earlier=[ORDER],
            files={
                "shop/migrations/0002_b.py": self.module.format(mark=""),
                "shop/migrations/0002_c.py": self.module.format(mark=""),
            },
            only=self.only,
        )


class TestUndeclaredSwappableDependency:
    only = "DJM605"

    def clerk(self, mark=""):
        return f"""
            migrations.AddField(  {mark}
                "order", "clerk", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
            ),
            migrations.AddField(
                "order", "packer", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
            ),
        """

    @pytest.mark.parametrize("fields", ["('last_login', models.DateTimeField())", ""])
    def test_an_app_that_may_have_the_users_is_silent(self, check, fields):
        options = "" if fields else ", options={'swappable': 'AUTH_USER_MODEL'}"
        users = f"migrations.CreateModel('Person', [{fields}]{options}),"
        check(self.clerk(), earlier=[ORDER + users], only=self.only)

    def test_an_app_whose_models_are_in_doubt_is_silent(self, check):
        check(self.clerk(), earlier=[ORDER + "Unknown('operation'),"], only=self.only)

    @pytest.mark.parametrize("label", ["auth", "accounts"])
    def test_a_dependency_on_an_app_that_may_have_them_is_silent(self, check, label):
        check(
            self.clerk(),
            earlier=[ORDER],
            only=self.only,
            dependencies=[("shop", "0001_earlier"), (label, "0001_initial")],
        )

    def test_a_path_written_out_belongs_to_another_rule(self, check):
        check(
            "migrations.AddField('order', 'c', models.ForeignKey('auth.user', models.CASCADE)),",
            earlier=[ORDER],
            only=self.only,
        )

    def test_a_computed_list_of_dependencies_is_silent(self, check):
        check(
            """
            from django.conf import settings
            from django.db import migrations, models

            class Migration(migrations.Migration):
                dependencies = settings.DEPENDENCIES
                operations = [
                    migrations.CreateModel(
                        "Order",
                        [("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))],
                    ),
                ]
            """,
            only=self.only,
        )

    def test_it_is_reported_once_also_beside_an_app_without_users(self, check):
        check(
            self.clerk("# DJM605 order.clerk points at settings.AUTH_USER_MODEL"),
            earlier=[ORDER],
            only=self.only,
            dependencies=[("shop", "0001_earlier"), ("contenttypes", "0001_initial")],
        )
