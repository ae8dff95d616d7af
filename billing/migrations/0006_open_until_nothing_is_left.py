"""What is not zero is open, an attempt can be called off or stuck, a reference may be long."""

from django.db import migrations, models
from django.db.models import Q

from accounts.triggers import RefuseChange


def open_again(apps, schema_editor):
    """Documents that are said to be paid while an amount is open: credits that nobody found."""
    receivables = apps.get_model("billing", "Receivable").objects.using(
        schema_editor.connection.alias
    )
    receivables.exclude(open=0).exclude(state="open").update(state="open", settled_at=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_invoice_credit_used")]

    operations = [
        # SQLite copies an altered table, and the copy has lost its triggers.
        RefuseChange("Payment", again=True),
        migrations.RunPython(open_again, migrations.RunPython.noop),
        migrations.AddConstraint(
            "receivable",
            models.CheckConstraint(
                condition=Q(open=0) | Q(state="open"), name="a_document_with_an_amount_is_open"
            ),
        ),
        migrations.RemoveConstraint("paymentattempt", "an_invoice_is_charged_once"),
        migrations.AlterField(
            "paymentattempt",
            "state",
            models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent to the gateway"),
                    ("unknown", "Unknown"),
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
            "paymentattempt",
            "reason",
            models.CharField(blank=True, help_text="Why it stands as it does.", max_length=200),
        ),
        migrations.AddConstraint(
            "paymentattempt",
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=["queued", "sent", "unknown", "stuck", "charged"]),
                name="an_invoice_is_charged_once",
            ),
        ),
        migrations.AddIndex(
            "paymentattempt",
            models.Index(
                fields=["id"],
                condition=Q(state__in=["unknown", "stuck"], reason__gt=""),
                name="payment_attempt_for_support",
            ),
        ),
        migrations.AlterField(
            "payment",
            "reference",
            models.CharField(help_text="The gateway's or bank's own number.", max_length=255),
        ),
        RefuseChange("Payment", again=True),
    ]
