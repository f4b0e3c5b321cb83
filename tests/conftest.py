"""The one verb of the rules' tests: ``check``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import marked
import pytest

from flake8_django_migrations.options import Options


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., None]:
    """Review the last migration of a small project: it must report exactly what is marked.

    A snippet is a whole module, or the operations of one. ``earlier`` are the app's migrations
    before it, whose markers do not count; ``files`` any others, by path. Further keywords
    become attributes of the migration: ``atomic=False``. ``only`` looks at one code alone.
    """

    def verb(
        snippet: str,
        *,
        earlier: Sequence[str] = (),
        options: Options = Options(),  # noqa: B008 - frozen
        app: str = "shop",
        files: Mapping[str, str] | None = None,
        only: str | None = None,
        **attributes: object,
    ) -> None:
        project = dict(files or {})
        last: list[tuple[str, str]] = []
        for number, source in enumerate((*earlier, snippet), start=1):
            is_checked = number > len(earlier)
            given = {"dependencies": list(last)}
            given |= attributes if is_checked else {"initial": True} if number == 1 else {}
            name = f"{number:04}_{'checked' if is_checked else 'earlier'}"
            path = f"{app}/migrations/{name}.py"
            project[path] = marked.module(source, given)
            last = [(app, name)]
        marked.write(tmp_path, project)
        marked.compare(tmp_path, {path: project[path]}, options, only)

    return verb
