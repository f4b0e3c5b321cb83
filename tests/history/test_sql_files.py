"""Files of SQL beside migrations: read inside the project only, and anew when they change."""

from __future__ import annotations

from flake8_django_migrations.history.project import Project
from flake8_django_migrations.migration import MigrationKey

SOURCE = (
    "from pathlib import Path\nfrom django.db import migrations\n"
    "class Migration(migrations.Migration):\n"
    "    operations = [migrations.RunSQL((Path(__file__).parent / {!r}).read_text())]\n"
)


def made(tmp_path, name):
    folder = tmp_path / "project" / "shop" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "project" / "manage.py").touch()
    (folder / "0001_initial.py").write_text(SOURCE.format(name))
    return folder


def sent(project, folder):
    reading = project.read(folder, MigrationKey("shop", "0001_initial"), "postgresql")
    (operation,) = reading.migration.operations
    return [each.text for each in operation.sql] if isinstance(operation.sql, tuple) else []


def test_a_file_outside_the_project_is_not_read(tmp_path):
    (tmp_path / "out.sql").write_text("SELECT 1")
    folder = made(tmp_path, "../../../out.sql")
    assert sent(Project(tmp_path / "project"), folder) == []


def test_nor_one_that_a_link_leads_to(tmp_path):
    (tmp_path / "out.sql").write_text("SELECT 1")
    folder = made(tmp_path, "in.sql")
    (folder / "in.sql").symlink_to(tmp_path / "out.sql")
    assert sent(Project(tmp_path / "project"), folder) == []


def test_a_file_that_is_missing_is_not_read(tmp_path):
    folder = made(tmp_path, "missing.sql")
    assert sent(Project(tmp_path / "project"), folder) == []


def test_a_file_of_the_project_is_read_again_when_it_changes(tmp_path):
    folder = made(tmp_path, "../sql/up.sql")
    (folder.parent / "sql").mkdir()
    (folder.parent / "sql" / "up.sql").write_text("SELECT 1")
    project = Project(tmp_path / "project")
    assert sent(project, folder) == ["SELECT 1"]
    (folder.parent / "sql" / "up.sql").write_text("SELECT 1, 2")
    assert sent(project, folder) == ["SELECT 1, 2"]
