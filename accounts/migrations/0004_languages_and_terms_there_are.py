"""An account reads one of three languages and pays within a year; anything else is put right.

An unknown language becomes English, longer terms become 365 days: issued documents stay as they
are, and the audit log keeps what stood before.
"""

import django.core.validators
from django.db import migrations, models
from django.db.models import Q

LANGUAGES = (("en", "English"), ("it", "Italian"), ("cs", "Czech"))
CODES = ("en", "it", "cs")


def put_right(apps, schema_editor):
    accounts = apps.get_model("accounts", "Account").objects.using(schema_editor.connection.alias)
    accounts.exclude(language__in=CODES).update(language="en")
    accounts.filter(terms_days__gt=365).update(terms_days=365)


def discount():
    words = "Write 0 to 100 percent."
    return models.DecimalField(
        decimal_places=3,
        default=0,
        max_digits=6,
        validators=[
            django.core.validators.MinValueValidator(0, words),
            django.core.validators.MaxValueValidator(100, words),
        ],
    )


def language():
    return models.CharField(choices=LANGUAGES, default="en", max_length=2)


def terms():
    return models.PositiveSmallIntegerField(
        default=14,
        help_text="Days from issue until a bank transfer is due, 365 at most.",
        validators=[django.core.validators.MaxValueValidator(365, "Write 0 to 365 days.")],
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_find_by_address")]

    operations = [
        *(
            migrations.AlterField(model, name, field())
            for model in ("account", "historicalaccount")
            for name, field in (
                ("discount_percent", discount),
                ("language", language),
                ("terms_days", terms),
            )
        ),
        migrations.RunPython(put_right, migrations.RunPython.noop),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(language__in=CODES), name="an_account_reads_a_language_there_is"
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(terms_days__gte=0, terms_days__lte=365),
                name="terms_are_a_year_at_most",
            ),
        ),
    ]
