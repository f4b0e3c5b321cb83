"""The literals that a text is put together from, each on its own line."""

from __future__ import annotations

import pytest


@pytest.fixture
def lines(migration):
    """For each piece of the last text, its words and the source line that it is placed on."""

    def verb(argument, head="", **given):
        source = (
            f"from django.db import migrations\nfrom django.conf import settings\n{head}\n"
            f"class Migration(migrations.Migration):\n    operations = [migrations.RunSQL(\n"
            f"{argument}\n)]\n"
        )
        (operation,) = migration(source, **given).operations
        (text,) = operation.sql
        written = source.splitlines()
        if not text.pieces:
            return []
        ends = [at for at, _ in text.pieces[1:]] + [len(text.text)]
        return [
            (text.text[at:end].strip(), written[place.line - 1].strip())
            for (at, place), end in zip(text.pieces, ends, strict=True)
        ]

    return verb


@pytest.mark.parametrize(
    "argument",
    [
        "'a'",
        "'''a\nb'''",
        "'a%s' % 'b' 'c'",
        "'{}'.format('a' 'b')",
        "textwrap.dedent('a' 'b')",
    ],
)
def test_one_literal_or_a_text_that_is_worked_on_has_no_pieces(lines, argument):
    assert lines(argument, head="import textwrap") == []


@pytest.mark.parametrize(
    ("argument", "pieces"),
    [
        ("'a;'\n'b'", [("a;", "'a;'"), ("b", "'b'")]),
        ("'a;'  # 'x'\n'b'", [("a;", "'a;'  # 'x'"), ("b", "'b'")]),
        ('"a\'s;"\n"b"', [("a's;", '"a\'s;"'), ("b", '"b"')]),
        ("'a\\';'\nr'\\b'", [("a';", "'a\\';'"), ("\\b", "r'\\b'")]),
        ("'''a;\nb;'''\n'c'", [("a;\nb;", "'''a;"), ("c", "'c'")]),
        ('"""a;"""\n"b"', [("a;", '"""a;"""'), ("b", '"b"')]),
        ("'a;' +\n'b' +\n'c'", [("a;", "'a;' +"), ("b", "'b' +"), ("c", "'c'")]),
        ("'ü;'\n'b'", [("ü;", "'ü;'"), ("b", "'b'")]),
        ("TEXT +\n'b'", [("x;", "TEXT = 'x;'"), ("b", "'b'")]),
        ("f'{TEXT}a;'\nf'b{1}'", [("x;a;", "f'{TEXT}a;'"), ("b1", "f'b{1}'")]),
        ("' '.join(['a', 'b']) +\n'c'", [("a b", "' '.join(['a', 'b']) +"), ("c", "'c'")]),
    ],
)
def test_a_piece_stands_on_its_own_line(lines, argument, pieces):
    assert lines(argument, head="TEXT = 'x;'") == pieces


def test_a_name_leads_to_its_literals(lines):
    assert lines("TEXT", head="TEXT = (\n'a;'\n'b'\n)") == [("a;", "'a;'"), ("b", "'b'")]
    assert lines("OTHER", head="TEXT = ('a;'\n'b')\nOTHER = TEXT")[1] == ("b", "'b')")


def test_what_stands_in_another_file_has_no_pieces(lines):
    head = "from shop.texts import TEXT"
    files = {"shop/texts.py": "TEXT = ('a'\n'b')\n"}
    assert lines("TEXT + 'c'", head=head, files=files) == []


def test_too_many_literals_are_not_told_apart(lines):
    assert lines("\n".join(["'a'"] * 1010)) == []


def test_names_that_lead_in_a_circle_end_nowhere(operations):
    (found,) = operations("migrations.RunSQL([A])", head="A = B\nB = A\n")
    assert [(each.pieces, each.quoted) for each in found.sql] == [((), "")]
