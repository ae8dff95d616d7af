"""Queues, logins, QA forms, and who uses Conversations, as the first three migrations left them.

A database without these tables may hold subscriptions, so the module is switched on where licences
are held, as 0002 does.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from accounts.tables import CreateModels

enable = import_module("licensing.migrations.0002_licensing_where_it_is_held").enable


class Migration(migrations.Migration):
    replaces = [
        ("licensing", "0001_queues"),
        ("licensing", "0002_licensing_where_it_is_held"),
        ("licensing", "0003_conversations"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0006_the_deeds_and_terms_squashed_0016"),
        ("billing", "0001_the_whole_of_billing_squashed_0027"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Queue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "number"), name="a_queue_has_a_number_of_its_own"
                            ),
                            models.UniqueConstraint(
                                models.F("account"),
                                django.db.models.functions.text.Lower("name"),
                                name="a_queue_has_a_name_of_its_own",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outbound", False), ("channel", "voice"), _connector="OR"
                                ),
                                name="only_voice_queues_call_out",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QueueLogin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "queue"), name="a_member_logs_in_to_a_queue_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QaForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                migrations.CreateModel(
                    name="ConversationsDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("conversations", models.PositiveIntegerField()),
                        ("answered", models.PositiveIntegerField()),
                        ("first_response_seconds", models.PositiveBigIntegerField()),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations_days",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("member", "day"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("member", "day"),
                                name="a_member_has_one_row_of_figures_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("answered__lte", models.F("conversations"))),
                                name="no_more_is_answered_than_there_was",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConversationsLevel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("none", "No access"),
                                    ("viewer", "Viewer"),
                                    ("agent", "Agent"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("account", "since"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "since"),
                                name="levels_are_assigned_one_after_the_other",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("level__in", ("viewer", "agent"))),
                                name="a_level_lets_in",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(enable, migrations.RunPython.noop, elidable=False),
    ]
