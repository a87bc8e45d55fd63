"""What keeps Fenji from being set up; the sentence is ``setup_error.<code>``."""

from __future__ import annotations

from segmentation.errors import FenjiError


class SetupError(FenjiError):
    """Fenji can't be installed, removed or repaired on this machine as it is now."""

    def __init__(self, code: str, /, *, exit_code: int = 4, **params: object) -> None:
        super().__init__(code, **params)
        self.exit_code = exit_code
