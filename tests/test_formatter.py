"""``--format=djm-review``, with the real flake8."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked import write
from running import INITIAL, REMOVAL, REMOVED, flake8, process

from flake8_django_migrations import review

ADDITION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("order", "seen", models.DateField(null=True))]
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    write(tmp_path, {"shop/migrations/0001_initial.py": INITIAL, REMOVED: REMOVAL})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(*arguments, run=flake8, **more):
    done = run("--select=DJM,E9", "--format=djm-review", *arguments, **more)
    assert done.stderr == ""
    return done.stdout


def test_a_review_has_its_parts_in_order(shop):
    text = written("--djm-database=postgresql:16", REMOVED)
    parts = [
        "# Migration review: Blocked",
        "Migrations: 1 reviewed, 0 shipped earlier and not judged again.",
        "Judged for postgresql:16 and Django 5.2.",
        f"* `{REMOVED}`: 1 error, 2 warnings (DJM104, DJM301, DJM903)",
        f"## {REMOVED}",
        "* Deploy: after the code",
        "* Roll back: `python manage.py migrate shop 0001_initial`",
        "### What postgresql:16 will be asked to do",
        "| RemoveField order.note |",
        "### Findings",
        "\n\n* **Error DJM903 (",
        "  Why: ",
        "  Instead: ",
        "\n\n* **Warning DJM301 (dropped-column), line 7:** ",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_what_only_adds_looks_safe(shop):
    Path(REMOVED).write_text(ADDITION)
    text = written(REMOVED)
    assert text.startswith("# Migration review: Looks safe\n")
    assert "* Deploy: before the code that uses it" in text
    assert "### Findings\n\nNone." in text


def test_several_jobs_make_no_difference(shop):
    assert written("--jobs=2", ".", run=process) == written(".")


def test_stdin_makes_no_difference(shop):
    assert written(f"--stdin-display-name={REMOVED}", "-", stdin=REMOVAL) == written(REMOVED)


def test_waived_findings_are_listed_with_their_reasons(shop):
    lines = REMOVAL.splitlines()
    lines[6] += "  # djm: allow DJM301 -- archived on 2 May"
    Path(REMOVED).write_text("\n".join(lines))
    text = written(REMOVED)
    assert "### Waived\n\n* DJM301 line 7: " in text
    assert "\n  Reason given: archived on 2 May\n" in text


def test_shipped_migrations_are_counted_and_not_judged(shop):
    Path("base").write_text("shop/migrations/0001_initial.py\n")
    text = written("--djm-baseline=base", ".")
    assert "Migrations: 1 reviewed, 1 shipped earlier" in text
    assert "## ./shop/migrations/0001_initial.py" not in text


def test_what_is_not_selected_is_not_shown(shop):
    text = flake8("--select=DJM7", "--format=djm-review", REMOVED).stdout
    assert text.startswith("# Migration review: Looks safe\n")
    assert "DJM301" not in text


def test_a_file_that_cannot_be_parsed_blocks(shop):
    Path(REMOVED).write_text("class Migration(:\n")
    text = written(REMOVED)
    assert text.startswith("# Migration review: Blocked\n")
    assert f"## Other files\n\n* {REMOVED}:1:" in text
    assert "E999" in text


def test_a_file_that_is_not_there_blocks(shop):
    text = written("gone.py")
    assert text.startswith("# Migration review: Blocked\n")
    assert "* gone.py:0:1: E902" in text


def test_what_other_plugins_say_is_listed_plainly(shop):
    Path(REMOVED).write_text("import os\n" + ADDITION)
    Path("models.py").write_text("import os\n")
    text = flake8("--select=DJM,F", "--format=djm-review", ".").stdout
    assert text.startswith("# Migration review: Looks safe\n")
    assert f"### Findings\n\n* ./{REMOVED}:1:1: F401 'os' imported but unused" in text
    assert "## Other files\n\n* ./models.py:1:1: F401" in text


def test_without_a_migration_it_says_so(shop):
    Path("models.py").write_text("x = 1\n")
    assert written("models.py").startswith("# Migration review: no migration to judge\n")


def test_a_migration_without_operations_says_so(shop):
    Path(REMOVED).write_text(ADDITION.partition("    operations")[0] + "    operations = []\n")
    assert "Nothing: there are no operations." in written(REMOVED)


def test_what_takes_long_is_to_be_timed(shop):
    operation = "migrations.AlterField('order', 'note', models.IntegerField())"
    Path(REMOVED).write_text(f"{ADDITION.partition('[migrations')[0]}[{operation}]\n")
    assert "### Time on staging" in written(REMOVED)
    assert "* AlterField order.note" in written(REMOVED)


def test_it_can_go_to_a_file(shop):
    assert written("--output-file=review.md", REMOVED) == ""
    assert Path("review.md").read_text().startswith("# Migration review: Blocked\n")


def test_warnings_alone_need_a_review(shop):
    lines = REMOVAL.splitlines()
    lines[6] += "  # djm: allow DJM903 -- released in two steps"
    Path(REMOVED).write_text("\n".join(lines))
    assert written(REMOVED).startswith("# Migration review: Needs review\n")


def test_a_fault_of_our_own_needs_a_review(shop, monkeypatch):
    def fail(*_):
        raise RecursionError

    monkeypatch.setattr(review, "review", fail)
    text = written(REMOVED)
    assert text.startswith("# Migration review: Needs review\n")
    assert f"## Other files\n\n* {REMOVED}:1:1: DJM002 " in text


def test_what_cannot_be_rolled_back_says_so(shop):
    Path(REMOVED).write_text(
        ADDITION.replace(
            "operations = [", 'operations = [migrations.RunSQL("ANALYZE shop_order"), '
        )
    )
    assert "* Roll back: not possible, RunSQL cannot be reversed; without it: " in written(REMOVED)
