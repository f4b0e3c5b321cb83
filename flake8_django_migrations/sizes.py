"""How many rows each table has, as a CSV file lists them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path


def read(file: Path) -> Mapping[str, int]:
    """Table to rows; of two lines for one table the larger counts, as in two schemas."""
    sizes: dict[str, int] = {}
    for table, rows in _lines(file):
        sizes[table] = max(rows, sizes.get(table, 0))
    return sizes


def _lines(file: Path) -> Iterator[tuple[str, int]]:
    """Every table with its rows; PostgreSQL's -1, a table never analysed, is no size."""
    reader = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    for cells in reader:
        match [cell.strip() for cell in cells]:
            case [] | [""] | ["table", "rows"]:
                continue
            case [table, "-1"] if table:
                continue
            case [table, rows] if table and rows.isdecimal():
                yield table, int(rows)
            case _:
                told = ",".join(cells)
                raise ValueError(
                    f"line {reader.line_num}: expected a table and a number of rows, got {told}"
                )
