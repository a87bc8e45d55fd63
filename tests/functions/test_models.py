"""The model argument: in any language and form, as the user has left it, or a clear reason."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.defaults import with_default_segments
from addin.functions import FUNCTIONS
from addin.functions.models import grader_of
from addin.model_table import model_table
from addin.tables import CELL_LIMIT, model_cell
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.grading import apply, dump_model, fit
from segmentation.scheme_file import parse_scheme, preset
from segmentation.segments import names

MEASURES = ("recency", "frequency", "monetary")
Rows = list[list[Any]]
CUSTOMERS = pl.DataFrame(
    {
        "customer": [f"c{i:03d}" for i in range(60)],
        "recency": [float((i * 37) % 200) for i in range(60)],
        "frequency": [float(1 + (i * 7) % 11) for i in range(60)],
        "monetary": [round(((i * 53) % 97) * 12.35, 2) for i in range(60)],
    }
)
ONE = (30.0, 4.0, 321.0)


def fitted(lang: str, scheme: str = "") -> dict[str, Any]:
    chosen = parse_scheme(scheme, source="") if scheme else preset("general")
    return fit(with_default_segments(chosen, words_of(lang)), CUSTOMERS, as_of=dt.date(2026, 1, 1))


def lines(model: dict[str, Any], lang: str) -> Rows:
    """The table FenjiModel as a host hands it over."""
    rows = model_table(model, words_of(lang)).rows()
    return [[float(c) if isinstance(c, int) else c for c in row] for row in rows]


def ranges() -> tuple[Rows, ...]:
    return tuple([[v] for v in CUSTOMERS[m]] for m in MEASURES)


def tiers(words: Words, model: Any) -> list[Any]:
    return [t for (t,) in FUNCTIONS["RFM_TIER"](words, *ranges(), model)]


def failed(words: Words, code: str, **params: Any) -> str:
    return f"#VALUE! {words(f'function_error.{code}', **params)}"


def expected(model: dict[str, Any], lang: str) -> list[str]:
    graded = apply(model, CUSTOMERS)
    return [model["tiers"][n]["name"][lang] for n in graded["tier_no"]]


# ── forms ──────────────────────────────────────────────────────────────────────────────────────


def with_headers(rows: Rows, lang: str) -> Rows:
    headers = words_of(lang).section("header.FenjiModel")
    return [list(headers.values()), *rows]


def around(rows: Rows, lang: str) -> Rows:
    """The sheet from its corner on: title, note, headers, and the cells beside the table."""
    headed = with_headers(rows, lang)
    wide = [[*row, None, "x" if i == 2 else None] for i, row in enumerate(headed)]
    return [["General ABCD · Model", *[None] * 6], ["A note", *[None] * 6], [None] * 7, *wide]


FORMS: dict[str, Callable[[Rows, str], Any]] = {
    "body": lambda rows, _: rows,
    "tuples": lambda rows, _: tuple(tuple(row) for row in rows),
    "headers": with_headers,
    "sheet": around,
    "four columns": lambda rows, _: [row[:4] for row in rows],
    "more before": lambda rows, _: [["-", *row] for row in rows],
    "columns moved": lambda rows, lang: [
        [row[4], row[3], row[2], row[1], row[0]] for row in with_headers(rows, lang)
    ],
    "blank rows": lambda rows, _: [r for row in rows for r in (row, [None] * 5)],
    "whole columns": lambda rows, _: [*rows, *[[None] * 5] * (65_536 - len(rows))],
    "backwards": lambda rows, _: rows[::-1],
    "spaces": lambda rows, _: [[f" {c} " if isinstance(c, str) else c for c in r] for r in rows],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("written", LANGUAGES)
def test_a_model_in_any_form(form: str, written: str, words: Words) -> None:
    """Read in either language, whatever the reader speaks; tiers are called as they stand."""
    model = fitted(written)
    given_ = FORMS[form](lines(model, written), written)
    assert tiers(words, given_) == expected(model, written)
    segment = FUNCTIONS["RFM_SEGMENT"](words, *ONE, None, given_)
    assert segment in names(model["rfm"]["segments"], words.lang)


@pytest.mark.parametrize("form", ["text", "cell", "marked"])
def test_a_model_as_json(form: str, words: Words) -> None:
    model = fitted("en")
    text = dump_model(model)
    given_ = {"text": text, "cell": [[text]], "marked": "\ufeff" + text}[form]
    assert tiers(words, given_) == expected(model, words.lang)


def test_it_is_read_once() -> None:
    words = words_of("en")
    rows = lines(fitted("en"), "en")
    first = grader_of(words, rows)
    assert grader_of(words, copy.deepcopy(rows)) is first
    assert grader_of(words, json.loads(json.dumps(rows[:-2]))) is not first
    changed = copy.deepcopy(rows)
    changed[0][3] = 4.5
    assert grader_of(words, changed) is not first
    assert grader_of(words_of("zh"), rows) is not first


def test_a_cell_that_has_no_hash_does_no_harm(words: Words) -> None:
    rows = lines(fitted("en"), "en")
    rows[-1][4] = {"not": "a cell"}
    assert tiers(words, rows) == tiers(words, None)


@pytest.mark.parametrize("left_out", [None, "", " ", [[None]], [], [[]], [None], [[""]]])
def test_no_model(left_out: Any, words: Words) -> None:
    assert tiers(words, left_out) == expected(fitted(words.lang), words.lang)
    for name in ("RFM_TIER", "RFM_SCORE", "RFM_SEGMENT", "TIER_WHY"):
        more = (None, left_out) if name == "RFM_SEGMENT" else (left_out,)
        assert FUNCTIONS[name](words, *ONE, *more) == failed(words, "model_needed")
        one_cell = [[[v]] for v in ONE]
        assert FUNCTIONS[name](words, *one_cell, *more) == failed(words, "model_needed")


# ── as the user has left it ────────────────────────────────────────────────────────────────────


def by_formulas(rows: Rows, words: Words, customer: tuple[float, ...]) -> str:
    """What the formulas of the workbook give (see templates/formulas.py), line by line."""

    def those(item: str, measure: str = "") -> Rows:
        name = words(f"measure.{measure}") if measure else None
        return [r for r in rows if r[0] == words(f"item.{item}") and name in (None, r[1])]

    closed = those("closed")[0][3]
    scores, weights = [], []
    for measure, value in zip(MEASURES, customer, strict=True):
        points = [r[3] for r in those("cut", measure)]
        passed = sum((p < value) + (p == value) * closed for p in points)
        bins = those("bins", measure)[0][3]
        scores.append(bins - passed if measure == "recency" else 1 + passed)
        weights.append(those("weight", measure)[0][3])
    total = sum(w * s for w, s in zip(weights, scores, strict=True))
    score = round(total / sum(weights), 6)
    found = those("tier")
    last = len(found)
    reached = max((r[3] <= score) * (last + 1 - r[2]) for r in found)
    number = last + 1 - max(1, reached)
    return next(str(r[1]) for r in found if r[2] == number)


numbers = st.integers(0, 40).map(lambda n: n * 10.0)


@settings(deadline=None)  # the first example imports what it needs
@given(data=st.data(), lang=st.sampled_from(LANGUAGES))
def test_the_table_as_it_stands_decides(data: st.DataObject, lang: str) -> None:
    """Cut points in any order, limits that cross, weights, sides: as the workbook's formulas."""
    words = words_of(lang)
    rows = lines(fitted(lang), lang)
    for row in rows:
        if row[0] == words("item.cut"):
            row[3] = data.draw(numbers)
        elif row[0] == words("item.tier"):
            row[3] = data.draw(st.sampled_from([1.0, 1.5, 2.0, 2.75, 3.25, 4.0]))
        elif row[0] == words("item.weight"):
            row[3] = data.draw(st.sampled_from([0.25, 1.0, 2.0]))
        elif row[0] == words("item.closed"):
            row[3] = float(data.draw(st.booleans()))
    if data.draw(st.booleans()):
        cuts = [i for i, row in enumerate(rows) if row[0] == words("item.cut")]
        del rows[data.draw(st.sampled_from(cuts))]
    rows = data.draw(st.permutations(rows))
    customers = data.draw(st.lists(st.tuples(numbers, numbers, numbers), min_size=2, max_size=9))
    columns = [[[v] for v in column] for column in zip(*customers, strict=True)]
    answers = [t for (t,) in FUNCTIONS["RFM_TIER"](words, *columns, rows)]
    assert answers == [by_formulas(rows, words, c) for c in customers]
    assert answers == [FUNCTIONS["RFM_TIER"](words, *c, rows) for c in customers]


def test_numbers_that_were_typed_as_text(words: Words) -> None:
    rows = lines(fitted(words.lang), words.lang)
    typed = [
        [c if i != 3 or not isinstance(c, float) else f" {c} " for i, c in enumerate(row)]
        for row in rows
    ]
    assert tiers(words, typed) == tiers(words, rows)


def test_segments_by_another_map(words: Words) -> None:
    """The name in the table can be changed to another of the sheet Settings."""
    model = fitted(words.lang, '[rfm]\nsegments = "eight"\nbins = 4\n')
    wanted = fitted(words.lang, '[rfm]\nsegments = "pymc"\nbins = 4\n')
    rows = lines(model, words.lang)
    line = next(r for r in rows if r[0] == words("item_more.segments"))
    for name in (words("choice.segments.pymc"), "pymc", "PyMC"):
        line[3] = name
        found = FUNCTIONS["RFM_SEGMENT"](words, *ranges(), None, rows)
        graded = apply(wanted, CUSTOMERS)["segment_no"]
        assert [s for (s,) in found] == [
            names(wanted["rfm"]["segments"], words.lang)[n] for n in graded
        ]
    line[3] = "mine"
    said = FUNCTIONS["RFM_SEGMENT"](words, *ranges(), None, rows)
    assert said == failed(words, "model_segments")
    assert FUNCTIONS["RFM_SEGMENT"](words, *ranges(), "pymc", rows) == found


# ── what can't be used ─────────────────────────────────────────────────────────────────────────


def test_no_model_at_all(words: Words) -> None:
    for wrong in ("FenjiModel", 5.0, [["a", 1], ["b", 2]], [[None, None], [None, None]], True):
        assert tiers_said(words, wrong) == failed(words, "model_unreadable")
    whole = dump_model(fitted("en"))
    for wrong in ("{", "{}", whole[:-20], whole.replace('"cuts"', '"cats"')):
        assert tiers_said(words, wrong) == failed(words, "model_json")


def tiers_said(words: Words, model: Any) -> Any:
    return FUNCTIONS["RFM_TIER"](words, *ranges(), model)


def without(rows: Rows, item: str, measure: str = "") -> Rows:
    return [r for r in rows if not (r[0] == item and measure in (r[1], ""))]


def test_lines_that_lack(words: Words) -> None:
    rows = lines(fitted(words.lang), words.lang)
    name = words("measure.frequency")
    for key in ("item.bins", "item.weight"):
        said = tiers_said(words, without(rows, words(key), name))
        assert said == failed(words, "model_incomplete", item=f"{words(key)} {name}")
    assert tiers_said(words, without(rows, words("item.closed"))) == tiers_said(words, rows)


@pytest.mark.parametrize("value", [None, "  ", "many", "#N/A", True])
def test_a_line_without_its_number(value: Any, words: Words) -> None:
    rows = lines(fitted(words.lang), words.lang)
    line = next(r for r in rows if r[0] == words("item.cut") and r[2] == 2)
    line[3] = value
    item = f"{words('item.cut')} {words('measure.recency')} 2"
    if value is None or not str(value).strip():
        assert tiers_said(words, rows) == failed(words, "model_blank", item=item)
    else:
        shown = "TRUE" if value is True else value
        assert tiers_said(words, rows) == failed(words, "model_value", item=item, value=shown)


def test_a_model_without_its_last_columns(words: Words) -> None:
    rows = [r[:3] for r in lines(fitted(words.lang), words.lang)]
    assert "FenjiModel" in str(tiers_said(words, rows))
    assert str(tiers_said(words, rows)).startswith("#VALUE! ")


def test_numbers_that_contradict(words: Words) -> None:
    rows = lines(fitted(words.lang), words.lang)
    name = words("measure.recency")
    bins = next(r for r in rows if r[0] == words("item.bins") and r[1] == name)
    bins[3] = 4.0
    said = tiers_said(words, rows)
    assert said == failed(words, "model_bins", item=f"{words('item.bins')} {name}")
    rows = lines(fitted(words.lang), words.lang)
    for row in rows:
        row[3] = 0.0 if row[0] == words("item.weight") else row[3]
    assert tiers_said(words, rows) == failed(words, "model_weights")


def test_a_model_of_another_method(words: Words) -> None:
    """It gives no RFM tier, but scores and segments as its workbook shows them."""
    frame = CUSTOMERS.with_columns(mean_order=pl.col("monetary") / pl.col("frequency"))
    model = fit(with_default_segments(preset("thresholds"), words), frame)
    graded = apply(model, frame)
    for given_ in (lines(model, words.lang), dump_model(model)):
        for name in ("RFM_TIER", "TIER_WHY"):
            assert FUNCTIONS[name](words, *ranges(), given_) == failed(words, "model_method")
            assert FUNCTIONS[name](words, *ONE, given_) == failed(words, "model_method")
        codes = FUNCTIONS["RFM_SCORE"](words, *ranges(), given_)
        assert [c for (c,) in codes] == graded["rfm"].to_list()
        said = FUNCTIONS["RFM_SEGMENT"](words, *ranges(), None, given_)
        titles = names(model["rfm"]["segments"], words.lang)
        assert [s for (s,) in said] == [titles[n] for n in graded["segment_no"]]


def test_segments_of_ones_own_need_their_rules(words: Words) -> None:
    model = fitted(words.lang, '[[segments]]\nname = "best"\nrecency = [4, 5]\n')
    rows = lines(model, words.lang)
    call = FUNCTIONS["RFM_SEGMENT"]
    assert call(words, *ONE, None, rows) == failed(words, "model_segments")
    rules = [["best", 4.0, 5.0]]
    assert call(words, *ranges(), rules, rows) == call(words, *ranges(), None, dump_model(model))
    for other in (call(words, *ranges(), rows), call(words, *ONE, rows)):
        assert other == failed(words, "model_segments")


# ── the argument map ───────────────────────────────────────────────────────────────────────────


def segments(words: Words, chosen: Any, model: Any = None) -> list[Any]:
    found = FUNCTIONS["RFM_SEGMENT"](words, *ranges(), chosen, model)
    return [s for (s,) in found] if isinstance(found, list) else found


@pytest.mark.parametrize("name", ["eight", "rfm-r", "pymc", "none"])
def test_shipped_maps(name: str, words: Words) -> None:
    model = fitted(words.lang, f'[rfm]\nsegments = "{name}"\n')
    titles = names(model["rfm"]["segments"], words.lang)
    wanted = [titles[n] for n in apply(model, CUSTOMERS)["segment_no"]]
    rows = lines(fitted(words.lang), words.lang)
    for called in (name, name.upper(), [[name]], words(f"choice.segments.{name}")):
        assert segments(words, called) == wanted
        assert segments(words, called, rows) == wanted
        one = FUNCTIONS["RFM_SEGMENT"](words, *(c[7][0] for c in ranges()), called, rows)
        assert one == wanted[7]


RULES = [
    ["top", 4.0, 5.0, 4.0, None, None, None],
    ["cold", None, 2.0, None, None, None, None],
    ["exact", 3.0, 3.0, 1.0, 5.0, 2.0, 4.0],
    ["rest", None, None, None, None, None, None],
]


def by_rules(code: int, rules: Rows) -> str | None:
    scores = [code // 100, code // 10 % 10, code % 10]
    for name, *limits in rules:
        lows, tops = limits[::2], limits[1::2]
        if all(
            (low or 1) <= s <= (top or 99) for s, low, top in zip(scores, lows, tops, strict=True)
        ):
            return str(name)
    return None


def test_rules_of_ones_own(words: Words) -> None:
    codes = [c for (c,) in FUNCTIONS["RFM_SCORE"](words, *ranges())]
    wanted = [by_rules(code, RULES) for code in codes]
    assert len(set(wanted)) == 4
    header = ["name", "R from", "R to", "F from", "F to", "M from", "M to"]
    for rules in (RULES, [header, *RULES], [*RULES, [None] * 7]):
        assert segments(words, rules) == wanted
    narrow = [row[:3] for row in RULES[:2]]
    others = {"en": "Others", "zh": "\u5176\u4ed6"}[words.lang]
    narrow_wanted = [by_rules(c, [[*r, *[None] * 4] for r in narrow]) or others for c in codes]
    assert segments(words, narrow) == narrow_wanted


@pytest.mark.parametrize(
    "bad",
    [
        ["x", 5.0, 4.0],
        ["x", 1.5, 4.0],
        ["x", 0.0, 4.0],
        ["x", "low", 4.0],
        ["x", "#N/A", None],
        [None, 1.0, 4.0],
    ],
)
def test_rules_that_are_none(bad: list[Any], words: Words) -> None:
    rules = [["fine", 1.0, 2.0], bad]
    assert segments(words, rules) == failed(words, "map_rule", row=2)


def test_the_first_rule_is_no_header_when_its_scores_are_text(words: Words) -> None:
    as_text = [
        [c if i == 0 or c is None else f"{c:g}" for i, c in enumerate(rule)] for rule in RULES
    ]
    assert segments(words, as_text) == segments(words, RULES)
    for wrong in ("4-5", "\u22654"):
        said = segments(words, [["best", wrong], ["rest", None]])
        assert said == failed(words, "map_rule", row=1)


def test_a_map_that_does_not_exist(words: Words) -> None:
    choices = "; ".join(words.section("choice.segments").values())
    assert segments(words, "nine") == failed(words, "map_unknown", value="nine", choices=choices)


def test_the_model_where_the_map_belongs(words: Words) -> None:
    model = fitted(words.lang)
    rows = lines(model, words.lang)
    assert (
        segments(words, rows) == segments(words, None, rows) == segments(words, dump_model(model))
    )


def test_a_model_too_long_for_its_cell_is_no_blank_cell(words: Words) -> None:
    # A blank model would let ranges be graded by cut points of their own, in silence.
    cell = model_cell({"learned": "x" * CELL_LIMIT}, words)
    assert cell == words("model.json_too_long")
    columns = [[[float(v)] for v in CUSTOMERS[m]] for m in MEASURES]
    assert FUNCTIONS["RFM_TIER"](words, *columns, cell) == failed(words, "model_unreadable")
    assert model_cell(fitted(words.lang), words) == dump_model(fitted(words.lang))
