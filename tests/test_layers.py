"""Dependencies point one way, and each heavy or dangerous thing has one place."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_django_migrations

PACKAGE = Path(flake8_django_migrations.__file__).parent
NAME = "flake8_django_migrations"

ORDER = (
    "migration",
    "paths",
    "baseline",
    "sizes",
    "reader",
    "history",
    "plan",
    "options",
    "rules",
    "render",
    "waivers",
    "review",
    "outline",
    "printout",
    "document",
    "discovery",
    "databases_page",
    "pages",
    "doctor",
    "formatter",
    "plugin",
    "__main__",
)
"""From the data to the seam: a module imports only what stands before it."""

FENCES = {
    "ast": ("reader/",),
    "astroid": ("reader/",),
    "sqlglot": ("plan/statements.py",),
    "subprocess": ("baseline.py",),
    "django": (),
    "importlib": ("doctor.py",),
}
"""Who may import what."""

READS_FILES = ("history/project.py", "baseline.py", "sizes.py", "doctor.py", "pages.py")

MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def layer(path: str) -> int:
    name = path.partition("/")[0].removesuffix(".py")
    return -1 if name == "__init__" else ORDER.index(name)


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def running(node: ast.AST):
    """Every node that is there at run time: what only the type checker reads is left out."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not is_for_types(child):
            yield from running(child)


def imports(path: str):
    for node in running(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES)
def test_a_module_imports_only_what_stands_before_it(path):
    ours = [name.split(".")[1] for name in imports(path) if name.startswith(f"{NAME}.")]
    layers = [name for name in ours if name in ORDER]
    wrong = [name for name in layers if ORDER.index(name) > layer(path)]
    assert not wrong


@pytest.mark.parametrize("path", MODULES)
def test_what_is_heavy_is_imported_behind_its_fence(path):
    names = {name.partition(".")[0] for name in imports(path)}
    crossed = {
        name for name, places in FENCES.items() if name in names and not path.startswith(places)
    }
    assert not crossed


@pytest.mark.parametrize("path", MODULES)
def test_only_few_modules_open_files(path):
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    opens = called & {"open", "read_text", "read_bytes"}
    assert not opens or path in READS_FILES


@pytest.mark.parametrize("path", MODULES)
def test_every_module_says_what_it_holds(path):
    assert ast.get_docstring(ast.parse((PACKAGE / path).read_text(encoding="utf-8")))


def test_every_layer_is_there():
    assert {path.partition("/")[0].removesuffix(".py") for path in MODULES} - {"__init__"} == set(
        ORDER
    )


@pytest.mark.parametrize("module", ["plugin", "formatter"])
def test_what_flake8_loads_in_every_run_is_light(module):
    """flake8 imports the plugin and the formatter before it knows whether they are needed."""
    code = f"import sys, {NAME}.{module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.split()
    heavy = {"astroid", "sqlglot", "django", f"{NAME}.rules.table", f"{NAME}.review"}
    assert heavy.isdisjoint(loaded)
