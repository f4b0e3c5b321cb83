from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN, Construct, Reference
from flake8_django_migrations.reader.names import canonical

HEAD = """
import django.db.models.fields
import django.contrib.postgres.fields.array
from django.contrib.postgres import fields as pg
from django.contrib.gis.db import models as gis
from django.contrib.gis.db.models.fields import PointField
from django.utils.module_loading import import_string
import shop.fields
FIELD = models.TextField(null=True)
def make(**given):
    return models.TextField(**given)
Auto = import_string(settings.DEFAULT_AUTO_FIELD)
Named = import_string("django.db.models.TextField")
class Own(models.TextField):
    pass
"""


@pytest.fixture
def field(operations):
    def verb(text, **given):
        (found,) = operations(f"migrations.AddField('order', 'x', {text})", head=HEAD, **given)
        return found.field

    return verb


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("models.CharField()", "django.db.models.CharField"),
        ("django.db.models.fields.CharField()", "django.db.models.CharField"),
        ("models.fields.related.ForeignKey('a.B')", "django.db.models.ForeignKey"),
        ("models.fields.files.FileField()", "django.db.models.FileField"),
        ("pg.ArrayField(models.TextField())", "django.contrib.postgres.fields.ArrayField"),
        ("django.contrib.postgres.fields.array.ArrayField(models.TextField())",
         "django.contrib.postgres.fields.ArrayField"),
        ("pg.jsonb.JSONField()", "django.contrib.postgres.fields.JSONField"),
        ("pg.ranges.IntegerRangeField()", "django.contrib.postgres.fields.IntegerRangeField"),
        ("gis.PointField()", "django.contrib.gis.db.models.PointField"),
        ("PointField()", "django.contrib.gis.db.models.PointField"),
        ("gis.CharField()", "django.db.models.CharField"),
        ("shop.fields.MoneyField()", "shop.fields.MoneyField"),
        ("Own()", ".Own"),
        ("Auto()", ".Auto"),
        ("Named()", "django.db.models.TextField"),
        ("FIELD", "django.db.models.TextField"),
        ("make(null=True)", "django.db.models.TextField"),
    ],
)  # fmt: skip
def test_a_field_has_the_path_of_its_class(field, text, path):
    assert field(text).written.path == path


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("models.CharField('code', max_length=9)", {"verbose_name": "code", "max_length": 9}),
        ("models.TextField('a', 'b', True)",
         {"verbose_name": "a", "name": "b", "primary_key": True}),
        ("models.DecimalField('a', None, 8, 2)",
         {"verbose_name": "a", "name": None, "max_digits": 8, "decimal_places": 2}),
        ("models.DateTimeField('a', auto_now=True)", {"verbose_name": "a", "auto_now": True}),
        ("models.ForeignKey('auth.User', models.CASCADE)",
         {"to": "auth.User", "on_delete": Reference("django.db.models.CASCADE")}),
        ("models.ForeignKey(to=settings.AUTH_USER_MODEL)",
         {"to": Reference("django.conf.settings.AUTH_USER_MODEL")}),
        ("models.ManyToManyField('a.B', 'rows')", {"to": "a.B", "related_name": "rows"}),
        ("models.CompositePrimaryKey('a', 'b')", {"field_names": ("a", "b")}),
        ("pg.ArrayField(models.CharField(max_length=3), 5)",
         {"base_field": Construct("django.db.models.CharField", (), (("max_length", 3),)),
          "size": 5}),
        ("PointField('a', 3)", {"verbose_name": "a", "dim": 3}),
        ("shop.fields.MoneyField('a', null=True)", {"*": ("a",), "null": True}),
        ("models.TextField(default=settings.X)",
         {"default": Reference("django.conf.settings.X")}),
        ("models.TextField(default=unknown)", {"default": UNKNOWN}),
        ("models.TextField(**{'null': True})", {"null": True}),
    ],
)  # fmt: skip
def test_arguments_have_their_parameters_names(field, text, keywords):
    assert dict(field(text).keywords) == keywords


@pytest.mark.parametrize(
    "text",
    [
        "settings.X",
        "unknown.F()",
        "models.TextField(**settings.X)",
        "models.TextField(*settings.X)",
        "models.TextField() if settings.X else models.CharField()",
        "make(**settings.X)",
        "get()()",
        "1",
    ],
)
def test_a_field_whose_class_or_keywords_hide_is_unknown(field, text):
    assert field(text) is UNKNOWN


def test_a_class_of_another_module_has_no_name_here(field):
    files = {
        "shop/make.py": """
            from django.db import models
            class Hidden(models.TextField):
                pass
            def make():
                return Hidden()
        """
    }
    assert field("shop.make.make()", files=files) is UNKNOWN


def test_fields_are_equal_by_their_definition(field):
    assert field("models.TextField(null=True)") == field("django.db.models.TextField(null=True)")
    assert field("models.TextField(null=True)").place.line > 1


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("shop.models.CharField", "shop.models.CharField"),
        ("django.db.models.query_utils.Q", "django.db.models.Q"),
        ("django.db.models.expressions.F", "django.db.models.F"),
        ("django.db.models.functions.text.Lower", "django.db.models.functions.Lower"),
        ("django.db.models.functions", "django.db.models.functions"),
        ("django.db.models.manager.Manager", "django.db.models.Manager"),
        ("django.db.migrations.operations.special.RunPython.noop",
         "django.db.migrations.RunPython.noop"),
        ("django.db.migrations.migration.Migration", "django.db.migrations.Migration"),
        ("django.contrib.postgres.indexes.GinIndex", "django.contrib.postgres.indexes.GinIndex"),
        ("django.contrib.postgres.operations.AddField", "django.db.migrations.AddField"),
        ("django.utils.timezone.now", "django.utils.timezone.now"),
    ],
)  # fmt: skip
def test_djangos_names_are_canonical(path, known):
    assert canonical(path) == known


def test_the_fields_of_a_star_import_are_known(operations):
    head = "from django.contrib.gis.db.models import *\n"
    first, second = operations(
        "migrations.AddField('a', 'b', PointField()), migrations.AddField('a', 'c', TextField())",
        head=head,
    )
    assert first.field.path == "django.contrib.gis.db.models.PointField"
    assert second.field.path == "django.db.models.TextField"
