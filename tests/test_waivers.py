"""``# djm: allow``: where it may stand, what it covers, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

import pytest

from flake8_django_migrations.migration import (
    UNKNOWN,
    Code,
    DeleteModel,
    Migration,
    MigrationKey,
    Place,
    RunPython,
    SeparateDatabaseAndState,
)
from flake8_django_migrations.rules.rule import Finding, Rule, found
from flake8_django_migrations.rules.table import RULES
from flake8_django_migrations.waivers import anchor, apply, waivers

BY_CODE = {rule.code: rule for rule in RULES}


@dataclass(frozen=True)
class Reported:
    """A report, as far as waivers look at it."""

    rule: Rule
    finding: Finding = field(hash=False)


def report(code, line, end_line=None):
    return Reported(BY_CODE[code], found(Place(line, 8, end_line or line)))


def read(source):
    return waivers(dedent(source).strip("\n").splitlines(keepends=True))


def heard(source, reports, *operations):
    """The codes and lines that stay, and what is said of the waivers."""
    migration = Migration(key=MigrationKey("shop", "0002"), path="", operations=operations)
    kept, waived, own = apply(read(source), reports, migration)
    assert len(kept) + len(waived) == len(reports)
    return (
        [(each.rule.code, each.finding.place.line) for each in kept],
        [(code, each.place.line, each.words.get("waived")) for code, each in own],
    )


# The comment ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "# djm: allow DJM301 -- why",
        "#djm:allow DJM301--why",
        "#  DJM :  Allow  DJM301  --  why  ",
        "# djm: allow DJM301 \N{EM DASH} why",
        "# noqa: E501  # djm: allow DJM301 -- why",
        "# djm: allow DJM301 -- why  # noqa: E501",
        "# djm: allow DJM301 -- why  #noqa",
    ],
)
def test_a_waiver_may_be_spaced_and_stand_beside_other_comments(comment):
    (waiver,) = read(f"x = 1  {comment}")
    assert (waiver.codes, waiver.reason) == (("DJM301",), "why")


def test_a_waiver_names_several_codes_once_each():
    (waiver,) = read("# djm: allow DJM301, DJM903,DJM301 DJM401 -- closes #12 -- really")
    assert waiver.codes == ("DJM301", "DJM903", "DJM401")
    assert waiver.reason == "closes #12 -- really"


@pytest.mark.parametrize(
    "text",
    ['x = "# djm: allow DJM301 -- why"', "# about djm: allow nothing", "x = 1  # djm", "x = 1"],
)
def test_what_only_looks_like_a_waiver_is_none(text):
    assert read(text) == ()


def test_what_can_be_cut_into_tokens_is_read():
    assert len(read("# djm: allow DJM301 -- why\nx = (")) == 1
    assert len(read("# djm: allow DJM301 -- why\n  x\n y")) == 1
    assert len(read("x = 1  # djm: allow DJM301 -- why")) == 1


@pytest.mark.parametrize(
    ("comment", "own"),
    [
        ("# djm: allow DJM301", [("DJM003", 1, None)]),
        ("# djm: allow DJM301 --", [("DJM003", 1, None)]),
        ("# djm: allow DJM301 --  # noqa: E501", [("DJM003", 1, None)]),
        ("# djm: allow DJM301 because we moved it", [("DJM003", 1, None)]),
        ("# djm: allow", [("DJM004", 1, "`allow` without a code")]),
        ("# djm: allow -- why", [("DJM004", 1, "`allow` without a code")]),
        ("# djm: allow DJM -- why", [("DJM004", 1, "`allow` without a code")]),
        ("# djm: allow DJM3 -- why", [("DJM004", 1, "DJM3")]),
        ("# djm: allow djm301 -- why", [("DJM004", 1, "djm301")]),
        ("# djm: allow E501 -- why", [("DJM004", 1, "E501")]),
        ("# djm: allow DJM001 -- why", [("DJM004", 1, "DJM001")]),
        ("# djm: ignore DJM301 -- why", [("DJM004", 1, "`ignore`, in place of `allow`,")]),
        ("# djm allow DJM3 -- why", [("DJM004", 1, "DJM3")]),
    ],
)
def test_a_waiver_that_is_wrong_waives_nothing_and_is_told(comment, own):
    assert heard(comment, [report("DJM301", 1)]) == ([("DJM301", 1)], own)


def test_a_code_that_is_wrong_does_not_spoil_the_others():
    kept, own = heard("x  # djm: allow DJM301, DJM999 -- why", [report("DJM301", 1)])
    assert (kept, own) == ([], [("DJM004", 1, "DJM999")])


def test_a_code_that_is_not_reported_is_told():
    kept, own = heard("x  # djm: allow DJM301, DJM401 -- why", [report("DJM301", 1)])
    assert (kept, own) == ([], [("DJM005", 1, "DJM401")])


def test_another_code_is_not_waived():
    kept, own = heard("x  # djm: allow DJM301 -- why", [report("DJM401", 1)])
    assert (kept, own) == ([("DJM401", 1)], [("DJM005", 1, "DJM301")])


# Where it stands ---------------------------------------------------------------------------

FIRST = DeleteModel(name="A", place=Place(2, 4, 4))
SECOND = DeleteModel(name="B", place=Place(5, 4, 7))
LINES = ["operations = [", "    A(", "        1,", "    ),", "    B(", "        2,", "    ),", "]"]


def at(line, comment="# djm: allow DJM301 -- why"):
    """The lines above with a comment behind one of them."""
    return "\n".join([*LINES[: line - 1], f"{LINES[line - 1]}  {comment}", *LINES[line:]])


@pytest.mark.parametrize("line", [2, 3, 4])
def test_any_line_of_the_operation_will_do(line):
    reports = [report("DJM301", 2, 4), report("DJM301", 3), report("DJM301", 5, 7)]
    assert heard(at(line), reports, FIRST, SECOND) == ([("DJM301", 5)], [])


@pytest.mark.parametrize("line", [1, 8])
def test_a_bracket_of_the_list_is_no_operation(line):
    kept, own = heard(at(line), [report("DJM301", 2, 4)], FIRST, SECOND)
    assert (kept, own) == ([("DJM301", 2)], [("DJM005", line, "DJM301")])


def test_a_line_of_its_own_above_is_about_the_operation_below():
    source = """
        operations = [
            # djm: allow DJM301 -- why, and the
            # reason goes on
            A(
                1,
            ),
            B(),
        ]
    """
    above = DeleteModel(name="A", place=Place(4, 4, 6))
    below = DeleteModel(name="B", place=Place(7, 4, 7))
    reports = [report("DJM301", 4, 6), report("DJM301", 5), report("DJM301", 7)]
    assert heard(source, reports, above, below) == ([("DJM301", 7)], [])


def test_a_line_of_its_own_inside_is_about_the_operation_around():
    source = "A(\n    # djm: allow DJM301 -- why\n    1,\n)"
    around = DeleteModel(name="A", place=Place(1, 0, 4))
    assert heard(source, [report("DJM301", 1, 4)], around) == ([], [])


NESTED = SeparateDatabaseAndState(
    database_operations=(
        DeleteModel(name="A", place=Place(3, 8, 3)),
        DeleteModel(name="B", place=Place(5, 8, 5)),
    ),
    place=Place(1, 0, 7),
)
OUTER = ["Separate(", "    [", "        A(),", "        {}", "        B(),{}", "    ],", "){}"]


def nested(above="", beside="", outer=""):
    comments = iter((above, beside, outer))
    return "\n".join(line.format(next(comments)) if "{}" in line else line for line in OUTER)


@pytest.mark.parametrize("where", ["above", "beside"])
def test_a_nested_operation_is_waived_alone(where):
    source = nested(**{where: "  # djm: allow DJM301 -- why"})
    reports = [report("DJM301", 3), report("DJM301", 5)]
    assert heard(source, reports, NESTED) == ([("DJM301", 3)], [])


def test_the_outer_operation_is_waived_with_all_it_holds():
    source = nested(outer="  # djm: allow DJM301 -- why")
    reports = [report("DJM301", 1, 7), report("DJM301", 3), report("DJM301", 5)]
    assert heard(source, reports, NESTED) == ([], [])


def test_two_operations_on_a_line_share_its_waiver():
    one = DeleteModel(name="A", place=Place(1, 0, 1))
    two = DeleteModel(name="B", place=Place(1, 5, 1))
    source = "A(), B()  # djm: allow DJM301 -- why"
    assert heard(source, [report("DJM301", 1), report("DJM301", 1)], one, two) == ([], [])


def data_migration():
    code = Code("fill", is_noop=False, body=UNKNOWN, place=Place(1, 0, 4))
    back = Code("noop", is_noop=True, body=UNKNOWN, place=Place(6, 30, 6))
    return RunPython(code=code, reverse_code=back, place=Place(6, 0, 6))


@pytest.mark.parametrize("line", [2, 6])
def test_a_function_is_waived_on_its_lines_or_on_its_operation(line):
    lines = ["def fill():", "    for x in y:", "        save()", "    return 1", "", "RunPython()"]
    lines[line - 1] += "  # djm: allow DJM201 -- why"
    reports = [report("DJM201", 2, 3)]
    assert heard("\n".join(lines), reports, data_migration()) == ([], [])


def test_another_line_of_a_function_is_not_waived():
    source = "def fill():\n    a\n    b  # djm: allow DJM201 -- why\n    c\n\nRunPython()"
    kept, _ = heard(source, [report("DJM201", 2)], data_migration())
    assert kept == [("DJM201", 2)]


def test_above_a_function_it_is_about_the_whole_function():
    source = "# djm: allow DJM201 -- why\ndef fill():\n    a\n    b\n    c\n\nRunPython()"
    code = Code("fill", is_noop=False, body=UNKNOWN, place=Place(2, 0, 5))
    operation = RunPython(code=code, place=Place(7, 0, 7))
    assert heard(source, [report("DJM201", 4)], operation) == ([], [])


@pytest.mark.parametrize(
    "head",
    [
        "# djm: allow DJM301 -- why\nclass Migration(M):",
        "class Migration(M):  # djm: allow DJM301 -- why",
        "# djm: allow DJM301 -- why\n\nclass Migration(M):",
        "# djm: allow DJM301 -- why\n@mark\n# more\nclass Migration(M):",
    ],
)
def test_at_the_class_it_is_about_the_whole_file(head):
    assert heard(f"{head}\n    x\n    y", [report("DJM301", 6)]) == ([], [])


@pytest.mark.parametrize(
    "head",
    [
        "# djm: allow DJM301 -- why\n\n\nclass Migration(M):",
        "# djm: allow DJM301 -- why\nx = 1\nclass Migration(M):",
        "# djm: allow DJM301 -- why\nclass Other(M):",
    ],
)
def test_further_away_it_is_not(head):
    kept, _ = heard(f"{head}\n    x\n    y", [report("DJM301", 6)])
    assert kept == [("DJM301", 6)]


# noqa --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [2, 3, 4])
def test_a_finding_moves_to_the_line_with_its_noqa(line):
    lines = at(line, "# noqa: E501,DJM301 moved by the formatter").splitlines()
    assert anchor(report("DJM301", 2, 4), lines).line == line


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: DJM401", "# noqa: DJM", "# noqa: djm301", "# djm: allow DJM301"]
)
def test_other_comments_leave_it_where_it_is(comment):
    assert anchor(report("DJM301", 2, 4), at(4, comment).splitlines()) == Place(2, 8, 4)


def test_a_prefix_counts_as_it_does_for_flake8():
    assert anchor(report("DJM301", 2, 4), at(4, "# noqa: DJM3").splitlines()).line == 4


def test_a_place_past_the_end_is_left_alone():
    assert anchor(report("DJM301", 9, 12), LINES) == Place(9, 8, 12)
