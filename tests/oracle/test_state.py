"""The same migrations through Django's own loader: states and graphs are equal."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

pytest.importorskip("django")
pytest.importorskip("psycopg")

import django
from django.contrib.postgres import operations as postgres
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.models.options import DEFAULT_NAMES
from oracle import operation_cases
from oracle.operation_cases import CONDITION, OPTIONS
from oracle.projects import Project
from oracle.running import compared


def written(operations: str, dependencies: str = "", more: str = "") -> str:
    return (
        "from django.db import migrations, models\n"
        "import django.db.models.deletion\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [{dependencies}]\n"
        f"    {more or 'pass'}\n"
        f"    operations = [{operations}]\n"
    )


def on(app: str, *names: str) -> str:
    return ", ".join(f"({app!r}, {name!r})" for name in names)


ID = '("id", models.BigAutoField(primary_key=True, serialize=False))'
NAME = '("name", models.CharField(max_length=20, unique=True))'
CASCADE = "on_delete=django.db.models.deletion.CASCADE"

PROJECT = {
    "shop/0001_initial": written(
        f"""
        migrations.CreateModel("Customer", [{ID}, {NAME}]),
        migrations.CreateModel(
            name="Order",
            fields=[
                {ID},
                ("number", models.IntegerField()),
                ("day", models.DateField()),
                ("parent", models.ForeignKey("self", null=True, {CASCADE})),
                ("customer", models.ForeignKey(
                    to="shop.customer", to_field="name", {CASCADE}, related_name="orders",
                )),
            ],
            options={{
                "unique_together": {{("number", "day")}},
                "index_together": {{("day", "number")}},
                "ordering": ["day"],
                "verbose_name": "order",
                "indexes": [models.Index(fields=["day"], name="by_day")],
                "constraints": [
                    models.CheckConstraint({CONDITION}=models.Q(number__gt=0), name="positive"),
                ],
            }},
        ),
        migrations.CreateModel(
            "Line",
            [{ID}, ("order", models.ForeignKey(to="shop.Order", {CASCADE})), ("position", models.IntegerField())],
        ),
        """,
        more="initial = True",
    ),
    "shop/0002_fields": written(
        """
        migrations.AddField("order", "total", models.IntegerField(default=0), preserve_default=False),
        migrations.AddField("Order", "note", models.TextField(default="", blank=True)),
        migrations.AlterField("order", "number", models.BigIntegerField(default=1), preserve_default=False),
        migrations.AlterField(model_name="order", name="note", field=models.CharField(max_length=9, default="x")),
        migrations.RenameField("order", "number", "code"),
        migrations.RenameField("customer", "name", "title"),
        migrations.RemoveField("order", "day"),
        """,
        on("shop", "0001_initial"),
    ),
    "shop/0003_models": written(
        f"""
        migrations.AddField("customer", "orders", models.ManyToManyField(
            to="shop.Order", through="shop.Line", related_name="+",
        )),
        migrations.RenameModel("Order", "Purchase"),
        migrations.RenameModel("Line", "Row"),
        migrations.CreateModel("Order", [{ID}, ("old", models.ForeignKey(to="shop.purchase", {CASCADE}))]),
        migrations.CreateModel("Gone", [{ID}]),
        migrations.DeleteModel("Gone"),
        """,
        on("shop", "0002_fields"),
    ),
    "shop/0004_options": written(
        """
        migrations.AlterModelOptions("purchase", {"verbose_name_plural": "purchases", "managed": True}),
        migrations.AlterModelTable("purchase", "purchases"),
        migrations.AlterModelTable("order", None),
        migrations.AlterModelTableComment("purchase", "what was bought"),
        migrations.AlterUniqueTogether("purchase", {("code", "total"), ("code", "note")}),
        migrations.AlterUniqueTogether("row", set()),
        migrations.AlterIndexTogether("row", {("order", "position")}),
        migrations.AlterOrderWithRespectTo("row", "order"),
        migrations.AlterModelManagers("customer", [("objects", models.Manager()), ("all", models.Manager())]),
        """,
        on("shop", "0003_models"),
    ),
    "shop/0005_indexes": written(
        """
        migrations.AddIndex("purchase", models.Index(fields=["-code", "note"], name="by_code")),
        migrations.RemoveIndex("purchase", "by_day"),
        migrations.RenameIndex("purchase", new_name="code_note", old_name="by_code"),
        migrations.RenameIndex("row", new_name="order_position", old_fields=("order", "position")),
        migrations.AddConstraint("purchase", models.UniqueConstraint(fields=["note"], name="one_note")),
        migrations.AddConstraint("purchase", models.UniqueConstraint(fields=["total"], name="one_total")),
        migrations.RemoveConstraint("purchase", "one_note"),
        """,
        on("shop", "0004_options"),
    ),
    "shop/0006_separate": written(
        """
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RemoveField("purchase", "note")],
            state_operations=[
                migrations.AddField("purchase", "state", models.BooleanField(default=False)),
                migrations.SeparateDatabaseAndState(
                    state_operations=[migrations.RemoveField("purchase", "total")],
                ),
            ],
        ),
        migrations.RunSQL("SELECT 1", state_operations=[migrations.RenameField("row", "position", "rank")]),
        migrations.RunPython(migrations.RunPython.noop),
        """,
        on("shop", "0005_indexes"),
    ),
    # A proxy, a model of a model, an abstract-looking mixin and a model of another app.
    "people/0001_initial": written(
        f"""
        migrations.CreateModel("Person", [{ID}], options={{"abstract": False}}),
        migrations.CreateModel("Shadow", [], options={{"proxy": True, "indexes": []}}, bases=("people.person",)),
        migrations.CreateModel(
            "Buyer",
            [
                ("person_ptr", models.OneToOneField(
                    auto_created=True, {CASCADE}, parent_link=True, primary_key=True,
                    serialize=False, to="people.person",
                )),
                ("customer", models.ForeignKey(to="shop.Customer", null=True, {CASCADE})),
            ],
            bases=("people.person", object),
            managers=[("objects", models.Manager())],
        ),
        """,
        "('shop', '__first__'), ('auth', '0001_initial')",
        "initial = True",
    ),
    "people/0002_later": written(
        "migrations.AddField('buyer', 'row', models.ForeignKey(to='shop.Row', null=True, "
        f"{CASCADE}))",
        "('people', '0001_initial'), ('shop', '__latest__')",
    ),
    # Two branches and their merge, the names not in the order of the dependencies.
    "branch/0001_initial": written(f"migrations.CreateModel('A', [{ID}])", more="initial = True"),
    "branch/0002_z": written(
        "migrations.AddField('a', 'z', models.IntegerField(null=True))",
        on("branch", "0001_initial"),
    ),
    "branch/0003_z": written(
        "migrations.AddField('a', 'zz', models.IntegerField(null=True))", on("branch", "0002_z")
    ),
    "branch/0002_a": written(
        "migrations.AddField('a', 'a', models.IntegerField(null=True))",
        on("branch", "0001_initial"),
    ),
    "branch/0004_merge": written("", on("branch", "0002_a", "0003_z")),
    "branch/0000_last": written(
        "migrations.RenameModel('A', 'B')", on("branch", "0004_merge"), "pass"
    ),
    # A squash beside the files it replaces, inside a line, with a neighbour that names one.
    "squash/0001_initial": written(f"migrations.CreateModel('A', [{ID}])", more="initial = True"),
    "squash/0002_b": written(
        "migrations.AddField('a', 'b', models.IntegerField(null=True))",
        on("squash", "0001_initial"),
    ),
    "squash/0003_c": written(
        "migrations.AddField('a', 'c', models.IntegerField(null=True))",
        "('squash', '0002_b'), ('branch', '0002_a')",
    ),
    "squash/0002_b_squashed_0003_c": written(
        "migrations.AddField('a', 'b', models.IntegerField(null=True)), "
        "migrations.AddField('a', 'c', models.IntegerField(null=True))",
        on("squash", "0001_initial"),
        "replaces = [('squash', '0002_b'), ('squash', '0003_c')]",
    ),
    "squash/0004_d": written("migrations.RenameField('a', 'c', 'd')", on("squash", "0003_c")),
    "near/0001_initial": written(
        f"migrations.CreateModel('N', [{ID}, ('a', models.ForeignKey(to='squash.A', {CASCADE}))])",
        on("squash", "0002_b"),
        "initial = True",
    ),
    # A squash whose files are gone, and an app that wants to run before another's migration.
    "gone/0001_squashed_0002_b": written(
        f"migrations.CreateModel('G', [{ID}])",
        more="initial = True; replaces = [('gone', '0001_initial'), ('gone', '0002_b')]",
    ),
    "gone/0003_c": written(
        "migrations.AddField('g', 'c', models.IntegerField(null=True))", on("gone", "0002_b")
    ),
    "first/0001_initial": written(
        f"migrations.CreateModel('F', [{ID}])",
        more="initial = True; run_before = [('gone', '0003_c')]",
    ),
    "first/0002_f": written("migrations.DeleteModel('F')", on("first", "0001_initial")),
    # Names that differ in case, and models that take the names of others.
    "names/0001_initial": written(
        f"""
        migrations.CreateModel("Alpha", [{ID}]),
        migrations.CreateModel("Beta", [{ID}, ("alpha", models.ForeignKey(to="names.ALPHA", {CASCADE}))]),
        migrations.RenameModel("ALPHA", "Temp"),
        migrations.RenameModel("Beta", "Alpha"),
        migrations.RenameModel("Temp", "Beta"),
        migrations.AddField("ALPHA", "more", models.ManyToManyField(to="Beta", related_name="+")),
        """,
        more="initial = True",
    ),
    "names/0002_again": written(
        f"""
        migrations.RenameField("beta", "id", "key"),
        migrations.CreateModel("Leaf", [
            ("key", models.OneToOneField(to="names.beta", to_field="key", primary_key=True, serialize=False, {CASCADE})),
        ]),
        migrations.RenameField("Beta", "key", "id"),
        migrations.RenameModel("Leaf", "Leaves"),
        migrations.AlterUniqueTogether("leaves", [("key",)]),
        migrations.RenameField("leaves", "key", "beta"),
        """,
        on("names", "0001_initial"),
    ),
    **operation_cases.project(),
}
REPLACED = ("squash/0002_b", "squash/0003_c")
APPS = tuple(sorted({name.partition("/")[0] for name in PROJECT}))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("oracle")
    (folder / "manage.py").touch()
    for app in APPS:
        (folder / app / "migrations").mkdir(parents=True)
        (folder / app / "__init__.py").touch()
        (folder / app / "migrations/__init__.py").touch()
    for name, text in PROJECT.items():
        app, _, stem = name.partition("/")
        (folder / app / f"migrations/{stem}.py").write_text(text)
    return folder


def tally_of(root: Path):
    return compared(Project(name="made", version="1", apps=APPS), sys.executable, root)


def test_states_and_graphs_are_those_of_django(root):
    tally = tally_of(root)
    assert tally.migrations == len(PROJECT) - len(REPLACED)
    assert tally.fields > 1000
    assert not tally.unknown
    assert not tally.differing
    assert tally.graph["run_before compared"] == 1


def test_an_app_that_we_call_otherwise_differs(tmp_path):
    folder = tmp_path / "odd/migrations"
    folder.mkdir(parents=True)
    for place in (tmp_path / "manage.py", folder / "__init__.py", folder.parent / "__init__.py"):
        place.touch()
    (folder / "0001_initial.py").write_text(written("", more="initial = True"))
    config = "class OddConfig(AppConfig):\n    name = 'odd'\n    label = 'even'[::1]\n"
    (folder.parent / "apps.py").write_text(f"from django.apps import AppConfig\n\n\n{config}")
    tally = compared(Project(name="odd", version="1", apps=("odd",)), sys.executable, tmp_path)
    assert "even is called odd" in tally.differing
    assert any(
        each.startswith("graph even: nodes ['odd/0001_initial'] instead of")
        for each in tally.differing
    )


def unchanged(model, *_given):
    return model


BREAKS = {
    "RemoveField": (
        "every.thing",
        "flake8_django_migrations.history.state.ModelState.without_field",
        unchanged,
    ),
    "AlterModelOptions": (
        "every.thing",
        "flake8_django_migrations.history.replay.ALTER_OPTION_KEYS",
        (),
    ),
    "RenameModel": ("every.link", "flake8_django_migrations.history.renames._RELATIONS", ()),
    "RenameField": ("shop.purchase", "flake8_django_migrations.history.renames._TOGETHER", ()),
    "AddField": ("every.thing", "flake8_django_migrations.history.replay._kept", unchanged),
    "RemoveIndex": (
        "every.thing",
        "flake8_django_migrations.history.replay._without_index",
        unchanged,
    ),
    "run_before": (
        "graph",
        "flake8_django_migrations.history.nodes.AppNodes.run_before",
        lambda _nodes: iter(()),
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_wrong_replay_is_noticed(root, monkeypatch, broken):
    about, place, replacement = BREAKS[broken]
    monkeypatch.setattr(place, replacement)
    assert [each for each in tally_of(root).differing if each.startswith(about)]


def test_the_states_of_djangos_own_apps_are_those_of_django():
    names = ("admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites")
    apps = tuple(f"django.contrib.{name}" for name in names)
    project = Project(name="django", version=django.__version__, apps=apps)
    tally = compared(project, sys.executable, Path(django.__file__).parents[1])
    assert tally.migrations >= 23
    assert not tally.unknown
    assert not [each for each in tally.differing if not each.startswith("graph")]


def parameters(kind: type[Operation]) -> set[str]:
    """The names under which an operation takes its arguments."""
    found = inspect.signature(kind.__init__).parameters.values()
    return {
        each.name
        for each in found
        if each.name != "self" and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    }


def shipped() -> dict[str, set[str]]:
    """Every operation of Django's that a migration can write, and its keywords."""
    kinds = {
        name: kind
        for module in (operations, postgres)
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and issubclass(kind, Operation)
    }
    inner = {"Operation", "NotInTransactionMixin", "CollationOperation"}
    return {name: parameters(kind) for name, kind in kinds.items() if name not in inner}


def written_keywords() -> dict[str, set[str]]:
    """Every operation of the cases, and the keywords with which one of them writes it."""
    found: dict[str, set[str]] = {}
    for case in operation_cases.CASES:
        for node in ast.walk(ast.parse(f"[{case.text}]")):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                names = found.setdefault(node.func.attr, set())
                names.update(each.arg for each in node.keywords if each.arg)
    return found


def test_every_operation_of_django_is_compared_with_every_keyword():
    ours = written_keywords()
    assert {
        name: sorted(keywords - ours.get(name, set())) for name, keywords in shipped().items()
    } == {name: [] for name in shipped()}
    assert shipped().keys() <= ours.keys()


def test_every_option_of_a_model_is_compared():
    inner = {"apps", "index_together"}  # the first model of the shop has the latter
    assert [
        name for name in DEFAULT_NAMES if f'"{name}":' not in OPTIONS and name not in inner
    ] == []
