"""文化设施: quotations on walls, light boxes and stones are looked at every quarter (domain.md A11)."""

from datetime import timedelta

from automations import NewRow, whenever

IN_USE = ("在用", "维修", "闲置")
QUARTER = timedelta(days=91)


@whenever("assets")
def first_patrol(asset):
    """The first 日常巡检, a quarter from now, as long as none was ever entered: next_check plans each one after it."""
    if asset.category != "文化设施" or asset.status not in IN_USE:
        return
    if asset.books.where("equipment_checks", "asset", asset.id, check_kind="日常巡检"):
        return
    yield NewRow(
        "equipment_checks",
        check_kind="日常巡检",
        asset=asset.id,
        cycle="每季",
        items="外观完好、内容正确、安装牢固、照明正常",
        done_by=asset.custodian,
        due_on=asset.on + QUARTER,
    )
