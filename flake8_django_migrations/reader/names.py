"""Django's names: the one path under which each class is known, however it was imported."""

from __future__ import annotations

import builtins
import sys
from functools import lru_cache
from typing import Final

FIELDS: Final = frozenset(
    """
    AutoField BigAutoField BigIntegerField BinaryField BooleanField CharField
    CommaSeparatedIntegerField DateField DateTimeField DecimalField DurationField EmailField Field
    FilePathField FloatField GenericIPAddressField IPAddressField IntegerField NullBooleanField
    PositiveBigIntegerField PositiveIntegerField PositiveSmallIntegerField SlugField
    SmallAutoField SmallIntegerField TextField TimeField URLField UUIDField CompositePrimaryKey
    FileField ImageField GeneratedField JSONField OrderWrt ForeignKey ForeignObject OneToOneField
    ManyToManyField
    """.split()
)
"""The field classes of django.db.models."""

_MODELS: Final = FIELDS | frozenset(
    """
    Aggregate AnyValue Avg Count Max Min StdDev StringAgg Sum Variance BaseConstraint
    CheckConstraint UniqueConstraint Deferrable Choices IntegerChoices TextChoices NOT_PROVIDED
    Index signals CASCADE DO_NOTHING PROTECT RESTRICT SET SET_DEFAULT SET_NULL DB_CASCADE
    DB_SET_DEFAULT DB_SET_NULL Case Exists Expression ExpressionList ExpressionWrapper F Func
    OrderBy OuterRef RowRange Subquery Value ValueRange When Window WindowFrame
    WindowFrameExclusion Lookup Transform Manager Prefetch Q QuerySet Model FilteredRelation
    """.split()
)

_GIS_FIELDS: Final = frozenset(
    """
    GeometryCollectionField GeometryField LineStringField MultiLineStringField MultiPointField
    MultiPolygonField PointField PolygonField RasterField
    """.split()
)

MIGRATIONS: Final = frozenset(
    """
    AddConstraint AddField AddIndex AlterConstraint AlterField AlterIndexTogether
    AlterModelManagers AlterModelOptions AlterModelTable AlterModelTableComment
    AlterOrderWithRespectTo AlterUniqueTogether CreateModel DeleteModel RemoveConstraint
    RemoveField RemoveIndex RenameField RenameIndex RenameModel RunPython RunSQL
    SeparateDatabaseAndState
    """.split()
)
"""The operations of django.db.migrations."""

EXTENSIONS: Final[dict[str, str]] = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
}
"""The subclasses of CreateExtension, each with the extension it creates."""

POSTGRES: Final = frozenset(EXTENSIONS) | frozenset(
    """
    CreateExtension AddIndexConcurrently RemoveIndexConcurrently CreateCollation RemoveCollation
    AddConstraintNotValid ValidateConstraint
    """.split()
)
"""The operations of django.contrib.postgres."""

BUILTINS: Final = frozenset(dir(builtins))

_GATHERED: Final = (
    ("django.contrib.gis.db.models", "django.contrib.gis.db.models", _GIS_FIELDS),
    ("django.contrib.gis.db.models", "django.db.models", _MODELS),
    ("django.contrib.gis.db", "django.db.models", _MODELS),
    ("django.db.models.functions", "django.db.models.functions", None),
    ("django.db.models", "django.db.models", _MODELS),
    ("django.db.migrations", "django.db.migrations", MIGRATIONS | {"Migration"}),
    ("django.contrib.postgres.operations", "django.db.migrations", MIGRATIONS),
    ("django.contrib.postgres.fields", "django.contrib.postgres.fields", None),
    ("django.contrib.postgres.indexes", "django.db.models", frozenset({"Index"})),
)
"""Where a class may be imported from, where Django says it lives, and which classes."""


@lru_cache(maxsize=4096)
def canonical(path: str) -> str:
    """The path Django itself writes: ``django.db.models.fields.CharField`` has no ``fields``."""
    if not path.startswith("django."):
        return path
    module, name, tail = _split(path)
    for source, home, names in _GATHERED:
        inside = module == source or module.startswith(source + ".")
        if inside and (name in names if names is not None else name[:1].isupper()):
            return f"{home}.{name}{tail}"
    return path


def _split(path: str) -> tuple[str, str, str]:
    """Module, class or function, and the attributes after it."""
    parts = path.split(".")
    head = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    tail = "".join(f".{part}" for part in parts[head + 1 :])
    return ".".join(parts[:head]), parts[head], tail


def is_elsewhere(path: str) -> bool:
    """Whether the path can be told to be no module of the project: Django's or Python's."""
    root = path.partition(".")[0]
    return root in {"django", "builtins"} or root in sys.stdlib_module_names


def star_names(module: str) -> frozenset[str]:
    """What ``from module import *`` gives, for the modules of Django that migrations use."""
    match module:
        case "django.db.models" | "django.contrib.gis.db.models":
            return _MODELS | (_GIS_FIELDS if "gis" in module else frozenset())
        case "django.db.migrations":
            return MIGRATIONS | {"Migration", "swappable_dependency"}
        case "django.db.migrations.operations":
            return MIGRATIONS
        case "django.contrib.postgres.operations":
            return POSTGRES
        case _:
            return frozenset()
