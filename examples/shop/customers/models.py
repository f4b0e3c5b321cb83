from django.conf import settings
from django.db import models


class Customer(models.Model):
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    town = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, null=True, blank=True)
    newsletter = models.BooleanField(db_default=False)
    birthday_note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name
