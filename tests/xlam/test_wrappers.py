"""A wrapper for every function, with its arguments."""

from __future__ import annotations

import re

import pytest

from addin.functions import FUNCTIONS
from addin.functions.define import Argument, Function
from addin.xlam.wrappers import NAME, wrappers
from tests.xlam import vba

WRAPPER = re.compile(r'(\w+) = FenjiAnswer\("(\w+)", "([\w,]+)", Array\(([\w, ]+)\)\)')
LAST_COLUMN = 16_384


@pytest.fixture(scope="module")
def made(code):
    return {p.name: p for p in vba.parsed(NAME, code[NAME]).procedures}


def reads_as_cell(name):
    """Whether Excel takes a name for a cell: A1 to XFD…, or R1C1."""
    found = re.fullmatch(r"([A-Z]{1,3})(\d+)", name)
    if found:
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return column <= LAST_COLUMN
    return re.fullmatch(r"R\d*(C\d*)?|C\d*", name) is not None


def test_every_function_has_a_wrapper(made):
    assert list(made) == list(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrapper_takes_and_gives_what_the_function_does(made, code, name):
    function, procedure = FUNCTIONS[name], made[name]
    assert (procedure.kind, procedure.public) == ("Function", True)
    names = tuple(a.name for a in function.arguments)
    assert procedure.parameters == names
    given = [part.strip() for part in procedure.given.split(",")]
    for argument, text in zip(function.arguments, given, strict=True):
        optional = "Optional " if argument.optional else ""
        assert text == f"{optional}{argument.name} As Variant"
    (found,) = (m for m in WRAPPER.finditer(code[NAME]) if m[1] == name)
    assert found[2] == name
    assert found[3].split(",") == [a.kind for a in function.arguments]
    assert tuple(found[4].split(", ")) == names


def test_optional_arguments_come_last():
    """VBA wants it so."""
    for function in FUNCTIONS.values():
        optional = [a.optional for a in function.arguments]
        assert optional == sorted(optional), function.name


def test_no_function_reads_as_a_cell():
    assert [name for name in FUNCTIONS if reads_as_cell(name)] == []
    assert reads_as_cell("ABC1")
    assert reads_as_cell("R1C1")
    assert not reads_as_cell("XFE1")
    assert not reads_as_cell("ABC_CLASS")


def function(name, *arguments, text="Help"):
    made = Function(
        name=name,
        arguments=tuple(Argument(name=a, kind="number") for a in arguments),
        answer=lambda *_: None,
        module="m",
    )
    object.__setattr__(made, "help", lambda _: text)
    return made


@pytest.mark.parametrize("name", ["ABC1", "R1C1", "RC"])
def test_a_function_that_reads_as_a_cell_is_not_built(name):
    with pytest.raises(ValueError, match="cell"):
        wrappers([function(name, "x")])


@pytest.mark.parametrize("name", ["next", "Date", "to", "type"])
def test_an_argument_that_vba_reserves_is_not_built(name):
    with pytest.raises(ValueError, match="reserves"):
        wrappers([function("F_X", name)])


def test_help_in_the_code_is_ascii_and_quoted():
    assert 'F_X.VB_Description = "say ""x"""\n' in wrappers([function("F_X", "x", text='say "x"')])
    assert "Description" not in wrappers([function("F_X", "x", text="a – b")])
    assert "Description" not in wrappers([function("F_X", "x", text="x" * 256)])


def test_descriptions_belong_to_their_functions(code):
    found = re.findall(r'^Attribute (\w+)\.VB_Description = "((?:[^"]|"")*)"\r$', code[NAME], re.M)
    assert {name for name, _ in found} <= set(FUNCTIONS)
    assert all(0 < len(text) <= 255 for _, text in found)
    after = re.findall(r"Public Function (\w+)\(.*\r\nAttribute (\w+)\.", code[NAME])
    assert [(name, name) for name, _ in found] == after
