"""2xx: values that are put into the text of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_django_migrations.migration import Body, Code, RunPython, RunSQL
from flake8_django_migrations.rules import questions
from flake8_django_migrations.rules.rule import Finding, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_django_migrations.rules.rule import Subject


def quoted_value(subject: Subject) -> Iterator[Finding]:
    """A value that stands between quotes of a statement, where an apostrophe in it ends them."""
    for step in questions.on_database(subject):
        match step.operation:
            case RunSQL(sql=tuple(texts)) | RunPython(code=Code(body=Body(sql=texts))):
                for text in texts:
                    if text.quoted:
                        place = text.place._replace(end_line=text.place.line)
                        value = text.quoted if len(text.quoted) < 40 else "a value"
                        yield found(place, value=value)
            case _:
                pass
