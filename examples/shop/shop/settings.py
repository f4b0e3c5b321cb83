"""Settings of the shop, as a development machine needs them."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "only for development")
DEBUG = True
ALLOWED_HOSTS = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "catalog.apps.CatalogConfig",
    "customers.apps.CustomersConfig",
    "orders.apps.OrdersConfig",
    "shipping.apps.ShippingConfig",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": os.environ.get("SHOP_DATABASE_USER", "shop"),
        "HOST": os.environ.get("SHOP_DATABASE_HOST", ""),
    }
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
