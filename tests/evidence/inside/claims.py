"""Runs examples on Django, each in a process forked for it: a JSON line in, a JSON line out.

A process of its own, because Django is set up once in a process. Forked, because what one example
imports is nothing to the next. Given: Django's settings of the database, and the job.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import django
import django.db.backends.postgresql.base
from django.conf import settings
from django.db import connection

from inside import afterwards, project, squashes, stories
from inside.project import Job

SECONDS = 60
STORIES = {"deploy": stories.deploy, **afterwards.STORIES, **squashes.STORIES}


def run(request: dict[str, Any]) -> dict[str, Any]:
    """What the story shows, or how it broke off."""
    job = Job(**request["job"])
    job.folder = Path(job.folder)
    job.marked = [tuple(each) for each in job.marked]
    job.setting = [tuple(each) for each in job.setting]
    job.shipped = job.shipped and [tuple(each) for each in job.shipped]
    sys.path.insert(0, str(job.folder))
    if request["database"]["ENGINE"].endswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    settings.configure(
        DATABASES={"default": request["database"]},
        INSTALLED_APPS=[*request["contrib"], *job.apps],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    connection.features.minimum_database_version = None
    try:
        if job.story != "load":
            project.empty()
        return {"seen": STORIES[job.story](job)}
    finally:
        connection.close()


def answer(line: str) -> None:
    """Do it in a child, which writes the answer, however it ends."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            _say({"broken": f"ended with {status}"})
        return
    signal.alarm(SECONDS)
    try:
        done = run(json.loads(line))
    except stories.REFUSALS as error:
        done = {"broken": f"{error!r}\n{traceback.format_exc()}"}
    _say(done)
    os._exit(0)


def _say(done: dict[str, Any]) -> None:
    _ANSWERS.write(json.dumps(done) + "\n")
    _ANSWERS.flush()


_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a migration prints is no answer

if __name__ == "__main__":
    for each in sys.stdin:
        answer(each)
