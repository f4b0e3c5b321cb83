"""The README's commands and output are what a reader will see."""

from __future__ import annotations

import re
from pathlib import Path

from running import flake8

from flake8_django_migrations.__main__ import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_output_is_what_the_first_command_prints(monkeypatch):
    monkeypatch.chdir(ROOT)
    printed = flake8("--select=DJM,E9", "examples/shop").stdout.splitlines()
    shown = blocks("text")[0].splitlines()
    assert len(shown) == 10
    assert [line for line in shown if line not in printed] == []


def test_the_output_shows_every_family():
    families = {line.split(" DJM")[1][0] for line in blocks("text")[0].splitlines()}
    assert families == set("123456789")


def test_the_plan_is_what_its_command_prints(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (command,) = [block for block in blocks("sh") if " plan " in block]
    assert main(command.split()[3:]) == 0
    assert capsys.readouterr().out == blocks("text")[1]


def test_continuous_integration_runs_the_second_command():
    command = blocks("sh")[0].splitlines()[1]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for part in command.split(" && "):
        assert part in script


def test_every_page_it_points_at_is_there():
    links = re.findall(r"\]\(([^):]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
