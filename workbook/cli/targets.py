"""Where workbooks are put, and what is there already: nothing that somebody made or chose is lost unasked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.errors import UsageError
from workbook.files import is_device
from workbook.guard import FileError, open_file
from workbook.text import suffix_of

if TYPE_CHECKING:
    from workbook.book import Book

WORKBOOK = ".xlsx"
OTHER_FORMATS = frozenset(
    {".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers", ".gsheet", ".csv", ".json", ".html", ".pdf", ".docx"}
)


def targets(names: Sequence[str], lang: str, output: Path, name: str | None) -> list[Path]:
    """Return the file of each example: in the folder that `output` names, or `output` itself where that is a file's name.

    Raises
    ------
    UsageError
        If one file is named for several examples, or what is named is no workbook's name.
    """
    suffix = output.suffix.lower()
    is_file = suffix == WORKBOOK and not output.is_dir()
    if str(output) == "-":
        raise UsageError("--output -: a workbook is no text that could be printed; name a folder or a file.xlsx")
    if suffix in OTHER_FORMATS and not output.is_dir():
        raise UsageError(f"--output {output}: workbooks are .xlsx files; write --output {output.with_suffix(WORKBOOK)}")
    for option, given in (("--output", is_file and output), ("--name", name)):
        if given and len(names) != 1:
            raise UsageError(f"{option} {given}: {len(names)} workbooks cannot have one name; say which one to build")
    for option, file in (("--name", name), ("--output", output.name if is_file else None)):
        if file and is_device(file):
            raise UsageError(
                f"{option} {file}: Windows keeps this name for a device; choose another, such as my-{file}"
            )
    if is_file:
        if name:
            raise UsageError(f"--name {name}: --output {output} names the file already; leave one out")
        return [output]
    if name is not None:
        name = name[: -len(WORKBOOK)] if name.lower().endswith(WORKBOOK) else name
        if not name or name.startswith(".") or set(name) & set('/\\:*?"<>|') or not name.isprintable():
            raise UsageError(f"--name {name}: give a file's name without a folder, such as my-lesson")
    return [output / file_name(name or each, lang) for each in names]


def file_name(name: str, lang: str) -> str:
    """Return the name of a workbook's file: NAME.xlsx, in another language NAME.zh.xlsx."""
    return f"{name}{suffix_of(lang)}{WORKBOOK}"


def make_folder(output: Path) -> None:
    """Make the folder to write into, with those above it; raise UsageError where something else is in its place."""
    refuse_no_folder(output)
    output.mkdir(parents=True, exist_ok=True)


def refuse_no_folder(output: Path) -> None:
    """Raise UsageError where something else is in the place of the folder to write into."""
    if not output.is_dir() and (output.exists() or output.is_symlink()):
        what = "a file" if output.exists() else "a link that leads nowhere"
        raise UsageError(f"--output {output}: this is {what}; name a folder")
    above = next((folder for folder in output.parents if folder.exists()), output)
    if above.is_file():
        raise UsageError(f"--output {output}: {above} is a file; name a folder")
    if not output.is_dir() and (output.suffix.lower() in {WORKBOOK, *OTHER_FORMATS} or str(output) == "-"):
        raise UsageError(f"--output {output}: this is no folder's name; name a folder")


# ---------------------------------------------------------------------------------------------- what is there


def refuse_edited(files: Sequence[Path]) -> None:
    """Raise UsageError if a file that is about to be overwritten is open or has been edited, or is none that can be read."""
    for file in files:
        if program := opened_by(file):
            raise UsageError(f"{file}: not overwritten, since it is open in {program}; close it there, or use --force")
    edited = [str(file) for file in files if file.exists() and _is_edited(file)]
    if edited:
        raise UsageError(
            f"{', '.join(edited)}: not overwritten, since somebody has edited it; "
            "--force overwrites it, --output builds into another folder"
        )


def refuse_pdf(files: Sequence[Path], force: bool) -> None:
    """Raise UsageError if nothing can be printed here, or a PDF file that is no workbook's would be overwritten."""
    from workbook.engines.printing import can_print

    if reason := can_print():
        raise UsageError(f"--pdf: {reason}; install it, or leave --pdf out")
    for file in files:
        pages = file.with_suffix(".pdf")
        if pages.exists() and not file.exists() and not force:
            raise UsageError(f"{pages}: not overwritten, since no workbook lies beside it; move it, or use --force")


def opened_by(file: Path) -> str:
    """Return the program that has a file open, as the lock beside it tells; empty where there is none."""
    locks = {"LibreOffice": f".~lock.{file.name}#", "Excel": f"~${file.name}"}
    return next((program for program, lock in locks.items() if file.with_name(lock).exists()), "")


def _is_edited(target: Path) -> bool:
    from workbook.reader import was_edited

    try:
        open_file(target).close()
    except FileError as error:
        reason = str(error).removeprefix(f"{target}: ").partition(";")[0]
        raise UsageError(
            f"{target}: not overwritten: {reason}; move it, or choose another folder with --output"
        ) from None
    try:
        return was_edited(target)
    except FileError as error:
        reason = str(error).removeprefix(f"{target}: ").partition(";")[0]
        raise UsageError(
            f"{target}: not overwritten, since it is no workbook of ours: {reason}; "
            "--force overwrites it, --output builds into another folder"
        ) from None


def refuse_other(target: Path, book: Book) -> None:
    """Raise UsageError if what is there was built with other settings, data or language than a book."""
    from workbook.reader import property_of
    from workbook.signature import COMMAND_PROPERTY
    from workbook.writer import command_of

    there = property_of(target, COMMAND_PROPERTY) if target.exists() else ""
    if there and sorted(there.split(" --")) != sorted(command_of(book).split(" --")):
        raise UsageError(
            f"{target}: not overwritten, since it is another variant ({there}); "
            "--name builds beside it, --force overwrites it"
        )
