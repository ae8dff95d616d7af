"""Limits of counted services have a deed of their own: words only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_api_keys"),
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
                    ("usage_limit", "Usage limit changed"),
                    ("api_key_created", "API key created"),
                    ("api_key_revoked", "API key revoked"),
                    ("visit_begun", "Support signed in as the customer"),
                    ("visit_ended", "Support left"),
                ],
                max_length=20,
            ),
        ),
    ]
