"""An invoice says what was taken from the credit balance when it was issued."""

from django.db import migrations, models

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_find_payments")]
    operations = [
        # SQLite copies an altered table, and the copy has lost its triggers.
        RefuseChange("Invoice", again=True),
        migrations.AddField(
            "invoice",
            "credit_used",
            models.DecimalField(
                max_digits=15,
                decimal_places=3,
                default=0,
                help_text="What was taken from the payer's credit balance when it was issued.",
            ),
        ),
        RefuseChange("Invoice", again=True),
    ]
