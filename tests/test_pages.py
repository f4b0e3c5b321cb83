"""The pages of the rules: their heads come from the table, and their examples are run."""

from __future__ import annotations

import re
import shlex
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import marked
import pytest
from flake8.main.options import register_default_options, stage1_arg_parser
from flake8.options.manager import OptionManager

from flake8_django_migrations.options import read, register
from flake8_django_migrations.render import MARKER, page_head
from flake8_django_migrations.rules.table import RETIRED, RULES

PAGES = Path(__file__).parents[1] / "docs" / "rules"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_PROJECT = re.compile(r"^### .+$", re.MULTILINE)
_OPTIONS = re.compile(r"^Options: (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^`([^`\n]+)`[^\n]*\n+(`{3,})\w*\n(.*?)^\2$", re.MULTILINE | re.DOTALL)


class Project(NamedTuple):
    """One example of a page: where it stands, what it is made of, which options it has."""

    code: str
    section: str
    number: int
    files: dict[str, str]
    options: str


def examples(code: str, text: str) -> Iterator[Project]:
    """The projects under Bad and Good."""
    head, *sections = _SECTION.split(text.partition(MARKER)[2])
    for section, body in zip(sections[::2], sections[1::2], strict=True):
        shared, *parts = _PROJECT.split(body)
        for number, part in enumerate(parts or [body], start=1):
            above = head + (shared if parts else "")
            files = {path: source for path, _, source in _BLOCK.findall(part)}
            options = " ".join(_OPTIONS.findall(above + part)).replace("`", "")
            yield Project(code, section, number, files, options)


def namespace(arguments: str) -> Namespace:
    """What flake8 makes of the arguments, with our options registered."""
    manager = OptionManager(
        version="", plugin_versions="", parents=[stage1_arg_parser()], formatter_names=[]
    )
    register_default_options(manager)
    register(manager)
    return manager.parse_args(["--isolated", *shlex.split(arguments)])


def page(code: str) -> str:
    path = PAGES / f"{code}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


PROJECTS = [project for rule in RULES for project in examples(rule.code, page(rule.code))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_head_is_what_the_row_says(rule):
    assert page(rule.code).startswith(page_head(rule)), "run `tox -e docs`"


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.check is not None], ids=lambda rule: rule.code
)
def test_a_page_shows_what_is_bad_and_what_is_good(rule):
    assert {each.section for each in PROJECTS if each.code == rule.code} >= {"Bad", "Good"}


@pytest.mark.parametrize(
    "project", PROJECTS, ids=lambda each: f"{each.code}-{each.section}-{each.number}"
)
def test_an_example_reports_exactly_what_it_marks(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = [mark for path, text in project.files.items() for mark in marked.marks(path, text)]
    is_bad = any(mark.code == project.code for mark in wanted)
    assert project.files, "there is no labelled block"
    assert is_bad == (project.section == "Bad")
    marked.write(tmp_path, project.files)
    options = read(namespace(project.options))
    marked.compare(tmp_path, project.files, options, only=project.code)


def test_every_page_has_a_row():
    codes = {rule.code for rule in RULES} | RETIRED
    assert {path.stem for path in PAGES.glob("*.md")} == codes


def test_sections_projects_and_options_are_told_apart():
    text = (
        f"# DJM101\n{MARKER}\nOptions: `--a`\n\n## Bad\n\nOptions: `--b`\n\n"
        "### One\n\n`x.py`\n\n```python\n1\n```\n\n`y.csv`, sizes:\n\n```\n2\n```\n\n"
        "### Two\n\nOptions: --c\n\n`x.py`\n\n```python\n3\n```\n\n## Good\n\n`z.py`\n\n```py\n4\n```\n"
    )
    assert list(examples("DJM101", text)) == [
        Project("DJM101", "Bad", 1, {"x.py": "1\n", "y.csv": "2\n"}, "--a --b"),
        Project("DJM101", "Bad", 2, {"x.py": "3\n"}, "--a --b --c"),
        Project("DJM101", "Good", 1, {"z.py": "4\n"}, "--a"),
    ]
