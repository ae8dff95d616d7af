"""Support finds accounts and members by e-mail address, and letters that failed, by an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_refuse_change")]

    operations = [
        migrations.AddIndex(
            "account",
            models.Index(fields=["email"], condition=~Q(email=""), name="account_by_email"),
        ),
        migrations.AddIndex(
            "member",
            models.Index(fields=["email"], condition=~Q(email=""), name="member_by_email"),
        ),
        migrations.AddIndex(
            "letter",
            models.Index(fields=["id"], condition=Q(state="failed"), name="letter_failed"),
        ),
    ]
