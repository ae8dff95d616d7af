"""Deeds written once, one visit at a time, tax IDs to ask for, names without accents, agreed terms.

A database that stands at 0005 has rows, so what 0006, 0008 and 0015 put right in them is done here
too.
"""

from importlib import import_module

import django.core.validators
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Upper

from accounts.folding import Folded
from accounts.triggers import RefuseChange

prove_addresses = import_module("accounts.migrations.0006_deeds_are_written_once").prove_addresses
end_those_before = import_module("accounts.migrations.0008_one_visit_at_a_time").end_those_before
as_before = import_module("accounts.migrations.0015_agreed_terms")._as_before


def _key(length: int, **options: bool) -> models.GeneratedField:
    """A name as it is looked for; a generated column cannot be altered, only made anew."""
    return models.GeneratedField(
        expression=Folded("name"),
        output_field=models.CharField(max_length=length),
        db_persist=True,
        **options,
    )


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0006_deeds_are_written_once"),
        ("accounts", "0007_deeds_about_queues"),
        ("accounts", "0008_one_visit_at_a_time"),
        ("accounts", "0009_plain_help_texts"),
        ("accounts", "0010_ask_for_tax_ids"),
        ("accounts", "0011_find_without_accents"),
        ("accounts", "0012_deeds_about_payment_methods"),
        ("accounts", "0013_deeds_about_renewed_cards"),
        ("accounts", "0014_deeds_about_requests"),
        ("accounts", "0015_agreed_terms"),
        ("accounts", "0016_deeds_about_conversations"),
    ]

    dependencies = [
        ("accounts", "0001_the_people_and_accounts_squashed_0005"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("name", "Name changed"),
                    ("email", "E-mail address changed"),
                    ("access", "Access given"),
                    ("type", "Type changed"),
                    ("calls", "Calling without a queue changed"),
                    ("purchase", "Purchase permission changed"),
                    ("primary_asked", "Handing over the primary role asked"),
                    ("primary_ended", "Handing over the primary role called off"),
                    ("primary", "Primary role handed over"),
                    ("invited", "Invitation sent"),
                    ("invitation_withdrawn", "Invitation withdrawn"),
                    ("invitation_taken", "Invitation accepted"),
                    ("return_asked", "Asked to be activated again"),
                    ("access_created", "Access created"),
                    ("access_changed", "Access changed"),
                    ("access_deleted", "Access deleted"),
                    ("queue_login", "Queue logins changed"),
                    ("queue_created", "Queue created"),
                    ("queue_changed", "Queue changed"),
                    ("queue_deleted", "Queue deleted"),
                    ("qa_form_created", "QA form created"),
                    ("qa_form_changed", "QA form changed"),
                    ("qa_form_deleted", "QA form deleted"),
                    ("company", "Company details changed"),
                    ("method_added", "Payment method added"),
                    ("method_replaced", "Payment method replaced"),
                    ("method_renewed", "Card renewed by its bank"),
                    ("method_default", "Default payment method chosen"),
                    ("method_removed", "Payment method removed"),
                    ("pays_by", "Way of payment changed"),
                    ("paid_by_hand", "Payment of an invoice started"),
                    ("account_opened", "Account opened"),
                    ("request_opened", "Request to support sent"),
                    ("request_withdrawn", "Request to support withdrawn"),
                    ("plan_cancelled", "Plan cancelled"),
                    ("plan_kept", "Plan kept after all"),
                    ("conversations", "Level in Conversations changed"),
                    ("visit_begun", "Support signed in as the customer"),
                    ("visit_ended", "Support left"),
                ],
                max_length=20,
            ),
        ),
        RefuseChange("AccountEvent"),
        migrations.RunPython(prove_addresses, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(end_those_before, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="supportvisit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("person",),
                name="a_person_is_in_one_visit_at_a_time",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="agreed_terms",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether what is ordered holds before the bank transfer for it has come.",
                verbose_name="terms agreed",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="credit_limit",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="The most that may be open on agreed terms, in the account's currency. Empty: no limit.",
                max_digits=15,
                null=True,
                validators=[django.core.validators.MinValueValidator(0, "Write zero or more.")],
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="agreed_terms",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether what is ordered holds before the bank transfer for it has come.",
                verbose_name="terms agreed",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="credit_limit",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="The most that may be open on agreed terms, in the account's currency. Empty: no limit.",
                max_digits=15,
                null=True,
                validators=[django.core.validators.MinValueValidator(0, "Write zero or more.")],
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit_limit__isnull", True), ("credit_limit__gte", 0), _connector="OR"
                ),
                name="a_credit_limit_is_zero_or_more",
            ),
        ),
        # Before the table is written anew: what of it is changed after that in one transaction,
        # PostgreSQL checks at the end, and makes no index until then.
        migrations.RunPython(as_before, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="account",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False, help_text="Whether the Licensing module is part of the account."
            ),
        ),
        migrations.AlterField(
            model_name="historicalaccount",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False, help_text="Whether the Licensing module is part of the account."
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="calls_without_queue",
            field=models.BooleanField(
                default=False, help_text="Of a back-office user: may call without a queue."
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="type",
            field=models.CharField(
                choices=[
                    ("contact_centre", "Contact centre"),
                    ("back_office", "Back-office"),
                    ("cloudphone", "Cloudphone"),
                    ("passive", "Passive"),
                ],
                default="passive",
                help_text="Which licences they can use.",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="tax_id_checked_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the tax ID was last asked for.",
                null=True,
                verbose_name="tax ID checked",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(
                    models.Q(("tax_id", ""), _negated=True),
                    ("tax_id_state__in", ("unchecked", "unavailable")),
                ),
                fields=["tax_id_checked_at"],
                name="account_tax_id_to_check",
            ),
        ),
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
