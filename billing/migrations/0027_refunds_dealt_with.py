"""Refunds that need a person are dealt with, once; money that came again can be put into credit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.triggers import RefuseChange

STATES = [
    ("queued", "Queued"),
    ("sent", "Sent to the gateway"),
    ("unknown", "Unknown"),
    ("stuck", "Needs support"),
    ("refunded", "Refunded"),
    ("refused", "Refused"),
    ("again", "Came again"),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("billing", "0026_orders_called_off"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="refundattempt",
            name="a_refund_is_a_payment_once_it_is_refunded",
        ),
        migrations.AlterField(
            model_name="refundattempt",
            name="state",
            field=models.CharField(choices=STATES, default="queued", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="refundattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_back__isnull", False), ("state__in", ["refunded", "again"])),
                    models.Q(
                        models.Q(("state__in", ["refunded", "again"]), _negated=True),
                        ("paid_back__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_refund_is_a_payment_once_it_is_refunded",
            ),
        ),
        migrations.CreateModel(
            name="DealtWith",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds_dealt_with",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "put_back",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="puts_back",
                        to="billing.payment",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dealt_with",
                        to="billing.refundattempt",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund dealt with",
                "verbose_name_plural": "refunds dealt with",
                "ordering": ("-pk",),
            },
        ),
        RefuseChange("DealtWith"),
    ]
