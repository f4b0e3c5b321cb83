"""The rules: a row each in ``table``, a function each in the module of its family."""
