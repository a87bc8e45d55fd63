"""What is told of scores and segments that say little."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from segmentation.grading import apply, fit
from segmentation.notes import best_tier_empty, few_scores, many_without_segment
from segmentation.run import grade
from segmentation.scheme import MEASURES
from tests.segmentation.sheets import PEOPLE, people, scheme, sheet

ONLY_LOST = '[[segments]]\nname = "Lost"\nrecency = [1, 4]\n'


def graded(text: str, some: pl.DataFrame) -> tuple[dict[str, Any], pl.DataFrame]:
    model = fit(scheme(text), some)
    return model, apply(model, some)


def test_a_best_tier_that_nobody_reaches() -> None:
    """All ordered once: at most (5 + 1 + 5) / 3."""
    model, once = graded("", people(*[(10 - i, 1, i) for i in range(10)]))
    scores = {m: once[f"{m[0]}_score"] for m in MEASURES}
    assert few_scores(model, scores, 10)
    ((code, params),) = best_tier_empty(model, scores)
    assert code == "best_tier_empty"
    assert params == {"highest": pytest.approx(11 / 3), "limit": 4}
    assert "A" not in once["tier"].to_list()


def test_a_best_tier_within_reach() -> None:
    text = "[rfm]\nweights = { recency = 2, frequency = 1, monetary = 1 }\n"
    model, once = graded(text, people(*[(10 - i, 1, i) for i in range(10)]))
    assert best_tier_empty(model, {m: once[f"{m[0]}_score"] for m in MEASURES}) == []
    assert "A" in once["tier"].to_list()


@pytest.mark.parametrize(("left", "told"), [(2, False), (3, True)])
def test_many_without_a_segment(*, left: int, told: bool) -> None:
    model = fit(scheme(ONLY_LOST), people(*[(i, 1, i) for i in range(10)]))
    numbers = pl.Series([1] * left + [0] * (10 - left))
    wanted = [("many_without_segment", {"count": left, "share": left / 10})] if told else []
    assert many_without_segment(model, numbers) == wanted


def test_no_map_leaves_nobody_out() -> None:
    model = fit(scheme('[rfm]\nsegments = "none"\n'), people(*[(i, 1, i) for i in range(10)]))
    assert many_without_segment(model, pl.Series([0] * 10)) == []


def test_a_grading_tells_both() -> None:
    rows = [(f"K{i}", str(10 - i), "1", str(5 + i)) for i in range(10)]
    own = '[[segments]]\nname = "Recent"\nrecency = [4, 5]\n'
    notes = dict(grade([sheet(PEOPLE, *rows)], scheme=scheme(own)).notes)
    assert set(notes) == {"few_scores", "best_tier_empty", "many_without_segment"}
    assert notes["many_without_segment"] == {"count": 6, "share": 0.6}
