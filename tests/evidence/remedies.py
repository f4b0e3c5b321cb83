"""What the rows tell users to paste, as migrations after what the bad examples begin with."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from evidence.examples import Key, marked_keys, path_key
from test_pages import PROJECTS, Project

from flake8_django_migrations.rules.rule import Rule

_IMPORTS = """\
import datetime
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
from django.db.models.functions import Left, Length
from django.db.models.signals import post_migrate
from django.db.utils import IntegrityError

{functions}

"""
_CLASS = """\
class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies!r}
    operations = [
{operations}
    ]
"""
_FUNCTION = """\
def fill(apps, schema_editor):
{models}
{body}


class rebuild_index:
    delay = staticmethod(lambda: None)

"""
_MODELS = {
    "Order": '    Order = apps.get_model("shop", "Order")',
    "Status": '    Status = apps.get_model("shop", "Status")',
    "ContentType": '    ContentType = apps.get_model("contenttypes", "ContentType")',
}
"""What a body names without saying where it comes from."""

_DUMMIES = """\
def fill(apps, schema_editor):
    pass


seed = fill
"""

_BLOCK = re.compile(r"(?:^    .*\n?|^\n(?=\n*    ))+", re.MULTILINE)
"""Code in a text: indented lines, and the empty ones between them."""

COMES_AFTER = {"DJM816"}
"""Rules whose remedy is the next migration after what is bad, which stays as it is."""

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
                "indexes": [models.Index(fields=["code"], name="code_idx")],
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
    for number, block in enumerate(_BLOCK.findall(rule.instead), start=1):
        text = textwrap.dedent(block).strip("\n")
        yield Remedy(rule, number, text, _kind(text))


def _kind(text: str) -> str:
    if text.startswith(("python ", "git ", "pip ", "--")):
        return "command"
    nodes = [each for each in ast.parse(text).body if not _is_import(each)]
    match nodes:
        case []:
            return "comment"
        case [ast.Assign(targets=[ast.Name(id="dependencies" | "operations" | "replaces")]), *_]:
            return "attribute"
        case [ast.ClassDef()]:
            return "class"
        case [ast.FunctionDef()]:
            return "function"
        case _ if all(isinstance(each, ast.Expr) and _is_operation(each) for each in nodes):
            return "operations"
    return "body"


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_operation(node: ast.Expr) -> bool:
    first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
    name = ast.unparse(first).partition("(")[0].removeprefix("migrations.")
    return name[:1].isupper() and "." not in name


def module(remedy: Remedy, dependencies: list[Key]) -> str:
    """The block as a migration."""
    if remedy.kind == "class":
        return _IMPORTS.format(functions="") + _with_dependencies(remedy.text, dependencies)
    functions, operations = _DUMMIES, remedy.text
    if remedy.kind == "body":
        functions = _FUNCTION.format(
            models="\n".join(line for name, line in _MODELS.items() if f"{name}." in remedy.text),
            body=textwrap.indent(remedy.text, "    "),
        )
        operations = "migrations.RunPython(fill, migrations.RunPython.noop)"
    elif remedy.kind == "function":
        functions = remedy.text
        function = next(each for each in ast.parse(remedy.text).body)
        assert isinstance(function, ast.FunctionDef)
        operations = f"migrations.RunPython({function.name}, migrations.RunPython.noop)"
    is_alone = "CONCURRENTLY" in operations.upper() or remedy.kind in {"body", "function"}
    imports, operations = _without_imports(operations)
    return _IMPORTS.format(functions=imports + functions) + _CLASS.format(
        atomic=not is_alone,
        dependencies=dependencies,
        operations=textwrap.indent(operations, " " * 8),
    )


def _with_dependencies(text: str, dependencies: list[Key]) -> str:
    head = "class Migration(migrations.Migration):\n"
    assert head in text
    return text.replace(head, f"{head}    dependencies = {dependencies!r}\n") + "\n"


def _without_imports(text: str) -> tuple[str, str]:
    lines = text.splitlines(keepends=True)
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    return "".join(imports), "".join(line for line in lines if line not in imports).strip("\n")


KEY: Key = ("shop", "9000_remedy")


def settings_of(remedy: Remedy) -> Iterator[Project]:
    """The bad examples of its rule, and a plain shop, with the remedy in place of what is bad.

    A row's earlier blocks come before it, or it is told as another way.
    """
    shop = {"shop/migrations/0001_initial.py": _SHOP}
    for files in [*_without_what_is_bad(remedy.rule), shop]:
        yield _with(remedy, dict(files), remedies(remedy.rule))
        yield _with(remedy, dict(files), ())


def _without_what_is_bad(rule: Rule) -> Iterator[dict[str, str]]:
    for project in PROJECTS:
        if project.code == rule.code and project.section == "Bad":
            bad = [] if rule.code in COMES_AFTER else marked_keys(project)
            yield {
                path: text
                for path, text in project.files.items()
                if path.endswith(".py") and path_key(path) not in bad and not _needs(text, bad)
            }


def _with(remedy: Remedy, files: dict[str, str], others: Iterable[Remedy]) -> Project:
    keys = [path_key(path) for path in files if "/migrations/" in path]
    keys.append(("contenttypes", "0002_remove_content_type_name"))
    for each in others:
        if each.number < remedy.number and each.kind == remedy.kind == "operations":
            files[f"shop/migrations/800{each.number}_before.py"] = module(each, keys)
            keys = [("shop", f"800{each.number}_before")]
    files["shop/migrations/9000_remedy.py"] = module(remedy, keys)
    return Project(remedy.rule.code, "Bad", remedy.number, files, "")


def _needs(text: str, keys: list[Key]) -> bool:
    return any(repr(name).replace("'", '"') in text for _, name in keys)
