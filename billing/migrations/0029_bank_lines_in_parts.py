"""A bank line may pay several invoices: one match for each of its parts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0028_disputes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bankmatch",
            name="a_bank_line_is_matched_once",
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="part",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("line", "part"),
                name="a_part_of_a_bank_line_is_matched_once",
            ),
        ),
    ]
