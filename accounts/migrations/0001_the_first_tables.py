import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.EmailField(max_length=254, unique=True, verbose_name="e-mail address"),
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("language", models.CharField(default="en", max_length=2)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="invoice e-mail"),
                ),
                ("street", models.CharField(blank=True, max_length=200)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("country", models.CharField(max_length=2)),
                ("tax_id", models.CharField(blank=True, max_length=32, verbose_name="tax ID")),
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
                    models.DecimalField(decimal_places=3, default=0, max_digits=6),
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
                        default=14, help_text="Days from issue until a bank transfer is due."
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
            ],
            options={
                "ordering": ("name", "pk"),
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
                ("language", models.CharField(default="en", max_length=2)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="invoice e-mail"),
                ),
                ("street", models.CharField(blank=True, max_length=200)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("country", models.CharField(max_length=2)),
                ("tax_id", models.CharField(blank=True, max_length=32, verbose_name="tax ID")),
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
                    models.DecimalField(decimal_places=3, default=0, max_digits=6),
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
                        default=14, help_text="Days from issue until a bank transfer is due."
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
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="Which letter, e.g. invoice.", max_length=40)),
                ("key", models.CharField(max_length=100, unique=True)),
                ("subject_id", models.BigIntegerField()),
                (
                    "to",
                    models.CharField(help_text="Addresses, separated by commas.", max_length=500),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("billing_role", models.BooleanField(default=False, help_text="Takes no seat.")),
                (
                    "primary_admin",
                    models.BooleanField(default=False, verbose_name="primary account admin"),
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
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="MemberEvent",
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
            },
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["name", "id"], name="account_by_name"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payer", models.F("id")), ("payer", models.F("parent")), _connector="OR"
                ),
                name="an_account_is_paid_by_itself_or_its_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount_percent__gte", 0), ("discount_percent__lte", 100)),
                name="a_discount_is_between_0_and_100_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["next_try_at"],
                name="letter_to_send",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                fields=("account", "reference"), name="a_member_has_its_own_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                condition=models.Q(("primary_admin", True)),
                fields=("account",),
                name="an_account_has_at_most_one_primary_account_admin",
            ),
        ),
        migrations.AddIndex(
            model_name="memberevent",
            index=models.Index(fields=["account", "at"], name="member_event_by_time"),
        ),
        migrations.AddConstraint(
            model_name="memberevent",
            constraint=models.UniqueConstraint(
                fields=("account", "sequence"), name="a_member_event_has_its_place_in_the_log"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__gte", -1), ("step__lte", 1)),
                name="a_member_event_moves_the_number_by_one_at_most",
            ),
        ),
    ]
