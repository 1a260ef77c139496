"""``houqin preview NAME``: whom an automation would tell what, or which rows it would add; nothing is sent."""

from datetime import date, datetime, time, timedelta

from automations.approvals.words import SHANGHAI
from automations.engine import Engine
from automations.engine.following import Following
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.errors import HouqinError
from automations.follow import FOLLOWS, Follow, following
from automations.jobs import Job, discover
from automations.jobs._slips import nearest, slips
from automations.notify.render import Messages, Part
from automations.reminders import Notice, recipients
from automations.schema.model import Schema
from automations.terminal import console

MORNING = time(8, 40)
AHEAD = 366
"""Days looked ahead where nothing is due today."""


def moment(on: str) -> datetime:
    """The morning of that day; now where none is given.

    Raises:
        HouqinError: It is no day.
    """
    if not on:
        return datetime.now(SHANGHAI)
    try:
        return datetime.combine(date.fromisoformat(on), MORNING, SHANGHAI)
    except ValueError:
        raise HouqinError(f"日期“{on}”看不懂，请写成 2026-09-01。") from None


def named(name: str, schema: Schema) -> Job | Follow:
    """The automation of that name, looked through for slips that show without any row.

    Raises:
        HouqinError: There is none, or it has such slips.
    """
    jobs = discover()
    if (found := jobs.get(name)) is not None:
        if wrong := slips(found, schema, Messages()):
            raise HouqinError(f"自动化“{name}”有要改的地方：", wrong)
        return found
    if (follow := following(name)) is not None:
        return follow
    names = sorted([*jobs, *(f.name for follows in FOLLOWS.values() for f in follows)])
    raise HouqinError(f"没有名为“{name}”的自动化{nearest(name, names)}现有：{'、'.join(names)}。")


def look(engine: Engine, which: Job | Follow, now: datetime) -> int:
    """Print what it would do at ``now``; 1 where a recipient means nobody or a message cannot be written."""
    assert engine.notices is not None, "assemble makes an engine that tells people"
    engine.office.reload(now.date())
    if isinstance(which, Job):
        return _notices(engine.office, engine.notices, which, now)
    return _rows(engine.office, which, now)


def _notices(office: Office, notices: Notices, job: Job, now: datetime) -> int:
    found = list(notices.preview(job, now))
    wrong = [problem for notice in found for problem in _told(office, notice)]
    for problem in dict.fromkeys(wrong):
        console.print(f"✗ {problem}", markup=False)
    names = [f"{office.schema[table].title}{office.mirror.count(table)}行" for table in job.reads(office.schema)]
    looked = "、".join(names)
    console.print(f"共{len(found)}条（{now:%Y-%m-%d %H:%M}，看了{looked}）")
    if not found and (later := _later(notices, job, now)) is not None:
        console.print(f"按现有的行，下一次要等到 {later}：加上 --on {later} 再看。")
    return 1 if wrong else 0


def _later(notices: Notices, job: Job, now: datetime) -> date | None:
    """The next day within a year on which it would tell somebody, if no row changed."""
    days = (datetime.combine(now.date() + timedelta(days=n), MORNING, SHANGHAI) for n in range(1, AHEAD))
    return next((at.date() for at in days if next(notices.preview(job, at), None) is not None), None)


def _told(office: Office, notice: Notice) -> list[str]:
    """Print one notice as its readers will see it; what is wrong with it."""
    people: dict[int, str] = {}
    wrong: list[str] = []
    for one in notice.to:
        met = recipients(one, office.directory)
        people |= {person.id: person.name for person in met}
        if not met and one is not None:
            wrong.append(f"接收人“{one}”没有对应的在岗人员：请写人员列、角色、部门名称，或 logistics、office 等简称。")
    composed = Messages().compose("（收件人）", [Part(1, notice.template, {"url": "", **notice.data})])
    wrong += [error.message for error in composed.broken.values()]
    console.print(f"→ {'、'.join(people.values()) or '（无人）'}　{notice.stage}　{notice.subject}", markup=False)
    if composed.message is not None:
        for line in composed.message.text.splitlines():
            console.print(f"    {line}" if line else "", markup=False)
    return wrong


def _rows(office: Office, follow: Follow, now: datetime) -> int:
    found = Following(office).preview(follow, now)
    for code, row in found:
        table = office.schema[row.table]
        cells = "　".join(f"{table[name].title}：{office.show(table[name], v)}" for name, v in row.cells.items())
        console.print(f"{code} → {table.title}　{cells}", markup=False)
    title = office.schema[follow.table].title
    console.print(f"共{len(found)}行（{now:%Y-%m-%d %H:%M}，看了{title}{office.mirror.count(follow.table)}行）")
    return 0
