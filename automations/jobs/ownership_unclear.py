"""AS-04: every month a list of what nobody knows the owner of."""

from automations import Notice, job


@job(table="assets", at="monthly first workday 08:40")
def ownership_unclear(assets, today):
    """To 会计 and the logistics office, who settle it with the fiscal asset office."""
    unclear = [a for a in assets.where(ownership="待明确") if a.status != "已处置"]
    if unclear:
        yield Notice(
            about="assets/ownership",
            stage=f"{today:%Y-%m}",
            to=["finance", "logistics"],
            template="ownership_unclear",
            data={"n": len(unclear), "names": [asset.name for asset in unclear[:10]]},
        )
