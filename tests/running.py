"""flake8 as its users run it, and a small project to run it on."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from flake8.main.cli import main
from flake8.utils import stdin_get_value

INITIAL = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[("id", models.BigAutoField(primary_key=True)), ("note", models.TextField())],
        ),
    ]
"""

REMOVAL = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RemoveField(
            model_name="order",
            name="note",
        ),
    ]
"""

REMOVED = "shop/migrations/0002_remove_note.py"
"""It drops a column whose data nobody has moved: DJM301 on line 7."""


class Done(NamedTuple):
    """How a run ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def process(*arguments: str, stdin: str | None = None, cwd: Path | None = None) -> Done:
    """Run flake8 in a process of its own."""
    given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        text=True,
        **given,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def flake8(*arguments: str, stdin: str = "") -> Done:
    """Run flake8 in this process, which is faster."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    stdin_get_value.cache_clear()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))),
    ):
        code = main(["--jobs=1", *arguments])
    out.flush()
    return Done(code, out.buffer.getvalue().decode(), err.getvalue())
