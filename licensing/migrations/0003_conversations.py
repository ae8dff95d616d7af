"""Who uses Conversations as what, and the figures of what they did there."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_deeds_about_conversations"),
        ("licensing", "0002_licensing_where_it_is_held"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConversationsDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        fields=("member", "day"), name="a_member_has_one_row_of_figures_a_day"
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("none", "No access"), ("viewer", "Viewer"), ("agent", "Agent")],
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
                        fields=("account", "since"), name="levels_are_assigned_one_after_the_other"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ("viewer", "agent"))),
                        name="a_level_lets_in",
                    ),
                ],
            },
        ),
    ]
