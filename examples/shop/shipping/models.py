from django.db import models


class Parcel(models.Model):
    order_number = models.CharField(max_length=20)
    customer_email = models.EmailField(max_length=254, null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=40, null=True, blank=True)
    weight_grams = models.IntegerField(null=True, blank=True)
    insured_value = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True
    )

    def __str__(self):
        return self.order_number
