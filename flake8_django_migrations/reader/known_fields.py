"""Field classes of well-known packages: whose column each of them has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_MODELS: Final = "django.db.models."


@dataclass(frozen=True, slots=True)
class Known:
    """A class that its documentation tells all about.

    ``forced`` are the keywords that it always sets, ``defaults`` those it sets where none are
    given, ``own`` those that it keeps to itself. One that ``needs`` a keyword, or one of several,
    is not known without: it depends on the package's version, or on the project.
    """

    path: str
    forced: dict[str, object] = field(default_factory=dict)
    defaults: dict[str, object] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    takes_positional: bool = False

    def given(self, written: dict[str, object]) -> dict[str, object] | None:
        """What Django's class is given, None where that cannot be told."""
        if self.needs and all(written.get(name) in (None, False) for name in self.needs):
            return None
        rest = {name: value for name, value in written.items() if name not in self.own}
        return {**self.defaults, **rest, **self.forced}


def _as(name: str, **defaults: object) -> Known:
    """A class that differs from Django's of the name by defaults alone."""
    return Known(f"{_MODELS}{name}", defaults=defaults, takes_positional=not defaults)


_TAGGABLE: Final = Known("taggit.managers.TaggableManager", takes_positional=True)
_TEXT: Final = _as("TextField")
_JSON_TEXT: Final = Known(f"{_MODELS}TextField", own=frozenset({"dump_kwargs", "load_kwargs"}))
_IMAGE: Final = _as("ImageField")
_STREAM: Final = Known(
    f"{_MODELS}JSONField",
    own=frozenset({"block_lookup", "block_types", "use_json_field", "min_num", "max_num"})
    | {"block_counts", "collapsed"},
    needs=("use_json_field", "block_lookup"),
)

KNOWN: Final[dict[str, Known]] = {
    "annoying.fields.AutoOneToOneField": _as("OneToOneField"),
    "ckeditor.fields.RichTextField": Known(
        f"{_MODELS}TextField", own=frozenset({"config_name", "extra_plugins"})
    ),
    "colorfield.fields.ColorField": Known(
        f"{_MODELS}CharField",
        own=frozenset({"format", "samples", "image_field"}),
        needs=("max_length",),
    ),
    "django_countries.fields.CountryField": Known(
        f"{_MODELS}CharField",
        own=frozenset({"countries", "countries_flag_url", "countries_str_attr", "blank_label"})
        | {"multiple", "multiple_unique", "multiple_sort"},
        needs=("max_length",),
    ),
    "django_extensions.db.fields.AutoSlugField": Known(
        f"{_MODELS}SlugField",
        defaults={"blank": True},
        own=frozenset({"populate_from", "slugify_function", "separator", "overwrite"})
        | {"overwrite_on_add", "allow_duplicates", "max_unique_query_attempts"},
        takes_positional=True,
    ),
    "django_extensions.db.fields.CreationDateTimeField": _as(
        "DateTimeField", auto_now_add=True, blank=True
    ),
    "django_extensions.db.fields.ModificationDateTimeField": _as("DateTimeField", auto_now=True),
    "django_fsm.FSMField": Known(
        f"{_MODELS}CharField",
        defaults={"max_length": 50},
        own=frozenset({"protected", "state_choices"}),
    ),
    "django_fsm.FSMIntegerField": Known(
        f"{_MODELS}IntegerField", own=frozenset({"protected", "state_choices"})
    ),
    "djmoney.models.fields.CurrencyField": Known(
        f"{_MODELS}CharField",
        defaults={"max_length": 3},
        own=frozenset({"price_field"}),
        needs=("default",),
    ),
    "djmoney.models.fields.MoneyField": Known(
        f"{_MODELS}DecimalField",
        defaults={"decimal_places": 2},
        own=frozenset({"default_currency", "currency_choices", "currency_max_length"})
        | {"currency_field_name", "money_descriptor_class"},
        needs=("max_digits",),
    ),
    "easy_thumbnails.fields.ThumbnailerField": Known(
        f"{_MODELS}FileField", own=frozenset({"thumbnail_storage"})
    ),
    "easy_thumbnails.fields.ThumbnailerImageField": Known(
        f"{_MODELS}ImageField", own=frozenset({"thumbnail_storage", "resize_source"})
    ),
    "filer.fields.file.FilerFileField": Known(f"{_MODELS}ForeignKey", needs=("to",)),
    "filer.fields.image.FilerImageField": Known(f"{_MODELS}ForeignKey", needs=("to",)),
    "i18nfield.fields.I18nCharField": _TEXT,
    "i18nfield.fields.I18nTextField": _TEXT,
    "model_utils.fields.UrlsafeTokenField": Known(
        f"{_MODELS}CharField", defaults={"max_length": 128}, own=frozenset({"factory", "default"})
    ),
    "modelcluster.contrib.taggit.ClusterTaggableManager": _TAGGABLE,
    "modelcluster.fields.ParentalKey": _as("ForeignKey"),
    "modelcluster.fields.ParentalManyToManyField": _as("ManyToManyField"),
    "jsonfield.JSONField": _JSON_TEXT,
    "jsonfield.fields.JSONField": _JSON_TEXT,
    "morango.models.UUIDField": _as("UUIDField"),
    "morango.models.fields.uuids.UUIDField": _as("UUIDField"),
    "mptt.fields.TreeForeignKey": _as("ForeignKey"),
    "mptt.fields.TreeManyToManyField": _as("ManyToManyField"),
    "mptt.fields.TreeOneToOneField": _as("OneToOneField"),
    "phonenumber_field.modelfields.PhoneNumberField": Known(
        f"{_MODELS}CharField", defaults={"max_length": 128}, own=frozenset({"region"})
    ),
    "picklefield.fields.PickledObjectField": Known(
        f"{_MODELS}TextField",
        own=frozenset({"compress", "protocol", "copy"}),
        needs=("null", "default"),
    ),
    "sorl.thumbnail.fields.ImageField": _IMAGE,
    "tagging.fields.TagField": _as("CharField", max_length=255, blank=True),
    "taggit.managers.TaggableManager": _TAGGABLE,
    "timezone_field.fields.TimeZoneField": Known(
        f"{_MODELS}CharField",
        defaults={"max_length": 63},
        own=frozenset({"use_pytz", "choices_display", "choices"}),
    ),
    "tinymce.models.HTMLField": _TEXT,
    "wagtail.core.fields.RichTextField": Known(
        f"{_MODELS}TextField", own=frozenset({"editor", "features"})
    ),
    "wagtail.core.fields.StreamField": _STREAM,
    "wagtail.fields.RichTextField": Known(
        f"{_MODELS}TextField", own=frozenset({"editor", "features"})
    ),
    "wagtail.fields.StreamField": _STREAM,
}
"""By the path that migrations write; each has been read in the package's own source."""
