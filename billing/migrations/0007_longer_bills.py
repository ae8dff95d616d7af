"""A bill may have more than 32,767 lines: one for every member who came within a cycle."""

from django.db import migrations, models

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_open_until_nothing_is_left")]
    operations = [
        # SQLite copies an altered table, and the copy has lost its triggers.
        RefuseChange("Line", again=True),
        migrations.AlterField("line", "position", models.PositiveIntegerField()),
        RefuseChange("Line", again=True),
    ]
