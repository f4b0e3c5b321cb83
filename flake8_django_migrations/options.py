"""The ``--djm-*`` options: one row each, and the frozen value they become."""

from __future__ import annotations

import csv
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from flake8.exceptions import ExecutionError
from flake8.options.config import load_config
from flake8.utils import parse_comma_separated_list

from flake8_django_migrations import baseline, sizes
from flake8_django_migrations.plan.databases import DEFAULT, Database, accepted, parse_database

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8.options.manager import OptionManager

T = TypeVar("T")

DJANGO: Final = ((4, 2), (5, 0), (5, 1), (5, 2), (6, 0), (6, 1))
"""The Django series that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for; the defaults are those of the options' rows."""

    databases: tuple[Database, ...] = (DEFAULT,)
    django: tuple[int, int] = (5, 2)
    shipped: frozenset[Path] | None = None
    """The migrations that have shipped, as absolute paths; None without a baseline."""
    baseline: Path | None = None
    table_rows: Mapping[str, int] = field(default_factory=dict)
    batch_rows: int = 10_000
    large_rows: int = 1_000_000
    squash_after: int = 20
    extended_select: tuple[str, ...] = ()
    """The ``select`` and ``extend-select`` prefixes, which switch advice on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Generic[T]):
    """A row of the options: what flake8 registers, and the docs page shows.

    ``parse`` makes the value of the text, and raises ValueError with what is accepted.
    """

    flag: str
    metavar: str
    default: str
    accepts: str
    help: str
    parse: Callable[[str], T]
    is_file: bool = False

    @property
    def key(self) -> str:
        """How a configuration file spells it: ``djm-database``."""
        return self.flag.lstrip("-")

    def check(self, text: str) -> str:
        """The text itself once it is known to be good; flake8 asks twice, so it must stay text."""
        try:
            self.parse(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error
        return text

    def of(self, namespace: Namespace) -> T:
        """The value that was given, also where flake8-pyproject hands over a list or a number."""
        given = getattr(namespace, self.key.replace("-", "_"))
        text = ",".join(map(str, given)) if isinstance(given, list) else str(given)
        try:
            return self.parse(text)
        except ValueError as error:
            raise ExecutionError(f"{self.flag}: {error}") from error


def parse_databases(text: str) -> tuple[Database, ...]:
    """The databases of a comma-separated list, each once."""
    names = parse_comma_separated_list(text)
    if not names:
        raise ValueError(f"no database is named; accepted: {accepted()}")
    return tuple(dict.fromkeys(parse_database(name) for name in names))


def parse_django(text: str) -> tuple[int, int]:
    """A Django series as a pair of numbers; a release belongs to its series."""
    series = {f"{major}.{minor}": (major, minor) for major, minor in DJANGO}
    known, _, release = text.strip().rpartition(".") if text.count(".") == 2 else (text, "", "0")
    if known.strip() not in series or not release.isdecimal():
        raise ValueError(f"unknown Django version {text!r}; accepted: {', '.join(series)}")
    return series[known.strip()]


def parse_count(text: str) -> int:
    """A whole number above zero."""
    if not text.strip().replace("_", "").isdecimal() or not int(text):
        raise ValueError(f"{text!r} is not accepted: give a whole number above zero")
    return int(text)


def parse_ref(text: str) -> str:
    """What git may be asked for: never an option of git's, never two words."""
    if text.startswith("-") or text.split() not in ([], [text]):
        raise ValueError(f"{text!r} is not accepted: give a branch, a tag or a commit")
    return text


DATABASE: Final = Option(
    flag="--djm-database",
    metavar="NAME[,NAME]",
    default=DEFAULT.name,
    accepts=accepted(),
    help="the databases that the migrations run on, with their versions",
    parse=parse_databases,
)
DJANGO_VERSION: Final = Option(
    flag="--djm-django",
    metavar="VERSION",
    default="5.2",
    accepts=", ".join(f"{major}.{minor}" for major, minor in DJANGO),
    help="the Django version that the project runs on",
    parse=parse_django,
)
BASELINE: Final = Option(
    flag="--djm-baseline",
    metavar="FILE",
    default="",
    accepts="a text file, one migration path a line, relative to the file",
    help="the migrations that have shipped: they stay silent, whatever rules are added",
    parse=str,
    is_file=True,
)
BASE: Final = Option(
    flag="--djm-base",
    metavar="REF",
    default="",
    accepts="a branch, a tag or a commit",
    help="the git ref whose migrations have shipped, for example origin/main",
    parse=parse_ref,
)
TABLE_ROWS: Final = Option(
    flag="--djm-table-rows",
    metavar="FILE",
    default="",
    accepts="a CSV file with the columns table and rows",
    help="how many rows each table has in production; unlisted tables count as large",
    parse=str,
    is_file=True,
)
BATCH_ROWS: Final = Option(
    flag="--djm-batch-rows",
    metavar="ROWS",
    default="10000",
    accepts="a whole number above zero",
    help="from how many rows on data migrations must work in batches",
    parse=parse_count,
)
LARGE_ROWS: Final = Option(
    flag="--djm-large-rows",
    metavar="ROWS",
    default="1000000",
    accepts="a whole number above zero",
    help="above how many rows a table is large",
    parse=parse_count,
)
SQUASH_AFTER: Final = Option(
    flag="--djm-squash-after",
    metavar="COUNT",
    default="20",
    accepts="a whole number above zero",
    help="above how many pending migrations of an app a squash is suggested",
    parse=parse_count,
)

OPTIONS: Final = (
    DATABASE,
    DJANGO_VERSION,
    BASELINE,
    BASE,
    TABLE_ROWS,
    BATCH_ROWS,
    LARGE_ROWS,
    SQUASH_AFTER,
)


def register(manager: OptionManager) -> None:
    """Tell flake8 about every row."""
    for option in OPTIONS:
        shown = f"{option.help} (default: {option.default or 'none'})"
        common = {"metavar": option.metavar, "default": option.default, "help": shown}
        if option.is_file:
            manager.add_option(option.flag, parse_from_config=True, normalize_paths=True, **common)
        else:
            manager.add_option(option.flag, parse_from_config=True, type=option.check, **common)


def read(namespace: Namespace) -> Options:
    """The options of this run; what cannot be used is an error that names the option."""
    baseline_file = _file(BASELINE, namespace)
    rows_file = _file(TABLE_ROWS, namespace)
    return Options(
        databases=DATABASE.of(namespace),
        django=DJANGO_VERSION.of(namespace),
        shipped=_shipped(baseline_file, BASE.of(namespace)),
        baseline=baseline_file,
        table_rows=_table_rows(rows_file) if rows_file else {},
        batch_rows=BATCH_ROWS.of(namespace),
        large_rows=LARGE_ROWS.of(namespace),
        squash_after=SQUASH_AFTER.of(namespace),
        extended_select=(*(namespace.select or ()), *(namespace.extend_select or ())),
    )


def _file(option: Option[str], namespace: Namespace) -> Path | None:
    """The file an option names.

    flake8 resolves a path with a slash; a plain name is left to us, and is looked for beside the
    configuration, then in the working directory.
    """
    name = option.of(namespace)
    if not name:
        return None
    _, beside_config = load_config(namespace.config, [], isolated=namespace.isolated)
    for path in (Path(beside_config, name), Path(name).absolute()):
        if path.is_file():
            return path
    raise ExecutionError(f"{option.flag}: there is no file {name}")


def _shipped(file: Path | None, ref: str) -> frozenset[Path] | None:
    """What the baseline file and the git ref name together; None where neither is given."""
    if file is None and not ref:
        return None
    try:
        listed = baseline.read(file) if file else frozenset()
    except (OSError, ValueError) as error:
        raise ExecutionError(f"{BASELINE.flag}: {error}") from error
    try:
        return listed | (baseline.shipped_in(ref, Path.cwd()) if ref else frozenset())
    except (OSError, ValueError) as error:
        raise ExecutionError(f"{BASE.flag}: {error}") from error


def _table_rows(file: Path) -> Mapping[str, int]:
    """The sizes that the file lists."""
    try:
        return sizes.read(file)
    except (OSError, ValueError, csv.Error) as error:
        raise ExecutionError(f"{TABLE_ROWS.flag}: {file}: {error}") from error
