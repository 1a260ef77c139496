"""A small school whose stores are files, left as a worker that stopped leaves them."""

from dataclasses import dataclass
from pathlib import Path

from automations.tables.values import Value
from tests.conftest import Clock
from tests.office import WORKER, SmallOffice

ACCOUNT, OLD_ACCOUNT = "6222003100012345678", "6222003100098765432"
"""Bank accounts of a company: nobody shall read them in full."""

SETTINGS = {"HOUQIN_HOST": "memory", "HOUQIN_HOST_EMAIL": WORKER}
"""In the environment of commands that look at it."""


@dataclass(frozen=True)
class Stored:
    """Where it lies, and the codes of its claims by what became of them."""

    folder: Path
    codes: dict[str, str]


def stored_school(folder: Path) -> Stored:
    """Build it; the host is gone afterwards, only mirror and journal are left."""
    (folder / "var").mkdir()
    office = SmallOffice(
        Clock(),
        mirror=f"sqlite:///{folder / 'var' / 'mirror.db'}",
        journal=f"sqlite:///{folder / 'var' / 'journal.db'}",
    )
    [vendor] = office.host.create(
        "vendors",
        [
            {
                "name": "利民文体商行",
                "uscc": "915000000000000192",
                "bank_name": "农行",
                "bank_account": ACCOUNT,
                "bank_verified": True,
            }
        ],
    )
    office.turn(slow=True)
    office.settle()
    to_company: dict[str, Value] = {"payee_kind": "服务商", "payee": None, "vendor": vendor, "payee_account": ACCOUNT}
    found = {
        "approved": office.approved(title="购置打印纸", amount="986", seller="利民文体商行", **to_company),
        "signing": office.submitted(title="购置台账本", amount="650"),
        "blocked": _blocked(office),
        "returned": _returned(office),
        "changed": _changed(office, to_company),
        "draft": office.claim(title="购置文件柜", amount="420"),
    }
    office.settle()
    codes = {name: str(office.row(claim)["code"]) for name, claim in found.items()}
    invoices = office.host.changed("invoices", None).rows
    codes["invoice"] = next(str(i["code"]) for i in invoices if i["claim"] == found["approved"])
    codes["step"] = str(office.steps(found["signing"])[0]["code"])
    codes["person"] = str(office.row(office.ids["王文员"], "people")["code"])
    office.close()
    return Stored(folder, codes)


def _blocked(office: SmallOffice) -> int:
    """Asks for more than the budget line has."""
    claim = office.claim(title="大额办公用品", amount="48000")
    office.settle()
    office.person("王文员").submit(claim)
    office.settle()
    return claim


def _returned(office: SmallOffice) -> int:
    """Returned by 会计 and submitted again a day later."""
    claim = office.submitted(title="购置墨盒", amount="300")
    office.sign(claim, "周科长")
    office.settle()
    office.sign(claim, "李会计", "退回", "请补充明细清单")
    office.settle()
    office.clock.pass_by(days=1)
    office.person("王文员").submit(claim)
    office.settle()
    return claim


def _changed(office: SmallOffice, to_company: dict[str, Value]) -> int:
    """Its account is changed while it is being signed: the signatures fall."""
    claim = office.submitted(title="购置档案盒", amount="210", seller="利民文体商行", **to_company)
    office.person("王文员").edit("expense_claims", claim, payee_account=OLD_ACCOUNT)
    office.settle()
    return claim
