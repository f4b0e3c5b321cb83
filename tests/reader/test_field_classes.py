from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN, Custom, Reference

HEAD = "import shop.fields\n"
TOP = """
from django.conf import settings
from django.db import models
from django.db.models.fields.mixins import CheckFieldDefaultMixin
from django.utils import deconstruct, timezone
from typing import Generic
import elsewhere
from shop import constants
LONG = 20
"""


@pytest.fixture
def field(operations):
    """The field that ``shop.fields.Own(...)`` is, for the text of the class."""

    def verb(text, call="Own()", vendor="postgresql"):
        files = {"shop/fields.py": TOP + text, "shop/constants.py": "LENGTH = 7\n"}
        listed = f"migrations.AddField('order', 'x', shop.fields.{call})"
        (found,) = operations(listed, head=HEAD, files=files, vendor=vendor)
        return found.field

    return verb


def stands(path, **keywords):
    return (f"django.db.models.{path}", keywords)


def standing(field):
    return (field.path, dict(field.keywords))


INIT = "    def __init__(self, *args, **kwargs):\n"
SUPER = "        super().__init__(*args, **kwargs)\n"
DECONSTRUCT = "    def deconstruct(self):\n        a, b, c, kwargs = super().deconstruct()\n"


# Silence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Own = 3\n",
        "class Own:\n    pass\n",
        "class Own(Missing):\n    pass\n",
        "class Own(elsewhere.TextField):\n    pass\n",
        "class Own(make()):\n    pass\n",
        "class Own(models.TextField, models.CharField):\n    pass\n",
        "class Own(models.ForeignObject):\n    pass\n",
        "class Own(models.TextField, metaclass=elsewhere.Meta):\n    pass\n",
        "@elsewhere.registered\nclass Own(models.TextField):\n    pass\n",
        "class Own(models.TextField):\n    def db_parameters(self, connection):\n        return {}\n",
        "class Own(models.TextField):\n    @property\n    def null(self):\n        return True\n",
        "class Own(models.TextField):\n    def check(self):\n        self.null = True\n",
        "class Own(models.TextField):\n    def check(self):\n        setattr(self, self.x, 1)\n",
        "class Own(models.TextField):\n    def check(self):\n        setattr(self, 'null', 1)\n",
        "class Own(models.TextField):\n    def contribute_to_class(self, cls, name):\n        pass\n",
        "class Own(models.TextField):\n    def deconstruct(self):\n        return self.deconstruct()\n",
    ],
)  # fmt: skip
def test_a_class_that_may_decide_by_itself_is_not_known(field, text):
    found = field(text)
    assert (found.path, found.custom, found.null) == ("shop.fields.Own", None, UNKNOWN)


@pytest.mark.parametrize(
    "body",
    [
        "        pass\n",
        "        super().__init__()\n        super().__init__()\n",
        "        if settings.LONG:\n            super().__init__(*args, **kwargs)\n",
        "        while settings.LONG:\n            super().__init__(*args, **kwargs)\n",
        "        for each in settings.LONG:\n            super().__init__(*args, **kwargs)\n            super().__init__()\n",
        "        super().__init__(*settings.LONG)\n",
        "        super().__init__(**settings.LONG)\n",
        "        kwargs.pop(settings.NAME)\n        super().__init__(**kwargs)\n",
        "        del kwargs[settings.NAME]\n        super().__init__(**kwargs)\n",
        "        models.CharField.__init__(self, *args, **kwargs)\n",
    ],
)  # fmt: skip
def test_an_init_that_cannot_be_followed_is_not_known(field, body):
    assert field(f"class Own(models.TextField):\n{INIT}{body}").custom is None


def test_an_init_that_nests_too_deep_is_not_known(field):
    nested = "".join(f"{' ' * at}if True:\n" for at in range(8, 103))
    body = f"{nested}{' ' * 103}super().__init__(*args, **kwargs)\n"
    assert field(f"class Own(models.TextField):\n{INIT}{body}").custom is None


def test_an_unbound_call_that_passes_over_a_class_is_not_known(field):
    text = (
        f"class Middle(models.TextField):\n{INIT}        kwargs['null'] = True\n{SUPER}"
        f"class Own(Middle):\n{INIT}        models.TextField.__init__(self, **kwargs)\n"
    )
    assert field(text).custom is None


@pytest.mark.parametrize(
    "body",
    [
        "        return {k: v for k, v in kwargs.items()}\n",
        "        del kwargs[self.x]\n",
        "        kwargs.pop(self.x)\n",
        "        kwargs.update(self.x)\n",
        "        kwargs.clear()\n",
        "        kwargs.setdefault(self.x, 1)\n",
    ],
)
def test_a_deconstruct_that_may_drop_anything_is_not_known(field, body):
    assert field(f"class Own(models.TextField):\n{DECONSTRUCT}{body}").custom is None


@pytest.mark.parametrize(
    ("root", "method"),
    [
        ("models.TextField", "def get_internal_type(self):\n        return settings.X\n"),
        ("models.TextField", "def get_internal_type(self):\n        pass\n"),
        ("models.TextField", "def get_internal_type(self):\n        return self.x()\n"),
        ("models.ForeignKey", "def get_internal_type(self):\n        return 'TextField'\n"),
        ("models.TextField", "def db_type(self, connection):\n        return None\n"),
    ],
)
def test_a_type_that_cannot_be_told_makes_the_class_unknown(field, root, method):
    assert field(f"class Own({root}):\n    {method}").custom is None


def test_what_a_clone_would_lose_is_not_known(field):
    text = f"class Own(models.TextField):\n{DECONSTRUCT}        kwargs.pop('null', None)\n"
    found = field(text, "Own(null=True, default=settings.X)")
    assert standing(found) == stands(
        "TextField", null=UNKNOWN, default=Reference("django.conf.settings.X")
    )
    text = text.replace("'null'", "'default'")
    assert field(text, "Own(default=1)").custom is None


def test_a_clone_that_cannot_be_made_is_not_known(field):
    text = (
        "class Own(models.TextField):\n    def __init__(self, null=settings.X, **kwargs):\n"
        "        if null == 1:\n            super().__init__(null=True, **kwargs)\n"
        f"{DECONSTRUCT}        del kwargs['null']\n"
    )
    assert field(text, "Own(null=1)").custom is None


def test_a_default_that_may_be_none_is_not_known(field):
    text = (
        "class Own(models.TextField):\n    def __init__(self, default=None, **kwargs):\n"
        "        if settings.X:\n            default = 1\n"
        "        super().__init__(default=default, **kwargs)\n"
    )
    assert field(text).custom is None
    assert field(text, "Own(default=None)").custom is None
    assert field(text, "Own(default=2)").keywords["default"] is UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "class Own(models.TextField):\n    empty_strings_allowed = False\n",
        "class Own(models.Field):\n    def get_internal_type(self):\n        return 'JSONField'\n",
    ],
)
def test_what_fills_a_new_column_must_be_certain(field, text):
    assert field(text, "Own(blank=True)").custom is None
    assert field(text, "Own(blank=True, null=True)").custom is not None
    assert field(text, "Own(blank=True, default='')").custom is not None
    assert field(text).custom is not None


def test_classes_that_differ_by_more_than_their_type_are_not_known(field):
    text = (
        "class A(models.TextField):\n    pass\n{}if settings.X:\n    Own = A\nelse:\n    Own = B\n"
    )
    for other in (
        "class B(models.ForeignKey):\n    pass\n",
        f"class B(models.TextField):\n{INIT}        kwargs['null'] = True\n{SUPER}",
        "class B(elsewhere.TextField):\n    pass\n",
    ):
        assert field(text.format(other)).custom is None


def test_a_call_with_unknown_keywords_is_not_known(operations):
    listed = "migrations.AddField('order', 'x', shop.fields.Own(**settings.X))"
    files = {"shop/fields.py": f"{TOP}class Own(models.TextField):\n    pass\n"}
    (found,) = operations(listed, head=HEAD, files=files)
    assert found.field is UNKNOWN


# What is certain --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "class Own(models.TextField):\n    pass\n",
        "class Mixin:\n    x = 1\nclass Own(Mixin, models.TextField):\n    pass\n",
        "class Own(CheckFieldDefaultMixin, models.TextField):\n    pass\n",
        "class Own(Generic, models.TextField):\n    pass\n",
        "class Base(models.TextField):\n    pass\nclass Own(Base):\n    pass\n",
        "class A(models.TextField):\n    pass\nclass B(A):\n    pass\nclass Own(B, A):\n    pass\n",
        "@deconstruct.deconstructible\nclass Own(models.TextField):\n    pass\n",
        "from django.db.models import TextField as Own\n",
        f"class Own(models.TextField):\n{INIT}{SUPER}",
        f"class Own(models.TextField):\n{INIT}        super(Own, self).__init__(*args, **kwargs)\n",
        f"class Own(models.TextField):\n{INIT}        models.TextField.__init__(self, **kwargs)\n",
        "class Own(models.TextField):\n    def get_internal_type(self):\n        return 'TextField'\n",
        "class Own(models.TextField):\n    def db_type(self, c):\n        return super().db_type(c)\n",
        "class Own(models.TextField):\n    def contribute_to_class(self, cls, name):\n        super().contribute_to_class(cls, name)\n        setattr(cls, name, self)\n",
        "class Own(models.TextField):\n    def check(self):\n        setattr(self, 'x', 1)\n",
        "class Own(models.TextField):\n    def check(self):\n        self.base_field = 1\n",
        f"class Own(models.TextField):\n{INIT}        self.x.y = 1\n{SUPER}",
        f"class Own(models.TextField):\n{INIT}        try:\n            import x\n        except ImportError:\n            pass\n{SUPER}",
    ],
)  # fmt: skip
def test_a_class_that_decides_nothing_is_its_base(field, text):
    found = field(text, "Own(null=True)")
    assert standing(found) == stands("TextField", null=True)
    assert found.custom == Custom("shop.fields.Own", {"null": True})
    assert found.column_type is None


@pytest.mark.parametrize(
    ("body", "call", "keywords"),
    [
        ("kwargs['max_length'] = 7", "Own(max_length=3)", {"max_length": 7}),
        ("kwargs['max_length'] = constants.LENGTH", "Own()", {"max_length": 7}),
        ("kwargs.setdefault('max_length', LONG)", "Own()", {"max_length": 20}),
        ("kwargs.setdefault('max_length', 7)", "Own(max_length=3)", {"max_length": 3}),
        ("kwargs.setdefault('null')", "Own()", {"null": None}),
        ("kwargs['max_length'] = kwargs.get('max_length', 7)", "Own()", {"max_length": 7}),
        ("kwargs['null'] = kwargs['blank'] = True", "Own()", {"null": True, "blank": True}),
        ("self.own = kwargs.pop('own', None)", "Own(own=1, null=True)", {"null": True}),
        ("self.own = kwargs.pop('own', None)", "Own(null=True)", {"null": True}),
        ("self.own = kwargs.pop('own')", "Own(null=True)", {"null": True}),
        ("if 'own' in kwargs: del kwargs['own']", "Own(own=1)", {}),
        ("if 'null' not in kwargs: kwargs['null'] = True", "Own()", {"null": True}),
        ("kwargs.update(null=True)", "Own()", {"null": True}),
        ("self.items = [1]; del self.items[0]", "Own(null=True)", {"null": True}),
        ("if isinstance(kwargs.get('x'), list): kwargs.pop('x')", "Own(x=[1])", {}),
        ("if isinstance(kwargs.get('x'), (str, int)): kwargs.pop('x')", "Own(x='a')", {}),
        ("if isinstance(kwargs.get('x'), dict): kwargs.pop('x')", "Own(x={})", {}),
        ("if isinstance(kwargs.get('x'), list): raise TypeError", "Own(x=None)", {"x": None}),
    ],
)  # fmt: skip
def test_what_init_sets_is_known(field, body, call, keywords):
    found = field(f"class Own(models.CharField):\n{INIT}        {body}\n{SUPER}", call)
    assert standing(found) == stands("CharField", **keywords)


@pytest.mark.parametrize("kind", ["tuple", "elsewhere.Flag", "(list, elsewhere.Flag)", "Flag"])
def test_an_instance_of_what_is_not_certain_is_in_doubt(field, kind):
    body = f"        if isinstance(kwargs.get('x'), {kind}):\n            kwargs['null'] = True\n"
    text = f"class Own(models.TextField):\n{INIT}{body}{SUPER}"
    assert field(text, "Own(x=(1,))").null is UNKNOWN


@pytest.mark.parametrize(
    ("body", "keywords"),
    [
        ("kwargs['null'] = True", {"null": UNKNOWN}),
        ("kwargs.setdefault('null', True)", {"null": UNKNOWN}),
        ("kwargs.pop('x', None)", {"x": UNKNOWN}),
        ("kwargs['x'] = 1", {"x": 1}),
        ("kwargs['x'] = 2", {"x": UNKNOWN}),
        ("kwargs['null'] = True\n        kwargs.setdefault('null', False)", {"null": UNKNOWN}),
        ("kwargs['null'] = True\n        kwargs.pop('null', False)", {}),
        ("kwargs['null'] = True\n        if 'null' in kwargs:\n            kwargs['null'] = 1",
         {"null": UNKNOWN}),
    ],
)  # fmt: skip
def test_what_a_condition_may_set_is_in_doubt_and_no_more(field, body, keywords):
    text = (
        f"class Own(models.TextField):\n{INIT}        if settings.X:\n            {body}\n{SUPER}"
    )
    assert field(text, "Own(x=1)").keywords == {"x": 1, **keywords}


def test_a_condition_leaves_a_table_with_other_keys_in_doubt(field):
    body = (
        "        own = {1: 2}\n        if settings.X:\n            own['null'] = True\n"
        "        super().__init__(**own)\n"
    )
    assert field(f"class Own(models.TextField):\n{INIT}{body}").custom is None
    body = "        own = {1: 2}\n        if settings.X:\n            pass\n        own.pop('a')\n"
    text = f"class Own(models.TextField):\n{INIT}{body}{SUPER}"
    assert field(text, "Own(null=True)").null is True


def test_parameters_of_its_own_do_not_reach_djangos_class(field):
    text = (
        "class Own(models.BigIntegerField):\n"
        "    def __init__(self, model, *, on_delete, **kwargs):\n"
        "        kwargs.setdefault('db_index', True)\n"
        "        super().__init__(**kwargs)\n"
    )
    found = field(text, "Own('shop.Order', on_delete='CASCADE', null=True)")
    assert standing(found) == stands("BigIntegerField", null=True, db_index=True)
    written = {"*": ("shop.Order",), "on_delete": "CASCADE", "null": True}
    assert found.custom == Custom("shop.fields.Own", written)


def test_positional_arguments_find_their_names_in_djangos_class(field):
    text = f"class Own(models.ForeignKey):\n{INIT}{SUPER}"
    assert field(text, "Own('shop.Order')").keywords == {"to": "shop.Order"}


def test_what_django_does_not_write_down_is_set_anew_by_the_class(field):
    text = (
        f"class Own(models.SlugField):\n{INIT}        kwargs.setdefault('max_length', 255)\n{SUPER}"
    )
    assert field(text, "Own(max_length=50)").keywords == {"max_length": 255}
    assert field(text, "Own(max_length=60)").keywords == {"max_length": 60}
    own = f"{text}{DECONSTRUCT}        kwargs['max_length'] = self.max_length\n"
    assert field(own, "Own(max_length=50)").keywords == {"max_length": 50}
    filled = f"{text}{DECONSTRUCT}        kwargs.setdefault('max_length', 50)\n"
    assert field(filled, "Own(max_length=50)").keywords == {"max_length": 50}


def test_a_keyword_that_init_always_sets_may_be_dropped(field):
    text = (
        f"class Own(models.CharField):\n{INIT}        kwargs['max_length'] = 18\n{SUPER}"
        f"{DECONSTRUCT}        del kwargs['max_length']\n        return a, b, c, kwargs\n"
    )
    assert field(text, "Own(max_length=18)").keywords == {"max_length": 18}


@pytest.mark.parametrize("line", ["kwargs['null'] = 1", "kwargs.update({'null': 1})"])
def test_a_keyword_that_deconstruct_rewrites_is_not_known(field, line):
    text = f"class Own(models.TextField):\n{DECONSTRUCT}        {line}\n"
    assert field(text, "Own(null=True)").null is UNKNOWN


def test_a_reference_that_both_ways_give_is_kept(field):
    text = (
        f"class Own(models.DateTimeField):\n{INIT}        kwargs['default'] = timezone.now\n{SUPER}"
        f"{DECONSTRUCT}        del kwargs['default']\n"
    )
    found = field(text, "Own(default=1)")
    assert found.keywords == {"default": Reference("django.utils.timezone.now")}


def test_other_positional_arguments_of_a_clone_are_in_doubt(field):
    text = (
        "class Own(models.TextField):\n    def __init__(self, name='a', **kwargs):\n"
        "        super().__init__(name, **kwargs)\n"
        f"{DECONSTRUCT}        del kwargs['name']\n"
    )
    assert field(text, "Own(name='b')").custom is None


# Types ------------------------------------------------------------------------------------


def db_type(line):
    return f"class Own(models.TextField):\n    def db_type(self, connection):\n        {line}\n"


@pytest.mark.parametrize(
    ("line", "vendor", "column_type"),
    [
        ("return 'uuid'", "postgresql", "uuid"),
        ("return 'bytea' if connection.vendor == 'postgresql' else 'blob'", "postgresql", "bytea"),
        ("return 'bytea' if connection.vendor == 'postgresql' else 'blob'", "mysql", "blob"),
        ("return f'{self.of.db_type(connection)}[]'", "postgresql", UNKNOWN),
        ("return super().db_type(connection) or 'text'", "postgresql", UNKNOWN),
        ("return super().rel_db_type(connection)", "postgresql", UNKNOWN),
    ],
)
def test_a_type_in_sql_is_told_where_it_is_certain(field, line, vendor, column_type):
    assert field(db_type(line), vendor=vendor).column_type is column_type or column_type


def test_a_type_may_come_from_the_class_above(field):
    text = db_type("return 'uuid'").replace("Own", "Base")
    own = "class Own(Base):\n    def db_type(self, connection):\n        {}\n"
    assert field(text + own.format("return super().db_type(connection)")).column_type == "uuid"
    assert field(text + own.format("return models.X.y(self)")).column_type is UNKNOWN


def internal(root, name):
    return f"class Own({root}):\n    def get_internal_type(self):\n        return '{name}'\n"


@pytest.mark.parametrize(
    ("root", "name", "path", "keywords"),
    [
        ("models.EmailField", "CharField", "EmailField", {}),
        ("models.Field", "JSONField", "JSONField", {"db_index": False, "max_length": None}),
        ("models.CharField", "SlugField", "SlugField", {"db_index": False, "max_length": None}),
        ("models.SlugField", "CharField", "CharField", {"db_index": True, "max_length": 50}),
    ],
)
def test_a_class_may_give_itself_out_for_another(field, root, name, path, keywords):
    assert standing(field(internal(root, name))) == stands(path, **keywords)


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ("models.AutoField", "BigIntegerField"),
        ("models.PositiveIntegerField", "IntegerField"),
        ("models.IntegerField", "ForeignKey"),
        ("models.IntegerField", "Money"),
    ],
)
def test_a_class_between_two_has_a_column_of_an_unknown_type(field, root, name):
    found = field(internal(root, name))
    assert (found.path, found.column_type) == ("django.db.models.Field", UNKNOWN)


def test_a_class_of_another_kind_that_names_its_type_has_it(field):
    text = f"{internal('models.Field', 'Money')}    def db_type(self, connection):\n        return 'money'\n"
    assert field(text).column_type == "money"


def test_a_condition_between_two_types_leaves_the_type_unknown(field):
    text = (
        "if settings.BIG:\n    class Own(models.BigIntegerField):\n        pass\n"
        "else:\n    class Own(models.IntegerField):\n        pass\n"
    )
    found = field(text, "Own(null=True)")
    assert standing(found) == stands("Field", null=True)
    assert found.column_type is UNKNOWN


def test_a_condition_between_two_alike_makes_no_difference(field):
    text = (
        "if settings.X:\n    class Own(models.TextField):\n        pass\n"
        "else:\n    class Own(models.TextField):\n        x = 1\n"
    )
    assert standing(field(text)) == stands("TextField")


# Well-known packages ----------------------------------------------------------------------


@pytest.fixture
def known(operations):
    def verb(path, call):
        head = f"import {path.partition('.')[0]}\n"
        (found,) = operations(f"migrations.AddField('order', 'x', {path}({call}))", head=head)
        return found.field

    return verb


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("wagtail.fields.StreamField", "[]"),
        ("wagtail.fields.StreamField", "[], use_json_field=False"),
        ("django_countries.fields.CountryField", ""),
        ("phonenumber_field.modelfields.PhoneNumberField", "'phone'"),
        ("unheard.of.Field", ""),
    ],
)
def test_a_class_of_a_package_is_not_known_where_its_version_or_order_decides(known, path, call):
    assert known(path, call).custom is None


@pytest.mark.parametrize(
    ("path", "call", "wanted"),
    [
        ("mptt.fields.TreeForeignKey", "'shop.Order', null=True",
         stands("ForeignKey", to="shop.Order", null=True)),
        ("phonenumber_field.modelfields.PhoneNumberField", "region=None",
         stands("CharField", max_length=128)),
        ("django_countries.fields.CountryField", "max_length=2",
         stands("CharField", max_length=2)),
        ("wagtail.fields.StreamField", "block_types=[], block_lookup={}", stands("JSONField")),
        ("wagtail.fields.StreamField", "block_types=[], use_json_field=True",
         stands("JSONField")),
        ("sorl.thumbnail.fields.ImageField", "upload_to='x'",
         stands("ImageField", upload_to="x")),
    ],
)  # fmt: skip
def test_a_class_of_a_well_known_package_is_known(known, path, call, wanted):
    assert standing(known(path, call)) == wanted


def test_tags_have_no_column_whatever_derives_from_them(field, known):
    text = "from taggit.managers import TaggableManager\nclass Own(TaggableManager):\n    pass\n"
    assert field(text).is_many_to_many is True
    assert known("taggit.managers.TaggableManager", "to='taggit.Tag'").is_many_to_many is True


def test_a_class_may_derive_from_that_of_a_package(field):
    text = (
        "from django_countries.fields import CountryField\n"
        f"class Own(CountryField):\n{INIT}        kwargs.setdefault('max_length', 2)\n{SUPER}"
    )
    assert standing(field(text)) == stands("CharField", max_length=2)
