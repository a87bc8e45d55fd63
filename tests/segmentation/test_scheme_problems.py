"""What is wrong in one table hides nothing in another, and all of it is told in words."""

from __future__ import annotations

import re

import pytest

from addin.messages import explain_error
from addin.words import LANGUAGES, words
from segmentation.errors import SchemeError
from segmentation.method import METHODS
from segmentation.scheme_file import parse_scheme, preset, preset_text, presets
from tests.segmentation.sheets import scheme

Told = tuple[int | None, str, str]


def problems(text: str, *, strict: bool = False) -> list[Told]:
    """(line, code, key) of each problem."""
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="my.toml", strict=strict)
    return [(line, code, str(params["key"])) for line, code, params in refused.value.problems]


EVERYWHERE = """method = "thresholds"
name = 5

[measures]
window_days = 0.5

[thresholds]
measure = "visits"
speed = 1

[columns.stars]
take = "best"
headers = "Stars"
[columns.monetary]
name = "x"
instead = "fame"

[beside]
method = "kmeans"
kmeans = { measures = ["recency",
  "fame"], k = "many" }
[[beside.tiers]]
key = "x"
classes = 3

[scorecard]
criteria = "none"

[[tiers]]
key = "A"
limits = { monetary = { above = 5, at_most = 4 }, frequency = { atleast = 1 } }
[[tiers]]
key = "B"
top = 0.1
[[tiers]]
key = "C"
"""


def test_all_tables_are_read_whatever_is_wrong_in_one() -> None:
    assert problems(EVERYWHERE) == [
        (2, "bad_text", "name"),
        (5, "bad_number", "measures.window_days"),
        (8, "unknown_measure", "thresholds.measure"),
        (9, "unknown_key", "thresholds.speed"),
        (11, "bad_text", "columns.stars.name"),
        (12, "choice", "columns.stars.take"),
        (13, "not_a_list", "columns.stars.headers"),
        (14, "name_taken", "columns.monetary"),
        (16, "unknown_measure", "columns.monetary.instead"),
        (21, "bad_number", "beside.kmeans.k"),
        (21, "unknown_measure", "beside.kmeans.measures[1]"),
        (24, "not_a_list", "beside.tiers[0].classes"),
        (27, "not_a_list", "scorecard.criteria"),
        (31, "unknown_key", "tiers[0].limits.frequency.atleast"),
        (31, "nobody", "tiers[0].limits.monetary.at_most"),
        (32, "limit_missing", "tiers[1].above"),
        (34, "unknown_key", "tiers[1].top"),
    ]


GATES = '[[tiers]]\nkey = "A"\n{}\n[[tiers]]\nkey = "B"\n{}\n[[tiers]]\nkey = "C"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[thresholds]\nmeasure = "visits"\n', [(3, "unknown_measure", "thresholds.measure")]),
        (
            GATES.format("limits = { visits = { above = 1 } }", "above = 2"),
            [(4, "unknown_measure", "tiers[0].limits.visits")],
        ),
        (GATES.format("above = 5", "above = 6"), [(5, "not_descending", "tiers[1]")]),
        (GATES.format("above = 5", "at_most = 4"), [(5, "gap", "tiers[1]")]),
        (GATES.format("above = 5", "at_most = 6"), [(5, "overlap", "tiers[1]")]),
        (GATES.format("above = 5\nbelow = 5", "above = 4"), [(5, "nobody", "tiers[0].below")]),
        (GATES.format("at_least = 5\nat_most = 5", "above = 4"), []),
        ('beside = { method = "magic" }', [(2, "choice", "beside.method")]),
        ('[beside]\nname = "x"\n', [(2, "missing_key", "beside.method")]),
        ('[beside]\nmethod = "abc"\nabc = { a = true }\n', [(4, "bad_number", "beside.abc.a")]),
        ('[beside]\nmethod = "rfm"\nrfm = { bins = 1 }\n', [(4, "bad_number", "beside.rfm.bins")]),
        ("[abc]\nc = 1\n", [(3, "unknown_key", "abc.c")]),
        ("[abc]\nmeasures = 1\n", [(3, "not_a_table", "abc.measures")]),
    ],
)
def test_what_methods_and_second_gradings_hold(text: str, expected: list[Told]) -> None:
    whole = f'method = "thresholds"\n{text}'
    if not expected:
        assert scheme(whole).method == "thresholds"
        return
    assert [(line, code) for line, code, _ in problems(whole)] == [
        (line, code) for line, code, _ in expected
    ]


def test_a_second_rfm_has_scores_of_its_own() -> None:
    found = scheme('[rfm]\nbins = 4\n[beside]\nmethod = "rfm"\nrfm = { bins = 3 }\n').beside
    assert found is not None
    assert set(found.settings.bins.values()) == {3}
    assert scheme('[rfm]\nbins = 4\n[beside]\nmethod = "rfm"\n').beside.settings.bins == {  # type: ignore[union-attr]
        "recency": 4,
        "frequency": 4,
        "monetary": 4,
    }


UNFINISHED = '[[tiers]]\nkey = "A"\nmin_score = 3\nbudget_share = 0.5\n[[tiers]]\nkey = "B"\n'


def test_what_grading_can_do_without_only_a_check_asks_for() -> None:
    assert len(scheme(UNFINISHED).tiers) == 2
    assert problems(f"[stage]\nspeed = 1\n{UNFINISHED}", strict=True) == [
        (2, "unknown_key", "stage.speed"),
        (3, "no_strategy", "tiers[0].strategy"),
        (3, "no_service_floor", "tiers[0].service_floor"),
        (6, "shares_sum", "tiers[0].budget_share"),
        (7, "no_strategy", "tiers[1].strategy"),
        (7, "no_service_floor", "tiers[1].service_floor"),
    ]


@pytest.mark.parametrize("name", sorted({*presets(), *METHODS}))
def test_what_is_shipped_is_complete(name: str) -> None:
    assert parse_scheme(preset_text(name), source=name, strict=True) == preset(name)


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        ('"Call"', ("Call",), ("Call",)),
        ('["Call", "Write"]', ("Call", "Write"), ("Call", "Write")),
        ('{ zh = "电话" }', ("电话",), ("电话",)),
        ('{ zh = ["电话"], en = "Call" }', ("电话",), ("Call",)),
    ],
)
def test_strategies_as_people_write_them(
    form: str, zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    tier = scheme(f'[[tiers]]\nkey = "A"\nstrategy = {form}\n').tiers[0]
    assert (tier.strategy, tier.name) == ({"zh": zh, "en": en}, {"zh": "A", "en": "A"})


SENTENCES = {
    "[rfm]\nbins = 1": (
        "line 2: “rfm.bins” should be a number (2, 3, 4 … 20), not 1",
        "第 2 行：“rfm.bins”应当是数字（2, 3, 4 … 20），而不是 1",
    ),
    "[abc]\na = 1.5": (
        "line 2: “abc.a” should be a number (0 < x ≤ 1), not 1.5",
        "第 2 行：“abc.a”应当是数字（0 < x ≤ 1），而不是 1.5",
    ),
    "[rfm]\noffset = nan": (
        "line 2: “rfm.offset” should be a number (-1, 0.5, 20 …), not nan",
        "第 2 行：“rfm.offset”应当是数字（-1, 0.5, 20 …），而不是 nan",
    ),
    "[measures]\nrefunds = true": (
        "line 2: “measures.refunds” can't be true; choose from net, drop, keep",
        "第 2 行：“measures.refunds”不能是 true，可选：net, drop, keep",
    ),
    '[columns.x]\nname = "x"\ncolour = 1': (
        "line 3: unknown key “columns.x.colour” "
        "(known here: name, headers, kind, take, instead, most)",
        "第 3 行：不认识的键“columns.x.colour”"
        "（这里可用：name, headers, kind, take, instead, most）",
    ),
    "rfm = 5": (
        "line 1: “rfm” should be a table ([rfm]), not 5",
        "第 1 行：“rfm”应当是一个表（[rfm]），而不是 5",
    ),
    "tiers = 5": (
        "line 1: “tiers” should be a table ([[tiers]]), not 5",
        "第 1 行：“tiers”应当是一个表（[[tiers]]），而不是 5",
    ),
    '[[tiers]]\nkey = "A"\nstrategy = 5': (
        "line 3: “tiers[0].strategy” should be a text, or one per language "
        '(zh = ["…"], en = ["…"]), not 5',
        "第 3 行：“tiers[0].strategy”应当是文字，或每种语言一条"
        '（zh = ["…"], en = ["…"]），而不是 5',
    ),
    '[[tiers]]\nkey = "A"\n[[tiers]]\nkey = "B"': (
        "line 1: tier “A” needs one of: min_score (only the last one takes the rest)",
        "第 1 行：等级“A”要写明入级条件，可用：min_score（只有最后一级可以不写）",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_says_what_may_stand_there(text: str, lang: str) -> None:
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="my.toml")
    _, *said = explain_error(refused.value, words(lang)).splitlines()
    assert [line.strip() for line in said] == [SENTENCES[text][lang == "zh"]]


def test_a_file_nested_without_end_is_no_crash() -> None:
    with pytest.raises(SchemeError) as refused:
        parse_scheme(f"x = {'[' * 5000}", source="my.toml")
    assert refused.value.problems[0][1] == "toml"


def test_no_value_is_shown_at_full_length() -> None:
    with pytest.raises(SchemeError) as refused:
        parse_scheme(f"[rfm]\nbins = {list(range(999))}", source="my.toml")
    said = explain_error(refused.value, words("en"))
    assert re.search(r"not \[0, 1, 2.*…$", said)
    assert len(said) < 200


GATES_OF_SHARES = """method = "abc"
[[tiers]]
key = "A"
share = "x"
[[tiers]]
key = "B"
share = 0.5
[[tiers]]
key = "C"
"""
MATRIX = """method = "matrix"
[matrix]
grid = [["A", "B", "C"], ["A", "Z"], ["C", "D", "D"]]
[matrix.rows]
measure = "monetary"
levels = 5
[matrix.columns]
measure = "frequency"
better = "much"
"""
RISK = """method = "risk"
[risk]
take = "best"
[risk.indicators]
return_share = { normal = { above = 0.3 }, high = { above = 0.1 } }
interval = { normal = { above = "x" } }
"""
CYCLE = """method = "lifecycle"
[stage]
active_days = 90
dormant_days = 30
speed = 1
[lifecycle]
unit = "weeks"
active_days = 90
dormant_days = 30
"""
SHARES = """method = "abc"
[abc]
a = 0.9
b = 0.5
measures = 7
[[tiers]]
key = "A"
share = 0.9
contact_days = "often"
[[tiers]]
key = "B"
share = 0.5
[[tiers]]
key = "C"
"""
GAPS = """method = "thresholds"
[[tiers]]
key = "A"
at_least = 500
[[tiers]]
key = "B"
below = 400
at_least = 300
strategy = 7
[[tiers]]
key = "C"
at_most = 300
[[tiers]]
key = "D"
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            MATRIX,
            [
                (3, "ragged_grid", "matrix.grid"),
                (3, "unknown_tier", "matrix.grid"),
                (6, "not_a_list", "matrix.rows.levels"),
                (9, "choice", "matrix.columns.better"),
            ],
        ),
        (
            RISK,
            [
                (3, "choice", "risk.take"),
                (5, "levels_crossed", "risk.indicators.return_share"),
                (6, "bad_number", "risk.indicators.interval.normal.above"),
            ],
        ),
        (
            CYCLE,
            [
                (4, "not_ascending", "stage.dormant_days"),
                (5, "unknown_key", "stage.speed"),
                (7, "choice", "lifecycle.unit"),
                (9, "not_ascending", "lifecycle.dormant_days"),
            ],
        ),
        (
            SHARES,
            [
                (4, "not_ascending", "abc.b"),
                (5, "not_a_table", "abc.measures"),
                (9, "bad_number", "tiers[0].contact_days"),
                (12, "not_ascending", "tiers[1].share"),
            ],
        ),
        (
            GAPS,
            [
                (5, "gap", "tiers[1]"),
                (9, "bad_text", "tiers[1].strategy"),
                (10, "overlap", "tiers[2]"),
            ],
        ),
        # Nothing follows from what is wrong already.
        (
            'method = "lifecycle"\n[lifecycle]\nactive_days = "x"\ndormant_days = 30\n',
            [(3, "bad_number", "lifecycle.active_days")],
        ),
        (
            'method = "matrix"\n[matrix]\ngrid = [["A", true]]\n[matrix.rows]\n'
            'measure = "monetary"\nby = "limits"\nlimits = [1, 2, 3, 4]\n',
            [(3, "bad_cell", "matrix.grid[0][1]")],
        ),
        (
            'method = "matrix"\n[matrix.rows]\nmeasure = "monetary"\n'
            'by = "limits"\nlimits = [5, 2]\n',
            [(5, "not_ascending", "matrix.rows.limits")],
        ),
        (GATES_OF_SHARES, [(4, "bad_number", "tiers[0].share")]),
    ],
)
def test_one_problem_hides_no_other_and_makes_none(text: str, expected: list[Told]) -> None:
    assert problems(text) == expected


ORDER = '[[tiers]]\nkey = "1"\n{}\n[[tiers]]\nkey = "2"\n{}\n[[tiers]]\nkey = "3"\n{}\n'


@pytest.mark.parametrize(
    ("measure", "limits", "expected"),
    [
        ("monetary", ("below = 2000", "above = 5000", ""), [(6, "worst_first")]),
        ("monetary", ("above = 5000", "at_least = 2000", ""), []),
        ("monetary", ("above = 5000", "at_least = 2000\nat_most = 5000", "below = 2000"), []),
        ("recency", ("at_most = 30", "above = 30\nat_most = 90", "above = 90"), []),
        ("recency", ("at_most = 30", "at_most = 90", ""), []),
        ("recency", ("above = 90", "at_most = 30", ""), [(6, "worst_first")]),
        ("recency", ("at_most = 30", "above = 40\nat_most = 90", ""), [(6, "gap")]),
        ("recency", ("at_most = 90", "at_most = 30", ""), [(6, "worst_first")]),
        # Of a column of one's own the best tier says which way is better.
        ("late", ("at_most = 0", "above = 0\nat_most = 30", "above = 30"), []),
        ("late", ("above = 30", "at_most = 30", ""), []),
        (
            "monetary",
            ("limits = { monetary = { below = 9 } }", "above = 50", ""),
            [(6, "worst_first")],
        ),
    ],
)
def test_tiers_stand_best_first(
    measure: str, limits: tuple[str, ...], expected: list[tuple[int, str]]
) -> None:
    own = '[columns.late]\nname = "Late"\n' if measure == "late" else ""
    text = f'method = "thresholds"\nthresholds.measure = "{measure}"\n{ORDER.format(*limits)}{own}'
    if not expected:
        assert scheme(text).method == "thresholds"
        return
    assert [(line, code) for line, code, _ in problems(text)] == expected


def test_a_rule_that_nobody_can_meet_is_told() -> None:
    rule = "tier = 'A', limits = { recency = { at_most = 5, at_least = 9 } }"
    tiers = '[[tiers]]\nkey = "A"\n[[tiers]]\nkey = "B"\n'
    text = f'method = "tree"\n[tree]\nrules = [{{ {rule} }}]\n{tiers}'
    assert problems(text) == [(3, "nobody", "tree.rules[0].limits.recency.at_most")]
