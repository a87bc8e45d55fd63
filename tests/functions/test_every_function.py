"""What holds for every function, whatever it grades: shapes, blanks, errors, names and help."""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
import pytest
import xlsxwriter.worksheet
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import FORMULAE

from addin import functions
from addin.functions import FUNCTIONS, MODULES, Failure, call
from addin.functions.define import FAILURES
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.grading import dump_model, fit
from segmentation.scheme_file import preset
from tests.functions.calls import EN, say
from tests.functions.sheets import Range, column, flat

DAY = dt.datetime(2026, 6, 30)
WHOLE_COLUMN = 65_536
# The arguments that hold a cell for each customer; ``measures`` one row for each.
EACH = ("number", "date", "text")


@cache
def model_of(method: str) -> str:
    """The model of thirty customers."""
    numbers = range(1, 31)
    customers = {
        "recency": [float(3 * n) for n in numbers],
        "frequency": [float(1 + n % 7) for n in numbers],
        "monetary": [float(n * n) for n in numbers],
    }
    return dump_model(fit(preset(method), pl.DataFrame(customers)))


def days(*ago: int) -> Range:
    return column([DAY - dt.timedelta(days=n) for n in ago])


RECENCY, FREQUENCY = column([5, 40, 80, 200, 90, 3]), column([9, 4, 2, 1, 3, 7])
MONETARY = column([900, 410, 100, 20, 300, 650])
ROWS = [[r[0], f[0], m[0]] for r, f, m in zip(RECENCY, FREQUENCY, MONETARY, strict=True)]
ORDERS = (column(list("abcdab")), days(9, 8, 7, 60, 5, 4), MONETARY)
HISTORY = (
    column([0, 3, 1, 8, 2, 0]),
    column([0, 60, 30, 200, 90, 0]),
    column([50, 80, 120, 210, 200, 30]),
)
SIX = (RECENCY, FREQUENCY, MONETARY)


@cache
def good() -> dict[str, tuple[Any, ...]]:
    """A call of each function over six customers that answers in full."""
    rfm = {"RFM_TIER": (), "RFM_SCORE": (), "RFM_SEGMENT": ("rfm-r",), "TIER_WHY": ()}
    return {
        **{name: (*SIX, *more) for name, more in rfm.items()},
        "ABC_CLASS": (MONETARY, 0.8, 0.95, column(list("abcdef"))),
        "THRESHOLD_TIER": (MONETARY, "500;200", "VIP;Gold;Rest", True),
        "TOP_TIER": (MONETARY, column([0.2, 0.5]), column(["a", "b", "c"])),
        "MATRIX_TIER": (FREQUENCY, MONETARY),
        "SCORECARD": (ROWS, "1;2;3", "less;more;more"),
        "SCORECARD_TIER": (ROWS, "1;2;3", "less;more;more", "70;40", "A;B;C"),
        "LIFECYCLE_STAGE": (days(300, 90, 80, 400, 99, 9), days(5, 40, 80, 200, 90, 3), FREQUENCY),
        "LOYALTY_TYPE": (FREQUENCY, column([3, 3, 1, 1, 3, 5]), column([0, 0, 1, 0, 0, 2])),
        "P_ALIVE": HISTORY,
        "CLV": (*HISTORY, MONETARY, 6, 0.1),
        "KMEANS_TIER": (ROWS, 2),
        "TREE_TIER": (ROWS, model_of("tree")),
        "TIER_MOVE": (column(list("ABCDAB")), column(list("BBCAAD"))),
        "TIER_STRATEGY": (column(list("ABCDAB")), "general"),
        "RFM_TABLE": ORDERS,
        "DATA_CHECK": ORDERS,
    }


TABLES = ("RFM_TABLE", "DATA_CHECK")
EVERY = sorted(FUNCTIONS)
BY_ROW = [name for name in EVERY if name not in TABLES]
# They compare customers, so that one alone has no answer.
COMPARING = (
    "ABC_CLASS",
    "TOP_TIER",
    "MATRIX_TIER",
    "SCORECARD",
    "SCORECARD_TIER",
    "KMEANS_TIER",
    "CLV",
    "P_ALIVE",
)
# What stands in a cell of these does not keep a row from being graded.
FREE = {("ABC_CLASS", "customers"), ("KMEANS_TIER", "customers")}


@dataclass(frozen=True, kw_only=True)
class Place:
    """An argument that holds a cell for each customer."""

    name: str
    number: int
    argument: str
    kind: str

    def __str__(self) -> str:
        return f"{self.name}.{self.argument}"

    def filled(self, row: int, cell: Any) -> tuple[Any, ...]:
        """The good call with another cell in one row."""
        arguments = list(copy.deepcopy(good()[self.name]))
        arguments[self.number][row][0] = cell
        return tuple(arguments)


def places(*kinds: str) -> list[Place]:
    return [
        Place(name=name, number=i, argument=argument.name, kind=argument.kind)
        for name in BY_ROW
        for i, argument in enumerate(FUNCTIONS[name].arguments)
        if argument.kind in kinds and i < len(good()[name])
        if isinstance(good()[name][i], list) and (name, argument.name) not in FREE
    ]


def test_every_function_has_a_call() -> None:
    assert set(good()) == set(FUNCTIONS)
    assert {function.module for function in FUNCTIONS.values()} == {m.__name__ for m in MODULES}


# ── shapes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", BY_ROW)
def test_a_range_gives_an_answer_for_each_row(name: str, words: Words) -> None:
    answers = say(name, *good()[name], words=words)
    assert [len(row) for row in answers] == [1] * 6
    assert not any(isinstance(a, Failure) for a in flat(answers)), answers
    assert None not in flat(answers)


@pytest.mark.parametrize("name", BY_ROW)
def test_single_values_give_a_single_answer(name: str) -> None:
    one = [
        [ROWS[0]] if g is ROWS else g[0][0] if isinstance(g, list) and len(g) == 6 else g
        for g in good()[name]
    ]
    answer = say(name, *one)
    if name in COMPARING:
        assert isinstance(answer, Failure)
        return
    if name in ("RFM_TIER", "RFM_SCORE", "RFM_SEGMENT", "TIER_WHY"):
        assert answer == f"#VALUE! {EN('function_error.model_needed')}"
        answer = say(name, *one, model_of("rfm"))
    if name == "LIFECYCLE_STAGE":
        assert isinstance(answer, Failure)
        answer = say(name, *one, DAY)
    if name == "TREE_TIER":
        assert len(answer) == 1
        answer = answer[0][0]
    assert not isinstance(answer, Failure | list)
    assert answer is not None


@pytest.mark.parametrize("name", [n for n in BY_ROW if ROWS not in good()[n]])
def test_rows_and_blocks_keep_their_shape(name: str) -> None:
    expected = flat(say(name, *good()[name]))
    for width in (6, 3, 2):
        shaped = [
            [flat(g)[i : i + width] for i in range(0, 6, width)]
            if isinstance(g, list) and len(g) == 6
            else g
            for g in good()[name]
        ]
        answers = say(name, *shaped)
        assert [len(row) for row in answers] == [width] * (6 // width)
        assert flat(answers) == expected
    in_a_list = [flat(g) if isinstance(g, list) and len(g) == 6 else g for g in good()[name]]
    assert flat(say(name, *in_a_list)) == expected


@pytest.mark.parametrize("name", EVERY)
def test_a_range_of_one_cell_is_its_value(name: str) -> None:
    """Some hosts make a range of every argument, and of those that are left out."""
    arguments, expected = good()[name], say(name, *good()[name])
    wrapped = [g if isinstance(g, list) else [[g]] for g in arguments]
    left_out = [[[None]]] * (len(FUNCTIONS[name].arguments) - len(arguments))
    assert say(name, *wrapped, *left_out) == expected
    assert say(name, *arguments, *[None] * len(left_out)) == expected
    if name in BY_ROW and ROWS not in arguments:
        one = [g[0][0] if isinstance(g, list) and len(g) == 6 else g for g in arguments]
        single = say(name, *one)
        ranged = say(name, *[g if isinstance(g, list) else [[g]] for g in one])
        assert ranged == (single if isinstance(single, Failure) else [[single]])


@pytest.mark.parametrize("name", EVERY)
def test_ranges_of_unequal_length_are_told_apart(name: str) -> None:
    long = [g for g in good()[name] if isinstance(g, list) and len(g) == 6]
    if len(long) < 2:
        return
    arguments = list(good()[name])
    at = arguments.index(long[1])
    arguments[at] = arguments[at][:4]
    said = say(name, *arguments)
    assert said == f"#VALUE! {EN('function_error.lengths', lengths='4, 6')}"


@pytest.mark.parametrize("name", EVERY)
def test_whole_columns_end_where_they_are_filled(name: str) -> None:
    width = {id(ROWS): 3}
    padded = [
        [*g, *([[None] * width.get(id(g), 1)] * (WHOLE_COLUMN - 6))]
        if isinstance(g, list) and len(g) == 6
        else g
        for g in good()[name]
    ]
    assert say(name, *padded) == say(name, *good()[name])


# ── cells ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", places(*EACH), ids=str)
@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#VALUE!", "#REF!"])
def test_an_error_fails_in_its_own_row(place: Place, error: str) -> None:
    answers = flat(say(place.name, *place.filled(2, error)))
    assert [isinstance(answer, Failure) for answer in answers] == [i == 2 for i in range(6)]
    assert answers[2].error == ("#N/A" if error == "#N/A" else "#VALUE!")
    assert error in answers[2].reason


@pytest.mark.parametrize("place", places("number", "date"), ids=str)
@pytest.mark.parametrize("cell", ["no number", True, "####", "12 apples", float("inf")], ids=str)
def test_what_is_no_number_fails_in_its_own_row(place: Place, cell: Any, words: Words) -> None:
    answers = flat(say(place.name, *place.filled(4, cell), words=words))
    assert [isinstance(answer, Failure) for answer in answers] == [i == 4 for i in range(6)]
    assert answers[4].reason


@pytest.mark.parametrize("place", places(*EACH), ids=str)
@pytest.mark.parametrize("blank", [None, "", "  "], ids=repr)
def test_a_blank_cell_leaves_the_others_alone(place: Place, blank: Any) -> None:
    answers = flat(say(place.name, *place.filled(1, blank)))
    assert not any(isinstance(answer, Failure) for answer in answers)
    assert all(answer is not None for i, answer in enumerate(answers) if i != 1)


@pytest.mark.parametrize("name", BY_ROW)
def test_blank_rows_are_blank(name: str, words: Words) -> None:
    arguments = copy.deepcopy(good()[name])
    for i, argument in enumerate(arguments):
        if isinstance(argument, list) and len(argument) == 6:
            kind = FUNCTIONS[name].arguments[i].kind
            assert kind in EACH, (name, kind)
            argument[3] = [None] * len(argument[3])
            argument[5] = [""] * len(argument[5])
    answers = flat(say(name, *arguments, words=words))
    assert [answer is None for answer in answers] == [False, False, False, True, False, True]
    assert not any(isinstance(answer, Failure) for answer in answers)
    for argument in arguments:
        if isinstance(argument, list) and len(argument) == 6:
            argument[:] = [[None] * len(row) for row in argument]
    assert flat(say(name, *arguments, words=words)) == [None] * 6


@pytest.mark.parametrize("place", places("number"), ids=str)
@pytest.mark.parametrize("number", [10**15, -(10**18), 9.3e18, 1e300, -1e300, 5e-324], ids=str)
def test_numbers_of_any_size(place: Place, number: float) -> None:
    answers = flat(say(place.name, *place.filled(0, number)))
    assert not any(isinstance(answer, Failure) for answer in answers[1:])
    assert answers[0] is not None


@pytest.mark.parametrize("number", [10**15, 9.3e18, 1e300])
def test_a_table_of_amounts_of_any_size(number: float) -> None:
    customers, dates, amounts = copy.deepcopy(ORDERS)
    amounts[3][0] = number
    table = say("RFM_TABLE", customers, dates, amounts)
    at = table[0].index(EN("header.FenjiCustomers.monetary"))
    assert {row[0]: row[at] for row in table[1:]}["d"] == number


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cell", ["#N/A", "no such thing", None, True], ids=repr)
def test_tables_leave_out_the_row_that_can_not_be_used(name: str, cell: Any) -> None:
    for number in (1, 2):
        arguments = list(copy.deepcopy(ORDERS))
        arguments[number][3][0] = cell  # the only order of d
        table = say(name, *arguments)
        assert {len(row) for row in table} == {len(table[0])}
        if name == "RFM_TABLE":
            assert sorted(row[0] for row in table[1:]) == ["a", "b", "c"]
        else:
            assert [row[0] for row in table[1:] if row[0] is not None] == [4]


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 100_000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(["", " ", "#N/A", "#REF!", "A", "B", "5;3", "2026-01-05", "3/4/2026", "客户"]),
    st.sampled_from(["10%", "less;more", "eight", "general", "{}", "TRUE", "1e400", "=1+1", ";"]),
    st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
    st.text(max_size=6),
)
GIVEN = st.one_of(
    CELLS,
    st.lists(st.lists(CELLS, min_size=1, max_size=1), min_size=1, max_size=5),
    st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=5),
    st.lists(CELLS, max_size=4),
    st.just([[]]),
)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_nothing_in_cells_is_an_exception(name: str, data: st.DataObject) -> None:
    arguments = FUNCTIONS[name].arguments
    least = sum(not argument.optional for argument in arguments)
    count = data.draw(st.integers(least, len(arguments)))
    chosen: list[Any] = []
    for i in range(count):
        usual = good()[name][i] if i < len(good()[name]) else None
        chosen.append(data.draw(st.one_of(GIVEN, st.just(copy.deepcopy(usual)))))
    for lang in LANGUAGES:
        answers = call(name, *chosen, lang=lang)
        if isinstance(answers, list):
            assert answers
            assert all(isinstance(row, list) for row in answers)
            assert len({len(row) for row in answers}) == 1
            cells = flat(answers)
        else:
            cells = [answers]
        for cell in cells:
            assert cell is None or isinstance(cell, str | int | float)
            if isinstance(cell, Failure):
                assert cell.error in FAILURES
                assert cell.reason


# ── names and help ─────────────────────────────────────────────────────────────────────────────

CONTRACT = """
RFM_TIER(recency, frequency, monetary, [model])
RFM_SCORE(recency, frequency, monetary, [model])
RFM_SEGMENT(recency, frequency, monetary, [map], [model])
RFM_TABLE(customers, dates, amounts, [orders], [as_of])
ABC_CLASS(values, [a_share=0.8], [b_share=0.95])
THRESHOLD_TIER(values, limits, labels, [inclusive])
TOP_TIER(values, shares, labels)
SCORECARD(measures, weights, [directions])
MATRIX_TIER(potential, value, [grid])
LIFECYCLE_STAGE(first_date, last_date, orders, [as_of])
LOYALTY_TYPE(orders, months_active, [referrals])
CLV(x, t_x, T, mean_amount, [months=12], [annual_rate])
P_ALIVE(x, t_x, T)
KMEANS_TIER(measures, [k=4])
TREE_TIER(measures, model)
TIER_WHY(recency, frequency, monetary, [model])
TIER_MOVE(before, now)
TIER_STRATEGY(tier, [industry])
DATA_CHECK(customers, dates, amounts)
"""


@pytest.mark.parametrize("line", CONTRACT.split("\n")[1:-1])
def test_the_arguments_of_the_contract_come_first(line: str) -> None:
    name, inside = line[:-1].split("(")
    promised = [re.sub(r"=.*", "", each.strip("[] ")) for each in inside.split(",")]
    optional = ["[" in each for each in inside.split(",")]
    ours = FUNCTIONS[name].arguments
    assert [a.name for a in ours[: len(promised)]] == promised
    assert [a.optional for a in ours[: len(promised)]] == optional
    assert all(a.optional for a in ours[len(promised) :])


def reads_as_a_cell(name: str) -> bool:
    """Whether Excel takes a name for a cell: A1 to XFD1048576, or R1C1."""
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", name)
    if found:
        letters = found[1].rjust(3, "@")
        return letters <= "XFD" and 1 <= int(found[2]) <= 1_048_576
    return re.fullmatch(r"R[0-9]*|C[0-9]*|R[0-9]*C[0-9]*", name) is not None


def excels_own() -> set[str]:
    """The names of Excel's functions that two libraries know."""
    source = inspect.getsource(xlsxwriter.worksheet)
    later = set(re.findall(r"\\b([A-Z][A-Z0-9_.]*)\\\(", source))
    assert "XLOOKUP" in later
    assert "SUM" in FORMULAE
    return {*later, *FORMULAE, "TRUE", "FALSE"}


@pytest.mark.parametrize("name", EVERY)
def test_names_are_free_in_excel(name: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Z_]*[A-Z]", name)
    assert len(name) <= 255
    assert not reads_as_a_cell(name)
    assert name not in excels_own()
    assert 1 <= len(FUNCTIONS[name].arguments) <= 30
    for argument in FUNCTIONS[name].arguments:
        # The papers call it T, which is another than their t.
        assert re.fullmatch(r"[a-z][a-z_]*|T", argument.name)


def test_what_reads_as_a_cell() -> None:
    assert all(map(reads_as_a_cell, ["A1", "XFD1048576", "RFM1", "R1C1", "RC", "R", "C3"]))
    assert not any(map(reads_as_a_cell, ["XFE1", "A0", "A1048577", "ABC_CLASS", "RFM"]))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_help_fits_excels_dialog(name: str, lang: str) -> None:
    words, function = words_of(lang), FUNCTIONS[name]
    texts = {a.name: function.argument_help(a.name, words) for a in function.arguments}
    texts["help"] = function.help(words)
    assert {key: len(text) for key, text in texts.items() if not 4 <= len(text) <= 255} == {}
    assert words.section(f"function.{name}").keys() == texts.keys()
    for argument in function.arguments:
        mark = {"en": "Optional: ", "zh": "可选："}[lang]
        named = texts[argument.name].startswith(mark)
        # Without labels the limits of a scorecard stand one place further on.
        assert named == argument.optional or (name, argument.name) == ("SCORECARD_TIER", "labels")


def test_the_functions_load_without_what_takes_long() -> None:
    heavy = ("pandas", "polars", "sklearn", "narwhals", "pyarrow", "xlwings")
    program = f"import sys, addin.functions; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_they_can_be_called_from_python():
    limits = "5000;2000"
    assert functions.THRESHOLD_TIER([[5000.0], [1999.0]], limits, "A;B;C") == [["A"], ["C"]]
    assert functions.TIER_MOVE("B", "A", lang="zh") == functions.call(
        "TIER_MOVE", "B", "A", lang="zh"
    )
    assert functions.TIER_MOVE("B", "A", lang="zh") != functions.TIER_MOVE("B", "A", lang="en")
    assert not hasattr(functions, "NOTHING")
