"""Django in a process of its own: what it makes of a project's migrations, and of our values."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oracle.encoding import is_local

if TYPE_CHECKING:
    from oracle.projects import Project

_KEPT: Final = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
"""What the process learns of the environment: it runs code that nobody here has read."""

LOADER: Final = Path(__file__).with_name("inside") / "loader.py"


class Django:
    """The process that loads a project, and answers questions once the states are read."""

    def __init__(self, python: Path | str, paths: Sequence[Path | str], project: Project) -> None:
        self._asked: dict[str, Any] = {}
        self._process = subprocess.Popen(
            [str(python), "-W", "ignore", str(LOADER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=paths[-1],
            env={
                **{name: os.environ[name] for name in _KEPT if name in os.environ},
                **project.environment,
                "HOME": str(paths[-1]),  # what a project writes when it is imported stays there
                "PYTHONHASHSEED": "0",  # in this order Django imports the migrations of an app
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
            },
        )
        wanted = {
            "apps": project.installed_apps,
            "own": project.apps,
            "stubs": project.stubs,
            "settings": project.settings,
            "settings_module": project.settings_module,
        }
        self._write(wanted)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _write(self, value: object) -> None:
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def lines(self) -> Iterator[dict[str, Any]]:
        """What it tells by itself: the graph, then fields, models and states."""
        for line in self._process.stdout:
            told = json.loads(line)
            if "end" in told:
                return
            yield told
        raise RuntimeError("Django could not load the project: see its error above")

    def ask(self, app_label: str, value: object, *, is_field: bool = False) -> list[Any]:
        """What Django makes of a value; of several where a name could mean several things."""
        question = {
            "app": app_label,
            "value": value,
            "is_field": is_field,
            "is_local": is_local(value),
        }
        key = json.dumps(question)
        if key not in self._asked:
            self._write(question)
            self._asked[key] = json.loads(self._process.stdout.readline())["answers"]
        return self._asked[key]
