"""``python -m addin.hosts.excel ACTION …``: started by the add-in, see ``job``."""

from __future__ import annotations

import sys

from addin.hosts.excel.job import main

if __name__ == "__main__":
    sys.exit(main())
