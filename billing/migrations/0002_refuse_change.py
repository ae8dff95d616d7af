"""The database itself refuses change and deletion of what is written once."""

from django.db import migrations

from accounts.triggers import RefuseChange


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_the_first_tables"),
        ("accounts", "0002_refuse_change"),
    ]
    operations = [
        RefuseChange("Bill"),
        RefuseChange("Event"),
        RefuseChange("Invoice"),
        RefuseChange("LedgerEntry"),
        RefuseChange("Line"),
        RefuseChange("Payment"),
        RefuseChange("PricePin"),
        RefuseChange("SellerDetails"),
    ]
