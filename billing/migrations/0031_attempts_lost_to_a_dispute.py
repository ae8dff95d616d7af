"""An attempt whose money a bank has taken back for good counts as charged no more."""

from django.db import migrations, models

_STATES = [
    ("queued", "Queued"),
    ("sent", "Sent to the gateway"),
    ("unknown", "Unknown"),
    ("action", "The bank asks the payer"),
    ("stuck", "Needs support"),
    ("charged", "Charged"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
]


def mark(apps, schema_editor):
    attempts = apps.get_model("billing", "PaymentAttempt").objects.using(
        schema_editor.connection.alias
    )
    attempts.filter(
        state="charged", payment__disputes__state="lost", payment__disputes__taken__gt=0
    ).update(state="taken", reason="The cardholder's bank took it back, and decided for them.")


def unmark(apps, schema_editor):
    """Back to *charged*; where another card has paid meanwhile, that one is the one that counts."""
    attempts = apps.get_model("billing", "PaymentAttempt").objects.using(
        schema_editor.connection.alias
    )
    for attempt in attempts.filter(state="taken").order_by("pk"):
        others = attempts.filter(invoice_id=attempt.invoice_id).exclude(
            state__in=["taken", "declined", "cancelled"]
        )
        attempt.state = "cancelled" if others.exists() else "charged"
        attempt.save(update_fields=["state"])


class Migration(migrations.Migration):
    dependencies = [("billing", "0030_bank_files_with_other_columns")]

    operations = [
        migrations.AlterField(
            "paymentattempt",
            "state",
            models.CharField(
                choices=[*_STATES, ("taken", "Charged, and lost to a dispute")],
                default="queued",
                max_length=9,
            ),
        ),
        migrations.RunPython(mark, unmark),
    ]
