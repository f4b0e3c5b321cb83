"""The files of a project: each read once while unchanged, none outside the root."""

import os

import pytest
from history.made_files import SHOP, added, text, write

from flake8_django_migrations.history import project as module
from flake8_django_migrations.history.app import Fault
from flake8_django_migrations.history.project import Project
from flake8_django_migrations.history.texts import Text
from flake8_django_migrations.migration import MigrationKey

VENDOR = "postgresql"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "manage.py").touch()
    return tmp_path / "project"


@pytest.fixture
def shop(root):
    write(root, SHOP)
    return root / "shop" / "migrations"


@pytest.fixture
def reads(monkeypatch):
    """The names of the migrations that are read, in order."""
    names = []

    def counted(source, path, key, sources, vendor):
        names.append(key.name)
        return original(source, path, key, sources, vendor)

    original = module.read
    monkeypatch.setattr(module, "read", counted)
    return names


def names(app):
    return [migration.name for migration in app.migrations]


# What is read -----------------------------------------------------------------------------


def test_the_migrations_of_a_folder_are_read_in_order(shop):
    app = Project.at(shop).app(shop, VENDOR)
    assert names(app) == ["0001_initial", "0002_total", "0003_note"]
    assert app.label == "shop"
    assert app.faults == ()
    assert not app.is_alone
    assert app.migrations[0].path == str(shop / "0001_initial.py")


def test_a_folder_is_not_read_before_it_is_asked_for(shop, reads):
    app = Project.at(shop).app(shop, VENDOR)
    assert app.names == {"0001_initial", "0002_total", "0003_note"}
    assert reads == []
    assert app.migrations
    assert len(reads) == 3


def test_a_file_is_read_once_while_it_stays_the_same(shop, reads):
    project = Project.at(shop)
    first = project.app(shop, VENDOR).migrations
    assert project.app(shop, VENDOR).migrations == first
    assert reads == ["0001_initial", "0002_total", "0003_note"]


def test_a_file_that_changes_is_read_again_and_only_that(shop, reads):
    project = Project.at(shop)
    assert project.app(shop, VENDOR).migrations
    write(shop.parent.parent, {"0002_total": text("0001_initial", added("order", "other"))})
    del reads[:]
    assert project.app(shop, VENDOR).migrations[1].operations[0].name == "other"
    assert reads == ["0002_total"]


def test_a_file_that_goes_is_gone(shop):
    project = Project.at(shop)
    assert len(project.app(shop, VENDOR).migrations) == 3
    app = project.app(shop, VENDOR)
    (shop / "0003_note.py").unlink()
    assert len(project.app(shop, VENDOR).migrations) == 2
    assert app.faults == (Fault(str(shop / "0003_note.py"), "No such file or directory"),)


def test_each_database_has_its_own_reading(shop, reads):
    project = Project.at(shop)
    assert project.app(shop, VENDOR).migrations
    assert project.app(shop, "mysql").migrations
    assert len(reads) == 6


def test_a_change_in_a_module_that_a_migration_uses_is_noticed(root, shop):
    use = "from shop.names import NAME\n" + text("", "migrations.DeleteModel(NAME)")
    write(root, {"shop/__init__.py": "", "shop/names.py": "NAME = 'a'\n", "0004_use": use})
    project = Project.at(shop)
    assert project.app(shop, VENDOR).migrations[-1].operations[0].name == "a"
    write(root, {"shop/names.py": "NAME = 'long'\n"})
    assert project.app(shop, VENDOR).migrations[-1].operations[0].name == "long"
    (root / "shop/names.py").unlink()
    assert project.app(shop, VENDOR).migrations[-1].operations[0] != "long"


def test_what_is_kept_is_bounded(shop, monkeypatch):
    monkeypatch.setattr(module, "_MAX_KEPT", 2)
    project = Project.at(shop)
    assert len(project.app(shop, VENDOR).migrations) == 3
    assert len(project._readings) == 2


def test_a_module_that_is_no_migration_is_neither_a_node_nor_a_fault(root, shop):
    write(root, {"helpers": "x = 1\n", "_private": "class Migration(", "notes": "Migration = 1\n"})
    app = Project.at(shop).app(shop, VENDOR)
    assert len(app.migrations) == 3
    assert app.faults == ()


def test_a_text_that_no_interpreter_parses_is_a_fault(root, shop):
    write(root, {"0004_broken": text("0003_note") + "def ("})
    app = Project.at(shop).app(shop, VENDOR)
    assert len(app.migrations) == 3
    assert app.faults == (Fault(str(shop / "0004_broken.py"), "it cannot be parsed"),)
    assert app.faults[0].name == "0004_broken"


def test_a_file_that_is_too_long_is_a_fault_and_is_not_opened(root, shop, monkeypatch):
    monkeypatch.setattr("flake8_django_migrations.history.texts.MAX_BYTES", 1_000)
    write(root, {"0004_long": text("0003_note") + "#" * 1_000})
    app = Project.at(shop).app(shop, VENDOR)
    assert [fault.why for fault in app.faults] == ["it is larger than 2 MB"]


def test_a_folder_with_the_name_of_a_module_is_a_fault(shop):
    (shop / "0004_folder.py").mkdir()
    assert [fault.why for fault in Project.at(shop).app(shop, VENDOR).faults] == [
        "it is no regular file"
    ]


def test_a_file_in_any_encoding_is_read(root, shop):
    (shop / "0004_bom.py").write_bytes(b"\xef\xbb\xbf" + text("0003_note").encode())
    (shop / "0005_latin.py").write_bytes(text("0004_bom", more="x = 'ä'").encode("latin-1"))
    assert names(Project.at(shop).app(shop, VENDOR))[-2:] == ["0004_bom", "0005_latin"]


def test_the_text_of_an_editor_counts_instead_of_the_file(shop):
    project = Project.at(shop)
    edited = project.app(shop, VENDOR, "0003_note", text("0002_total", added("order", "edited")))
    assert edited.migrations[2].operations[0].name == "edited"
    assert project.app(shop, VENDOR).migrations[2].operations[0].name == "note"
    fresh = project.app(shop, VENDOR, "0004_new", text("0003_note"))
    assert names(fresh)[-1] == "0004_new"


def test_a_folder_that_is_not_there_holds_only_the_editors_text(root):
    project = Project.at(root / "cart" / "migrations")
    app = project.app(root / "cart" / "migrations", VENDOR, "0001", text())
    assert app.is_alone
    assert names(app) == ["0001"]


# Nothing outside ---------------------------------------------------------------------------


def test_a_link_out_of_the_project_is_not_followed(tmp_path, root, shop):
    (tmp_path / "secret.py").write_text(text("0003_note"))
    (shop / "0004_link.py").symlink_to(tmp_path / "secret.py")
    (shop / "0005_link.py").symlink_to(shop / "0003_note.py")
    app = Project.at(shop).app(shop, VENDOR)
    assert app.faults == (Fault(str(shop / "0004_link.py"), "it lies outside the project"),)
    assert names(app)[-1] == "0005_link"


def test_a_linked_folder_out_of_the_project_is_not_followed(tmp_path, root):
    write(tmp_path / "outside", SHOP)
    (root / "shop").symlink_to(tmp_path / "outside" / "shop")
    folder = root / "shop" / "migrations"
    app = Project.at(folder).app(folder, VENDOR)
    assert app.migrations == ()
    assert {fault.why for fault in app.faults} == {"it lies outside the project"}


def test_a_project_that_is_itself_linked_is_read(tmp_path, shop):
    (tmp_path / "link").symlink_to(tmp_path / "project")
    folder = tmp_path / "link" / "shop" / "migrations"
    assert len(Project.at(folder).app(folder, VENDOR).migrations) == 3


def test_a_pipe_is_not_waited_for(shop):
    os.mkfifo(shop / "0004_pipe.py")
    assert len(Project.at(shop).app(shop, VENDOR).faults) == 1


# Modules ----------------------------------------------------------------------------------


@pytest.fixture
def modules(root, shop):
    files = {
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "# package\n",
        "shop/migrations/_own.py": "# own\n",
        "shop/names.py": "# names\n",
        "shop/tools/__init__.py": "# tools\n",
        "common/deep/er.py": "# deeper\n",
        "names.py": "# top\n",
    }
    write(root, files)
    return Project.at(shop)


@pytest.mark.parametrize(
    ("dotted", "path"),
    [
        ("._own", "shop/migrations/_own.py"),
        (".", "shop/migrations/__init__.py"),
        ("..names", "shop/names.py"),
        ("..tools", "shop/tools/__init__.py"),
        ("..", "shop/__init__.py"),
        ("shop.names", "shop/names.py"),
        ("shop.tools", "shop/tools/__init__.py"),
        ("names", "names.py"),
        ("common.deep.er", "common/deep/er.py"),
    ],
)
def test_a_module_is_found_as_the_importing_file_finds_it(root, shop, modules, dotted, path):
    found = modules.module(dotted, str(shop / "0001_initial.py"))
    assert found == (str(root / path), (root / path).read_text())


@pytest.mark.parametrize(
    "dotted", ["nowhere", "shop.nowhere", "....x", "...", ".x", "django.db", "os"]
)
def test_a_module_that_is_not_the_projects_is_not_found(shop, modules, dotted):
    assert modules.module(dotted, str(shop / "0001_initial.py")) is None


def test_a_module_above_the_root_is_not_found(tmp_path, shop, modules):
    (tmp_path / "above.py").write_text("x = 1\n")
    assert modules.module("above", str(shop / "0001_initial.py")) is None


def test_a_text_is_read_again_when_it_changes(root, modules):
    path = root / "names.py"
    assert modules.text(path).content == "# top\n"
    assert modules.text(path) is modules.text(path)
    path.write_text("# other top\n")
    assert modules.text(path).content == "# other top\n"
    assert isinstance(modules.text(path), Text)
    assert modules.text(root / "gone.py") == Fault(
        str(root / "gone.py"), "No such file or directory"
    )


def test_a_project_is_the_same_for_all_of_its_folders(root, shop):
    write(root, {"cart/migrations/0001_initial.py": text()})
    assert Project.at(shop) is Project.at(root / "cart" / "migrations")


# Labels ------------------------------------------------------------------------------------


CONFIG = "class ShopConfig(AppConfig):\n    name = 'shop'\n    label = 'webshop'\n"


def label(root, folder="shop/migrations"):
    return Project.at(root / folder).app(root / folder, VENDOR).label


def test_the_label_is_the_folders_name_where_nothing_else_tells(root):
    write(root, {"0001_initial": text()})
    assert label(root) == "shop"
    write(root, {"dojo/db_migrations/0001_initial.py": text()})
    assert label(root, "dojo/db_migrations") == "dojo"


@pytest.mark.parametrize("name", ["apps", "__init__", "configuration"])
def test_the_label_is_that_of_the_app_config(root, shop, name):
    write(root, {f"shop/{name}.py": CONFIG, "shop/_other.py": CONFIG.replace("web", "no")})
    assert label(root) == "webshop"


def test_only_in_apps_any_config_is_an_app_config(root, shop):
    plugin = CONFIG.replace("AppConfig", "PluginConfig")
    write(root, {"shop/plugin.py": plugin})
    assert label(root) == "shop"
    write(root, {"shop/apps.py": plugin})
    assert label(root) == "webshop"


def test_the_label_is_the_one_that_migrations_use_for_each_other(root):
    write(root, {"0001_initial": text(), "0002_x": text("webshop/0001_initial")})
    assert label(root) == "webshop"


def test_the_editors_text_tells_the_label_too(root):
    write(root, {"0001_initial": text()})
    folder = root / "shop" / "migrations"
    app = Project.at(folder).app(folder, VENDOR, "0002_x", text("webshop/0001_initial"))
    assert app.label == "webshop"
    assert [each.app_label for each in app.migrations] == ["webshop", "webshop"]


def test_a_dependency_on_another_app_alone_tells_nothing(root):
    write(root, {"0001_initial": text("webshop/0001_initial")})
    assert label(root) == "shop"


def test_all_labels_of_a_project_with_their_folders(root, shop):
    write(
        root,
        {
            "apps/people/migrations/0001_initial.py": text(),
            "apps/people/apps.py": "class C(AppConfig):\n    name = 'apps.people'\n    label='users'",
            "first/migrations/start.py": text(),
            "blocks/migrations/operations.py": "x = 1\n",
        },
    )
    assert Project.at(shop).labels() == {
        "shop": shop,
        "users": root / "apps/people/migrations",
        "first": root / "first/migrations",
    }


def test_a_label_that_several_folders_claim_is_nobodys(root, shop):
    write(root, {"old/shop/migrations/0001_initial.py": text()})
    assert Project.at(shop).labels() == {}


def test_a_stray_file_does_not_take_the_label_from_the_folder_called_migrations(root, shop):
    write(root, {"stray/shop/extra/0001_initial.py": text()})
    (root / "stray/shop/apps.py").write_text("class C(AppConfig):\n    name = 'shop'\n")
    assert Project.at(shop).labels() == {"shop": shop}


def test_all_that_the_texts_name(root, shop):
    project = Project.at(shop)
    assert project.mentions([shop, root / "gone"]) == {
        MigrationKey("shop", "0001_initial"),
        MigrationKey("shop", "0002_total"),
    }
