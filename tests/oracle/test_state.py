"""The same migrations through Django's own loader: states, plans, roots and leaves are equal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_django_migrations.history.history import History, Run
from flake8_django_migrations.history.state import ModelState, ProjectState
from flake8_django_migrations.migration import (
    UNKNOWN,
    Field,
    MigrationKey,
    Value,
)

pytest.importorskip("django")

CONTRIB = ("admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites")


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
                    models.CheckConstraint(condition=models.Q(number__gt=0), name="positive"),
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
        migrations.AlterConstraint("purchase", "positive", models.CheckConstraint(
            condition=models.Q(code__gt=1), name="positive", violation_error_message="too small",
        )),
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
    "pair/0001_initial": written(
        """
        migrations.CreateModel("Pair", [
            ("pk", models.CompositePrimaryKey("left", "right", blank=True, editable=False, primary_key=True, serialize=False)),
            ("left", models.IntegerField()),
            ("right", models.IntegerField()),
        ]),
        migrations.RenameField("pair", "left", "port"),
        """,
        more="initial = True",
    ),
}
FORCED = {("gone", "first/0001_initial")}
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


def django_says(root: Path, *apps: str) -> dict[str, dict[str, object]]:
    script = Path(__file__).with_name("django_states.py")
    said = subprocess.run(
        [sys.executable, script, root, *apps], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def plain(value: Value) -> object:
    match value:
        case tuple(items):
            return [plain(item) for item in items]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return "*"


def described(field: Field) -> list[object]:
    """The field as ``deconstruct`` gives it: no keyword that says what is the default anyway."""
    keywords = {name: plain(value) for name, value in field.keywords.items()}
    arguments = keywords.pop("field_names", [])
    for name in ("to", "through"):
        if isinstance(keywords.get(name), str) and keywords[name] != "*":
            keywords[name] = str(keywords[name]).lower()
    return [field.path, arguments, keywords]


def model_says(state: ProjectState, model: ModelState) -> dict[str, object]:
    assert not model.is_doubtful, model.name
    assert not isinstance(model.bases, type(UNKNOWN))
    assert isinstance(model.managers, tuple)
    options = {name: plain(value) for name, value in model.options.items()}
    for name in ("unique_together", "index_together"):
        if isinstance(options.get(name), list):
            groups = getattr(model, name)
            options[name] = sorted(map(list, groups))
    return {
        "name": model.name,
        "fields": {name: described(each) for name, each in model.fields.items()},
        "options": options,
        "indexes": [[each.name, [*each.fields]] for each in model.indexes],
        "constraints": [[each.class_name, each.name] for each in model.constraints],
        "bases": [base if isinstance(base, str) else "*" for base in model.bases] or ["*"],
        "managers": [pair[0] for pair in model.managers],
    }


def spelled(answer: object) -> object:
    """Django's answer with what no text can show, or what two spellings share, taken out."""
    models = json.loads(json.dumps(answer))
    for model in models.values():
        for _, _, keywords in model["fields"].values():
            for key in ("to", "through"):
                if key in keywords and keywords[key] != "*":
                    keywords[key] = keywords[key].lower()
        for name in ("unique_together", "index_together"):
            if model["options"].get(name) is not None:
                model["options"][name] = sorted(model["options"][name])
    return models


def we_say(path: Path, run: Run) -> tuple[History, dict[str, object]]:
    history = History.of(str(path), path.read_text(), run=run)
    assert history is not None
    key = history.migration.key
    after = history._timeline.after(key)
    assert not after.is_doubtful, key
    return history, {
        model.name.lower(): model_says(after, model) for model in after.models.values()
    }


def test_states_plans_roots_and_leaves_are_those_of_django(root):
    said = django_says(root, *APPS)
    run = Run()
    graphs = {}
    for name in sorted(said["states"]):
        app, _, stem = name.partition("/")
        history, states = we_say(root / app / f"migrations/{stem}.py", run)
        graphs[app] = history.graph
        assert states == spelled(said["states"][name]), name
        plan = ["/".join(key) for key in history.graph.forwards_plan(MigrationKey(app, stem))]
        # Who else wants to run before it is not looked for: every app would have to be read.
        wanted = [each for each in said["plans"][name] if (app, each) not in FORCED]
        assert plan == wanted, name
    for app, graph in graphs.items():
        assert [[*key] for key in graph.root_nodes()] == said["roots"][app]
        assert [[*key] for key in graph.leaf_nodes()] == said["leaves"][app]


def test_the_states_of_djangos_own_apps_are_those_of_django():
    django = pytest.importorskip("django")
    contrib = Path(django.__file__).parent / "contrib"
    said = django_says(contrib, *(f"django.contrib.{name}" for name in CONTRIB))
    run = Run()
    for name in sorted(said["states"]):
        app, _, stem = name.partition("/")
        history, states = we_say(contrib / app / f"migrations/{stem}.py", run)
        assert history.migration.key == (app, stem)
        assert states == spelled(said["states"][name]), name
        assert [[*key] for key in history.graph.leaf_nodes()] == said["leaves"][app]
        assert [[*key] for key in history.graph.root_nodes()] == said["roots"][app]
