"""What importing a sheet leaves behind: how it prints, how its rules look, how it is viewed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from .undo import quiet, unlocked

FAMILIES = ("CellStyles", "PageStyles")
_OURS = "Fenji "
_DEFAULT = "Default"
_READ_ONLY = 16  # com.sun.star.beans.PropertyAttribute.READONLY
_SCALES = ("PageScale", "ScaleToPages", "ScaleToPagesX", "ScaleToPagesY")
_FROZEN = 2  # how the view data of a sheet says that it is split by freezing
Styles = dict[str, set[str]]


def styles_of(document: Any) -> Styles:
    """The names of a document's styles by family."""
    return {family: set(_family(document, family).ElementNames) for family in FAMILIES}


def carry(document: Any, source: Any, sheets: Iterable[str], before: Styles) -> None:
    """Give imported sheets the looks that they have in the source.

    ``before`` are the styles that the document had: they are the user's and stay as they are.
    """
    rules = _Rules(document, source, before["CellStyles"])
    found = [document.Sheets.getByName(name) for name in sheets]
    for sheet in found:
        style = source.Sheets.getByName(sheet.Name).PageStyle
        _print_like(document, source, sheet, style)
    # No style of cells can be changed while any sheet of the document is protected.
    with unlocked(document, sheets):
        for sheet in found:
            for place in sheet.ConditionalFormats.getConditionalFormats():
                rules.settle(sheet, place)


def take_away_styles(document: Any, before: Styles) -> None:
    """Remove the styles that came with imported sheets."""
    for family, known in before.items():
        styles = _family(document, family)
        for name in styles.ElementNames:
            if name not in known:
                with suppress(Exception):  # one that is in use by now
                    quiet(document, styles.removeByName, name)


def view_like(document: Any, source: Any, sheets: Iterable[str]) -> None:
    """Freeze the same rows and columns, hide the same grids."""
    controller = document.getCurrentController()
    if controller is None:
        return
    helper = _helper()
    wanted, now = _views(source), _views(document)
    active = controller.getActiveSheet()
    for name in sheets:
        view = wanted.get(name)
        if view is None:
            continue
        controller.setActiveSheet(document.Sheets.getByName(name))
        columns, rows = _frozen(view, "Horizontal"), _frozen(view, "Vertical")
        if columns or rows:
            controller.freezeAtPosition(columns, rows)
        # A sheet that was never looked at has no view yet, and its grid is shown.
        if not view.get("ShowGrid", True) and now.get(name, {}).get("ShowGrid", True):
            helper.executeDispatch(controller.Frame, ".uno:ToggleSheetGrid", "", 0, ())
    controller.setActiveSheet(active)


def _helper() -> Any:
    import uno  # noqa: PLC0415 (only LibreOffice's own Python has it)

    context = uno.getComponentContext()
    return context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.DispatchHelper", context
    )


def _family(document: Any, name: str) -> Any:
    return document.StyleFamilies.getByName(name)


def _print_like(document: Any, source: Any, sheet: Any, style: str) -> None:
    styles, name = _family(document, "PageStyles"), f"{_OURS}{sheet.Name}"
    given = _family(source, "PageStyles").getByName(style)
    if not styles.hasByName(name):
        made = document.createInstance("com.sun.star.style.PageStyle")
        quiet(document, styles.insertByName, name, made)
    made = styles.getByName(name)
    known = given.PropertySetInfo.Properties
    writable = [each.Name for each in known if not each.Attributes & _READ_ONLY]
    # Each way to scale puts out the others, so the one that holds comes last.
    scales = [each for each in _SCALES if given.getPropertyValue(each)]
    for each in [*(n for n in writable if n not in _SCALES), *scales]:
        with suppress(Exception):  # some apply to other kinds of documents only
            quiet(document, made.setPropertyValue, each, given.getPropertyValue(each))
    quiet(document, sheet.setPropertyValue, "PageStyle", name)


class _Rules:
    """The styles of conditional formats, made to change no more than they do in the source.

    An imported style inherits the document's default style, and with it a font and an alignment
    that would stand above those of the cells; in the source it inherits nothing.
    """

    def __init__(self, document: Any, source: Any, before: set[str]) -> None:
        self._document = document
        self._source = _family(source, "CellStyles")
        self._styles = _family(document, "CellStyles")
        self._before = before
        self._settled: set[str] = set()
        default = self._styles.getByName(_DEFAULT)
        names = [each.Name for each in default.PropertySetInfo.Properties]
        self._inherited = [name for name in names if _is_set(default, name)]

    def settle(self, sheet: Any, place: Any) -> None:
        """See to every rule of one place."""
        for number in range(place.getCount()):
            entry = place.getByIndex(number)
            self._read_again(entry)
            style = getattr(entry, "StyleName", "")
            if not style or not self._source.hasByName(style):
                continue
            if style in self._before:
                style = self._own(style)
                quiet(self._document, entry.setPropertyValue, "StyleName", style)
            if style not in self._settled:
                self._settled.add(style)
                self._settle(style, _first_cell(sheet, place))

    def _read_again(self, entry: Any) -> None:
        """Enter a rule's formulas anew: texts in those of another document equal no cell here."""
        for each in ("Formula1", "Formula2"):
            formula = getattr(entry, each, "")
            if formula:
                with suppress(Exception):
                    quiet(self._document, entry.setPropertyValue, each, formula)

    def _own(self, style: str) -> str:
        """A style of ours instead of the user's that has the same name."""
        name, given = f"{_OURS}{style}", self._source.getByName(style)
        if not self._styles.hasByName(name):
            made = self._document.createInstance("com.sun.star.style.CellStyle")
            quiet(self._document, self._styles.insertByName, name, made)
            for each in given.PropertySetInfo.Properties:
                if _is_set(given, each.Name):
                    with suppress(Exception):
                        quiet(
                            self._document,
                            made.setPropertyValue,
                            each.Name,
                            given.getPropertyValue(each.Name),
                        )
        return name

    def _settle(self, name: str, cell: Any) -> None:
        style = self._styles.getByName(name)
        for each in self._inherited:
            if not _is_set(style, each):
                with suppress(Exception):
                    quiet(self._document, style.setPropertyValue, each, cell.getPropertyValue(each))


def _is_set(style: Any, name: str) -> bool:
    try:
        return str(style.getPropertyState(name).value) == "DIRECT_VALUE"
    except Exception:
        return False


def _first_cell(sheet: Any, place: Any) -> Any:
    first = place.Range.getRangeAddresses()[0]
    return sheet.getCellByPosition(first.StartColumn, first.StartRow)


def _views(document: Any) -> dict[str, dict[str, Any]]:
    """How each sheet is viewed, by its name."""
    data = document.getViewData()
    if data is None or not data.getCount():
        return {}
    tables = next((each.Value for each in data.getByIndex(0) if each.Name == "Tables"), None)
    if tables is None:
        return {}
    return {
        name: {each.Name: each.Value for each in tables.getByName(name)}
        for name in tables.ElementNames
    }


def _frozen(view: dict[str, Any], way: str) -> int:
    if view.get(f"{way}SplitMode") != _FROZEN:
        return 0
    return int(view.get(f"{way}SplitPositionTwips") or view.get(f"{way}SplitPosition") or 0)
