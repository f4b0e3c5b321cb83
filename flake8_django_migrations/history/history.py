"""What came before a migration: the one view of the past that a review needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path

from flake8_django_migrations.history.app import CONTRIB, App, Fault
from flake8_django_migrations.history.graph import MigrationGraph
from flake8_django_migrations.history.project import Project
from flake8_django_migrations.history.state import ProjectState
from flake8_django_migrations.history.texts import normal
from flake8_django_migrations.history.timeline import IsShipped, Timeline
from flake8_django_migrations.migration import Migration, MigrationKey, ModelKey
from flake8_django_migrations.paths import folder_of, is_skipped, name_of
from flake8_django_migrations.reader.module import read


class Run:
    """What one run of flake8 has looked at: every folder once, however many files it lints.

    A run must not outlive the run of flake8: it does not notice what changes on disk.
    """

    def __init__(self) -> None:
        self._projects: dict[Path, Project] = {}
        self._labels: dict[Project, Mapping[str, Path]] = {}
        self._mentions: dict[Project, frozenset[MigrationKey]] = {}
        self._naming: dict[Project, Mapping[ModelKey, frozenset[str]]] = {}
        self._written: dict[tuple[Project, tuple[str, ...]], bool] = {}
        self._timelines: dict[tuple[Path, str], Timeline] = {}
        self._places: dict[str, Path] = {}

    def place(self, path: str) -> Path:
        """The absolute path of a migration, without links, as a baseline holds it."""
        if path not in self._places:
            self._places[path] = Path(path).resolve()
        return self._places[path]

    def project(self, folder: Path) -> Project:
        """The project that a folder belongs to."""
        if folder not in self._projects:
            self._projects[folder] = Project.at(folder)
        return self._projects[folder]

    def timeline(self, folder: Path, vendor: str) -> Timeline:
        """The timeline of the app whose migrations lie in a folder, as it is on disk."""
        if (folder, vendor) not in self._timelines:
            project = self.project(folder)
            app = project.app(folder, vendor)
            self._timelines[folder, vendor] = self.timeline_of(app, project, vendor)
        return self._timelines[folder, vendor]

    def timeline_of(self, app: App, project: Project, vendor: str) -> Timeline:
        """The timeline of an app that finds the others of its project."""

        def other(app_label: str) -> Timeline | None:
            folder = self._folders(project).get(app_label)
            return self.timeline(folder, vendor) if folder else None

        def writes(words: tuple[str, ...]) -> bool:
            if (project, words) not in self._written:
                folders = self._folders(project).values()
                self._written[project, words] = project.writes(words, folders)
            return self._written[project, words]

        naming = partial(self._named_by, project)
        return Timeline(app, other, partial(self._mentioned, project), writes, naming)

    def _folders(self, project: Project) -> Mapping[str, Path]:
        if project not in self._labels:
            self._labels[project] = project.labels()
        return self._labels[project]

    def _named_by(self, project: Project, model: ModelKey) -> frozenset[str]:
        """The apps whose migrations may name a model."""
        if project not in self._naming:
            found: dict[ModelKey, set[str]] = {}
            for label, folder in self._folders(project).items():
                for each in project.models(folder):
                    found.setdefault(each, set()).add(label)
            self._naming[project] = {key: frozenset(labels) for key, labels in found.items()}
        return self._naming[project].get(model, frozenset())

    def _mentioned(self, project: Project) -> frozenset[MigrationKey]:
        if project not in self._mentions:
            self._mentions[project] = project.mentions(self._folders(project).values())
        return self._mentions[project]


class History:
    """A migration and all that is known of what surrounds it."""

    def __init__(self, migration: Migration, timeline: Timeline, unloaded: str = "") -> None:
        self.migration = migration
        self.graph: MigrationGraph = timeline.graph
        self.unloaded = unloaded
        """Why Django never loads the file; empty where it does, and in doubt."""
        self._timeline = timeline

    @classmethod
    def of(
        cls,
        path: str,
        source: str | None,
        vendor: str = "postgresql",
        run: Run | None = None,
    ) -> History | None:
        """The history of a file, or of the text an editor has under its name.

        None where it holds no migration. The histories of one run share what they find.
        """
        run = run or Run()
        text = None if source is None else normal(source)
        folder = folder_of(path)
        if folder is None:
            return cls._alone(path, text or "", vendor)
        project, name = run.project(folder), name_of(path)
        if is_skipped(path):
            return None if project.is_used(folder, name) else cls._skipped(path, text or "", vendor)
        timeline = run.timeline(folder, vendor)
        key = MigrationKey(timeline.nodes.app.label, name)
        if text is not None and not project.holds(text, folder, key, vendor):
            app = project.app(folder, vendor, name, text)
            timeline = run.timeline_of(app, project, vendor)
        migration = timeline.graph.nodes.get(MigrationKey(timeline.nodes.app.label, name))
        unloaded = "" if project.is_package(folder) else "its folder has no __init__.py"
        return cls(migration, timeline, unloaded) if migration else None

    @classmethod
    def _skipped(cls, path: str, text: str, vendor: str) -> History | None:
        """A file that Django skips for its name: it is no node, and nothing surrounds it."""
        alone = cls._alone(path, text, vendor)
        if alone is not None:
            alone.unloaded = f"its name begins with {name_of(path)[0]}"
        return alone

    @classmethod
    def _alone(cls, path: str, text: str, vendor: str) -> History | None:
        """The history of a text without a file: its app has the one label it depends on."""
        migration = read(text, path, MigrationKey("", name_of(path)), None, vendor)
        if migration is None:
            return None
        labels = {each.app_label for each in migration.dependencies} - CONTRIB.keys()
        label = labels.pop() if len(labels) == 1 and migration.initial is not True else ""
        if isinstance(label, str) and label:
            key = MigrationKey(label, migration.name)
            migration = read(text, path, key, None, vendor) or migration
        app = App.of(migration.app_label, migration, is_alone=True)
        return cls(migration, Timeline(app))

    def before(
        self, key: MigrationKey | None = None, is_shipped: IsShipped | None = None
    ) -> ProjectState:
        """The state in front of the migration, or of another of its app.

        What has shipped of other apps has run, whether or not a dependency leads there.
        """
        return self._timeline.before(key or self.migration.key, is_shipped)

    def after(self, keys: Iterable[MigrationKey]) -> ProjectState:
        """The app's state once these migrations of it have run."""
        return self._timeline.after_all(self._timeline.heads(keys))

    def earlier(self) -> tuple[Migration, ...]:
        """The app's migrations that come before this one, oldest first."""
        return self._earlier

    @cached_property
    def _earlier(self) -> tuple[Migration, ...]:
        return tuple(map(self.graph.nodes.__getitem__, self.graph.earlier(self.migration.key)))

    def later(self) -> tuple[Migration, ...]:
        """The app's other migrations, but for those that this one replaces."""
        key = self.migration.key
        known = {key, *self.graph.earlier(key), *self._timeline.nodes.covers(key)}
        return tuple(each for each in self.graph.nodes.values() if each.key not in known)

    def replaced(self) -> tuple[Migration, ...]:
        """The migrations that this one replaces, as far as they are still there."""
        found = map(self.graph.migration, self.migration.replaces)
        return tuple(migration for migration in found if migration)

    def faults(self) -> tuple[Fault, ...]:
        """The files beside this one that could not be read."""
        return self._timeline.nodes.app.faults
