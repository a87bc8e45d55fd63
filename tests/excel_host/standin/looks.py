"""Range: number formats, colours, fonts, widths."""
# ruff: noqa: N802  (members are called as COM calls them)

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange

from tests.excel_host.standin.addresses import Area
from tests.excel_host.standin.com import ComObject, refused

NO_FILL = -4142  # xlColorIndexNone
WHITE = 0xFFFFFF
CENTRE = {
    -4108: "center",
    -4131: "left",
    -4152: "right",
    1: "general",
    -4160: "top",
    -4107: "bottom",
}
NAMES = {name: number for number, name in CENTRE.items()}


def to_rgb(colour: int) -> str:
    """Excel's 0xBBGGRR as a file's ``FFRRGGBB``."""
    colour = int(colour)
    return f"FF{colour & 255:02X}{colour >> 8 & 255:02X}{colour >> 16 & 255:02X}"


def from_rgb(rgb: str) -> int:
    red, green, blue = (int(rgb[i : i + 2], 16) for i in (2, 4, 6))
    return red | green << 8 | blue << 16


class _Part(ComObject):
    """A view on one side of a range's look."""

    def __init__(self, cells: Looks) -> None:
        super().__init__(cells.excel)
        self.cells = cells

    @property
    def target(self) -> str:
        return self.cells.target


class Interior(_Part):
    @property
    def Color(self) -> float | None:
        return self.cells.common(
            lambda c: float(from_rgb(c.fill.fgColor.rgb) if _plain_fill(c) else WHITE)
        )

    @Color.setter
    def Color(self, value: int) -> None:
        fill = PatternFill("solid", fgColor=to_rgb(value))
        self.cells.style(lambda c: setattr(c, "fill", fill))

    @property
    def ColorIndex(self) -> int | None:
        return self.cells.common(lambda c: 0 if c.fill.patternType else NO_FILL)

    @ColorIndex.setter
    def ColorIndex(self, value: int) -> None:
        if value == NO_FILL:
            self.cells.style(lambda c: setattr(c, "fill", PatternFill()))

    Pattern = ColorIndex


def _font(key: str) -> property:
    def get(self: _Part) -> Any:
        return self.cells.common(lambda c: getattr(c.font, key))

    def put(self: _Part, value: Any) -> None:
        def change(cell: Any) -> None:
            font = copy(cell.font)
            setattr(font, key, value)
            cell.font = font

        self.cells.style(change)

    return property(get, put)


class Font(_Part):
    Bold, Italic, Size, Name = map(_font, ("b", "i", "sz", "name"))

    @property
    def Color(self) -> float | None:
        return self.cells.common(
            lambda c: (
                float(from_rgb(c.font.color.rgb))
                if c.font.color is not None and isinstance(c.font.color.rgb, str)
                else 0.0
            )
        )

    @Color.setter
    def Color(self, value: int) -> None:
        def change(cell: Any) -> None:
            font = copy(cell.font)
            font.color = Color(rgb=to_rgb(value))
            cell.font = font

        self.cells.style(change)


class Validation(_Part):
    """What may be entered into cells."""

    def Delete(self) -> None:
        """No rule for these cells any more; it stays for the others that have it."""
        self.cells.sheet.guard()
        rules = self.cells.sheet.file.data_validations.dataValidation
        for rule in list(rules):
            left = [
                part.plain
                for ranges in rule.sqref.ranges
                for part in Area(
                    ranges.min_row, ranges.min_col, ranges.max_row, ranges.max_col
                ).without(self.cells.area)
            ]
            if left:
                rule.sqref = MultiCellRange(" ".join(left))
            else:
                rules.remove(rule)


class Looks(ComObject):
    """How cells look. Reading gives None where they differ."""

    sheet: Any
    area: Area

    def common(self, read: Callable[[Any], Any]) -> Any:
        """What all cells have; of a big range, of the part in use and one cell beside it."""
        cells = self.sheet.file._cells
        area = self.area
        if area.height * area.width > 10_000:
            inside = {read(c) for p, c in cells.items() if area.holds(Area(*p, *p))}
            return next(iter(inside)) if len(inside) == 1 else None
        values = {read(self.sheet.file.cell(*place)) for place in self.places()}  # type: ignore[attr-defined]
        return next(iter(values)) if len(values) == 1 else None

    def style(self, change: Callable[[Any], None]) -> None:
        """Change the look of each cell; of whole columns, of the used ones and the columns'."""
        self.sheet.guard()
        area, used = self.area, self.sheet.used
        bottom = min(area.bottom, max(used.bottom, area.top + 10_000))
        for row in range(area.top, bottom + 1):
            for column in range(area.left, min(area.right, max(used.right, area.left + 100)) + 1):
                change(self.sheet.file._get_cell(row, column))

    @property
    def NumberFormat(self) -> str | None:
        return self.common(lambda c: c.number_format)

    @NumberFormat.setter
    def NumberFormat(self, value: str) -> None:
        self.style(lambda c: setattr(c, "number_format", value))

    NumberFormatLocal = NumberFormat

    @property
    def Interior(self) -> Interior:
        return Interior(self)

    @property
    def Font(self) -> Font:
        return Font(self)

    @property
    def Validation(self) -> Validation:
        return Validation(self)

    @property
    def Locked(self) -> bool | None:
        return self.common(lambda c: bool(c.protection.locked))

    @Locked.setter
    def Locked(self, value: bool) -> None:
        self.style(lambda c: setattr(c, "protection", Protection(locked=bool(value))))

    @property
    def WrapText(self) -> bool | None:
        return self.common(lambda c: bool(c.alignment.wrap_text))

    @WrapText.setter
    def WrapText(self, value: bool) -> None:
        self.style(lambda c: setattr(c, "alignment", _aligned(c, wrap_text=bool(value))))

    @property
    def HorizontalAlignment(self) -> int | None:
        return self.common(lambda c: NAMES[c.alignment.horizontal or "general"])

    @HorizontalAlignment.setter
    def HorizontalAlignment(self, value: int) -> None:
        self.style(lambda c: setattr(c, "alignment", _aligned(c, horizontal=CENTRE[value])))

    @property
    def VerticalAlignment(self) -> int | None:
        return self.common(lambda c: NAMES[c.alignment.vertical or "bottom"])

    @VerticalAlignment.setter
    def VerticalAlignment(self, value: int) -> None:
        self.style(lambda c: setattr(c, "alignment", _aligned(c, vertical=CENTRE[value])))

    @property
    def ColumnWidth(self) -> float | None:
        widths = {d.width for d in self._columns()}
        return next(iter(widths)) if len(widths) == 1 else None

    @ColumnWidth.setter
    def ColumnWidth(self, value: float) -> None:
        self.sheet.guard()
        if not 0 <= value <= 255:
            raise refused("Unable to set the ColumnWidth property of the Range class")
        for dimension in self._columns():
            dimension.width = value

    @property
    def RowHeight(self) -> float | None:
        file = self.sheet.file
        rows = range(self.area.top, self.area.bottom + 1)
        heights = {file.row_dimensions[row].height or 15.0 for row in rows}
        return next(iter(heights)) if len(heights) == 1 else None

    @RowHeight.setter
    def RowHeight(self, value: float) -> None:
        self.sheet.guard()
        for row in range(self.area.top, self.area.bottom + 1):
            self.sheet.file.row_dimensions[row].height = value

    def AutoFit(self) -> None:
        self.sheet.guard()
        if getattr(self, "by", "") not in ("rows", "columns"):
            raise refused("AutoFit method of Range class failed")

    def _columns(self) -> list[Any]:
        letters = map(get_column_letter, range(self.area.left, self.area.right + 1))
        return [self.sheet.file.column_dimensions[letter] for letter in letters]


def _plain_fill(cell: Any) -> bool:
    return bool(cell.fill.patternType) and isinstance(cell.fill.fgColor.rgb, str)


def _aligned(cell: Any, **changes: Any) -> Alignment:
    alignment = copy(cell.alignment)
    for key, value in changes.items():
        setattr(alignment, key, value)
    return alignment
