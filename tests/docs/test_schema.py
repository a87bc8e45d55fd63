"""docs/scheme.schema.json is what scheme files are held to.

Write it anew with ``python -m tests.docs.test_schema``.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from segmentation.method import METHODS
from segmentation.scheme_file import preset_text, presets
from segmentation.scheme_schema import schema_text

PAGE = Path(__file__).parents[2] / "docs" / "scheme.schema.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    found: dict[str, Any] = json.loads(schema_text())
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def test_the_published_schema_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", sorted({*presets(), *METHODS}))
def test_shipped_schemes_fit_the_schema(name: str, validator: Draft202012Validator) -> None:
    found = validator.iter_errors(tomllib.loads(preset_text(name)))
    assert [(e.json_path, e.message) for e in found] == []


LENIENT = """
name = "Mine"
[rfm]
bins = { recency = 5, frequency = 3 }
weights = 2
high = { of = "measure", at = 3.5 }
[[rfm.segments]]
name = { zh = "好" }
recency = 5
monetary = [1, 2]
[columns.satisfaction]
name = "Satisfaction"
[beside]
method = "thresholds"
thresholds = { measure = "recency" }
[[beside.tiers]]
key = "x"
at_most = 30
[[beside.tiers]]
key = "y"
[[tiers]]
key = "A"
min_score = 3
strategy = "Call"
[[tiers]]
key = "B"
strategy = { zh = "电话", en = ["Call", "Write"] }
"""


def test_all_ways_of_writing_fit_the_schema(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(tomllib.loads(LENIENT))) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("format = 2", "$.format"),
        ('method = "magic"', "$.method"),
        ('colour = "red"', "$"),
        ('[measures]\nfrequency = "weeks"', "$.measures.frequency"),
        ("[measures]\nspeed = 1", "$.measures"),
        ("[measures]\nwindow_days = 0", "$.measures.window_days"),
        ("rfm = 5", "$.rfm"),
        ("[rfm]\nbins = 2.5", "$.rfm.bins"),
        ("[rfm]\nbins = 1", "$.rfm.bins"),
        ("[rfm]\nbins = true", "$.rfm.bins"),
        ("[rfm]\nnested = 1", "$.rfm.nested"),
        ("[rfm]\nweights = { recency = -1 }", "$.rfm.weights"),
        ('[rfm]\nhigh = "top"', "$.rfm.high"),
        ('[rfm]\nsegments = "nine"', "$.rfm.segments"),
        ("[rfm]\ncut_points = [1, 2]", "$.rfm.cut_points"),
        ("[abc]\na = 1.5", "$.abc.a"),
        ('[stage]\nactive_days = "many"', "$.stage.active_days"),
        ("tiers = 5", "$.tiers"),
        ("[[tiers]]\nkey = 5", "$.tiers[0].key"),
        ('[[tiers]]\nname = "A"', "$.tiers[0]"),
        ('[[tiers]]\nkey = "A"\nbudget_share = 1.5', "$.tiers[0].budget_share"),
        ('[[tiers]]\nkey = "A"\nstrategy = 5', "$.tiers[0].strategy"),
        ('[[tiers]]\nkey = "A"\ncolour = "red"', "$.tiers[0]"),
        ('[[tiers]]\nkey = "A"\ntop = 0.1', "$.tiers[0]"),
        ('method = "top"\n[[tiers]]\nkey = "A"\nmin_score = 3', "$.tiers[0]"),
        ("[[segments]]\nrecency = 5", "$.segments[0]"),
        ('[beside]\nname = "x"', "$.beside"),
        ('[columns.x]\nname = "x"\ntake = "best"', "$.columns.x.take"),
        ("[thresholds]\nmeasure = 5", "$.thresholds.measure"),
    ],
)
def test_what_may_not_stand_there_is_refused(
    text: str, path: str, validator: Draft202012Validator
) -> None:
    assert path in {e.json_path for e in validator.iter_errors(tomllib.loads(text))}


def test_keys_are_described(validator: Draft202012Validator) -> None:
    described = validator.schema["$defs"]["Tier"]["properties"]
    assert described["first_action"]["description"] == "what to do first"
    window = validator.schema["$defs"]["MeasureSettings"]["properties"]["window_days"]
    assert window["type"] == "integer"
    assert "last" in window["description"]


if __name__ == "__main__":
    PAGE.write_text(schema_text(), encoding="utf-8")
