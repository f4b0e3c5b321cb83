"""What linting a project came to, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Final

INTERNAL_ERROR: Final = "DJM002"
UNREADABLE: Final = "DJM001"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A finding at its place in a project: what two runs are compared by."""

    project: str
    path: str
    line: int
    code: str
    message: str
    is_advice: bool = False

    def as_json(self) -> dict[str, str | int]:
        """The same, as JSON keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What linting a project came to; ``opaque`` are the paths of operations not understood.

    ``statements`` is how much SQL it holds, ``unread`` the SQL of which nothing could be told;
    ``functions`` how many of its data migrations run one, ``doubtful`` those of which a model that
    they loop over or write could not be told.
    """

    project: str
    migrations: int = 0
    operations: int = 0
    opaque: tuple[str, ...] = ()
    statements: int = 0
    unread: tuple[str, ...] = ()
    functions: int = 0
    doubtful: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    faults: tuple[str, ...] = ()
    seconds: float = 0.0

    def count(self, code: str) -> int:
        """How many findings have the code."""
        return sum(each.code == code for each in self.found)

    def with_fault(self, fault: str) -> Outcome:
        """The same with one more fault, if it is any."""
        return replace(self, faults=(*self.faults, fault)) if fault else self

    @property
    def is_sound(self) -> bool:
        """Whether the linter itself had no fault."""
        return not self.faults and not self.count(INTERNAL_ERROR)
