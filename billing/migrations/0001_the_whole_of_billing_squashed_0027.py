"""All tables of billing, as its first 27 migrations left them, and what guards them.

A fresh database takes this one instead of the 27 (decision 59). What those put right in rows is left
out: where none of them has run, there are no rows.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import djmoney.models.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import billing.models.sandbox
from accounts.tables import CreateModels
from accounts.triggers import RefuseChange

# As in the older migrations: a newer djmoney may know others.
CURRENCIES = [
    ("XUA", "ADB Unit of Account"),
    ("AFN", "Afghan Afghani"),
    ("AFA", "Afghan Afghani (1927–2002)"),
    ("ALL", "Albanian Lek"),
    ("ALK", "Albanian Lek (1946–1965)"),
    ("DZD", "Algerian Dinar"),
    ("ADP", "Andorran Peseta"),
    ("AOA", "Angolan Kwanza"),
    ("AOK", "Angolan Kwanza (1977–1991)"),
    ("AON", "Angolan New Kwanza (1990–2000)"),
    ("AOR", "Angolan Readjusted Kwanza (1995–1999)"),
    ("ARA", "Argentine Austral"),
    ("ARS", "Argentine Peso"),
    ("ARM", "Argentine Peso (1881–1970)"),
    ("ARP", "Argentine Peso (1983–1985)"),
    ("ARL", "Argentine Peso Ley (1970–1983)"),
    ("AMD", "Armenian Dram"),
    ("AWG", "Aruban Florin"),
    ("AUD", "Australian Dollar"),
    ("ATS", "Austrian Schilling"),
    ("AZN", "Azerbaijani Manat"),
    ("AZM", "Azerbaijani Manat (1993–2006)"),
    ("BSD", "Bahamian Dollar"),
    ("BHD", "Bahraini Dinar"),
    ("BDT", "Bangladeshi Taka"),
    ("BBD", "Barbadian Dollar"),
    ("BYN", "Belarusian Ruble"),
    ("BYB", "Belarusian Ruble (1994–1999)"),
    ("BYR", "Belarusian Ruble (2000–2016)"),
    ("BEF", "Belgian Franc"),
    ("BEC", "Belgian Franc (convertible)"),
    ("BEL", "Belgian Franc (financial)"),
    ("BZD", "Belize Dollar"),
    ("BMD", "Bermudan Dollar"),
    ("BTN", "Bhutanese Ngultrum"),
    ("BOB", "Bolivian Boliviano"),
    ("BOL", "Bolivian Boliviano (1863–1963)"),
    ("BOV", "Bolivian Mvdol"),
    ("BOP", "Bolivian Peso"),
    ("VED", "Bolívar Soberano"),
    ("BAM", "Bosnia-Herzegovina Convertible Mark"),
    ("BAD", "Bosnia-Herzegovina Dinar (1992–1994)"),
    ("BAN", "Bosnia-Herzegovina New Dinar (1994–1997)"),
    ("BWP", "Botswanan Pula"),
    ("BRC", "Brazilian Cruzado (1986–1989)"),
    ("BRZ", "Brazilian Cruzeiro (1942–1967)"),
    ("BRE", "Brazilian Cruzeiro (1990–1993)"),
    ("BRR", "Brazilian Cruzeiro (1993–1994)"),
    ("BRN", "Brazilian New Cruzado (1989–1990)"),
    ("BRB", "Brazilian New Cruzeiro (1967–1986)"),
    ("BRL", "Brazilian Real"),
    ("GBP", "British Pound"),
    ("BND", "Brunei Dollar"),
    ("BGL", "Bulgarian Hard Lev"),
    ("BGN", "Bulgarian Lev"),
    ("BGO", "Bulgarian Lev (1879–1952)"),
    ("BGM", "Bulgarian Socialist Lev"),
    ("BUK", "Burmese Kyat"),
    ("BIF", "Burundian Franc"),
    ("XPF", "CFP Franc"),
    ("KHR", "Cambodian Riel"),
    ("CAD", "Canadian Dollar"),
    ("CVE", "Cape Verdean Escudo"),
    ("KYD", "Cayman Islands Dollar"),
    ("XAF", "Central African CFA Franc"),
    ("CLE", "Chilean Escudo"),
    ("CLP", "Chilean Peso"),
    ("CLF", "Chilean Unit of Account (UF)"),
    ("CNX", "Chinese People’s Bank Dollar"),
    ("CNY", "Chinese Yuan"),
    ("CNH", "Chinese Yuan (offshore)"),
    ("COP", "Colombian Peso"),
    ("COU", "Colombian Real Value Unit"),
    ("KMF", "Comorian Franc"),
    ("CDF", "Congolese Franc"),
    ("CRC", "Costa Rican Colón"),
    ("HRD", "Croatian Dinar"),
    ("HRK", "Croatian Kuna"),
    ("CUC", "Cuban Convertible Peso"),
    ("CUP", "Cuban Peso"),
    ("CYP", "Cypriot Pound"),
    ("CZK", "Czech Koruna"),
    ("CSK", "Czechoslovak Hard Koruna"),
    ("DKK", "Danish Krone"),
    ("DJF", "Djiboutian Franc"),
    ("DOP", "Dominican Peso"),
    ("NLG", "Dutch Guilder"),
    ("XCD", "East Caribbean Dollar"),
    ("DDM", "East German Mark"),
    ("ECS", "Ecuadorian Sucre"),
    ("ECV", "Ecuadorian Unit of Constant Value"),
    ("EGP", "Egyptian Pound"),
    ("GQE", "Equatorial Guinean Ekwele"),
    ("ERN", "Eritrean Nakfa"),
    ("EEK", "Estonian Kroon"),
    ("ETB", "Ethiopian Birr"),
    ("EUR", "Euro"),
    ("XBA", "European Composite Unit"),
    ("XEU", "European Currency Unit"),
    ("XBB", "European Monetary Unit"),
    ("XBC", "European Unit of Account (XBC)"),
    ("XBD", "European Unit of Account (XBD)"),
    ("FKP", "Falkland Islands Pound"),
    ("FJD", "Fijian Dollar"),
    ("FIM", "Finnish Markka"),
    ("FRF", "French Franc"),
    ("XFO", "French Gold Franc"),
    ("XFU", "French UIC-Franc"),
    ("GMD", "Gambian Dalasi"),
    ("GEK", "Georgian Kupon Larit"),
    ("GEL", "Georgian Lari"),
    ("DEM", "German Mark"),
    ("GHS", "Ghanaian Cedi"),
    ("GHC", "Ghanaian Cedi (1979–2007)"),
    ("GIP", "Gibraltar Pound"),
    ("XAU", "Gold"),
    ("GRD", "Greek Drachma"),
    ("GTQ", "Guatemalan Quetzal"),
    ("GWP", "Guinea-Bissau Peso"),
    ("GNF", "Guinean Franc"),
    ("GNS", "Guinean Syli"),
    ("GYD", "Guyanaese Dollar"),
    ("HTG", "Haitian Gourde"),
    ("HNL", "Honduran Lempira"),
    ("HKD", "Hong Kong Dollar"),
    ("HUF", "Hungarian Forint"),
    ("IMP", "IMP"),
    ("ISK", "Icelandic Króna"),
    ("ISJ", "Icelandic Króna (1918–1981)"),
    ("INR", "Indian Rupee"),
    ("IDR", "Indonesian Rupiah"),
    ("IRR", "Iranian Rial"),
    ("IQD", "Iraqi Dinar"),
    ("IEP", "Irish Pound"),
    ("ILS", "Israeli New Shekel"),
    ("ILP", "Israeli Pound"),
    ("ILR", "Israeli Shekel (1980–1985)"),
    ("ITL", "Italian Lira"),
    ("JMD", "Jamaican Dollar"),
    ("JPY", "Japanese Yen"),
    ("JOD", "Jordanian Dinar"),
    ("KZT", "Kazakhstani Tenge"),
    ("KES", "Kenyan Shilling"),
    ("KWD", "Kuwaiti Dinar"),
    ("KGS", "Kyrgystani Som"),
    ("LAK", "Laotian Kip"),
    ("LVL", "Latvian Lats"),
    ("LVR", "Latvian Ruble"),
    ("LBP", "Lebanese Pound"),
    ("LSL", "Lesotho Loti"),
    ("LRD", "Liberian Dollar"),
    ("LYD", "Libyan Dinar"),
    ("LTL", "Lithuanian Litas"),
    ("LTT", "Lithuanian Talonas"),
    ("LUL", "Luxembourg Financial Franc"),
    ("LUC", "Luxembourgian Convertible Franc"),
    ("LUF", "Luxembourgian Franc"),
    ("MOP", "Macanese Pataca"),
    ("MKD", "Macedonian Denar"),
    ("MKN", "Macedonian Denar (1992–1993)"),
    ("MGA", "Malagasy Ariary"),
    ("MGF", "Malagasy Franc"),
    ("MWK", "Malawian Kwacha"),
    ("MYR", "Malaysian Ringgit"),
    ("MVR", "Maldivian Rufiyaa"),
    ("MVP", "Maldivian Rupee (1947–1981)"),
    ("MLF", "Malian Franc"),
    ("MTL", "Maltese Lira"),
    ("MTP", "Maltese Pound"),
    ("MRU", "Mauritanian Ouguiya"),
    ("MRO", "Mauritanian Ouguiya (1973–2017)"),
    ("MUR", "Mauritian Rupee"),
    ("MXV", "Mexican Investment Unit"),
    ("MXN", "Mexican Peso"),
    ("MXP", "Mexican Silver Peso (1861–1992)"),
    ("MDC", "Moldovan Cupon"),
    ("MDL", "Moldovan Leu"),
    ("MCF", "Monegasque Franc"),
    ("MNT", "Mongolian Tugrik"),
    ("MAD", "Moroccan Dirham"),
    ("MAF", "Moroccan Franc"),
    ("MZE", "Mozambican Escudo"),
    ("MZN", "Mozambican Metical"),
    ("MZM", "Mozambican Metical (1980–2006)"),
    ("MMK", "Myanmar Kyat"),
    ("NAD", "Namibian Dollar"),
    ("NPR", "Nepalese Rupee"),
    ("ANG", "Netherlands Antillean Guilder"),
    ("TWD", "New Taiwan Dollar"),
    ("NZD", "New Zealand Dollar"),
    ("NIO", "Nicaraguan Córdoba"),
    ("NIC", "Nicaraguan Córdoba (1988–1991)"),
    ("NGN", "Nigerian Naira"),
    ("KPW", "North Korean Won"),
    ("NOK", "Norwegian Krone"),
    ("OMR", "Omani Rial"),
    ("PKR", "Pakistani Rupee"),
    ("XPD", "Palladium"),
    ("PAB", "Panamanian Balboa"),
    ("PGK", "Papua New Guinean Kina"),
    ("PYG", "Paraguayan Guarani"),
    ("PEI", "Peruvian Inti"),
    ("PEN", "Peruvian Sol"),
    ("PES", "Peruvian Sol (1863–1965)"),
    ("PHP", "Philippine Peso"),
    ("XPT", "Platinum"),
    ("PLN", "Polish Zloty"),
    ("PLZ", "Polish Zloty (1950–1995)"),
    ("PTE", "Portuguese Escudo"),
    ("GWE", "Portuguese Guinea Escudo"),
    ("QAR", "Qatari Riyal"),
    ("XRE", "RINET Funds"),
    ("RHD", "Rhodesian Dollar"),
    ("RON", "Romanian Leu"),
    ("ROL", "Romanian Leu (1952–2006)"),
    ("RUB", "Russian Ruble"),
    ("RUR", "Russian Ruble (1991–1998)"),
    ("RWF", "Rwandan Franc"),
    ("SVC", "Salvadoran Colón"),
    ("WST", "Samoan Tala"),
    ("SAR", "Saudi Riyal"),
    ("RSD", "Serbian Dinar"),
    ("CSD", "Serbian Dinar (2002–2006)"),
    ("SCR", "Seychellois Rupee"),
    ("SLE", "Sierra Leonean Leone"),
    ("SLL", "Sierra Leonean Leone (1964—2022)"),
    ("XAG", "Silver"),
    ("SGD", "Singapore Dollar"),
    ("SKK", "Slovak Koruna"),
    ("SIT", "Slovenian Tolar"),
    ("SBD", "Solomon Islands Dollar"),
    ("SOS", "Somali Shilling"),
    ("ZAR", "South African Rand"),
    ("ZAL", "South African Rand (financial)"),
    ("KRH", "South Korean Hwan (1953–1962)"),
    ("KRW", "South Korean Won"),
    ("KRO", "South Korean Won (1945–1953)"),
    ("SSP", "South Sudanese Pound"),
    ("SUR", "Soviet Rouble"),
    ("ESP", "Spanish Peseta"),
    ("ESA", "Spanish Peseta (A account)"),
    ("ESB", "Spanish Peseta (convertible account)"),
    ("XDR", "Special Drawing Rights"),
    ("LKR", "Sri Lankan Rupee"),
    ("SHP", "St. Helena Pound"),
    ("XSU", "Sucre"),
    ("SDD", "Sudanese Dinar (1992–2007)"),
    ("SDG", "Sudanese Pound"),
    ("SDP", "Sudanese Pound (1957–1998)"),
    ("SRD", "Surinamese Dollar"),
    ("SRG", "Surinamese Guilder"),
    ("SZL", "Swazi Lilangeni"),
    ("SEK", "Swedish Krona"),
    ("CHF", "Swiss Franc"),
    ("SYP", "Syrian Pound"),
    ("STN", "São Tomé & Príncipe Dobra"),
    ("STD", "São Tomé & Príncipe Dobra (1977–2017)"),
    ("TVD", "TVD"),
    ("TJR", "Tajikistani Ruble"),
    ("TJS", "Tajikistani Somoni"),
    ("TZS", "Tanzanian Shilling"),
    ("XTS", "Testing Currency Code"),
    ("THB", "Thai Baht"),
    ("TPE", "Timorese Escudo"),
    ("TOP", "Tongan Paʻanga"),
    ("TTD", "Trinidad & Tobago Dollar"),
    ("TND", "Tunisian Dinar"),
    ("TRY", "Turkish Lira"),
    ("TRL", "Turkish Lira (1922–2005)"),
    ("TMT", "Turkmenistani Manat"),
    ("TMM", "Turkmenistani Manat (1993–2009)"),
    ("USD", "US Dollar"),
    ("USN", "US Dollar (Next day)"),
    ("USS", "US Dollar (Same day)"),
    ("UGX", "Ugandan Shilling"),
    ("UGS", "Ugandan Shilling (1966–1987)"),
    ("UAH", "Ukrainian Hryvnia"),
    ("UAK", "Ukrainian Karbovanets"),
    ("AED", "United Arab Emirates Dirham"),
    ("UYW", "Uruguayan Nominal Wage Index Unit"),
    ("UYU", "Uruguayan Peso"),
    ("UYP", "Uruguayan Peso (1975–1993)"),
    ("UYI", "Uruguayan Peso (Indexed Units)"),
    ("UZS", "Uzbekistani Som"),
    ("VUV", "Vanuatu Vatu"),
    ("VES", "Venezuelan Bolívar"),
    ("VEB", "Venezuelan Bolívar (1871–2008)"),
    ("VEF", "Venezuelan Bolívar (2008–2018)"),
    ("VND", "Vietnamese Dong"),
    ("VNN", "Vietnamese Dong (1978–1985)"),
    ("CHE", "WIR Euro"),
    ("CHW", "WIR Franc"),
    ("XOF", "West African CFA Franc"),
    ("YDD", "Yemeni Dinar"),
    ("YER", "Yemeni Rial"),
    ("YUN", "Yugoslavian Convertible Dinar (1990–1992)"),
    ("YUD", "Yugoslavian Hard Dinar (1966–1990)"),
    ("YUM", "Yugoslavian New Dinar (1994–2002)"),
    ("YUR", "Yugoslavian Reformed Dinar (1992–1993)"),
    ("ZWN", "ZWN"),
    ("ZRN", "Zairean New Zaire (1993–1998)"),
    ("ZRZ", "Zairean Zaire (1971–1993)"),
    ("ZMW", "Zambian Kwacha"),
    ("ZMK", "Zambian Kwacha (1968–2012)"),
    ("ZWD", "Zimbabwean Dollar (1980–2008)"),
    ("ZWR", "Zimbabwean Dollar (2008)"),
    ("ZWL", "Zimbabwean Dollar (2009–2024)"),
]


class Migration(migrations.Migration):
    replaces = [
        ("billing", "0001_the_first_tables"),
        ("billing", "0002_refuse_change"),
        ("billing", "0003_the_sandbox_remembers"),
        ("billing", "0004_find_payments"),
        ("billing", "0005_invoice_credit_used"),
        ("billing", "0006_open_until_nothing_is_left"),
        ("billing", "0007_longer_bills"),
        ("billing", "0008_units_have_forms"),
        ("billing", "0009_replacements"),
        ("billing", "0010_orders"),
        ("billing", "0011_the_sandbox_gives_back"),
        ("billing", "0012_plans"),
        ("billing", "0013_corrections"),
        ("billing", "0014_contacts"),
        ("billing", "0015_first_purchases"),
        ("billing", "0016_open_again_after_the_end"),
        ("billing", "0017_money_that_goes_back"),
        ("billing", "0018_payment_methods_and_webhooks"),
        ("billing", "0019_requests"),
        ("billing", "0020_automatic_upgrades"),
        ("billing", "0021_orders_that_wait"),
        ("billing", "0022_bank_lines"),
        ("billing", "0023_trials"),
        ("billing", "0024_how_trials_end"),
        ("billing", "0025_refunds_that_came_again"),
        ("billing", "0026_orders_called_off"),
        ("billing", "0027_refunds_dealt_with"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0006_the_deeds_and_terms_squashed_0016"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="SellerDetails",
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
                        ("name", models.CharField(max_length=200)),
                        ("street", models.CharField(max_length=200)),
                        ("postcode", models.CharField(max_length=20)),
                        ("city", models.CharField(max_length=100)),
                        ("country", models.CharField(max_length=2)),
                        ("tax_id", models.CharField(max_length=32, verbose_name="tax ID")),
                        (
                            "registration",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="company register"
                            ),
                        ),
                        ("time_zone", models.CharField(max_length=64)),
                        ("email", models.EmailField(max_length=254)),
                        ("bank_name", models.CharField(max_length=100)),
                        ("iban", models.CharField(max_length=34, verbose_name="IBAN")),
                        ("bic", models.CharField(max_length=11, verbose_name="BIC")),
                        ("written_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name": "seller's details",
                        "verbose_name_plural": "seller's details",
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="BillingRun",
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
                            "at",
                            models.DateTimeField(
                                help_text="Everything due up to this instant is billed."
                            ),
                        ),
                        ("dry_run", models.BooleanField(default=False)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("beat", "Schedule"),
                                    ("command", "Command line"),
                                    ("admin", "Admin"),
                                    ("order", "Before an order"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("preparing", "Preparing"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                ],
                                default="preparing",
                                max_length=9,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                help_text="Only this payer; empty: all.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "done"), _negated=True),
                                fields=["state"],
                                name="billing_run_not_done",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invoice",
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
                                choices=[("invoice", "Invoice"), ("credit_note", "Credit note")],
                                max_length=11,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("cycle", "Cycle"),
                                    ("change", "Change"),
                                    ("correction", "Correction"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("cycle_date", models.DateField()),
                        ("part", models.PositiveSmallIntegerField(default=1)),
                        ("series", models.CharField(max_length=8)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("sequence", models.PositiveIntegerField()),
                        ("number", models.CharField(max_length=24, unique=True)),
                        ("issued_at", models.DateTimeField()),
                        (
                            "issued_on",
                            models.DateField(help_text="The seller's local day of issue."),
                        ),
                        ("due_on", models.DateField()),
                        ("customer", models.JSONField()),
                        ("language", models.CharField(max_length=2)),
                        ("pays_by", models.CharField(max_length=8)),
                        ("subtotal", models.DecimalField(decimal_places=3, max_digits=15)),
                        ("discount", models.DecimalField(decimal_places=3, max_digits=15)),
                        ("taxes", models.JSONField(default=list)),
                        ("tax", models.DecimalField(decimal_places=3, max_digits=15)),
                        (
                            "total_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "total",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invoices",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invoices",
                                to="billing.billingrun",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.sellerdetails",
                            ),
                        ),
                        (
                            "credit_used",
                            models.DecimalField(
                                decimal_places=3,
                                default=0,
                                help_text="What was taken from the payer's credit balance when it was issued.",
                                max_digits=15,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-issued_on", "-pk"),
                        "indexes": [
                            models.Index(fields=["issued_on", "id"], name="invoice_by_day_of_issue")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("payer", "cycle_date", "reason", "part"),
                                name="one_invoice_per_payer_cycle_date_and_part",
                            ),
                            models.UniqueConstraint(
                                fields=("series", "year", "sequence"), name="a_number_is_given_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalTaxRate",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("country", models.CharField(max_length=2)),
                        ("percent", models.DecimalField(decimal_places=3, max_digits=6)),
                        ("valid_from", models.DateField()),
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
                    ],
                    options={
                        "verbose_name": "historical tax rate",
                        "verbose_name_plural": "historical tax rates",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Receivable",
                    fields=[
                        (
                            "invoice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="receivable",
                                serialize=False,
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "open_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        ("open", djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("paid", "Paid"),
                                    ("settled", "Settled by credit"),
                                ],
                                default="open",
                                max_length=7,
                            ),
                        ),
                        ("due_on", models.DateField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receivables",
                                to="accounts.account",
                            ),
                        ),
                        ("held", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                    ],
                    options={
                        "ordering": ("due_on", "pk"),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["payer", "due_on"],
                                name="receivable_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("open", 0), ("state", "open"), _connector="OR"),
                                name="a_document_with_an_amount_is_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("held", 0),
                                    models.Q(
                                        ("held__gt", 0),
                                        (
                                            "held__lte",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("open"), "*", models.Value(-1)
                                            ),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="no_more_of_a_credit_is_held_than_there_is",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bill",
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
                            "reason",
                            models.CharField(
                                choices=[
                                    ("cycle", "Cycle"),
                                    ("change", "Change"),
                                    ("opening", "Taken over"),
                                    ("correction", "Correction"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "number",
                            models.PositiveIntegerField(
                                help_text="Which cycle of the subscription, from 0."
                            ),
                        ),
                        ("starts_on", models.DateField(help_text="First day of the cycle.")),
                        (
                            "ends_on",
                            models.DateField(help_text="First day no longer in the cycle."),
                        ),
                        (
                            "at",
                            models.DateTimeField(
                                help_text="The opening, or the moment of the change."
                            ),
                        ),
                        ("subtotal", models.DecimalField(decimal_places=3, max_digits=15)),
                        (
                            "discount_percent",
                            models.DecimalField(decimal_places=3, default=0, max_digits=6),
                        ),
                        (
                            "discount",
                            models.DecimalField(decimal_places=3, default=0, max_digits=15),
                        ),
                        ("state", models.JSONField(blank=True, null=True)),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bills",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bills",
                                to="billing.subscription",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("subscription", "at", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reason__in", ["cycle", "opening"])),
                                fields=("subscription", "starts_on"),
                                name="one_bill_per_subscription_and_cycle",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reason", "change")),
                                fields=("subscription", "at"),
                                name="one_bill_per_subscription_and_change",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NumberSeries",
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
                        ("code", models.CharField(max_length=8)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name_plural": "number series",
                        "ordering": ("code", "year"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code", "year"), name="a_series_counts_once_a_year"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunDraft",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("document", models.JSONField()),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="billing.billingrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("run", "payer", "position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "payer", "position"),
                                name="a_draft_has_its_own_place",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunFailure",
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
                            "reason",
                            models.CharField(
                                help_text="What is so, and what to do next.", max_length=500
                            ),
                        ),
                        ("detail", models.TextField(blank=True, help_text="The technical trace.")),
                        ("failed_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=1)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="run_failures",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="run_failures",
                                to="billing.billingrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "payer"), name="a_payer_fails_once_a_run"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunPage",
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
                        ("number", models.PositiveIntegerField()),
                        ("first_payer", models.BigIntegerField()),
                        ("last_payer", models.BigIntegerField()),
                        ("payers", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("claimed", "Claimed"),
                                    ("done", "Done"),
                                ],
                                default="waiting",
                                max_length=7,
                            ),
                        ),
                        ("worker", models.CharField(blank=True, max_length=100)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("invoices", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("amounts", models.JSONField(default=dict)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pages",
                                to="billing.billingrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("run", "number"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "number"), name="a_page_has_its_own_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
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
                        ("code", models.SlugField(default="plan", max_length=20)),
                        ("currency", models.CharField(max_length=3)),
                        ("time_zone", models.CharField(max_length=64, verbose_name="billing zone")),
                        (
                            "interval",
                            models.CharField(
                                choices=[("month", "Month"), ("year", "Year")],
                                default="month",
                                max_length=5,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("anchor_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("next_number", models.PositiveIntegerField(default=0)),
                        ("next_opening", models.DateField()),
                        (
                            "next_bill_at",
                            models.DateTimeField(
                                help_text="Empty: nothing is billed any more.", null=True
                            ),
                        ),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "opening",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.bill",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="paid_subscriptions",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("account", "code"),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_bill_at__isnull", False)),
                                fields=["payer", "next_bill_at"],
                                name="subscription_to_bill",
                            ),
                            models.Index(
                                fields=["next_bill_at", "payer"], name="subscription_by_due_instant"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anchor_day__isnull", True),
                                    models.Q(("anchor_day__gte", 1), ("anchor_day__lte", 31)),
                                    _connector="OR",
                                ),
                                name="an_anchor_is_a_day_of_a_month",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ends_on__isnull", True)),
                                fields=("account", "code"),
                                name="an_account_has_one_subscription_of_a_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TaxRate",
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
                        ("country", models.CharField(max_length=2)),
                        ("percent", models.DecimalField(decimal_places=3, max_digits=6)),
                        ("valid_from", models.DateField()),
                    ],
                    options={
                        "ordering": ("country", "-valid_from"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("country", "valid_from"),
                                name="tax_rates_of_a_country_do_not_overlap",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                                name="a_tax_rate_is_between_0_and_100_percent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxCharge",
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
                        ("key", models.CharField(max_length=100, unique=True)),
                        ("payer", models.CharField(max_length=64)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("charged", "Charged"),
                                    ("declined", "Declined"),
                                    ("lost", "Lost on the way"),
                                    ("waits", "Waits for the payer"),
                                    ("settling", "Not decided yet"),
                                    ("cancelled", "Cancelled"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "card",
                            models.CharField(
                                blank=True,
                                help_text="The bank's number of the card.",
                                max_length=64,
                            ),
                        ),
                        ("cause", models.CharField(blank=True, max_length=12)),
                        ("return_to", models.CharField(blank=True, max_length=500)),
                        (
                            "token",
                            models.CharField(blank=True, max_length=64, null=True, unique=True),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="Cart",
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
                        ("touched_at", models.DateTimeField(db_index=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="carts",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="carts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-touched_at",),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "person"),
                                name="a_person_has_one_cart_in_an_account",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
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
                            "token",
                            models.CharField(
                                help_text="Of the page that confirmed it.",
                                max_length=64,
                                unique=True,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("cause", models.CharField(blank=True, max_length=200)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("changes", models.JSONField()),
                        ("replaces", models.BooleanField(default=False)),
                        ("quote", models.JSONField()),
                        (
                            "total_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "total",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        ("credit", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                        ("pays_by", models.CharField(max_length=8)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("paying", "Being paid"),
                                    ("done", "Done"),
                                    ("declined", "Declined"),
                                    ("cancelled", "Cancelled"),
                                    ("stuck", "Needs support"),
                                    ("waiting", "Waits for a transfer"),
                                    ("expired", "Expired"),
                                    ("repriced", "To be confirmed again"),
                                ],
                                default="paying",
                                max_length=9,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True, help_text="Why it stands as it does.", max_length=200
                            ),
                        ),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders_to_pay",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "interval",
                            models.CharField(
                                blank=True,
                                help_text="Of the subscription that it opens, if it opens one.",
                                max_length=5,
                            ),
                        ),
                        (
                            "expires_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="Until when it waits for a bank transfer.",
                                null=True,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(fields=["account", "-id"], name="order_of_an_account"),
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["expires_at"],
                                name="order_that_waits",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["paying", "stuck"])),
                                fields=("payer",),
                                name="a_payer_has_one_unsettled_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("account",),
                                name="an_account_has_one_order_that_waits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxRefund",
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
                        ("key", models.CharField(max_length=100, unique=True)),
                        (
                            "charge",
                            models.CharField(
                                db_index=True, help_text="The number of the charge.", max_length=64
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("refunded", "Refunded"),
                                    ("refused", "Refused"),
                                    ("lost", "Lost on the way"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalFeature",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        (
                            "description_en",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (English)"
                            ),
                        ),
                        (
                            "description_it",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (Italian)"
                            ),
                        ),
                        (
                            "description_cs",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (Czech)"
                            ),
                        ),
                        (
                            "placeholder",
                            models.BooleanField(
                                default=False,
                                help_text="It is an invented placeholder of the demo catalogue.",
                            ),
                        ),
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
                    ],
                    options={
                        "verbose_name": "historical feature",
                        "verbose_name_plural": "historical features",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPlanLevel",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        (
                            "family",
                            models.CharField(
                                help_text="As the family of its products.", max_length=40
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
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
                    ],
                    options={
                        "verbose_name": "historical plan level",
                        "verbose_name_plural": "historical plan levels",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPlanLine",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        (
                            "family",
                            models.CharField(
                                help_text="As the family of its products.", max_length=40
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
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
                    ],
                    options={
                        "verbose_name": "historical plan product",
                        "verbose_name_plural": "historical plan products",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="PlanLevel",
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
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        (
                            "family",
                            models.CharField(
                                help_text="As the family of its products.", max_length=40
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True)),
                    ],
                    options={
                        "ordering": ("position", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("family", "position"),
                                name="levels_of_a_family_stand_above_each_other",
                                violation_error_message="Another level of this family stands at this place. Choose another number.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanLine",
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
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        (
                            "family",
                            models.CharField(
                                help_text="As the family of its products.", max_length=40
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True)),
                        (
                            "bundles",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The plan products that this one holds together. Their holders are offered it.",
                                related_name="bundled_in",
                                to="billing.planline",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "plan product",
                        "ordering": ("position", "pk"),
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalProduct",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=40)),
                        ("family", models.CharField(db_index=True, max_length=40)),
                        (
                            "subscription_code",
                            models.SlugField(
                                default="plan",
                                help_text="Which subscription of an account holds it.",
                                max_length=20,
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "unit_en",
                            models.CharField(
                                default="unit|units", max_length=40, verbose_name="unit (English)"
                            ),
                        ),
                        (
                            "unit_it",
                            models.CharField(
                                default="unità", max_length=40, verbose_name="unit (Italian)"
                            ),
                        ),
                        (
                            "unit_cs",
                            models.CharField(
                                default="jednotka|jednotky|jednotek",
                                max_length=40,
                                verbose_name="unit (Czech)",
                            ),
                        ),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Catalogue order: lines stand in it."
                            ),
                        ),
                        (
                            "who_may_buy",
                            models.CharField(
                                choices=[
                                    ("primary", "Primary account admin only"),
                                    ("permitted", "Also members with purchase permission"),
                                    ("licensing", "Members with Licensing update"),
                                ],
                                default="permitted",
                                max_length=9,
                            ),
                        ),
                        (
                            "closed_from",
                            models.DateField(
                                blank=True,
                                help_text="From this date no new customer may buy it; holders keep and manage theirs.",
                                null=True,
                            ),
                        ),
                        (
                            "placeholder",
                            models.BooleanField(
                                default=False,
                                help_text="Its figures are invented placeholders of the demo catalogue.",
                            ),
                        ),
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("plan", "Plan: its number is the contact limit"),
                                    ("users", "User seats of a plan's level"),
                                    ("add_on", "Add-on"),
                                    ("licence", "Licence type"),
                                    ("other", "Something else"),
                                ],
                                default="other",
                                help_text="What customers' pages call it, and what they offer to do with it.",
                                max_length=7,
                            ),
                        ),
                        (
                            "level",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                help_text="Of a plan, and of user seats: on which level.",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planlevel",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                help_text="Of a plan: what it is a plan of.",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planline",
                                verbose_name="plan product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical product",
                        "verbose_name_plural": "historical products",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Product",
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
                        ("code", models.SlugField(max_length=40, unique=True)),
                        ("family", models.CharField(db_index=True, max_length=40)),
                        (
                            "subscription_code",
                            models.SlugField(
                                default="plan",
                                help_text="Which subscription of an account holds it.",
                                max_length=20,
                            ),
                        ),
                        (
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "unit_en",
                            models.CharField(
                                default="unit|units", max_length=40, verbose_name="unit (English)"
                            ),
                        ),
                        (
                            "unit_it",
                            models.CharField(
                                default="unità", max_length=40, verbose_name="unit (Italian)"
                            ),
                        ),
                        (
                            "unit_cs",
                            models.CharField(
                                default="jednotka|jednotky|jednotek",
                                max_length=40,
                                verbose_name="unit (Czech)",
                            ),
                        ),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Catalogue order: lines stand in it."
                            ),
                        ),
                        (
                            "who_may_buy",
                            models.CharField(
                                choices=[
                                    ("primary", "Primary account admin only"),
                                    ("permitted", "Also members with purchase permission"),
                                    ("licensing", "Members with Licensing update"),
                                ],
                                default="permitted",
                                max_length=9,
                            ),
                        ),
                        (
                            "closed_from",
                            models.DateField(
                                blank=True,
                                help_text="From this date no new customer may buy it; holders keep and manage theirs.",
                                null=True,
                            ),
                        ),
                        (
                            "placeholder",
                            models.BooleanField(
                                default=False,
                                help_text="Its figures are invented placeholders of the demo catalogue.",
                            ),
                        ),
                        (
                            "requires",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Sold only together with one of these products.",
                                related_name="required_by",
                                to="billing.product",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("plan", "Plan: its number is the contact limit"),
                                    ("users", "User seats of a plan's level"),
                                    ("add_on", "Add-on"),
                                    ("licence", "Licence type"),
                                    ("other", "Something else"),
                                ],
                                default="other",
                                help_text="What customers' pages call it, and what they offer to do with it.",
                                max_length=7,
                            ),
                        ),
                        (
                            "level",
                            models.ForeignKey(
                                blank=True,
                                help_text="Of a plan, and of user seats: on which level.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="billing.planlevel",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                help_text="Of a plan: what it is a plan of.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="billing.planline",
                                verbose_name="plan product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "plan"), ("line__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "plan"), _negated=True), ("line", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="a_plan_alone_is_of_a_plan_product",
                                violation_error_message="A plan is of a plan product, and nothing else is.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind__in", ["plan", "users"]), ("level__isnull", False)
                                    ),
                                    models.Q(
                                        models.Q(("kind__in", ["plan", "users"]), _negated=True),
                                        ("level", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="plans_and_user_seats_alone_have_a_level",
                                violation_error_message="Plans and user seats have a level, and nothing else has.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "plan")),
                                fields=("line", "level"),
                                name="a_plan_product_has_one_plan_of_a_level",
                                violation_error_message="This plan product has a plan of this level already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "users")),
                                fields=("level",),
                                name="a_level_has_its_user_seats_once",
                                violation_error_message="This level has its user seats already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Price",
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
                        ("currency", models.CharField(max_length=3)),
                        (
                            "interval",
                            models.CharField(
                                choices=[("month", "Month"), ("year", "Year")],
                                default="month",
                                max_length=5,
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        (
                            "model",
                            models.CharField(
                                choices=[
                                    ("flat", "Flat"),
                                    ("per_unit", "Per unit"),
                                    ("tiered", "Tiered (graduated)"),
                                    ("volume", "Volume"),
                                    ("package", "Package"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "timing",
                            models.CharField(
                                choices=[
                                    ("advance", "In advance"),
                                    ("arrears", "In arrears"),
                                    ("once", "Once"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("set", "The number chosen"),
                                    ("peak", "The highest number in the cycle"),
                                    ("billable_members", "Billable members"),
                                    ("metered", "Use above the allowance"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "increase",
                            models.CharField(
                                choices=[
                                    ("prorate", "At once, charged pro rata today"),
                                    ("prorate_next", "At once, pro rata on the next invoice"),
                                ],
                                default="prorate",
                                max_length=12,
                            ),
                        ),
                        (
                            "decrease",
                            models.CharField(
                                choices=[
                                    ("at_renewal", "At renewal"),
                                    ("by_request", "By request to support, at renewal"),
                                    ("now", "At once, without credit"),
                                    ("now_credit", "At once, with a pro-rata credit"),
                                ],
                                default="at_renewal",
                                max_length=10,
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=15, null=True
                            ),
                        ),
                        (
                            "size",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="units in a package"
                            ),
                        ),
                        ("allowance", models.PositiveBigIntegerField(default=0)),
                        (
                            "unit_factor",
                            models.DecimalField(
                                decimal_places=6,
                                default=1,
                                help_text="Of a peak price: what one of the quantity counts as.",
                                max_digits=12,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="prices",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("product", "currency", "interval", "-valid_from"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("product", "currency", "interval", "valid_from"),
                                name="price_versions_do_not_overlap",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__isnull", True), ("amount__gte", 0), _connector="OR"
                                ),
                                name="a_price_is_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit_factor__gt", 0)),
                                name="a_unit_counts_as_more_than_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Item",
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
                        ("quantity", models.PositiveBigIntegerField(default=0)),
                        ("last_sequence", models.PositiveIntegerField(default=0)),
                        (
                            "price",
                            models.ForeignKey(
                                blank=True,
                                help_text="The pinned version; none while the quantity is zero.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="billing.price",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="billing.product",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="billing.subscription",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("subscription", "product__position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("subscription", "product"),
                                name="a_subscription_holds_a_product_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
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
                        ("sequence", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        (
                            "holds",
                            models.CharField(
                                choices=[("now", "At once"), ("opening", "At the next opening")],
                                max_length=7,
                            ),
                        ),
                        ("was", models.PositiveBigIntegerField()),
                        ("becomes", models.PositiveBigIntegerField()),
                        (
                            "actor_name",
                            models.CharField(
                                help_text="Who, as known at that moment.", max_length=150
                            ),
                        ),
                        ("cause", models.CharField(blank=True, max_length=200)),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="billing.item",
                            ),
                        ),
                        ("replaces", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ("item", "sequence"),
                        "indexes": [models.Index(fields=["item", "at"], name="event_by_time")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "sequence"),
                                name="an_event_has_its_place_in_the_log",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meter",
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
                        ("cycle_start", models.DateField()),
                        ("used", models.PositiveBigIntegerField(default=0)),
                        ("last_sequence", models.PositiveBigIntegerField(default=0)),
                        ("closed", models.BooleanField(default=False)),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="meters",
                                to="billing.item",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("item", "-cycle_start"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "cycle_start"), name="one_meter_per_item_and_cycle"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Line",
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
                        ("position", models.PositiveIntegerField()),
                        ("product_code", models.CharField(max_length=40)),
                        (
                            "names",
                            models.JSONField(help_text="The product's name by language, as sold."),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("advance", "In advance"),
                                    ("members", "Billable members"),
                                    ("proration", "Pro rata"),
                                    ("credit", "Credit"),
                                    ("peak", "Peak"),
                                    ("metered", "Metered"),
                                    ("once", "Once"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("quantity", models.BigIntegerField()),
                        (
                            "units",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=15, null=True
                            ),
                        ),
                        (
                            "unit_amount",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=15, null=True
                            ),
                        ),
                        ("tiers", models.JSONField(blank=True, null=True)),
                        ("share_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("cycle_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("amount", models.DecimalField(decimal_places=3, max_digits=15)),
                        ("event_ids", models.JSONField(default=list)),
                        ("last_sequence", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("counted", models.PositiveBigIntegerField(blank=True, null=True)),
                        (
                            "bill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.bill",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.item",
                            ),
                        ),
                        (
                            "reverses",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversals",
                                to="billing.line",
                            ),
                        ),
                        (
                            "price",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.price",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("bill", "position"),
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalTier",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("up_to", models.PositiveBigIntegerField(blank=True, null=True)),
                        (
                            "unit",
                            models.DecimalField(
                                decimal_places=8, default=0, max_digits=15, verbose_name="per unit"
                            ),
                        ),
                        ("flat", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
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
                            "price",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.price",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical tier",
                        "verbose_name_plural": "historical tiers",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="PricePin",
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
                        ("sequence", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("holds_from", models.DateField()),
                        ("bought", models.BooleanField()),
                        ("noticed_on", models.DateField(blank=True, null=True)),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pins",
                                to="billing.item",
                            ),
                        ),
                        (
                            "price",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pins",
                                to="billing.price",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("item", "sequence"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "sequence"),
                                name="a_price_pin_has_its_place_in_the_log",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalProduct_requires",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                        (
                            "history",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="billing.historicalproduct",
                            ),
                        ),
                        (
                            "from_product",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                        (
                            "to_product",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "HistoricalProduct_requires",
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPrice",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "interval",
                            models.CharField(
                                choices=[("month", "Month"), ("year", "Year")],
                                default="month",
                                max_length=5,
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        (
                            "model",
                            models.CharField(
                                choices=[
                                    ("flat", "Flat"),
                                    ("per_unit", "Per unit"),
                                    ("tiered", "Tiered (graduated)"),
                                    ("volume", "Volume"),
                                    ("package", "Package"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "timing",
                            models.CharField(
                                choices=[
                                    ("advance", "In advance"),
                                    ("arrears", "In arrears"),
                                    ("once", "Once"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("set", "The number chosen"),
                                    ("peak", "The highest number in the cycle"),
                                    ("billable_members", "Billable members"),
                                    ("metered", "Use above the allowance"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "increase",
                            models.CharField(
                                choices=[
                                    ("prorate", "At once, charged pro rata today"),
                                    ("prorate_next", "At once, pro rata on the next invoice"),
                                ],
                                default="prorate",
                                max_length=12,
                            ),
                        ),
                        (
                            "decrease",
                            models.CharField(
                                choices=[
                                    ("at_renewal", "At renewal"),
                                    ("by_request", "By request to support, at renewal"),
                                    ("now", "At once, without credit"),
                                    ("now_credit", "At once, with a pro-rata credit"),
                                ],
                                default="at_renewal",
                                max_length=10,
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True, decimal_places=8, max_digits=15, null=True
                            ),
                        ),
                        (
                            "size",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="units in a package"
                            ),
                        ),
                        ("allowance", models.PositiveBigIntegerField(default=0)),
                        (
                            "unit_factor",
                            models.DecimalField(
                                decimal_places=6,
                                default=1,
                                help_text="Of a peak price: what one of the quantity counts as.",
                                max_digits=12,
                            ),
                        ),
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
                            "product",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical price",
                        "verbose_name_plural": "historical prices",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Tier",
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
                        ("up_to", models.PositiveBigIntegerField(blank=True, null=True)),
                        (
                            "unit",
                            models.DecimalField(
                                decimal_places=8, default=0, max_digits=15, verbose_name="per unit"
                            ),
                        ),
                        ("flat", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                        (
                            "price",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tiers",
                                to="billing.price",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("price", models.OrderBy(models.F("up_to"), nulls_last=True)),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("price", "up_to"), name="a_price_has_one_tier_per_bound"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("up_to__isnull", True)),
                                fields=("price",),
                                name="a_price_has_one_endless_tier",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("flat__gte", 0), ("unit__gte", 0)),
                                name="a_tier_is_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsageRecord",
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
                            "sequence",
                            models.PositiveBigIntegerField(
                                help_text="Its place in the meter, from 1."
                            ),
                        ),
                        ("key", models.CharField(max_length=100)),
                        ("at", models.DateTimeField()),
                        ("quantity", models.PositiveBigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="usage",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "meter",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="billing.meter",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("meter", "sequence"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "key"), name="a_use_is_counted_once"
                            ),
                            models.UniqueConstraint(
                                fields=("meter", "sequence"),
                                name="a_use_has_its_place_in_the_meter",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CartLine",
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
                        ("was", models.PositiveBigIntegerField()),
                        ("becomes", models.PositiveBigIntegerField()),
                        ("replaces", models.BooleanField(default=False)),
                        (
                            "cart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.cart",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("product__position", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("cart", "product"), name="a_cart_changes_a_product_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Feature",
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
                            "name_en",
                            models.CharField(max_length=100, verbose_name="name (English)"),
                        ),
                        (
                            "name_it",
                            models.CharField(max_length=100, verbose_name="name (Italian)"),
                        ),
                        ("name_cs", models.CharField(max_length=100, verbose_name="name (Czech)")),
                        (
                            "position",
                            models.PositiveIntegerField(
                                help_text="Its place among the others: low ones first."
                            ),
                        ),
                        ("code", models.SlugField(max_length=40, unique=True)),
                        (
                            "description_en",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (English)"
                            ),
                        ),
                        (
                            "description_it",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (Italian)"
                            ),
                        ),
                        (
                            "description_cs",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="description (Czech)"
                            ),
                        ),
                        (
                            "placeholder",
                            models.BooleanField(
                                default=False,
                                help_text="It is an invented placeholder of the demo catalogue.",
                            ),
                        ),
                        (
                            "lines",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The plan products that have it. None chosen: all of them.",
                                related_name="features",
                                to="billing.planline",
                                verbose_name="plan products",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position", "pk"),
                    },
                ),
                migrations.CreateModel(
                    name="LevelFeature",
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
                            "times",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Of a feature that is counted: how many times the contact limit, a month.",
                                null=True,
                            ),
                        ),
                        (
                            "feature",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="levels",
                                to="billing.feature",
                            ),
                        ),
                        (
                            "level",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="features",
                                to="billing.planlevel",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "level of a feature",
                        "verbose_name_plural": "levels of a feature",
                        "ordering": ("feature", "level__position"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("feature", "level"),
                                name="a_level_has_a_feature_once",
                                violation_error_message="This level has the feature already.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalLevelFeature",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "times",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Of a feature that is counted: how many times the contact limit, a month.",
                                null=True,
                            ),
                        ),
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
                            "feature",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.feature",
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
                            "level",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planlevel",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical level of a feature",
                        "verbose_name_plural": "historical levels of a feature",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPlanLine_bundles",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                        (
                            "history",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="billing.historicalplanline",
                            ),
                        ),
                        (
                            "from_planline",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planline",
                            ),
                        ),
                        (
                            "to_planline",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planline",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "HistoricalPlanLine_bundles",
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalFeature_lines",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                        (
                            "feature",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.feature",
                            ),
                        ),
                        (
                            "history",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="billing.historicalfeature",
                            ),
                        ),
                        (
                            "planline",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_tablespace="",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="billing.planline",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "HistoricalFeature_lines",
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Correction",
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
                        ("reason", models.CharField(max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "note",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="correction",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "abstract": False,
                        "verbose_name": "credit note",
                    },
                ),
                migrations.CreateModel(
                    name="ContactUse",
                    fields=[
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="contact_use",
                                serialize=False,
                                to="accounts.account",
                            ),
                        ),
                        ("stored", models.PositiveBigIntegerField(default=0)),
                        ("entries", models.PositiveBigIntegerField(default=0)),
                        ("told", models.PositiveSmallIntegerField(default=0)),
                        ("told_limit", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "contacts of an account",
                        "verbose_name_plural": "contacts of accounts",
                        "ordering": ("account",),
                    },
                ),
                migrations.CreateModel(
                    name="ContactEntry",
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
                            "source",
                            models.CharField(
                                choices=[
                                    ("import", "Import"),
                                    ("manual", "Added by hand"),
                                    ("api", "API"),
                                    ("forms", "Forms"),
                                    ("removed", "Removed"),
                                    ("counted", "Counted anew"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("step", models.BigIntegerField()),
                        ("stored", models.PositiveBigIntegerField()),
                        ("actor_name", models.CharField(blank=True, max_length=150)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_entries",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "contact entries",
                        "ordering": ("account", "-sequence"),
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "sequence"),
                                name="a_contact_entry_has_its_place_in_the_log",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentMethod",
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
                        ("gateway", models.CharField(max_length=20)),
                        (
                            "reference",
                            models.CharField(
                                help_text="The provider's own number of it.", max_length=255
                            ),
                        ),
                        ("brand", models.CharField(max_length=20)),
                        ("last4", models.CharField(max_length=4, verbose_name="last four digits")),
                        (
                            "expires_month",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(12),
                                ]
                            ),
                        ),
                        ("expires_year", models.PositiveSmallIntegerField()),
                        ("is_default", models.BooleanField(default=False)),
                        ("added_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_methods",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-is_default", "-pk"),
                        "indexes": [
                            models.Index(fields=["payer", "-id"], name="method_of_a_payer"),
                            models.Index(
                                condition=models.Q(
                                    ("forgotten_at__isnull", True), ("removed_at__isnull", False)
                                ),
                                fields=["id"],
                                name="method_to_forget",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("gateway", "reference"), name="a_method_is_kept_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("payer",),
                                name="a_payer_has_one_default_method",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_default", False),
                                    ("removed_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="a_removed_method_is_no_default",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentAttempt",
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
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        (
                            "amount_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "amount",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sent", "Sent to the gateway"),
                                    ("unknown", "Unknown"),
                                    ("action", "The bank asks the payer"),
                                    ("stuck", "Needs support"),
                                    ("charged", "Charged"),
                                    ("declined", "Declined"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="queued",
                                max_length=9,
                            ),
                        ),
                        ("queued_at", models.DateTimeField()),
                        ("next_try_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "reason",
                            models.CharField(
                                blank=True, help_text="Why it stands as it does.", max_length=200
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="billing.order",
                            ),
                        ),
                        (
                            "action_url",
                            models.CharField(
                                blank=True, db_default="", default="", max_length=2000
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(blank=True, db_default="", default="", max_length=12),
                        ),
                        (
                            "method",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="billing.paymentmethod",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "declined")),
                                fields=["id"],
                                name="payment_attempt_declined",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("reason__gt", ""), ("state__in", ["unknown", "stuck"])
                                ),
                                fields=["id"],
                                name="payment_attempt_for_support",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ["queued", "sent", "unknown", "action"])
                                ),
                                fields=["next_try_at"],
                                name="payment_attempt_to_settle",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "number"), name="an_attempt_has_its_own_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("order__isnull", False)),
                                fields=("order", "number"),
                                name="an_attempt_of_an_order_has_its_own_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("invoice__isnull", False),
                                    ("order__isnull", False),
                                    _connector="OR",
                                ),
                                name="an_attempt_is_for_something",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["queued", "sent", "unknown", "action", "stuck", "charged"],
                                    )
                                ),
                                fields=("invoice",),
                                name="an_invoice_is_charged_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
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
                            "amount_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "amount",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        ("at", models.DateTimeField()),
                        ("gateway", models.CharField(max_length=20)),
                        (
                            "reference",
                            models.CharField(
                                help_text="The gateway's or bank's own number.", max_length=255
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "attempt",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment",
                                to="billing.paymentattempt",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(fields=["reference"], name="payment_by_reference")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("gateway", "reference"), name="a_payment_is_recorded_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
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
                                choices=[
                                    ("invoice", "Invoice"),
                                    ("credit_note", "Credit note"),
                                    ("payment", "Payment"),
                                    ("refund", "Refund"),
                                    ("reversal", "Reversal"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "amount_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "amount",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger_entries",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger_entries",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger_entries",
                                to="billing.payment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "ledger entries",
                        "ordering": ("payer", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind__in", ["invoice", "credit_note"])),
                                fields=("invoice",),
                                name="an_invoice_is_entered_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("payment__isnull", False)),
                                fields=("payment", "kind"),
                                name="a_payment_is_entered_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deposit",
                    fields=[
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="deposit",
                                serialize=False,
                                to="billing.payment",
                            ),
                        ),
                        (
                            "open_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        ("open", djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15)),
                        ("held", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                        ("kept_back", models.BooleanField(default=False)),
                        (
                            "payer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposits",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "verbose_name": "money on account",
                        "verbose_name_plural": "money on account",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("open__lt", 0)),
                                fields=["payer"],
                                name="deposit_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("open__lte", 0),
                                    ("held__gte", 0),
                                    (
                                        "held__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("open"), "*", models.Value(-1)
                                        ),
                                    ),
                                ),
                                name="no_more_of_a_deposit_is_held_than_is_left",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefundAttempt",
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
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "amount_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "amount",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sent", "Sent to the gateway"),
                                    ("unknown", "Unknown"),
                                    ("stuck", "Needs support"),
                                    ("refunded", "Refunded"),
                                    ("refused", "Refused"),
                                    ("again", "Came again"),
                                ],
                                default="queued",
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(max_length=300)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("queued_at", models.DateTimeField()),
                        ("next_try_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "paid_back",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund",
                                to="billing.payment",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="billing.payment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "verbose_name": "refund",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["queued", "sent", "unknown"])),
                                fields=["next_try_at"],
                                name="refund_to_settle",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ["unknown", "stuck", "refused"]),
                                    models.Q(("reason__gt", ""), ("state", "refunded")),
                                    _connector="OR",
                                ),
                                fields=["id"],
                                name="refund_for_support",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("payment", "number"), name="a_refund_has_its_own_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["queued", "sent", "unknown", "stuck"])
                                ),
                                fields=("payment",),
                                name="a_payment_has_one_unsettled_refund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="a_refund_gives_more_than_nothing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("paid_back__isnull", False),
                                        ("state__in", ["refunded", "again"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["refunded", "again"]), _negated=True
                                        ),
                                        ("paid_back__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_refund_is_a_payment_once_it_is_refunded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MethodSetup",
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
                        ("gateway", models.CharField(max_length=20)),
                        ("next", models.CharField(blank=True, max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("done", "Done"),
                                    ("refused", "Refused"),
                                ],
                                default="open",
                                max_length=7,
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                blank=True, help_text="Why it was refused.", max_length=12
                            ),
                        ),
                        ("begun_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="method_setups",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.supportvisit",
                            ),
                        ),
                        (
                            "becomes",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.paymentmethod",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.paymentmethod",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="ProviderKey",
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
                        ("gateway", models.CharField(max_length=20)),
                        ("key", models.CharField(max_length=100)),
                        ("reference", models.CharField(max_length=255)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("gateway", "key"),
                                name="a_key_names_one_thing_at_a_provider",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxCard",
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
                        ("key", models.CharField(max_length=100, unique=True)),
                        (
                            "token",
                            models.CharField(
                                default=billing.models.sandbox.new_token, max_length=64, unique=True
                            ),
                        ),
                        ("payer", models.CharField(max_length=64)),
                        ("return_to", models.CharField(max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("kept", "Kept"),
                                    ("refused", "Refused"),
                                    ("forgotten", "Forgotten"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("behaviour", models.CharField(blank=True, max_length=20)),
                        ("brand", models.CharField(blank=True, max_length=20)),
                        ("last4", models.CharField(blank=True, max_length=4)),
                        ("expires_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("expires_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="SandboxMessage",
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
                        ("kind", models.CharField(max_length=40)),
                        ("key", models.CharField(max_length=100)),
                        ("delay", models.PositiveSmallIntegerField(default=0)),
                        ("times", models.PositiveSmallIntegerField(default=1)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("times__gt", 0)),
                                fields=["due_at"],
                                name="sandbox_message_to_send",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookReceived",
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
                        ("gateway", models.CharField(max_length=20)),
                        ("event_id", models.CharField(max_length=255, verbose_name="number")),
                        ("kind", models.CharField(max_length=100)),
                        ("key", models.CharField(blank=True, db_index=True, max_length=100)),
                        ("received_at", models.DateTimeField()),
                        (
                            "times",
                            models.PositiveIntegerField(default=1, verbose_name="times received"),
                        ),
                        ("handled_at", models.DateTimeField(blank=True, null=True)),
                        ("next_try_at", models.DateTimeField()),
                        ("problem", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "verbose_name": "webhook received",
                        "verbose_name_plural": "webhooks received",
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("handled_at__isnull", True)),
                                fields=["next_try_at"],
                                name="webhook_to_handle",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("gateway", "event_id"), name="a_webhook_is_received_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChangeRequest",
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
                                choices=[
                                    ("level", "Lower plan level"),
                                    ("add_on", "Remove an add-on"),
                                    ("unbundle", "Leave the bundle"),
                                    ("product", "Change product"),
                                    ("seats", "Remove seats"),
                                    ("question", "Ask a question"),
                                    ("other", "Something else"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("quantity", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("wanted_on", models.DateField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("notes", models.TextField(blank=True, max_length=4000)),
                        ("contact_email", models.EmailField(max_length=254)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("in_progress", "In progress"),
                                    ("waiting", "Waiting for the customer"),
                                    ("applied", "Applied"),
                                    ("answered", "Answered"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="open",
                                max_length=11,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("portal", "Portal"),
                                    ("email", "E-mail"),
                                    ("desk", "Support"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("verified", models.BooleanField(default=True)),
                        ("opened_at", models.DateTimeField()),
                        ("opened_by_name", models.CharField(blank=True, max_length=150)),
                        ("since", models.DateTimeField()),
                        (
                            "key",
                            models.CharField(blank=True, max_length=64, null=True, unique=True),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="change_requests",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request",
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(fields=["account", "-id"], name="request_of_an_account"),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ["open", "in_progress", "waiting"])
                                ),
                                fields=["since", "id"],
                                name="request_to_do",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["question", "other"]),
                                    ("product__isnull", False),
                                    _connector="OR",
                                ),
                                name="a_request_to_change_names_a_product",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestMessage",
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
                            "deed",
                            models.CharField(
                                choices=[
                                    ("opened", "sent it"),
                                    ("said", "wrote"),
                                    ("taken", "took it on"),
                                    ("asked", "asked"),
                                    ("answered", "answered"),
                                    ("changed", "changed what is asked for"),
                                    ("applied", "applied it"),
                                    ("declined", "declined it"),
                                    ("withdrawn", "withdrew it"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("from_support", models.BooleanField(default=False)),
                        ("author_name", models.CharField(blank=True, max_length=150)),
                        ("text", models.TextField(blank=True, max_length=4000)),
                        ("details", models.JSONField(default=dict)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("subject", models.CharField(blank=True, max_length=200)),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "message_id",
                            models.CharField(blank=True, max_length=255, null=True, unique=True),
                        ),
                        ("verified", models.BooleanField(default=True)),
                        (
                            "author",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="billing.changerequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("request", "pk"),
                        "indexes": [
                            models.Index(fields=["request", "id"], name="message_of_a_request")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AutoUpgrade",
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
                        ("up_to", models.PositiveBigIntegerField()),
                        ("prices", models.JSONField()),
                        ("currency", models.CharField(max_length=3)),
                        ("interval", models.CharField(max_length=5)),
                        (
                            "agreed_by_name",
                            models.CharField(help_text="As known at that moment.", max_length=150),
                        ),
                        ("agreed_at", models.DateTimeField()),
                        ("concluded", models.PositiveBigIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("by hand", "Ended by hand"),
                                    ("anew", "Agreed anew"),
                                    ("agreer", "Who agreed may no longer buy"),
                                    ("price", "The price has risen above what was agreed to"),
                                    ("plan", "Another plan is held, or none"),
                                    ("failed", "It failed three times"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("ended_by_name", models.CharField(blank=True, max_length=150)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="auto_upgrades",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "agreed_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "automatic upgrade",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("account",),
                                name="an_account_has_one_automatic_upgrade",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        models.Q(("ended_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="an_automatic_upgrade_ends_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankImport",
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
                        ("file", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        ("new", models.PositiveIntegerField(default=0)),
                        ("known", models.PositiveIntegerField(default=0)),
                        ("outgoing", models.PositiveIntegerField(default=0)),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="BankLine",
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
                        ("number", models.PositiveIntegerField()),
                        ("booked_on", models.DateField()),
                        (
                            "amount_currency",
                            djmoney.models.fields.CurrencyField(
                                choices=CURRENCIES, default=None, editable=False, max_length=3
                            ),
                        ),
                        (
                            "amount",
                            djmoney.models.fields.MoneyField(decimal_places=3, max_digits=15),
                        ),
                        (
                            "reference",
                            models.CharField(help_text="The bank's own number.", max_length=140),
                        ),
                        ("payer_name", models.CharField(blank=True, max_length=200)),
                        ("text", models.CharField(blank=True, max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To be matched"),
                                    ("matched", "Matched"),
                                    ("aside", "Set aside"),
                                ],
                                default="open",
                                max_length=7,
                            ),
                        ),
                        ("tried_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "taken_in",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.bankimport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["-id"],
                                name="bank_line_to_match",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reference", "booked_on", "amount", "amount_currency"),
                                name="a_bank_line_is_taken_in_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankMatch",
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
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="matches",
                                to="billing.bankline",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bank_matches",
                                to="billing.order",
                            ),
                        ),
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bank_match",
                                to="billing.payment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reversal",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="undoes",
                                to="billing.payment",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("line",),
                                name="a_bank_line_is_matched_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Trial",
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
                        ("quantity", models.PositiveBigIntegerField()),
                        ("ends_on", models.DateField(db_index=True)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("granted_at", models.DateTimeField()),
                        ("granted_by_name", models.CharField(blank=True, max_length=150)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("keeps", models.PositiveBigIntegerField(default=0)),
                        ("agreed", models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                        ("kept_at", models.DateTimeField(blank=True, null=True)),
                        ("cause", models.CharField(blank=True, max_length=200)),
                        ("noticed_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("bought", "Bought as confirmed"),
                                    ("over", "Nothing was bought"),
                                    ("off", "Called off by support"),
                                    ("refused", "It could not be bought as confirmed"),
                                    ("against", "Something stood in the way of buying it"),
                                    ("instead", "It was bought in another way meanwhile"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trials",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "kept_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trials",
                                to="billing.product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("account", "product"),
                                name="an_account_tries_a_product_once_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        models.Q(("ended_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_trial_ends_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="a_trial_is_of_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalledOff",
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
                        ("reason", models.CharField(max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="called_off",
                                to="billing.order",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders_called_off",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "order called off",
                        "verbose_name_plural": "orders called off",
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="DealtWith",
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
            ],
        ),
        RefuseChange("Bill"),
        RefuseChange("Event"),
        RefuseChange("Invoice"),
        RefuseChange("LedgerEntry"),
        RefuseChange("Line"),
        RefuseChange("Payment"),
        RefuseChange("PricePin"),
        RefuseChange("SellerDetails"),
        RefuseChange("Correction"),
        RefuseChange("ContactEntry"),
        RefuseChange("RequestMessage"),
        RefuseChange("CalledOff"),
        RefuseChange("DealtWith"),
    ]
