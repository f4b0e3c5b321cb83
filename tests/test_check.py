"""The one verb of the rules' tests tells what is marked from what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import INITIAL

from flake8_django_migrations.options import Options

ORDER = """
    migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True))]),
    migrations.AddField("order", "note", models.TextField()),
"""
REMOVE = 'migrations.RemoveField("order", "note"),'
INDEX = 'migrations.AddIndex("order", models.Index(fields=["note"], name="note_idx")),'


def test_what_is_marked_must_be_reported(check):
    check(f"{REMOVE}  # DJM301 order.note # DJM903 # DJM104", earlier=[ORDER])


def test_a_line_without_a_marker_must_be_silent(check):
    with pytest.raises(AssertionError, match="DJM301"):
        check(f"{REMOVE}  # DJM903 # DJM104", earlier=[ORDER])


def test_a_marker_must_be_reported(check):
    with pytest.raises(AssertionError, match="wanted"):
        check(f"{REMOVE}  # DJM301 # DJM402", earlier=[ORDER], only="DJM402")


def test_the_words_behind_a_marker_must_be_in_the_message(check):
    with pytest.raises(AssertionError, match="wanted .*customer"):
        check(f"{REMOVE}  # DJM301 customer", earlier=[ORDER], only="DJM301")


def test_only_one_code_may_count(check):
    check(f"{REMOVE}  # DJM903", earlier=[ORDER], only="DJM903")
    check(REMOVE, earlier=[ORDER], only="DJM402")


def test_markers_of_earlier_migrations_do_not_count(check):
    check(REMOVE, earlier=[ORDER, f"{INDEX}  # DJM402"], only="DJM402")


def test_a_snippet_may_be_a_module(check):
    check(INITIAL)


def test_attributes_options_and_other_files_are_told(check, tmp_path):
    check(
        f"{INDEX}  # DJM402 under",
        earlier=[ORDER],
        options=Options(django=(4, 2)),
        files={"other/data.txt": "x"},
        app="other",
        only="DJM402",
        atomic=False,
    )
    written = (tmp_path / "other" / "migrations" / "0002_checked.py").read_text()
    assert "    atomic = False\n" in written
    assert "    dependencies = [('other', '0001_earlier')]\n" in written
    assert (tmp_path / "other" / "data.txt").exists()
    assert Path(tmp_path / "manage.py").exists()
