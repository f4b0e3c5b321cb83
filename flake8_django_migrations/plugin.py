"""flake8's seam: it gets a file from flake8 and hands findings back; nothing escapes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from flake8_django_migrations import __version__
from flake8_django_migrations.options import Options, read, register
from flake8_django_migrations.paths import could_be_migration

if TYPE_CHECKING:
    import ast
    from argparse import Namespace

    from flake8.options.manager import OptionManager

    from flake8_django_migrations import review
    from flake8_django_migrations.history.history import Run

Problem: TypeAlias = "tuple[int, int, str, type[Plugin]]"


class Plugin:
    """A file that flake8 checks.

    The source is read from ``lines``: other plugins share the tree and may change it. It is
    asked for all the same, because that is what makes flake8 call once a file.
    """

    name = "flake8-djm"
    version = __version__
    options: ClassVar[Options] = Options()
    shared: ClassVar[Run | None] = None
    """What this run of flake8 has read so far: the files of an app share it."""

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002
        self.filename = filename
        self.lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Tell flake8 about the ``--djm-*`` options."""
        register(manager)

    @classmethod
    def parse_options(cls, namespace: Namespace) -> None:
        """Keep what was asked for; flake8 calls this once in every process that checks files."""
        cls.options = read(namespace)
        cls.shared = None

    def run(self) -> Iterator[Problem]:
        """The findings as flake8 wants them, each on a line that the file has."""
        if not could_be_migration(self.filename, self.lines):
            return
        last = max(len(self.lines), 1)
        for line, column, text in self._problems():
            yield min(max(line, 1), last), column, text, type(self)

    def _problems(self) -> tuple[tuple[int, int, str], ...]:
        """Line, column and text; what judging takes is imported for what is judged only."""
        try:
            return () if self._has_shipped() else tuple(self._judge())
        except Exception as error:  # noqa: BLE001 - flake8 would drop the results of every file
            from flake8_django_migrations import review

            return ((1, 0, _text(review.fault(error))),)

    def _has_shipped(self) -> bool:
        shipped = self.options.shipped
        return shipped is not None and Path(self.filename).resolve() in shipped

    def _judge(self) -> Iterator[tuple[int, int, str]]:
        from flake8_django_migrations import review, waivers
        from flake8_django_migrations.history.history import Run

        Plugin.shared = Plugin.shared or Run()
        judged = review.review(self.filename, self.lines, self.options, Plugin.shared)
        for report in judged.reports if judged else ():
            if review.is_asked_for(report.rule, self.options):
                place = waivers.anchor(report, self.lines)
                yield place.line, place.column, _text(report)


def _text(report: review.Report) -> str:
    return f"{report.rule.code} {report.message}"
