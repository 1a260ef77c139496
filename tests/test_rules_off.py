"""Every rule can be switched off by ``tests/rules_off.py``; the switching itself is a step of its own (minutes)."""

import pytest

from tests.rules_off import HOUSE, IMPLEMENTED, OFF


def test_every_rule_has_its_switch() -> None:
    missing = set(IMPLEMENTED) - OFF.keys()
    assert not missing, f"add them to tests/rules_off.py: {missing}"


@pytest.mark.parametrize("name", OFF)
def test_the_switch_still_fits(name: str) -> None:
    off = OFF[name]
    text = (HOUSE / off.file).read_text(encoding="utf-8")
    assert text.count(off.old) == 1, f"{name}: {off.file} has {text.count(off.old)} times {off.old!r}"
    assert off.new not in ("", off.old)
    compile(text.replace(off.old, off.new), off.file, "exec")
    assert (HOUSE / off.tests.split(" ")[0]).exists()
