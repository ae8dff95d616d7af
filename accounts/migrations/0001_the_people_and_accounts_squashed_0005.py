"""People, accounts, members and what they may, as the first five migrations left them.

A fresh database takes this one instead of the five (decision 59). It stops before deeds are guarded:
0006 wants the tables of allauth, which want the people of this one.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.tables import CreateModels
from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_the_first_tables"),
        ("accounts", "0002_refuse_change"),
        ("accounts", "0003_find_by_address"),
        ("accounts", "0004_languages_and_terms_there_are"),
        ("accounts", "0005_people_and_what_they_may"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(
                                max_length=254, unique=True, verbose_name="e-mail address"
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=150)),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="May enter the admin.",
                                verbose_name="works for the vendor",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[("en", "English"), ("it", "Italiano"), ("cs", "Čeština")],
                                help_text="Empty: the browser's.",
                                max_length=2,
                            ),
                        ),
                        (
                            "time_zone",
                            models.CharField(
                                blank=True,
                                help_text="Empty: that of the account looked at.",
                                max_length=64,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("email",),
                    },
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "Live"), ("sandbox", "Sandbox")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("customer", "Customer"),
                                    ("agency", "Agency"),
                                    ("workspace", "Agency workspace"),
                                    ("reseller", "Reseller"),
                                    ("client", "Reseller client"),
                                ],
                                default="customer",
                                max_length=9,
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                blank=True,
                                help_text="The vendor's own number.",
                                max_length=64,
                                null=True,
                                unique=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "name_key",
                            models.GeneratedField(
                                db_index=True,
                                db_persist=True,
                                expression=django.db.models.functions.text.Lower("name"),
                                output_field=models.CharField(max_length=200),
                            ),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("it", "Italian"), ("cs", "Czech")],
                                default="en",
                                max_length=2,
                            ),
                        ),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "email",
                            models.EmailField(
                                blank=True, max_length=254, verbose_name="invoice e-mail"
                            ),
                        ),
                        ("street", models.CharField(blank=True, max_length=200)),
                        ("postcode", models.CharField(blank=True, max_length=20)),
                        ("city", models.CharField(blank=True, max_length=100)),
                        ("country", models.CharField(max_length=2)),
                        (
                            "tax_id",
                            models.CharField(blank=True, max_length=32, verbose_name="tax ID"),
                        ),
                        (
                            "tax_id_state",
                            models.CharField(
                                choices=[
                                    ("unchecked", "Not checked yet"),
                                    ("valid", "Valid"),
                                    ("invalid", "Invalid"),
                                    ("unavailable", "Check unavailable"),
                                ],
                                default="unchecked",
                                max_length=11,
                                verbose_name="tax ID check",
                            ),
                        ),
                        ("tax_exempt", models.BooleanField(default=False)),
                        (
                            "discount_percent",
                            models.DecimalField(
                                decimal_places=3,
                                default=0,
                                max_digits=6,
                                validators=[
                                    django.core.validators.MinValueValidator(
                                        0, "Write 0 to 100 percent."
                                    ),
                                    django.core.validators.MaxValueValidator(
                                        100, "Write 0 to 100 percent."
                                    ),
                                ],
                            ),
                        ),
                        (
                            "pays_by",
                            models.CharField(
                                choices=[("card", "Card"), ("transfer", "Bank transfer")],
                                default="card",
                                max_length=8,
                            ),
                        ),
                        (
                            "terms_days",
                            models.PositiveSmallIntegerField(
                                default=14,
                                help_text="Days from issue until a bank transfer is due, 365 at most.",
                                validators=[
                                    django.core.validators.MaxValueValidator(
                                        365, "Write 0 to 365 days."
                                    )
                                ],
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("blocked_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pays_for",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "licensing_enabled",
                            models.BooleanField(
                                default=False,
                                help_text="Whether the Licensing module is part of the account (LIC-2).",
                            ),
                        ),
                        (
                            "more_emails",
                            models.CharField(
                                blank=True,
                                help_text="Addresses that get each invoice too, separated by commas.",
                                max_length=240,
                                verbose_name="further invoice e-mails",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name", "pk"),
                        "indexes": [
                            models.Index(fields=["name", "id"], name="account_by_name"),
                            models.Index(
                                condition=models.Q(("email", ""), _negated=True),
                                fields=["email"],
                                name="account_by_email",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("payer", models.F("id")),
                                    ("payer", models.F("parent")),
                                    _connector="OR",
                                ),
                                name="an_account_is_paid_by_itself_or_its_parent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("discount_percent__gte", 0), ("discount_percent__lte", 100)
                                ),
                                name="a_discount_is_between_0_and_100_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("language__in", ("en", "it", "cs"))),
                                name="an_account_reads_a_language_there_is",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("terms_days__gte", 0), ("terms_days__lte", 365)
                                ),
                                name="terms_are_a_year_at_most",
                            ),
                        ],
                        "permissions": (
                            ("access_team", "Can access_team"),
                            ("update_team", "Can update_team"),
                            ("access_accesses", "Can access_accesses"),
                            ("update_accesses", "Can update_accesses"),
                            ("access_conversations", "Can access_conversations"),
                            ("update_conversations", "Can update_conversations"),
                            ("access_licensing", "Can access_licensing"),
                            ("update_licensing", "Can update_licensing"),
                            ("access_queues", "Can access_queues"),
                            ("update_queues", "Can update_queues"),
                            ("access_qa_forms", "Can access_qa_forms"),
                            ("update_qa_forms", "Can update_qa_forms"),
                            ("access_agency", "Can access_agency"),
                            ("update_agency", "Can update_agency"),
                            ("access_clients", "Can access_clients"),
                            ("update_clients", "Can update_clients"),
                            ("access_company", "Can access_company"),
                            ("update_company", "Can update_company"),
                        ),
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalAccount",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "Live"), ("sandbox", "Sandbox")],
                                default="live",
                                max_length=8,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("customer", "Customer"),
                                    ("agency", "Agency"),
                                    ("workspace", "Agency workspace"),
                                    ("reseller", "Reseller"),
                                    ("client", "Reseller client"),
                                ],
                                default="customer",
                                max_length=9,
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                blank=True,
                                db_index=True,
                                help_text="The vendor's own number.",
                                max_length=64,
                                null=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("it", "Italian"), ("cs", "Czech")],
                                default="en",
                                max_length=2,
                            ),
                        ),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "email",
                            models.EmailField(
                                blank=True, max_length=254, verbose_name="invoice e-mail"
                            ),
                        ),
                        ("street", models.CharField(blank=True, max_length=200)),
                        ("postcode", models.CharField(blank=True, max_length=20)),
                        ("city", models.CharField(blank=True, max_length=100)),
                        ("country", models.CharField(max_length=2)),
                        (
                            "tax_id",
                            models.CharField(blank=True, max_length=32, verbose_name="tax ID"),
                        ),
                        (
                            "tax_id_state",
                            models.CharField(
                                choices=[
                                    ("unchecked", "Not checked yet"),
                                    ("valid", "Valid"),
                                    ("invalid", "Invalid"),
                                    ("unavailable", "Check unavailable"),
                                ],
                                default="unchecked",
                                max_length=11,
                                verbose_name="tax ID check",
                            ),
                        ),
                        ("tax_exempt", models.BooleanField(default=False)),
                        (
                            "discount_percent",
                            models.DecimalField(
                                decimal_places=3,
                                default=0,
                                max_digits=6,
                                validators=[
                                    django.core.validators.MinValueValidator(
                                        0, "Write 0 to 100 percent."
                                    ),
                                    django.core.validators.MaxValueValidator(
                                        100, "Write 0 to 100 percent."
                                    ),
                                ],
                            ),
                        ),
                        (
                            "pays_by",
                            models.CharField(
                                choices=[("card", "Card"), ("transfer", "Bank transfer")],
                                default="card",
                                max_length=8,
                            ),
                        ),
                        (
                            "terms_days",
                            models.PositiveSmallIntegerField(
                                default=14,
                                help_text="Days from issue until a bank transfer is due, 365 at most.",
                                validators=[
                                    django.core.validators.MaxValueValidator(
                                        365, "Write 0 to 365 days."
                                    )
                                ],
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("blocked_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "licensing_enabled",
                            models.BooleanField(
                                default=False,
                                help_text="Whether the Licensing module is part of the account (LIC-2).",
                            ),
                        ),
                        (
                            "more_emails",
                            models.CharField(
                                blank=True,
                                help_text="Addresses that get each invoice too, separated by commas.",
                                max_length=240,
                                verbose_name="further invoice e-mails",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical account",
                        "verbose_name_plural": "historical accounts",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="Which letter, e.g. invoice.", max_length=40
                            ),
                        ),
                        ("key", models.CharField(max_length=100, unique=True)),
                        ("subject_id", models.BigIntegerField()),
                        (
                            "to",
                            models.CharField(
                                help_text="Addresses, separated by commas.", max_length=500
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=2)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sending", "Sending"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=7,
                            ),
                        ),
                        ("queued_at", models.DateTimeField()),
                        ("next_try_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("problem", models.CharField(blank=True, max_length=500)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                help_text="None: a letter to a person about their own sign-in.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "sending"])),
                                fields=["next_try_at"],
                                name="letter_to_send",
                            ),
                            models.Index(
                                condition=models.Q(("state", "failed")),
                                fields=["id"],
                                name="letter_failed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountGroupPermission",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "content_object",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="accounts.account"
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="auth.group"
                            ),
                        ),
                        (
                            "permission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "right of an Access",
                        "verbose_name_plural": "rights of Accesses",
                        "abstract": False,
                        "unique_together": {("group", "permission", "content_object")},
                    },
                ),
                migrations.CreateModel(
                    name="InboxMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=40)),
                        ("key", models.CharField(max_length=100)),
                        ("details", models.JSONField(default=dict)),
                        ("at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inbox_messages",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inbox_messages",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-at", "-pk"),
                        "indexes": [
                            models.Index(fields=["person", "-at", "-id"], name="inbox_by_time"),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["person"],
                                name="inbox_unread",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "key"), name="a_person_is_told_a_thing_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationChoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("topic", models.CharField(max_length=20)),
                        ("by_email", models.BooleanField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notification_choices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "topic"),
                                name="a_person_chooses_once_for_each_topic",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Access",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("administrators", "Administrators"),
                                    ("custom", "Custom"),
                                ],
                                default="custom",
                                max_length=14,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accesses",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "group",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="access",
                                to="auth.group",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Access",
                        "verbose_name_plural": "Accesses",
                        "ordering": ("kind", django.db.models.functions.text.Lower("name"), "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("account"),
                                django.db.models.functions.text.Lower("name"),
                                name="an_access_has_a_name_of_its_own_in_the_account",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "administrators")),
                                fields=("account",),
                                name="an_account_has_one_access_of_administrators",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                help_text="The member's own id in the account.", max_length=64
                            ),
                        ),
                        ("name", models.CharField(max_length=150)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("bot", models.BooleanField(default=False)),
                        (
                            "billing_role",
                            models.BooleanField(default=False, help_text="Takes no seat."),
                        ),
                        (
                            "primary_admin",
                            models.BooleanField(
                                default=False, verbose_name="primary account admin"
                            ),
                        ),
                        ("purchase_permission", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("awaiting_approval", "Awaiting approval"),
                                    ("active", "Active"),
                                    ("suspended", "Suspended"),
                                    ("deleted", "Deleted"),
                                ],
                                default="invited",
                                max_length=17,
                            ),
                        ),
                        ("last_active_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_to_return_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When a suspended member asked to be activated again.",
                                null=True,
                            ),
                        ),
                        (
                            "calls_without_queue",
                            models.BooleanField(
                                default=False,
                                help_text="Of a back-office user: may call without a queue (LIC-7).",
                            ),
                        ),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("contact_centre", "Contact centre"),
                                    ("back_office", "Back-office"),
                                    ("cloudphone", "Cloudphone"),
                                    ("passive", "Passive"),
                                ],
                                default="passive",
                                help_text="LIC-7.",
                                max_length=14,
                            ),
                        ),
                        (
                            "access",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="accounts.access",
                            ),
                        ),
                        (
                            "name_key",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.functions.text.Lower("name"),
                                output_field=models.CharField(max_length=150),
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("name", "pk"),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("email", ""), _negated=True),
                                fields=["email"],
                                name="member_by_email",
                            ),
                            models.Index(
                                fields=["account", "status", "name_key", "id"],
                                name="member_of_a_tab",
                            ),
                            models.Index(
                                fields=["account", "status", "last_active_at", "id"],
                                name="member_by_activity",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "reference"),
                                name="a_member_has_its_own_reference",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("primary_admin", True)),
                                fields=("account",),
                                name="an_account_has_at_most_one_primary_account_admin",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("status", "deleted"), _negated=True),
                                    ("user__isnull", False),
                                ),
                                fields=("account", "user"),
                                name="a_person_is_one_member_of_an_account",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("calls_without_queue", False),
                                    ("type", "back_office"),
                                    _connector="OR",
                                ),
                                name="who_may_call_without_a_queue_works_in_the_back_office",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("sequence", models.PositiveBigIntegerField()),
                        ("at", models.DateTimeField()),
                        (
                            "was",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("invited", "Invited"),
                                    ("awaiting_approval", "Awaiting approval"),
                                    ("active", "Active"),
                                    ("suspended", "Suspended"),
                                    ("deleted", "Deleted"),
                                ],
                                max_length=17,
                            ),
                        ),
                        (
                            "becomes",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("awaiting_approval", "Awaiting approval"),
                                    ("active", "Active"),
                                    ("suspended", "Suspended"),
                                    ("deleted", "Deleted"),
                                ],
                                max_length=17,
                            ),
                        ),
                        ("step", models.SmallIntegerField()),
                        ("cause", models.CharField(blank=True, max_length=200)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="member_events",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("account", "sequence"),
                        "indexes": [
                            models.Index(fields=["account", "at"], name="member_event_by_time")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "sequence"),
                                name="a_member_event_has_its_place_in_the_log",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("step__gte", -1), ("step__lte", 1)),
                                name="a_member_event_moves_the_number_by_one_at_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When it was declined or called off.",
                                null=True,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hand_overs",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "taker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.member",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("accepted_at", None), ("ended_at", None)),
                                fields=("account",),
                                name="a_primary_role_is_handed_over_once_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("nonce", models.CharField(max_length=32)),
                        ("sent_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("times_sent", models.PositiveSmallIntegerField(default=1)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "member",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitation",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SupportVisit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200)),
                        ("began_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-began_at", "-pk"),
                        "indexes": [
                            models.Index(fields=["account", "began_at"], name="visit_by_account")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("began_at"))),
                                name="a_visit_ends_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="a_visit_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
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
                                    ("company", "Company details changed"),
                                    ("account_opened", "Account opened"),
                                    ("visit_begun", "Support signed in as the customer"),
                                    ("visit_ended", "Support left"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "about",
                            models.CharField(
                                blank=True, help_text="Of what, e.g. an Access.", max_length=200
                            ),
                        ),
                        ("was", models.CharField(blank=True, max_length=500)),
                        ("becomes", models.CharField(blank=True, max_length=500)),
                        ("actor_name", models.CharField(blank=True, max_length=150)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deeds",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deeds",
                                to="accounts.member",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deeds",
                                to="accounts.supportvisit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("account", "at", "pk"),
                        "indexes": [
                            models.Index(fields=["account", "at", "id"], name="deed_by_time")
                        ],
                    },
                ),
            ],
        ),
        RefuseChange("MemberEvent"),
    ]
