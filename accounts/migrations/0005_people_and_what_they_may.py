"""People and what they may: Accesses, invitations, deeds, visits, the bell; more about members."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_languages_and_terms_there_are"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            ],
            options={
                "ordering": ("account", "at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="AccountGroupPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "right of an Access",
                "verbose_name_plural": "rights of Accesses",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True, help_text="When it was declined or called off.", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=100)),
                ("details", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nonce", models.CharField(max_length=32)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("times_sent", models.PositiveSmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=20)),
                ("by_email", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="SupportVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-began_at", "-pk"),
            },
        ),
        migrations.AlterModelOptions(
            name="account",
            options={
                "ordering": ("name", "pk"),
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
        migrations.AddField(
            model_name="account",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False,
                help_text="Whether the Licensing module is part of the account (LIC-2).",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="more_emails",
            field=models.CharField(
                blank=True,
                help_text="Addresses that get each invoice too, separated by commas.",
                max_length=240,
                verbose_name="further invoice e-mails",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="licensing_enabled",
            field=models.BooleanField(
                default=False,
                help_text="Whether the Licensing module is part of the account (LIC-2).",
            ),
        ),
        migrations.AddField(
            model_name="historicalaccount",
            name="more_emails",
            field=models.CharField(
                blank=True,
                help_text="Addresses that get each invoice too, separated by commas.",
                max_length=240,
                verbose_name="further invoice e-mails",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="asked_to_return_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a suspended member asked to be activated again.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="calls_without_queue",
            field=models.BooleanField(
                default=False, help_text="Of a back-office user: may call without a queue (LIC-7)."
            ),
        ),
        migrations.AddField(
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
                help_text="LIC-7.",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("it", "Italiano"), ("cs", "Čeština")],
                help_text="Empty: the browser's.",
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True, help_text="Empty: that of the account looked at.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="account",
            field=models.ForeignKey(
                blank=True,
                help_text="None: a letter to a person about their own sign-in.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="accounts.account",
            ),
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("administrators", "Administrators"), ("custom", "Custom")],
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
            },
        ),
        migrations.AddField(
            model_name="member",
            name="access",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="accounts.access",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="name_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower("name"),
                output_field=models.CharField(max_length=150),
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["account", "status", "name_key", "id"], name="member_of_a_tab"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["account", "status", "last_active_at", "id"], name="member_by_activity"
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("status", "deleted"), _negated=True), ("user__isnull", False)
                ),
                fields=("account", "user"),
                name="a_person_is_one_member_of_an_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("calls_without_queue", False), ("type", "back_office"), _connector="OR"
                ),
                name="who_may_call_without_a_queue_works_in_the_back_office",
            ),
        ),
        migrations.AddField(
            model_name="accountevent",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deeds",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="accountevent",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountevent",
            name="member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deeds",
                to="accounts.member",
            ),
        ),
        migrations.AddField(
            model_name="accountgrouppermission",
            name="content_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="accountgrouppermission",
            name="group",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group"),
        ),
        migrations.AddField(
            model_name="accountgrouppermission",
            name="permission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hand_overs",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="giver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="taker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inbox_messages",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="inboxmessage",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inbox_messages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="member",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitation",
                to="accounts.member",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="sent_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notificationchoice",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_choices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supportvisit",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="supportvisit",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="accounts.member",
            ),
        ),
        migrations.AddField(
            model_name="supportvisit",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountevent",
            name="visit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deeds",
                to="accounts.supportvisit",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.UniqueConstraint(
                models.F("account"),
                django.db.models.functions.text.Lower("name"),
                name="an_access_has_a_name_of_its_own_in_the_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "administrators")),
                fields=("account",),
                name="an_account_has_one_access_of_administrators",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="accountgrouppermission",
            unique_together={("group", "permission", "content_object")},
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at", None), ("ended_at", None)),
                fields=("account",),
                name="a_primary_role_is_handed_over_once_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["person", "-at", "-id"], name="inbox_by_time"),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["person"], name="inbox_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="inboxmessage",
            constraint=models.UniqueConstraint(
                fields=("person", "key"), name="a_person_is_told_a_thing_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.UniqueConstraint(
                fields=("person", "topic"), name="a_person_chooses_once_for_each_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="supportvisit",
            index=models.Index(fields=["account", "began_at"], name="visit_by_account"),
        ),
        migrations.AddConstraint(
            model_name="supportvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("began_at"))),
                name="a_visit_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_visit_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="accountevent",
            index=models.Index(fields=["account", "at", "id"], name="deed_by_time"),
        ),
    ]
