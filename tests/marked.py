"""Small projects written to a folder, and the findings that markers in them ask for."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from flake8_django_migrations.options import Options
from flake8_django_migrations.paths import could_be_migration

_MARKER = re.compile(r"#\s*(DJM\d{3})\b([^#\n]*)")
_MODULE = re.compile(r"(?:import|from|class|def|@|#|\"\"\")")

_TEMPLATE = """\
import decimal

from django.conf import settings
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
{attributes}
    operations = [
{operations}
    ]
"""


class Mark(NamedTuple):
    """A finding that is wanted: its place, and words of its message."""

    path: str
    line: int
    code: str
    words: str


def marks(path: str, source: str) -> list[Mark]:
    """The markers in a file: ``# DJM401 words``, several on a line if need be."""
    return [
        Mark(path, number, code, words.strip())
        for number, line in enumerate(source.splitlines(), start=1)
        for code, words in _MARKER.findall(line)
    ]


def module(snippet: str, attributes: Mapping[str, object]) -> str:
    """The snippet as a migration; a snippet of operations gets the usual module around it."""
    source = textwrap.dedent(snippet).strip("\n") + "\n"
    if _MODULE.match(source.lstrip()):
        return source
    return _TEMPLATE.format(
        attributes="".join(f"    {name} = {value!r}\n" for name, value in attributes.items()),
        operations=textwrap.indent(source, " " * 8).rstrip("\n"),
    )


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write the files below the root, with the ``__init__`` files that make packages of them."""
    for name, source in {"manage.py": "", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        for parent in path.relative_to(root).parents:
            if path.suffix == ".py" and parent.name:
                (root / parent / "__init__.py").touch()


def compare(
    root: Path, sources: Mapping[str, str], options: Options, only: str | None = None
) -> None:
    """Want exactly the findings that are marked; with ``only``, those of that code alone.

    Several findings of a code on one line each need a marker that their words answer to.
    """
    wanted = [mark for path, source in sources.items() for mark in marks(path, source)]
    wanted = [mark for mark in wanted if only in {None, mark.code}]
    reported = [
        each
        for path, source in sources.items()
        for each in _reports(root, path, source, options, only)
    ]
    told = "\n".join(f"  {path}:{line} {code} {text}" for path, line, code, text in reported)
    places = {each[:3] for each in reported}
    assert places == {mark[:3] for mark in wanted}, f"wanted {wanted}, reported:\n{told}"
    for mark in wanted:
        texts = [each.words for each in reported if each[:3] == mark[:3]]
        assert any(mark.words in text for text in texts), f"wanted {mark}, reported:\n{told}"
    for each in reported:
        words = [mark.words for mark in wanted if mark[:3] == each[:3]]
        assert any(word in each.words for word in words), f"not wanted {each}:\n{told}"


def _reports(
    root: Path, path: str, source: str, options: Options, only: str | None
) -> Iterable[Mark]:
    from flake8_django_migrations.review import is_asked_for, review

    lines = source.splitlines(keepends=True)
    if not could_be_migration(path, lines):
        return
    judged = review(str(root / path), lines, options)
    for report in judged.reports if judged else ():
        code = report.rule.code
        if code == only or (only is None and is_asked_for(report.rule, options)):
            yield Mark(path, report.finding.place.line, code, report.message)
