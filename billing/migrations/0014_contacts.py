"""How many contacts an account has stored, and every step of that number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_find_without_accents"),
        ("billing", "0013_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactUse",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="contact_use",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("stored", models.PositiveBigIntegerField(default=0)),
                ("entries", models.PositiveBigIntegerField(default=0)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("told_limit", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "contacts of an account",
                "verbose_name_plural": "contacts of accounts",
                "ordering": ("account",),
            },
        ),
        migrations.CreateModel(
            name="ContactEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("import", "Import"),
                            ("manual", "Added by hand"),
                            ("api", "API"),
                            ("forms", "Forms"),
                            ("removed", "Removed"),
                            ("counted", "Counted anew"),
                        ],
                        max_length=7,
                    ),
                ),
                ("step", models.BigIntegerField()),
                ("stored", models.PositiveBigIntegerField()),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_entries",
                        to="accounts.account",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "contact entries",
                "ordering": ("account", "-sequence"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "sequence"),
                        name="a_contact_entry_has_its_place_in_the_log",
                    )
                ],
            },
        ),
        RefuseChange("ContactEntry"),
    ]
