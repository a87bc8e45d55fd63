"""What the user sees of a command: a box at its end, steps in the status bar; and its words."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.json")
LANGUAGES = ("en", "zh")
_INFORMATION = 1  # com.sun.star.awt.MessageBoxType: INFOBOX, WARNINGBOX
_WARNING = 2
_ONLY_OK = 1


class Told(Exception):  # noqa: N818 (it is said to the user, not raised at a programmer)
    """Why a command ends without its result: a key of the words, and what fills its places."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class Words:
    """The words of one language, by their key in the language files."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._texts: dict[str, str] = {}
        with suppress(OSError, ValueError):
            self._texts = json.loads(WORDS.read_text(encoding="utf-8"))[lang]

    def __call__(self, key: str, **params: object) -> str:
        """The text at a key; the key itself where the file with the words is damaged."""
        text = self._texts.get(key, key)
        return text.format(**params) if params else text


def language(context: Any) -> str:
    """The language of LibreOffice's menus, of the two that Fenji speaks."""
    with suppress(Exception):
        return "zh" if str(_locale(context)).lower().startswith("zh") else "en"
    return "en"


def _locale(context: Any) -> str:
    import uno  # noqa: PLC0415 (only LibreOffice's own Python has it)

    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    path = uno.createUnoStruct("com.sun.star.beans.NamedValue")
    path.Name, path.Value = "nodepath", "/org.openoffice.Setup/L10N"
    access = provider.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess", (path,)
    )
    return str(access.getPropertyValue("ooLocale"))


class Steps:
    """The steps of a running command, in the status bar of its document."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self._bar: Any = None

    def show(self, text: str) -> None:
        """Show one step; that there is no status bar is no reason to fail."""
        with suppress(Exception):
            if self._bar is None:
                self._bar = self._frame.createStatusIndicator()
                self._bar.start(text, 100)
            self._bar.setText(text)

    def end(self) -> None:
        with suppress(Exception):
            if self._bar is not None:
                self._bar.end()
        self._bar = None


def box(context: Any, frame: Any, *, warning: bool, title: str, text: str) -> None:
    """A message in front of the document's window; LibreOffice without a screen shows none."""
    with suppress(Exception):
        toolkit = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.Toolkit", context
        )
        parent = frame.getContainerWindow() if frame is not None else None
        import uno  # noqa: PLC0415

        kind = uno.Enum("com.sun.star.awt.MessageBoxType", "WARNINGBOX" if warning else "INFOBOX")
        made = toolkit.createMessageBox(parent, kind, _ONLY_OK, title, text)
        made.execute()
        made.dispose()
