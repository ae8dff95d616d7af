"""What is published of prices: the figures that the demo's catalogue has."""

FIGURES = [
    # PLAN-2: 15 / 49 / 79 / 145 USD a month for 1,000 contacts, billed yearly
    ("marketing-starter", "year", 1000, "180"),
    ("marketing-plus", "year", 1000, "588"),
    ("marketing-pro", "year", 1000, "948"),
    ("marketing-enterprise", "year", 1000, "1740"),
    ("sales-pro", "year", 1000, "948"),
    ("bundle-pro", "year", 1000, "1516.80"),
    ("marketing-pro", "month", 1000, "98.75"),
    ("marketing-pro", "month", 2500, "197.50"),
    ("marketing-pro", "year", 100_000, "20856"),
    # PLAN-2: included users 1 / 1 / 3 / 5, extra ones 19 / 19 / 49 / 99 USD
    ("users-starter", "month", 2, "19"),
    ("users-plus", "month", 4, "57"),
    ("users-pro", "month", 3, "0"),
    ("users-pro", "month", 5, "98"),
    ("users-enterprise", "month", 6, "99"),
    # PLAN-7
    ("pipelines", "month", 1, "68"),
    ("custom-reporting", "month", 1, "149"),
    ("transactional-email", "month", 1, "20"),
    ("sms-credits", "month", 2500, "60"),
    # CONV-4, RSL-3
    ("conversations-seats", "month", 1, "19"),
    ("team", "month", 1, "24"),
    ("team", "year", 1, "240"),
    # AGY-4, AGY-5
    ("agency-plan", "month", 1, "299"),
    ("agency-data-sources", "month", 10, "19"),
    ("agency-seats", "month", 1, "15"),
    ("agency-messages", "month", 2000, "29"),
]
LICENCES = {  # LIC-1
    **{"voice": "30", "outbound": "15", "email": "15", "chat": "15", "sms": "8", "social": "15"},
    **{"back-office": "8", "cloudphone": "6", "recording": "4", "speech-to-text": "50"},
    **{"speech-to-text-minutes": "0.01", "power-packs": "0"},
    **{"smart-routing": "25", "ai-topics": "25", "ai-qa": "25"},
}
