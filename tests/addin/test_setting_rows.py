"""A scheme as rows of words, and back: every scheme that ships, in both languages."""

from __future__ import annotations

import tomllib

import pytest

from addin.scheme_data import adjusted, dumped, even
from addin.setting_leaves import sections
from addin.setting_values import read, shown
from addin.settings_sheet import CELL_LIMIT, scheme_rows, toml_cells
from addin.words import LANGUAGES, words
from segmentation.method import METHODS
from segmentation.scheme_file import parse_scheme, preset_text, presets
from templates.settings import TOML_CELLS

EVERY = sorted({*presets(), *METHODS})


@pytest.mark.parametrize("name", EVERY)
def test_every_scheme_is_shown_and_read_back_as_it_is(name: str) -> None:
    text = preset_text(name)
    data = even(tomllib.loads(text))
    assert parse_scheme(dumped(data), source="") == parse_scheme(text, source="")
    for lang in LANGUAGES:
        leaves = [leaf for section in sections(data, lang) for leaf in section.leaves]
        assert len({leaf.key for leaf in leaves}) == len(leaves) > 30
        for leaf in leaves:
            for other in LANGUAGES:
                cell = shown(leaf, leaf.value, data, words(other))
                back = read(leaf, None if cell is None else str(cell), data)
                assert back == leaf.value or (back is None and leaf.value in ("", [])), leaf


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_every_setting_has_a_name_and_a_meaning(name: str, lang: str) -> None:
    rows = scheme_rows(adjusted(preset_text(name), segments="eight"), words(lang))
    for row in rows:
        assert "_" not in row.setting, row
        assert row.kind == "heading" or row.meaning, row
    assert len({row.setting for row in rows if row.key.startswith("rfm.")}) == len(
        [row for row in rows if row.key.startswith("rfm.")]
    )


def test_a_scheme_too_long_for_one_cell_is_split() -> None:
    text = preset_text("general") + "# " + "客户分级" * 9_000
    cells = toml_cells(text)
    assert list(cells) == list(TOML_CELLS)
    assert cells[TOML_CELLS[0]] is None
    parts = [cells[name] or "" for name in TOML_CELLS[1:]]
    assert "".join(parts) == text
    assert max(len(part.encode("utf-16-le")) // 2 for part in parts) <= CELL_LIMIT
    assert set(toml_cells(text * 9).values()) == {None}
    assert toml_cells("a = 1")[TOML_CELLS[0]] == "a = 1"


@pytest.mark.parametrize("name", EVERY)
def test_another_method_in_the_text_of_a_scheme(name: str) -> None:
    """What the options change is in the workbook too."""
    text = adjusted(preset_text("general"), method="scorecard", date_order="dmy", segments="pymc")
    found = parse_scheme(text, source="")
    assert (found.method, found.measures.date_order) == ("scorecard", "dmy")
    assert found.rfm.segments == "pymc"
    assert found.tiers == parse_scheme(preset_text("scorecard"), source="").tiers
    same = adjusted(preset_text(name), segments="eight")
    assert parse_scheme(same, source="").tiers == parse_scheme(preset_text(name), source="").tiers
