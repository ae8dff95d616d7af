"""The database itself refuses change and deletion of what is written once."""

from django.db import migrations

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_the_first_tables")]
    operations = [RefuseChange("MemberEvent")]
