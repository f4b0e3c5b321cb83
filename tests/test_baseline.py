"""What has shipped: a list in a file, or what is there at a git ref."""

from __future__ import annotations

import subprocess

import pytest

from flake8_django_migrations import baseline


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A checkout with one migration committed, and a second that is not."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").touch()
    (folder / "notes.txt").touch()
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "1")
    (folder / "0002_new.py").touch()
    baseline.shipped_in.cache_clear()
    return tmp_path


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_paths_are_relative_to_the_file_and_comments_are_not_paths(tmp_path, monkeypatch):
    (tmp_path / "ops").mkdir()
    (tmp_path / "0001.py").touch()
    file = tmp_path / "ops" / "base"
    file.write_text("# 0009.py\n\n  ../0001.py  \n../gone.py\n")
    monkeypatch.chdir(tmp_path / "ops")
    assert baseline.read(file) == {tmp_path / "0001.py", tmp_path / "gone.py"}
    assert baseline.entries(file)[1] == (4, tmp_path / "gone.py")


def test_a_list_of_nothing_is_a_baseline(tmp_path):
    file = tmp_path / "base"
    file.write_text("# nothing yet\n")
    assert baseline.read(file) == frozenset()


def test_a_list_of_files_that_are_all_gone_is_an_error(tmp_path):
    file = tmp_path / "base"
    file.write_text("0001.py\n")
    with pytest.raises(ValueError, match="its paths are relative to itself"):
        baseline.read(file)


def test_what_is_written_is_read_again_in_order_and_once(tmp_path):
    (tmp_path / "ops").mkdir()
    files = [tmp_path / "b.py", tmp_path / "a.py", tmp_path / "b.py"]
    for path in files:
        path.touch()
    file = tmp_path / "ops" / "base"
    baseline.write(file, files)
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert lines == ["../a.py", "../b.py"]
    assert baseline.read(file) == set(files)


def test_the_files_at_a_ref_have_shipped(repository):
    assert baseline.shipped_in("main", repository) == {
        repository / "shop" / "migrations" / "0001_initial.py"
    }


def test_it_is_the_same_from_a_folder_below(repository):
    below = repository / "shop" / "migrations"
    assert baseline.shipped_in("HEAD", below) == baseline.shipped_in("HEAD", repository)


def test_a_worktree_has_its_own_place(repository, tmp_path_factory):
    other = tmp_path_factory.mktemp("worktrees") / "other"
    git(repository, "worktree", "add", "--quiet", str(other))
    assert baseline.shipped_in("HEAD", other) == {other / "shop" / "migrations" / "0001_initial.py"}


def test_what_a_hook_sets_does_not_mislead_git(repository, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(repository / "nowhere"))
    assert baseline.shipped_in("HEAD", repository)


def test_an_unknown_ref_is_told_in_gits_words(repository):
    with pytest.raises(ValueError, match="git ls-tree .* failed: fatal: Not a valid object name"):
        baseline.shipped_in("v9", repository)


def test_git_that_is_not_installed_is_told(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="git is not installed here"):
        baseline.shipped_in("main", repository)


def test_git_that_says_nothing_is_told(repository, monkeypatch):
    folder = repository / "bin"
    folder.mkdir()
    (folder / "git").write_text("#!/bin/sh\nexit 3\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(ValueError, match="failed: no reason given"):
        baseline.shipped_in("main", repository)


def test_a_shallow_clone_knows_what_it_has_fetched(repository, tmp_path_factory):
    clone = tmp_path_factory.mktemp("shallow").resolve() / "clone"
    git(repository, "clone", "--quiet", "--depth=1", f"file://{repository}", str(clone))
    migrations = clone / "shop" / "migrations"
    assert baseline.shipped_in("main", clone) == {migrations / "0001_initial.py"}
    with pytest.raises(ValueError, match="is it fetched"):
        baseline.shipped_in("main~1", clone)
