"""A throw-away environment for a project: its files in a folder, what they need in a venv."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oracle.projects import Project


class Environment(NamedTuple):
    """Where a project is installed: the interpreter of its venv, and the folder of its files."""

    python: Path
    source: Path


def made(project: Project, cache: Path, django: str) -> Environment:
    """The environment of a project, made when it is not there or has changed."""
    folder = cache / project.name
    binary = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    environment = Environment(folder / "venv" / binary, folder / "source")
    done = folder / "done"
    if not done.is_file() or done.read_text() != project.stamp(django):
        shutil.rmtree(folder, ignore_errors=True)
        _install(project, folder, environment, django)
        done.write_text(project.stamp(django))
    return environment


def _install(project: Project, folder: Path, environment: Environment, django: str) -> None:
    venv.create(folder / "venv", with_pip=False)
    environment.source.mkdir()
    _pip(environment.python, f"Django=={django}.*", "psycopg[binary]", *project.requires)
    target = ("--target", str(environment.source), "--ignore-requires-python")
    _pip(environment.python, "--no-deps", *target, project.requirement)
    # The mark of a project: ours is rooted there, wherever the cache lies.
    (environment.source / "manage.py").touch()


def _pip(python: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*command, "--disable-pip-version-check", *arguments], check=True)
