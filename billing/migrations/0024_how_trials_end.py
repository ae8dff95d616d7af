"""A trial may also end because something stood in the way, or because it was bought otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0023_trials")]

    operations = [
        migrations.AlterField(
            model_name="trial",
            name="ended_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("bought", "Bought as confirmed"),
                    ("over", "Nothing was bought"),
                    ("off", "Called off by support"),
                    ("refused", "It could not be bought as confirmed"),
                    ("against", "Something stood in the way of buying it"),
                    ("instead", "It was bought in another way meanwhile"),
                ],
                max_length=7,
            ),
        ),
    ]
