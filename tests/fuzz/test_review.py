"""Any text gives findings or silence: nothing raises, and no rule has a fault of its own."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_django_migrations.history.history import Run
from flake8_django_migrations.options import Options
from flake8_django_migrations.plan.databases import parse_database
from flake8_django_migrations.review import review

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
MIGRATIONS = sorted(SHOP.glob("*/migrations/0*.py"))
DATABASES = tuple(map(parse_database, ("postgresql:10", "postgresql:18", "mysql:8.0", "sqlite")))
OPTIONS = Options(databases=DATABASES, table_rows={"orders_order": 90_000_000}, shipped=frozenset())
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

VALUES = st.sampled_from(
    """None|True|0|-1|''|()|[]|{}|lambda: 0|x|x.y|x()|*x|[i for i in x]|f'{x}'|'a' * 9|1 if x else 2
    |models.F('a')|...""".replace("\n    ", "").split("|")
)


def faults(path: Path, text: str) -> list[str]:
    judged = review(str(path), text.splitlines(keepends=True), OPTIONS, Run())
    reports = judged.reports if judged else ()
    return [report.message for report in reports if report.rule.code == "DJM002"]


@st.composite
def changed(draw: st.DrawFn) -> tuple[Path, str]:
    """A migration of the example with an argument or a name replaced."""
    path = draw(st.sampled_from(MIGRATIONS))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = [node for node in ast.walk(tree) if isinstance(node, ast.keyword | ast.Constant)]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places))
        value = ast.parse(f"({draw(VALUES)},)", mode="eval").body.elts[0]
        if isinstance(place, ast.keyword) and not isinstance(value, ast.Starred):
            place.value = value
        elif isinstance(place, ast.Constant):
            place.value = draw(st.sampled_from([None, True, 7, "id", "order", "orders.Order", b""]))
    return path, ast.unparse(ast.fix_missing_locations(tree))


@QUIET
@given(changed())
def test_a_changed_argument_is_no_fault(case):
    assert faults(*case) == []


@QUIET
@given(st.sampled_from(MIGRATIONS), st.data())
def test_a_text_that_is_being_written_is_no_fault(path, data):
    text = path.read_text(encoding="utf-8")
    cut = data.draw(st.integers(0, len(text)))
    assert faults(path, text[:cut]) == []


@QUIET
@given(st.sampled_from(MIGRATIONS), st.text(max_size=40), st.data())
def test_any_text_among_it_is_no_fault(path, noise, data):
    text = path.read_text(encoding="utf-8")
    cut = data.draw(st.integers(0, len(text)))
    assert faults(path, text[:cut] + noise + text[cut:]) == []
