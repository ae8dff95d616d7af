"""A bank's file with columns of its own: the desk asks which is what, once for each header."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing import tasks
from billing.models import BankLayout, BankLine, BankUpload
from tests.admin.book import RENEWAL

pytestmark = pytest.mark.django_db

ADD = "admin:billing_bankline_add"
HEAD = "Kdy;Kolik;Pohyb;Kdo;Vzkaz;Saldo"
ROWS = "14.03.2026;1.234,56;B-1;Alfa;SL-2026-000042;9\n15.03.2026;-5,00;B-2;Beta;;4\n"
WHICH = {"date": "0", "amount": "1", "reference": "2", "payer": "3", "text": "4"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(RENEWAL, tick=False):
        yield


def send(client: Client, text: str = f"{HEAD}\n{ROWS}", **more: str) -> Any:
    file = SimpleUploadedFile("march.csv", text.encode())
    return client.post(reverse(ADD), {"file": file, **more}, follow=True)


def say(client: Client, **more: str) -> Any:
    address = reverse("admin:billing_bankline_columns", args=[BankUpload.objects.get().pk])
    return client.post(address, {**WHICH, "for_all": "czk", **more}, follow=True)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_columns_that_are_not_known_are_asked_for_with_the_first_rows(seat):
    asked = send(seat(Role.BILLING))

    for shown in (
        '<th scope="col">2. Kolik</th>',
        '<td data-label="Kolik">1.234,56</td>',
        '<td data-label="Kdo">Beta</td>',
    ):
        assert shown in words(asked), shown
    assert not BankLine.objects.exists()


def test_what_is_said_is_taken_in_and_remembered(seat):
    client = seat(Role.BILLING)
    send(client)

    told = say(client)

    assert "1 new lines, 0 known already, 1 of money that went out" in words(told)
    line = BankLine.objects.get()
    assert (str(line.amount.amount), line.amount.currency.code) == ("1234.560", "CZK")
    assert (line.reference, line.payer_name, line.text) == ("B-1", "Alfa", "SL-2026-000042")
    assert not BankUpload.objects.exists()
    # The next file with these columns is not asked about: at the desk, in any case of its titles.
    again = send(client, f"{HEAD.upper()}\n16.03.2026;7,00;B-3;Alfa;;1\n")
    assert "1 new lines" in words(again)


def test_lines_above_a_header_that_is_known_are_nothing_to_ask_about(seat):
    known = "Účet;CZ65 0800\n\nDatum;Objem;Měna;ID pohybu\n14.03.2026;5,00;EUR;B-1\n"

    assert "1 new lines" in words(send(seat(Role.BILLING), known))


def test_which_line_is_the_header_is_asked_where_it_is_in_doubt(seat):
    client = seat(Role.BILLING)
    overview = f"Datum;Betrag;Referenz\n01.03.2026;5,00;Anfang\n{HEAD}\n{ROWS}"
    text = overview.replace("Kdy;Kolik;Pohyb", "Datum;Částka;ID pohybu")

    asked = send(client, text)

    assert "More than one line names the columns." in words(asked)
    assert '<option value="1" selected>1. Datum · Betrag · Referenz</option>' in words(asked)
    chosen = words(client.get(asked.redirect_chain[-1][0], {"line": "3"}))
    assert '<option value="3" selected>' in chosen
    assert "2. Částka</th>" in chosen
    assert "1 new lines" in words(say(client, line="3"))
    assert BankLine.objects.get().reference == "B-1"
    # It is remembered, so nothing is in doubt the next time.
    assert "1 new lines" in words(send(client, text.replace("B-1", "B-7")))


def test_the_line_that_looks_like_the_header_is_chosen_beforehand(seat):
    client = seat(Role.BILLING)
    above = "Účet;Majitel;Měna\nCZ65;Alfa;EUR\n\n"

    asked = words(send(client, f"{above}{HEAD}\n{ROWS}"))

    assert '<option value="4" selected>4. Kdy · Kolik · Pohyb' in asked
    assert '<td data-label="Kolik">1.234,56</td>' in asked
    assert "1 new lines" in words(say(client, line="4"))
    assert "1 new lines" in words(send(client, f"{above}{HEAD}\n{ROWS.replace('B-1', 'B-9')}"))


@pytest.mark.parametrize("line", ["", "0", "3", "99", "x", "1" * 30])
def test_a_line_that_is_no_header_is_not_chosen(seat, line):
    client = seat(Role.BILLING)
    send(client)
    address = reverse("admin:billing_bankline_columns", args=[BankUpload.objects.get().pk])

    assert "2. Kolik</th>" in words(client.get(address, {"line": line})) or line == "3"


def test_the_command_knows_what_was_said(seat, tmp_path):
    client = seat(Role.BILLING)
    file = tmp_path / "march.csv"
    file.write_text(f"{HEAD}\n{ROWS}")
    with pytest.raises(CommandError, match="nothing was taken in"):
        call_command("import_payments", str(file))
    send(client, f"{HEAD}\n16.03.2026;7,00;B-3;Alfa;;1\n")
    say(client)

    call_command("import_payments", str(file))

    assert BankLine.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"date": ""}, "Say which column it is: a line needs it."),
        ({"amount": "0"}, "That column is “Day of booking” already."),
        ({"payer": "9"}, "Select a valid choice"),
        ({"for_all": ""}, "Choose a column above, or type the currency of all lines."),
        ({"amount": "3"}, "Line 2: amount: expected a number like 1.234,56"),
        ({"date": "2", "reference": "0"}, "Line 3: date: expected 2026-03-14"),
        ({"for_all": "QQQ"}, "Line 2: currency: QQQ is not known."),
    ],
)
def test_what_was_said_wrongly_is_named_and_stays_to_be_mended(seat, said, problem):
    client = seat(Role.BILLING)
    send(client)

    # The payer's column has to be free where the amount is said to stand there.
    answer = say(client, **({"payer": ""} | said))

    assert answer.status_code == 422
    assert problem in words(answer)
    assert not BankLine.objects.exists()
    assert not BankLayout.objects.exists()
    assert "1 new lines" in words(say(client))


def test_columns_that_are_known_are_chosen_beforehand(seat):
    asked = send(seat(Role.BILLING), "Datum;Kolik;ID pohybu\n14.03.2026;5,00;B-1\n", currency="EUR")

    for chosen in ("1. Datum", "3. ID pohybu"):
        assert f"selected>{chosen}<" in words(asked)
    assert "selected>2. Kolik<" not in words(asked)
    assert 'value="EUR"' in words(asked)


def test_what_was_remembered_wrongly_is_asked_again_with_its_mistakes(seat):
    """Amount and balance were taken for each other, until a file came without a balance."""
    client = seat(Role.BILLING)
    send(client)
    say(client, amount="5")

    asked = send(client, f"{HEAD}\n17.03.2026;8,00;B-9;Alfa;;\n")
    assert "Line 2: amount: expected a number" in words(asked)
    assert "selected>6. Saldo<" in words(asked)
    say(client)

    assert BankLayout.objects.get().places["amount"] == 1
    assert BankLine.objects.filter(reference="B-9", amount=8).exists()


def test_what_is_remembered_can_be_forgotten(seat):
    client = seat(Role.BILLING)
    send(client)
    say(client)
    layout = BankLayout.objects.get()
    assert "Kdy, Kolik, Pohyb" in words(client.get(reverse(ADD)))

    client.post(reverse(ADD), {"forget": str(layout.pk)})

    assert not BankLayout.objects.exists()
    assert "The first rows" in words(send(client))


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "\ufeff"])
def test_what_is_no_file_of_lines_is_not_asked_about(seat, text):
    answer = send(seat(Role.BILLING), text)

    assert answer.status_code == 422
    assert not BankUpload.objects.exists()


def test_a_file_that_is_no_table_further_down_is_refused_with_its_line(seat):
    """Its header would be asked about: the first rows could not be shown."""
    answer = send(seat(Role.BILLING), f'{HEAD}\n14.03.2026;1,00;"B"x;Alfa;;1\n')

    assert answer.status_code == 422
    assert "Line 2: " in words(answer)
    assert not BankUpload.objects.exists()


def test_a_file_that_nobody_says_anything_of_is_thrown_away(seat):
    """Names and amounts of customers are kept no longer than for a day, sent again or not."""
    send(seat(Role.BILLING))
    tasks.match_bank_lines()
    assert BankUpload.objects.exists()

    with time_machine.travel(RENEWAL + timedelta(days=1, seconds=1), tick=False):
        tasks.match_bank_lines()

    assert not BankUpload.objects.exists()


def test_a_file_waits_for_a_day(seat):
    client = seat(Role.BILLING)
    send(client)
    BankUpload.objects.update(at=RENEWAL - timedelta(days=1, seconds=1))

    send(client, f"Another;{HEAD}\nx;{ROWS}")

    assert BankUpload.objects.count() == 1


def test_who_only_reads_is_not_asked(seat):
    send(seat(Role.BILLING))
    reader = seat(Role.READ_ONLY)

    address = reverse("admin:billing_bankline_columns", args=[BankUpload.objects.get().pk])
    assert reader.get(address).status_code == 403
    assert reader.post(address, WHICH).status_code == 403


def test_a_file_that_there_is_not_is_not_found(seat):
    client = seat(Role.BILLING)

    assert client.get(reverse("admin:billing_bankline_columns", args=[0])).status_code == 404
