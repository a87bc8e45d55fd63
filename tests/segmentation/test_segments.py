"""The segment maps and what a map check says about them."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from segmentation import segments
from segmentation.scheme import MAPS, MEASURES
from segmentation.segments import assign, check_map, segment_map
from tests.segmentation.sheets import scheme

FIVE = dict.fromkeys(MEASURES, 5)
FOUR = dict.fromkeys(MEASURES, 4)
# R/F/M ranges of R's rfm, as its manual prints them; the first that fits wins.
R_RULES = """
Champions 5/5/5; Potential Loyalist 3–5/3–5/2–5; Loyal Customers 2–4/2–4/2–4;
Promising 3–4/1–3/3–5; New Customers 4–5/1–3/1–5; Can't Lose Them 1–2/3–4/4–5;
At Risk 1–2/2–5/4–5; Need Attention 1–3/3–5/3–5; About To Sleep 2–3/1–3/1–4; Lost 1/1–5/1–5
"""
PYMC = {
    "Premium Customer": "333 334 343 344 433 434 443 444",
    "Repeat Customer": "244 234 232 332 143 233 243",
    "Top Spender": "424 414 144 314 324 124 224 423 413 133 323 313 134",
    "At Risk Customer": "422 223 212 122 222 132 322 312 412 123 214",
    "Inactive Customer": "411 111 113 114 112 211 311",
}
EIGHT = {
    (True, True, True): "重要价值",
    (False, True, True): "重要保持",
    (True, False, True): "重要发展",
    (False, False, True): "重要挽留",
    (True, True, False): "一般价值",
    (False, True, False): "一般保持",
    (True, False, False): "一般发展",
    (False, False, False): "一般挽留",
}


def ranges() -> list[tuple[str, list[tuple[int, int]]]]:
    rules = []
    for entry in R_RULES.replace("\n", " ").strip().split(";"):
        name, limits = entry.strip().rsplit(" ", 1)
        pairs = [tuple(map(int, re.split("–", part))) for part in limits.split("/")]
        rules.append((name, [(pair[0], pair[-1]) for pair in pairs]))
    return rules


def expected_of_r(cell: tuple[int, ...]) -> str:
    for name, limits in ranges():
        if all(low <= score <= high for score, (low, high) in zip(cell, limits, strict=True)):
            return name
    return "Others"


def cells(top: int) -> list[tuple[int, ...]]:
    return list(itertools.product(range(1, top + 1), repeat=3))


def named(chosen: str, grid: list[tuple[int, ...]]) -> list[str]:
    scores = {m: np.array([cell[i] for cell in grid]) for i, m in enumerate(MEASURES)}
    used = segment_map(chosen)
    titles = segments.names(used, "en")
    return [titles[number] for number in assign(used, scores, {})]


def test_the_ten_of_r_in_all_cells() -> None:
    assert named("rfm-r", cells(5)) == [expected_of_r(cell) for cell in cells(5)]


def test_nobody_reaches_ten_cells_of_r() -> None:
    open_cells = [
        100 * r + 10 * f + m for r, f, m in cells(5) if expected_of_r((r, f, m)) == "Others"
    ]
    found = check_map(segment_map("rfm-r"), FIVE)
    assert found["unreached"] == open_cells
    assert len(open_cells) == 10
    assert found["never"] == []


def test_overlaps_of_r_are_counted_pair_by_pair() -> None:
    found = check_map(segment_map("rfm-r"), FIVE)["overlaps"]
    rules = [limits for _, limits in ranges()]
    for i, j in itertools.combinations(range(len(rules)), 2):
        both = [
            cell
            for cell in cells(5)
            if all(a <= s <= b for s, (a, b) in zip(cell, rules[i], strict=True))
            and all(a <= s <= b for s, (a, b) in zip(cell, rules[j], strict=True))
        ]
        assert found.get(f"{i},{j}", 0) == len(both)


def test_the_map_of_pymc_in_all_cells() -> None:
    wanted = {int(cell): name for name, listed in PYMC.items() for cell in listed.split()}
    grid = cells(4)
    codes = [100 * r + 10 * f + m for r, f, m in grid]
    assert named("pymc", grid) == [wanted.get(code, "Other") for code in codes]
    found = check_map(segment_map("pymc"), FOUR)
    assert found["unreached"] == [code for code in codes if code not in wanted]
    assert found["overlaps"] == {}


def test_the_eight_by_hand() -> None:
    used = segment_map("eight")
    kinds = list(EIGHT)
    high = {m: np.array([kind[i] for kind in kinds]) for i, m in enumerate(MEASURES)}
    scores = {m: np.ones(8, dtype=np.int64) for m in MEASURES}
    titles = segments.names(used, "zh")
    assert [titles[n] for n in assign(used, scores, high)] == list(EIGHT.values())
    found = check_map(used, FIVE)
    assert found == {"unreached": [], "impossible": [], "never": [], "overlaps": {}}


@pytest.mark.parametrize("name", MAPS)
def test_every_map_has_both_languages(name: str) -> None:
    used = segment_map(name)
    for lang in ("zh", "en"):
        titles = segments.names(used, lang)
        assert all(titles)
        assert len(set(titles)) == len(titles) == len(used["rules"]) + 1


def test_no_segments() -> None:
    used = segment_map("none")
    scores = {m: np.array([1, 5]) for m in MEASURES}
    assert assign(used, scores, {}).tolist() == [0, 0]
    assert segments.names(used, "en") == [""]


OWN = """
[[segments]]
name = { zh = "好", en = "Good" }
recency = [3, 5]
[[segments]]
name = "Shadowed"
recency = [4, 5]
frequency = 2
[[segments]]
name = "Impossible"
monetary = [6, 7]
[[segments]]
name = "Cells"
cells = [111, 299, 511]
[[segments]]
name = "Low"
recency = [1, 2]
frequency = [1, 5]
monetary = [1, 4]
"""


def test_a_map_of_ones_own_is_checked() -> None:
    own = scheme(OWN).rfm.segments
    assert isinstance(own, tuple)
    found = check_map(segment_map(own), FIVE)
    assert found["never"] == [1]
    assert found["impossible"] == [2]
    assert found["unreached"] == [100 * r + 10 * f + 5 for r in (1, 2) for f in range(1, 6)]
    assert found["overlaps"] == {"0,1": 10, "0,3": 1, "3,4": 1}


def test_a_check_follows_the_number_of_scores() -> None:
    own = scheme(OWN).rfm.segments
    assert isinstance(own, tuple)
    few = check_map(segment_map(own), {"recency": 2, "frequency": 2, "monetary": 2})
    assert (few["impossible"], few["never"]) == ([0, 1, 2], [])
    assert few["unreached"] == []


def test_cells_of_two_digits_are_named_apart() -> None:
    own = scheme(
        """
[rfm]
bins = { recency = 11, frequency = 2, monetary = 12 }
[[segments]]
name = "Most"
recency = [2, 11]
"""
    ).rfm
    assert isinstance(own.segments, tuple)
    found = check_map(segment_map(own.segments), own.bins)["unreached"]
    assert found == [f"1-{f}-{m}" for f in (1, 2) for m in range(1, 13)]
