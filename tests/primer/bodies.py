"""The functions that data migrations run, and those of which not every model is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_django_migrations.migration import UNKNOWN, Body, Code, RunPython, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_django_migrations.plan.steps import Step


class Ran(NamedTuple):
    """The function of one RunPython, and what of it cannot be told, empty where all can."""

    line: int
    name: str
    doubts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.line}: {self.name}: {', '.join(self.doubts)}"


def bodies(steps: Iterable[Step]) -> Iterator[Ran]:
    """The function of every RunPython that does anything on its way forwards."""
    for step in steps:
        match step.operation:
            case RunPython(code=Code(is_noop=True)):
                pass
            case RunPython(code=Code(name=name, body=body), place=place):
                yield Ran(place.line, name, tuple(_doubts(body)))
            case RunPython(place=place):
                yield Ran(place.line, "?", ("it is not known which function it is",))
            case _:
                pass


def _doubts(body: Body | Unknown) -> Iterator[str]:
    """Where it loops over rows, or writes rows, of a model that cannot be told.

    A model that it imports is known by its import, which is what is said of it.
    """
    if isinstance(body, Unknown):
        yield "its source is not at hand"
    elif not body.imports:
        yield from (f"loop in line {e.place.line}" for e in body.loops if e.model is UNKNOWN)
        for each in body.writes:
            if each.model is UNKNOWN:
                yield f"{each.verb.value} in line {each.place.line}"
