"""``houqin preview NAME``: whom an automation would tell what, or which rows it would add; nothing is sent."""

from datetime import date, datetime, time
from typing import Annotated

import typer

from automations import assemble
from automations.approvals.words import SHANGHAI
from automations.engine.following import Following
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.errors import HouqinError
from automations.follow import FOLLOWS, Follow, following
from automations.jobs import Job
from automations.settings import load_settings
from automations.terminal import console

MORNING = time(8, 40)


def preview(
    job: Annotated[str, typer.Argument(help="自动化的名字，见 automations/jobs/")],
    on: Annotated[str, typer.Option("--on", help="当作是哪一天，如 2026-09-01")] = "",
) -> int:
    """看某个自动化在某天会通知谁、说什么，或会新增哪些行；不发送，不写入。"""
    engine = assemble.build(load_settings())
    assert engine.notices is not None, "assemble makes an engine that tells people"
    now = datetime.combine(_day(on), MORNING, SHANGHAI) if on else datetime.now(SHANGHAI)
    engine.office.reload(now.date())
    if (known := engine.notices.jobs.get(job)) is not None:
        return _notices(engine.office, engine.notices, known, now)
    if (follow := following(job)) is not None:
        return _rows(engine.office, follow, now)
    names = sorted([*engine.notices.jobs, *(f.name for found in FOLLOWS.values() for f in found)])
    raise HouqinError(f"没有名为“{job}”的自动化。现有：{'、'.join(names)}。")


def _notices(office: Office, notices: Notices, job: Job, now: datetime) -> int:
    found = list(notices.preview(job, now))
    for notice in found:
        to = "、".join(office.directory.name(t) if isinstance(t, int) else str(t) for t in notice.to)
        console.print(f"→ {to}　[{notice.template}] {notice.stage}　{notice.subject}", markup=False)
    console.print(f"共{len(found)}条")
    return 0


def _rows(office: Office, follow: Follow, now: datetime) -> int:
    found = Following(office).preview(follow, now)
    for code, row in found:
        table = office.schema[row.table]
        cells = "　".join(f"{table[name].title}：{office.show(table[name], v)}" for name, v in row.cells.items())
        console.print(f"{code} → {table.title}　{cells}", markup=False)
    console.print(f"共{len(found)}行")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HouqinError(f"日期“{text}”看不懂，请写成 2026-09-01。") from None
