"""The words of two workbooks beside their blocks: titles, headings, sentences, the counters of rows, the names of sheets.

Sheets are paired by the blocks that lie on them, so that one with another name is found. On a sheet whose blocks lie alike
on both sides, words are compared place by place; where rows or columns were inserted, in reading order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from workbook.addresses import cell_name
from workbook.difference import Change, Kind
from workbook.ledger import Labels, Ledger

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no file can hold them

At = tuple[int, int]
Found = tuple[At, str | None, str | None]  # where, the old words, the new ones


def words_changed(left: Ledger, right: Ledger, without: Collection[str] = ()) -> list[Change]:
    """Return the words that differ; none where one of the sides, such as exported numbers, holds no words.

    Parameters
    ----------
    left, right : the old and the new
    without : the sheets whose words follow from blocks that are others
    """
    if not any(left.labels.values()) or not any(right.labels.values()):
        return []
    changes = []
    for old, new in _sheets_paired(left, right):
        if new is None:
            changes.append(Change(Kind.WORDS, old, "", "", "sheet", old, None))
            continue
        if new != old:
            changes.append(Change(Kind.WORDS, new, "", "", "sheet", old, new))
        if new in without:
            continue
        before, after = left.labels.get(old, {}), right.labels.get(new, {})
        found = (_in_place if _lie_alike(left, right, old, new) else _in_order)(before, after)
        changes += [Change(Kind.WORDS, new, cell_name(*at), "", "", was, now) for at, was, now in found]
    return changes


def _sheets_paired(left: Ledger, right: Ledger) -> Iterator[tuple[str, str | None]]:
    where = {block.id.lower(): block.sheet for block in right.blocks if not block.is_loose}
    votes: dict[str, Counter[str]] = {}
    for block in left.blocks:
        if not block.is_loose and block.id.lower() in where:
            votes.setdefault(block.sheet, Counter())[where[block.id.lower()]] += 1
    for sheet in left.sheets:
        if sheet in right.sheets:
            yield sheet, sheet
        else:
            yield sheet, votes[sheet].most_common(1)[0][0] if sheet in votes else None


def _lie_alike(left: Ledger, right: Ledger, old: str, new: str) -> bool:
    first, second = (
        {
            block.id.lower(): (block.row, block.column)
            for block in ledger.blocks
            if block.sheet == sheet and not block.is_loose
        }
        for ledger, sheet in ((left, old), (right, new))
    )
    return all(second[id] == place for id, place in first.items() if id in second)


def _in_place(before: Labels, after: Labels) -> Iterator[Found]:
    for at in sorted({*before, *after}):
        was, now = before.get(at), after.get(at)
        if was != now and _said(was) != _said(now):
            yield at, was, now


def _in_order(before: Labels, after: Labels) -> Iterator[Found]:
    places, others = sorted(before), sorted(after)
    texts = [_said(before[at]) for at in places], [_said(after[at]) for at in others]
    for what, i, i_end, j, j_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        for n in range(max(i_end - i, j_end - j)):
            was = places[i + n] if i + n < i_end else None
            now = others[j + n] if j + n < j_end else None
            at = now or was
            assert at is not None
            yield at, None if was is None else before[was], None if now is None else after[now]


def _said(text: str | None) -> str:
    """Return what a text says, however it is broken and spaced."""
    return "".join(_CONTROL.sub("", text or "").split())  # a break between Chinese characters leaves no space
