"""Bytes become the text that flake8 sees."""

import pytest

from flake8_django_migrations.history import texts
from flake8_django_migrations.history.texts import decode, normal, stamp_of


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("ä\n".encode(), "ä\n"),
        (b"\xef\xbb\xbfx\n", "x\n"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xe4\n", "ä\n"),
        (b"# coding: latin-1\n\xe4\n", "# coding: latin-1\nä\n"),
        (b"# coding: nonsense\nx\n", "# coding: nonsense\nx\n"),
        (b"x = 1\n" * 3 + b"\xe4\n", "x = 1\n" * 3 + "ä\n"),
    ],
)
def test_a_module_is_decoded_as_flake8_does(content, text):
    assert decode(content) == text


def test_a_text_is_the_same_with_and_without_its_mark():
    assert normal("\ufeffa\r\nb") == normal("a\nb") == "a\nb"


def test_a_stamp_changes_with_the_file(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("a")
    before = stamp_of(file)
    assert stamp_of(file) == before
    file.write_text("ab")
    assert stamp_of(file) != before


def test_only_a_file_of_sensible_length_has_a_stamp(tmp_path, monkeypatch):
    with pytest.raises(OSError, match="no regular file"):
        stamp_of(tmp_path)
    with pytest.raises(FileNotFoundError):
        stamp_of(tmp_path / "x.py")
    monkeypatch.setattr(texts, "MAX_BYTES", 3)
    (tmp_path / "x.py").write_text("long")
    with pytest.raises(OSError, match="larger than 2 MB"):
        stamp_of(tmp_path / "x.py")
