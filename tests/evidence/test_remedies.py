"""What the rows tell users to paste: it runs on a real database, forwards and backwards."""

from __future__ import annotations

import pytest
from evidence import remedies, servers
from evidence.examples import Example
from evidence.jobs import Runner, job, request

from flake8_django_migrations.rules.table import RULES

pytest.importorskip("django")
pytest.importorskip("psycopg")

READ_ONLY = {"command", "comment", "attribute"}
BLOCKS = [each for rule in RULES for each in remedies.remedies(rule)]
RUNNABLE = [each for each in BLOCKS if each.kind not in READ_ONLY]


@pytest.fixture(scope="module")
def runner():
    started = Runner()
    yield started
    started.stop()


@pytest.mark.parametrize(
    "remedy", RUNNABLE if servers.is_complete() else RUNNABLE[::12], ids=lambda each: each.name
)
def test_a_remedy_runs_both_ways_where_the_fault_was(
    remedy, running, runner, tmp_path, record_property
):
    record_property("claim", f"{remedy.name} runs both ways")
    told = []
    for place, project in enumerate(remedies.settings_of(remedy)):
        example = Example(project, "mild")
        given = job(example, tmp_path / str(place))
        given |= {"story": "deploy", "marked": [remedies.KEY], "setting": [], "shipped": None}
        found = runner.run(request(running("postgresql:18").settings(), given, example.text))
        told.append({name: found[name] for name in ("FAILS", "FAILS_BACK") if name in found})
        if not told[-1]:
            break
    assert told
    assert not told[-1], told


@pytest.mark.parametrize("remedy", BLOCKS, ids=lambda each: each.name)
def test_a_remedy_is_code_or_a_command(remedy):
    assert remedy.kind
