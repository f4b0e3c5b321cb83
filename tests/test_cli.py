"""``python -m flake8_django_migrations``."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from marked import write
from running import INITIAL, REMOVAL, REMOVED

from flake8_django_migrations import __main__, baseline, doctor, pages, render
from flake8_django_migrations.__main__ import main
from flake8_django_migrations.rules.table import RULES

EXCLUDED = "[flake8]\nmax-line-length = 100\nexclude =\n    .git,\n    */migrations/*\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    write(tmp_path, {"shop/migrations/0001_initial.py": INITIAL, REMOVED: REMOVAL})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys, *arguments):
    """The exit code, and what was printed on either side."""
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_rules_lists_every_rule(capsys):
    code, text = said(capsys, "rules")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == [rule.code for rule in RULES]


@pytest.mark.parametrize("wanted", ["DJM301", "djm301", RULES[-1].name])
def test_explain_tells_the_row_by_code_or_name(capsys, wanted):
    code, text = said(capsys, "explain", wanted)
    rule = next(rule for rule in RULES if wanted.upper() == rule.code or wanted == rule.name)
    assert (code, text) == (0, render.explain(rule))


def test_explain_does_not_know_every_code(capsys):
    assert said(capsys, "explain", "DJM999") == (
        1,
        "there is no rule DJM999: `rules` lists them all\n",
    )


def test_a_plan_tells_statements_locks_and_work(shop, capsys):
    code, text = said(capsys, "plan", REMOVED)
    assert code == 0
    assert "RemoveField order.note (line" in text
    assert "shop_order: ACCESS EXCLUSIVE, reads and writes wait" in text


def test_a_plan_is_told_for_each_database_and_to_programs(shop, capsys):
    several = "--djm-database=postgresql:14,mysql:8.0"
    code, text = said(capsys, "plan", REMOVED, several)
    assert code == 0
    assert text.index("on postgresql:14") < text.index("on mysql:8.0")
    code, text = said(capsys, "plan", REMOVED, several, "--json")
    assert code == 0
    assert [plan["database"] for plan in json.loads(text)] == ["postgresql:14", "mysql:8.0"]


def test_a_plan_can_be_told_backwards_and_for_another_database(shop, capsys):
    backwards = said(capsys, "plan", REMOVED, "--backwards")
    mysql = said(capsys, "plan", REMOVED, "--djm-database=mysql:8.0")
    assert len({said(capsys, "plan", REMOVED), backwards, mysql}) == 3
    assert backwards[0] == mysql[0] == 0


def test_a_file_that_is_no_migration_has_no_plan(shop, capsys):
    assert said(capsys, "plan", "gone.py") == (
        1,
        "gone.py is no migration that can be read\n",
    )


def test_a_baseline_lists_the_projects_own_migrations(shop, capsys):
    write(shop, {"venv/site-packages/auth/migrations/0001_initial.py": INITIAL})
    code, text = said(capsys, "baseline")
    assert code == 0
    assert text.startswith(".djm-baseline lists 2 migrations")
    assert {path.name for path in baseline.read(Path(".djm-baseline"))} == {
        "0001_initial.py",
        "0002_remove_note.py",
    }


def test_a_baseline_of_nothing_is_not_written(shop, capsys):
    Path("empty").mkdir()
    assert said(capsys, "baseline", "empty") == (1, "there is no migration below empty\n")
    assert not Path(".djm-baseline").exists()


def test_what_a_command_does_not_know_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["rules", "--loud"])
    assert "not known: --loud" in capsys.readouterr().err


def test_what_flake8_refuses_is_told_in_a_line(shop, capsys):
    Path(".flake8").write_text("[flake8]\ndjm-baseline = gone\n")
    assert said(capsys, "doctor") == (1, "--djm-baseline: there is no file gone\n")


def test_it_runs_as_a_module(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["flake8_django_migrations", "rules"])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(__main__.__file__, run_name="__main__")
    assert capsys.readouterr().out == said(capsys, "rules")[1]


# The doctor ----------------------------------------------------------------------------------


def test_a_healthy_project_has_nothing_to_hear(shop, capsys):
    Path(".flake8").write_text("[flake8]\ndjm-django = 5.2\nextend-exclude = build\n")
    assert said(capsys, "doctor") == (0, "flake8 would open 2 of 2 migrations.\n")


def test_a_project_without_a_configuration_is_healthy(shop, capsys):
    assert said(capsys, "doctor") == (0, "flake8 would open 2 of 2 migrations.\n")


def test_the_line_that_excludes_migrations_is_named(shop, capsys):
    Path("setup.cfg").write_text(EXCLUDED)
    assert said(capsys, "doctor") == (
        1,
        (
            "* setup.cfg:5: exclude = */migrations/* excludes 2 migrations\n"
            "flake8 would open 0 of 2 migrations.\n"
        ),
    )


@pytest.mark.parametrize("pattern", ["migrations", "shop/migrations", "0002*"])
def test_any_pattern_that_excludes_is_named(shop, capsys, pattern):
    Path("tox.ini").write_text(f"[flake8]\nextend_exclude = {pattern}\n")
    _, text = said(capsys, "doctor")
    assert f"* tox.ini:2: extend-exclude = {pattern} excludes " in text


def test_a_pattern_of_the_command_line_is_named_too(shop, capsys):
    _, text = said(capsys, "doctor", "--exclude=migrations")
    assert "* exclude = migrations excludes 2 migrations\n" in text


def test_a_selection_without_us_is_named(shop, capsys):
    Path(".flake8").write_text("[flake8]\nselect = E,F,W\n")
    _, text = said(capsys, "doctor")
    assert "* no DJM code is selected, by .flake8:2 (select): add `extend-select = DJM`" in text
    assert "E9 is" not in text


def test_codes_that_are_left_out_are_named(shop, capsys):
    Path(".flake8").write_text("[flake8]\nextend-ignore = DJM301\n")
    _, text = said(capsys, "doctor")
    assert "codes are not selected, by .flake8:2 (extend-ignore): DJM301\n" in text


def test_a_selection_without_e9_is_named(shop, capsys):
    _, text = said(capsys, "doctor", "--select=DJM")
    assert "* E9 is not selected, by the command line: a migration" in text


def test_an_option_that_does_not_exist_is_named(shop, capsys):
    Path(".flake8").write_text("[flake8]\n\ndjm_databse = mysql\n")
    _, text = said(capsys, "doctor")
    assert "* .flake8:3: there is no option djm-databse; there are djm-base, djm-baseline" in text


def test_a_line_of_the_baseline_whose_file_is_gone_is_named(shop, capsys):
    Path(".flake8").write_text("[flake8]\ndjm-baseline = base\n")
    Path("base").write_text(f"# shipped\n{REMOVED}\ngone.py\n")
    _, text = said(capsys, "doctor")
    assert f"* {shop / 'base'}:3: there is no file {shop / 'gone.py'}\n" in text


@pytest.mark.parametrize("installed", [None, "1.0"])
def test_a_pyproject_that_flake8_does_not_read_is_named(shop, capsys, monkeypatch, installed):
    Path("pyproject.toml").write_text("[tool.flake8]\ndjm-django = 5.2\n")
    versions = {"flake8-pyproject": installed}
    monkeypatch.setattr(doctor, "_version", versions.get)
    _, text = said(capsys, "doctor")
    assert ("reads only with flake8-pyproject" in text) == (installed is None)


def test_a_pyproject_without_flake8_is_nothing(shop, capsys):
    Path("pyproject.toml").write_text("[project]\n")
    assert said(capsys, "doctor")[0] == 0


def test_the_other_plugin_of_that_name_is_named(shop, capsys, monkeypatch):
    versions = {"flake8-django-migrations": "1.3.0"}
    monkeypatch.setattr(doctor, "_version", versions.get)
    _, text = said(capsys, "doctor")
    assert "flake8-django-migrations is installed too" in text


def test_a_key_that_is_not_found_is_in_the_file_all_the_same(shop):
    Path(".flake8").write_text("[flake8]\n")
    assert doctor.find_config().place_of("exclude") == ".flake8"


# The documentation ---------------------------------------------------------------------------


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "changelog.md").write_text("# Changelog\n\n## 0.1.0\n")
    return tmp_path


def test_what_is_outdated_is_told_then_written_then_fine(docs, capsys):
    folder = f"--folder={docs}"
    code, text = said(capsys, "docs", "--check", folder)
    assert code == 1
    assert f"outdated: {docs / 'rules.md'}\n" in text
    assert text.endswith("run `python -m flake8_django_migrations docs --write`\n")

    code, text = said(capsys, "docs", "--write", folder)
    assert code == 0
    assert f"written: {docs / 'rules' / 'DJM301.md'}\n" in text
    assert said(capsys, "docs", "--check", folder) == (0, "")


def test_examples_stay_when_a_head_is_written(docs):
    rule = RULES[-1]
    old = f"# old head\n{render.MARKER}\n\n## Bad\n"
    assert pages.rule_page(rule, old) == render.page_head(rule) + "\n## Bad\n"


def test_a_page_without_a_head_gets_one(docs):
    rule = RULES[-1]
    assert pages.rule_page(rule, "## Bad\n") == render.page_head(rule) + "\n## Bad\n"
    assert pages.rule_page(rule, "") == render.page_head(rule)


def test_the_changelog_lists_the_new_rules_of_a_release():
    text = "## 0.1.0\n<!-- new rules 0.1.0 -->\n* obsolete\n<!-- end -->\n"
    listed = pages.changelog(text)
    assert "obsolete" not in listed
    assert all(f"[{rule.code}](rules/{rule.code}.md) {rule.name}\n" in listed for rule in RULES)
    assert pages.changelog(listed) == listed
