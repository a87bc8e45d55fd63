"""Lifetime values in a real Calc: a template that grades by them, filled by the button."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.cli import main
from addin.words import words
from tests.calc_host.documents import dump, opened, press, tiers
from tests.office.calc import Calc

SCHEME = 'format = 1\nmethod = "clv"\nname = { zh = "价值", en = "Value" }\n'


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_filled(calc: Calc, tmp_path: Path, lang: str) -> None:
    scheme, with_sample = tmp_path / "clv.toml", tmp_path / "made" / "sample.xlsx"
    with_sample.parent.mkdir()
    scheme.write_text(SCHEME, encoding="utf-8")
    made = ["template", "--scheme", str(scheme), "-o", str(with_sample), "--lang", lang]
    assert main(made) == 0
    expected = tmp_path / "expected.xlsx"
    assert main(["grade", str(with_sample), "-o", str(expected), "--lang", lang]) == 0
    there = calc.open(expected)
    doc = opened(calc, with_sample, tmp_path)
    assert press(calc, doc, "grade", Language=lang)[0] == "done"
    assert tiers(calc, doc) == tiers(calc, there)
    name = words(lang)("sheet.lifetime")
    here, other = (calc.values(each, name) for each in (doc, there))
    assert here == other
    assert [row for row in here if any(isinstance(cell, float) for cell in row)]
    assert dump(calc, doc)["sheets"][name]["errors"] == ""
    calc.close(there)
    calc.close(doc)
