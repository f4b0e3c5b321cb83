"""4xx: checks, unique constraints and foreign keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from locking import NOT_NULL, SHOP, TOTAL_SET, VALIDATED, on

from flake8_django_migrations.options import Options

# DJM405 ----------------------------------------------------------------------------------


def test_a_validated_check_proves_not_null(check):
    check(NOT_NULL.format(""), earlier=[SHOP, TOTAL_SET, VALIDATED], only="DJM405")


def test_before_postgresql_12_a_check_proves_nothing(check):
    check(
        NOT_NULL.format("  # DJM405 keep a validated check instead"),
        earlier=[SHOP, TOTAL_SET, VALIDATED],
        only="DJM405",
        options=on("postgresql:11"),
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE shop_order VALIDATE CONSTRAINT total_set",
        'alter table shop_order validate constraint "total_set"',
    ],
)
def test_a_check_may_be_validated_by_sql_or_beside_the_state(check, sql):
    by_sql = f"migrations.RunSQL('{sql}', migrations.RunSQL.noop),"
    beside = f"migrations.SeparateDatabaseAndState(database_operations=[{VALIDATED}]),"
    check(NOT_NULL.format(""), earlier=[SHOP, TOTAL_SET, by_sql], only="DJM405")
    check(NOT_NULL.format(""), earlier=[SHOP, TOTAL_SET, beside], only="DJM405")


def test_a_check_added_by_sql_may_prove_not_null(check):
    added = """
    migrations.RunSQL(
        [
            "ALTER TABLE shop_order ADD CONSTRAINT c CHECK (total IS NOT NULL) NOT VALID",
            "ALTER TABLE shop_order VALIDATE CONSTRAINT c",
        ],
        "ALTER TABLE shop_order DROP CONSTRAINT c",
    ),
    """
    check(NOT_NULL.format(""), earlier=[SHOP, added], only="DJM405")
    other = added.replace("total", "placed")
    check(NOT_NULL.format("  # DJM405"), earlier=[SHOP, other], only="DJM405")
    check(
        NOT_NULL.format("  # DJM405"),
        earlier=[SHOP, added],
        only="DJM405",
        options=on("postgresql:11"),
    )


def test_a_check_that_is_not_validated_proves_nothing(check):
    check(
        NOT_NULL.format("  # DJM405 add and validate a check first"),
        earlier=[SHOP, TOTAL_SET],
        only="DJM405",
    )


def test_the_check_of_another_column_proves_nothing(check):
    check(
        NOT_NULL.format("  # DJM405"),
        earlier=[SHOP, TOTAL_SET.replace("total__", "placed__"), VALIDATED],
        only="DJM405",
    )


def test_a_check_not_valid_and_its_validation_are_silent(check):
    check(TOTAL_SET, earlier=[SHOP], only="DJM405")
    check(VALIDATED, earlier=[SHOP, TOTAL_SET], only="DJM405")


def test_both_in_one_transaction_keep_the_lock_through_the_scan(check):
    check(
        TOTAL_SET + VALIDATED + "  # DJM405 validating total_set scans shop_order",
        earlier=[SHOP],
        only="DJM405",
    )
    check(TOTAL_SET + VALIDATED, earlier=[SHOP], only="DJM405", atomic=False)


def test_a_validation_in_sql_without_a_name_that_is_known(check):
    check(
        """
        migrations.AddField("order", "a", models.TextField(null=True)),
        migrations.RunSQL(
            "ALTER TABLE shop_order VALIDATE CONSTRAINT total_set",  # DJM405 validating
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP, TOTAL_SET],
        only="DJM405",
    )


def test_a_new_nullable_foreign_key_is_not_checked(check):
    check(
        """
        migrations.AddField("order", "giver", models.ForeignKey(
            null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM405",
    )


def test_a_commit_gives_the_lock_back(check):
    commit = 'migrations.RunSQL("COMMIT", migrations.RunSQL.noop),'
    check(TOTAL_SET + commit + VALIDATED, earlier=[SHOP], only="DJM405")


def test_a_foreign_key_not_valid_is_not_checked(check):
    check(
        """
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT k FOREIGN KEY (payer_id) "
            "REFERENCES shop_customer (id) NOT VALID",
            "ALTER TABLE shop_order DROP CONSTRAINT k",
        ),
        """,
        earlier=[SHOP],
        only="DJM405",
    )


def test_a_foreign_key_that_comes_required_is_told_as_such(check):
    """As a nullable column it comes empty, and there are no rows to look for."""
    added = """
        migrations.AddField("order", "giver", models.ForeignKey({}
            default=1, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
    """
    check(added.format(""), earlier=[SHOP], only="DJM405")
    check(added.format("  # DJM901 add it with null=True first"), earlier=[SHOP], only="DJM901")


def test_a_foreign_key_that_old_rows_must_obey_is_checked(check):
    check(
        """
        migrations.AddField("order", "giver", models.ForeignKey(  # DJM405 without a default
            default=1, null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM405",
    )
    check(
        """
        migrations.AlterField("order", "payer", models.ForeignKey(  # DJM405 payer_id scans
            on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM405",
    )
    check(
        """
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT k "  # DJM405 the foreign key
            "FOREIGN KEY (payer_id) REFERENCES shop_customer (id)",
            "ALTER TABLE shop_order DROP CONSTRAINT k",
        ),
        """,
        earlier=[SHOP],
        only="DJM405",
    )


def test_a_foreign_key_dropped_and_added_in_sql_is_a_scan_of_its_own(check):
    check(
        """
        migrations.RunSQL(
            [
                "ALTER TABLE shop_order DROP CONSTRAINT k",
                "ALTER TABLE shop_order ADD CONSTRAINT k FOREIGN KEY (payer_id) "  # DJM405
                "REFERENCES shop_customer (id)",
            ],
            migrations.RunSQL.noop,
        ),
        """,
        earlier=[SHOP],
        only="DJM405",
    )


def test_a_positive_number_brings_a_check(check):
    check(
        """
        migrations.AddField(  # DJM405 the check >= 0 on points
            "order", "points", models.PositiveIntegerField(null=True)
        ),
        migrations.AlterField(  # DJM405 the check >= 0 on total
            "order", "total", models.PositiveIntegerField(null=True)
        ),
        """,
        earlier=[SHOP],
        only="DJM405",
    )


def test_a_change_of_type_with_a_check_is_told_once(check):
    change = 'migrations.AlterField("order", "total", models.PositiveBigIntegerField(null=True)),{}'
    check(change.format(""), earlier=[SHOP], only="DJM405")
    check(change.format("  # DJM404"), earlier=[SHOP], only="DJM404")


def test_a_predicate_is_no_not_null(check):
    check(
        """
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY a ON shop_order (code) WHERE total IS NOT NULL",
            "DROP INDEX CONCURRENTLY a",
        ),
        migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN q int DEFAULT NULL", "SELECT 1"),
        """,
        earlier=[SHOP],
        only="DJM405",
        atomic=False,
    )


@pytest.mark.parametrize("database", ["mysql:8.0", "mariadb:10.11"])
def test_mysql_copies_the_table_for_a_foreign_key_or_a_check(check, database):
    check(
        """
        migrations.AddField("order", "giver", models.ForeignKey(  # DJM405 set db_constraint=False
            null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        migrations.AddConstraint(  # DJM405 use an online schema change tool
            "order", models.CheckConstraint(condition=models.Q(total__gt=0), name="c")
        ),
        """,
        earlier=[SHOP],
        only="DJM405",
        options=on(database),
    )


# DJM406 ----------------------------------------------------------------------------------


def test_a_constraint_made_of_an_index_builds_nothing(check):
    check(
        """
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT u UNIQUE USING INDEX u", "SELECT 1"
        ),
        """,
        earlier=[SHOP],
        only="DJM406",
    )


def test_a_conditional_unique_constraint_is_an_index(check):
    constraint = """
    migrations.AddConstraint(  # {}
        "order",
        models.UniqueConstraint(condition=models.Q(total=1), fields=["code"], name="u"),
    ),
    """
    check(constraint.format(""), earlier=[SHOP], only="DJM406")
    check(constraint.format("DJM402 under SHARE:"), earlier=[SHOP], only="DJM402")


def test_an_unchanged_unique_together_builds_nothing(check):
    together = 'migrations.AlterUniqueTogether("order", {("code", "total")}),'
    check(together, earlier=[SHOP, together], only="DJM406")


def test_unique_in_every_spelling_is_built_under_lock(check):
    check(
        """
        migrations.AddConstraint(  # DJM406 the unique constraint on shop_order
            "order", models.UniqueConstraint(fields=["code"], name="u")
        ),
        migrations.AlterField("order", "total", models.IntegerField(  # DJM406
            null=True, unique=True
        )),
        migrations.AlterUniqueTogether("order", {("code", "total")}),  # DJM406
        migrations.AddField("order", "one", models.OneToOneField(  # DJM406
            null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        migrations.RunSQL("ALTER TABLE shop_order ADD UNIQUE (note)", "SELECT 1"),  # DJM406
        """,
        earlier=[SHOP],
        only="DJM406",
    )


def test_the_like_index_of_a_unique_text_is_not_told_apart(check):
    change = (
        'migrations.{}("order", "{}", models.CharField(max_length=20, null=True, unique=True)),{}'
    )
    check(change.format("AlterField", "code", "  # DJM406"), earlier=[SHOP], only="DJM406")
    check(change.format("AlterField", "code", ""), earlier=[SHOP], only="DJM402")
    check(change.format("AddField", "sku", "  # DJM406"), earlier=[SHOP], only="DJM406")
    check(change.format("AddField", "sku", ""), earlier=[SHOP], only="DJM409")


def test_a_change_of_type_that_becomes_unique_is_told_once(check):
    change = (
        'migrations.AlterField("order", "total", models.BigIntegerField(null=True, unique=True)),{}'
    )
    check(change.format(""), earlier=[SHOP], only="DJM406")
    check(change.format("  # DJM404"), earlier=[SHOP], only="DJM404")


# DJM407 ----------------------------------------------------------------------------------


def test_a_rename_that_breaks_running_code_is_told_once(check):
    """Keeping the old name keeps the key as well."""
    renamed = 'migrations.RenameField("order", "customer", "buyer"),{}'
    check(renamed.format(""), earlier=[SHOP], only="DJM407")
    check(renamed.format("  # DJM904"), earlier=[SHOP], only="DJM904")


def test_a_rename_that_running_code_does_not_see_rebuilds_the_key(check, tmp_path):
    folder = Path(tmp_path, "shop", "migrations").resolve()
    check(
        """
        migrations.RenameField("order", "giver", "donor"),  # DJM407 shop_order.donor_id
        """,
        earlier=[
            SHOP,
            (
                'migrations.AddField("order", "giver", models.ForeignKey('
                'null=True, on_delete=models.CASCADE, related_name="+", to="shop.customer")),'
            ),
        ],
        only="DJM407",
        options=Options(shipped=frozenset({folder / "0001_earlier.py"})),
    )


def test_a_key_changed_in_python_only_stays(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(
            blank=True, help_text="who", on_delete=models.SET_NULL, related_name="orders",
            to="shop.customer", verbose_name="buyer",
        )),
        """,
        earlier=[SHOP],
        only="DJM407",
    )


def test_a_key_pinned_before_its_rename_stays(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(
            db_column="customer_id", on_delete=models.CASCADE, to="shop.customer"
        )),
        migrations.RenameField("order", "customer", "buyer"),
        """,
        earlier=[SHOP],
        only="DJM407",
    )


def test_a_key_that_gets_or_loses_its_constraint_is_not_rebuilt(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(
            db_constraint=False, on_delete=models.CASCADE, to="shop.customer"
        )),
        migrations.AlterField("order", "payer", models.ForeignKey(
            on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM407",
    )


def test_any_change_beside_a_key_rebuilds_it(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(  # DJM407 shop_customer waits
            null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        migrations.AlterField("order", "customer", models.ForeignKey(  # DJM407
            db_index=False, null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM407",
    )


def test_a_key_to_its_own_table_has_nobody_else_waiting(check):
    check(
        """
        migrations.AlterField("order", "parent", models.ForeignKey(  # DJM407 every row is checked
            db_index=False, null=True, on_delete=models.CASCADE, to="self"
        )),
        """,
        earlier=[
            SHOP,
            (
                'migrations.AddField("order", "parent", models.ForeignKey('
                'null=True, on_delete=models.CASCADE, to="self")),'
            ),
        ],
        only="DJM407",
    )


def test_naming_the_field_that_a_key_points_to_anyway_changes_nothing(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(
            on_delete=models.CASCADE, to="shop.customer", to_field="id"
        )),
        """,
        earlier=[SHOP],
        only="DJM407",
    )


# DJM408 ----------------------------------------------------------------------------------


def test_a_key_between_new_tables_blocks_nobody(check):
    check(SHOP, only="DJM408", initial=True)


def test_a_key_without_its_constraint_blocks_nobody(check):
    check(
        """
        migrations.AddField("order", "giver", models.ForeignKey(
            db_constraint=False, null=True, on_delete=models.CASCADE, related_name="+",
            to="shop.customer",
        )),
        migrations.RemoveField("order", "payer"),
        """,
        earlier=[SHOP],
        only="DJM408",
    )


def test_a_key_to_its_own_table_blocks_no_other(check):
    check(
        """
        migrations.AddField("order", "parent", models.ForeignKey(
            null=True, on_delete=models.CASCADE, to="self"
        )),
        """,
        earlier=[SHOP],
        only="DJM408",
    )


def test_a_rebuilt_key_is_told_once(check):
    check(
        """
        migrations.AlterField("order", "customer", models.ForeignKey(
            null=True, on_delete=models.CASCADE, to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM408",
    )


def test_the_table_that_a_new_key_points_to_is_locked(check):
    check(
        """
        migrations.CreateModel(  # DJM408 new foreign key shop_cart.customer_id
            name="Cart",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey(on_delete=models.CASCADE, to="shop.customer")),
                ("other", models.ForeignKey(
                    on_delete=models.CASCADE, related_name="+", to="shop.customer"
                )),
            ],
        ),
        migrations.AddField("order", "givers", models.ManyToManyField(  # DJM408 writes wait
            related_name="+", to="shop.customer"
        )),
        migrations.AlterField("order", "payer", models.ForeignKey(  # DJM408
            on_delete=models.CASCADE, related_name="+", to="shop.customer"
        )),
        """,
        earlier=[SHOP],
        only="DJM408",
    )


def test_the_table_that_a_dropped_key_points_to_is_locked_even_for_readers(check):
    check(
        'migrations.RemoveField("order", "customer"),  # DJM408 dropping foreign key shop_order',
        earlier=[SHOP],
        only="DJM408",
    )
    check(
        'migrations.DeleteModel("Order"),  # DJM408 dropping table shop_order takes ACCESS EXCLUSIVE',
        earlier=[SHOP],
        only="DJM408",
    )
