"""Names are found without their accents, and e-mail addresses whatever their case."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Upper

from accounts.folding import Folded


def _key(length: int, **options: bool) -> models.GeneratedField:
    """A name as it is looked for; a generated column cannot be altered, only made anew."""
    return models.GeneratedField(
        expression=Folded("name"),
        output_field=models.CharField(max_length=length),
        db_persist=True,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_ask_for_tax_ids")]

    operations = [
        migrations.RemoveIndex("account", "account_by_email"),
        migrations.RemoveIndex("member", "member_by_email"),
        migrations.RemoveIndex("member", "member_of_a_tab"),
        migrations.RemoveField("account", "name_key"),
        migrations.RemoveField("member", "name_key"),
        migrations.AddField("account", "name_key", _key(200, db_index=True)),
        migrations.AddField("member", "name_key", _key(150)),
        migrations.AddIndex(
            "account",
            models.Index(Upper("email"), condition=~Q(email=""), name="account_by_email"),
        ),
        migrations.AddIndex(
            "member",
            models.Index(Upper("email"), condition=~Q(email=""), name="member_by_email"),
        ),
        migrations.AddIndex(
            "member",
            models.Index(fields=["account", "status", "name_key", "id"], name="member_of_a_tab"),
        ),
    ]
