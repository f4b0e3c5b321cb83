from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN

HEAD = "import os\nimport os.path\nimport io\nfrom os import path\nfrom pathlib import Path\n"
FILES = {
    "shop/migrations/up.sql": "SELECT 1;\nDROP TABLE t;",
    "shop/sql/up.sql": "SELECT 1;\nDROP TABLE t;",
}
TEXT = FILES["shop/sql/up.sql"]


@pytest.fixture
def sql(operations):
    def verb(text, head="", **given):
        (found,) = operations(f"migrations.RunSQL({text})", head=HEAD + head, files=FILES, **given)
        return found.sql

    return verb


@pytest.mark.parametrize(
    "text",
    [
        "open('up.sql').read()",
        "open(settings.BASE_DIR / 'up.sql').read()",
        "open(os.path.join(settings.BASE_DIR, 'up.sql')).read()",
        "open(os.path.join(os.path.dirname(__file__), settings.NAME)).read()",
        "open(Path(__file__).parent / settings.NAME).read()",
        "open(Path(__file__).parent / 'other.sql').read()",
        "open(Path(__file__).parents[1] / 'sql/up.sql').read()",
        "open(__file__ + 'x').read()",
        "Path(__file__).with_name('up.sql').read_bytes()",
        "Path(__file__).parent.read_text()",
        "open(os.path.expandvars(__file__)).read()",
        "Path(__file__).parent.name",
        "'x' / Path(__file__)",
    ],
)
def test_a_file_that_is_not_surely_there_is_unknown(sql, text):
    found = sql(text)
    assert found is UNKNOWN or [each.text for each in found] == [UNKNOWN]


@pytest.mark.parametrize(
    "text",
    [
        "open(os.path.join(os.path.dirname(__file__), 'up.sql')).read()",
        "open(path.join(path.dirname(path.abspath(__file__)), '..', 'sql', 'up.sql'), 'r').read()",
        "io.open(os.path.join(os.path.dirname(os.path.dirname(__file__)), 'sql/up.sql')).read()",
        "open(Path(__file__).parent / 'up.sql', encoding='utf-8').read()",
        "(Path(__file__).resolve().parent.parent / 'sql' / 'up.sql').read_text()",
        "Path(__file__).parent.joinpath('up.sql').read_text(encoding='utf-8')",
        "Path(os.path.dirname(__file__), 'up.sql').open().read()",
        "Path(__file__).with_name('up.sql').read_text()",
        "open(str(Path(__file__).with_name('up.txt').with_suffix('.sql'))).read()",
        "(Path(os.path.dirname(__file__)) / 'up.sql').open('r').read()",
    ],
)
def test_a_file_beside_the_migration_is_read(sql, text):
    assert [each.text for each in sql(text)] == [TEXT]


@pytest.mark.parametrize(
    "head",
    [
        "with open(os.path.join(os.path.dirname(__file__), 'up.sql')) as file:\n    SQL = file.read()\n",
        "file = open(os.path.join(os.path.dirname(__file__), 'up.sql'))\nSQL = file.read()\n",
        (
            "def load(name):\n"
            "    with (Path(__file__).parent / name).open() as file:\n"
            "        return file.read()\n"
            "SQL = load('up.sql')\n"
        ),
    ],
)
def test_a_file_may_be_read_in_several_steps(sql, head):
    assert [each.text for each in sql("SQL", head)] == [TEXT]


def test_the_text_of_a_file_stands_where_it_is_named(sql):
    (found,) = sql("\nopen(Path(__file__).parent / 'up.sql').read(),\n")
    assert found.place.line == found.place.end_line


def test_a_file_is_read_inside_a_function_too(operations):
    head = HEAD + (
        "def forwards(apps, schema_editor):\n"
        "    with open(Path(__file__).parent / 'up.sql') as file:\n"
        "        schema_editor.execute(file.read())\n"
    )
    (found,) = operations("migrations.RunPython(forwards)", head=head, files=FILES)
    assert [each.text for each in found.code.body.sql] == [TEXT]


def test_without_a_project_no_file_is_read(operations):
    text = "open(Path(__file__).parent / 'up.sql').read()"
    (found,) = operations(f"migrations.RunSQL({text})", head=HEAD)
    assert found.sql is UNKNOWN
