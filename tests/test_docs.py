"""The documentation: what is generated is up to date, and what it names exists."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from flake8_django_migrations.options import OPTIONS
from flake8_django_migrations.pages import CHECKLIST, IN_THE_REVIEW, outdated
from flake8_django_migrations.rules.table import RETIRED, RULES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_INI = re.compile(r"```ini\n(.*?)```", re.DOTALL)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def test_what_is_generated_is_up_to_date():
    assert [path for path, _ in outdated(DOCS)] == [], "run `tox -e docs`"


@each_page
def test_links_lead_to_files(page):
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@each_page
def test_codes_exist(page):
    """Those that the page about codes that do not exist shows are left alone."""
    if page.stem == "DJM004":
        return
    known = {rule.code for rule in RULES} | RETIRED
    named = set(re.findall(r"\bDJM\d{3}\b", page.read_text(encoding="utf-8")))
    assert named <= known


@each_page
def test_options_exist(page):
    known = {option.key for option in OPTIONS}
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"--(djm-[a-z-]+[a-z])\b(?!:)", text))
    for block in _INI.findall(text):
        parser = configparser.RawConfigParser()
        parser.read_string(block)
        named |= {key for key in parser["flake8"] if key.startswith("djm")}
    assert named <= known


def test_every_question_is_answered():
    served = {number for rule in RULES for number in rule.serves} | IN_THE_REVIEW
    asked = {number for questions in CHECKLIST.values() for number in questions}
    assert served == asked


def test_a_question_stands_in_its_part():
    for part, questions in CHECKLIST.items():
        assert all(number.startswith(f"{part[0]}.") for number in questions)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_every_option_is_told_of(option):
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert option.flag in text
