"""What the files of a report are called."""

from automations.measures import Period
from automations.reports.folders import every
from automations.statements._making import stem
from tests.measures.world import records


def test_a_period_is_in_the_name_and_two_months_of_one_row_are_two_files() -> None:
    folders, _ = every()
    [contract] = records("2026-10-08", contracts=[{"name": "物业", "code": "HT-2026-0001"}])["contracts"]
    august, september = Period.month(2026, 8), Period.month(2026, 9)
    assert stem(folders["monthly"], september, None) == "monthly_202609"
    names = [stem(folders["vendor_month"], month, contract) for month in (august, september)]
    assert names == ["vendor_month_HT-2026-0001_202608", "vendor_month_HT-2026-0001_202609"]
