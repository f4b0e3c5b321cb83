"""Where a project begins, and which of its folders hold migrations."""

from pathlib import Path

import pytest

from flake8_django_migrations.history import places
from flake8_django_migrations.history.places import migration_folders, root_of


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A home with a project in it."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    root = tmp_path / "home" / "work" / "project"
    (root / "shop" / "migrations").mkdir(parents=True)
    return root


def package(folder):
    (folder / "__init__.py").touch()
    return folder


@pytest.mark.parametrize("mark", [".git", "manage.py", "setup.cfg", "pyproject.toml", "tox.ini"])
def test_the_root_is_the_nearest_folder_with_a_mark(tree, mark):
    (tree / mark).touch()
    (tree.parent / "manage.py").touch()
    assert root_of(tree / "shop" / "migrations") == tree


def test_a_mark_inside_a_package_is_no_root(tree):
    for folder in (tree, tree / "shop", tree / "shop" / "migrations"):
        package(folder)
    (tree / "shop" / "setup.cfg").touch()
    (tree.parent / ".git").mkdir()
    assert root_of(tree / "shop" / "migrations") == tree.parent


def test_without_a_mark_the_root_holds_the_outermost_package(tree):
    package(tree / "shop")
    assert root_of(tree / "shop" / "migrations") == tree
    package(tree)
    assert root_of(tree / "shop" / "migrations") == tree.parent


def test_without_a_mark_and_without_packages_the_root_holds_the_apps(tree):
    assert root_of(tree / "shop" / "migrations") == tree


def test_the_home_folder_can_be_a_root_but_nothing_above_it(tree):
    home = tree.parent.parent
    (home.parent / "manage.py").touch()
    assert root_of(tree / "shop" / "migrations") == tree
    (home / "manage.py").touch()
    assert root_of(tree / "shop" / "migrations") == home


def test_the_root_of_the_file_system_is_no_root(monkeypatch):
    def homeless():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert root_of(Path("/nowhere/migrations")) == Path("/nowhere")
    assert root_of(Path("/migrations")) == Path("/migrations")


def module(root, path):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def found(root):
    return [folder.relative_to(root).as_posix() for folder in migration_folders(root)]


def test_folders_with_migrations_are_found_nearest_first(tmp_path):
    for path in (
        "shop/migrations/0001_initial.py",
        "deep/er/app/migrations/first.py",
        "dojo/db_migrations/0001_initial.py",
        "slack/0012_stray.py",
        "shop/views.py",
        "empty/migrations/__init__.py",
    ):
        module(tmp_path, path)
    assert found(tmp_path) == [
        "slack",
        "dojo/db_migrations",
        "shop/migrations",
        "deep/er/app/migrations",
    ]


@pytest.mark.parametrize(
    "folder", [".tox", "node_modules", "lib/site-packages", "build", "dist", "__pycache__", "env"]
)
def test_what_is_not_the_projects_own_is_left_out(tmp_path, folder):
    module(tmp_path, f"{folder}/shop/migrations/0001_initial.py")
    (tmp_path / "env").mkdir(exist_ok=True)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    assert found(tmp_path) == []


def test_links_to_folders_are_not_followed(tmp_path):
    module(tmp_path, "real/shop/migrations/0001_initial.py")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    assert found(tmp_path) == ["real/shop/migrations"]


def test_a_tree_that_is_too_large_is_looked_through_in_part(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "_MAX_FOLDERS", 2)
    module(tmp_path, "migrations/0001_initial.py")
    module(tmp_path, "shop/migrations/0001_initial.py")
    assert found(tmp_path) == ["migrations"]


def test_a_folder_that_cannot_be_listed_is_passed_over(tmp_path):
    assert found(tmp_path / "nowhere") == []
