"""Who does what with the money of a small school: mostly what they should, often enough what they should not."""

from tests.money import mischief, routine
from tests.money.paper_office import PaperOffice
from tests.money.turns import Deed, Turn


def nothing(office: PaperOffice, turn: Turn) -> None:
    """Nobody does anything: what a history shrinks to."""


DEEDS: tuple[Deed, ...] = (
    nothing,
    *(routine.go_on_with_claim,) * 12,
    *(routine.go_on_with_request,) * 3,
    *(routine.go_on_with_line,) * 2,
    *(routine.go_on_with_income,) * 2,
    *(routine.take_back_or_return,) * 2,
    mischief.type_a_status,
    mischief.decide_for_another,
    *(mischief.sign_as_insider,) * 2,
    mischief.sign_too_early,
    mischief.change_a_claim,
    mischief.tamper_with_an_invoice,
    mischief.share_an_invoice,
    mischief.pay_wrongly,
    mischief.write_a_computed_cell,
    mischief.tamper_with_income,
    mischief.tamper_with_the_company,
    mischief.change_hands,
    mischief.submit_everything,
)
"""By chance of being done: about two thirds go on as they should."""


def play(office: PaperOffice, turn: Turn) -> None:
    DEEDS[turn.kind % len(DEEDS)](office, turn)
    if not turn.asleep:
        office.look()
