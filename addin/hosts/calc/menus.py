"""Menu, toolbar and their commands, the job on loading: LibreOffice's configuration of them.

The commands are those of Excel's ribbon, in its order and with its words.
"""

from __future__ import annotations

from addin.hosts.calc.xcu import Node, prop, prop_by_language, xcu
from addin.words import LANGUAGES, words
from segmentation.scheme_file import preset, presets

PROTOCOL = "org.fenji.calc:"
CALC = "com.sun.star.sheet.SpreadsheetDocument"
TOOLBAR = "org.fenji.calc.toolbar"
GROUPS = (
    ("grade", "check", "template", "compare"),
    ("explain", "whatif", "strategy", "settings"),
    ("stop", "help", "repair"),
)
ON_BAR = ("grade", "check", "compare", "explain", "whatif", "strategy", "settings", "help")
_SEPARATOR = "private:separator"


def _labels(key: str) -> dict[str, str]:
    return {lang: words(lang)(key) for lang in LANGUAGES}


def _command(action: str) -> list[Node | str]:
    return [
        prop("Context", CALC),
        prop("URL", f"{PROTOCOL}{action}"),
        prop_by_language("Title", _labels(f"ribbon.{action}.label")),
        prop("Target", "_self"),
    ]


def _templates() -> Node:
    made = []
    for number, name in enumerate(presets()):
        titles = {lang: preset(name).name[lang] for lang in LANGUAGES}
        parts: list[Node | str] = [
            prop("Context", CALC),
            prop("URL", f"{PROTOCOL}template?{name}"),
            prop_by_language("Title", titles),
            prop("Target", "_self"),
        ]
        made.append(Node(f"t{number:02d}", parts, replace=True))
    return Node("Submenu", made)


def _separator(name: str) -> Node:
    return Node(name, [prop("URL", _SEPARATOR)], replace=True)


def _menu() -> Node:
    entries: list[Node | str] = []
    for number, group in enumerate(GROUPS):
        if number:
            entries.append(_separator(f"m{number}0"))
        for place, action in enumerate(group, start=1):
            parts = _command(action)
            if action == "template":
                parts = [parts[0], parts[2], _templates()]
            entries.append(Node(f"m{number}{place}", parts, replace=True))
    parts = [
        prop("Context", CALC),
        prop_by_language("Title", _labels("ribbon.fenji.label")),
        Node("Submenu", entries),
    ]
    return Node("OfficeMenuBar", [Node("org.fenji.calc.menu", parts, replace=True)])


def _bar() -> Node:
    buttons: list[Node | str] = []
    for number, action in enumerate(ON_BAR):
        buttons.append(Node(f"b{number}", _command(action), replace=True))
    return Node("OfficeToolBar", [Node(TOOLBAR, buttons, replace=True)])


def _images() -> Node:
    made = []
    for action in ON_BAR:
        pictures: list[Node | str] = [
            prop("ImageSmallURL", f"%origin%/icons/{action}_16.png"),
            prop("ImageBigURL", f"%origin%/icons/{action}_26.png"),
        ]
        parts: list[Node | str] = [
            prop("URL", f"{PROTOCOL}{action}"),
            Node("UserDefinedImages", pictures),
        ]
        made.append(Node(f"org.fenji.calc.{action}", parts, replace=True))
    return Node("Images", made)


def addons() -> str:
    """Addons.xcu."""
    return xcu("Addons", "org.openoffice.Office", [Node("AddonUI", [_menu(), _bar(), _images()])])


def window_state() -> str:
    """CalcWindowState.xcu: the toolbar's name, and its place under the others."""
    name = f"private:resource/toolbar/addon_{TOOLBAR}"
    parts: list[Node | str] = [
        prop_by_language("UIName", _labels("ribbon.fenji.label")),
        # Without a place it would float over the sheet.
        *(
            f'<prop oor:name="{key}"><value>{value}</value></prop>'
            for key, value in (
                ("Docked", "true"),
                ("DockingArea", "0"),
                ("DockPos", "0,3"),
                ("Visible", "true"),
                # Pictures with words: at 16 pixels pictures alone look alike.
                ("Style", "2"),
            )
        ),
    ]
    states = Node("UIElements", [Node("States", [Node(name, parts, replace=True)])])
    return xcu("CalcWindowState", "org.openoffice.Office.UI", [states])


def protocol_handler() -> str:
    """ProtocolHandler.xcu: who does the commands."""
    handled = '<prop oor:name="Protocols"><value>org.fenji.calc:*</value></prop>'
    handlers = Node("HandlerSet", [Node("org.fenji.calc.Commands", [handled], replace=True)])
    return xcu("ProtocolHandler", "org.openoffice.Office", [handlers])


def jobs() -> str:
    """Jobs.xcu: formulas are mended when a document has been loaded."""
    service = prop("Service", "org.fenji.calc.Mending")
    job = Node("Jobs", [Node("org.fenji.calc.Mending", [service], replace=True)])
    listed = Node("JobList", [Node("org.fenji.calc.Mending", replace=True)])
    # The first comes for documents without a window too, the second for all others.
    events = Node("Events", [Node(e, [listed], replace=True) for e in ("OnLoadFinished", "OnLoad")])
    return xcu("Jobs", "org.openoffice.Office", [job, events])
