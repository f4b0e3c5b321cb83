"""Which index or constraint is dropped, and the same one built again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flake8_django_migrations.migration import AlterField, AlterIndexTogether, AlterUniqueTogether
from flake8_django_migrations.plan.actions import Action, Kind
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.plan.steps import Step
    from flake8_django_migrations.rules.rule import Subject

_BUILDS: Final = {
    Kind.CREATE_INDEX: (frozenset({Kind.DROP_INDEX}), "the index"),
    Kind.ADD_UNIQUE: (frozenset({Kind.DROP_CONSTRAINT}), "the unique constraint"),
}
_OTHER_WORK: Final = questions.ROW_WRITES | {Kind.ALTER_TYPE, Kind.ALTER_COLLATION}
"""What an index may have been dropped for: it goes faster without, or makes it useless."""
_NAMED_BY_DJANGO: Final = (AlterField, AlterIndexTogether, AlterUniqueTogether)
"""Operations whose indexes get their names from their columns."""


class Rebuilt(NamedTuple):
    """An action that builds what an earlier operation dropped, and how it had come to go."""

    step: Step
    built: Action
    earlier: Step
    gone: Action

    @property
    def what(self) -> str:
        """What is built, as a message names it."""
        return _BUILDS[self.built.kind][1]

    @property
    def remedy(self) -> str:
        """What to do instead of both."""
        if self.gone.columns != self.built.columns:
            return "rename the column alone"
        kind = type(self.earlier.operation)
        is_same_name = kind in _NAMED_BY_DJANGO and kind is type(self.step.operation)
        return "leave out both" if is_same_name else "rename it instead"


def built_again(subject: Subject) -> tuple[Action, ...]:
    """The actions that build what an earlier operation of the migration has dropped."""
    return tuple(each.built for each in rebuilt(subject))


@once
def rebuilt(subject: Subject) -> Iterator[Rebuilt]:
    """What is dropped and built again, though nothing between them made it useless."""
    dropped: list[tuple[Step, Action]] = []
    renamed: dict[tuple[str, str], str] = {}
    for step, action in questions.actions(subject):
        if action.kind is Kind.RENAME_COLUMN and action.columns and action.name:
            renamed[action.table, action.columns[0]] = action.name
        elif action.kind in _OTHER_WORK:
            dropped = [each for each in dropped if each[1].table != action.table]
        elif action.kind in {Kind.DROP_INDEX, Kind.DROP_CONSTRAINT} and action.columns:
            dropped.append((step, action))
        elif action.kind in _BUILDS and not questions.is_idle(subject, step, action.table):
            twin = _twin(action, step, dropped, renamed)
            if twin is not None:
                yield Rebuilt(step, action, *twin)


def _twin(
    built: Action,
    step: Step,
    dropped: list[tuple[Step, Action]],
    renamed: dict[tuple[str, str], str],
) -> tuple[Step, Action] | None:
    """What an earlier operation dropped that had the same columns, by their new names.

    One operation that drops and builds is Django's own doing: there is nothing to rename.
    """
    kinds, _what = _BUILDS[built.kind]
    for earlier, gone in dropped:
        columns = tuple(renamed.get((gone.table, column), column) for column in gone.columns)
        same = (gone.table, columns, gone.is_unique) == (
            built.table,
            built.columns,
            built.is_unique,
        )
        if earlier is not step and gone.kind in kinds and same and gone.is_plain and built.is_plain:
            return earlier, gone
    return None
