"""Colours and cell formats: one hue from dark to light, so that a grey print keeps the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format

INK = "#1F2933"
BLACK = "#000000"
QUIET = "#5F6C7B"
LINE = "#D5DCE4"
DARK = "#0B3C5D"
SOFT = "#9CC4E2"
MIDDLE = "#6FA8D0"
LIGHT = "#E6F0F7"
PAPER = "#FFFFFF"
INPUT = "#FFF8DC"
ALARM = "#A61B1B"

Align = Literal["left", "center", "right"]

COUNT = "#,##0"
MONEY = "#,##0.00"
SCORE = "0.00"
SHARE = "0.0%"
WHOLE = "0"
DATE = "yyyy-mm-dd"
TEXT = "@"
AIR = "_0"  # room for one digit behind the number


@dataclass(frozen=True, kw_only=True)
class Shade:
    """How one step of a ramp looks in a cell."""

    fill: str
    ink: str
    bold: bool
    italic: bool = False
    underline: bool = False


# More shades than these can't be told apart; tiers that share one differ in their letters.
TOLD_APART = 12
_LETTERS = ("", "b", "i", "u", "bi", "bu")


def ramp(steps: int) -> list[Shade]:
    """``steps`` shades (1 or more) from dark to light, the first bold; text stands out on each.

    No shade looks like its neighbours; with more than `TOLD_APART`, some by their letters only.
    """
    # A shade between dark and middle would print as a grey on which no ink stands out well.
    rest = min(steps, TOLD_APART) - 1
    fills = [_blend(MIDDLE, LIGHT, step / max(1, rest - 1)) for step in range(rest)]
    shades = [Shade(fill=DARK, ink=readable_ink(DARK), bold=True)]
    levels = [step * rest // max(1, steps - 1) for step in range(steps - 1)]
    for step, level in enumerate(levels):
        letters = _LETTERS[(step - levels.index(level)) % len(_LETTERS)]
        shades.append(
            Shade(
                fill=fills[level],
                ink=readable_ink(fills[level]),
                bold="b" in letters,
                italic="i" in letters,
                underline="u" in letters,
            )
        )
    return shades


def readable_ink(fill: str) -> str:
    """Black or white, whichever stands out more on ``fill`` (a contrast of 4.5 at least)."""
    return max((BLACK, PAPER), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _blend(start: str, end: str, part: float) -> str:
    mixed = (
        round(a + (b - a) * part) for a, b in zip(_channels(start), _channels(end), strict=True)
    )
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _luminance(colour: str) -> float:
    linear = []
    for channel in _channels(colour):
        part = channel / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _aligned(align: Align) -> dict[str, object]:
    # A little air to the next column, where a number would touch the text beside it.
    return {"align": align} if align == "center" else {"align": align, "indent": 1}


class Looks:
    """The formats of one workbook; equal wishes give the same format."""

    def __init__(self, workbook: Workbook, *, font: str) -> None:
        self.font = font
        self._add: Callable[[dict[str, Any]], Format] = workbook.add_format
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **wishes: object) -> Format:
        """A plain format in the workbook's font, with XlsxWriter's property names on top."""
        key = tuple(sorted(wishes.items()))
        if key not in self._made:
            base: dict[str, Any] = {"font_name": self.font, "font_size": 10, "font_color": INK}
            self._made[key] = self._add(base | wishes)
        return self._made[key]

    def body(self, *, align: Align = "left", **wishes: object) -> Format:
        """A cell in a table: top aligned, a fine line below; to the right with a number format."""
        usual: dict[str, object] = {"valign": "top", "bottom": 1, "bottom_color": LINE}
        if align == "right":
            # By the number's format: LibreOffice forgets the indent of some numbers in print.
            place: dict[str, object] = {
                "align": align,
                "num_format": f"{wishes['num_format']}{AIR}",
            }
        else:
            place = _aligned(align)
        return self.format(**usual | wishes | place)

    def header(self, *, align: Align = "left", button: bool = False) -> Format:
        """A header cell of a table, aligned as the cells below it, clear of a filter's button."""
        place = _aligned(align)
        if button and align == "right":
            place["indent"] = 2
        return self.format(
            bold=True,
            font_color=PAPER,
            bg_color=DARK,
            text_wrap=True,
            valign="vcenter",
            **place,
        )

    def title(self) -> Format:
        return self.format(bold=True, font_size=18, font_color=DARK, valign="vcenter")

    def heading(self) -> Format:
        return self.format(bold=True, font_size=12, font_color=DARK, valign="vcenter")

    def note(self, **wishes: object) -> Format:
        return self.format(font_color=QUIET, valign="vcenter", **wishes)

    def rule(self, **wishes: object) -> Format:
        """A conditional format: nothing but what it changes."""
        key = ("rule", True), *sorted(wishes.items())
        if key not in self._made:
            self._made[key] = self._add(dict(wishes))
        return self._made[key]
