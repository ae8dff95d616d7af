"""Accounts that hold licences have the Licensing module."""

from django.db import migrations


def enable(apps, schema_editor):
    accounts = apps.get_model("accounts", "Account").objects.using(schema_editor.connection.alias)
    accounts.filter(subscriptions__code="licensing").update(licensing_enabled=True)


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0001_queues"),
        ("accounts", "0005_people_and_what_they_may"),
        ("billing", "0001_the_first_tables"),
    ]

    operations = [migrations.RunPython(enable, migrations.RunPython.noop, elidable=False)]
