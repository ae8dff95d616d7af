"""Orders wait for a bank transfer."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_agreed_terms"),
        ("billing", "0020_automatic_upgrades"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="expires_at",
            field=models.DateTimeField(
                blank=True, help_text="Until when it waits for a bank transfer.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="state",
            field=models.CharField(
                choices=[
                    ("paying", "Being paid"),
                    ("done", "Done"),
                    ("declined", "Declined"),
                    ("cancelled", "Cancelled"),
                    ("stuck", "Needs support"),
                    ("waiting", "Waits for a transfer"),
                    ("expired", "Expired"),
                    ("repriced", "To be confirmed again"),
                ],
                default="paying",
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["expires_at"],
                name="order_that_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("account",),
                name="an_account_has_one_order_that_waits",
            ),
        ),
    ]
