"""Where numbers come from: a worked example's name, an .xlsx file, numbers exported earlier, or a book in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Union

from workbook.book import Book
from workbook.ledger import Ledger, ledger_of
from workbook.text import DEFAULT_LANGUAGE

Source = Union[Book, Ledger, Path, str]  # noqa: UP007 - a runtime alias that mypy can see through

EXPORTED = (".csv", ".json")
HAN = re.compile(r"[\u4e00-\u9fff]")


def is_file(target: str) -> bool:
    """Whether a text means a file rather than an example's name."""
    path = Path(target)
    suffix = path.suffix.lower()
    return suffix.startswith(".xl") or suffix in EXPORTED or "/" in target or "\\" in target or os.path.isfile(path)


def is_name(source: Source) -> bool:
    """Whether a source is an example's name."""
    return isinstance(source, str) and not is_file(source)


def read_sources(
    left: Source, right: Source, settings: Mapping[str, str] | None = None, data: Path | None = None
) -> tuple[Ledger, Ledger]:
    """Return the cells of two sources to compare; an example is built in the other's language, and as it is set."""
    if is_name(left):
        new = read_source(right, settings=settings, data=data)
        return read_source(left, language_of(new), settings, data), new
    old = read_source(left)
    return old, read_source(right, language_of(old), settings, data)


def language_of(ledger: Ledger) -> str:
    """Return the language of a ledger; exported numbers do not say it, so their texts are looked at."""
    if ledger.language:
        return ledger.language
    texts = (
        v for block in ledger.blocks if block.values.dtype.kind == "O" for v in block.values.flat if isinstance(v, str)
    )
    return "zh" if any(HAN.search(text) for text in texts) else DEFAULT_LANGUAGE


def read_source(
    source: Source,
    lang: str = DEFAULT_LANGUAGE,
    settings: Mapping[str, str] | None = None,
    data: Path | None = None,
) -> Ledger:
    """Return the cells of a source.

    Parameters
    ----------
    source : an example's name, the path of an .xlsx, .csv or .json file, a book or a ledger
    lang : the language to build an example in
    settings : what to set of an example, as typed
    data : a file of data for an example

    Raises
    ------
    UsageError
        If there is no example of that name, or it cannot be set so.
    FileError
        If the file cannot be read.
    """
    if isinstance(source, Ledger):
        return source
    if isinstance(source, Book):
        return ledger_of(source)
    if isinstance(source, str) and not is_file(source):
        from workbook.discovery import find_scenario, made

        return ledger_of(made(find_scenario(source), lang, settings, data))
    path = Path(source)
    if path.suffix.lower() in EXPORTED:
        from workbook.numbers import read_exported

        return read_exported(path)
    from workbook.reader import read_ledger

    return read_ledger(path)
