"""The sandbox gateway remembers the keys of refunds too, so that asking twice gives back once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100, unique=True)),
                (
                    "charge",
                    models.CharField(
                        db_index=True, help_text="The number of the charge.", max_length=64
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("refunded", "Refunded"),
                            ("refused", "Refused"),
                            ("lost", "Lost on the way"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
    ]
