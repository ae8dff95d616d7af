"""The word of a unit has the forms that numbers want."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_longer_bills"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalproduct",
            name="unit_cs",
            field=models.CharField(
                default="jednotka|jednotky|jednotek", max_length=40, verbose_name="unit (Czech)"
            ),
        ),
        migrations.AlterField(
            model_name="historicalproduct",
            name="unit_en",
            field=models.CharField(
                default="unit|units", max_length=40, verbose_name="unit (English)"
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="unit_cs",
            field=models.CharField(
                default="jednotka|jednotky|jednotek", max_length=40, verbose_name="unit (Czech)"
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="unit_en",
            field=models.CharField(
                default="unit|units", max_length=40, verbose_name="unit (English)"
            ),
        ),
    ]
