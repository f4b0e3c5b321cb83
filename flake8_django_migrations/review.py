"""One migration judged: the subject built, every rule asked, the waivers heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from flake8_django_migrations import baseline, render, waivers
from flake8_django_migrations.history.history import History, Run
from flake8_django_migrations.migration import NOWHERE, MigrationKey
from flake8_django_migrations.paths import folder_of, is_skipped
from flake8_django_migrations.plan.steps import Fresh, steps
from flake8_django_migrations.rules.rule import Finding, Rule, Severity, Subject, found
from flake8_django_migrations.rules.table import RULES

if TYPE_CHECKING:
    from flake8_django_migrations.history.state import ProjectState
    from flake8_django_migrations.history.timeline import IsShipped
    from flake8_django_migrations.migration import Migration, Place
    from flake8_django_migrations.options import Options
    from flake8_django_migrations.plan.databases import Database
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.waivers import Waiver

BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Report:
    """One finding, ready to be shown; ``databases`` is empty where it is about all of them."""

    rule: Rule
    finding: Finding
    databases: tuple[Database, ...] = ()

    @property
    def message(self) -> str:
        """The rule's message with its words filled in."""
        return render.message(self.rule, self.finding, self.databases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A migration, its plan on the first configured database, and what is to be said of it.

    ``reports`` are in line order, after waivers; ``previous`` is the migration that
    ``migrate`` goes back to, ``zero`` where there is none.
    """

    migration: Migration
    steps: tuple[Step, ...]
    reports: tuple[Report, ...]
    waived: tuple[tuple[Report, Waiver], ...]
    is_shipped: bool
    previous: str


def review(
    path: str, lines: Sequence[str], options: Options, run: Run | None = None
) -> Review | None:
    """What is to be said of the file; None where it is no migration.

    Files reviewed in one run share what is found on disk.
    """
    run = run or Run()
    histories = [
        History.of(path, "".join(lines), database.vendor, run) for database in options.databases
    ]
    history = histories[0]
    if history is None:
        return None
    subjects = [
        _subject(each, database, options, run)
        for each, database in zip(histories, options.databases, strict=True)
        if each is not None
    ]
    is_shipped = options.shipped is not None and run.place(path) in options.shipped
    reports = () if is_shipped else tuple(_judge(subjects, _asked(path)))
    kept, waived, own = waivers.apply(waivers.waivers(lines), reports, history.migration)
    is_quiet = is_shipped or is_skipped(path)
    linter = _own(history, subjects[0].pending, options)
    remarks = () if is_quiet else (*linter, *(report(*each) for each in own))
    return Review(
        migration=history.migration,
        steps=() if is_skipped(path) else subjects[0].steps,
        reports=_sorted((*kept, *remarks)),
        waived=waived,
        is_shipped=is_shipped,
        previous=_previous(history),
    )


def report(code: str, finding: Finding) -> Report:
    """A finding of the linter itself."""
    return Report(BY_CODE[code], finding)


def fault(error: BaseException) -> Report:
    """An error of our own as a finding that names its place in our code."""
    package = Path(__file__).parent
    frames = [
        frame
        for frame in extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(package)
    ]
    where = "?"
    if frames:
        where = f"{Path(frames[-1].filename).relative_to(package)}:{frames[-1].lineno}"
    return report("DJM002", found(NOWHERE, error=type(error).__name__, where=where))


def _sorted(reports: Sequence[Report]) -> tuple[Report, ...]:
    return tuple(sorted(reports, key=lambda each: (each.finding.place, each.rule.code)))


def _previous(history: History) -> str:
    earlier = history.earlier()
    return earlier[-1].name if earlier else "zero"


def _own(
    history: History, pending: frozenset[MigrationKey] | None, options: Options
) -> Iterator[Report]:
    """What the linter says about what it was given, waivers apart."""
    yield from _unread(history.migration)
    for each in history.faults():
        place = history.migration.place
        yield report("DJM001", found(place, what=f"{each.name}.py beside it", why=each.why))
    folder = folder_of(history.migration.path)
    if options.baseline is not None and folder and _is_newest_pending(history, pending):
        for entry in baseline.gone(options.baseline, folder):
            place, name = history.migration.place, entry.path.name
            yield report("DJM006", found(place, line=str(entry.line), migration=name))


def _is_newest_pending(history: History, pending: frozenset[MigrationKey] | None) -> bool:
    """Whether the migration is the last of its app that has not shipped.

    A line of the baseline whose file has gone is told there: whoever renames a file makes it
    pending, and what has shipped stays silent.
    """
    last = [key for key in history.graph.order() if key in (pending or ())][-1:]
    return last == [history.migration.key]


def _unread(migration: Migration) -> Iterator[Report]:
    """What could not be read, each kind once at its first place, and how often."""
    kinds: dict[tuple[str, str], list[Place]] = {}
    for part in migration.unreadable:
        kinds.setdefault((part.what, part.why), []).append(part.place)
    for (what, why), places in kinds.items():
        times = f"; {len(places)} times in this file" if len(places) > 1 else ""
        yield report("DJM001", found(min(places), what=what, why=f"{why}{times}"))


# The subject ----------------------------------------------------------------------------


def _subject(history: History, database: Database, options: Options, run: Run) -> Subject:
    """The migration as one database sees it."""
    pending = _pending(history, options, run)
    fresh = _fresh(history, pending, database, options)
    before = history.before(is_shipped=_is_shipped(options, run))
    return Subject(
        migration=history.migration,
        steps=steps(history.migration, before, database, options.django, fresh),
        graph=history.graph,
        unloaded=history.unloaded,
        earlier=history.earlier(),
        later=history.later(),
        replaced=history.replaced(),
        pending=pending,
        shipped=_shipped(history, pending),
        database=database,
        options=options,
    )


def _is_shipped(options: Options, run: Run) -> IsShipped | None:
    """Whether a migration of any app has shipped; None where nothing says what has."""
    shipped = options.shipped
    if shipped is None:
        return None
    return lambda migration: run.place(migration.path) in shipped


def _pending(history: History, options: Options, run: Run) -> frozenset[MigrationKey] | None:
    """The migrations of this app that have not shipped; None where nothing says what has."""
    if options.shipped is None:
        return None
    return frozenset(
        each.key
        for each in (*history.earlier(), *history.later(), *history.replaced(), history.migration)
        if run.place(each.path) not in options.shipped
    )


def _shipped(history: History, pending: frozenset[MigrationKey] | None) -> ProjectState | None:
    """The state with what has shipped, None where nothing says what has."""
    if pending is None:
        return None
    return history.after(each.key for each in history.earlier() if each.key not in pending)


def _fresh(
    history: History,
    pending: frozenset[MigrationKey] | None,
    database: Database,
    options: Options,
) -> Fresh:
    """What the deploy makes before this migration: by pending ones, or by the initial run.

    A squash runs on fresh databases only: to it every table is new.
    """
    if history.migration.replaces:
        models = history.before().models.values()
        return Fresh(model.table for model in models if isinstance(model.table, str))
    fresh = Fresh()
    if history.migration.initial is not True and not pending:
        return fresh
    for each in history.earlier():
        is_initial_run = each.initial is True and history.migration.initial is True
        if is_initial_run or each.key in (pending or frozenset()):
            steps(each, history.before(each.key), database, options.django, fresh, and_back=False)
    return fresh


# The judgement ---------------------------------------------------------------------------


def _asked(path: str) -> Sequence[Rule]:
    """The rules for a file: of one that Django skips for its name, only that it does."""
    return (BY_CODE["DJM608"],) if is_skipped(path) else RULES


def _judge(subjects: Sequence[Subject], rules: Sequence[Rule]) -> Iterator[Report]:
    """Every rule asked of every database; what several answer alike is one report."""
    answers: dict[tuple[object, ...], tuple[Report, list[Database]]] = {}
    for subject in subjects:
        for each in _ask(subject, rules):
            words = tuple(each.finding.words.items())
            identity = (each.rule.code, each.finding.place, words)
            answers.setdefault(identity, (each, []))[1].append(subject.database)
    for each, named in answers.values():
        everywhere = len(set(named)) == len(subjects)
        yield each if everywhere else replace(each, databases=tuple(dict.fromkeys(named)))


def _ask(subject: Subject, rules: Sequence[Rule]) -> Iterator[Report]:
    for rule in rules:
        if rule.check is None or (rule.databases and subject.database.vendor not in rule.databases):
            continue
        try:
            findings = tuple(rule.check(subject))
        except Exception as error:  # noqa: BLE001 - the other rules must still be heard
            yield fault(error)
        else:
            yield from (Report(rule, finding) for finding in findings)


def is_asked_for(rule: Rule, options: Options) -> bool:
    """Whether the rule reports under these options: advice only when its prefix is selected."""
    return rule.severity is not Severity.ADVICE or any(
        len(prefix) >= 4 and rule.code.startswith(prefix) for prefix in options.extended_select
    )
