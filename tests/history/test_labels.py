"""The label of an app, from the text of its AppConfig or from dependencies."""

import pytest

from flake8_django_migrations.history.labels import label_in_config, label_in_dependencies


def config(body, bases="AppConfig", name="ShopConfig"):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"from django.apps import AppConfig\n\n\nclass {name}({bases}):\n{lines}"


@pytest.mark.parametrize(
    ("source", "label"),
    [
        (config('name = "project.shop"'), "shop"),
        (config("name = 'shop'"), "shop"),
        (config('name = "project.shop"\nlabel = "webshop"  # as it was'), "webshop"),
        (config('label: str = "webshop"'), "webshop"),
        (config('"""Doc."""\n\nname = "shop"', "apps.AppConfig"), "shop"),
        (config('name = "shop"', "\n    Mixin,\n    AppConfig,\n"), "shop"),
        (config('name = "shop"', "PluginAppConfig"), "shop"),
        (config('name = "shop"\n\n# a\n\nlabel = "b"'), "b"),
        (config('name = "shop"\nclass Meta:\n    name = _("Shop")\n    label = "inner"'), "shop"),
        (config('def ready(self):\n    label = "inner"\nname = "shop"'), "shop"),
        (config('name = "shop"') + "\n\nlabel = 'module'\n", "shop"),
    ],
)
def test_a_literal_tells_the_label(source, label):
    assert label_in_config(source, "anything") == label


@pytest.mark.parametrize(
    "source",
    [
        "",
        "class Shop:\n    label = 'shop'\n",
        config('name = "shop"', "Base"),
        config("name = NAME"),
        config('name = "shop"\nlabel = NAME'),
        config('name = f"{x}.shop"'),
        config("verbose_name = 'Shop'"),
        config("pass"),
        "class AppConfig(X): name = 'shop'\n",
        "class ShopConfig(AppConfig):",
    ],
)
def test_what_is_no_literal_of_an_app_config_tells_nothing(source):
    assert label_in_config(source, "shop") is None


def test_of_several_the_default_one_counts():
    both = config('name = "shop"') + config('name = "shop"\nlabel = "b"\ndefault = True', name="B")
    assert label_in_config(both, "shop") == "b"


def test_of_several_the_one_for_the_folder_counts():
    both = config('name = "project.shop"') + config('name = "project.cart"', name="Cart")
    assert label_in_config(both, "cart") == "cart"
    assert label_in_config(both, "other") is None


def test_several_that_agree_are_one():
    both = config('name = "shop"') + config('name = "shop"', name="Test")
    assert label_in_config(both, "other") == "shop"


def test_any_config_class_counts_where_the_caller_says_so():
    source = config('name = "shop"', "PluginConfig")
    assert label_in_config(source, "shop") is None
    assert label_in_config(source, "shop", "Config") == "shop"


NAMES = frozenset({"0001_initial", "0002_total"})


def told(*sources, names=NAMES, folder="shop"):
    return label_in_dependencies(zip(("0002_total", "0003"), sources, strict=False), names, folder)


def test_the_name_for_a_neighbour_is_the_label():
    assert told("dependencies = [('webshop', '0001_initial')]") == "webshop"


def test_the_folder_is_right_where_it_is_used_at_all():
    assert told("[('users', '0001_initial'), ('shop', '0001_initial')]") == "shop"


def test_djangos_own_apps_are_not_the_neighbours():
    assert told("[('auth', '0001_initial'), (\n  'webshop',\n  '0001_initial',\n)]") == "webshop"


def test_a_migration_is_not_its_own_neighbour():
    assert told("[('users', '0002_total')]") is None


def test_a_text_that_leaves_two_labels_lets_the_next_decide():
    both = "[('users', '0001_initial'), ('webshop', '0001_initial')]"
    assert told(both, "[('webshop', '0002_total')]") == "webshop"
    assert told(both) is None


def test_no_dependency_on_a_neighbour_tells_nothing():
    assert told("[('users', '0007_x')]", "") is None
    assert told() is None
