"""What the primer does before it lints: read its list, unpack with suspicion, compare two runs."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile

import pytest

from flake8_django_migrations.options import Options
from primer import summary
from primer.archives import BOUNDS, ArchiveError, is_wanted, unpack
from primer.download import find
from primer.lint import lint, migrations
from primer.outcome import Found, Outcome
from primer.projects import FILE, Project, read
from primer.source import is_intact

DJANGO = Project("django", "6.1.3")


def unpacked(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def wheel(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def source(path, *members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content.encode()))
            else:
                info.linkname = content
                archive.addfile(info)
    return path


# The list


def test_the_list_on_disk_is_readable_and_names_no_project_twice():
    projects = read(FILE.read_text(encoding="utf-8"))

    assert len(projects) == 20
    assert len({project.name for project in projects}) == 20


def test_comments_and_empty_lines_are_no_projects():
    assert read("# a comment\n\n  django==6.1.3  \n") == (DJANGO,)


@pytest.mark.parametrize("line", ["django", "django>=6", "-r x==1", "a b==1", "django==../1"])
def test_a_line_that_names_no_exact_version_is_refused_with_its_number(line):
    with pytest.raises(ValueError, match="line 2: expected name==version"):
        read(f"# list\n{line}\n")


@pytest.mark.parametrize(
    ("name", "owned"),
    [
        ("django-6.1.3-py3-none-any.whl", True),
        ("Django-6.1.3.tar.gz", True),
        ("django-6.1.3.zip", True),
        ("django-6.1.30-py3-none-any.whl", False),
        ("django-6.1.3.post1.tar.gz", False),
        ("django-6.1.3.json", False),
        ("django_cms-6.1.3-py3-none-any.whl", False),
        ("django.tar.gz", False),
    ],
)
def test_an_archive_belongs_to_the_project_and_version_of_its_name(tmp_path, name, owned):
    assert DJANGO.owns(tmp_path / name) is owned


def test_spellings_of_a_name_are_one_project(tmp_path):
    project = Project("label-studio", "1.23.2")

    assert project.owns(tmp_path / "label_studio-1.23.2-py3-none-any.whl")
    assert project.owns(tmp_path / "Label.Studio-1.23.2.tar.bz2")


def test_a_wheel_in_the_cache_is_taken_before_a_source_archive(tmp_path):
    for name in ("Django-6.1.3.tar.gz", "django-6.1.3-py3-none-any.whl", "wger-2.1.zip"):
        (tmp_path / name).touch()

    assert find(DJANGO, tmp_path) == tmp_path / "django-6.1.3-py3-none-any.whl"
    assert find(Project("django", "5.2"), tmp_path) is None


# The checksum


def test_only_the_sha256_that_the_index_gives_makes_an_archive_intact(tmp_path):
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(b"content")
    right = hashlib.sha256(b"content").hexdigest()

    assert is_intact(archive, "sha256", right)
    assert not is_intact(archive, "sha256", right.replace(right[0], "x"))
    assert not is_intact(archive, "sha256", None)
    assert not is_intact(archive, None, None)
    assert not is_intact(archive, "md5", hashlib.md5(b"content").hexdigest())


# Unpacking


def test_the_python_files_of_a_wheel_are_unpacked_and_nothing_else(tmp_path):
    archive = wheel(
        tmp_path / "a.whl", {"a/__init__.py": "", "a/x.py": "x = 1\n", "a/x.so": "ELF", "a/": ""}
    )

    unpack(archive, tmp_path / "out" / "a")

    assert unpacked(tmp_path / "out") == {"a/a/__init__.py": "", "a/a/x.py": "x = 1\n"}


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w"])
def test_the_python_files_of_a_source_archive_are_unpacked_and_nothing_else(tmp_path, mode):
    archive = source(
        tmp_path / "a.tar",
        ("a-1/a.py", tarfile.REGTYPE, "x = 1\n"),
        ("a-1/a.txt", tarfile.REGTYPE, "text"),
        mode=mode,
    )

    unpack(archive, tmp_path / "out")

    assert unpacked(tmp_path / "out") == {"a-1/a.py": "x = 1\n"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "a/../../evil.py",
        "/evil.py",
        "//evil.py",
        "..\\evil.py",
        "C:\\evil.py",
        "C:evil.py",
        "a.py/evil.py",
        "a\0.py",
        "..",
        "",
        ".",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_not_wanted(name):
    assert not is_wanted(name)


def test_names_with_dots_inside_the_folder_are_wanted():
    assert is_wanted("a/b/0001_initial.py")
    assert is_wanted("./a..b/c.py")


def test_what_a_wheel_would_put_elsewhere_is_left_out(tmp_path):
    archive = wheel(tmp_path / "a.whl", {"../evil.py": "", "/evil.py": "", "good.py": ""})

    unpack(archive, tmp_path / "deep" / "out")

    assert unpacked(tmp_path / "deep") == {"out/good.py": ""}
    assert not (tmp_path / "evil.py").exists()


def test_links_in_a_wheel_are_left_out(tmp_path):
    link = zipfile.ZipInfo("link.py")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.py", "")

    unpack(tmp_path / "a.whl", tmp_path / "out")

    assert unpacked(tmp_path / "out") == {"good.py": ""}


def test_links_and_devices_in_a_source_archive_are_left_out(tmp_path):
    archive = source(
        tmp_path / "a.tar.gz",
        ("good.py", tarfile.REGTYPE, ""),
        ("soft.py", tarfile.SYMTYPE, "/etc/passwd"),
        ("hard.py", tarfile.LNKTYPE, "good.py"),
        ("pipe.py", tarfile.FIFOTYPE, ""),
        ("../evil.py", tarfile.REGTYPE, ""),
        ("folder", tarfile.SYMTYPE, "/tmp"),
        ("folder/good.py", tarfile.REGTYPE, "inside"),
    )

    unpack(archive, tmp_path / "out")

    assert unpacked(tmp_path / "out") == {"good.py": "", "folder/good.py": "inside"}
    assert not (tmp_path / "out" / "folder").is_symlink()


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (BOUNDS._replace(files=1), "more than 1 files"),
        (BOUNDS._replace(file_bytes=9), "larger than 9 bytes"),
        (BOUNDS._replace(total_bytes=15), "larger than 5 bytes"),
    ],
)
def test_an_archive_above_its_bounds_leaves_nothing_behind(tmp_path, bounds, words):
    archive = wheel(tmp_path / "a.whl", {"a.py": "0123456789", "b.py": "0123456789"})

    with pytest.raises(ArchiveError, match=words):
        unpack(archive, tmp_path / "out" / "a", bounds)

    assert not list((tmp_path / "out").iterdir())


def test_an_archive_within_its_bounds_to_the_byte_is_unpacked(tmp_path):
    archive = wheel(tmp_path / "a.whl", {"a.py": "0123456789", "b.py": "0123456789"})

    unpack(archive, tmp_path / "out", BOUNDS._replace(files=2, file_bytes=10, total_bytes=20))

    assert len(unpacked(tmp_path / "out")) == 2


@pytest.mark.parametrize("name", ["a.whl", "a.zip", "a.tar.gz", "a.tar.bz2"])
def test_a_broken_archive_leaves_nothing_behind(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04 no archive")

    with pytest.raises(ArchiveError, match=name):
        unpack(tmp_path / name, tmp_path / "out" / "a")

    assert not list((tmp_path / "out").iterdir())


def test_unpacking_again_replaces_what_was_there(tmp_path):
    unpack(wheel(tmp_path / "a.whl", {"old.py": ""}), tmp_path / "out")
    unpack(wheel(tmp_path / "b.whl", {"new.py": ""}), tmp_path / "out")

    assert unpacked(tmp_path / "out") == {"new.py": ""}


# Linting


MIGRATION = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL("SELECT 1")]
"""


def test_only_loadable_files_with_a_migration_in_them_are_linted(tmp_path):
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text(MIGRATION)
    (folder / "__init__.py").write_text("")
    (folder / "0002_latin.py").write_bytes(b"# \xe6\n" + MIGRATION.encode())
    (tmp_path / "shop" / "models.py").write_text(MIGRATION)

    assert [path.name for path, _lines in migrations(tmp_path)] == ["0001_initial.py"]


def test_an_error_in_the_linter_is_a_fault_and_the_next_file_is_still_read(tmp_path, monkeypatch):
    (tmp_path / "migrations").mkdir()
    for name in ("0001_initial.py", "0002_next.py"):
        (tmp_path / "migrations" / name).write_text(MIGRATION)
    asked = []

    def failing(path, *_):
        asked.append(path)
        raise ZeroDivisionError

    monkeypatch.setattr("primer.lint.review", failing)

    outcome = lint("shop", tmp_path, Options())

    assert len(asked) == len(outcome.faults) == 2
    assert "ZeroDivisionError" in outcome.faults[0]
    assert not outcome.is_sound


# Reporting


def finding(line=1, code="DJM301", message="dropped", **words):
    return Found("shop", "orders/migrations/0002_x.py", line, code, message, **words)


def test_an_outcome_with_an_internal_error_is_not_sound():
    assert Outcome(project="shop", found=(finding(),)).is_sound
    assert Outcome(project="shop").with_fault("").is_sound
    assert not Outcome(project="shop").with_fault("Traceback").is_sound
    assert not Outcome(project="shop", found=(finding(code="DJM002"),)).is_sound


def test_the_table_ends_with_the_total_and_leaves_advice_out_of_the_findings():
    one = Outcome(project="one", migrations=2, operations=5, opaque=("a.B",), seconds=0.5)
    two = Outcome(
        project="two", migrations=1, found=(finding(), finding(code="DJM408", is_advice=True))
    )

    last = list(summary.table([one, two]))[-1].split()

    assert last == ["total", "3", "5", "1", "0", "1", "0", "0.50"]


def test_rules_are_counted_with_the_projects_that_have_most_of_them():
    outcome = Outcome(
        project="shop", found=(finding(1), finding(2), finding(code="DJM408", is_advice=True))
    )

    first, second = summary.rules([outcome])

    assert first.split() == ["DJM301", "2", "shop", "2"]
    assert second.split() == ["DJM408", "advice", "1", "shop", "1"]


def test_operations_that_are_not_understood_are_listed_by_how_often_they_come():
    outcome = Outcome(project="shop", opaque=("a.Rare", "a.Often", "a.Often"))

    assert [line.split() for line in summary.opaque([outcome], 1)] == [["2", "a.Often"]]


def test_the_sql_that_is_not_understood_is_listed(tmp_path):
    operations = """
        migrations.RunSQL("SELECT 1; FROBNICATE", "DROP TABLE t"),
        migrations.RunSQL(settings.X),
        migrations.RunPython(forwards, settings.X),
        migrations.DeleteModel("Order"),
    """
    source = (
        "from django.conf import settings\nfrom django.db import migrations\n"
        "def forwards(apps, schema_editor):\n    schema_editor.execute('DELETE FROM t')\n"
        f"class Migration(migrations.Migration):\n    operations = [{operations}]\n"
    )
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text(source)
    outcome = lint("shop", tmp_path, Options())
    assert list(summary.sql([outcome])) == [
        "75.0% of 4 SQL statements understood",
        "        FROBNICATE",
    ]
    assert list(summary.sql([])) == ["100.0% of 0 SQL statements understood"]


def test_the_data_migrations_with_a_model_that_is_not_known_are_listed(tmp_path):
    operations = """
        migrations.RunPython(known, migrations.RunPython.noop),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunPython(imported),
        migrations.RunPython(doubtful),
        migrations.RunPython(elsewhere.forwards),
        migrations.RunPython(pick()),
    """
    source = f"""
from django.db import migrations
import elsewhere
from shop.models import Order
def known(apps, schema_editor):
    apps.get_model("auth", "User").objects.update(a=1)
def imported(apps, schema_editor):
    Order.objects.update(a=1)
def doubtful(apps, schema_editor):
    Model = apps.get_model(elsewhere.MODEL)
    for row in Model.objects.all():
        row.save()
def pick():
    return [known, imported][elsewhere.X]
class Migration(migrations.Migration):
    operations = [{operations}]
"""
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text(source)
    outcome = lint("shop", tmp_path, Options())
    assert list(summary.functions([outcome])) == [
        "RunPython bodies: 5, every model known in 2 (40.0%)",
        "        shop/shop/migrations/0001_initial.py:20: doubtful: loop in line 11, save in line 12",
        "        shop/shop/migrations/0001_initial.py:21: forwards: its source is not at hand",
        "        shop/shop/migrations/0001_initial.py:22: ?: it is not known which function it is",
    ]
    assert list(summary.functions([])) == ["RunPython bodies: 0, every model known in 0 (100.0%)"]


def test_a_finding_is_shown_with_its_line_marked(tmp_path):
    file = tmp_path / "shop" / finding().path
    file.parent.mkdir(parents=True)
    file.write_text("one\ntwo\nthree\n")

    lines = list(summary.show([finding(2), finding(code="DJM402")], "DJM301", tmp_path, 5))

    assert lines[0].endswith("0002_x.py:2: DJM301 dropped")
    assert [line.split() for line in lines[1:4]] == [
        ["1", "one"],
        [">", "2", "two"],
        ["3", "three"],
    ]
    assert lines[-1] == "1 of DJM301 in all"


def test_findings_survive_being_written_and_read(tmp_path):
    kept = (finding(1), finding(2, is_advice=True))

    summary.write(reversed(kept), tmp_path / "findings.json")

    assert summary.read(tmp_path / "findings.json") == kept
    assert len(json.loads((tmp_path / "findings.json").read_text())) == 2


def test_two_equal_runs_have_no_difference():
    assert list(summary.diff([finding(1), finding(2)], [finding(2), finding(1)])) == []


def test_a_difference_says_what_has_come_what_has_gone_and_how_much():
    before = [finding(1), finding(2)]
    after = [finding(2), finding(2, message="lost"), finding(2)]

    assert list(summary.diff(before, after)) == [
        "- shop/orders/migrations/0002_x.py:1: DJM301 dropped",
        "+ shop/orders/migrations/0002_x.py:2: DJM301 dropped",
        "+ shop/orders/migrations/0002_x.py:2: DJM301 lost",
        "DJM301: +2 -1",
    ]
