"""Every operation that Django ships, with every keyword it has: one migration each."""

from __future__ import annotations

from typing import NamedTuple

import django

HINTS = "hints={'only': 'here'}" if django.VERSION >= (6, 0) else ""
"""What CreateExtension takes since Django 6.0."""

CONDITION = "condition" if django.VERSION >= (5, 1) else "check"
"""What CheckConstraint calls its condition."""


class Case(NamedTuple):
    """Operations as a migration writes them, and the release of Django that brought them."""

    text: str
    since: tuple[int, int] = (4, 2)


ID = '("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False))'
CASCADE = "on_delete=django.db.models.deletion.CASCADE"

OPTIONS = """{
    "verbose_name": "thing", "verbose_name_plural": "things", "db_table": "some_things",
    "db_table_comment": "what there is", "ordering": ["-number", "name"],
    "unique_together": {("name", "number")}, "permissions": [("see", "Can see")],
    "get_latest_by": "day", "order_with_respect_to": "owner", "db_tablespace": "fast",
    "abstract": False, "managed": True, "proxy": False, "swappable": "EVERY_THING_MODEL",
    "auto_created": False, "default_permissions": ("add", "view"), "select_on_save": True,
    "default_related_name": "everything", "required_db_features": ["supports_json_field"],
    "required_db_vendor": "postgresql", "base_manager_name": "objects",
    "default_manager_name": "objects", "app_label": "every",
    "indexes": [
        models.Index(fields=["name", "-number"], name="by_name"),
        models.Index(models.F("number").desc(), name="by_order", condition=models.Q(number__gt=0)),
        models.Index(fields=["day"], name="by_day", include=["name"], opclasses=["date_ops"]),
    ],
    "constraints": [
        models.CheckConstraint(
            CONDITION=models.Q(number__gt=0) & ~models.Q(name=""), name="positive",
            violation_error_message="too small",
        ),
        models.UniqueConstraint(
            fields=["name"], name="one_name", condition=models.Q(number=1), deferrable=None,
            include=["day"],
        ),
        models.UniqueConstraint(
            fields=["day"], name="one_day", deferrable=models.Deferrable.DEFERRED
        ),
        models.UniqueConstraint(models.functions.Lower("name"), name="one_lower"),
    ],
}""".replace("CONDITION", CONDITION)

FIELDS = f"""
    {ID},
    ("owner", models.ForeignKey("every.Owner", {CASCADE}, related_name="all", db_index=False,
        related_query_name="one", limit_choices_to={{"active": True}}, db_constraint=False,
        to_field="code", null=True, db_column="the_owner")),
    ("other", models.OneToOneField(to="every.owner", on_delete=models.SET_NULL, null=True,
        related_name="+", parent_link=False)),
    ("owners", models.ManyToManyField("every.Owner", related_name="+", db_table="things_owners",
        blank=True, symmetrical=None)),
    ("through", models.ManyToManyField("every.Owner", through="every.Link", related_name="+",
        through_fields=("left", "right"))),
    ("name", models.CharField("the name", max_length=20, db_collation="C", blank=False)),
    ("number", models.IntegerField("n", null=False, default=0, db_index=True, unique=False)),
    ("day", models.DateField(auto_now_add=True, unique_for_date=None)),
    ("seen", models.DateTimeField(auto_now=True)),
    ("hour", models.TimeField(default=datetime.time(12, 30), editable=False)),
    ("long", models.DurationField(default=datetime.timedelta(days=1))),
    ("price", models.DecimalField("price", None, 10, 2, default=decimal.Decimal("0.00"))),
    ("rate", models.FloatField(choices=[(1.0, "one"), (2.0, "two")], default=1.0)),
    ("slug", models.SlugField(max_length=50, unique_for_month="day", allow_unicode=True)),
    ("mail", models.EmailField(max_length=254, error_messages={{"invalid": "no"}})),
    ("page", models.URLField(max_length=200, help_text="where")),
    ("text", models.TextField(db_comment="words", validators=[validators.MinLengthValidator(2)])),
    ("data", models.JSONField(default=dict, encoder=None)),
    ("file", models.FileField(upload_to="files/", max_length=100)),
    ("image", models.ImageField(upload_to=upload_to, width_field=None)),
    ("path", models.FilePathField(path="/srv", match=".*", recursive=True)),
    ("address", models.GenericIPAddressField("ip", protocol="IPv4", unpack_ipv4=False)),
    ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
    ("yes", models.BooleanField(default=True, db_tablespace="slow")),
    ("bytes", models.BinaryField(default=b"", max_length=9, editable=True)),
    ("small", models.PositiveSmallIntegerField(serialize=False)),
    ("big", models.PositiveBigIntegerField(null=True, verbose_name="big one")),
    ("tiny", models.SmallIntegerField(choices=[("group", [(1, "a"), (2, "b")])], default=1)),
    ("plus", models.PositiveIntegerField(rel=None, unique_for_year="day", auto_created=False)),
    ("large", models.BigIntegerField(default=1, name="large")),
"""

CREATED = [
    Case(
        f"migrations.CreateModel(name='Owner', fields=[{ID}, "
        "('code', models.CharField(max_length=9, unique=True))])"
    ),
    Case(
        f"migrations.CreateModel(name='Thing', fields=[{FIELDS}], options={OPTIONS}, "
        "bases=(models.Model,), managers=[('objects', models.Manager()), ('more', Many())])"
    ),
    Case(
        f"migrations.CreateModel(name='Link', fields=[{ID}, "
        f"('left', models.ForeignKey('every.Thing', {CASCADE})), "
        f"('right', models.ForeignKey('every.Owner', {CASCADE}))])"
    ),
    Case(
        "migrations.CreateModel(name='Mirror', fields=[], options={'proxy': True}, "
        "bases=(Mixin, 'every.thing'))"
    ),
    Case(
        "migrations.CreateModel('Far', [('thing_ptr', models.OneToOneField("
        f"auto_created=True, {CASCADE}, parent_link=True, primary_key=True, serialize=False, "
        "to='every.thing'))], {'managed': False, 'indexes': []}, ('every.thing',), [])"
    ),
]

NEWER = [
    Case(
        "migrations.AddField(model_name='owner', name='since', "
        "field=models.DateTimeField(db_default=models.functions.Now()))",
        (5, 0),
    ),
    Case(
        "migrations.AddField('owner', 'length', models.GeneratedField("
        "expression=models.functions.Length('code'), output_field=models.IntegerField(), "
        "db_persist=True))",
        (5, 0),
    ),
    Case(
        "migrations.CreateModel('Pair', [('pk', models.CompositePrimaryKey('a', 'b', blank=True, "
        "editable=False, primary_key=True, serialize=False)), ('a', models.IntegerField()), "
        "('b', models.IntegerField())]), migrations.RenameField('pair', 'a', 'c')",
        (5, 2),
    ),
    Case(
        "migrations.AlterConstraint(model_name='thing', name='positive', "
        "constraint=models.CheckConstraint(condition=models.Q(number__gt=1), name='positive', "
        "violation_error_code='small'))",
        (5, 2),
    ),
]

CHANGED = [
    Case(
        "migrations.AddField(model_name='Thing', name='added', "
        "field=models.IntegerField(default=1), preserve_default=False)"
    ),
    Case("migrations.AddField('thing', 'kept', models.IntegerField(default=1), True)"),
    Case(
        "migrations.AlterField(model_name='thing', name='added', "
        "field=models.BigIntegerField(default=2), preserve_default=False)"
    ),
    Case("migrations.AlterField('thing', 'kept', models.CharField(default='x', max_length=3))"),
    Case("migrations.RemoveField(model_name='THING', name='rate', field=None)"),
    Case("migrations.RenameField(model_name='thing', old_name='number', new_name='amount')"),
    Case("migrations.RenameField('owner', 'code', 'sign')"),
    Case("migrations.AlterModelTable(name='thing', table='all_things')"),
    Case("migrations.AlterModelTable('link', None)"),
    Case("migrations.AlterModelTableComment(name='thing', table_comment=None)"),
    Case("migrations.AlterUniqueTogether(name='thing', unique_together={('amount', 'day')})"),
    Case("migrations.AlterUniqueTogether('link', [('left', 'right')])"),
    Case("migrations.AlterUniqueTogether('link', None)"),
    Case("migrations.AlterIndexTogether(name='link', index_together={('left', 'right')})"),
    Case("migrations.RenameIndex('link', new_name='both', old_fields=('left', 'right'))"),
    Case("migrations.AlterIndexTogether('link', [['right', 'left']])"),
    Case("migrations.AlterIndexTogether('link', set())"),
    Case("migrations.AlterOrderWithRespectTo(name='link', order_with_respect_to='left')"),
    Case("migrations.AlterOrderWithRespectTo('link', None)"),
    Case(
        "migrations.AlterModelOptions(name='thing', options={'verbose_name': 'one', "
        "'ordering': ['day'], 'managed': False})"
    ),
    Case("migrations.AlterModelOptions('thing', {})"),
    Case("migrations.AlterModelManagers(name='thing', managers=[('only', models.Manager())])"),
    Case("migrations.AddIndex(model_name='thing', index=models.Index('day', name='new'))"),
    Case("migrations.RemoveIndex(model_name='thing', name='by_day')"),
    Case("migrations.RenameIndex(model_name='thing', new_name='newer', old_name='new')"),
    Case(
        "migrations.AddConstraint(model_name='thing', constraint="
        "models.UniqueConstraint(fields=['text'], name='one_text'))"
    ),
    Case("migrations.RemoveConstraint(model_name='thing', name='one_text')"),
    Case(
        "migrations.RunSQL(sql='SELECT 1', reverse_sql=migrations.RunSQL.noop, elidable=True, "
        "hints={'a': 1}, state_operations=[migrations.RemoveField('thing', 'large')])"
    ),
    Case(
        "migrations.RunPython(code=migrations.RunPython.noop, atomic=True, hints={}, "
        "reverse_code=migrations.RunPython.noop, elidable=False)"
    ),
    Case(
        "migrations.SeparateDatabaseAndState("
        "database_operations=[migrations.RemoveField('thing', 'big')], "
        "state_operations=[migrations.RenameField('thing', 'big', 'huge'), "
        "migrations.SeparateDatabaseAndState(state_operations=["
        "migrations.RemoveField('thing', 'tiny')])])"
    ),
    Case("migrations.RenameModel(old_name='Thing', new_name='Object')"),
    Case("migrations.RenameModel('LINK', 'Bridge')"),
    Case("migrations.DeleteModel(name='Mirror')"),
]

POSTGRES = [
    Case(f"pg.{name}Extension({HINTS})")
    for name in ("Bloom", "BtreeGin", "BtreeGist", "CIText", "Crypto", "HStore", "Trigram")
] + [
    Case(f"pg.UnaccentExtension({HINTS})"),
    Case(f"pg.CreateExtension(name='ltree', {HINTS})"),
    Case("pg.CreateCollation(name='german', locale='de', provider='icu', deterministic=False)"),
    Case("pg.RemoveCollation(name='german', locale='de', provider='icu', deterministic=False)"),
    Case(
        "pg.AddIndexConcurrently(model_name='object', "
        "index=indexes.GinIndex(fields=['data'], name='by_data', fastupdate=False))"
    ),
    Case("pg.RemoveIndexConcurrently(model_name='object', name='by_data')"),
    Case(
        "pg.AddConstraintNotValid(model_name='object', constraint=models.CheckConstraint("
        f"{CONDITION}=models.Q(amount__lt=9), name='few'))"
    ),
    Case("pg.ValidateConstraint(model_name='object', name='few')"),
    Case(
        "migrations.AddConstraint('object', constraints.ExclusionConstraint(name='apart', "
        "expressions=[('day', '=')], index_type='GIST'))"
    ),
    Case(
        "migrations.AddField('object', 'list', fields.ArrayField("
        "models.CharField(max_length=3), size=4, default=list))"
    ),
]

CASES = [
    each for each in (*CREATED, *NEWER, *CHANGED, *POSTGRES) if each.since <= django.VERSION[:2]
]

_HEAD = """import datetime
import decimal
import uuid

import django.db.models.deletion
import django.db.models.functions
from django.contrib.postgres import constraints, fields, indexes
from django.contrib.postgres import operations as pg
from django.core import validators
from django.db import migrations, models


class Many(models.Manager):
    pass


class Mixin:
    pass


def upload_to(instance, name):
    return name


class Migration(migrations.Migration):
"""


def project() -> dict[str, str]:
    """The cases as the migrations of an app, each after the one before."""
    texts = {}
    for number, case in enumerate(CASES, start=1):
        earlier = f"('every', 'm{number - 1:03}')" if number > 1 else ""
        texts[f"every/m{number:03}"] = (
            f"{_HEAD}    initial = {number == 1}\n    dependencies = [{earlier}]\n"
            f"    operations = [{case.text}]\n"
        )
    return texts
