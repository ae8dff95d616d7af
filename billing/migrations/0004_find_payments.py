"""Support finds attempts that were declined, and payments by their own number, by an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_the_sandbox_remembers")]

    operations = [
        migrations.AddIndex(
            "paymentattempt",
            models.Index(
                fields=["id"], condition=Q(state="declined"), name="payment_attempt_declined"
            ),
        ),
        migrations.AddIndex(
            "payment", models.Index(fields=["reference"], name="payment_by_reference")
        ),
    ]
