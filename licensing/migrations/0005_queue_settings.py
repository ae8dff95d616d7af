"""What AI does in a queue: smart routing, topics, reviews, and calls that are written down."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_deeds_about_usage_limits"),
        ("licensing", "0004_usage_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="queue",
            name="ai_qa_form",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="queues",
                to="licensing.qaform",
                verbose_name="AI QA reviews by",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="ai_topics",
            field=models.BooleanField(default=False, verbose_name="AI topics"),
        ),
        migrations.AddField(
            model_name="queue",
            name="smart_routing",
            field=models.BooleanField(default=False, verbose_name="smart routing"),
        ),
        migrations.AddField(
            model_name="queue",
            name="speech_language",
            field=models.CharField(blank=True, max_length=2, verbose_name="language spoken"),
        ),
        migrations.AddField(
            model_name="queue",
            name="speech_to_text",
            field=models.BooleanField(default=False, verbose_name="speech-to-text"),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("smart_routing", False), ("channel", "email"), _connector="OR"),
                name="only_email_queues_route_smartly",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("speech_to_text", False),
                    models.Q(
                        ("channel", "voice"), models.Q(("speech_language", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="only_calls_are_written_down_in_a_language",
            ),
        ),
    ]
