"""The functions as Calc's add-in interface: the .idl, the help of the function wizard, the list
that the add-in object is made of. All from the one table in `addin.functions`."""

from __future__ import annotations

import json

from addin.functions import FUNCTIONS, Function
from addin.hosts.calc.xcu import Node, prop, prop_by_language, xcu
from addin.words import LANGUAGES, words

SERVICE = "org.fenji.calc.Functions"
CATEGORY = "Fenji"
# Whose columns may hold errors, which Calc tells only of ranges that it hands over as such.
RANGES = {"RFM_TABLE": 3, "DATA_CHECK": 3}
_GIVES = {
    # Texts in a sequence of anything can't be compared in Calc: =F2="A" would be FALSE.
    "text": "sequence< sequence< string > >",
    "number": "sequence< sequence< any > >",
    "table": "sequence< sequence< any > >",
}


def method_name(function: Function) -> str:
    """RFM_TIER → rfmTier: names of the interface have no underscores."""
    first, *others = function.name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


def idl() -> str:
    """The interface as text, which LibreOffice takes without the tools of its SDK."""
    methods = "\n".join(f"  {_signature(f)};" for f in FUNCTIONS.values())
    return (
        "module org { module fenji { module calc {\n"
        "interface XFunctions : com::sun::star::uno::XInterface {\n"
        f"{methods}\n"
        "};\n}; }; };\n"
    )


def _signature(function: Function) -> str:
    ranges = RANGES.get(function.name, 0)
    kinds = [
        "com::sun::star::table::XCellRange" if i < ranges else "any"
        for i in range(len(function.arguments))
    ]
    given = ", ".join(f"[in] {kind} a{i}" for i, kind in enumerate(kinds))
    return f"{_GIVES[function.gives]} {method_name(function)}({given})"


def functions_json() -> str:
    """What the add-in object needs to know of each function."""
    known = {f.name: {"method": method_name(f), "gives": f.gives} for f in FUNCTIONS.values()}
    return json.dumps(known, indent=1)


def add_ins() -> str:
    """CalcAddIns.xcu: names, help and arguments for the function wizard."""
    nodes = [_described(f) for f in FUNCTIONS.values()]
    info = Node("AddInInfo", [Node(SERVICE, [Node("AddInFunctions", nodes)], replace=True)])
    return xcu("CalcAddIns", "org.openoffice.Office", [info])


def _described(function: Function) -> Node:
    spoken = {lang: words(lang) for lang in LANGUAGES}
    parameters = [
        Node(
            f"a{i}",
            [
                prop_by_language("DisplayName", {"en": argument.name}),
                prop_by_language(
                    "Description",
                    {g: function.argument_help(argument.name, w) for g, w in spoken.items()},
                ),
            ],
            replace=True,
        )
        for i, argument in enumerate(function.arguments)
    ]
    parts: list[Node | str] = [
        prop_by_language("DisplayName", {"en": function.name}),
        prop_by_language("CompatibilityName", {"en": function.name}),
        prop_by_language("Description", {g: function.help(w) for g, w in spoken.items()}),
        prop("Category", "Add-In"),
        prop("CategoryDisplayName", CATEGORY),
        Node("Parameters", parameters),
    ]
    return Node(method_name(function), parts, replace=True)
