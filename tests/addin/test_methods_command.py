"""Every method from the command line: one command, two languages, the same numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from addin.tables import GRADED
from addin.words import LANGUAGES, Words, words
from segmentation.method import METHODS
from segmentation.scheme_file import preset, presets
from tests.addin.conftest import CJK, Run
from tests.addin.orders import orders, write_text

TEXTS = {"segment", "stage", "why", "next"}
# Names of things, the same in both languages.
CODES = re.compile(r"(?<![A-Za-z])(?:VIP|RFM|ABC|[A-Z])(?![A-Za-z])")


def source(folder: Path) -> Path:
    frame = orders(600, 80).with_columns(
        pl.lit("N").alias("Name"),
        (pl.int_range(600) % 7).cast(pl.String).alias("Category"),
    )
    return write_text(folder / "o.csv", frame)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_in_one_command(name: str, folder: Path, fenji: Run) -> None:
    source(folder)
    tables = {}
    for lang in LANGUAGES:
        out = f"{lang}.csv"
        done = fenji("grade", "o.csv", "--method", name, "-o", out, "--json", lang=lang)
        assert done.code == 0, done.err
        said = json.loads(done.out)
        assert said["method"] == name
        assert said["customers"] == 80 == sum(said["tiers"].values())
        tables[lang] = pl.read_csv(folder / out, infer_schema_length=None)
    en, zh = tables["en"], tables["zh"]
    assert en.columns == zh.columns
    assert set(GRADED) <= set(en.columns)
    own = [c for c in en.columns if c not in GRADED and en.schema[c] == pl.String]
    for column in en.columns:
        if column not in {*TEXTS, *own}:
            assert en[column].equals(zh[column]), column
    for column in (*TEXTS, *own):
        assert not any(CJK.search(t) for t in en[column].drop_nulls()), column
    for column in ("why", "next"):
        assert all(CJK.search(t) for t in zh[column]), zh[column].head(3).to_list()
        assert en[column].null_count() == zh[column].null_count() == 0
        assert not any(re.search(r"\b(nan|None|null|inf)\b", t) for t in en[column]), column


@pytest.mark.parametrize("name", METHODS)
def test_a_chinese_sentence_has_no_english_words(name: str, folder: Path, fenji: Run) -> None:
    source(folder)
    done = fenji("grade", "o.csv", "--method", name, "-o", "zh.csv", lang="zh")
    assert done.code == 0, done.err
    table = pl.read_csv(folder / "zh.csv", infer_schema_length=None)
    for column in ("why", "next"):
        left = {w for t in table[column] for w in re.findall(r"[A-Za-z]{2,}", CODES.sub("", t))}
        assert left == set(), (column, table[column].head(3).to_list())


def test_the_methods_are_listed(fenji: Run, words: Words) -> None:
    said = fenji("methods", lang=words.lang)
    assert said.code == 0
    assert [line.split("\t")[0] for line in said.out.splitlines()] == list(METHODS)


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_one_customer_is_explained(ending: str, folder: Path, fenji: Run, words: Words) -> None:
    source(folder)
    out = f"g.{ending}"
    assert fenji("grade", "o.csv", "-o", out, lang=words.lang).code == 0
    done = fenji("explain", out, "00007", lang=words.lang)
    assert done.code == 0, done.err
    table = fenji("grade", "o.csv", "-o", "plain.csv", lang=words.lang)
    assert table.code == 0
    plain = pl.read_csv(folder / "plain.csv", infer_schema=False)
    row = plain.filter(pl.col("customer") == "00007").row(0, named=True)
    for key in ("why", "next"):
        assert row[key] in done.out
    assert row["tier"] in done.out.splitlines()[0]
    other = "zh" if words.lang == "en" else "en"
    assert fenji("explain", out, "00007", lang=other).code == 0
    said = json.loads(fenji("explain", out, "00007", "--json", lang=words.lang).out)
    assert said["why"] == row["why"]
    assert ("strategy" in said) == (ending == "xlsx")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_can_not_be_explained(lang: str, folder: Path, fenji: Run) -> None:
    source(folder)
    assert fenji("grade", "o.csv", "-o", "g.csv", lang=lang).code == 0
    unknown = fenji("explain", "g.csv", "7777", lang=lang)
    assert unknown.code == 2
    assert "7777" in unknown.err
    ambiguous = fenji("explain", "g.csv", "N", lang=lang)
    assert ambiguous.code == 2
    assert len(re.findall(r"\b000\d\d\b", ambiguous.err)) == 5
    raw = fenji("explain", "o.csv", "00007", lang=lang)
    assert raw.code == 3
    assert "o.csv" in raw.err
    assert fenji("explain", "none.csv", "1", lang=lang).code == 4
    assert words(lang)("cli.list") is not None


@pytest.mark.parametrize("name", ["scorecard", "potential", "loyalty", "risk"])
def test_a_graded_workbook_graded_again_says_the_same(
    name: str, folder: Path, fenji: Run, words: Words
) -> None:
    """Its sheet of customers holds the measures that orders gave."""
    source(folder)
    first, again = folder / "1.xlsx", folder / "2.csv"
    assert fenji("grade", "o.csv", "--method", name, "-o", first, lang=words.lang).code == 0
    assert fenji("grade", "o.csv", "--method", name, "-o", "1.csv", lang=words.lang).code == 0
    done = fenji("grade", first, "--method", name, "-o", again, lang=words.lang)
    assert done.code == 0, done.err
    tiers = [pl.read_csv(folder / f, infer_schema=False) for f in ("1.csv", "2.csv")]
    wanted, found = (dict(t.select("customer", "tier").iter_rows()) for t in tiers)
    assert found == wanted


@pytest.mark.parametrize("name", METHODS)
def test_any_method_stands_beside_another(name: str, folder: Path, fenji: Run) -> None:
    """Also those whose name is a column of every graded table."""
    source(folder)
    leading = "thresholds" if name != "thresholds" else "rfm"
    text = f'method = "{leading}"\n[beside]\nmethod = "{name}"\n'
    (folder / "s.toml").write_text(text, encoding="utf-8")
    for ending in ("csv", "xlsx"):
        done = fenji("grade", "o.csv", "--scheme", "s.toml", "-o", f"x.{ending}")
        assert done.code == 0, done.err
    assert fenji("grade", "o.csv", "--method", name, "-o", "alone.csv").code == 0
    both, alone = (
        pl.read_csv(folder / f, infer_schema=False).sort("customer") for f in ("x.csv", "alone.csv")
    )
    column = f"{name}_tier" if name in GRADED else name
    names = {t.key: t.name["en"] for t in preset(name).tiers}
    assert both[column].to_list() == [names[key] for key in alone["tier"]]


@pytest.mark.parametrize("name", [*presets(), *METHODS])
def test_every_scheme_has_a_template(name: str, folder: Path, fenji: Run) -> None:
    done = fenji("template", name, "-o", "t.xlsx", lang="zh")
    assert done.code == 0, done.err
    assert (folder / "t.xlsx").stat().st_size > 10_000
