"""Queues, who is logged in to them, and QA forms."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_people_and_what_they_may"),
    ]

    operations = [
        migrations.CreateModel(
            name="Queue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Voice"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("sms", "SMS"),
                            ("social", "Social"),
                        ],
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "outbound",
                    models.BooleanField(
                        default=False,
                        help_text="Its users call customers from it.",
                        verbose_name="calls out",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queues",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="QueueLogin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queue_logins",
                        to="accounts.member",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logins",
                        to="licensing.queue",
                    ),
                ),
            ],
            options={
                "ordering": ("queue__number", "pk"),
            },
        ),
        migrations.CreateModel(
            name="QaForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "allowed_for_ai",
                    models.BooleanField(default=False, verbose_name="allow for AI QA"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qa_forms",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "verbose_name": "QA form",
                "verbose_name_plural": "QA forms",
                "ordering": (django.db.models.functions.text.Lower("name"), "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("account"),
                        django.db.models.functions.text.Lower("name"),
                        name="a_qa_form_has_a_name_of_its_own",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.UniqueConstraint(
                fields=("account", "number"), name="a_queue_has_a_number_of_its_own"
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.UniqueConstraint(
                models.F("account"),
                django.db.models.functions.text.Lower("name"),
                name="a_queue_has_a_name_of_its_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("outbound", False), ("channel", "voice"), _connector="OR"),
                name="only_voice_queues_call_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="queuelogin",
            constraint=models.UniqueConstraint(
                fields=("member", "queue"), name="a_member_logs_in_to_a_queue_once"
            ),
        ),
    ]
