"""What the plugin costs: flake8 with it against flake8 without it, as ratios of CPU time.

`python benchmarks` measures generated apps; `python benchmarks PATH …` real trees as well. The
runs alternate, so that a machine that drifts slows both sides alike. README.md says how to read
the table.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import generated
import lifelike
import runs

ROUNDS = 5


class Ratio(NamedTuple):
    """CPU seconds and peak memory with the plugin, and both over the run without it."""

    what: str
    files: int
    seconds: float
    time: float
    memory: float


def measure(what: str, arguments: Sequence[str], files: int, stdin: bytes = b"") -> Ratio:
    """The medians over the rounds, after one that warms the caches."""
    given = ["-j1", *arguments]
    pairs = [
        (runs.flake8(given, stdin, silent=True), runs.flake8(given, stdin, silent=False))
        for _ in range(ROUNDS + 1)
    ][1:]
    return Ratio(
        what,
        files,
        statistics.median(ours.seconds for _, ours in pairs),
        statistics.median(ours.seconds / bare.seconds for bare, ours in pairs),
        statistics.median(ours.peak / bare.peak for bare, ours in pairs),
    )


def ratios(trees: Sequence[str]) -> Iterator[Ratio]:
    """Every measurement, one by one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for count in (100, 300, 1000):
            app = generated.app(root / f"app{count}" / "shop", count)
            yield measure(f"an app of {count} tiny migrations", [str(app)], count)
            if count == 300:
                yield from _newest(app)
        project = lifelike.project(root / "project", 10, 30)
        yield measure("10 apps of 30 lifelike migrations", [str(project)], 300)
        yield from _newest(project / "app9")
        plain = generated.modules(root / "plain", 400)
        yield measure("400 files that are no migrations", [str(plain)], 400)
    for tree in trees:
        files = sum(1 for _ in Path(tree).rglob("*.py"))
        yield measure(tree, [tree], files)


def _newest(app: Path) -> Iterator[Ratio]:
    """The app's newest migration as an editor asks for it, and the app when only that is new."""
    *shipped, newest = sorted((app / "migrations").glob("0*.py"))
    asked = ["--stdin-display-name", str(newest), "-"]
    yield measure("  its newest, by stdin", asked, 1, newest.read_bytes())
    baseline = app / "baseline"
    baseline.write_text("".join(f"migrations/{each.name}\n" for each in shipped), encoding="utf-8")
    given = [f"--djm-baseline={baseline}", str(app)]
    yield measure("  all but its newest in the baseline", given, len(shipped) + 1)


def main() -> int:
    """Print the table, then how the cost of a file grows with the app."""
    print(f"{'what':40} {'files':>6} {'CPU s':>8} {'time':>6} {'memory':>6} {'ms/file':>8}")
    costs = {}
    for each in ratios(sys.argv[1:]):
        cost = 1000 * each.seconds / each.files
        costs[each.what] = cost
        print(
            f"{each.what:40} {each.files:6} {each.seconds:8.2f} {each.time:6.2f} "
            f"{each.memory:6.2f} {cost:8.2f}",
            flush=True,
        )
    growth = costs["an app of 1000 tiny migrations"] / costs["an app of 100 tiny migrations"]
    print(f"\na file among 1000 costs {growth:.2f} times a file among 100")
    return 0


if __name__ == "__main__":
    sys.exit(main())
