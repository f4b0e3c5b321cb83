"""Which files may hold a migration, told by path and one look at the text."""

from pathlib import Path

import pytest

from flake8_django_migrations.paths import (
    could_be_migration,
    folder_of,
    is_module,
    is_skipped,
    name_of,
)

MIGRATION = ["from django.db import migrations\n", "class Migration(migrations.Migration):\n"]
ORDINARY = ["import os\n", "print(os.sep)\n"]


@pytest.mark.parametrize(
    "path",
    [
        "__init__.py",
        "shop/migrations/__init__.py",
        "shop/migrations/_helpers.py",
        "shop/migrations/_.py",
        "shop/migrations/_0001_initial",
        "shop/migrations/_0001.initial.py",
        "shop/migrations/0001_initial.pyi",
        "shop/migrations/0001.initial.py",
        "shop/migrations/0001_initial",
        "shop/migrations/.py",
        "",
    ],
)
def test_a_file_that_django_would_not_load_is_no_migration(path):
    assert not could_be_migration(path, MIGRATION)


@pytest.mark.parametrize(
    "path", ["shop/migrations/_0001_initial.py", "~0001_initial.py", "shop\\migrations\\__2.py"]
)
def test_a_number_behind_what_django_skips_is_worth_a_look(path):
    assert could_be_migration(path, MIGRATION)
    assert not could_be_migration(path, ORDINARY)
    assert is_skipped(path)
    assert not is_skipped("shop/migrations/0001_initial.py")


@pytest.mark.parametrize(
    "path",
    [
        "shop/migrations/0001_initial.py",
        "./0001_initial.py",
        "0001_initial.py",
        "/srv/shop/db_migrations/add total.py",
        "shop\\migrations\\0001_initial.py",
        "stdin",
        "-",
    ],
)
def test_the_content_decides_wherever_the_file_lies(path):
    assert could_be_migration(path, MIGRATION)
    assert not could_be_migration(path, ORDINARY)


def test_a_class_that_is_split_from_its_name_by_the_lines_is_found():
    assert could_be_migration("x.py", ["x = 1; class ", "Migration(M): pass\n"])


def test_an_empty_file_is_no_migration():
    assert not could_be_migration("shop/migrations/0001_initial.py", [])


def test_a_hyphen_or_a_space_in_a_name_is_no_hindrance():
    assert is_module("0034-harvester unique.py")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/migrations/0001_initial.py", "0001_initial"),
        ("./0001_initial.py", "0001_initial"),
        ("shop\\migrations\\0001_initial.py", "0001_initial"),
        ("stdin", "stdin"),
        ("-", "-"),
    ],
)
def test_the_name_is_the_stem(path, name):
    assert name_of(path) == name


def test_a_text_without_a_file_has_no_folder():
    assert folder_of("stdin") is None
    assert folder_of("-") is None


def test_the_folder_is_absolute_from_wherever_flake8_is_started(tmp_path, monkeypatch):
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert folder_of("0001_initial.py") == folder
    assert folder_of("./0001_initial.py") == folder
    assert folder_of("../migrations/0001_initial.py") == folder
    assert folder_of(str(folder / "0001_initial.py")) == folder
    monkeypatch.chdir(tmp_path)
    assert folder_of("shop/migrations/0001_initial.py") == folder
    assert folder_of("missing/0001.py") == Path(tmp_path, "missing")
