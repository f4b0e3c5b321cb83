"""DJM006: a line of the baseline whose file is gone, told where it does least harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_django_migrations import baseline
from flake8_django_migrations.options import Options
from flake8_django_migrations.review import review

MODULE = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{dependencies}]
    operations = []
"""


@pytest.fixture
def app(tmp_path):
    """Three migrations in a line, in a package."""
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    for place in (folder.parent, folder):
        (place / "__init__.py").touch()
    names = ("0001_initial", "0002_note", "0003_total")
    for name, parent in zip(names, ("", *names), strict=False):
        dependencies = f'("shop", "{parent}")' if parent else ""
        (folder / f"{name}.py").write_text(MODULE.format(dependencies=dependencies))
    return folder


def told(app: Path, name: str, listed: tuple[str, ...]) -> list[str]:
    """What is said of the baseline on one migration."""
    file = app.parents[1] / baseline.FILE_NAME
    file.write_text("".join(f"{each}\n" for each in listed))
    options = Options(shipped=baseline.read(file), baseline=file)
    path = app / f"{name}.py"
    judged = review(str(path), path.read_text().splitlines(keepends=True), options)
    assert judged is not None
    return [each.message for each in judged.reports if each.rule.code == "DJM006"]


SHIPPED = "shop/migrations/0001_initial.py"
GONE = "shop/migrations/0002_renamed.py"


def test_lines_whose_files_are_there_are_silent(app):
    assert not told(app, "0003_total", (SHIPPED,))


def test_without_a_baseline_file_there_are_no_lines(app):
    path = app / "0003_total.py"
    lines = path.read_text().splitlines(keepends=True)
    for options in (Options(), Options(shipped=frozenset({app / "0001_initial.py"}))):
        judged = review(str(path), lines, options)
        assert "DJM006" not in {each.rule.code for each in judged.reports}


def test_what_has_shipped_stays_silent(app):
    assert not told(app, "0001_initial", (SHIPPED, GONE))


def test_an_app_that_has_shipped_whole_is_left_to_the_doctor(app):
    names = [f"shop/migrations/{path.name}" for path in sorted(app.glob("0*.py"))]
    assert not told(app, "0003_total", (*names, GONE))


def test_a_line_of_another_folder_is_told_there(app):
    assert not told(app, "0003_total", (SHIPPED, "other/migrations/0001_initial.py"))


def test_only_the_last_pending_migration_of_the_folder_tells(app):
    assert not told(app, "0002_note", (SHIPPED, GONE))
    assert told(app, "0003_total", (SHIPPED, "# a comment", GONE)) == [
        "line 3 of the baseline names 0002_renamed.py, which is gone: write it anew"
    ]


def test_each_line_is_told(app):
    other = "shop/migrations/0009_gone.py"
    assert len(told(app, "0003_total", (SHIPPED, GONE, other))) == 2


def test_a_text_without_a_file_has_no_folder(app):
    file = app.parents[1] / baseline.FILE_NAME
    file.write_text(f"{SHIPPED}\n{GONE}\n")
    options = Options(shipped=baseline.read(file), baseline=file)
    judged = review("stdin", MODULE.format(dependencies="").splitlines(keepends=True), options)
    assert "DJM006" not in {each.rule.code for each in judged.reports}


def test_a_baseline_that_is_written_anew_is_read_anew(app):
    assert told(app, "0003_total", (SHIPPED, GONE))
    assert not told(app, "0003_total", (SHIPPED,))
