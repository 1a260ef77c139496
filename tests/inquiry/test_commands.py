"""``houqin rules``, ``explain`` and ``rehearse`` where a worker has stopped and the host is gone.

Each is run once as a process of its own; the rest in this one, which is what takes seconds less.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from automations import cli
from automations.assemble import stored_office
from automations.engine import Office
from automations.rehearsal.whatif import Submission
from automations.rehearsal.year import submissions
from automations.rules import RULES
from automations.rules.elsewhere import ELSEWHERE, SAME_AS
from automations.settings import Settings
from tests.office import WORKER
from tests.stored import ACCOUNT, SETTINGS, Stored
from tests.test_cli import houqin


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(stored: Stored, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command here, in the folder of the stored school or another."""

    def command(*words: str, folder: Path = stored.folder) -> Done:
        monkeypatch.chdir(folder)
        for name, value in SETTINGS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["houqin", *words])
        capsys.readouterr()
        code = cli.run()
        return Done(code, *capsys.readouterr())

    return command


# --- rules ------------------------------------------------------------------------------------------------------------


def listed(done: Done) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_rules_without_an_office_tells_what_ships_and_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    found = listed(run("rules", "--json", folder=tmp_path))
    doubled = sum(one.id in SAME_AS.values() for one in (*RULES, *ELSEWHERE))
    assert len(found) == len(RULES) + len(ELSEWHERE) + doubled
    assert not list(tmp_path.iterdir())


def test_rules_are_one_object_a_line_in_plain_chinese(tmp_path: Path) -> None:
    text = houqin(tmp_path, "rules", "--json").stdout
    [line] = [x for x in text.splitlines() if '"covered_by_invoices"' in x]
    assert json.loads(line.rstrip(","))["message"] == "申请金额{amount}元大于发票合计{total}元，差{gap}元。"
    assert "支出单" in line


def test_rules_with_an_office_tells_its_own_parameters(run: Run) -> None:
    found = listed(run("rules", "--json"))
    [reception] = [
        p
        for one in found
        if one["function"] == "approved_beforehand"
        for p in one["settings"]
        if p["key"] == "request.always"
    ]
    assert reception["value"] and reception["origin"] in ("参数标准", "系统自带")
    [substitute] = {
        p["value"] for one in found if one["id"] == "SG-03" for p in one["settings"] if p["key"] == "chain.substitute"
    }
    assert substitute == "郑副校长"


def test_rules_as_a_table_to_read(run: Run, tmp_path: Path) -> None:
    lines = run("rules", folder=tmp_path).stdout.splitlines()
    titles = [line.rstrip() for line in lines if line.rstrip().endswith("条）")]
    assert any(t.startswith("支出单（") for t in titles) and titles[-1].startswith("各张须签批的表（")
    [row] = [line for line in lines if "IV-04" in line and "付款" in line]
    assert "拦截" in row and "提交、会计、付款" in row and "发票{problem}，不得报销" in row
    assert any("cash.limit＝1000元（标准待核实）" in line for line in lines)
    assert lines[-1].startswith(f"共{len(listed(run('rules', '--json', folder=tmp_path)))}条规则")
    assert lines[-1].endswith("请对照本地文件在“参数标准”里核实。")


# --- explain ----------------------------------------------------------------------------------------------------------


def test_explain_needs_no_host(stored: Stored) -> None:
    assert not (stored.folder / "var" / "tables.db").exists()
    done = houqin(stored.folder, "explain", stored.codes["approved"], **SETTINGS)
    assert done.returncode == 0, done.stderr
    assert "签批：第1轮" in done.stdout and "✓ EX-02 通过：" in done.stdout
    assert ACCOUNT not in done.stdout
    assert not (stored.folder / "var" / "tables.db").exists(), "nobody signed in anywhere"


def test_explain_one_rule_at_one_moment(run: Run, stored: Stored) -> None:
    done = run("explain", stored.codes["approved"], "--rule", "EX-09", "--moment", "付款")
    assert done.stdout.count("EX-09 通过") == 2 and "EX-02" not in done.stdout


def test_explain_an_unknown_code(run: Run, stored: Stored) -> None:
    done = run("explain", "ZC-2026-9001")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("没有编号为“ZC-2026-9001”的行。相近的编号：")


def test_explain_where_nothing_was_read_yet(run: Run, tmp_path: Path) -> None:
    done = run("explain", "ZC-2026-0001", folder=tmp_path)
    assert done.returncode == 1 and "请先运行 houqin once" in done.stderr
    assert not list(tmp_path.iterdir())


# --- rehearse ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def stricter(stored: Stored) -> Path:
    path = stored.folder / "试用.toml"
    path.write_text('"compare.limit" = "900"\n"chain.top_from" = "700"\n', "utf-8")
    return path


def test_rehearse_lists_what_would_differ_with_sums(stored: Stored, stricter: Path) -> None:
    done = houqin(stored.folder, "rehearse", "--settings", stricter.name, "--year", "2026", **SETTINGS)
    assert done.returncode == 0, done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert "参数 chain.top_from：0 → 700" in lines
    assert any(line.startswith("重看2026年提交的事前审批0行、采购项目0行、支出单5行") for line in lines)
    [routed] = [line for line in lines if stored.codes["approved"] in line and "小项三级 → 内部比选+集体" in line]
    assert "金额986元达到内部比选起点900元" in "".join(lines) and "购置打印纸" in routed
    assert "改走路径：2行，合计48,986元" in lines, "986 and the 48,000 that was stopped"
    assert "签批级次不同：3行，合计1,160元" in lines, "650, 300 and 210"


def test_rehearse_as_json(run: Run, stored: Stored, stricter: Path) -> None:
    data = json.loads(run("rehearse", "--settings", stricter.name, "--year", "2026", "--json").stdout)
    assert list(data) == ["year", "settings", "rows", "differences", "totals"]
    assert {"key": "chain.top_from", "was": "0", "now": "700"} in data["settings"]
    assert data["rows"] == {"requests": 0, "procurements": 0, "expense_claims": 5}
    assert data["totals"]["re-routed"] == {"rows": 2, "sum": "48986.00"}
    assert {d["kind_title"] for d in data["differences"] if d["kind"] == "chain"} == {"签批级次不同"}
    assert sum(Decimal(d["amount"]) for d in data["differences"] if d["kind"] == "re-routed") == Decimal(48986)


def test_rehearse_another_year_finds_nothing(run: Run, stored: Stored, stricter: Path) -> None:
    done = run("rehearse", "--settings", stricter.name, "--year", "2025")
    assert "支出单0行" in done.stdout and done.stdout.rstrip().endswith("没有一行会有不同的结果。")


def test_rehearse_changes_nothing(run: Run, stored: Stored, stricter: Path) -> None:
    before = run("explain", stored.codes["approved"]).stdout
    run("rehearse", "--settings", stricter.name, "--year", "2026")
    assert run("explain", stored.codes["approved"]).stdout == before
    assert run("verify").returncode == 0


def test_rehearse_tells_every_mistake_of_the_file(run: Run, stored: Stored) -> None:
    path = stored.folder / "错.toml"
    path.write_text('"compare.limt" = "900"\n"claim.days" = "很久"\n', "utf-8")
    done = run("rehearse", "--settings", path.name)
    assert done.returncode == 1 and "错.toml 有2处要改：" in done.stderr
    assert "第1行：没有参数“compare.limt”，是不是“compare.limit”？" in done.stderr and "第2行：" in done.stderr


def test_rehearse_refuses_a_chain_without_its_signatures(run: Run, stored: Stored) -> None:
    path = stored.folder / "链.toml"
    path.write_text('# 签批顺序\n"chain.small" = "经办人→会计→主要领导"\n', "utf-8")
    done = run("rehearse", "--settings", path.name)
    assert done.returncode == 1 and "第2行：参数“chain.small”不能缺少“分管领导”" in done.stderr


def test_rehearse_with_the_present_parameters_has_nothing_to_try(run: Run, stored: Stored) -> None:
    path = stored.folder / "同.csv"
    path.write_text("参数键,参数值\nclaim.days,30\n", "utf-8")
    done = run("rehearse", "--settings", path.name)
    assert done.returncode == 1 and "和现在的一样" in done.stderr


# --- what was asked for -----------------------------------------------------------------------------------------------


@pytest.fixture
def office(stored: Stored, tmp_path: Path) -> Iterator[Office]:
    """A copy, for tests that write into it."""
    shutil.copytree(stored.folder / "var", tmp_path / "var")
    found = stored_office(Settings(host="memory", host_email=WORKER, var=tmp_path / "var"), datetime.now(UTC).date())
    yield found
    found.mirror.close()
    found.journal.close()


def asked(office: Office) -> dict[str, Submission]:
    return {str(one.values["code"]): one for one in submissions(office, lambda title: None)}


def test_everything_ever_submitted_is_gathered(office: Office, stored: Stored) -> None:
    found = asked(office)
    assert set(found) == {stored.codes[n] for n in ("approved", "signing", "blocked", "returned", "changed")}
    approved = found[stored.codes["approved"]]
    assert approved.at == datetime(2026, 9, 1, 1, 0, tzinfo=UTC) + (
        approved.at - datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    )
    assert [part.amount for part in approved.parts] == [Decimal("986.00")]
    assert {hold.kind for hold in approved.holds} == {"budget", "invoice"} and approved.moments == ("提交",)
    assert found[stored.codes["blocked"]].holds == ()


def test_a_row_counts_from_its_last_submission(office: Office, stored: Stored) -> None:
    found = asked(office)
    assert found[stored.codes["returned"]].at.date() == datetime(2026, 9, 2).date()


@pytest.mark.parametrize("day, last", [(date(2026, 8, 20), date(2026, 9, 1)), (date(2026, 9, 20), date(2026, 9, 20))])
def test_a_submission_that_was_stopped_is_one_too(office: Office, stored: Stored, day: date, last: date) -> None:
    at = datetime.combine(day, time(3), UTC)
    with office.journal.write() as tx:
        tx.append("blocked", f"expense_claims/{stored.codes['approved']}", {"rules": ["EX-02"]}, at)
    assert asked(office)[stored.codes["approved"]].at.date() == last


def test_a_row_that_came_along_counts_from_its_business_day(office: Office, stored: Stored) -> None:
    [row] = office.mirror.select("expense_claims", code=stored.codes["draft"])
    office.mirror.patch("expense_claims", row.id, {"status": "已归档", "paid_on": datetime(2026, 8, 30).date()})
    found = asked(office)[stored.codes["draft"]]
    assert found.at.astimezone(UTC) == datetime(2026, 8, 27, 16, 0, tzinfo=UTC), "2026-08-28 in Beijing"
    assert found.moments == ("提交", "付款") and found.handler is not None
