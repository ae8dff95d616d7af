"""Steps of contacts that programs ask for, each counted once by its key."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_api_keys"),
        ("billing", "0031_attempts_lost_to_a_dispute"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("change", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("stored", models.PositiveBigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_calls",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "key"), name="contacts_are_counted_once"
                    )
                ],
            },
        ),
    ]
