"""Fenji's functions for Excel, in Chinese."""

from __future__ import annotations

from addin.hosts.excel.udfs import register

register(globals(), "zh")
