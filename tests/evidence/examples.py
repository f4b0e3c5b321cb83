"""The examples of the rules' pages as jobs: what is marked, what has shipped, on which database."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import marked
from evidence import servers
from test_pages import PROJECTS, Project, namespace

from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.rules.rule import Rule
from flake8_django_migrations.rules.table import RULES

RULE = {rule.code: rule for rule in RULES}
Key = tuple[str, str]

STORIES = {
    "DJM204": "models_gone",
    "DJM417": "stopped",
    "DJM506": "worn_out",
    "DJM602": "alone",
    "DJM605": "alone",
    "DJM607": "next_migration",
    "DJM608": "unloaded",
    "DJM609": "fake_initial",
    "DJM610": "orders",
    "DJM702": "squash",
    "DJM703": "originals_gone",
    "DJM704": "squashed",
    "DJM705": "squash_finished",
    "DJM706": "load_often",
    "DJM707": "squash",
    "DJM708": "squash",
    "DJM709": "squash",
    "DJM815": "content_types",
    "DJM908": "stopped",
    "DJM909": "stopped",
}
"""How an example is put to the test where deploying it shows nothing."""

NOT_PLAIN = {
    ("DJM208", "Good", 2): "its values are meant to change",
    ("DJM307", "Good", 2): "it maps rows by hand",
    ("DJM307", "Good", 5): "its rows were copied before",
    ("DJM605", "Good", 3): "its user model is its own",
    ("DJM807", "Good", 4): "its column takes more than the model, and so is not the same",
    ("DJM816", "Good", 2): "its second half is still to come",
    ("DJM810", "Good", 3): "its model may live on in an app that is not shown",
}
"""Good examples that are about what plain rows and settings do not have."""

SEEDS = {"DJM211"}
"""Rules about the first rows of fresh databases."""

EITHER = {"DJM105", "DJM309", "DJM318", "DJM417", "DJM808"}
"""Rules whose findings each show one of their claims."""


class Example(NamedTuple):
    """One example, put to the test once with one sort of rows."""

    project: Project
    rows: str
    left_out: tuple[int, ...] = ()

    @property
    def rule(self) -> Rule:
        """The row whose page it is on."""
        return RULE[self.project.code]

    @property
    def finding(self) -> str:
        """Its name, and which of several findings of a migration it is about."""
        left = "".join(f"-without-{place}" for place in self.left_out)
        return f"{self.project.code}-{self.project.section}-{self.project.number}{left}"

    @property
    def name(self) -> str:
        """The finding and the rows."""
        return f"{self.finding}-{self.rows}"

    @property
    def text(self) -> str:
        """All its files."""
        return "\n".join(self.project.files.values())

    @property
    def is_waived(self) -> bool:
        """Whether it shows the hazard with the reason why it may stay."""
        return f"djm: allow {self.project.code}" in self.text

    @property
    def is_about_a_small_table(self) -> bool:
        """Whether a list of sizes says that the same is harmless there."""
        return "--djm-table-rows" in self.project.options

    @property
    def is_one_way(self) -> bool:
        """Whether it says that there is no way back."""
        return bool(re.search(r"djm: allow DJM10\d", self.text))


DATA = {"FAILS", "FAILS_BACK", "LOSES", "LOSES_BACK"}
"""Claims that rows of every kind show; plain ones show all others."""


def examples() -> Iterator[Example]:
    """Every example, one finding at a time: first with the rows that show it, then the others."""
    for project in PROJECTS:
        claims = {each.name for each in RULE[project.code].claims}
        kinds: tuple[str, ...] = ("harsh", "mild") if claims & DATA else ("mild", "harsh")
        if project.section == "Bad":
            kinds = (*kinds, "none")
        if project.code in STORIES:
            kinds = ("harsh",)
        elif project.code in SEEDS:
            kinds = ("none",)
        elif project.section == "Good" and not claims & DATA:
            kinds = ("mild",)
        for left_out in _findings(project):
            for rows in kinds:
                yield Example(project, rows, left_out)


def chosen(found: Iterable[Example]) -> list[Example]:
    """Those of this run: all, or with the quick servers the first example of every family.

    What cannot run anywhere is left out.
    """
    runnable = [each for each in found if not missing(each.project)]
    if servers.is_complete():
        return runnable
    first: dict[str, str] = {}
    for each in runnable:
        if each.rule.claims:
            first.setdefault(each.project.code[3], each.project.code)
    return [
        each
        for each in runnable
        if each.project.code in first.values() and each.project.number == 1
    ]


def missing(project: Project) -> str:
    """What the example needs that it does not show, or that no server here offers."""
    options = namespace(project.options)
    if not reachable(options.djm_database):
        return f"it is about {options.djm_database}, which Django cannot reach here"
    if options.djm_django and django_version() < tuple(map(int, options.djm_django.split("."))):
        return f"it is about Django {options.djm_django}"
    if reason := NOT_PLAIN.get((project.code, project.section, project.number)):
        return reason
    here = {*apps(project), *_CONTRIB, "django", "__future__", *sys.stdlib_module_names}
    for source in project.files.values():
        for name in _named(source):
            package, _, rest = name.partition(".")
            is_shown = not rest or package not in apps(project) or _is_shown(name, project)
            if package not in here or not is_shown:
                return f"it names {name}, which it does not show"
    return ""


def _is_shown(module: str, project: Project) -> bool:
    path = module.replace(".", "/")
    return any(
        each in {f"{path}.py", f"{path}/__init__.py"} or each.startswith(f"{path}/")
        for each in project.files
    )


_CONTRIB = {"auth", "contenttypes"}
_DEPENDENCY = re.compile(r"^\s*(?:dependencies|run_before) = \[(.*?)\]$", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)


def _named(source: str) -> set[str]:
    """The apps of its dependencies, and the packages it imports."""
    tuples = " ".join(_DEPENDENCY.findall(source))
    return {*re.findall(r'\("(\w+)", ', tuples), *_IMPORT.findall(source)}


def django_version() -> tuple[int, ...]:
    """Of the Django that runs the examples."""
    import django

    return django.VERSION[:2]


def reachable(databases: str | None) -> str:
    """The first of them that Django can reach: PostgreSQL or SQLite."""
    for name in (databases or "postgresql:18").split(","):
        database = parse_database(name)
        if database.vendor == "postgresql":
            return f"postgresql:{database.version[0] if database.version else 18}"
        if database.vendor == "sqlite":
            return "sqlite:3"
        if database.vendor == "mariadb" and importlib.util.find_spec("pymysql"):
            return "mariadb:10.11"
    return ""


def marked_keys(project: Project) -> list[Key]:
    """The migrations that hold a finding of the rule."""
    return sorted({path_key(each.path) for each in _marks(project)})


def _marks(project: Project) -> list[marked.Mark]:
    found = [each for path, text in project.files.items() for each in marked.marks(path, text)]
    return [each for each in found if each.code == project.code]


def path_key(path: str) -> Key:
    parts = PurePosixPath(path)
    return parts.parent.parent.name, parts.stem


def _findings(project: Project) -> list[tuple[int, ...]]:
    """For each finding of a migration with several: the operations of the others."""
    by_path: dict[str, list[int]] = {}
    for each in _marks(project):
        by_path.setdefault(each.path, []).append(each.line)
    if len(by_path) != 1:
        return [()]
    ((path, lines),) = by_path.items()
    places = sorted({place for line in lines if (place := _place(project.files[path], line)) >= 0})
    if len(places) < 2:
        return [()]
    return [tuple(other for other in places if other != place) for place in places]


def _place(source: str, line: int) -> int:
    """Which element of the list of operations stands on that line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id="operations")], value=ast.List(elts=elements)):
                for place, each in enumerate(elements):
                    if each.lineno <= line <= (each.end_lineno or each.lineno):
                        return place
    return -1


def apps(project: Project) -> list[str]:
    """The apps that the files are of."""
    found = [PurePosixPath(path) for path in project.files]
    return sorted({each.parts[0] for each in found if len(each.parts) > 1 and each.suffix == ".py"})
