from __future__ import annotations

import pytest

from flake8_django_migrations.migration import UNKNOWN


@pytest.fixture
def sql(operations):
    def verb(text, head="", **given):
        (found,) = operations(f"migrations.RunSQL({text})", head=head, **given)
        return found

    return verb


def texts(found):
    return [each.text for each in found]


@pytest.mark.parametrize("text", ["migrations.RunSQL.noop", "''", "[]", "()"])
def test_nothing_to_do_is_no_text(sql, text):
    assert sql(f"{text}, {text}").sql == ()
    assert sql(f"{text}, {text}").reverse_sql == ()


def test_no_way_back_is_none(sql):
    assert sql("'SELECT 1'").reverse_sql is None
    assert sql("'SELECT 1', None").reverse_sql is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("'SELECT 1'", ["SELECT 1"]),
        ("'SELECT ' + '1'", ["SELECT 1"]),
        ("['SELECT 1', 'SELECT 2']", ["SELECT 1", "SELECT 2"]),
        ("('SELECT 1',)", ["SELECT 1"]),
        ("'SELECT %s' % 1", ["SELECT 1"]),
        ("'SELECT {}'.format(1)", ["SELECT 1"]),
        ("f'SELECT {1}'", ["SELECT 1"]),
        ("STATEMENT", ["SELECT 1"]),
        ("[STATEMENT, 'x']", ["SELECT 1", "x"]),
        ("[(STATEMENT, None)]", ["SELECT 1"]),
        ("textwrap.dedent('  SELECT 1')", ["SELECT 1"]),
        ("' '.join(['SELECT', '1'])", ["SELECT 1"]),
        ("STATEMENTS", ["SELECT 1"]),
        ("[x for x in [('SELECT 1', None)]]", ["SELECT 1"]),
    ],
)
def test_a_text_is_known_however_it_is_made(sql, text, known):
    head = "import textwrap\nSTATEMENT = 'SELECT 1'\nSTATEMENTS = [STATEMENT]\n"
    assert texts(sql(text, head).sql) == known


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("f'SELECT {settings.X}'", [UNKNOWN]),
        ("'SELECT ' + settings.X", [UNKNOWN]),
        ("['SELECT 1', settings.X]", ["SELECT 1", UNKNOWN]),
        ("[(settings.X, [1])]", [UNKNOWN]),
    ],
)
def test_a_text_built_at_run_time_is_unknown(sql, text, sent):
    assert texts(sql(text).sql) == sent


@pytest.mark.parametrize(
    "text", ["settings.X", "A", "open('x.sql').read()", "['a'] + settings.X", "None", "unknown"]
)
def test_what_may_be_no_text_at_all_is_unknown(sql, text):
    assert sql(text, head="A = B\nB = A\n").sql is UNKNOWN


def test_parameters_are_told(sql):
    one, two, three = sql("[('a %s', [1]), ('b', None), 'c']").sql
    assert (one.has_parameters, two.has_parameters, three.has_parameters) == (True, False, False)


def test_keywords_and_flags_are_read(sql):
    found = sql("sql='a', reverse_sql='b', elidable=True")
    assert (texts(found.sql), texts(found.reverse_sql), found.elidable) == (["a"], ["b"], True)
    assert sql("'a', elidable=settings.X").elidable is UNKNOWN
    assert sql("'a'").elidable is False


def line_of(migration, body, head=""):
    source = (
        f"from django.db import migrations\nimport textwrap, inspect\n{head}\n"
        f"class Migration(migrations.Migration):\n{body}\n"
    )
    (operation,) = migration(source).operations
    lines = source.splitlines()
    return [lines[each.place.line - 1].strip() for each in operation.sql]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("    operations = [migrations.RunSQL(\n'SELECT 1',\n)]", ["'SELECT 1',"]),
        ('    operations = [migrations.RunSQL(sql="""\nSELECT 1""")]',
         ['operations = [migrations.RunSQL(sql="""']),
        ('    operations = [migrations.RunSQL(\n"""\\\nSELECT 1""")]', ['SELECT 1""")]']),
        ('    operations = [migrations.RunSQL(\n"""\nSELECT 1""".strip())]',
         ['SELECT 1""".strip())]']),
        ('    operations = [migrations.RunSQL(\ninspect.cleandoc("""\nSELECT 1"""))]',
         ['SELECT 1"""))]']),
        ("    operations = [migrations.RunSQL([\n'a',\n('b', None),\n])]", ["'a',", "('b', None),"]),
        ("    text = 'here'\n    operations = [migrations.RunSQL(text)]", ["text = 'here'"]),
        ("    texts = [\n'a',\n'b',\n]\n    operations = [migrations.RunSQL(texts)]",
         ["'a',", "'b',"]),
        ("    operations = [migrations.RunSQL(\nTEXT)]", ["TEXT = f'here {1}'"]),
        ("    operations = [migrations.RunSQL(\nTEXT + 'x')]", ["TEXT = f'here {1}'"]),
        ("    operations = [migrations.RunSQL(\n*['a'])]", ["operations = [migrations.RunSQL("]),
        ("    operations = [migrations.RunSQL(x) for x in ['a']]",
         ["operations = [migrations.RunSQL(x) for x in ['a']]"]),
        ("    operations = [migrations.RunSQL(\nf'''\\\n{1} x''')]", ["{1} x''')]"]),
        ("    operations = [migrations.RunSQL(\n[*['a', 'b']])]", ["[*['a', 'b']])]"] * 2),
    ],
)  # fmt: skip
def test_a_text_is_placed_where_it_begins(migration, body, lines):
    assert line_of(migration, body, "TEXT = f'here {1}'") == lines


def test_an_imported_text_is_placed_where_it_is_used(migration):
    source = (
        "from django.db import migrations\nfrom shop.texts import TEXT\n"
        "class Migration(migrations.Migration):\n    operations = [migrations.RunSQL(\nTEXT)]\n"
    )
    (found,) = migration(source, files={"shop/texts.py": "\n\n\nTEXT = 'SELECT 1'\n"}).operations
    assert [(each.text, each.place.line) for each in found.sql] == [("SELECT 1", 5)]


def test_a_text_made_by_an_imported_function_is_placed_where_it_is_called(migration):
    source = (
        "from django.db import migrations\nfrom shop.texts import make\n"
        "class Migration(migrations.Migration):\n    operations = [\nmake('SELECT 1')]\n"
    )
    files = {
        "shop/texts.py": "from django.db import migrations\ndef make(text):\n"
        "    return migrations.RunSQL(\n        'x' + text)\n"
    }
    (found,) = migration(source, files=files).operations
    assert found.place.line == 5
    assert [(each.text, each.place.line) for each in found.sql] == [("xSELECT 1", 5)]
