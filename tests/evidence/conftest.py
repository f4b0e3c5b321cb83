"""The servers of a run, started when first asked for, and the summary of what was measured."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from evidence import servers


@pytest.fixture(scope="session")
def running():
    """The server of that name, running; a test that needs an absent one is skipped, or fails."""
    started: dict[str, servers.Server] = {}

    def server(name: str) -> servers.Server:
        try:
            return started.get(name) or started.setdefault(name, servers.start(name))
        except servers.AbsentError as error:
            if os.environ.get(servers.EXTENT) == "required":
                pytest.fail(str(error))
            pytest.skip(str(error))

    yield server
    for each in started.values():
        each.stop()


def pytest_terminal_summary(terminalreporter):
    """What ``record_property("fact", …)`` and ``record_property("claim", …)`` have named."""
    for sort in ("fact", "claim"):
        agreeing = _recorded(terminalreporter, "passed", sort)
        differing = _recorded(terminalreporter, "failed", sort)
        skipped = _recorded(terminalreporter, "skipped", sort)
        if agreeing or differing or skipped:
            terminalreporter.write_line(
                f"{sort}s measured: {len(agreeing) + len(differing)}, agreeing: {len(agreeing)},"
                f" differing: {len(differing)}, not measured in this run: {len(skipped)}"
            )
            for server, count in Counter(each.partition(" ")[0] for each in agreeing).items():
                if sort == "fact":
                    terminalreporter.write_line(f"  {server}: {count}")
            for each in differing:
                terminalreporter.write_line(f"  differs: {each}")
    for each in sorted(_reasons(terminalreporter)):
        terminalreporter.write_line(f"  {each}")
    for each in _recorded(terminalreporter, "passed", "not measurable"):
        terminalreporter.write_line(f"  not measurable: {each}")


def _recorded(terminalreporter, outcome: str, sort: str) -> list[str]:
    return [
        value
        for report in terminalreporter.stats.get(outcome, ())
        if report.when == "call" or outcome == "skipped"
        for name, value in report.user_properties
        if name == sort
    ]


def _reasons(terminalreporter) -> set[str]:
    """Why something could not be measured: what to install."""
    skipped = terminalreporter.stats.get("skipped", ())
    return {report.longrepr[2] for report in skipped if report.user_properties}
