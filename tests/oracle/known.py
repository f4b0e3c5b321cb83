"""The operations on which the plans are known to differ, and why, as plan_known.toml has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

FILE: Final = Path(__file__).with_name("plan_known.toml")


class Verdict(NamedTuple):
    """What is not as the file has it: faults that it does not name, entries that are no more."""

    new: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_as_known(self) -> bool:
        """Whether there is nothing new to tell."""
        return not self.new and not self.gone


def read(table: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The operations that the file names, each with its reason."""
    return {
        " ".join(line.split()): row["why"]
        for row in table.values()
        for line in row["operations"].strip().splitlines()
    }


def judged(faults: Collection[str], known: Mapping[str, str], projects: Collection[str]) -> Verdict:
    """The faults of these projects beside what is known of them."""
    expected = {each for each in known if each.partition(" ")[0] in projects}
    return Verdict(tuple(sorted({*faults} - expected)), tuple(sorted(expected - {*faults})))
