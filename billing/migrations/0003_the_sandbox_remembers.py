"""The sandbox gateway remembers its keys, so that asking twice charges once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_refuse_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100, unique=True)),
                ("payer", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("charged", "Charged"),
                            ("declined", "Declined"),
                            ("lost", "Lost on the way"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
    ]
