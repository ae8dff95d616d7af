"""The table of ISO 4217: how many decimals the minor unit of each currency has."""

from __future__ import annotations

from typing import Final

# The current list of ISO 4217, by its column "minor unit". Metals, bond units and test codes have
# none there ("N.A.") and are no money that an invoice can be written in, so they are absent.
_CURRENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

# Withdrawn since 2015; an imported book may still hold invoices in them.
_WITHDRAWN: Final = {
    0: "BYR",
    2: "ANG BGN CUC HRK LTL MRO SLL STD VEF ZMK ZWL",
}

MINOR_DIGITS: Final[dict[str, int]] = {
    code: digits
    for table in (_CURRENT, _WITHDRAWN)
    for digits, codes in table.items()
    for code in codes.split()
}


def is_current(currency: str) -> bool:
    """Whether it is in the current list of ISO 4217, and not withdrawn."""
    return any(currency in codes.split() for codes in _CURRENT.values())
