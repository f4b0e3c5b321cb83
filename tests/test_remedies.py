"""What the rules advise does no harm itself: it is judged as its readers' migrations are."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import marked
import pytest
import test_pages
from django.db import migrations, models
from evidence import remedies

from flake8_django_migrations import waivers
from flake8_django_migrations.history.state import ModelState
from flake8_django_migrations.options import read
from flake8_django_migrations.review import Review, is_asked_for, review
from flake8_django_migrations.rules.rule import Rule
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

BLOCKS = [each for rule in RULES for each in remedies.remedies(rule)]
JUDGED = [each for each in BLOCKS if each.kind in {"operations", "class", "function", "body"}]
COMMENTS = [each for each in BLOCKS if each.kind == "comment"]
"""The code in what the rules advise."""

VERSIONS = {"mysql": "mysql:8.0", "mariadb": "mariadb:10.11", "sqlite": "sqlite"}
"""What a rule's remedy is judged on, where the rule is not about PostgreSQL."""

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


each_good = pytest.mark.parametrize("example", GOOD, ids=lambda each: f"{each.code}-{each.number}")


@each_good
def test_a_good_example_marks_what_other_rules_say_of_it(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    marked.write(tmp_path, example.files)
    marked.compare(tmp_path, example.files, read(test_pages.namespace(example.options)))


@each_good
def test_nothing_is_said_of_the_first_good_example(example):
    marks = [each for path, text in example.files.items() for each in marked.marks(path, text)]
    assert example.number > 1 or not marks


@each_good
def test_a_good_example_does_no_certain_harm_of_another_kind(example, tmp_path, monkeypatch):
    marked.write(tmp_path, example.files)
    monkeypatch.chdir(tmp_path)
    options = read(test_pages.namespace(example.options))
    for path, source in example.files.items():
        if path.endswith(".py"):
            judged = review(str(tmp_path / path), source.splitlines(keepends=True), options)
            codes = {each.rule.code for each in judged.reports} if judged else set()
            assert codes.isdisjoint(CERTAIN_HARM)


@pytest.mark.parametrize("remedy", JUDGED, ids=lambda each: each.name)
def test_nothing_is_said_of_a_remedy_where_the_fault_was(remedy, tmp_path, monkeypatch):
    told = []
    for place, project in enumerate(remedies.settings_of(remedy)):
        root = tmp_path / str(place)
        marked.write(root, project.files)
        monkeypatch.chdir(root)
        options = read(test_pages.namespace(_options(remedy.rule)))
        path = root / "shop" / "migrations" / f"{remedies.KEY[1]}.py"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        judged = review(str(path), lines, options)
        if judged is not None and _is_understood(judged):
            reports = [each for each in judged.reports if is_asked_for(each.rule, options)]
            told.append([each.message for each in reports])
    assert [] in told, told


def _options(rule: Rule) -> str:
    """Its own advice is wanted too, on the databases that it is about."""
    databases = ",".join(VERSIONS[name] for name in rule.databases if name in VERSIONS)
    is_elsewhere = rule.databases and "postgresql" not in rule.databases
    database = f" --djm-database={databases}" if is_elsewhere else ""
    return f"--extend-select={rule.code}{database}"


def _is_understood(judged: Review) -> bool:
    """Whether silence says something: the model that all remedies are about is known."""
    return all(isinstance(each.before.model("order"), ModelState) for each in judged.steps)


@pytest.mark.parametrize("remedy", COMMENTS, ids=lambda each: each.name)
def test_a_comment_among_the_remedies_is_a_waiver_with_a_reason(remedy):
    read_waivers = list(waivers.waivers(remedy.text.splitlines(keepends=True)))
    assert read_waivers
    assert all(each.codes and each.reason for each in read_waivers)
