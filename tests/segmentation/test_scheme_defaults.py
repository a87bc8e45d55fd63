"""What a scheme leaves out is as the method has it; a scheme graded by another method."""

from __future__ import annotations

import tomllib

import pytest

from addin.scheme_data import adjusted, dumped, even
from segmentation.errors import SchemeError
from segmentation.grading import fit
from segmentation.method import METHODS
from segmentation.scheme_file import parse_scheme, preset, preset_text, presets, with_method
from tests.segmentation.promises import some_customers
from tests.segmentation.sheets import scheme


@pytest.mark.parametrize("name", METHODS)
def test_a_method_alone_is_the_scheme_that_it_comes_with(name: str) -> None:
    alone, whole = scheme(f'method = "{name}"\n'), preset(name)
    assert alone.leading.settings == whole.leading.settings
    assert alone.tiers == whole.tiers
    assert alone.columns == whole.columns
    assert alone.teacher == whole.teacher


@pytest.mark.parametrize("name", [m for m in METHODS if m != "rfm"])
def test_each_key_may_be_left_out_of_a_methods_table(name: str) -> None:
    whole, data = preset(name), tomllib.loads(preset_text(name))
    table, columns = data[name], data.get("columns", {})
    for key in table:
        rest = {k: v for k, v in table.items() if k != key}
        given = {"method": name, name: rest, "columns": columns}
        found = scheme(dumped(given))
        assert found.settings == whole.settings, key


@pytest.mark.parametrize("name", [m for m in METHODS if m != "rfm"])
def test_a_second_grading_has_its_methods_settings_too(name: str) -> None:
    found = scheme(f'[beside]\nmethod = "{name}"\n')
    assert found.beside is not None
    assert found.beside.settings == preset(name).settings
    assert found.columns == preset(name).columns


def test_what_is_given_stays_and_brings_no_columns() -> None:
    text = """method = "potential"
[potential]
indicators = [{ measure = "frequency" }]
"""
    found = scheme(text)
    assert [i.measure for i in found.settings.indicators] == ["frequency"]
    assert found.columns == {}
    own = 'method = "potential"\n[columns.market_potential]\nname = "Mine"\n'
    assert scheme(own).columns["market_potential"].name == {"zh": "Mine", "en": "Mine"}


@pytest.mark.parametrize("name", METHODS)
def test_the_sheet_settings_starts_from_the_same(name: str) -> None:
    text = f'method = "{name}"\n'
    data = even(tomllib.loads(text))
    again, once = scheme(dumped(data)), scheme(text)
    assert again.leading == once.leading
    assert again.columns == once.columns


KM = """name = "Mine"
[kmeans]
k = 3
measures = ["monetary", "frequency"]
[[tiers]]
key = "good"
min_score = 3
[[tiers]]
key = "rest"
"""


def test_another_method_takes_its_own_table_of_the_scheme() -> None:
    found = with_method(scheme(KM), "kmeans")
    assert (found.settings.k, found.settings.measures) == (3, ("monetary", "frequency"))
    # Least scores say nothing of clusters.
    assert found.tiers == preset("kmeans").tiers
    assert found.name == {"zh": "Mine", "en": "Mine"}
    model = fit(found, some_customers(1, 100))
    assert model["learned"]["k"] == 3


def test_tiers_stay_where_the_other_method_asks_for_the_same() -> None:
    tree = with_method(scheme(f"{KM}[tree]\nmax_rules = 3\n"), "tree")
    assert [t.key for t in tree.tiers] == ["good", "rest"]
    assert tree.settings.max_rules == 3
    assert tree.teacher is not None
    assert tree.teacher.tiers == tree.tiers
    # Scores from 1 to 5 are no scores from 0 to 100.
    assert with_method(scheme(KM), "scorecard").tiers == preset("scorecard").tiers
    classes = scheme('method = "lifecycle"\n')
    assert with_method(classes, "loyalty").tiers == preset("loyalty").tiers


def test_the_other_methods_table_must_be_sound_with_its_tiers() -> None:
    text = '[matrix]\ngrid = [["up"]]\n'
    with pytest.raises(SchemeError) as refused:
        with_method(scheme(text), "matrix")
    assert [(line, code) for line, code, _ in refused.value.problems] == [(2, "unknown_tier")]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("industry", ["general", "retail", "b2b", "pharma-doctors"])
def test_the_text_of_a_scheme_goes_the_same_way(name: str, industry: str) -> None:
    assert industry in presets()
    text = adjusted(preset_text(industry), segments="eight")
    as_scheme = with_method(parse_scheme(text, source="x"), name)
    as_text = parse_scheme(adjusted(text, method=name, segments="eight"), source="x")
    assert as_text.leading == as_scheme.leading
    assert as_text.beside == as_scheme.beside


def test_the_text_takes_the_schemes_own_table_as_well() -> None:
    found = parse_scheme(adjusted(KM, method="kmeans", segments="eight"), source="x")
    assert (found.settings.k, found.tiers) == (3, preset("kmeans").tiers)
