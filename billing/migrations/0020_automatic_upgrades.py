"""Agreements that a contact limit is raised by itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_deeds_about_payment_methods"),
        ("billing", "0019_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AutoUpgrade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("up_to", models.PositiveBigIntegerField()),
                ("prices", models.JSONField()),
                ("currency", models.CharField(max_length=3)),
                ("interval", models.CharField(max_length=5)),
                (
                    "agreed_by_name",
                    models.CharField(help_text="As known at that moment.", max_length=150),
                ),
                ("agreed_at", models.DateTimeField()),
                ("concluded", models.PositiveBigIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("by hand", "Ended by hand"),
                            ("anew", "Agreed anew"),
                            ("agreer", "Who agreed may no longer buy"),
                            ("price", "The price has risen above what was agreed to"),
                            ("plan", "Another plan is held, or none"),
                            ("failed", "It failed three times"),
                        ],
                        max_length=7,
                    ),
                ),
                ("ended_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="auto_upgrades",
                        to="accounts.account",
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "automatic upgrade",
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("account",),
                        name="an_account_has_one_automatic_upgrade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_because", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("ended_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_automatic_upgrade_ends_for_a_reason",
                    ),
                ],
            },
        ),
    ]
