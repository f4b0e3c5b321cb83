"""The table of rules: what its rows promise, and that they are all there."""

from __future__ import annotations

import inspect
import re
import string
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from flake8_django_migrations import __version__
from flake8_django_migrations.plan.databases import SUPPORTED
from flake8_django_migrations.rules.table import FAMILIES, RETIRED, RULES

DOCS = Path(__file__).parents[1] / "docs"
MORE = {
    "Dependencies": ("loading",),
    "Data loss": ("overwriting", "remakes", "raw_sql_loss"),
    "Data migrations": ("atomicity", "historical", "row_work", "raw_sql_values"),
    "Reversibility": ("rollback",),
    "Separation": (
        "halves",
        "idle",
        "refused",
        "triggers",
        "enforcement",
        "traces",
        "raw_sql_types",
    ),
    "Large tables": ("growth",),
    "Locks": ("indexing", "transactions", "raw_sql"),
    "Zero downtime": ("inserts", "interruptions", "raw_sql_enums"),
}
"""The further modules of a family that one cannot hold."""
MODULES = {title: (title.lower().replace(" ", "_"), *MORE.get(title, ())) for title in FAMILIES[1:]}
ASK_FOR_A_CURE = ("ban-", "no-", "prefer-", "require-", "avoid-")

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def words(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_codes_ascend_and_none_comes_back():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert not RETIRED.intersection(codes)


@each_rule
def test_a_code_has_three_digits(rule):
    assert re.fullmatch(r"DJM\d{3}", rule.code)


@each_rule
def test_a_name_is_kebab_case_and_names_the_fault(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    assert not rule.name.startswith(ASK_FOR_A_CURE)


@pytest.mark.parametrize("column", ["name", "message", "why"])
def test_no_two_rows_say_the_same(column):
    counted = Counter(getattr(rule, column) for rule in RULES)
    assert [text for text, count in counted.items() if count > 1] == []


@each_rule
def test_a_message_is_one_short_line_of_ascii(rule):
    assert rule.message.isascii()
    assert "\n" not in rule.message
    assert not rule.message.endswith(".")
    assert len(rule.message) <= 110


@each_rule
def test_why_and_instead_are_sentences(rule):
    for text in (rule.why, rule.instead):
        assert re.match(r"[A-Z`]|makemigrations ", text)
        assert "  \n" not in text
    assert rule.why.endswith(".")


@each_rule
def test_sources_are_pages(rule):
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)


@each_rule
def test_databases_are_known(rule):
    assert set(rule.databases) <= set(SUPPORTED)


@each_rule
def test_no_rule_is_newer_than_the_release(rule):
    assert version(rule.since) <= version(__version__)


def version(text):
    return tuple(int(part) for part in text.split("."))


@each_rule
def test_the_check_is_the_function_of_that_name_in_the_family(rule):
    if rule.code.startswith("DJM0"):
        assert rule.check is None
        return
    names = MODULES[FAMILIES[int(rule.code[3])]]
    assert rule.check.__module__.rpartition(".")[2] in names
    assert rule.check.__name__ == rule.name.replace("-", "_")
    assert inspect.isgeneratorfunction(rule.check)


@pytest.mark.parametrize("name", [name for names in MODULES.values() for name in names])
def test_every_public_function_of_a_family_has_a_row(name):
    module = import_module(f"flake8_django_migrations.rules.{name}")
    public = {
        function
        for label, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not label.startswith("_")
    }
    assert public == {rule.check for rule in RULES if rule.check in public}


@each_rule
def test_the_function_gives_the_words_of_the_message(rule):
    """Read from the source: every word stands there as a keyword of some call of found()."""
    if rule.check is None:
        return
    source = inspect.getsource(inspect.getmodule(rule.check))
    missing = {word for word in words(rule.message) if not re.search(rf"\b{word}\s*=", source)}
    assert not missing


def test_the_changelog_begins_with_this_release():
    text = (DOCS / "changelog.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", text, re.MULTILINE)[1] == __version__
