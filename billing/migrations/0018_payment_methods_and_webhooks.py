"""Cards that a provider keeps, banks that ask the payer, and webhooks: kept until handled."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import billing.models.sandbox


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_find_without_accents"),
        ("billing", "0017_money_that_goes_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MethodSetup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("next", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("refused", "Refused")],
                        default="open",
                        max_length=7,
                    ),
                ),
                (
                    "cause",
                    models.CharField(blank=True, help_text="Why it was refused.", max_length=12),
                ),
                ("begun_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                (
                    "reference",
                    models.CharField(help_text="The provider's own number of it.", max_length=255),
                ),
                ("brand", models.CharField(max_length=20)),
                ("last4", models.CharField(max_length=4, verbose_name="last four digits")),
                (
                    "expires_month",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ]
                    ),
                ),
                ("expires_year", models.PositiveSmallIntegerField()),
                ("is_default", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-is_default", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ProviderKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=100)),
                ("reference", models.CharField(max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="SandboxCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=100, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=billing.models.sandbox.new_token, max_length=64, unique=True
                    ),
                ),
                ("payer", models.CharField(max_length=64)),
                ("return_to", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Kept"),
                            ("refused", "Refused"),
                            ("forgotten", "Forgotten"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("behaviour", models.CharField(blank=True, max_length=20)),
                ("brand", models.CharField(blank=True, max_length=20)),
                ("last4", models.CharField(blank=True, max_length=4)),
                ("expires_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("expires_year", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="SandboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=100)),
                ("delay", models.PositiveSmallIntegerField(default=0)),
                ("times", models.PositiveSmallIntegerField(default=1)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="WebhookReceived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=255, verbose_name="number")),
                ("kind", models.CharField(max_length=100)),
                ("key", models.CharField(blank=True, db_index=True, max_length=100)),
                ("received_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1, verbose_name="times received")),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("next_try_at", models.DateTimeField()),
                ("problem", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "webhook received",
                "verbose_name_plural": "webhooks received",
                "ordering": ("-pk",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="paymentattempt",
            name="an_invoice_is_charged_once",
        ),
        migrations.RemoveIndex(
            model_name="paymentattempt",
            name="payment_attempt_to_settle",
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="action_url",
            field=models.CharField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="card",
            field=models.CharField(
                blank=True, help_text="The bank's number of the card.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="cause",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="return_to",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="token",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="paymentattempt",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent to the gateway"),
                    ("unknown", "Unknown"),
                    ("action", "The bank asks the payer"),
                    ("stuck", "Needs support"),
                    ("charged", "Charged"),
                    ("declined", "Declined"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="sandboxcharge",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("charged", "Charged"),
                    ("declined", "Declined"),
                    ("lost", "Lost on the way"),
                    ("waits", "Waits for the payer"),
                    ("settling", "Not decided yet"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="method_setups",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="visit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.supportvisit",
            ),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="payer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_methods",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="becomes",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.paymentmethod",
            ),
        ),
        migrations.AddField(
            model_name="methodsetup",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.paymentmethod",
            ),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="method",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="billing.paymentmethod",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "sent", "unknown", "action"])),
                fields=["next_try_at"],
                name="payment_attempt_to_settle",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "sent", "unknown", "action", "stuck", "charged"])
                ),
                fields=("invoice",),
                name="an_invoice_is_charged_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="providerkey",
            constraint=models.UniqueConstraint(
                fields=("gateway", "key"), name="a_key_names_one_thing_at_a_provider"
            ),
        ),
        migrations.AddIndex(
            model_name="sandboxmessage",
            index=models.Index(
                condition=models.Q(("times__gt", 0)),
                fields=["due_at"],
                name="sandbox_message_to_send",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookreceived",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)),
                fields=["next_try_at"],
                name="webhook_to_handle",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookreceived",
            constraint=models.UniqueConstraint(
                fields=("gateway", "event_id"), name="a_webhook_is_received_once"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentmethod",
            index=models.Index(fields=["payer", "-id"], name="method_of_a_payer"),
        ),
        migrations.AddIndex(
            model_name="paymentmethod",
            index=models.Index(
                condition=models.Q(("forgotten_at__isnull", True), ("removed_at__isnull", False)),
                fields=["id"],
                name="method_to_forget",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentmethod",
            constraint=models.UniqueConstraint(
                fields=("gateway", "reference"), name="a_method_is_kept_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentmethod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("payer",),
                name="a_payer_has_one_default_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False), ("removed_at__isnull", True), _connector="OR"
                ),
                name="a_removed_method_is_no_default",
            ),
        ),
    ]
