"""Rows on squashing: what should be squashed, and whether the squash was right."""

from __future__ import annotations

from typing import Final

from flake8_django_migrations.rules import squashing
from flake8_django_migrations.rules.rule import Claim, Rule, Severity
from flake8_django_migrations.rules.table import sources

ROWS: Final[tuple[Rule, ...]] = (
    Rule(
        code="DJM701",
        name="many-pending",
        message="app {app} has {count} pending migrations: squash them before they ship",
        why=(
            "Each one takes its locks anew, and each is a place where a deploy can stop half-way; "
            "all of them are read by every test run from now on."
        ),
        instead=(
            "Only development databases have them. Go back to the last one that has shipped, "
            "delete the pending files, write them anew, and put RunPython and RunSQL back by "
            "hand:\n\n"
            "    python manage.py migrate shop 0020\n"
            "    python manage.py makemigrations shop"
        ),
        severity=Severity.ADVICE,
        serves=("7.1",),
        unmeasured="It is about the number of files: each does what it says.",
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.many_pending,
    ),
    Rule(
        code="DJM702",
        name="field-churn",
        message="{model}.{field} was {earlier} in pending {migration}: make it one operation",
        why=(
            "Production has seen neither of the two: it would do, under lock, what the second one "
            "changes again or takes back, where one operation gets it there at once."
        ),
        instead=(
            "Fold the change into the migration that is still pending, as long as only "
            "development databases have it, and delete this operation."
        ),
        severity=Severity.ADVICE,
        serves=("7.2",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.field_churn,
    ),
    Rule(
        code="DJM703",
        name="squash-of-unshipped",
        message="replaces {migration}, which has not shipped: squash only what runs everywhere",
        why=(
            "A database that has applied only a part of the replaced migrations cannot use the "
            "squash, and once the originals are deleted it can use nothing."
        ),
        instead=(
            "Ship the migrations everywhere first and record them in the baseline, then squash:"
            "\n\n    python -m flake8_django_migrations baseline"
        ),
        severity=Severity.WARNING,
        serves=("7.3",),
        claims=(Claim.BREAKS_NEW_CODE,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_of_unshipped,
    ),
    Rule(
        code="DJM704",
        name="squash-mismatch",
        message="the squash is not what it replaces: {difference}",
        why=(
            "Existing databases keep what the originals made, fresh ones get what the squash "
            "makes, and from then on they differ."
        ),
        instead=(
            "Copy by hand what squashmigrations leaves out (`atomic = False`, `run_before`, the "
            "functions), list exactly the replaced names, and change no model on the way."
        ),
        severity=Severity.ERROR,
        serves=("7.4",),
        claims=(Claim.DRIFTS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_mismatch,
    ),
    Rule(
        code="DJM705",
        name="replaced-dependency",
        message="depends on {dependency}, which {squash} replaces: name the squash instead",
        why=(
            "The squash answers for the old name only as long as its `replaces` is there. When the "
            "originals and `replaces` are deleted, as they are meant to be, Django refuses to load "
            "the migrations: NodeNotFoundError."
        ),
        instead=(
            "Depend on the squash; databases that have applied the originals count it as applied:"
            '\n\n    dependencies = [("shop", "0001_squashed_0007_order_total")]'
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.replaced_dependency,
    ),
    Rule(
        code="DJM706",
        name="squash-of-squash",
        message="replaces {squash}, which is a squash itself: Django before 6.0 may fail to load it",
        why=(
            "Before 6.0 Django applies squashes in the order of a set, which changes from process to "
            "process. In the runs where the outer one comes first the inner one is not found: "
            "NodeNotFoundError."
        ),
        instead=(
            "Finish the first squash before the second: once it has been applied everywhere, delete "
            "the migrations it replaces and its `replaces`."
        ),
        severity=Severity.ERROR,
        serves=("7.4",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#squashing-migrations",),
        check=squashing.squash_of_squash,
    ),
    Rule(
        code="DJM707",
        name="unsquashable-callable",
        message="RunPython is given {what} which squashmigrations cannot write: use a function",
        why=(
            "`squashmigrations` writes each function by its import path, and stops with ValueError at "
            "one that has none."
        ),
        instead=(
            "Define it at the top of the module:\n\n"
            "    def fill(apps, schema_editor): ...\n\n"
            "    migrations.RunPython(fill, migrations.RunPython.noop)"
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        claims=(Claim.FAILS,),
        since="0.1.0",
        sources=(f"{sources.MIGRATIONS}#serializing-values",),
        check=squashing.unsquashable_callable,
    ),
    Rule(
        code="DJM708",
        name="unelidable-backfill",
        message="{what} only fills rows that are there: say elidable=True, so that a squash drops it",
        why=(
            "Nothing can be optimised across it, and the squash carries it for ever, though on the "
            "fresh databases that run the squash there are no rows to fill."
        ),
        instead=(
            "Say so where it is written:\n\n"
            "    migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)\n\n"
            "Or `elidable=False`, where it must stay."
        ),
        severity=Severity.ADVICE,
        serves=("7.4",),
        claims=(Claim.SPARABLE,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=squashing.unelidable_backfill,
    ),
    Rule(
        code="DJM709",
        name="elidable-seed",
        message="{function} creates rows of {model} but is elidable: a squash leaves them out",
        why=(
            "`squashmigrations` drops what is elidable. Databases that are set up from the squash "
            "lack the rows which all others have."
        ),
        instead=(
            "Remove `elidable=True`; the squash keeps the step then:\n\n"
            "    migrations.RunPython(seed, migrations.RunPython.noop)"
        ),
        severity=Severity.WARNING,
        serves=("7.4",),
        claims=(Claim.LOSES,),
        since="0.1.0",
        sources=(f"{sources.OPERATIONS}#runpython",),
        check=squashing.elidable_seed,
    ),
)
"""The rows of DJM7xx, in code order."""
