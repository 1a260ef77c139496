"""The claim's journey and its traps on Baserow, each step by the account of the person who takes it.

On the double always; on a live server too where its address is in the environment (see tests/contract).
"""

import os
import uuid
from collections.abc import Iterator

import pytest

from automations.tables.base import Host
from automations.tables.baserow import Baserow
from automations.tables.baserow_admin import Member, bootstrap
from tests import test_claim_on_nocodb as journey
from tests.baserow_double import BaserowDouble
from tests.contract.baserow_office import ADMIN, PASSWORD, Person
from tests.office import ACCOUNTS, WORKER, RealClock, SmallOffice

LIVE = "HOUQIN_TEST_BASEROW_URL"


class School:
    """A workspace with everybody's account and an empty database."""

    def __init__(self, url: str, admin: Member) -> None:
        self.url = url
        self.database = f"行政后勤 {uuid.uuid4().hex[:8]}"
        everybody = {WORKER: "后勤助手", **ACCOUNTS}
        members = [Member(email, name, PASSWORD, admin=email == WORKER) for email, name in everybody.items()]
        bootstrap(url, admin, self.database, self.database, members)

    def login(self, email: str) -> Host:
        return (Baserow if email == WORKER else Person)(self.url, email, PASSWORD, self.database)


@pytest.fixture(scope="module", params=["double", pytest.param("live", marks=pytest.mark.baserow_live)])
def office(request: pytest.FixtureRequest) -> Iterator[SmallOffice]:
    if request.param == "double":
        with BaserowDouble() as double:
            yield SmallOffice(RealClock(), server=School(double.url, ADMIN))
        return
    if LIVE not in os.environ:
        pytest.skip(f"no live Baserow: {LIVE} is not set")
    admin = Member(os.environ["HOUQIN_TEST_BASEROW_EMAIL"], "管理员", os.environ["HOUQIN_TEST_BASEROW_PASSWORD"])
    yield SmallOffice(RealClock(), server=School(os.environ[LIVE], admin))


def test_a_claim_is_signed_paid_and_archived(office: SmallOffice) -> None:
    journey.test_a_claim_is_signed_paid_and_archived(office)


def test_wrong_signer_out_of_order_changed_after_approval_duplicate_invoice(office: SmallOffice) -> None:
    journey.test_wrong_signer_out_of_order_changed_after_approval_duplicate_invoice(office)
