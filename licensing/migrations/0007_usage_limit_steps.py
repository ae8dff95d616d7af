"""Each choice of a usage limit with its instant: what the charts know of earlier months."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from accounts.triggers import RefuseChange


def known_so_far(apps: Any, schema_editor: Any) -> None:
    """When the limits of before were chosen is known in words only: they stand from the beginning."""
    using = schema_editor.connection.alias
    limits = apps.get_model("licensing", "UsageLimit").objects.using(using)
    apps.get_model("licensing", "UsageLimitStep").objects.using(using).bulk_create(
        [
            apps.get_model("licensing", "UsageLimitStep")(
                account_id=limit.account_id,
                service=limit.service,
                at=limit.account.opened_at,
                over=limit.over,
            )
            for limit in limits.select_related("account")
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_deeds_about_recordings"),
        ("licensing", "0006_recording_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageLimitStep",
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
                ("at", models.DateTimeField()),
                ("over", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_limit_steps",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "ordering": ("account", "pk"),
                "indexes": [models.Index(fields=["account"], name="usage_limit_step_of_account")],
            },
        ),
        RefuseChange("UsageLimitStep"),
        migrations.RunPython(known_so_far, migrations.RunPython.noop),
    ]
