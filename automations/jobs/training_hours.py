"""A13: whoever of the logistics staff has too few hours of 岗位培训 hears it while the year still has room for them."""

from collections import defaultdict

from automations import Notice, job
from automations.learning import TRAINING, hours_trained

GONE, FROM = "已退出", 10


@job(table=("people", "learning_records"), at="monthly first workday 08:40")
def training_hours(people, records, today, directory, norms):
    """In October, November and December to the colleague and 部门负责人."""
    if today.month < FROM:
        return
    trained = defaultdict(list)
    for record in records.where(kind=TRAINING, counted=True):
        trained[record.person].append(record)
    least = norms.whole("learning.training_hours", today)
    for person in people.where(is_logistics=True):
        hours = hours_trained(trained[person.id], today.year)
        head = directory.head_of(person.department)
        if hours < least and person.status != GONE:
            yield Notice(
                about=person,
                stage=f"month{today.month}",
                to=[person.id, head and head.id],
                template="training_hours",
                data={"name": person.name, "hours": f"{hours:g}", "least": least, "gap": f"{least - hours:g}"},
                deadline=today.replace(month=12, day=31),
            )
