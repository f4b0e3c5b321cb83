"""Archives fetched by pip, which alone knows the index, its certificates and its mirrors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from primer.projects import Project


class DownloadError(Exception):
    """A project that pip could not fetch; the text is what pip said."""


def fetch(project: Project, cache: Path) -> Path:
    """The project's archive in the cache folder, downloaded where it is not there yet."""
    cache.mkdir(parents=True, exist_ok=True)
    return find(project, cache) or _wheel(project, cache) or _source(project, cache)


def find(project: Project, cache: Path) -> Path | None:
    """The archive in the cache, a wheel before a source archive."""
    owned = [path for path in sorted(cache.iterdir()) if project.owns(path)]
    return min(owned, key=lambda path: path.suffix != ".whl", default=None)


def _wheel(project: Project, cache: Path) -> Path | None:
    """The wheel that pip downloads; None where it finds none."""
    wanted = ("--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--no-cache-dir")
    _run("-m", "pip", "download", "--quiet", *wanted, f"--dest={cache}", project.requirement)
    return find(project, cache)


def _source(project: Project, cache: Path) -> Path:
    """The source archive, in another way: `pip download` would run its setup.py."""
    said = _run(str(Path(__file__).with_name("source.py")), *project, str(cache))
    archive = find(project, cache)
    if archive is None:
        raise DownloadError(f"{project.requirement}: {said or 'nothing was found'}")
    return archive


def _run(*arguments: str) -> str:
    """What the command complains of; whether it did its work, the cache folder shows."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    return done.stderr.strip()
