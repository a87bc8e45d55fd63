"""What a user reads while Fenji is set up."""

from __future__ import annotations

import sys


def tell(line: str, *, error: bool = False) -> None:
    """One line at once, though the next may take a minute."""
    stream = sys.stderr if error else sys.stdout
    stream.write(line + "\n")
    stream.flush()
