"""6xx: run_before, __latest__, files that are never loaded, and ``initial``."""

from __future__ import annotations

import marked
import pytest
from flake8.options.parse_args import parse_args

from flake8_django_migrations.discovery import migrations_below
from flake8_django_migrations.options import Options
from flake8_django_migrations.review import review

ORDER = """
migrations.CreateModel("Order", fields=[("id", models.BigAutoField(primary_key=True))]),
"""

NOTE = """
migrations.AddField("order", "note", models.TextField(null=True)),
"""

MODULE = """
from django.db import migrations, models


class Migration(migrations.Migration):{mark}
    {attributes}
    dependencies = [{dependencies}]
    operations = [{operations}]
"""


def module(operations="", dependencies="", attributes="", mark=""):
    return MODULE.format(
        operations=operations, dependencies=dependencies, attributes=attributes, mark=mark
    )


CUSTOMER = 'migrations.CreateModel("Customer", [("id", models.BigAutoField(primary_key=True))]),'
CUSTOMERS = {
    "customers/migrations/0001_initial.py": module(CUSTOMER, attributes="initial = True"),
    "customers/migrations/0002_note.py": module(dependencies='("customers", "0001_initial")'),
}


class TestLateRunBefore:
    only = "DJM606"
    target = ("customers", "0002_note")

    def shipped(self, tmp_path, *names):
        return Options(shipped=frozenset(tmp_path / name for name in names))

    def test_without_a_baseline_nobody_knows_what_has_shipped(self, check):
        check(ORDER, files=CUSTOMERS, only=self.only, run_before=[self.target])

    @pytest.mark.parametrize(
        "target", [("customers", "0002_note"), ("auth", "0001_initial"), ("customers", "0009_gone")]
    )
    def test_a_target_that_is_pending_or_not_on_disk_is_silent(self, check, tmp_path, target):
        options = self.shipped(tmp_path, "customers/migrations/0001_initial.py")
        check(ORDER, files=CUSTOMERS, only=self.only, options=options, run_before=[target])

    def test_a_squash_keeps_what_its_originals_said(self, check, tmp_path):
        options = self.shipped(tmp_path, "customers/migrations/0002_note.py")
        squash = module(
            attributes='replaces = [("shop", "0001_earlier"), ("shop", "0002_earlier")]\n'
            '    run_before = [("customers", "0002_note")]'
        )
        check(squash, earlier=[ORDER, NOTE], files=CUSTOMERS, only=self.only, options=options)

    @pytest.mark.parametrize("earlier", [[], [ORDER]])
    def test_a_target_that_has_shipped_is_reported(self, check, tmp_path, earlier):
        options = self.shipped(tmp_path, "customers/migrations/0002_note.py")
        check(
            module(
                'migrations.RunSQL("SELECT 1", ""),',
                '("shop", "0001_earlier")' if earlier else "",
                'run_before = [("customers", "0002_note")]  # DJM606 run_before customers.0002_note',
            ),
            earlier=earlier,
            files=CUSTOMERS,
            only=self.only,
            options=options,
        )

    def test_a_swappable_target_is_silent(self, check, tmp_path):
        options = self.shipped(tmp_path, "customers/migrations/0002_note.py")
        source = module(
            attributes="run_before = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]"
        )
        source = f"from django.conf import settings\n{source}"
        check(source, files=CUSTOMERS, only=self.only, options=options)


class TestMovingDependency:
    only = "DJM607"

    @pytest.mark.parametrize(
        "dependency",
        [
            '("customers", "__first__")',
            '("customers", "0002_note")',
            "migrations.swappable_dependency(settings.AUTH_USER_MODEL)",
            # the same app's is a name that does not exist, and another rule's
            '("shop", "__latest__")',
            '(label, "__latest__")',
        ],
    )
    def test_a_dependency_that_stays_where_it_is_is_silent(self, check, dependency):
        source = f"from django.conf import settings\n{module(dependencies=dependency)}"
        check(source, earlier=[ORDER], files=CUSTOMERS, only=self.only)

    @pytest.mark.parametrize("app", ["customers", "auth"])
    def test_the_last_migration_of_another_app_is_reported(self, check, app):
        source = module(
            ORDER, f'\n        ("{app}", "__latest__"),  # DJM607 last in app {app}\n    '
        )
        check(source, files=CUSTOMERS, only=self.only)


class TestUnloadedMigration:
    only = "DJM608"

    def check(self, root, name, source, files=None, options=Options()):  # noqa: B008 - frozen
        path = f"shop/migrations/{name}.py"
        marked.write(root, {**(files or {}), path: source})
        marked.compare(root, {path: source}, options)

    @pytest.mark.parametrize("name", ["_helpers", "_base", "__init__", "~", "_0003.old"])
    def test_a_name_that_is_no_number_is_skipped_on_purpose(self, tmp_path, name):
        self.check(tmp_path, name, module(NOTE))

    def test_a_file_that_holds_no_migration_is_silent(self, tmp_path):
        self.check(tmp_path, "_0003_names", "NAMES = ('class Migration',)\n")

    def test_a_file_that_a_neighbour_names_is_silent(self, tmp_path):
        user = f"from shop.migrations._0001_parts import FIELDS\n{module(ORDER)}"
        self.check(tmp_path, "_0001_parts", module(NOTE), {"shop/migrations/0001_initial.py": user})

    @pytest.mark.parametrize(("name", "begins"), [("_0003_note", "_"), ("~0003_note", "~")])
    def test_a_number_behind_what_django_skips_is_reported_and_nothing_else(
        self, tmp_path, name, begins
    ):
        operations = """
        migrations.RemoveField("order", "note"),
        migrations.RunPython(unread.forwards),
        # djm: allow DJM401 -- not asked
        unknown(),
        """
        mark = f"  # DJM608 its name begins with {begins}"
        source = module(operations, '("shop", "0009_gone")', mark=mark)
        self.check(tmp_path, name, source, {"shop/migrations/0001_initial.py": module(ORDER)})

    def test_it_is_no_node_for_its_neighbours(self, tmp_path):
        files = {
            "shop/migrations/0001_initial.py": module(ORDER, attributes="initial = True"),
            "shop/migrations/_0002_note.py": module(NOTE, '("shop", "0001_initial")'),
        }
        source = module(NOTE, '\n("shop", "_0002_note"),  # DJM601 shop._0002_note\n')
        path = "shop/migrations/0003_more.py"
        marked.write(tmp_path, {**files, path: source})
        marked.compare(tmp_path, {path: source}, Options(), only="DJM601")

    def test_what_has_shipped_stays_silent(self, tmp_path):
        options = Options(shipped=frozenset({tmp_path / "shop/migrations/_0003_note.py"}))
        self.check(tmp_path, "_0003_note", module(NOTE), options=options)

    def test_the_database_is_asked_for_nothing(self, tmp_path):
        source = module(NOTE).splitlines(keepends=True)
        assert review(str(tmp_path / "_0002_note.py"), source, Options()).steps == ()

    def test_it_is_none_of_the_migrations_that_ship(self, tmp_path):
        names = ("0001_initial", "_0002_note")
        files = {f"shop/migrations/{name}.py": module(NOTE) for name in names}
        marked.write(tmp_path, files)
        _, namespace = parse_args(["--isolated"])
        found = [path.stem for path in migrations_below([str(tmp_path)], namespace)]
        assert found == ["0001_initial"]

    def reports(self, root, name):
        path = root / f"shop/migrations/{name}.py"
        judged = review(str(path), path.read_text().splitlines(keepends=True), Options())
        return [each.message for each in judged.reports if each.rule.code == self.only]

    @pytest.fixture
    def package(self, tmp_path):
        files = {
            "shop/migrations/0001_initial.py": module(ORDER, attributes="initial = True"),
            "shop/migrations/0002_note.py": module(NOTE, '("shop", "0001_initial")'),
        }
        marked.write(tmp_path, files)
        return tmp_path

    def test_a_folder_that_is_a_package_is_silent(self, package):
        assert not self.reports(package, "0002_note")

    def test_an_init_of_another_kind_is_one_too(self, package):
        (package / "shop/migrations/__init__.py").rename(package / "shop/migrations/__init__.pyc")
        assert not self.reports(package, "0002_note")

    def test_a_folder_without_init_is_told_by_its_last_migration(self, package):
        (package / "shop/migrations/__init__.py").unlink()
        (message,) = self.reports(package, "0002_note")
        assert message.endswith("its folder has no __init__.py")
        assert not self.reports(package, "0001_initial")

    def test_a_folder_outside_a_package_may_be_for_something_else(self, package):
        (package / "shop/migrations/__init__.py").unlink()
        (package / "shop/__init__.py").unlink()
        assert not self.reports(package, "0002_note")

    def test_a_folder_that_is_not_there_yet_is_silent(self, package):
        path = package / "customers/migrations/0001_initial.py"
        (package / "customers").mkdir()
        (package / "customers/__init__.py").touch()
        lines = module(CUSTOMER).splitlines(keepends=True)
        judged = review(str(path), lines, Options())
        assert self.only not in {each.rule.code for each in judged.reports}

    def test_a_folder_of_another_name_is_silent(self, package):
        (package / "shop/migrations").rename(package / "shop/changes")
        (package / "shop/changes/__init__.py").unlink()
        path = package / "shop/changes/0002_note.py"
        judged = review(str(path), path.read_text().splitlines(keepends=True), Options())
        assert self.only not in {each.rule.code for each in judged.reports}


class TestMisplacedInitial:
    only = "DJM609"
    later = module(NOTE, '("shop", "0001_earlier")')

    def test_a_first_run_in_several_files_is_silent(self, check):
        check(NOTE, earlier=[ORDER], only=self.only, initial=True)
        check(
            module(NOTE, '("shop", "0001_earlier")', "initial = True"),
            earlier=[module(ORDER)],
            only=self.only,
        )

    def test_a_squash_of_the_first_run_is_silent(self, check):
        replaces = 'replaces = [("shop", "0001_earlier"), ("shop", "0002_earlier")]'
        check(
            module(ORDER, attributes=f"initial = True\n    {replaces}"),
            earlier=[ORDER, NOTE],
            only=self.only,
        )

    @pytest.mark.parametrize("initial", ["initial = False", "initial = None", "initial = unread"])
    def test_a_migration_that_is_not_initial_is_silent(self, check, initial):
        source = module(NOTE, '("shop", "0002_earlier")', initial)
        check(source, earlier=[ORDER, self.later], only=self.only)

    def test_fake_initial_never_skips_what_creates_nothing(self, check):
        operation = 'migrations.AlterField("order", "note", models.TextField()),'
        source = module(operation, '("shop", "0002_earlier")', "initial = True")
        check(source, earlier=[ORDER, self.later], only=self.only)

    def test_an_earlier_one_that_cannot_be_read_is_silent(self, check):
        unread = module(NOTE, '("shop", "0001_earlier")', "initial = unread")
        source = module(
            'migrations.AddField("order", "memo", models.TextField(null=True)),',
            '("shop", "0002_earlier")',
            "initial = True",
        )
        check(source, earlier=[ORDER, unread], only=self.only)

    @pytest.mark.parametrize(
        "operation",
        [
            'migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))]),',
            'migrations.AddField("order", "memo", models.TextField(null=True)),',
        ],
    )
    def test_an_initial_behind_an_ordinary_migration_is_reported(self, check, operation):
        source = module(
            operation,
            '("shop", "0002_earlier")',
            "initial = True",
            mark="  # DJM609 behind 0002_earlier",
        )
        check(source, earlier=[ORDER, self.later], only=self.only)
