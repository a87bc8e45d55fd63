"""Excel itself."""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

from tests.excel_host.standin import files
from tests.excel_host.standin.addresses import Area
from tests.excel_host.standin.books import Workbook
from tests.excel_host.standin.com import (
    SERVER_GONE,
    Call,
    Collection,
    ComObject,
    Fault,
    NotInStandin,
    busy,
    com_error,
    refused,
    unwrapped,
)
from tests.excel_host.standin.settings import AutoCorrect, Settings
from tests.excel_host.standin.windows import INSTANCES

FIRST_WINDOW, WINDOWS_EACH, FIRST_PROCESS = 0x10000, 16, 4000


class FakeExcel(Settings):
    """A running Excel. See the package for how to use it."""

    KIND = "Application"
    _started = 0

    def __init__(self) -> None:
        super().__init__(self)
        number = FakeExcel._started
        FakeExcel._started = number + 1
        self.hwnd = FIRST_WINDOW + WINDOWS_EACH * number
        self.process_id = FIRST_PROCESS + number
        self.books: list[Workbook] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.macros: dict[str, Callable[..., Any]] = {}
        self.ran: list[tuple[Any, ...]] = []
        self.asked: list[str] = []
        self.status: list[Any] = []
        self.calculations = 0
        self.ui_language = 1033
        self.selected: Any = None
        self.auto_correct = AutoCorrect(self)
        self._depth = 0
        self._gone = False
        INSTANCES.insert(0, self)

    # ── for tests ──

    @property
    def app(self) -> Any:
        """The ``xlwings.App`` of this instance, found as xlwings finds it. Needs a workbook."""
        import xlwings as xw  # noqa: PLC0415

        return xw.apps[self.process_id]

    def new(self) -> Workbook:
        """A workbook that was never saved."""
        count = sum(not book.folder for book in self.books) + 1
        return self._take(Workbook(self, files.new(), name=f"Book{count}"))

    def open(self, path: Path, *, full_name: str = "", read_only: bool = False) -> Workbook:
        """A workbook from a file; ``full_name`` as of OneDrive: ``https://…/orders.xlsx``."""
        name, folder = path.name, str(path.parent)
        if full_name:
            folder, _, name = full_name.rpartition("/")
        book = Workbook(self, files.read(path), name=name, folder=folder)
        book.read_only = read_only
        return self._take(book)

    def _take(self, book: Workbook) -> Workbook:
        book.number = max((other.number for other in self.books), default=0) + 1
        self.books.append(book)
        self.activate(book)
        return book

    def fail_on(
        self,
        member: str,
        *,
        nth: int = 1,
        times: int = 1,
        kind: str | None = None,
        target: str = "",
        error: BaseException | None = None,
    ) -> None:
        """Raise at the nth call of ``member`` (``Range.Value``) from now on; ``kind``: get, set,
        call; ``target``: what the object's name in the log must hold."""
        error = error or refused("Application-defined or object-defined error")
        self.faults.append(
            Fault(member=member, kind=kind, target=target, nth=nth, times=times, error=error)
        )

    def busy_on(self, member: str, *, times: int = 1) -> None:
        """Reject calls as Excel does while a cell is edited; xlwings tries again for ever."""
        self.fail_on(member, times=times, error=busy())

    def called(self, member: str, kind: str | None = None) -> list[Call]:
        """The logged calls of ``Range.Value`` and the like."""
        return [c for c in self.calls if c.member == member and kind in (None, c.kind)]

    # ── of the stand-in ──

    @contextlib.contextmanager
    def hearing(
        self, obj: ComObject, member: str, kind: str, args: tuple[Any, ...]
    ) -> Iterator[None]:
        if self._depth == 0:
            if self._gone:
                raise com_error(SERVER_GONE, "The RPC server is unavailable.")
            call = Call(member=member, kind=kind, target=obj.target, args=args)
            self.calls.append(call)
            for fault in self.faults:
                if fault.strikes(call):
                    raise fault.error
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def ask(self, question: str) -> None:
        """A dialog would stop the program here, unless DisplayAlerts is off."""
        if self.state["DisplayAlerts"]:
            self.asked.append(question)

    def recalculate(self) -> None:
        self.calculations += 1

    def activate(self, book: Workbook) -> None:
        self.books.remove(book)
        self.books.insert(0, book)
        self.selected = None

    # ── what COM offers ──

    def __call__(self) -> Any:
        return self

    @property
    def Workbooks(self) -> Workbooks:
        return Workbooks(self)

    @property
    def ActiveWorkbook(self) -> Workbook | None:
        return next((b for b in self.books if not b.name.lower().endswith(".xlam")), None)

    @property
    def ActiveSheet(self) -> Any:
        book = self.ActiveWorkbook
        return book and book.active_sheet()

    @property
    def ActiveWindow(self) -> Any:
        book = self.ActiveWorkbook
        return book and book.Windows(1)

    @property
    def Selection(self) -> Any:
        sheet = self.ActiveSheet
        if sheet is None:
            return None
        return self.selected or sheet.range(Area(1, 1, 1, 1))

    @property
    def ActiveCell(self) -> Any:
        selection = self.Selection
        return selection and selection.to(Area(*selection.area[:2], *selection.area[:2]))

    @property
    def Hwnd(self) -> int:
        return self.hwnd

    @property
    def Version(self) -> str:
        return "16.0"

    @property
    def DefaultFilePath(self) -> str:
        return str(Path.home() / "Documents")

    @property
    def OperatingSystem(self) -> str:
        return "Windows (64-bit) NT 10.00"

    @property
    def Name(self) -> str:
        return "Microsoft Excel"

    @property
    def AutoCorrect(self) -> AutoCorrect:
        return self.auto_correct

    @property
    def LanguageSettings(self) -> Any:
        return LanguageSettings(self)

    def Run(self, Macro: str, *args: Any) -> Any:
        """Calls the handler under that name, with or without its workbook."""
        short = Macro.rpartition("!")[2]
        handler = self.macros.get(Macro) or self.macros.get(short)
        if handler is None:
            raise refused(f"Cannot run the macro '{Macro}'. The macro may not be available.")
        self.ran.append((Macro, *args))
        return handler(*args)

    def Calculate(self) -> None:
        self.recalculate()

    def CalculateFull(self) -> None:
        self.recalculate()

    def Intersect(self, Arg1: Any, Arg2: Any) -> Any:
        one, other = unwrapped(Arg1), unwrapped(Arg2)
        area = one.area.meets(other.area) if one.sheet is other.sheet else None
        return area and one.to(area)

    def Range(self, Cell1: Any, Cell2: Any = None) -> Any:
        return self.ActiveSheet.Range(Cell1, Cell2)

    def Quit(self) -> None:
        if any(not book.saved for book in self.books):
            self.ask("save changes")
        self._gone = True
        INSTANCES.remove(self)


class LanguageSettings(ComObject):
    def LanguageID(self, Id: int) -> int:
        """``msoLanguageIDUI`` is 2: 2052 for Simplified Chinese, 1033 for English."""
        if Id != 2:
            raise NotInStandin("languages but that of the user interface")
        return int(self.excel.ui_language)


class Workbooks(Collection):
    """The open workbooks in the order of their opening."""

    def items(self) -> list[Workbook]:
        return sorted(self.excel.books, key=lambda book: book.number)

    @property
    def Parent(self) -> FakeExcel:
        return self.excel

    def Add(self, Template: Any = None) -> Workbook:
        if Template is None:
            return self.excel.new()
        book = self.excel.new()
        book.file = files.read(Path(Template))
        book.name = PurePath(Template).stem + "1"
        return book

    def Open(
        self, Filename: str, UpdateLinks: Any = None, ReadOnly: Any = None, *_: Any
    ) -> Workbook:
        path = Path(Filename)
        if not path.is_file():
            raise refused(f"Sorry, we couldn't find {Filename}.")
        return self.excel.open(path, read_only=bool(ReadOnly))
