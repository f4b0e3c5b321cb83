"""The verbs of the reader's tests: ``migration``, ``operations``, ``value``, ``body``."""

from __future__ import annotations

import textwrap

import pytest
from reader.sources import PATH, Files, module

from flake8_django_migrations.migration import MigrationKey
from flake8_django_migrations.reader.module import read


@pytest.fixture
def migration():
    """Read a whole module; ``files`` are the project around it."""

    def verb(source, *, files=None, vendor="postgresql", path=PATH):
        sources = Files(files) if isinstance(files, dict) else files
        key = MigrationKey("shop", "0002_change")
        return read(textwrap.dedent(source), path, key, sources, vendor)

    return verb


@pytest.fixture
def operations(migration):
    """Read the operations of a class body; ``head`` stands above the class."""

    def verb(text, *, head="", **given):
        return migration(module(text, head), **given).operations

    return verb


@pytest.fixture
def value(migration):
    """What an expression becomes as an argument."""

    def verb(text, *, head="", **given):
        listed = f"operations = [migrations.AlterModelTableComment('order', {text})]"
        (found,) = migration(module(listed, head), **given).operations
        return found.table_comment

    return verb


@pytest.fixture
def body(migration):
    """What a function does: the lines of ``def forward(apps, schema_editor)``."""

    def verb(text, *, head="", **given):
        lines = textwrap.indent(textwrap.dedent(text).strip(), "    ")
        order = '    Order = apps.get_model("shop", "Order")'
        function = f"\ndef forward(apps, schema_editor):\n{order}\n{lines}\n"
        listed = "operations = [migrations.RunPython(forward)]"
        source = module(listed, textwrap.dedent(head) + function)
        (found,) = migration(source, **given).operations
        return found.code.body

    return verb
