from django.db import models


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new", "New"
        PAID = "paid", "Paid"
        SENT = "sent", "Sent"

    class Channel(models.TextChoices):
        WEB = "web", "Web"
        PHONE = "phone", "Phone"

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="orders"
    )
    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    channel = models.CharField(max_length=20, choices=Channel)
    country = models.CharField(max_length=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    total = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    tracking = models.TextField(null=True, blank=True)
    placed_at = models.DateTimeField()
    last_event = models.ForeignKey(
        "OrderEvent", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["last_event", "placed_at"], name="order_last_event_idx"
            ),
            models.Index(fields=["placed_at"], name="order_placed_at_idx"),
        ]

    def __str__(self):
        return self.number


class OrderEvent(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30)
    happened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.kind


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        indexes = [
            models.Index(fields=["product", "order"], name="orderline_product_idx")
        ]

    def __str__(self):
        return f"{self.quantity} of {self.product_id}"
