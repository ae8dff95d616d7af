"""Help texts in plain words: the columns stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_one_visit_at_a_time"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False, help_text="Whether the Licensing module is part of the account."
            ),
        ),
        migrations.AlterField(
            model_name="historicalaccount",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False, help_text="Whether the Licensing module is part of the account."
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="calls_without_queue",
            field=models.BooleanField(
                default=False, help_text="Of a back-office user: may call without a queue."
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="type",
            field=models.CharField(
                choices=[
                    ("contact_centre", "Contact centre"),
                    ("back_office", "Back-office"),
                    ("cloudphone", "Cloudphone"),
                    ("passive", "Passive"),
                ],
                default="passive",
                help_text="Which licences they can use.",
                max_length=14,
            ),
        ),
    ]
