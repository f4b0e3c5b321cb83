from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="status",
            field=models.CharField(db_default="new", max_length=20),
        ),
        migrations.AlterField(
            model_name="order",
            name="code",
            field=models.CharField(max_length=40),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["placed"], name="order_placed_idx"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(total__gte=0), name="order_total_not_negative"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="customer",
            field=models.ForeignKey(null=True, on_delete=models.CASCADE, to="orders.customer"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(status="open"), fields=["code"], name="order_open_code"
            ),
        ),
    ]
