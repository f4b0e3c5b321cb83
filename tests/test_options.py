"""The options, as flake8 hands them over from every place they can be written in."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from flake8.exceptions import ExecutionError
from flake8.options.parse_args import parse_args
from running import process

from flake8_django_migrations.options import OPTIONS, Options, parse_count, parse_ref, read
from flake8_django_migrations.plan.databases import DEFAULT, Database


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def options(*arguments):
    _, namespace = parse_args(list(arguments))
    return read(namespace)


def refused(capsys, *arguments):
    with pytest.raises(SystemExit):
        options(*arguments)
    return capsys.readouterr().err


def test_the_defaults_of_the_rows_are_those_of_the_value(project):
    assert options() == Options()


def test_every_option_has_its_row_and_its_key():
    assert [option.key for option in OPTIONS] == [
        "djm-database",
        "djm-django",
        "djm-baseline",
        "djm-base",
        "djm-table-rows",
        "djm-batch-rows",
        "djm-large-rows",
        "djm-squash-after",
    ]


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
def test_a_configuration_file_is_read(project, name):
    Path(name).write_text(
        "[flake8]\ndjm-database = postgresql:14,\n    mysql:8.0\ndjm_django = 4.2\n"
        "djm-batch-rows = 5\ndjm-large-rows = 6\ndjm-squash-after = 7\n"
        "select = DJM\nextend-select = DJM7\n"
    )
    assert options() == Options(
        databases=(DEFAULT, Database("mysql", (8, 0))),
        django=(4, 2),
        batch_rows=5,
        large_rows=6,
        squash_after=7,
        extended_select=("DJM", "DJM7"),
    )


def test_the_command_line_wins(project):
    Path(".flake8").write_text("[flake8]\ndjm-django = 4.2\n")
    assert options("--djm-django=6.0").django == (6, 0)


def test_flake8_pyproject_hands_over_lists_and_numbers(project):
    Path("pyproject.toml").write_text(
        '[tool.flake8]\ndjm-database = ["postgresql:16", "sqlite"]\ndjm-django = 5.1\n'
        "djm-squash-after = 3\n"
    )
    given = options()
    assert [database.vendor for database in given.databases] == ["postgresql", "sqlite"]
    assert (given.django, given.squash_after) == ((5, 1), 3)


def test_a_list_that_makes_no_sense_is_an_error_too(project):
    Path("pyproject.toml").write_text('[tool.flake8]\ndjm-database = ["oracle9"]\n')
    with pytest.raises(ExecutionError, match="--djm-database: unknown database 'oracle9'"):
        options()


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("--djm-database=db2", "unknown database 'db2'; accepted: postgresql:"),
        ("--djm-database=,", "no database is named; accepted: postgresql:"),
        ("--djm-django=3.2", "unknown Django version '3.2'; accepted: 4.2, 5.0"),
        ("--djm-batch-rows=0", "'0' is not accepted: give a whole number above zero"),
        ("--djm-large-rows=-5", "'-5' is not accepted"),
        ("--djm-squash-after=many", "'many' is not accepted"),
        ("--djm-base=--help", "'--help' is not accepted: give a branch, a tag or a commit"),
    ],
)
def test_a_value_that_is_not_accepted_names_the_option(project, capsys, argument, says):
    told = refused(capsys, argument)
    assert f"argument {argument.split('=')[0]}" in told
    assert says in told


@pytest.mark.parametrize(
    "line", ["djm-database = mysql:8.0  # ours", "djm-django = 5.2 # lts", "djm-base = main # x"]
)
def test_a_comment_behind_a_value_is_an_error_that_names_the_option(project, capsys, line):
    Path(".flake8").write_text(f"[flake8]\n{line}\n")
    assert f"argument --{line.split()[0]}" in refused(capsys)


@pytest.mark.parametrize("text", ["1", "10_000", "1000000"])
def test_a_count_may_have_underscores(text):
    assert parse_count(text) == int(text)


def test_a_ref_may_be_left_empty():
    assert parse_ref("") == ""


# Files ------------------------------------------------------------------------------------


def test_a_plain_name_in_a_configuration_is_beside_it(project, monkeypatch):
    Path(".flake8").write_text("[flake8]\ndjm-table-rows = sizes.csv\n")
    Path("sizes.csv").write_text("shop_order,7\n")
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert options().table_rows == {"shop_order": 7}


def test_a_path_in_a_configuration_is_relative_to_it(project, monkeypatch):
    Path(".flake8").write_text("[flake8]\ndjm-table-rows = ops/sizes.csv\n")
    (project / "ops").mkdir()
    Path("ops/sizes.csv").write_text("shop_order,7\n")
    monkeypatch.chdir(project / "ops")
    assert options().table_rows == {"shop_order": 7}


def test_a_name_on_the_command_line_is_in_the_working_directory(project, monkeypatch):
    Path(".flake8").write_text("[flake8]\n")
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    Path("sizes.csv").write_text("shop_order,8\n")
    assert options("--djm-table-rows=sizes.csv").table_rows == {"shop_order": 8}


@pytest.mark.parametrize("flag", ["--djm-table-rows", "--djm-baseline"])
def test_a_file_that_is_not_there_names_the_option(project, flag):
    with pytest.raises(ExecutionError, match=f"{flag}: there is no file gone"):
        options(f"{flag}=gone")


def test_flake8_tells_it_in_a_line(project):
    done = process("--djm-baseline=gone")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "--djm-baseline: there is no file gone"
    assert "Traceback" not in done.stderr


def test_an_empty_file_name_is_none(project):
    Path(".flake8").write_text("[flake8]\ndjm-baseline =\n")
    assert options().baseline is None


def test_sizes_may_have_a_heading_and_tables_that_were_never_analysed(project):
    Path("s.csv").write_text("\ufefftable,rows\n\nshop_order, 12\nnew,-1\nshop_order,9\n", "utf-8")
    assert options("--djm-table-rows=s.csv").table_rows == {"shop_order": 12}


@pytest.mark.parametrize("row", ["shop_order,many", "shop_order", ",5", "a,1,2", "a,-2", "a,1.5"])
def test_a_bad_row_is_named_by_its_line(project, row):
    Path("s.csv").write_text(f"table,rows\nok,1\n{row}\n")
    with pytest.raises(
        ExecutionError, match=r"--djm-table-rows: .*s.csv: line 3: expected a table and a number"
    ):
        options("--djm-table-rows=s.csv")


def test_sizes_that_are_no_text_name_the_option(project):
    Path("s.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExecutionError, match="--djm-table-rows: "):
        options("--djm-table-rows=s.csv")


# What has shipped -------------------------------------------------------------------------


def test_a_baseline_says_what_has_shipped(project):
    (project / "0001_initial.py").touch()
    Path("base").write_text("0001_initial.py\n")
    given = options("--djm-baseline=base")
    assert given.shipped == {project / "0001_initial.py"}
    assert given.baseline == project / "base"


def test_a_baseline_whose_files_are_all_gone_names_the_option(project):
    Path("base").write_text("0001_initial.py\n")
    with pytest.raises(ExecutionError, match="--djm-baseline: no file that .*base lists is there"):
        options("--djm-baseline=base")


def test_a_ref_outside_a_checkout_names_the_option(project):
    with pytest.raises(ExecutionError, match="--djm-base: git rev-parse .* failed: "):
        options("--djm-base=main")


def test_every_field_has_a_default():
    assert all(
        each.default is not None or each.name in {"shipped", "baseline"} for each in fields(Options)
    )
