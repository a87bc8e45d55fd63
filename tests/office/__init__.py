"""Real office programs for the tests: LibreOffice, and the Open XML SDK's validator."""

from tests.office.cells import Cell, Values, cell_values, errors
from tests.office.libreoffice import (
    LibreOfficeError,
    convert,
    recalculate,
    recalculate_all,
    to_pdf,
)
from tests.office.pictures import render
from tests.office.tools import MissingToolError, libreoffice_path, validator_path
from tests.office.validator import validate

__all__ = [
    "Cell",
    "LibreOfficeError",
    "MissingToolError",
    "Values",
    "cell_values",
    "convert",
    "errors",
    "libreoffice_path",
    "recalculate",
    "recalculate_all",
    "render",
    "to_pdf",
    "validate",
    "validator_path",
]
