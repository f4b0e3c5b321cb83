"""What several families ask, where no rule leads to it alone."""

from __future__ import annotations

from marked import write
from running import INITIAL

from flake8_django_migrations.history.history import History
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import DEFAULT
from flake8_django_migrations.plan.steps import steps
from flake8_django_migrations.rules.questions import is_touched_before
from flake8_django_migrations.rules.rule import Subject, once


def _subject(tmp_path):
    write(tmp_path, {"shop/migrations/0001_initial.py": INITIAL})
    history = History.of(str(tmp_path / "shop" / "migrations" / "0001_initial.py"), None)
    return Subject(
        migration=history.migration,
        steps=steps(history.migration, history.before(), DEFAULT),
        graph=history.graph,
        database=DEFAULT,
        options=Options(),
    )


def test_a_model_that_is_not_known_may_have_been_touched(tmp_path):
    subject = _subject(tmp_path)
    assert is_touched_before(subject, subject.steps[0], "nowhere", "note")


def test_a_question_that_many_rules_ask_is_worked_out_once_a_subject(tmp_path):
    asked = []

    @once
    def names(subject):
        asked.append(subject)
        yield subject.migration.name

    first, second = _subject(tmp_path), _subject(tmp_path)
    assert [*names(first), *names(first), *names(second)] == ["0001_initial"] * 3
    assert [each is first for each in asked] == [True, False]
    assert names.__name__ == "names"
