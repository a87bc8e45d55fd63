"""What `fenji scheme check` asks for beyond a grading, and what `fenji scheme schema` gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from addin.words import LANGUAGES
from segmentation.scheme_schema import schema_text
from tests.addin.conftest import ENGLISH, Refuse, Run
from tests.addin.orders import orders, write_text

UNFINISHED = """[[tiers]]
key = "A"
min_score = 3
budget_share = 0.7
[[tiers]]
key = "B"
strategy = "Call"
service_floor = "Answers within a day"
"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_check_asks_for_strategies_and_shares_that_sum(
    lang: str, folder: Path, fenji: Run
) -> None:
    (folder / "my.toml").write_text(UNFINISHED, encoding="utf-8")
    done = fenji("scheme", "check", "my.toml", lang=lang)
    assert (done.code, done.out) == (2, "")
    head, *said = done.err.splitlines()
    assert "my.toml" in head
    assert len(said) == 3
    assert [("service_floor" in line, "budget_share" in line) for line in said] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert "0.7" in said[2]
    assert "4" in said[2].split("0.7")[0]
    if lang == "zh":
        assert not ENGLISH.search(done.err)


def test_a_grading_does_without(folder: Path, fenji: Run) -> None:
    (folder / "my.toml").write_text(UNFINISHED, encoding="utf-8")
    write_text(folder / "o.csv", orders(40, 6))
    assert fenji("grade", "o.csv", "-o", "x.csv", "--scheme", "my.toml", lang="en").code == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_schema_is_printed_or_written(
    lang: str, folder: Path, fenji: Run, refuse: Refuse
) -> None:
    printed = fenji("scheme", "schema", lang=lang)
    assert (printed.code, printed.out) == (0, schema_text())
    done = fenji("scheme", "schema", "-o", "s.json", lang=lang)
    assert done.code == 0
    assert "s.json" in done.out
    found = json.loads((folder / "s.json").read_text(encoding="utf-8"))
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "--force" in refuse(["scheme", "schema", "-o", "s.json"], 4, lang)
