"""The log of deeds refuses change, and who could sign in before goes on with a proven address."""

from django.db import migrations

from accounts.triggers import RefuseChange


def prove_addresses(apps, schema_editor):
    """Whoever has a password signed in by this address until now, so it is theirs."""
    alias = schema_editor.connection.alias
    people = apps.get_model("accounts", "User").objects.using(alias)
    address = apps.get_model("account", "EmailAddress")
    known = set(address.objects.using(alias).values_list("user_id", flat=True))
    rows = (
        address(user_id=person.pk, email=person.email.lower(), verified=True, primary=True)
        for person in people.exclude(password="").exclude(password__startswith="!").iterator()
        if person.pk not in known
    )
    address.objects.using(alias).bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_people_and_what_they_may"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        RefuseChange("AccountEvent"),
        migrations.RunPython(prove_addresses, migrations.RunPython.noop, elidable=False),
    ]
