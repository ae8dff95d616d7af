"""What the demo's people work as: queues, logins, types, QA forms and Accesses of its accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounts.models import Member
from accounts.rights import Right

Type = Member.Type
NOBODY: Final = range(0)


@dataclass(frozen=True, slots=True)
class Ai:
    """What AI does in a queue; ``form`` names that of its reviews, ``spoken`` a language."""

    routing: bool = False
    topics: bool = False
    form: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue, and the places of those of the crew who are logged in to it."""

    name: str
    channel: str
    number: int
    crew: range
    outbound: bool = False
    active: bool = True
    ai: Ai | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """An Access: what it opens, and the places of those of the crew who have it."""

    name: str
    rights: tuple[Right, ...]
    crew: range


@dataclass(frozen=True, slots=True)
class Floor:
    """What the crew of an account works as, by their places in it; all others are passive.

    ``agents`` take a seat of Conversations each, ``viewers`` none.

    At the end the ``suspended`` of them are away, the first of whom asks to come back, and others
    are ``awaiting`` approval or ``invited``.
    """

    queues: tuple[Line, ...] = ()
    contact_centre: range = NOBODY
    back_office: range = NOBODY
    calling_back_office: range = NOBODY
    cloudphone: range = NOBODY
    qa_forms: tuple[tuple[str, bool], ...] = ()
    accesses: tuple[Opening, ...] = ()
    agents: range = NOBODY
    viewers: range = NOBODY
    suspended: range = NOBODY
    awaiting: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()

    def types(self) -> Iterator[tuple[int, str, bool]]:
        """Place, type, and whether they may call without a queue."""
        for place in self.contact_centre:
            yield place, Type.CONTACT_CENTRE, False
        for place in self.back_office:
            yield place, Type.BACK_OFFICE, place in self.calling_back_office
        for place in self.cloudphone:
            yield place, Type.CLOUDPHONE, False


LEADS: Final = (Right.UPDATE_TEAM, Right.UPDATE_QUEUES, Right.UPDATE_QA_FORMS)
LICENCES: Final = (Right.UPDATE_LICENSING, Right.SEE_TEAM, Right.SEE_QUEUES)
SEATS: Final = (Right.UPDATE_CONVERSATIONS, Right.SEE_TEAM)
READS: Final = (Right.SEE_TEAM, Right.SEE_CONVERSATIONS, Right.SEE_QUEUES)

# Nobody uses more than the account owns at its lowest: see the moves of the cast.
FLOORS: Final = {
    "C-101": Floor(
        queues=(
            Line("Objednávky", "voice", 1, range(2), outbound=True),
            Line("Dílna", "voice", 2, range(1, 3)),
        ),
        contact_centre=range(3),
        accesses=(Opening("Vedoucí směny", LEADS, range(1)),),
        suspended=range(3, 4),
        awaiting=("Ondřej Zeman",),
        invited=("Monika Sýkorová",),
    ),
    "C-121": Floor(
        queues=(
            Line(
                "Prodej",
                "voice",
                100,
                range(9),
                outbound=True,
                ai=Ai(topics=True, form="Kontrola hovoru", spoken="cs"),
            ),
            Line("Zákaznická linka", "voice", 101, range(6, 18), ai=Ai(spoken="cs")),
            Line("Chat na webu", "chat", 110, range(16, 21), ai=Ai(topics=True)),
            Line("Noční linka", "voice", 199, NOBODY, active=False),
        ),
        # The last of them is in no queue, and so needs a channel licence.
        contact_centre=range(22),
        qa_forms=(("Kontrola hovoru", True), ("Kontrola chatu", False)),
        accesses=(
            Opening("Vedoucí směny", LEADS, range(2)),
            Opening("Licence", LICENCES, range(2, 3)),
            Opening("Přehledy", READS, range(22, 28)),
        ),
        suspended=range(28, 30),
        awaiting=("Radka Vlková",),
        invited=("Stanislav Beran", "Tereza Šimková"),
    ),
    "C-122": Floor(
        queues=(
            Line(
                "Assistenza clienti",
                "voice",
                1,
                range(8),
                ai=Ai(form="Qualità delle chiamate", spoken="it"),
            ),
            Line("Ordini", "email", 2, range(6, 11), ai=Ai(routing=True, topics=True)),
            Line("Promemoria", "sms", 3, range(10, 12)),
            Line("Pagine social", "social", 4, range(11, 13)),
        ),
        contact_centre=range(13),
        qa_forms=(("Qualità delle chiamate", True),),
        accesses=(Opening("Capiturno", LEADS, range(1)),),
        suspended=range(14, 15),
    ),
    "C-123": Floor(
        queues=(
            Line("Verkauf", "voice", 10, range(18), outbound=True),
            Line("Hotline", "voice", 11, range(12, 34)),
        ),
        contact_centre=range(34),
        back_office=range(34, 40),
        calling_back_office=range(34, 36),
        cloudphone=range(40, 47),
        qa_forms=(("Gesprächsprüfung", True), ("Einarbeitung", False)),
        accesses=(
            Opening("Teamleitung", LEADS, range(3)),
            Opening("Lizenzen", LICENCES, range(3, 5)),
            Opening("Berichte", READS, range(47, 60)),
        ),
        suspended=range(112, 118),
        awaiting=("Lutz Nolte", "Mara Opitz"),
        invited=("Nils Pohl", "Ona Quandt", "Paul Rabe"),
    ),
    "C-124": Floor(
        queues=(
            Line("Support", "voice", 1, range(7), ai=Ai(spoken="en")),
            Line("Live chat", "chat", 2, range(5, 9)),
        ),
        contact_centre=range(9),
        accesses=(Opening("Shift leads", LEADS, range(1)),),
    ),
    "C-131": Floor(
        agents=range(5),
        viewers=range(5, 6),
        accesses=(Opening("Front desk leads", SEATS, range(1)),),
    ),
    # All that it owns is in use.
    "C-132": Floor(agents=range(3)),
}
