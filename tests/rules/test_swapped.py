"""Data migrations over all users, and over any other model that only a setting names."""

from __future__ import annotations

import textwrap

import pytest

from flake8_django_migrations.options import Options

ORDER = """
migrations.CreateModel(
    name="Order",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("changed", models.DateTimeField(auto_now=True)),
    ],
)
"""
USER = """
migrations.CreateModel(
    name="Member",
    fields=[
        ("id", models.AutoField(primary_key=True)),
        ("last_login", models.DateTimeField(null=True)),
        ("changed", models.DateTimeField(auto_now=True)),
        ("name", models.CharField(max_length=9, unique=True)),
    ],
)
"""
KIND = """
migrations.CreateModel(
    name="Kind",
    fields=[("id", models.AutoField(primary_key=True))],
    options={"swappable": "SHOP_KIND_MODEL"},
)
"""
MODULE = """
import swapper
from django.conf import settings
from django.db import migrations, models


def forward(apps, schema_editor):
{body}


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_earlier")]

    operations = [
        {operations}
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
"""
LOOP = "for user in User.objects.all():\n    user.name = 1\n    user.save()"


def python(body, operations="", model="settings.AUTH_USER_MODEL"):
    lines = f"User = apps.get_model({model})\n{textwrap.dedent(body).strip()}"
    return MODULE.format(body=textwrap.indent(lines, "    "), operations=operations)


@pytest.mark.parametrize(
    "body",
    [
        "for user in User.objects.iterator():\n    print(user)",
        "for user in User.objects.filter(a=1):\n    user.save()",
        "for user in User.objects.all()[:10]:\n    user.save()",
        "User.objects.filter(name='').update(name='x')",
        "User.objects.get(name='admin').save()",
        "User.objects.get_or_create(name='admin')",
    ],
)
def test_work_on_some_of_the_users_is_silent(check, body):
    for code in ("DJM201", "DJM202", "DJM203", "DJM502"):
        check(python(body), earlier=[ORDER], only=code)


def test_fields_of_the_users_are_not_known_wherever_they_are(check):
    for code in ("DJM208", "DJM209", "DJM211", "DJM801", "DJM803"):
        check(python(LOOP), earlier=[USER], only=code)
        check(python("User.objects.create(id=1, email='x')"), earlier=[USER], only=code)


@pytest.mark.parametrize("code", ["DJM201", "DJM202", "DJM203", "DJM502"])
def test_the_users_of_a_new_table_are_none(check, code):
    for body in (LOOP, "User.objects.create(name=1)", "User.objects.update(name=1)"):
        check(python(body, operations=f"{USER.strip()},"), earlier=[ORDER], only=code)


@pytest.mark.parametrize("code", ["DJM201", "DJM202", "DJM502"])
def test_the_users_of_a_small_table_are_few(check, code):
    for body in (LOOP, "User.objects.update(name=1)"):
        small = Options(table_rows={"auth_user": 500})
        check(python(body), earlier=[ORDER], only=code, options=small)
        small = Options(table_rows={"shop_member": 500})
        check(python(body), earlier=[USER], only=code, options=small)


def test_which_of_two_models_has_the_users_is_not_guessed(check):
    check(
        python(LOOP),
        earlier=[f"{USER.strip()},{USER}".replace("Member", "Guest", 1)],
        only="DJM201",
    )
    table = 'options={"db_table": settings.X},\n)'
    check(python(LOOP), earlier=[USER.rstrip().removesuffix(")") + table], only="DJM201")


def test_a_loop_over_all_users_is_reported_under_the_setting(check):
    body = """
    for user in User.objects.all():  # DJM201 all rows of settings.AUTH_USER_MODEL
        user.name = 1
        user.save()
    """
    check(python(body), earlier=[ORDER], only="DJM201")
    check(python(body), earlier=[USER], only="DJM201")
    large = Options(table_rows={"auth_user": 50_000})
    check(python(body), earlier=[ORDER], only="DJM201", options=large)


def test_all_users_saved_one_by_one_are_reported(check):
    body = """
    for user in User.objects.all():
        user.name = 1
        user.save()  # DJM202 settings.AUTH_USER_MODEL
    """
    check(python(body), earlier=[ORDER], only="DJM202")


def test_users_that_a_second_run_creates_again_are_reported(check):
    body = (
        "User.objects.create(name=1)  # DJM203 creates its rows again in settings.AUTH_USER_MODEL"
    )
    check(python(body), earlier=[ORDER], only="DJM203")


def test_one_statement_for_all_users_is_reported_under_the_setting(check):
    for verb, call in (("updates", "update(name=1)"), ("deletes", "all().delete()")):
        line = f"User.objects.{call}  # DJM502 {verb} all rows of settings.AUTH_USER_MODEL"
        check(python(line), earlier=[ORDER], only="DJM502")


def test_users_that_are_deleted_for_good_are_reported(check):
    source = python("User.objects.filter(a=1).delete()").replace(
        "migrations.RunPython(forward,",
        "migrations.RunPython(forward,  # DJM109 settings.AUTH_USER_MODEL\n",
    )
    check(source, earlier=[ORDER], only="DJM109")


def test_the_model_that_the_app_itself_declares_swappable_has_its_table(check):
    body = "for each in User.objects.all():  # DJM201 settings.SHOP_KIND_MODEL\n    print(each)"
    silent = body.replace("# DJM201", "#")
    model = "settings.SHOP_KIND_MODEL"
    check(python(body, model=model), earlier=[KIND], only="DJM201")
    check(python(body, model=model), earlier=[ORDER], only="DJM201")
    check(python(silent, f"{KIND.strip()},", model), earlier=[ORDER], only="DJM201")
    small = Options(table_rows={"shop_kind": 500})
    check(python(silent, model=model), earlier=[KIND], only="DJM201", options=small)


def test_what_swapper_names_is_told_by_the_name_of_what_it_stands_for(check):
    body = "for each in User.objects.all():  # DJM201 all rows of shop.kind at\n    print(each)"
    silent = body.replace("# DJM201", "#")
    model = "swapper.get_model_name('shop', 'Kind')"
    check(python(body, model=model), earlier=[KIND], only="DJM201")
    check(python(silent, model=model), earlier=[ORDER], only="DJM201")
    check(python(silent, f"{KIND.strip()},", model), earlier=[ORDER], only="DJM201")
    small = Options(table_rows={"shop_kind": 500})
    check(python(silent, model=model), earlier=[KIND], only="DJM201", options=small)


def test_rows_made_under_a_setting_may_be_the_app_s_own(check):
    source = python("apps.get_model('shop', 'Member').objects.update(name=1)").replace(
        "migrations.RunPython(forward, ",
        "migrations.RunPython(forward,  # DJM708 forward\n            ",
    )
    check(source, earlier=[USER], only="DJM708")
    source = source.replace("0001_earlier", "0002_earlier").replace("# DJM708", "#")
    check(source, earlier=[USER, python("User.objects.create(name=1)")], only="DJM708")
