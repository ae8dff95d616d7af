"""Terms are agreed with a payer: those who paid by transfer so far keep theirs."""

import django.core.validators
from django.db import migrations, models


def _as_before(apps, schema_editor):
    """Until now every bank transfer was on terms."""
    account = apps.get_model("accounts", "Account")
    rows = account.objects.using(schema_editor.connection.alias)
    rows.filter(pays_by="transfer").update(agreed_terms=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_deeds_about_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="agreed_terms",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether what is ordered holds before the bank transfer for it has come.",
                verbose_name="terms agreed",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="credit_limit",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="The most that may be open on agreed terms, in the account's currency. Empty: no limit.",
                max_digits=15,
                null=True,
                validators=[django.core.validators.MinValueValidator(0, "Write zero or more.")],
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="agreed_terms",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether what is ordered holds before the bank transfer for it has come.",
                verbose_name="terms agreed",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="credit_limit",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="The most that may be open on agreed terms, in the account's currency. Empty: no limit.",
                max_digits=15,
                null=True,
                validators=[django.core.validators.MinValueValidator(0, "Write zero or more.")],
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit_limit__isnull", True), ("credit_limit__gte", 0), _connector="OR"
                ),
                name="a_credit_limit_is_zero_or_more",
            ),
        ),
        migrations.RunPython(_as_before, migrations.RunPython.noop),
    ]
