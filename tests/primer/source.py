"""A source archive fetched with pip's own parts and left unbuilt.

``python tests/primer/source.py NAME VERSION FOLDER``. `pip download` would run the archive's
setup.py to learn its metadata, so pip's finder and downloader are used without its resolver. They
are pip's internals: this runs in a process of its own, and a change there ends in an error.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pip._internal.commands.download import DownloadCommand
from pip._internal.network.download import Downloader
from pip._vendor.packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from pip._internal.models.link import Link


def main(name: str, version: str, folder: str) -> int:
    """Leave the archive in the folder, if it has the checksum of the index or is a local file."""
    command = DownloadCommand("download", "Download packages.")
    options, _ = command.parse_args(["--no-deps", "--no-binary=:all:", name])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        best = finder.find_best_candidate(name, SpecifierSet(f"=={version}")).best_candidate
        if best is None:
            sys.stderr.write(f"no source archive of {name} {version} was found\n")
            return 1
        with tempfile.TemporaryDirectory() as scratch:
            link = best.link
            archive = _get(link, Downloader(session, "off"), scratch)
            if not link.is_file and not is_intact(archive, link.hash_name, link.hash):
                sys.stderr.write(f"{link.filename} has not the checksum of the index\n")
                return 1
            shutil.copyfile(archive, Path(folder, link.filename))
    return 0


def _get(link: Link, downloader: Downloader, folder: str) -> Path:
    return Path(link.file_path if link.is_file else downloader(link, folder)[0])


def is_intact(archive: Path, algorithm: str | None, expected: str | None) -> bool:
    """Whether the file has the checksum; without one, or with a weak one, it has not."""
    if algorithm != "sha256" or expected is None:
        return False
    return hashlib.sha256(archive.read_bytes()).hexdigest() == expected


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
