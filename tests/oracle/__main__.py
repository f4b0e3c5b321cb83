"""Real projects through Django and through us: ``python tests/oracle [PROJECT ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from oracle.command import main

    sys.exit(main(sys.argv[1:]))
