"""The core of Fenji: frames of orders or customers in, graded customers out.

It knows no spreadsheet, no clock and no interface language; ``addin`` holds those.
"""
