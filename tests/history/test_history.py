"""A migration and what surrounds it, from files and from an editor's text."""

import subprocess
import sys

import pytest
from history.made_files import CREATE, SHOP, added, text, write

from flake8_django_migrations.history import project as module
from flake8_django_migrations.history.app import Fault
from flake8_django_migrations.history.history import History, Run
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.migration import UNKNOWN, MigrationKey, ModelKey


@pytest.fixture
def root(tmp_path):
    (tmp_path / "manage.py").touch()
    return write(tmp_path, SHOP)


def at(root, name, source=None, run=None, app="shop"):
    path = root / app / "migrations" / f"{name}.py"
    return History.of(str(path), path.read_text() if source is None else source, run=run)


def fields(history, model="order"):
    return list(history.before().model(model).fields)


def names(migrations):
    return [migration.name for migration in migrations]


def test_a_file_that_is_no_migration_has_no_history(root):
    assert at(root, "0001_initial", "x = 1\n") is None
    assert History.of("x.py", "class Migration:\n    pass\n") is None
    assert History.of(str(root / "shop/migrations/0009_gone.py"), None) is None
    assert History.of("stdin", "x = 1\n") is None
    assert History.of("stdin", None) is None


def test_a_migration_knows_what_came_before_and_after(root):
    history = at(root, "0002_total")
    assert history.migration.key == ("shop", "0002_total")
    assert names(history.earlier()) == ["0001_initial"]
    assert names(history.later()) == ["0003_note"]
    assert history.replaced() == ()
    assert history.faults() == ()
    assert fields(history) == ["id"]
    assert fields(at(root, "0003_note")) == ["id", "total"]
    assert list(history.before(MigrationKey("shop", "0003_note")).model("order").fields) == [
        "id",
        "total",
    ]


def test_without_a_text_the_file_counts(root):
    history = History.of(str(root / "shop/migrations/0003_note.py"), None)
    assert fields(history) == ["id", "total"]


def test_the_text_of_an_editor_counts_instead_of_the_file(root):
    edited = text("0001_initial", added("order", "edited"))
    history = at(root, "0003_note", edited)
    assert history.migration.operations[0].name == "edited"
    assert fields(history) == ["id"]
    assert names(history.later()) == ["0002_total"]
    assert history.graph.leaf_nodes() == (("shop", "0002_total"), ("shop", "0003_note"))


def test_a_file_that_is_not_yet_saved_has_its_place(root):
    history = at(root, "0004_new", text("0003_note", added("order", "more")))
    assert fields(history) == ["id", "total", "note"]
    assert history.graph.leaf_nodes() == (("shop", "0004_new"),)


def test_the_ends_of_lines_and_a_mark_at_the_start_make_no_difference(root):
    run = Run()
    path = root / "shop/migrations/0003_note.py"
    plain = path.read_text()
    path.write_bytes(b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode())
    timelines = [
        at(root, "0003_note", source, run)._timeline
        for source in (plain, "\ufeff" + plain, plain.replace("\n", "\r\n"))
    ]
    assert len({id(timeline) for timeline in timelines}) == 1


def test_the_histories_of_one_run_share_what_they_find(root, monkeypatch):
    reads = []
    original = module.read

    def counted(source, path, key, *others):
        reads.append(key.name)
        return original(source, path, key, *others)

    monkeypatch.setattr(module, "read", counted)
    run = Run()
    first, second = at(root, "0002_total", run=run), at(root, "0003_note", run=run)
    assert first.graph is second.graph
    assert sorted(reads) == ["0001_initial", "0002_total", "0003_note"]


def test_a_new_run_sees_what_has_changed_on_disk(root):
    assert fields(at(root, "0003_note")) == ["id", "total"]
    write(root, {"0002_total": text("0001_initial", added("order", "other_total"))})
    assert fields(at(root, "0003_note")) == ["id", "other_total"]


def test_a_squash_knows_what_it_replaces(root):
    replaces = "replaces = [('shop', '0002_total'), ('shop', '0003_note'), ('shop', '0009_gone')]"
    write(root, {"0002_squash": text("0001_initial", more=replaces), "0004": text("0003_note")})
    history = at(root, "0002_squash")
    assert names(history.replaced()) == ["0002_total", "0003_note"]
    assert names(history.earlier()) == ["0001_initial"]
    assert names(history.later()) == ["0004"]
    assert names(at(root, "0003_note").earlier()) == ["0001_initial", "0002_total"]
    assert names(at(root, "0004").earlier()) == ["0001_initial", "0002_squash"]


def test_a_neighbour_that_cannot_be_read_is_told_and_the_rest_still_works(root):
    write(root, {"0002_total": "class Migration(migrations.Migration):\n    ("})
    history = at(root, "0003_note")
    assert history.faults() == (
        Fault(str(root / "shop/migrations/0002_total.py"), "it cannot be parsed"),
    )
    assert history.before().is_doubtful
    assert history.graph.missing(history.migration.key) == ()


# Other apps --------------------------------------------------------------------------------


USER = 'migrations.CreateModel("User", [("id", models.UUIDField(primary_key=True))])'
PEOPLE = {
    "people/apps.py": "class C(AppConfig):\n    name = 'people'\n    label = 'users'\n",
    "people/migrations/0001_initial.py": text("", USER),
}


def test_a_model_of_another_app_is_found_under_that_apps_label(root):
    write(root, {**PEOPLE, "0004": text("0003_note users/0001_initial")})
    history = at(root, "0004")
    user = history.before().find(ModelKey("users", "user"))
    assert isinstance(user, ModelState)
    assert user.primary_key[1].class_name == "UUIDField"
    assert history.before().find(ModelKey("people", "user")) is UNKNOWN
    assert at(root, "0003_note").before().find(ModelKey("users", "user")) is UNKNOWN


def test_no_other_app_is_looked_for_without_need(root, monkeypatch):
    monkeypatch.delattr(module.Project, "labels")
    write(root, {"0004": text("0003_note users/0001_initial")})
    history = at(root, "0004")
    assert fields(history) == ["id", "total", "note"]
    assert history.graph.reaches_app(history.migration.key, "users") is True
    assert at(root, "0003_note").graph.missing(MigrationKey("shop", "0003_note")) == ()
    assert at(root, "0003_note").graph.cycle(MigrationKey("shop", "0003_note")) == ()


def test_a_circle_between_apps_is_found_from_both_sides(root):
    people = {**PEOPLE, "people/migrations/0002_shop.py": text("users/0001_initial shop/0004")}
    write(root, {**people, "0004": text("0003_note users/0002_shop")})
    run = Run()
    shop = at(root, "0004", run=run)
    users = at(root, "0002_shop", run=run, app="people")
    circle = (MigrationKey("shop", "0004"), MigrationKey("users", "0002_shop"))
    assert shop.graph.cycle(shop.migration.key) == circle
    assert users.graph.cycle(users.migration.key) == circle[::-1]


def test_a_dependency_on_a_migration_that_another_app_does_not_have_is_missing(root):
    write(root, {**PEOPLE, "0004": text("0003_note users/0007_gone nowhere/0001 auth/0001")})
    history = at(root, "0004")
    missing = history.graph.missing(history.migration.key)
    assert [each.key for each in missing] == [("users", "0007_gone")]


def test_a_module_of_the_project_is_read_for_a_migration(root):
    use = "from shop.names import NAME\n" + text("0003_note", "migrations.DeleteModel(NAME)")
    write(root, {"shop/names.py": "NAME = 'Order'\n", "0004": use, "0005": text("0004")})
    assert at(root, "0005").before().model("order") is None


# Texts without a file ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["stdin", "-"])
def test_a_text_without_a_file_is_judged_alone(path):
    history = History.of(path, text("shop/0001_initial auth/0001", added("order", "total")))
    assert history.migration.key == ("shop", path)
    assert history.before().is_doubtful
    assert history.earlier() == history.later() == history.replaced() == history.faults() == ()
    assert history.graph.missing(history.migration.key) == ()


@pytest.mark.parametrize(
    "source",
    [
        text("", CREATE),
        text("shop/0001 users/0001", CREATE),
        text("users/0001", CREATE, more="initial = True"),
        text("", CREATE).replace("[]", "[(LABEL, '0001')]", 1),
    ],
)
def test_a_text_that_does_not_tell_its_app_has_no_label(source):
    assert History.of("stdin", source).migration.app_label == ""


def test_a_text_in_a_folder_that_is_not_there_is_judged_alone(root):
    history = at(root, "0002", text("cart/0001_initial"), app="cart")
    assert history.migration.key == ("cart", "0002")
    assert history.before().is_doubtful
    assert history.graph.missing(history.migration.key) == ()


def test_the_answer_is_the_same_from_any_working_directory(root, monkeypatch):
    source = SHOP["0003_note"]
    answers = []
    for folder, path in (
        (root, "shop/migrations/0003_note.py"),
        (root, "./shop/migrations/0003_note.py"),
        (root / "shop/migrations", "0003_note.py"),
        (root / "shop", "../shop/migrations/0003_note.py"),
        (root.parent, str(root / "shop/migrations/0003_note.py")),
    ):
        monkeypatch.chdir(folder)
        history = History.of(path, source)
        answers.append((history.migration, history.before(), history.earlier()))
    assert all(answer == answers[0] for answer in answers)


def test_looking_at_plain_history_imports_neither_astroid_nor_django(root):
    path = root / "shop/migrations/0003_note.py"
    code = (
        "import sys\n"
        "from flake8_django_migrations.history.history import History\n"
        f"history = History.of({str(path)!r}, open({str(path)!r}).read())\n"
        "assert history.before().model('order')\n"
        "print(sorted({'astroid', 'django', 'sqlglot'} & sys.modules.keys()))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
