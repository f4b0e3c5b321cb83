"""Small projects on disk, as text."""

from __future__ import annotations

from history.made import key

CREATE = 'migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True))])'


def text(after="", *operations, more=""):
    dependencies = ", ".join(repr(tuple(key(name))) for name in after.split())
    return (
        "from django.db import migrations, models\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [{dependencies}]\n"
        f"    operations = [{', '.join(operations)}]\n"
        f"    {more}\n"
    )


def added(model, name):
    return f'migrations.AddField("{model}", "{name}", models.IntegerField(null=True))'


def write(root, files):
    """The files below the root; a bare name is a migration of ``shop``."""
    for name, content in files.items():
        path = root / (name if name.endswith(".py") else f"shop/migrations/{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


SHOP = {
    "0001_initial": text("", CREATE),
    "0002_total": text("0001_initial", added("order", "total")),
    "0003_note": text("0002_total", added("order", "note")),
}
