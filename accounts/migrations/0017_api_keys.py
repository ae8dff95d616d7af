"""API keys of accounts and of the vendor, and the deeds about them."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_the_deeds_and_terms_squashed_0016"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("name", "Name changed"),
                    ("email", "E-mail address changed"),
                    ("access", "Access given"),
                    ("type", "Type changed"),
                    ("calls", "Calling without a queue changed"),
                    ("purchase", "Purchase permission changed"),
                    ("primary_asked", "Handing over the primary role asked"),
                    ("primary_ended", "Handing over the primary role called off"),
                    ("primary", "Primary role handed over"),
                    ("invited", "Invitation sent"),
                    ("invitation_withdrawn", "Invitation withdrawn"),
                    ("invitation_taken", "Invitation accepted"),
                    ("return_asked", "Asked to be activated again"),
                    ("access_created", "Access created"),
                    ("access_changed", "Access changed"),
                    ("access_deleted", "Access deleted"),
                    ("queue_login", "Queue logins changed"),
                    ("queue_created", "Queue created"),
                    ("queue_changed", "Queue changed"),
                    ("queue_deleted", "Queue deleted"),
                    ("qa_form_created", "QA form created"),
                    ("qa_form_changed", "QA form changed"),
                    ("qa_form_deleted", "QA form deleted"),
                    ("company", "Company details changed"),
                    ("method_added", "Payment method added"),
                    ("method_replaced", "Payment method replaced"),
                    ("method_renewed", "Card renewed by its bank"),
                    ("method_default", "Default payment method chosen"),
                    ("method_removed", "Payment method removed"),
                    ("pays_by", "Way of payment changed"),
                    ("paid_by_hand", "Payment of an invoice started"),
                    ("account_opened", "Account opened"),
                    ("request_opened", "Request to support sent"),
                    ("request_withdrawn", "Request to support withdrawn"),
                    ("plan_cancelled", "Plan cancelled"),
                    ("plan_kept", "Plan kept after all"),
                    ("conversations", "Level in Conversations changed"),
                    ("api_key_created", "API key created"),
                    ("api_key_revoked", "API key revoked"),
                    ("visit_begun", "Support signed in as the customer"),
                    ("visit_ended", "Support left"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalApiKey",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What uses it, for example Help desk sync.", max_length=100
                    ),
                ),
                ("prefix", models.CharField(db_index=True, max_length=8)),
                ("scopes", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.CharField(max_length=150)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by_name", models.CharField(blank=True, max_length=150)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical API key",
                "verbose_name_plural": "historical API keys",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What uses it, for example Help desk sync.", max_length=100
                    ),
                ),
                ("prefix", models.CharField(max_length=8, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.CharField(max_length=150)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="accounts.account",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("account__isnull", False), ("revoked_at__isnull", True)
                        ),
                        fields=("account", "name"),
                        name="an_account_has_one_key_of_a_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("account__isnull", True), ("revoked_at__isnull", True)),
                        fields=("name",),
                        name="the_vendor_has_one_key_of_a_name",
                    ),
                ],
            },
        ),
    ]
