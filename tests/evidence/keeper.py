"""Runs a server until the process that wanted it is gone, however that ended.

``python keeper.py FOLDER USER SIGNAL COMMAND…``: when standard input closes, the server is told to stop and
the folder with its data is removed. A pipe closes on exit, on Ctrl-C and on a kill alike.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys


def main(folder: str, user: str, stop: str, *command: str) -> None:
    """Start the command, wait for the end of standard input, then stop it and clean up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(
        command, user=user or None, stdin=subprocess.DEVNULL, start_new_session=True
    )
    sys.stdin.buffer.read()
    server.send_signal(signal.Signals[stop])
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
