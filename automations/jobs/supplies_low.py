"""N27: stock below the safety stock: the store-keeper is told to buy, once a month for each article (SP-03)."""

from automations import Notice, job


@job(table="assets", at="workdays 08:40")
def supplies_low(assets, today, directory, norms):
    """To 保管员 and 部门负责人, with the quantity that fills the store again."""
    times = norms.number("supply.refill_times", today)
    for item in assets.where(category="办公耗材"):
        stock, safety = item.stock_qty, item.safety_stock
        if item.status == "已处置" or stock is None or safety is None or stock >= safety:
            continue
        head = directory.head_of(item.user_dept)
        yield Notice(
            about=item,
            stage=f"low-{today:%Y-%m}",
            to=[item.custodian or "logistics", *([head.id] if head else [])],
            template="supplies_low",
            data={"item": item.name, "unit": item.unit or "", "stock": stock, "safety": safety}
            | {"more": safety * times - stock},
        )
