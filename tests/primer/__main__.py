"""Lint the migrations of real projects: ``python tests/primer --help``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from primer.command import main

    sys.exit(main(sys.argv[1:]))
