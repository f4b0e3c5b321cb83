from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    position = models.SmallIntegerField(db_default=0)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self):
        return self.name


class Product(models.Model):
    class Availability(models.TextChoices):
        IN_STOCK = "in_stock", "In stock"
        TO_ORDER = "to_order", "To order"
        SOLD_OUT = "sold_out", "Sold out"

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products"
    )
    sku = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    summary = models.CharField(max_length=50, blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    availability = models.CharField(
        max_length=20, choices=Availability, default=Availability.IN_STOCK
    )

    class Meta:
        indexes = [models.Index(fields=["name"], name="product_name_idx")]

    def __str__(self):
        return self.name
