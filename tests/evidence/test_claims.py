"""What the rules claim, measured: their bad examples do it, and their good examples do not."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
from evidence.examples import EITHER, Example, chosen, examples, missing
from evidence.jobs import Runner, job, request, server_name, told
from test_pages import PROJECTS, Project

from flake8_django_migrations.rules.rule import Claim
from flake8_django_migrations.rules.table import RULES

pytest.importorskip("django")
pytest.importorskip("psycopg")

HARMLESS = {
    "shop/migrations/0001_initial.py": """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=20, null=True)),
                ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
            ],
        ),
    ]
""",
    "shop/migrations/0002_idx.py": """\
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [AddIndexConcurrently("order", models.Index(fields=["code"], name="code_idx"))]
""",
}
WORK = {"REWRITES", "SCANS", "BUILDS_INDEX"}
FINDINGS = [list(each) for _, each in groupby(chosen(examples()), key=lambda each: each.finding)]


def is_bad(variants: list[Example]) -> bool:
    """Whether the finding is there."""
    return variants[0].project.section == "Bad"


def name(variants: list[Example]) -> str:
    """How pytest calls it."""
    return variants[0].finding


@pytest.fixture(scope="session")
def runner():
    started = Runner()
    yield started
    started.stop()


@pytest.fixture
def seen(running, runner, tmp_path):
    """What is seen of an example."""

    def run(example: Example) -> dict[str, str]:
        server = running(server_name(example))
        given = job(example, tmp_path / example.name)
        return runner.run(request(server.settings(), given, example.text))

    return run


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_row_says_what_it_claims_or_why_nothing_is_measured(rule, record_property):
    assert bool(rule.claims) != bool(rule.unmeasured)
    if rule.unmeasured:
        record_property("not measurable", f"{rule.code}: {rule.unmeasured}")


def test_at_most_one_rule_in_ten_is_not_measured():
    about_migrations = [rule for rule in RULES if not rule.code.startswith("DJM0")]
    assert sum(bool(rule.unmeasured) for rule in about_migrations) * 10 <= len(about_migrations)


def test_every_rule_that_claims_something_has_a_bad_example_that_runs():
    claiming = {rule.code for rule in RULES if rule.claims}
    bad = {each.code for each in PROJECTS if each.section == "Bad" and not missing(each)}
    assert claiming <= bad, claiming - bad


def test_a_harmless_migration_shows_nothing(running, runner, tmp_path):
    project = Project("DJM402", "Bad", 0, HARMLESS, "")
    for kind in ("harsh", "mild"):
        example = Example(project, kind)
        given = job(example, tmp_path / kind) | {"asked": [], "marked": [("shop", "0002_idx")]}
        found = runner.run(request(running("postgresql:18").settings(), given, example.text))
        assert found.keys() <= {"REPEATS"}


def test_every_claim_is_made_by_some_rule():
    assert {claim for rule in RULES for claim in rule.claims} == set(Claim)


@pytest.mark.parametrize("variants", [each for each in FINDINGS if is_bad(each)], ids=name)
def test_a_bad_example_does_what_its_rule_claims(variants, seen, record_property):
    example = variants[0]
    claims = {each.name for each in example.rule.claims}
    found: dict[str, str] = {}
    for each in variants:
        if claims - found.keys():
            found |= seen(each)
    if example.left_out and not claims & found.keys():
        found |= seen(example._replace(left_out=()))  # it cannot stand without the others
    for claim in sorted(claims):
        record_property("claim", f"{example.finding} {claim}")
    missing = claims - found.keys()
    assert not missing or (example.project.code in EITHER and missing != claims), found


@pytest.mark.parametrize("variants", [each for each in FINDINGS if not is_bad(each)], ids=name)
def test_a_good_example_runs_both_ways_and_does_not_do_it(
    variants, seen, record_property, tmp_path, monkeypatch
):
    example = variants[0]
    claims = {each.name for each in example.rule.claims}
    for claim in sorted(claims):
        record_property("claim", f"{example.finding} no {claim}")
    is_excused = example.is_waived or example.is_about_a_small_table
    for each in variants:
        found = seen(each)
        monkeypatch.chdir(tmp_path)
        said = told(each, Path.cwd())
        said |= (
            {"BLOCKS_BACK"} if said & WORK else set()
        )  # the way back costs what the way there does
        assert is_excused or not (claims & found.keys()) - said, found
        if each.rows != "harsh":
            assert "FAILS" not in found.keys() - said, found
            assert example.is_one_way or "FAILS_BACK" not in found.keys() - said, found


@pytest.mark.parametrize(
    "project", PROJECTS, ids=lambda each: f"{each.code}-{each.section}-{each.number}"
)
def test_what_an_example_needs_is_there(project, record_property):
    if reason := missing(project):
        record_property(
            "not measurable", f"{project.code} {project.section} {project.number}: {reason}"
        )
    assert not reason or project.section == "Good" or "which it does not show" not in reason
