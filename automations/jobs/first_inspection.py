"""特种设备: the first 法定检验 of a lift or boiler is planned by its card; the later ones follow (domain.md B4.16)."""

from automations import NewRow, whenever

GIVEN_UP = ("待报废", "已处置")


@whenever("assets")
def first_inspection(asset):
    """By 法定检验到期日, as long as no 法定检验 of it was ever entered: next_check plans each one after the first."""
    if asset.category != "特种设备" or asset.status in GIVEN_UP or asset.statutory_due is None:
        return
    if asset.books.where("equipment_checks", "asset", asset.id, check_kind="法定检验"):
        return
    yield NewRow(
        "equipment_checks",
        check_kind="法定检验",
        asset=asset.id,
        cycle="每年",
        items="委托检验机构现场检验，上传报告",
        done_by=asset.custodian,
        due_on=asset.statutory_due,
    )
