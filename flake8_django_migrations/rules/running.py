"""What the code that is running now names, and an operation takes away or calls anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flake8_django_migrations.migration import RunSQL
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions

if TYPE_CHECKING:
    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_RENAMES: Final = frozenset({Kind.RENAME_TABLE, Kind.RENAME_COLUMN})


def is_in_use(subject: Subject, step: Step, action: Action) -> bool:
    """Whether the models of the running code have what the action takes away.

    What Django takes away is in the state; what SQL takes away may be nobody's.
    """
    column = action.columns[0] if action.columns else ""
    if step.is_new_column(action.table, column):
        return False
    is_sql = isinstance(step.operation, RunSQL)
    running = subject.running
    model = questions.model_of(running, action.table)
    if model is None or not column:
        owner = running.models.get(action.model) if action.model is not None else None
        is_of_model = owner is not None and not owner.is_doubtful
        return model is not None or is_of_model or not is_sql
    is_modelled = questions.has_column(model, column)
    return is_modelled is True if is_sql else is_modelled is not False


def renames(subject: Subject, step: Step) -> tuple[Action, ...]:
    """The renames of the step after which the running code asks for what is not there."""
    return tuple(
        action
        for action in step.forwards
        if action.kind in _RENAMES
        and is_in_use(subject, step, action)
        and not _keeps_view(subject, action)
    )


def _keeps_view(subject: Subject, action: Action) -> bool:
    """Whether SQL leaves a view under the old name of the table."""
    return action.kind is Kind.RENAME_TABLE and any(
        "view" in words and action.table.lower() in words
        for _step, each in questions.actions(subject)
        for words in (each.sql.lower().replace('"', " ").replace(".", " ").split(),)
    )
