"""Measure on every server that is here: ``python tests/evidence [--required] [pytest's words]``.

``--required`` makes an absent server an error. ``python tests/evidence fetch`` only brings the
older PostgreSQL releases, by npm.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import pytest
    from evidence import packages, servers

    words = sys.argv[1:]
    if words == ["fetch"]:
        try:
            packages.fetch()
        except packages.FetchError as error:
            sys.stdout.write(f"not fetched: {error}\n")
        sys.exit()
    is_required = "--required" in words
    os.environ[servers.EXTENT] = "required" if is_required else "present"
    folder = str(Path(__file__).parent)
    sys.exit(pytest.main([folder, *(word for word in words if word != "--required")]))
