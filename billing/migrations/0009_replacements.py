"""An event says whether it is one side of a replacement."""

from django.db import migrations, models

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_units_have_forms"),
    ]

    operations = [
        RefuseChange("Event", again=True),
        migrations.AddField(
            model_name="event",
            name="replaces",
            field=models.BooleanField(default=False),
        ),
        RefuseChange("Event", again=True),
    ]
