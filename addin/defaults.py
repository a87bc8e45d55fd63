"""What grades where nobody chooses; functions in cells need it without reading any file."""

from __future__ import annotations

import dataclasses

from addin.words import Words
from segmentation.scheme import Scheme

DEFAULT_INDUSTRY = "general"
DEFAULT_SEGMENTS = {"zh": "eight", "en": "rfm-r"}


def with_default_segments(found: Scheme, text: Words) -> Scheme:
    """The scheme with the segments that are usual in the language, where it names none."""
    if found.rfm.segments is not None:
        return found
    rfm = dataclasses.replace(found.rfm, segments=DEFAULT_SEGMENTS[text.lang])
    return dataclasses.replace(found, rfm=rfm)
