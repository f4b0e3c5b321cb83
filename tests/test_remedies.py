"""What the rules advise is not one of the remedies that are known to fail."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import marked
import pytest
import test_pages
from django.db import migrations, models

from flake8_django_migrations.options import read
from flake8_django_migrations.review import review
from flake8_django_migrations.rules.table import RULES

GOOD = [
    example
    for rule in RULES
    for example in test_pages.examples(rule.code, test_pages.page(rule.code))
    if example.section == "Good"
]

GUIDES = sorted((Path(__file__).parents[1] / "docs" / "guides").rglob("*.md"))
TEXTS = {
    **{rule.code: rule.instead for rule in RULES},
    **{f"{each.code}-{each.number}": "\n".join(each.files.values()) for each in GOOD},
    **{page.name: page.read_text(encoding="utf-8") for page in GUIDES},
}
"""All that the rules and the guides advise."""

FROM_OLD_MIGRATIONS = {"NullBooleanField"}
"""What Django knows only so that migrations of old go on working."""

CERTAIN_HARM = {
    "DJM403": "a concurrent statement in a string with others, or in a transaction",
    "DJM411": "a rename that is pinned too late",
    "DJM806": "the second half of a drop as an operation of Django's",
    "DJM809": "an operation that is always refused",
    "DJM905": "the state forgets a required column",
}
"""Remedies that are often given and do harm themselves, by the rule that speaks about them."""

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


@each_text
def test_what_is_imported_from_django_exists(text):
    for module, several, line in re.findall(
        r"^ *from (django[\w.]*) import (?:\(([^)]*)\)|(.*))$", text, re.MULTILINE
    ):
        for name in re.findall(r"\w+", several or line.partition("#")[0]):
            assert hasattr(import_module(module), name)


@each_text
def test_operations_and_fields_exist(text):
    for name in re.findall(r"\bmigrations\.([A-Z]\w+)\(", text):
        assert hasattr(migrations, name), name
    for name in re.findall(r"\bmodels\.([A-Z]\w+)\(", text):
        assert hasattr(models, name) or name in FROM_OLD_MIGRATIONS, name


@each_text
def test_a_constraint_takes_over_only_an_index_that_is_unique(text):
    if "USING INDEX" in text:
        assert "CREATE UNIQUE INDEX" in text


@pytest.mark.parametrize("example", GOOD, ids=lambda each: f"{each.code}-{each.number}")
def test_a_good_example_does_no_certain_harm_of_another_kind(example, tmp_path, monkeypatch):
    marked.write(tmp_path, example.files)
    monkeypatch.chdir(tmp_path)
    options = read(test_pages.namespace(example.options))
    for path, source in example.files.items():
        if path.endswith(".py"):
            judged = review(str(tmp_path / path), source.splitlines(keepends=True), options)
            codes = {each.rule.code for each in judged.reports} if judged else set()
            assert codes.isdisjoint(CERTAIN_HARM)
