"""Real data sets: the button gives the tiers of the command line, and gives them again."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from addin.cli import main as fenji
from tests.calc_host.jobs import Desk, tiers

SOURCES = {
    "Online Retail": ("online_retail", "en"),
    "messy Chinese orders": ("zh_messy_orders", "zh"),
}


def source_of(shared_data: Path, name: str) -> tuple[Path, str]:
    folder, lang = SOURCES[name]
    found = sorted((shared_data / folder).glob("*.xlsx"))
    if not found:
        pytest.skip(f"no workbook in {folder}")
    return found[0], lang


@pytest.mark.parametrize("name", SOURCES)
def test_tiers_of_the_command_line(desk: Desk, shared_data: Path, name: str) -> None:
    source, lang = source_of(shared_data, name)
    out = desk.folder / "out.xlsx"
    assert fenji(["grade", str(source), "-o", str(out), "--lang", lang]) == 0
    said = desk.press("grade", source, lang=lang)
    assert (said.plan["kind"], said.plan["put"]) == ("done", "insert"), said.plan["said"]
    assert tiers(said.file) == tiers(out)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("name", SOURCES)
def test_graded_by_what_libreoffice_exports(
    desk: Desk, shared_data: Path, office: ModuleType, name: str, kind: str
) -> None:
    """As a changed document and an .ods come to the job: as LibreOffice's own .xlsx."""
    source, lang = source_of(shared_data, name)
    out = desk.folder / "out.xlsx"
    assert fenji(["grade", str(source), "-o", str(out), "--lang", lang]) == 0
    saved = office.convert(source, kind, desk.folder / "saved")
    copy = office.convert(saved, "xlsx", desk.folder / "copy") if kind == "ods" else saved
    said = desk.press("grade", copy, lang=lang)
    assert said.plan["kind"] == "done", said.plan["said"]
    assert tiers(said.file) == tiers(out)
