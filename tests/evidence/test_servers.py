"""The servers themselves: they are what was asked for, and they end with who started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from evidence import packages, servers

STARTS = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from evidence import servers
server = servers.start("postgresql:18")
print(server.folder, flush=True)
os.kill(os.getpid(), int(sys.argv[2]))
"""


@pytest.mark.parametrize("name", servers.wanted())
def test_a_server_is_the_one_that_was_asked_for(running, name):
    server = running(name)
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)
    connection.close()
    assert f"{server.vendor}:{server.release}".startswith(name)
    assert servers.DATABASE in server.settings()["NAME"]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_server_ends_however_its_process_does(running, end):
    running("postgresql:18")
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", STARTS, tests, str(int(end))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    folder = Path(done.stdout.strip())
    ends = time.monotonic() + 30
    while folder.exists():
        assert time.monotonic() < ends, "it is still there"
        time.sleep(0.05)
    assert folder.name.startswith("djm-")


def test_an_absent_server_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("DJM_SERVERS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(servers.AbsentError, match="PostgreSQL 10 is not here: .*fetch"):
        servers.start("postgresql:10")
    with pytest.raises(servers.AbsentError, match="mariadb-server"):
        servers.start("mariadb:10.11")


@pytest.mark.parametrize("extent", ["present", "required"])
def test_all_servers_are_wanted_only_where_that_is_asked_for(monkeypatch, extent):
    monkeypatch.delenv(servers.EXTENT, raising=False)
    assert servers.wanted() == servers.QUICK
    monkeypatch.setenv(servers.EXTENT, extent)
    assert servers.wanted() == servers.NAMES


def test_the_older_releases_lie_in_the_cache_folder_of_the_user(monkeypatch):
    monkeypatch.delenv("DJM_SERVERS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", os.sep + "caches")
    expected = Path("/caches/flake8-djm-servers/postgresql-10/bin")
    assert packages.programs(10) == expected
