"""Errors that a user can mend, each in one line."""

from __future__ import annotations

import errno

from workbook.engines import EngineError
from workbook.errors import UsageError
from workbook.guard import FileError, printable

_MENDED = {
    errno.ENOSPC: "free some space, or choose another folder with --output",
    errno.EDQUOT: "free some space, or choose another folder with --output",
    errno.EACCES: "choose another folder with --output, or change its permissions",
    errno.EPERM: "choose another folder with --output, or change its permissions",
    errno.EROFS: "choose another folder with --output",
    errno.ENOTDIR: "choose another folder with --output",
    errno.ENAMETOOLONG: "choose a shorter name with --output",
}


def explained(error: BaseException) -> str | None:
    """Return one line for an error that the user can mend; None for a mistake of this program."""
    if isinstance(error, UsageError | FileError | EngineError):
        return printable(" ".join(str(error).split()))
    if isinstance(error, OSError) and error.strerror:
        if not error.filename:  # a stream, or a file among the temporary ones
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            return f"{error.strerror}; {'free some space' if full else 'try again'}, or let the output go elsewhere"
        return f"{error.filename}: {error.strerror}; {_MENDED.get(error.errno or 0, 'check the path and try again')}"
    return None
