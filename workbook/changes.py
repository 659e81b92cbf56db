"""The differences between two ledgers as rows, each with what it was and is, and the headings that name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.alike import Tolerance, plain_value
from workbook.difference import Change, Kind, Spelled
from workbook.ledger import BlockCells, Ledger
from workbook.normal import Normalizer, without_labels


@dataclass
class Pair:
    """A block on both sides, cell beside cell, and what is known of each cell."""

    n: int  # its number on the right
    left: BlockCells
    right: BlockCells
    tolerance: Tolerance
    entered: NDArray[np.bool_]  # typed in, or the formula is another
    formulas: NDArray[np.bool_]  # of these, those with a formula on either side
    differs: NDArray[np.bool_]  # the values do not agree

    def values(self, row: int, column: int) -> tuple[Any, Any]:
        return plain_value(self.left.values[row, column]), plain_value(self.right.values[row, column])


class Lister:
    """Lists what differs.

    Parameters
    ----------
    left, right : the ledgers, for the headings
    normalizers : for the formulas of each
    """

    def __init__(self, left: Ledger, right: Ledger, normalizers: Sequence[Normalizer]) -> None:
        self.left, self.right = left, right
        self._normalizers = normalizers

    def changes(self, pair: Pair, where: NDArray[np.bool_]) -> list[Change]:
        """Return the changes of a block; formulas that changed alike along a fill are one."""
        found: list[Change] = []
        alike: dict[tuple[str, str], int] = {}
        for r, c in zip(*np.nonzero(where), strict=True):
            row, column = int(r), int(c)
            change = self._change(pair, row, column)
            key = self._fill(pair, row, column) if change.kind is Kind.FORMULA else None
            if key is not None and key in alike:
                first = found[alike[key]]
                found[alike[key]] = replace(
                    first,
                    cells=first.cells + 1,
                    absolute=_largest(first.absolute, change.absolute),
                    relative=_largest(first.relative, change.relative),
                )
                continue
            if key is not None:
                alike[key] = len(found)
            found.append(change)
        return found

    def _fill(self, pair: Pair, row: int, column: int) -> tuple[str, str] | None:
        """Return the formulas of a cell as the fill handle sees them."""
        before, after = pair.left.formula(row, column), pair.right.formula(row, column)
        if before is None or after is None or pair.right.is_loose:
            return None
        first, second = self._normalizers
        old, new = first.normal(before, pair.left, row, column), second.normal(after, pair.right, row, column)
        return without_labels(old), without_labels(new)

    def _change(self, pair: Pair, row: int, column: int) -> Change:
        old, new = pair.values(row, column)
        absolute = relative = None
        if isinstance(old, float) and isinstance(new, float):
            absolute = abs(new - old)
            relative = absolute / abs(old) if old else None
        kind = Kind.VALUE
        if pair.formulas[row, column]:
            kind = Kind.FORMULA
            old, new = _formula_or(pair.left, row, column, old), _formula_or(pair.right, row, column, new)
        elif pair.entered[row, column]:
            kind = Kind.GIVEN
        label = _label(self.right, pair.right, row, column) or _label(self.left, pair.left, row, column)
        at = pair.right.cell(row, column)
        return Change(kind, pair.right.sheet, at, pair.right.id, label, old, new, absolute, relative)


def shape_told(block: BlockCells) -> Spelled:
    return Spelled("×".join(map(str, block.shape)))


def whole(kind: Kind, ledger: Ledger, block: BlockCells, old: Any, new: Any) -> Change:
    size = block.shape
    return Change(kind, block.sheet, _area(block.row, block.column, size), block.id, block.title, old, new)


def _area(row: int, column: int, shape: tuple[int, int]) -> str:
    first, last = cell_name(row, column), cell_name(row + shape[0] - 1, column + shape[1] - 1)
    return first if first == last else f"{first}:{last}"


def _label(ledger: Ledger, block: BlockCells, row: int, column: int) -> str:
    labels = (ledger.row_label(block, row), ledger.column_label(block, column))
    return " / ".join(label for label in dict.fromkeys(labels) if label)


def _formula_or(block: BlockCells, row: int, column: int, value: Any) -> Any:
    formula = block.formula(row, column)
    return value if formula is None else Spelled(f"={formula}")


def _largest(*numbers: float | None) -> float | None:
    return max((number for number in numbers if number is not None), default=None)
