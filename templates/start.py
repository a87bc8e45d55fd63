"""The sheet Start: what the workbook is, three steps, and where everything stands."""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from templates.book import Book
from templates.formulas import literal
from templates.inputs import SAMPLE_ROWS, like_sample
from templates.looks import DARK, LIGHT, LINE, PAPER, QUIET, ramp
from templates.orders import HEADER_ROW

# Margin, number or name, text, further text, margin.
WIDTHS = (2.5, 6.0, 20.0, 62.0, 26.0, 2.5)
NUMBER, NAME, TEXT, LINK = 1, 2, 3, 4
STEPS = ("orders", "settings", "grade")
LINE_HEIGHT = 19
# Narrow characters that fit a line of the merged text columns.
PER_LINE = 104
MOST_TIERS = 8
FIRST_ROW = HEADER_ROW + 1

TITLES = ("step1", "step2", "step3")
LINKS = ("step1_link", "step2_link")


def draw(book: Book) -> None:
    """Draw the sheet."""
    _Start(book).draw()


class _Start:
    """The sheet from top to bottom; ``row`` is the next free one."""

    def __init__(self, book: Book) -> None:
        self.book, self.words, self.looks = book, book.words, book.looks
        self.sheet: Worksheet = book.sheets["start"]
        self.row = 0

    def draw(self) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.hide_row_col_headers()
        for number, width in enumerate(WIDTHS):
            sheet.set_column(number, number, width, self.looks.format())
        self._head()
        self._steps()
        self._tiers()
        self._sheets()
        self._notes()
        self.book.page(sheet, landscape=False)
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, 0, self.row, len(WIDTHS) - 1)
        sheet.activate()

    def _head(self) -> None:
        sheet, looks, inputs = self.sheet, self.looks, self.book.shape.inputs
        band = looks.format(bg_color=DARK)
        for row, pixels in ((0, 14), (1, 40), (2, 26), (3, 14)):
            sheet.set_row_pixels(row, pixels)
            for column in range(len(WIDTHS)):
                sheet.write_blank(row, column, None, band)
        big = looks.format(
            bold=True, font_size=22, font_color=PAPER, bg_color=DARK, valign="vcenter"
        )
        # The name tells Fenji that the sheet is its own.
        self.book.name_cell("FenjiStart", sheet, 1, NUMBER, big)
        sheet.write_string(1, NUMBER, self.book.shape.title, big)
        lead = looks.format(font_size=11, font_color=PAPER, bg_color=DARK, valign="vcenter")
        about = inputs.about if inputs else ""
        sheet.write_string(2, NUMBER, self.words("start.lead", about=about), lead)
        self.row = 4
        sheet.set_row_pixels(self.row, 30)
        look = looks.format(italic=True, font_color=QUIET, valign="vcenter")
        sample = bool(inputs and inputs.has_sample)
        said = self.words("start.sample" if sample else "start.empty")
        sheet.write_formula(self.row, NUMBER, self._state(), look, said)
        self.row += 1

    def _state(self) -> str:
        """Whether the sample, nobody or the user's own customers are graded."""
        header = self.words("header.FenjiCustomers.customer")
        ids = f"FenjiCustomers[{header}]"
        sample, empty, graded = (
            literal(self.words(f"start.{key}")) for key in ("sample", "empty", "graded")
        )
        like = like_sample(self.words.lang)
        return f'=IF(COUNTIFS({ids},{like})>0,{sample},IF(COUNTIFS({ids},"?*")=0,{empty},{graded}))'

    def _heading(self, key: str) -> None:
        self.sheet.set_row_pixels(self.row, 34)
        look = self.looks.format(
            bold=True, font_size=13, font_color=DARK, valign="vcenter", bottom=2, bottom_color=DARK
        )
        self.sheet.write_string(self.row, NUMBER, self.words(f"start.{key}"), look)
        for column in (NAME, TEXT, LINK):
            self.sheet.write_blank(self.row, column, None, look)
        self.row += 1

    def _steps(self) -> None:
        self._heading("steps")
        words, sheets = self.words, self.book.sheets
        attributes = sheets.get("attributes")
        first = "step1_both" if attributes else "step1_text"
        name = attributes.get_name() if attributes else ""
        tab, button = words("ribbon.fenji.label"), words("ribbon.grade.label")
        texts = (
            words(f"start.{first}", attributes=name),
            words("start.step2_text"),
            words("start.step3_text", tab=tab, button=button),
        )
        for number, (key, text) in enumerate(zip(STEPS, texts, strict=True), start=1):
            self._step(number, key, text)

    def _step(self, number: int, key: str, text: str) -> None:
        sheet, looks, words = self.sheet, self.looks, self.words
        sheet.set_row_pixels(self.row, 58)
        line: dict[str, object] = {"valign": "vcenter", "bottom": 1, "bottom_color": LINE}
        badge = looks.format(
            bold=True,
            font_size=20,
            font_color=PAPER,
            bg_color=DARK,
            align="center",
            valign="vcenter",
            bottom=1,
            bottom_color=PAPER,
        )
        sheet.write_number(self.row, NUMBER, number, badge)
        title = looks.format(bold=True, font_size=12, indent=1, text_wrap=True, **line)
        sheet.write_string(self.row, NAME, words(f"start.{TITLES[number - 1]}"), title)
        sheet.write_string(self.row, TEXT, text, looks.format(text_wrap=True, **line))
        if key == "grade":
            code = looks.format(font_name="Consolas", bg_color=LIGHT, align="center", **line)
            sheet.write_string(self.row, LINK, words("start.step3_command"), code)
        else:
            name = self.book.sheets[key].get_name()
            look = self._link_look(align="center", **line)
            said = words(f"start.{LINKS[number - 1]}", sheet=name)
            self._to_sheet(self.row, LINK, key, said, look)
        self.row += 1

    def _tiers(self) -> None:
        self._gap()
        self._heading("tiers")
        shape = self.book.shape
        rows = {str(row.get("tier")): row for row in shape.strategies}
        shades = ramp(len(shape.tiers))
        for name, shade in list(zip(shape.tiers, shades, strict=True))[:MOST_TIERS]:
            self.sheet.set_row_pixels(self.row, 30)
            chip = self.looks.format(
                bold=True,
                align="center",
                valign="vcenter",
                bg_color=shade.fill,
                font_color=shade.ink,
                bottom=1,
                bottom_color=PAPER,
                shrink=True,
            )
            self.sheet.merge_range(self.row, NUMBER, self.row, NAME, name, chip)
            first = str(rows.get(name, {}).get("strategy") or "").split("\n", maxsplit=1)[0]
            self._line(first)
        if len(shape.tiers) > MOST_TIERS:
            self._line("…")

    def _line(self, text: str) -> None:
        """Text over the two wide columns, and on to the next row."""
        look = self.looks.format(valign="vcenter", indent=1, bottom=1, bottom_color=LINE)
        self.sheet.write_string(self.row, TEXT, text, look)
        self.sheet.write_blank(self.row, LINK, None, look)
        self.row += 1

    def _sheets(self) -> None:
        self._gap()
        self._heading("sheets")
        for key, sheet in self.book.sheets.items():
            if not self._is_told(key):
                continue
            self.sheet.set_row_pixels(self.row, 27)
            link = self._link_look(valign="vcenter", indent=1, bottom=1, bottom_color=LINE)
            self.sheet.merge_range(self.row, NUMBER, self.row, NAME, "", link)
            self._to_sheet(self.row, NUMBER, key, sheet.get_name(), link)
            self._line(self.words(f"start.sheet.{key}"))

    def _is_told(self, key: str) -> bool:
        return key in self.words.section("start.sheet")

    def _notes(self) -> None:
        inputs = self.book.shape.inputs
        if inputs and inputs.has_sample:
            self._gap()
            self._heading("clear")
            self._paragraph(self.words("start.clear_text"))
            for key, name in SAMPLE_ROWS.items():
                if key not in self.book.sheets:
                    continue
                sheet = self.book.sheets[key].get_name()
                self.sheet.set_row_pixels(self.row, 23)
                said = self.words("start.clear_link", sheet=sheet)
                self._to_sample(key, name, said)
                self.row += 1
        self._gap()
        self._heading("colleagues")
        how = "live" if self.book.shape.live else "fixed"
        self._paragraph(self.words(f"start.colleagues_{how}"))

    def _to_sample(self, key: str, name: str, said: str) -> None:
        """A link that is there only as long as nothing but the sample stands in its rows."""
        given = self.book.shape.inputs
        form = given and (given.orders if key == "orders" else given.attributes)
        count = len(form.rows) if form else 0
        sheet = quote_sheetname(self.book.sheets[key].get_name())
        ids = f"{sheet}!{xl_range_abs(FIRST_ROW, 0, FIRST_ROW + count - 1, 0)}"
        all_of_it = f"COUNTIFS({ids},{like_sample(self.words.lang)})={count}"
        link = f'HYPERLINK("#{name}",{literal(said)})'
        formula = f'=IF({all_of_it},{link},"")'
        self.sheet.write_formula(self.row, NUMBER, formula, self._link_look(valign="vcenter"), said)

    def _paragraph(self, text: str) -> None:
        width = sum(2 if ord(char) > 0x2E7F else 1 for char in text)
        self.sheet.set_row_pixels(self.row, LINE_HEIGHT * -(-width // PER_LINE) + 10)
        look = self.looks.format(text_wrap=True, valign="vcenter")
        self.sheet.merge_range(self.row, NUMBER, self.row, LINK, text, look)
        self.row += 1

    def _gap(self) -> None:
        self.sheet.set_row_pixels(self.row, 10)
        self.row += 1

    def _link_look(self, **wishes: object) -> Format:
        return self.looks.format(font_color=DARK, underline=1, bold=True, **wishes)

    def _to_sheet(self, row: int, col: int, key: str, said: str, look: Format) -> None:
        name = quote_sheetname(self.book.sheets[key].get_name())
        self.sheet.write_url(row, col, f"internal:{name}!A1", look, said)
