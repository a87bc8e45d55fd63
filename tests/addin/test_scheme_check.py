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


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('method = "thresholds"\n', 1),
        ('method = "thresholds"\n[rfm]\nsegments = "eight"\n', 2),
        ('method = "rfm"\n', 2),
        ('method = "abc"\n[beside]\nmethod = "rfm"\n', 2),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_segment_map_is_spoken_of_where_it_matters(
    text: str, lines: int, lang: str, folder: Path, fenji: Run
) -> None:
    (folder / "my.toml").write_text(text, encoding="utf-8")
    done = fenji("scheme", "check", "my.toml", lang="zh" if lang == "zh" else "en")
    assert done.code == 0
    assert (len(done.out.splitlines()) > 1) == (lines > 1)


ABSENT = """method = "thresholds"
[columns.visits]
name = { zh = "拜访次数", en = "Visits" }
[columns.beds]
name = { zh = "床位数", en = "Beds" }
[thresholds]
measure = "visits"
[[tiers]]
key = "A"
limits = { visits = { above = 5 }, beds = { above = 9 } }
[[tiers]]
key = "B"
"""


@pytest.mark.parametrize(
    ("lang", "names"), [("zh", ("拜访次数", "床位数")), ("en", ("Visits", "Beds"))]
)
def test_all_columns_that_are_missing_are_named(
    lang: str, names: tuple[str, ...], folder: Path, fenji: Run
) -> None:
    (folder / "my.toml").write_text(ABSENT, encoding="utf-8")
    write_text(folder / "o.csv", orders(40, 6))
    done = fenji("grade", "o.csv", "-o", "x.csv", "--scheme", "my.toml", lang=lang)
    assert done.code == 3
    for text in (*names, "--column visits=", "--column beds="):
        assert text in done.err


SYNTAX = {
    "[rfm]\nbins ＝ 5\n": (2, "＝"),
    "name = “x”\n": (1, "“"),
    'name = "x\nmethod = "rfm"\n': (1, '"'),
    'name = "x': (1, '"'),
    "[rfm]\nbins = 5\nbins = 4\n": (3, ""),
    "[rfm]\n[stage]\n[rfm]\n": (3, ""),
    "x = [1,\n2\n[rfm]\nbins = 5\n": (1, "]"),
    "x = { a = 1": (1, "}"),
    "name = x\n": (1, '"'),
    "name x\n": (1, "="),
    "名称 = 5\n": (1, '"'),
    "window = 1 2\n": (1, "#"),
    'file = "C:\\data"\n': (1, "\\\\"),
}
PARSER = ("Invalid", "Expected", "Unclosed", "Cannot", "Unescaped", "Illegal", "Unterminated")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", SYNTAX)
def test_what_is_no_toml_is_told_in_plain_words(
    text: str, lang: str, folder: Path, fenji: Run
) -> None:
    (folder / "my.toml").write_text(text, encoding="utf-8")
    done = fenji("scheme", "check", "my.toml", lang=lang)
    assert done.code == 2
    line, sign = SYNTAX[text]
    _, said = done.err.splitlines()
    assert f"{line}" in said.split("：" if lang == "zh" else ":")[0]
    assert sign in said
    assert not any(word in said for word in PARSER)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_are_shown_in_their_quotes(lang: str, folder: Path, fenji: Run) -> None:
    text = '[[tiers]]\nkey = "A"\nmin_score = "4"\nstrategy = "x"\n[[tiers]]\nkey = "B"\n'
    (folder / "my.toml").write_text(text, encoding="utf-8")
    assert '"4"' in fenji("scheme", "check", "my.toml", lang=lang).err
