"""What the rows tell users to paste, as migrations after what the bad examples begin with."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from evidence.examples import Key, marked_keys, path_key
from test_pages import PROJECTS, Project

from flake8_django_migrations.rules.rule import Rule

_MODULE = """\
import decimal
import uuid

from django.conf import settings
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    BtreeGistExtension,
    RemoveIndexConcurrently,
    TrigramExtension,
    ValidateConstraint,
)
from django.db import migrations, models, transaction
from django.db.models import F
from django.db.models.functions import Length
from django.db.models.signals import post_migrate

{functions}

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies!r}
    operations = [
{operations}
    ]
"""
_FUNCTION = """\
def fill(apps, schema_editor):
    Order, Status = (_model(apps, "shop", each) for each in ("order", "status"))
    ContentType = _model(apps, "contenttypes", "contenttype")
{body}


def _model(apps, app, name):
    found = apps.all_models[app].get(name)
    return found and apps.get_model(app, name)


class rebuild_index:
    delay = staticmethod(lambda: None)

"""
_DUMMIES = """\
def fill(apps, schema_editor):
    pass


seed = fill
"""

_SHOP = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Status", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20, unique=True)),
        ]),
        migrations.CreateModel("Customer", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
        ]),
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
                ("code", models.CharField(max_length=20, default="")),
                ("open_code", models.CharField(max_length=20, null=True)),
                ("number", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("note", models.TextField(null=True)),
                ("status", models.CharField(max_length=20, default="")),
                ("placed", models.DateTimeField(null=True)),
                ("paid", models.BooleanField(null=True)),
                ("is_open", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["placed"], name="placed_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=["code"], name="a"),
                    models.UniqueConstraint(
                        fields=["code", "total"], name="order_code_total_uniq"
                    ),
                ],
            },
        ),
    ]
"""


class Remedy(NamedTuple):
    """A block of code of a row: ``kind`` says how a migration is made of it."""

    rule: Rule
    number: int
    text: str
    kind: str

    @property
    def name(self) -> str:
        """How pytest calls it."""
        return f"{self.rule.code}-{self.number}"


def remedies(rule: Rule) -> Iterator[Remedy]:
    """The blocks of its ``instead``."""
    blocks = [each for each in rule.instead.split("\n\n") if each.startswith("    ")]
    for number, block in enumerate(blocks, start=1):
        text = textwrap.dedent(block).strip("\n")
        yield Remedy(rule, number, text, _kind(text))


def _kind(text: str) -> str:
    if text.startswith(("python ", "git ", "pip ", "--")):
        return "command"
    nodes = ast.parse(text).body
    match nodes:
        case []:
            return "comment"
        case [ast.Assign(targets=[ast.Name(id="dependencies" | "operations" | "replaces")]), *_]:
            return "attribute"
        case [ast.ClassDef() | ast.ImportFrom() | ast.Import(), *_]:
            return "attribute"
        case [ast.FunctionDef(), *_]:
            return "function"
        case _ if all(isinstance(each, ast.Expr) and _is_operation(each) for each in nodes):
            return "operations"
    return "body"


def _is_operation(node: ast.Expr) -> bool:
    first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
    name = ast.unparse(first).partition("(")[0].removeprefix("migrations.")
    return name[:1].isupper() and "." not in name


def module(remedy: Remedy, dependencies: list[Key]) -> str:
    """The block as a migration."""
    functions, operations = _DUMMIES, remedy.text
    if remedy.kind == "body":
        functions = _FUNCTION.format(body=textwrap.indent(remedy.text, "    "))
        operations = "migrations.RunPython(fill, migrations.RunPython.noop)"
    elif remedy.kind == "function":
        functions = remedy.text
        function = next(each for each in ast.parse(remedy.text).body)
        assert isinstance(function, ast.FunctionDef)
        operations = f"migrations.RunPython({function.name}, migrations.RunPython.noop)"
    is_alone = "CONCURRENTLY" in operations.upper() or remedy.kind in {"body", "function"}
    return _MODULE.format(
        functions=functions,
        atomic=not is_alone,
        dependencies=dependencies,
        operations=textwrap.indent(operations, " " * 8),
    )


KEY: Key = ("shop", "9000_remedy")


def settings_of(remedy: Remedy) -> Iterator[Project]:
    """The bad examples of its rule, and a plain shop, with the remedy in place of what is bad.

    A row's earlier blocks come before it.
    """
    for project in PROJECTS:
        if project.code == remedy.rule.code and project.section == "Bad":
            bad = marked_keys(project)
            yield _with(
                remedy,
                {
                    path: text
                    for path, text in project.files.items()
                    if path.endswith(".py") and path_key(path) not in bad and not _needs(text, bad)
                },
            )
    yield _with(remedy, {"shop/migrations/0001_initial.py": _SHOP})


def _with(remedy: Remedy, files: dict[str, str]) -> Project:
    keys = [path_key(path) for path in files if "/migrations/" in path]
    keys.append(("contenttypes", "0002_remove_content_type_name"))
    for each in remedies(remedy.rule):
        if each.number < remedy.number and each.kind == remedy.kind == "operations":
            files[f"shop/migrations/800{each.number}_before.py"] = module(each, keys)
            keys = [("shop", f"800{each.number}_before")]
    files["shop/migrations/9000_remedy.py"] = module(remedy, keys)
    return Project(remedy.rule.code, "Bad", remedy.number, files, "")


def _needs(text: str, keys: list[Key]) -> bool:
    return any(repr(name).replace("'", '"') in text for _, name in keys)
