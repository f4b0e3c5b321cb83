"""What keeps the configured Django from loading a migration."""

from __future__ import annotations

from importlib import import_module

import django
import pytest

from flake8_django_migrations.options import Options
from flake8_django_migrations.rules.loading import REMOVED

TABLE = 'migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True))]),'
MODULE = """
    {imports}
    from django.db import migrations, models


    class Migration(migrations.Migration):
        dependencies = [("shop", "0001_earlier")]
        operations = [
            {operations}
        ]
"""
INDENT = "\n    "


@pytest.fixture
def load(check):
    def verb(imports, operations="", django=(5, 2)):
        source = MODULE.format(imports=imports.replace("\n", INDENT), operations=operations)
        check(source, earlier=[TABLE], only="DJM613", options=Options(django=django))

    return verb


def is_there(path):
    """Whether the installed Django has the name; a module that cannot be imported has none."""
    module, _, name = path.rpartition(".")
    try:
        return hasattr(import_module(module), name) or bool(import_module(path))
    except ImportError:
        return False


@pytest.mark.parametrize("path", REMOVED)
def test_the_table_agrees_with_the_django_that_is_installed(path):
    assert is_there(path) is (django.VERSION[:2] < REMOVED[path].since)


@pytest.mark.parametrize(
    "imports",
    [
        "import datetime",
        "import django.utils.timezone",
        "from django.utils import timezone",
        "from django.utils.timezone import now as utc",
        "from .timezone import utc",
        "from . import six",
        "from other.utils.timezone import utc",
        "from django.contrib.postgres.fields.jsonb import JSONField",
        "from django.db.models import NullBooleanField",
        "try:\n    from django.utils import six\nexcept ImportError:\n    import six",
        "if False:\n    from django.utils.timezone import utc",
        "def later():\n    from django.utils.timezone import utc",
    ],
)
def test_an_import_that_works_or_may_is_silent(load, imports):
    load(imports)


@pytest.mark.parametrize("series", [(4, 2), (5, 1), (5, 2)])
def test_a_name_that_is_still_there_is_silent(load, series):
    load("from django.utils.itercompat import is_iterable", django=series)


@pytest.mark.parametrize(
    ("keyword", "series"), [("check", (4, 2)), ("check", (5, 2)), ("condition", (5, 1))]
)
def test_a_keyword_that_this_django_takes_is_silent(load, keyword, series):
    constraint = f'models.CheckConstraint({keyword}=models.Q(id__gt=0), name="c")'
    load("", f'migrations.AddConstraint("order", {constraint}),', django=series)


@pytest.mark.parametrize(
    "constraint",
    [
        'models.UniqueConstraint(fields=["id"], condition=models.Q(id__gt=0), name="c")',
        'own.CheckConstraint(check=models.Q(id__gt=0), condition=1, name="c")',
    ],
)
def test_other_constraints_are_silent(load, constraint):
    for series in ((4, 2), (6, 1)):
        load("", f'migrations.AddConstraint("order", {constraint}),', django=series)


def test_an_operation_without_fields_is_silent(load):
    load("", 'migrations.AddField("order", "x", unknown()), migrations.DeleteModel("Order"),')


@pytest.mark.parametrize(
    ("imports", "words"),
    [
        ("from django.utils.timezone import utc", "django.utils.timezone.utc is gone"),
        ("from django.utils.translation import ugettext_lazy as _", "use gettext_lazy"),
        ("from django.utils import six", "django.utils.six is gone"),
        ("from django.utils.six import text_type", "django.utils.six is gone"),
        ("import django.utils.datetime_safe", "Django 5.2 cannot load this migration"),
    ],
)
def test_an_import_of_what_is_gone_is_reported(load, imports, words):
    load(f"{imports}  # DJM613 {words}")


def test_an_import_is_reported_once(load):
    load(
        "from django.utils.timezone import utc  # DJM613",
        'migrations.AddField("order", "x", models.DateTimeField(default=utc)),',
    )


@pytest.mark.parametrize(
    "default", ["django.utils.timezone.utc", "dict(a=[django.utils.timezone.utc])"]
)
def test_a_name_that_is_reached_through_its_module_is_reported(load, default):
    if default.startswith("dict"):
        default = "models.Value([django.utils.timezone.utc], x=django.utils.timezone.utc)"
    load(
        "import django.utils.timezone",
        f'migrations.AddField("order", "x", models.TextField(default={default})),  # DJM613',
    )


def test_fields_of_a_new_model_are_read(load):
    load(
        "import django.utils.timezone",
        """migrations.CreateModel(  # DJM613
                "Line", [("at", models.DateTimeField(default=django.utils.timezone.utc))]
            ),""",
    )


@pytest.mark.parametrize(
    ("keyword", "series", "words"),
    [
        ("check", (6, 0), "Django 6.0 cannot load this migration: CheckConstraint(check=) is gone"),
        ("condition", (4, 2), "CheckConstraint(condition=) came with 5.1, use check="),
    ],
)
def test_a_keyword_that_this_django_refuses_is_reported(load, keyword, series, words):
    constraint = f'models.CheckConstraint({keyword}=models.Q(id__gt=0), name="c")'
    load("", f'migrations.AddConstraint("order", {constraint}),  # DJM613 {words}', django=series)


def test_the_constraints_of_a_new_model_are_read(load):
    load(
        "",
        """migrations.CreateModel(  # DJM613 use condition=
                "Line",
                [("id", models.AutoField(primary_key=True))],
                options={"constraints": [
                    models.CheckConstraint(check=models.Q(id__gt=0), name="a"),
                    models.CheckConstraint(check=models.Q(id__lt=9), name="b"),
                ]},
            ),""",
        django=(6, 1),
    )
