"""The claim's journey and its traps on Baserow (the double), each step by the account of the person who takes it."""

from collections.abc import Iterator

import pytest

from automations.tables.base import Host
from automations.tables.baserow import Baserow
from automations.tables.baserow_admin import Member, bootstrap
from tests import test_claim_on_nocodb as journey
from tests.baserow_double import BaserowDouble
from tests.contract.baserow_office import ADMIN, PASSWORD, Person
from tests.office import ACCOUNTS, WORKER, RealClock, SmallOffice


class School:
    """A workspace with everybody's account and an empty database."""

    def __init__(self, url: str) -> None:
        self.url = url
        everybody = {WORKER: "后勤助手", **ACCOUNTS}
        members = [Member(email, name, PASSWORD, admin=email == WORKER) for email, name in everybody.items()]
        bootstrap(url, ADMIN, "示例区委党校", "行政后勤", members)

    def login(self, email: str) -> Host:
        return (Baserow if email == WORKER else Person)(self.url, email, PASSWORD, "行政后勤")


@pytest.fixture(scope="module")
def office() -> Iterator[SmallOffice]:
    with BaserowDouble() as double:
        yield SmallOffice(RealClock(), server=School(double.url))


def test_a_claim_is_signed_paid_and_archived(office: SmallOffice) -> None:
    journey.test_a_claim_is_signed_paid_and_archived(office)


def test_wrong_signer_out_of_order_changed_after_approval_duplicate_invoice(office: SmallOffice) -> None:
    journey.test_wrong_signer_out_of_order_changed_after_approval_duplicate_invoice(office)
