"""Enough of Visual Basic to find what its compiler would: no Excel is here to do it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

WORD = r"[A-Za-z]\w*"
PROCEDURE = re.compile(
    rf"(?P<scope>Public |Private |Friend )?(?P<kind>Sub|Function) (?P<name>{WORD})"
    rf"\((?P<given>.*?)\)(?: As (?P<type>{WORD}))?$"
)
DECLARED = re.compile(
    rf"(?:Public |Private )?Declare (?:PtrSafe )?(?:Sub|Function) (?P<name>{WORD}) Lib"
)
PARAMETER = re.compile(
    rf"(?P<optional>Optional )?(?:ByVal |ByRef |(?P<all>ParamArray ))?(?P<name>{WORD})(?:\(\))?"
    rf"(?: As {WORD})?(?: = .*)?$"
)
VARIABLES = re.compile(
    r"(?:Public|Private|Dim|Static|Const)(?: WithEvents)?(?: Const)? (?P<rest>.+)$"
)
OPENING = {
    "If": re.compile(r"If .* Then$"),
    "For": re.compile(r"For "),
    "Do": re.compile(r"Do\b"),
    "Select": re.compile(r"Select Case "),
    "With": re.compile(r"With "),
    "#If": re.compile(r"#If .* Then$"),
}
CLOSING = {"End If": "If", "Next": "For", "Loop": "Do", "End Select": "Select", "End With": "With"}
CLOSING |= {"#End If": "#If"}
INSIDE = {"Else": "If", "ElseIf": "If", "Case": "Select", "#Else": "#If", "#ElseIf": "#If"}


@dataclass(frozen=True, kw_only=True)
class Procedure:
    module: str
    name: str
    kind: str
    public: bool
    given: str
    parameters: tuple[str, ...]
    fewest: int
    most: float
    lines: tuple[str, ...]
    strings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A module: its statements without comments and with texts made empty."""

    name: str
    head: tuple[str, ...]
    procedures: tuple[Procedure, ...]
    private: bool
    explicit: bool
    variables: dict[str, bool] = field(default_factory=dict)  # True: public


def without_comment(line: str) -> str:
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == "'" and not quoted:
            return line[:at].rstrip()
    return line.rstrip()


def logical_lines(text: str) -> Iterator[str]:
    """Whole statements: comments gone, continued lines joined."""
    waiting = ""
    for raw in text.splitlines():
        line = without_comment(raw)
        if line.endswith(" _"):
            waiting += line[:-1].strip() + " "
            continue
        line = (waiting + line.strip()).strip()
        waiting = ""
        if line:
            yield line


TEXT = re.compile(r'"((?:[^"]|"")*)"')


def parsed(name: str, text: str) -> Source:
    """The parts of a module. Raises ValueError where a procedure does not end."""
    head, procedures = [], []
    current: tuple[re.Match[str], list[str], list[str]] | None = None
    for line in logical_lines(text):
        bare = TEXT.sub('""', line)
        begins = PROCEDURE.match(bare)
        if current is None and begins:
            current = begins, [], []
        elif begins:
            raise ValueError(f"{name}: {bare} within a procedure")
        elif current is None:
            head.append(bare)
        elif bare == f"End {current[0]['kind']}":
            procedures.append(_procedure(name, *current))
            current = None
        elif bare in ("End Sub", "End Function"):
            raise ValueError(f"{name}: {bare} of {current[0]['name']}")
        elif not bare.startswith("Attribute "):
            current[1].append(bare)
            current[2].extend(TEXT.findall(line))
    if current:
        raise ValueError(f"{name}: {current[0]['name']} does not end")
    return Source(
        name=name,
        head=tuple(head),
        procedures=tuple(procedures),
        private="Option Private Module" in head,
        explicit="Option Explicit" in head,
        variables=_variables(head),
    )


def _procedure(
    module: str, begins: re.Match[str], lines: list[str], strings: list[str]
) -> Procedure:
    given = [p.strip() for p in begins["given"].split(",") if p.strip()]
    found = [PARAMETER.match(p) for p in given]
    if None in found:
        raise ValueError(f"{module}: parameters of {begins['name']}")
    known = [p for p in found if p]
    open_end = any(p["all"] for p in known)
    return Procedure(
        module=module,
        name=begins["name"],
        kind=begins["kind"],
        public=begins["scope"] != "Private ",
        given=begins["given"],
        parameters=tuple(p["name"] for p in known),
        fewest=sum(not p["optional"] and not p["all"] for p in known),
        most=float("inf") if open_end else len(known),
        lines=tuple(lines),
        strings=tuple(strings),
    )


def declared_in(line: str) -> list[str]:
    """The names that a Dim, Static or Const statement declares."""
    found = VARIABLES.match(line)
    if not found or re.match(r"(?:Public |Private )?(?:Declare|Enum|Type)\b", line):
        return []
    rest = re.sub(r"\([^)]*\)", "", found["rest"])
    return [re.match(WORD, part.strip())[0] for part in rest.split(",") if part.strip()]  # type: ignore[index]


def _variables(head: list[str]) -> dict[str, bool]:
    found = {name: line.startswith("Public") for line in head for name in declared_in(line)}
    return found | {m["name"]: False for line in head if (m := DECLARED.match(line))}


def unbalanced(procedure: Procedure) -> list[str]:
    """Blocks that are not closed, or closed where none is open."""
    problems, opened = [], []
    for line in procedure.lines:
        closes = next((c for c in CLOSING if re.match(rf"{c}\b", line)), None)
        inside = next((i for i in INSIDE if re.match(rf"{i}\b", line)), None)
        if closes:
            if not opened or opened.pop() != CLOSING[closes]:
                problems.append(line)
        elif inside:
            if not opened or opened[-1] != INSIDE[inside]:
                problems.append(line)
        else:
            opened += [kind for kind, begins in OPENING.items() if begins.match(line)]
    return problems + opened


def names_used(line: str) -> list[str]:
    """The names in a statement that stand for themselves: no members, no named arguments."""
    line = re.sub(rf"\.{WORD}", ".", line)
    line = re.sub(rf"\b{WORD}:=", "", line)
    line = re.sub(r"&H[0-9A-Fa-f]+&?", "0", line)
    return re.findall(rf"(?<![\w.]){WORD}", line)


def members_used(line: str) -> list[str]:
    return re.findall(rf"\.({WORD})", line)


def named_arguments(line: str) -> list[str]:
    return re.findall(rf"\b({WORD}):=", line)


def labels(procedure: Procedure) -> set[str]:
    return {m[1] for line in procedure.lines if (m := re.fullmatch(rf"({WORD}):", line))}


def arguments_of(line: str, name: str) -> Iterator[int]:
    """How many arguments each call of ``name`` in a statement gives."""
    for found in re.finditer(rf"(?<![\w.]){name}\b", line):
        rest = line[found.end() :]
        if rest.startswith("("):
            yield _counted(rest[1:], ")")
        elif not line[: found.start()].strip() and not rest.lstrip().startswith("="):
            yield _counted(rest, "")


def _counted(text: str, end: str) -> int:
    """Arguments up to the bracket that closes, or to the end of the statement."""
    depth, commas, something = 0, 0, False
    for letter in text:
        if letter == end and depth == 0:
            break
        depth += {"(": 1, ")": -1}.get(letter, 0)
        commas += letter == "," and depth == 0
        something |= not letter.isspace()
    return commas + 1 if something else 0


def unknown_names(source: Source, known: set[str], reserved: set[str]) -> dict[str, set[str]]:
    """Names that nothing declares, by procedure; VBA does not care for capitals."""
    found = {}
    for procedure in source.procedures:
        own = {procedure.name, *procedure.parameters, *source.variables, *labels(procedure)}
        own |= {name for line in procedure.lines for name in declared_in(line)}
        fine = {name.casefold() for name in known | own | reserved}
        used = {name for line in procedure.lines for name in names_used(line)}
        unknown = {name for name in used if name.casefold() not in fine}
        if unknown:
            found[procedure.name] = unknown
    return found


def reach(start: str, procedures: Mapping[str, Procedure]) -> set[str]:
    """The procedures that a procedure can come to call."""
    waiting, known = [start], set()
    while waiting:
        name = waiting.pop()
        if name in known or name not in procedures:
            continue
        known.add(name)
        for line in procedures[name].lines:
            waiting += names_used(line)
    return known
