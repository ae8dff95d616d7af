"""When an account's tax ID was last asked for, and those that are to be asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_plain_help_texts")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="tax_id_checked_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the tax ID was last asked for.",
                null=True,
                verbose_name="tax ID checked",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(
                    models.Q(("tax_id", ""), _negated=True),
                    ("tax_id_state__in", ("unchecked", "unavailable")),
                ),
                fields=["tax_id_checked_at"],
                name="account_tax_id_to_check",
            ),
        ),
    ]
