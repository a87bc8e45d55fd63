"""Fenji's functions for Excel, in English."""

from __future__ import annotations

from addin.hosts.excel.udfs import register

register(globals(), "en")
