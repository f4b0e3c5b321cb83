"""``--format=djm-review``: collects what flake8 reports, and writes a review when it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8.formatting.base import BaseFormatter

from flake8_django_migrations.discovery import lines_of
from flake8_django_migrations.options import read
from flake8_django_migrations.paths import could_be_migration

if TYPE_CHECKING:
    from flake8.violation import Violation

    from flake8_django_migrations.document import Reviewed
    from flake8_django_migrations.history.history import Run
    from flake8_django_migrations.review import Review


class ReviewFormatter(BaseFormatter):
    """A review of the migrations, to be pasted into a pull request.

    flake8 hands over violations only, so every migration is reviewed once more for its plan.
    Which findings are shown is flake8's decision: selection and noqa have been applied to them.
    flake8 imports formatters even where they are not used, so what judging takes is not imported
    before a file is finished.
    """

    def after_init(self) -> None:
        """Start with nothing reviewed."""
        self._files: list[Reviewed] = []
        self._violations: list[Violation] = []
        self._asked = read(self.options)
        self._run: Run | None = None

    def beginning(self, filename: str) -> None:  # noqa: ARG002 - flake8 names it
        """Expect the violations of the next file."""
        self._violations = []

    def handle(self, error: Violation) -> None:
        """Keep a violation until its file is finished."""
        self._violations.append(error)

    def finished(self, filename: str) -> None:
        """Review the file; flake8 calls this for files without violations too."""
        from flake8_django_migrations.document import Reviewed

        self._files.append(Reviewed(filename, tuple(self._violations), self._review(filename)))

    def stop(self) -> None:
        """Write it all."""
        from flake8_django_migrations.document import document

        self._write(document(self._files, self._asked))
        super().stop()

    def _review(self, filename: str) -> Review | None:
        """The review of a migration that flake8 could read; None for any other file."""
        from flake8_django_migrations.history.history import Run
        from flake8_django_migrations.review import review

        self._run = self._run or Run()
        stdin_name = self.options.stdin_display_name or "stdin"
        is_stdin = "-" in self.options.filenames and filename == stdin_name
        lines = lines_of("-" if is_stdin else filename, self.options)
        if not could_be_migration(filename, lines):
            return None
        try:
            return review(filename, lines, self._asked, self._run)
        except Exception:  # noqa: BLE001 - the plugin has reported it as DJM002
            return None
