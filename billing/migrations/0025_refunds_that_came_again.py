"""Support looks also at refunds whose money went back and came again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0024_how_trials_end"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="refundattempt",
            name="refund_for_support",
        ),
        migrations.AddIndex(
            model_name="refundattempt",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["unknown", "stuck", "refused"]),
                    models.Q(("reason__gt", ""), ("state", "refunded")),
                    _connector="OR",
                ),
                fields=["id"],
                name="refund_for_support",
            ),
        ),
    ]
