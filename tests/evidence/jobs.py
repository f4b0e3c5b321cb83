"""An example as a job, and the process that runs jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import marked
from evidence.examples import STORIES, Example, Key, apps, marked_keys, path_key, reachable
from test_pages import PROJECTS, Project, namespace

from flake8_django_migrations.options import read
from flake8_django_migrations.review import review


def server_name(example: Example) -> str:
    """The server for the example: the one that its options name, else PostgreSQL's newest."""
    return reachable(namespace(example.project.options).djm_database)


def request(database: dict[str, Any], given: dict[str, Any], text: str) -> dict[str, Any]:
    """What the runner is asked: the database, Django's own apps that the files need, the job."""
    contrib = ["django.contrib.contenttypes"]
    if "AUTH_USER_MODEL" in text or '("auth"' in text:
        contrib.append("django.contrib.auth")
    return {"database": database, "contrib": contrib, "job": given}


def shipped(project: Project) -> list[Key] | None:
    """What the baseline lists."""
    name = namespace(project.options).djm_baseline
    text = project.files.get(name or "", None)
    return None if text is None else [path_key(line) for line in text.split()]


def job(example: Example, folder: Path) -> dict[str, Any]:
    """The example written to the folder, and what is to be done with it."""
    project = example.project
    models = {f"{app}/models.py": "" for app in apps(project)}
    marked.write(folder, {**models, **project.files})
    return {
        "folder": str(folder),
        "story": STORIES.get(project.code, "deploy"),
        "rows": example.rows,
        "apps": apps(project),
        "marked": marked_keys(project),
        "shipped": shipped(project),
        "setting": [] if marked_keys(project) else _setting(project),
        "left_out": list(example.left_out),
        "asked": [each.name for each in example.rule.claims] or ["FAILS"],
    }


def _setting(project: Project) -> list[Key]:
    """The files that a bad example of the page has too, with nothing to report."""
    bad = [each for each in PROJECTS if each.code == project.code and each.section == "Bad"]
    return [
        path_key(path)
        for path, text in project.files.items()
        if any(
            each.files.get(path) == text and path_key(path) not in marked_keys(each) for each in bad
        )
    ]


def told(example: Example, folder: Path) -> set[str]:
    """The claims of all that the linter finds in the example, written to the folder."""
    marked.write(folder, example.project.files)
    options = read(namespace(example.project.options))
    found: set[str] = set()
    for path, text in example.project.files.items():
        lines = text.splitlines(keepends=True)
        judged = review(str(folder / path), lines, options) if path.endswith(".py") else None
        waived = [report for report, _waiver in judged.waived] if judged else []
        for report in (*judged.reports, *waived) if judged else ():
            found.update(claim.name for claim in report.rule.claims)
    return found


class Runner:
    """A process with Django in it, which runs jobs."""

    def __init__(self) -> None:
        main = Path(__file__).parent / "inside" / "claims.py"
        self._process = subprocess.Popen(
            [sys.executable, "-B", main],
            env={**os.environ, "PYTHONPATH": str(main.parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, request: dict[str, Any]) -> dict[str, str]:
        """What was seen, by the name of a claim."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        assert "seen" in done, done["broken"]
        return done["seen"]

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
