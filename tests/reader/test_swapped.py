"""Models that a data migration names by a setting, by what they are called, or in a record."""

from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN, USERS, Holder, ModelKey, Route, Verb

ORDER = ModelKey("shop", "order")
HEAD = """
import swapper
from collections import namedtuple
from django.conf import settings
from django.contrib.auth import get_user_model
"""


@pytest.fixture
def models(body):
    """The models of the writes in a function."""

    def verb(text):
        return [each.model for each in body(text, head=HEAD).writes]

    return verb


@pytest.mark.parametrize(
    "text",
    [
        "settings.DATABASES['default']",
        "settings.lower",
        "settings.SHOP.USER_MODEL",
        "settings",
        "*settings.NAMES.split('.')",
        "*settings.AUTH_USER_MODEL.split(',')",
        "*settings.AUTH_USER_MODEL.split('.')[:1]",
        "*settings.AUTH_USER_MODEL.partition('.')",
        "settings.AUTH_USER_MODEL, 'User'",
        "*settings.AUTH_USER_MODEL.split('.')[::-1]",
        "settings.AUTH_USER_MODEL.split('.')[0], settings.SHOP_MODEL.split('.')[1]",
        "swapper.get_model_name('shop')",
        "swapper.get_model_name('shop', settings.X)",
        "swapper.load_model('shop', 'Order')",
        "Order._meta.app_label, 'order'",
        "Order._meta.app_label, apps.get_model('shop', 'Line')._meta.model_name",
        "Order._meta.model_name, Order._meta.app_label",
        "Order._meta.db_table",
        "Order._meta.app_label",
        "Order._state.label",
        "Order.objects.get()._meta.label",
    ],
)
def test_a_name_that_is_put_together_in_another_way_tells_of_no_model(models, text):
    assert models(f"apps.get_model({text}).objects.update(a=1)") == [UNKNOWN]


@pytest.mark.parametrize(
    "text",
    [
        "settings.AUTH_USER_MODEL",
        "getattr(settings, 'AUTH_USER_MODEL', 'auth.User')",
        "*settings.AUTH_USER_MODEL.split('.')",
        "*settings.AUTH_USER_MODEL.rsplit('.', 1)",
        "settings.AUTH_USER_MODEL.split('.')[0], settings.AUTH_USER_MODEL.split('.')[1]",
        "settings.AUTH_USER_MODEL.split('.')[0], model_name=settings.AUTH_USER_MODEL.split('.')[-1]",
        "get_user_model()._meta.label",
        "get_user_model()._meta.app_label, get_user_model()._meta.model_name",
    ],
)
def test_the_users_are_known_by_their_setting(models, text):
    assert models(f"apps.get_model({text}).objects.update(a=1)") == [USERS]


def test_the_halves_of_the_setting_may_be_unpacked(models):
    assert models(
        """
        label, name = settings.AUTH_USER_MODEL.split(".")
        apps.get_model(label, name).objects.update(a=1)
        """
    ) == [USERS]


def test_any_setting_that_is_handed_over_whole_names_a_model(models):
    assert models("apps.get_model(settings.SHOP_KIND).objects.update(a=1)") == [
        ModelKey("settings", "SHOP_KIND")
    ]


def test_what_swapper_names_is_known_by_what_it_stands_for(models):
    assert models("apps.get_model(swapper.get_model_name('shop', 'Order')).objects.create()") == [
        ModelKey("swapper", "SHOP.ORDER")
    ]


@pytest.mark.parametrize(
    "text",
    ["Order._meta.label", "Order._meta.app_label, Order._meta.object_name"],
)
def test_a_model_may_be_asked_for_by_what_another_class_of_it_is_called(models, text):
    assert models(f"apps.get_model({text}).objects.update(a=1)") == [ORDER]


def test_a_loop_over_the_users_tells_what_limits_it(body):
    found = body(
        """
        User = apps.get_model(settings.AUTH_USER_MODEL)
        for user in User.objects.filter(a=1).iterator():
            user.is_staff = True
            user.save()
        """,
        head=HEAD,
    )
    (loop,) = found.loops
    assert (loop.model, loop.is_filtered, loop.is_bounded) == (USERS, True, True)
    (write,) = found.writes
    assert (write.verb, write.model, write.in_loop) == (Verb.SAVE, USERS, True)


def test_a_write_to_all_users_is_limited_by_nothing(body):
    (found,) = body("apps.get_model(settings.X).objects.update(a=1)", head=HEAD).writes
    assert not found.is_filtered
    assert not found.is_bounded


def test_the_fields_of_such_a_model_are_any_model_s(body):
    found = body(
        """
        User = apps.get_model(settings.AUTH_USER_MODEL)
        User.objects.filter(a=1).get(b=2).check_all()
        """,
        head=HEAD,
    )
    assert (found.uses, found.fetches, found.gets[1:]) == ((), (), ())
    assert {(UNKNOWN, "a"), (UNKNOWN, "b")} <= found.reads
    assert {(each.model, each.holder) for each in found.attributes} == {(UNKNOWN, Holder.ROW)}


def test_what_users_are_related_to_is_reached_from_the_setting(body):
    found = body(
        """
        for user in apps.get_model(settings.AUTH_USER_MODEL).objects.all():
            user.orders.update(a=1)
        """,
        head=HEAD,
    )
    assert [each.route for each in found.writes] == [Route(USERS, ("orders",))]


# Records ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        ("names", "'Order', 1"),
        ("['kind', 'name']", "'Order'"),
        ("['kind', 'name']", "*settings.X"),
        ("['kind', 'name']", "**settings.X"),
        ("['kind', 'other']", "1, 'Order'"),
    ],
)
def test_a_record_tells_nothing_of_what_it_may_not_hold(models, fields, given):
    assert models(
        f"""
        Kind = namedtuple("Kind", {fields})
        apps.get_model("shop", Kind({given}).name).objects.update(a=1)
        """
    ) == [UNKNOWN]


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        ("['kind', 'name']", "1, 'Order'"),
        ("('kind', 'name')", "1, name='Order'"),
        ("'kind name'", "name='Order', kind=1"),
        ("'kind, name', defaults=[1]", "1, 'Order'"),
    ],
)
def test_a_record_gives_back_what_it_was_given(models, fields, given):
    assert models(
        f"""
        Kind = namedtuple("Kind", {fields})
        for each in (Kind({given}),):
            apps.get_model("shop", each.name).objects.update(a=1)
        """
    ) == [ORDER]


def test_rows_in_a_record_are_still_rows(models):
    assert models(
        """
        Kind = namedtuple("Kind", "rows")
        Kind(Order.objects.all()).rows.update(a=1)
        """
    ) == [ORDER]


def test_a_record_of_a_module_is_read_before_any_function_runs(value):
    head = """
from collections import namedtuple
Kind = namedtuple("Kind", "name rows")
"""
    assert value("Kind('Order', 1).name", head=head) == "Order"
