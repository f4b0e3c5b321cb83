"""A flake8 plugin that knows what a Django migration will do to the running system.

In the order the data flows: ``plugin`` is flake8's seam and ``options`` its options; ``paths``
tells which files are migrations; ``reader`` makes plain data (``migration``) of their source;
``history`` replays what came before; ``plan`` works out what the database will be asked to do;
``rules`` judge that; ``review`` asks the rules and ``waivers`` answer for the author; ``render``
and ``formatter`` put it in words.
"""

__version__ = "0.1.0"
