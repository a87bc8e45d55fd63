"""What programs switch off for a while."""

from __future__ import annotations

from typing import Any

from tests.excel_host.standin.com import ComObject, refused

AUTOMATIC, MANUAL = -4105, -4135


def _kept(name: str) -> property:
    def get(self: Any) -> Any:
        return self.state[name]

    def put(self: Any, value: Any) -> None:
        if name == "Calculation" and not self.books:
            raise refused("Unable to set the Calculation property of the Application class")
        if name == "StatusBar":
            self.status.append(value)
        self.state[name] = value

    return property(get, put)


class Settings(ComObject):
    """Switches and modes of Excel. A StatusBar of False is Excel's own text."""

    ScreenUpdating = _kept("ScreenUpdating")
    DisplayAlerts = _kept("DisplayAlerts")
    EnableEvents = _kept("EnableEvents")
    Interactive = _kept("Interactive")
    Visible = _kept("Visible")
    Calculation = _kept("Calculation")
    StatusBar = _kept("StatusBar")
    DisplayStatusBar = _kept("DisplayStatusBar")
    Cursor = _kept("Cursor")
    CutCopyMode = _kept("CutCopyMode")
    EnableCancelKey = _kept("EnableCancelKey")
    AutomationSecurity = _kept("AutomationSecurity")

    def __init__(self, excel: Any) -> None:
        super().__init__(excel)
        self.state: dict[str, Any] = dict.fromkeys(
            ("ScreenUpdating", "DisplayAlerts", "EnableEvents", "Interactive", "Visible"), True
        )
        self.state |= {"Calculation": AUTOMATIC, "StatusBar": False, "DisplayStatusBar": True}
        self.state |= {"Cursor": -4143, "CutCopyMode": 0, "EnableCancelKey": 1}
        self.state["AutomationSecurity"] = 1


class AutoCorrect(ComObject):
    def __init__(self, excel: Any) -> None:
        super().__init__(excel)
        self.expands = True

    @property
    def AutoExpandListRange(self) -> bool:  # noqa: N802
        """Whether tables take in what is written right beside or below them, as Excel's do."""
        return self.expands

    @AutoExpandListRange.setter
    def AutoExpandListRange(self, value: bool) -> None:  # noqa: N802
        self.expands = bool(value)
