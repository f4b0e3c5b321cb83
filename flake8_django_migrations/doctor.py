"""Why flake8 might be silent about migrations: its configuration, as found from here."""

from __future__ import annotations

import configparser
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flake8.options.config import load_config
from flake8.style_guide import Decision, DecisionEngine
from flake8.utils import matches_filename, normalize_path, parse_comma_separated_list

from flake8_django_migrations import baseline
from flake8_django_migrations.options import OPTIONS, read
from flake8_django_migrations.rules.table import RULES

if TYPE_CHECKING:
    from argparse import Namespace

_NAMES: Final = ("setup.cfg", "tox.ini", ".flake8")
_SELECTION: Final = ("select", "extend-select", "ignore", "extend-ignore")
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Config:
    """The ``[flake8]`` section that counts here, empty if there is none, and its file."""

    path: Path = Path()
    values: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, key: str, item: str = "") -> str:
        """Where a key, or an item of its list, stands: ``setup.cfg:12``."""
        is_below = False
        for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            is_below |= text.partition("=")[0].strip().replace("_", "-") == key
            if is_below and item in text:
                return f"{self.path.name}:{number}"
        return self.path.name

    def items(self, key: str) -> list[str]:
        """The items of a list, however its key is spelt."""
        return list(parse_comma_separated_list(self.values.get(key, "")))


def find_config() -> Config:
    """The configuration that flake8 finds from the working directory."""
    _, folder = load_config(None, [])
    for name in _NAMES:
        parser = configparser.RawConfigParser()
        parser.read(Path(folder, name), encoding="utf-8")
        if parser.has_section("flake8"):
            values = {key.replace("_", "-"): value for key, value in parser["flake8"].items()}
            return Config(Path(folder, name), values)
    return Config()


def diagnose(namespace: Namespace, migrations: Sequence[Path]) -> Iterator[str]:
    """Everything that is wrong, a sentence each; ``migrations`` are all that were found."""
    config = find_config()
    yield from _installed()
    yield from _unread_pyproject()
    yield from _unknown_options(config)
    yield from _unselected(config, namespace)
    yield from _excluded(config, namespace, migrations)
    yield from _gone(namespace)


def linted(namespace: Namespace, migrations: Sequence[Path]) -> tuple[Path, ...]:
    """The migrations that flake8 does not exclude when it is given the working directory."""
    patterns = (*namespace.exclude, *namespace.extend_exclude)
    return tuple(path for path in migrations if not _is_excluded(path, patterns))


def _installed() -> Iterator[str]:
    if _version("flake8-django-migrations"):
        yield (
            "flake8-django-migrations is installed too, and has the same import package: "
            "uninstall both, then install flake8-djm again"
        )


def _unread_pyproject() -> Iterator[str]:
    file = Path("pyproject.toml")
    if not file.is_file() or "[tool.flake8]" not in file.read_text(encoding="utf-8"):
        return
    if not _version("flake8-pyproject"):
        yield "pyproject.toml has [tool.flake8], which flake8 reads only with flake8-pyproject"


def _version(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def _unknown_options(config: Config) -> Iterator[str]:
    known = {option.key for option in OPTIONS}
    for key in config.values:
        if key.startswith("djm-") and key not in known:
            names = ", ".join(sorted(known))
            yield f"{config.place_of(key)}: there is no option {key}; there are {names}"


def _unselected(config: Config, namespace: Namespace) -> Iterator[str]:
    """Codes that the selection leaves out, and flake8's own for files it cannot parse."""
    engine = DecisionEngine(namespace)
    codes = [rule.code for rule in RULES if rule.default]
    off = [code for code in codes if engine.decision_for(code) is not Decision.Selected]
    lines = [f"{config.place_of(key)} ({key})" for key in _SELECTION if key in config.values]
    by = ", ".join(lines) or "the command line"
    if off == codes:
        yield f"no DJM code is selected, by {by}: add `extend-select = DJM`"
    elif off:
        yield f"{len(off)} of {len(codes)} codes are not selected, by {by}: {', '.join(off)}"
    if engine.decision_for("E999") is not Decision.Selected:
        yield f"E9 is not selected, by {by}: a migration that cannot be parsed passes in silence"


def _excluded(config: Config, namespace: Namespace, migrations: Sequence[Path]) -> Iterator[str]:
    for pattern in (*namespace.exclude, *namespace.extend_exclude):
        hidden = sum(1 for path in migrations if _is_excluded(path, (pattern,)))
        if hidden:
            yield f"{_source(config, pattern)} excludes {hidden} migrations"


def _is_excluded(path: Path, patterns: Sequence[str]) -> bool:
    """Whether flake8's walk stops at the file or at a folder above it."""
    return any(
        matches_filename(str(part), patterns, "%(path)s %(whether)smatches", _LOG)
        for part in (path, *path.parents)
        if part.name
    )


def _source(config: Config, pattern: str) -> str:
    """The line that a pattern comes from; flake8 has made its path absolute."""
    folder = str(config.path.parent)
    for key in ("exclude", "extend-exclude"):
        for item in config.items(key):
            if normalize_path(item, folder) == pattern:
                return f"{config.place_of(key, item)}: {key} = {item}"
    return f"exclude = {pattern}"


def _gone(namespace: Namespace) -> Iterator[str]:
    file = read(namespace).baseline
    for entry in baseline.entries(file) if file else ():
        if not entry.path.is_file():
            yield f"{file}:{entry.line}: there is no file {entry.path}"
