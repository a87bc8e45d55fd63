"""RFM functions cell by cell: blanks, errors, text, odd shapes, one customer as all of them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.defaults import with_default_segments
from addin.functions import FUNCTIONS
from addin.model_table import model_table
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.grading import apply, dump_model, fit
from segmentation.scheme_file import preset

ROOT = Path(__file__).parents[2]
NAMES = ("RFM_TIER", "RFM_SCORE", "RFM_SEGMENT", "TIER_WHY")
R = [3.0, 250.0, 40.0, 90.0, 11.0, 180.0, 5.0, 60.0, 365.0, 30.0]
F = [9.0, 1.0, 4.0, 2.0, 7.0, 1.0, 12.0, 3.0, 1.0, 5.0]
M = [990.5, 20.0, 480.0, 99.9, 720.0, 55.0, 1500.25, 310.0, 12.0, 505.0]
MORE = {"RFM_SEGMENT": (None,)}


def down(values: list[Any]) -> list[list[Any]]:
    return [[v] for v in values]


def model_of(lang: str) -> dict[str, Any]:
    scheme = with_default_segments(preset("general"), words_of(lang))
    return fit(scheme, pl.DataFrame({"recency": R, "frequency": F, "monetary": M}))


def rows_of(lang: str) -> list[list[Any]]:
    return [list(row) for row in model_table(model_of(lang), words_of(lang)).rows()]


def call(  # noqa: PLR0917  (as in a cell)
    name: str, words: Words, r: Any, f: Any, m: Any, model: Any = None
) -> Any:
    return FUNCTIONS[name](words, r, f, m, *MORE.get(name, ()), model)


def said(words: Words, code: str, error: str = "#VALUE!", **params: Any) -> str:
    return f"{error} {words(f'function_error.{code}', **params)}"


# ── shapes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_has_the_shape_of_what_was_given(name: str, words: Words) -> None:
    answers = call(name, words, down(R), down(F), down(M))
    assert [len(row) for row in answers] == [1] * 10
    flat = [a for (a,) in answers]
    assert call(name, words, R, F, M) == [flat]
    assert call(name, words, tuple(R), tuple(F), tuple(M)) == [flat]
    assert call(name, words, [R[:5], R[5:]], [F[:5], F[5:]], [M[:5], M[5:]]) == [flat[:5], flat[5:]]
    assert call(name, words, down(R), F, [M]) == answers
    model = rows_of(words.lang)
    assert call(name, words, down(R), 4.0, [[100.0]], model) == call(
        name, words, down(R), down([4.0] * 10), down([100.0] * 10), model
    )
    assert call(name, words, [[3.0]], [[9.0]], [[990.5]], model) == [[flat[0]]]
    assert call(name, words, 3, 9, 990.5, model) == flat[0]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_grade(name: str, words: Words) -> None:
    assert call(name, words, [], [], []) == [[None]]
    assert call(name, words, down([None] * 3), down(["", " ", None]), down([1.0] * 3)) == (
        [[None]] * 3
    )
    for model in (rows_of(words.lang), dump_model(model_of(words.lang))):
        assert call(name, words, None, None, None, model) is None
        assert call(name, words, 3.0, "", 5.0, model) is None
        assert call(name, words, [[None]], [[2.0]], [[5.0]], model) == [[None]]


def test_ranges_of_different_length(words: Words) -> None:
    lengths = "9, 10"
    found = call("RFM_TIER", words, down(R), down(F[1:]), down(M))
    assert found == said(words, "lengths", lengths=lengths)


@pytest.mark.parametrize("height", [65_536, 1_048_576])
def test_whole_columns(height: int, words: Words) -> None:
    def column(values: list[Any], header: str) -> list[list[Any]]:
        return [[header], *down(values), *[[None]] * (height - 1 - len(values))]

    columns = (column(R, "Days"), column(F, "Orders"), column(M, "Amount"))
    answers = call("RFM_TIER", words, *columns)
    assert answers[0] == [said(words, "no_number", value="Days")]
    assert answers[1:] == call("RFM_TIER", words, down(R), down(F), down(M))


# ── rows that can't be graded ──────────────────────────────────────────────────────────────────

BAD: list[tuple[tuple[Any, Any, Any], str | None, dict[str, Any]]] = [
    ((None, 1.0, 5.0), None, {}),
    ((3.0, " ", 5.0), None, {}),
    ((3.0, 1.0, float("nan")), None, {}),
    ((None, "x", "#N/A"), None, {}),
    (("x", None, 5.0), None, {}),
    ((3.5, 1.0, None), None, {}),
    (("soon", 1.0, 5.0), "no_number", {"value": "soon"}),
    ((3.0, True, 5.0), "no_number", {"value": "TRUE"}),
    ((3.0, 1.0, float("inf")), "no_number", {"value": "inf"}),
    (("soon", "often", "much"), "no_number", {"value": "soon"}),
    ((dt.datetime(2026, 1, 2), 1.0, 5.0), "recency_text", {"value": "2026-01-02 00:00:00"}),
    (("2026-01-02", 1.0, 5.0), "recency_text", {"value": "2026-01-02"}),
    (("2026/1/2", "often", 5.0), "recency_text", {"value": "2026/1/2"}),
    (("13.45", "2026-01-02", 5.0), "no_number", {"value": "2026-01-02"}),
    ((3.0, "#DIV/0!", 5.0), "cell_error", {"value": "#DIV/0!"}),
    ((-1.0, 1.0, 5.0), "recency_future", {"value": "-1"}),
    ((3.5, 1.0, 5.0), "recency_part", {"value": "3.5"}),
    ((45_660.0, 1.0, 5.0), "recency_date", {"value": "45,660"}),
    ((3.0, -2.0, 5.0), "frequency", {"value": "-2"}),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("row", "code", "params"), BAD)
def test_a_bad_row_gets_its_message_and_the_rest_is_graded(
    name: str, row: tuple[Any, Any, Any], code: str | None, params: dict[str, Any], words: Words
) -> None:
    wanted = said(words, code, **params) if code else None
    plain = call(name, words, down(R), down(F), down(M))
    columns = [down([*v[:4], bad, *v[4:]]) for v, bad in zip((R, F, M), row, strict=True)]
    model = rows_of(words.lang)
    for given_ in (None, model):
        answers = call(name, words, *columns, given_)
        assert answers[4] == [wanted]
        assert answers[:4] + answers[5:] == plain
    assert call(name, words, *row, model) == wanted
    assert call(name, words, *([[v]] for v in row), model) == [[wanted]]


def test_an_error_keeps_its_kind(words: Words) -> None:
    wanted = said(words, "cell_error", "#N/A", value="#N/A")
    assert call("RFM_TIER", words, "#N/A", 1.0, 5.0, rows_of(words.lang)) == wanted


def test_who_never_ordered_is_no_customer_to_learn_from(words: Words) -> None:
    """As in a list of customers; but a model whose measures have a window knows such ones."""
    plain = call("RFM_TIER", words, down(R), down(F), down(M))
    answers = call("RFM_TIER", words, down([*R, 9.0]), down([*F, 0.0]), down([*M, 0.0]))
    assert answers == [*plain, [said(words, "frequency", value="0")]]
    model = rows_of(words.lang)
    assert call("RFM_TIER", words, 9.0, 0.0, 0.0, model) in {t for (t,) in plain}
    assert call("RFM_TIER", words, [9.0, 9.0], [0.0, 0.0], [0.0, 0.0], model) == [
        [call("RFM_TIER", words, 9.0, 0.0, 0.0, model)] * 2
    ]


def test_numbers_as_people_write_them(words: Words) -> None:
    plain = call("RFM_SCORE", words, down(R), down(F), down(M))
    written = down(["990.50", "20", "\uffe5480.00", "99.90", "720", "55", "1,500.25", *M[7:]])
    assert call("RFM_SCORE", words, down(R), down(F), written) == plain
    assert call("RFM_SCORE", words, down([str(int(r)) for r in R]), down(F), down(M)) == plain
    model = rows_of(words.lang)
    assert call("RFM_SCORE", words, "5", "12", "1,500.25", model) == plain[6][0]


def test_noise_of_sums_does_not_decide(words: Words) -> None:
    """15.36 + 16.99 is 32.349999999999994: for a sheet that is 32.35."""
    model = rows_of(words.lang)
    cut = next(
        row for row in model if row[0] == words("item.cut") and row[1] == words("measure.monetary")
    )
    cut[3] = 32.35
    at = [next(row for row in model if row[0] == words("item.closed"))]
    for closed, above in ((0, False), (1, True)):
        at[0][3] = closed
        exact = call("RFM_SCORE", words, 3.0, 9.0, 32.35, model)
        assert (exact % 10 > 1) is above
        assert call("RFM_SCORE", words, 3.0, 9.0, 15.36 + 16.99, model) == exact
        assert call("RFM_SCORE", words, [3.0] * 2, [9.0] * 2, [15.36 + 16.99] * 2, model) == [
            [exact] * 2
        ]


def test_large_amounts_stay_what_they_are(words: Words) -> None:
    """Rounding to six decimals must not move an amount that has none to lose."""
    amounts = [12_345_678_901.123457 + i for i in range(10)]
    answers = call("RFM_SCORE", words, down(R), down(F), down(amounts))
    graded = apply(
        fit(
            preset("general"),
            frame := pl.DataFrame({"recency": R, "frequency": F, "monetary": amounts}),
        ),
        frame,
    )
    assert [a for (a,) in answers] == graded["rfm"].to_list()


# ── one customer as all of them ────────────────────────────────────────────────────────────────

cells = st.one_of(
    st.integers(0, 400).map(float),
    st.integers(0, 30),
    st.floats(-10, 2000, allow_nan=False).map(lambda x: round(x, 2)),
    st.sampled_from([None, "", "x", "12", "1,234", "#N/A", True, 3.5, 1e9, float("inf")]),
    st.sampled_from([*R, *F, *M]),
)
MODELS = {lang: rows_of(lang) for lang in LANGUAGES}


@pytest.mark.parametrize("name", NAMES[:3])
@settings(deadline=None)  # the first example imports what it needs
@given(customers=st.lists(st.tuples(cells, cells, cells), min_size=2, max_size=12))
def test_one_by_one_as_a_range(name: str, customers: list[tuple[Any, Any, Any]]) -> None:
    words = words_of("zh")
    columns = [down(list(column)) for column in zip(*customers, strict=True)]
    answers = call(name, words, *columns, MODELS["zh"])
    # Text such as 1,234 is read by its column, so that its neighbours have a say.
    assert [a for (a,) in answers] == [call(name, words, *c, MODELS["zh"]) for c in customers]


# ── what it costs ──────────────────────────────────────────────────────────────────────────────

HEAVY = ("pandas", "polars", "sklearn", "scipy", "narwhals", "pydantic", "xlwings")
NEVER = HEAVY[:4]
SAY = f"import sys; print([m for m in {HEAVY!r} if m in sys.modules])"
RANGES = ", ".join(str(down(v)) for v in (R, F, M))


def loaded(code: str) -> list[str]:
    command = [sys.executable, "-c", f"{code}\n{SAY}"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: list[str] = eval(done.stdout.splitlines()[-1])
    return found


def test_importing_loads_nothing_heavy() -> None:
    assert loaded("import addin.functions") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_grading_loads_no_frames(lang: str) -> None:
    rows, text = rows_of(lang), dump_model(model_of(lang))
    code = f"""
from addin.functions import call
for name, more in (("RFM_TIER", ()), ("RFM_SCORE", ()), ("RFM_SEGMENT", (None,))):
    for model in (None, {rows!r}, {text!r}):
        answers = call(name, {RANGES}, *more, model, lang={lang!r})
        assert len(answers) == 10, answers
        assert not str(answers[0][0]).startswith("#"), answers
    call(name, 3.0, 9.0, 990.5, *more, {rows!r}, lang={lang!r})
"""
    assert not set(NEVER) & set(loaded(code))


def test_answers_are_plain_values() -> None:
    """A host can write them: no NumPy numbers or texts."""
    words = words_of("en")
    for name in NAMES:
        found = call(name, words, down(R), down(F), down(M))
        kind = int if name == "RFM_SCORE" else str
        assert {type(a) for (a,) in found} == {kind}
        assert type(call(name, words, np.float64(3), 9, 5, MODELS["en"])) is kind
