"""The limits of counted services, and which warnings went out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_the_deeds_and_terms_squashed_0016"),
        ("licensing", "0001_queues_and_conversations_squashed_0003"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("speech-to-text-minutes", "Speech-to-text"),
                            ("smart-routing", "Smart routing"),
                            ("ai-topics", "AI topics"),
                            ("ai-qa", "AI QA"),
                        ],
                        max_length=22,
                    ),
                ),
                ("over", models.PositiveBigIntegerField(blank=True, null=True)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("told_in", models.DateField(blank=True, null=True)),
                ("told_of", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_limits",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "ordering": ("account", "service"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "service"), name="a_service_has_one_limit_in_an_account"
                    )
                ],
            },
        ),
    ]
