"""Rows on dependencies: whether the graph is sound, on a fresh database too."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import dependencies, loading
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM601",
        name="dangling-dependency",
        message="depends on {dependency}, which does not exist: Django refuses to load the app",
        why=(
            "Every command that loads the migrations stops with NodeNotFoundError, on every "
            "machine: migrate, test, runserver."
        ),
        instead=(
            "Name a migration that is there. After a rename of the file, its new name; when "
            "squashed migrations have been deleted, the squash:\n\n"
            '    dependencies = [("shop", "0001_squashed_0007_order_total")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#dependencies",),
        check=dependencies.dangling_dependency,
    ),
    Rule(
        code="DJM602",
        name="undeclared-dependency",
        message="{what} needs app {app}, to which no dependency leads: declare one",
        why=(
            "It works where the other app's tables are there already. On a fresh database, and in "
            "every test run, the order is free: LookupError, or a lazy reference that cannot be "
            "resolved."
        ),
        instead=(
            "Depend on the migration that creates the model:\n\n"
            '    dependencies = [("shop", "0007_order"), ("customers", "0001_initial")]'
        ),
        severity=Severity.ERROR,
        serves=("6.2",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#dependencies",),
        check=dependencies.undeclared_dependency,
    ),
    Rule(
        code="DJM603",
        name="circular-dependency",
        message="depends on itself: {cycle}",
        why="Every command that loads the migrations stops with CircularDependencyError.",
        instead=(
            "Create both models first, without the foreign key that closes the circle; add it in "
            "a later migration that depends on both."
        ),
        severity=Severity.ERROR,
        serves=("6.3",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#dependencies",),
        check=dependencies.circular_dependency,
    ),
    Rule(
        code="DJM604",
        name="several-leaves",
        message="app {app} has another leaf, {other}: `migrate` refuses to run",
        why=(
            "Two branches have added a migration after the same one, and nobody has said which "
            'comes first: `migrate` stops with "Conflicting migrations detected".'
        ),
        instead=(
            "Let the newer one depend on the other, if it has not shipped:\n\n"
            '    dependencies = [("shop", "0008_order_note")]\n\n'
            "Or write a migration that depends on both: `manage.py makemigrations --merge`."
        ),
        severity=Severity.ERROR,
        serves=("6.4",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#version-control",),
        check=dependencies.several_leaves,
    ),
    Rule(
        code="DJM605",
        name="undeclared-swappable-dependency",
        message="{what} points at settings.{setting} without swappable_dependency on it",
        why=(
            "Which app has the model is the project's choice. Without the dependency the order on "
            "a fresh database is free, and the foreign key may come before the table it points to."
        ),
        instead=(
            "Declare it:\n\n"
            "    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]"
        ),
        severity=Severity.ERROR,
        serves=("6.2",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#dependencies",),
        check=dependencies.undeclared_swappable_dependency,
    ),
    Rule(
        code="DJM606",
        name="late-run-before",
        message="run_before {target}, which has shipped: databases that have it refuse to migrate",
        why=(
            "Where the other migration has been applied and this one has not, `migrate` stops with "
            "InconsistentMigrationHistory: that is every database but a fresh one."
        ),
        instead=(
            "Remove `run_before`, and let a migration of the other app that has not shipped depend "
            "on this one:\n\n"
            '    dependencies = [("customers", "0007_customer_vip"), ("shop", "0003_order_total")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.HOWTO}#controlling-the-order-of-migrations",),
        check=dependencies.late_run_before,
    ),
    Rule(
        code="DJM607",
        name="moving-dependency",
        message="depends on whatever is last in app {app}: its next migration stops `migrate`",
        why=(
            "Once this one is applied, the next migration of the other app becomes its parent and "
            "is not applied yet: `migrate` stops with InconsistentMigrationHistory on every database "
            "but a fresh one, and a migration that leads back here makes a circle."
        ),
        instead=(
            "Name the migration that is needed:\n\n"
            '    dependencies = [("shop", "0007_order"), ("customers", "0002_customer_vip")]'
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#dependencies",),
        check=dependencies.moving_dependency,
    ),
    Rule(
        code="DJM608",
        name="unloaded-migration",
        message="Django never loads this migration: {why}",
        why=(
            "It is skipped without a word: `showmigrations` does not list it, `migrate` does not run "
            "it, and what it would create is missing on every database."
        ),
        instead=(
            "Rename the file so that it begins with its number, or put an empty `__init__.py` into "
            "the folder; delete the file if it is not wanted."
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/django-admin/#makemigrations",),
        check=dependencies.unloaded_migration,
    ),
    Rule(
        code="DJM609",
        name="misplaced-initial",
        message="initial = True behind {migration}, which is not initial: --fake-initial may skip it",
        why=(
            "`migrate --fake-initial` records an initial migration as applied, without running any of "
            "it, where the tables and columns that it creates are there. Only the migrations that "
            "create the app's first tables are meant to be judged by that."
        ),
        instead="Delete the line: Django counts a migration without it as an ordinary one.",
        severity=Severity.WARNING,
        serves=("6.4",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#initial-migrations",),
        check=dependencies.misplaced_initial,
    ),
    Rule(
        code="DJM610",
        name="conflicting-merge",
        message="{one} and {other} both change {what}: what comes out depends on which ran last",
        why=(
            "A merge only says that both come first. Databases that have run the branches in "
            "different order end up with different schemas, or cannot run the second one at all."
        ),
        instead=(
            "If one of the branches has not shipped, rewrite it on top of the other and delete the "
            "merge:\n\n"
            '    dependencies = [("shop", "0003_order_note_null")]'
        ),
        severity=Severity.WARNING,
        serves=("6.4",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#version-control",),
        check=dependencies.conflicting_merge,
    ),
    Rule(
        code="DJM611",
        name="missing-extension",
        message="{what} needs extension {extension}, which no migration before it creates",
        why=(
            "It works where somebody has created the extension by hand. On a fresh database, and in "
            "every test run, the type or the operator class does not exist."
        ),
        instead=(
            "Create it first; the role that migrates must be allowed to. Each extension has an "
            "operation in django.contrib.postgres.operations:\n\n"
            "    operations = [TrigramExtension()]"
        ),
        severity=Severity.WARNING,
        databases=("postgresql",),
        serves=("6.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.POSTGRES}#creating-extension-using-migrations",),
        check=dependencies.missing_extension,
    ),
    Rule(
        code="DJM612",
        name="repeated-number",
        message="{migration} before it has the number {number} too: rename this one",
        why=(
            "Django orders by dependencies alone, people and tools by the number: `migrate shop "
            "0003` is refused because it names two, and a merge is resolved the wrong way round."
        ),
        instead=(
            "Rename the file before it ships, and the dependencies that name it:\n\n"
            "    git mv shop/migrations/0003_total.py shop/migrations/0004_total.py"
        ),
        severity=Severity.ADVICE,
        serves=("6.4",),
        unmeasured="Django goes by the dependencies: only people read the number.",
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate",),
        check=dependencies.repeated_number,
    ),
    Rule(
        code="DJM613",
        name="removed-name",
        message="Django {version} cannot load this migration: {what}",
        why=(
            "Every command that loads the migrations stops here, whether this one has been applied "
            "or not: migrate, test, runserver."
        ),
        instead=(
            "Write it as every Django on the way understands it. Old migrations may be changed so: "
            "what they do to the database stays the same.\n\n"
            "    import datetime\n\n"
            "    migrations.AddField(\n"
            '        "order",\n'
            '        "placed",\n'
            "        models.DateTimeField(\n"
            "            default=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),\n"
            "            null=True,\n"
            "        ),\n"
            "    )"
        ),
        severity=Severity.ERROR,
        serves=("6.1",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=("https://docs.djangoproject.com/en/stable/internals/deprecation/",),
        check=loading.removed_name,
    ),
)
"""The rows of DJM6xx, in code order."""
