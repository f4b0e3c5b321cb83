"""The seam, with the real flake8: the same answer however it is run, and nothing escapes."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from marked import write
from running import INITIAL, REMOVAL, REMOVED, flake8, process

from flake8_django_migrations import __version__, review
from flake8_django_migrations.options import Options
from flake8_django_migrations.plugin import Plugin

FOUND = f"{REMOVED}:7:9: DJM301 "


@pytest.fixture
def shop(tmp_path, monkeypatch):
    write(tmp_path, {"shop/migrations/0001_initial.py": INITIAL, REMOVED: REMOVAL})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(*arguments, run=flake8, **more):
    """The lines and codes that flake8 prints, without the paths."""
    done = run("--select=DJM", "--format=%(row)d %(code)s", *arguments, **more)
    assert not done.stderr
    return sorted(done.stdout.splitlines())


def run(path, source, options=None):
    """The plugin alone, as flake8 would use it."""
    plugin = Plugin(None, str(path), source.splitlines(keepends=True))
    plugin.options = options or Options()
    return list(plugin.run())


# However it is run ---------------------------------------------------------------------------


def test_flake8_knows_the_plugin_by_its_version():
    assert f"flake8-djm: {__version__}" in " ".join(process("--version").stdout.split())


def test_a_finding_is_a_line_of_flake8(shop):
    done = flake8("--select=DJM3", REMOVED)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(FOUND)
    assert len(done.stdout.splitlines()) == 1


def test_it_is_on_without_being_selected(shop):
    assert "DJM301" in flake8(REMOVED).stdout


def test_no_other_code_than_our_own_is_printed(shop):
    assert "DJM002" not in flake8(".").stdout


def test_the_working_directory_makes_no_difference(shop, monkeypatch):
    wanted = codes(REMOVED)
    folder = shop / "shop" / "migrations"
    assert wanted
    monkeypatch.chdir(folder)
    assert codes("0002_remove_note.py") == wanted
    monkeypatch.chdir("/")
    assert codes(str(shop / REMOVED)) == wanted
    monkeypatch.chdir(shop / "shop")
    assert codes("./migrations/0002_remove_note.py") == wanted


@pytest.mark.parametrize("absolute", [True, False])
def test_stdin_with_a_name_makes_no_difference(shop, absolute):
    name = str(shop / REMOVED) if absolute else REMOVED
    assert codes(f"--stdin-display-name={name}", "-", stdin=REMOVAL) == codes(REMOVED)


def test_stdin_is_read_and_not_the_file_of_that_name(shop):
    changed = REMOVAL.replace("    operations", "\n    operations")
    assert "8 DJM301" in codes(f"--stdin-display-name={REMOVED}", "-", stdin=changed)


def test_stdin_without_a_name_has_no_history_and_no_crash(shop):
    assert not [line for line in codes("-", stdin=REMOVAL) if line.endswith("DJM002")]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_number_of_jobs_makes_no_difference(shop, jobs):
    for number in range(3, 9):
        Path(f"shop/migrations/{number:04}_more.py").write_text(
            INITIAL.replace("Order", f"More{number}")
        )
    done = process("--select=DJM", f"--jobs={jobs}", "--djm-django=4.2", ".")
    assert done.stdout == flake8("--select=DJM", "--djm-django=4.2", ".").stdout
    assert FOUND in done.stdout


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_the_start_method_makes_no_difference(shop, method):
    Path("start.py").write_text(
        "import multiprocessing, sys\n"
        "from flake8.main.cli import main\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    sys.exit(main(['--select=DJM', '--jobs=2', '--djm-baseline=base', 'shop']))\n"
    )
    Path("base").write_text("shop/migrations/0001_initial.py\n")
    done = subprocess.run(
        [sys.executable, "start.py"],
        capture_output=True,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stderr == ""
    assert FOUND in done.stdout


def test_django_makes_no_difference(shop):
    """A ``django`` that cannot be imported stands in front of the installed one, if any."""
    wanted = codes(REMOVED, run=process)
    write(shop, {"django/__init__.py": "raise SystemExit('imported')\n"})
    assert codes(REMOVED, run=process) == wanted


# What is silent ------------------------------------------------------------------------------


def test_a_shipped_migration_is_not_even_judged(shop, monkeypatch):
    judged = []
    monkeypatch.setattr(review, "review", lambda *given: judged.append(given))
    shipped = frozenset({(shop / REMOVED).resolve()})
    assert run(REMOVED, REMOVAL, Options(shipped=shipped)) == []
    assert judged == []
    run(REMOVED, REMOVAL, Options(shipped=frozenset()))
    assert len(judged) == 1


def test_a_shipped_migration_is_silent(shop):
    Path("base").write_text(f"{REMOVED}\n")
    assert codes("--djm-baseline=base", REMOVED) == []


def test_a_file_that_is_no_migration_is_silent(shop):
    Path("models.py").write_text("x = 1\n")
    assert codes("models.py") == []


@pytest.mark.parametrize("line", [7, 8, 9, 10])
def test_noqa_works_on_any_line_of_the_operation(shop, line):
    lines = REMOVAL.splitlines()
    lines[line - 1] += "  # noqa: DJM3,DJM9 archived"
    Path(REMOVED).write_text("\n".join(lines))
    assert "DJM3" not in flake8("--select=DJM", REMOVED).stdout
    assert f":{line}:" in flake8("--select=DJM301", "--disable-noqa", REMOVED).stdout


def test_a_waiver_works_and_an_idle_one_is_told(shop):
    lines = REMOVAL.splitlines()
    lines[6] += "  # djm: allow DJM301, DJM402 -- archived"
    Path(REMOVED).write_text("\n".join(lines))
    found = codes(REMOVED)
    assert "7 DJM005" in found
    assert "7 DJM301" not in found


@pytest.fixture
def advice(shop, monkeypatch):
    """A migration about which there is advice, whatever the rules are."""
    rule = next(rule for rule in review.RULES if not rule.default)
    report = review.Report(rule, review.found(review.NOWHERE, **dict.fromkeys(WORDS, "x")))
    judged = review.Review(
        migration=None, steps=(), reports=(report,), waived=(), is_shipped=False, previous="zero"
    )
    monkeypatch.setattr(review, "review", lambda *_: judged)
    return rule.code


WORDS = review.BY_CODE.keys() | {
    word.partition("}")[0] for rule in review.RULES for word in rule.message.split("{")[1:]
}


@pytest.mark.parametrize("length", [4, 5, 6])
def test_advice_is_given_to_those_who_ask(advice, length):
    options = Options(extended_select=("E", advice[:length]))
    assert [text[:6] for _, _, text, _ in run("m.py", REMOVAL, options)] == [advice]


@pytest.mark.parametrize("prefixes", [(), ("E", "DJM"), ("D", "DJ"), ("DJM0",)])
def test_advice_is_not_given_to_others(advice, prefixes):
    assert run("m.py", REMOVAL, Options(extended_select=prefixes)) == []


# Nothing escapes -----------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("a\nb"), RecursionError(), SyntaxError("x")])
def test_a_fault_of_our_own_is_one_finding_in_one_line(shop, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(review, "review", fail)
    ((line, column, text, plugin),) = run(REMOVED, REMOVAL)
    assert (line, column, plugin) == (1, 0, Plugin)
    assert text.startswith(f"DJM002 the linter failed on this file ({type(error).__name__} at ")
    assert "\n" not in text


def test_a_place_is_always_in_the_file(shop, monkeypatch):
    rule = review.BY_CODE["DJM003"]
    reports = tuple(
        review.Report(rule, review.found(review.NOWHERE._replace(line=line, end_line=line)))
        for line in (0, 99)
    )
    judged = review.Review(
        migration=None, steps=(), reports=reports, waived=(), is_shipped=False, previous="zero"
    )
    monkeypatch.setattr(review, "review", lambda *_: judged)
    last = len(REMOVAL.splitlines())
    assert [line for line, *_ in run(REMOVED, REMOVAL)] == [1, last]


@pytest.mark.parametrize("source", ["", "class Migration", "class Migration:\n  x\n y", "\0"])
def test_any_text_gives_findings_or_silence(shop, source):
    assert all(text.startswith("DJM") for _, _, text, _ in run("0001_x.py", source))


def test_what_the_reader_knows_nothing_of_is_silent(monkeypatch):
    monkeypatch.setattr(review, "review", lambda *_: None)
    assert run("m.py", REMOVAL) == []


def test_a_process_of_its_own_makes_no_difference(shop):
    assert process("--select=DJM", ".") == flake8("--select=DJM", ".")
