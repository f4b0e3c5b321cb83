"""The modules and projects that the reader's tests write."""

from __future__ import annotations

import re
import textwrap
from pathlib import PurePosixPath

PATH = "shop/migrations/0002_change.py"
HEAD = "from django.db import connection, migrations, models\nfrom django.conf import settings\n"


class Files:
    """A project as a dict of paths: it finds modules, and keeps which were asked for."""

    def __init__(self, files):
        self.files = {path: textwrap.dedent(text) for path, text in files.items()}
        self.asked = []

    def module(self, dotted, importer):
        self.asked.append(dotted)
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        folder = PurePosixPath(importer)
        for _ in range(level):
            folder = folder.parent
        base = folder if level else PurePosixPath()
        stem = base.joinpath(*name.split(".")) if name else base
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in self.files:
                return path, self.files[path]
        return None

    def file(self, path):
        return self.files.get(path)


def module(text, head=""):
    """A migration with these operations, or this class body; ``head`` stands above the class."""
    listed = f"operations = [{text}]" if not re.search(r"\boperations\b", text) else text
    body = textwrap.indent(textwrap.dedent(listed), "    ")
    return f"{HEAD}{textwrap.dedent(head)}\nclass Migration(migrations.Migration):\n{body}\n"
