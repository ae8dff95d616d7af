"""Requests to support, and their threads, which are written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_deeds_about_requests"),
        ("billing", "0018_payment_methods_and_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("level", "Lower plan level"),
                            ("add_on", "Remove an add-on"),
                            ("unbundle", "Leave the bundle"),
                            ("product", "Change product"),
                            ("seats", "Remove seats"),
                            ("question", "Ask a question"),
                            ("other", "Something else"),
                        ],
                        max_length=8,
                    ),
                ),
                ("quantity", models.PositiveBigIntegerField(blank=True, null=True)),
                ("wanted_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("notes", models.TextField(blank=True, max_length=4000)),
                ("contact_email", models.EmailField(max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_progress", "In progress"),
                            ("waiting", "Waiting for the customer"),
                            ("applied", "Applied"),
                            ("answered", "Answered"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=11,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("portal", "Portal"), ("email", "E-mail"), ("desk", "Support")],
                        max_length=6,
                    ),
                ),
                ("verified", models.BooleanField(default=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by_name", models.CharField(blank=True, max_length=150)),
                ("since", models.DateTimeField()),
                ("key", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_requests",
                        to="accounts.account",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.product",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="RequestMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("opened", "sent it"),
                            ("said", "wrote"),
                            ("taken", "took it on"),
                            ("asked", "asked"),
                            ("answered", "answered"),
                            ("changed", "changed what is asked for"),
                            ("applied", "applied it"),
                            ("declined", "declined it"),
                            ("withdrawn", "withdrew it"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("from_support", models.BooleanField(default=False)),
                ("author_name", models.CharField(blank=True, max_length=150)),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("details", models.JSONField(default=dict)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                (
                    "message_id",
                    models.CharField(blank=True, max_length=255, null=True, unique=True),
                ),
                ("verified", models.BooleanField(default=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="billing.changerequest",
                    ),
                ),
            ],
            options={
                "ordering": ("request", "pk"),
            },
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(fields=["account", "-id"], name="request_of_an_account"),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "in_progress", "waiting"])),
                fields=["since", "id"],
                name="request_to_do",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["question", "other"]), ("product__isnull", False), _connector="OR"
                ),
                name="a_request_to_change_names_a_product",
            ),
        ),
        migrations.AddIndex(
            model_name="requestmessage",
            index=models.Index(fields=["request", "id"], name="message_of_a_request"),
        ),
        RefuseChange("RequestMessage"),
    ]
