"""Real projects: their migrations downloaded, unpacked and linted, never run."""
