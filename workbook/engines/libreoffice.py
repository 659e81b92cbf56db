"""LibreOffice: the engine that readers have, asked through UNO for a hard recalculation.

One LibreOffice serves a whole Python process, because starting it takes seconds. It has a profile
of its own that is thrown away, so that parallel runs and the user's open LibreOffice neither
disturb nor are disturbed. Between the two stands a helper (`uno_script`) in a Python that has
``uno``; it ends LibreOffice when this process ends, however that comes about.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate

from workbook.engines import EngineError, ErrorValue, HeldCells, Sheets, Value

SCRIPT = Path(__file__).with_name("uno_script.py")
START_LIMIT = 90.0  # seconds; a first start on a busy machine is slow
TIME_LIMIT = 300.0  # seconds for one file, and at most so many
SMALL_FILE_LIMIT, MEGABYTE_LIMIT = 60.0, 60.0  # for a small one, and more for each megabyte
STOP_LIMIT = 12.0  # seconds; longer than the helper allows itself

MISSING = "LibreOffice is not installed: there is no soffice on the PATH"
NO_UNO = "LibreOffice cannot be reached: no Python here has its uno module (Debian: apt install python3-uno)"

NO_NETWORK = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
"""What starts a program where there is no network, not even the machine's own addresses: for root, and for others."""

_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_INTERNET = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    # English throughout, so that FIXED writes a decimal point whatever the machine speaks
    ("/org.openoffice.Setup/L10N", "ooLocale", "en-US"),
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "en-US"),
    # no OpenCL, so that the last bits do not depend on the graphics card
    ("/org.openoffice.Office.Common/Misc", "UseOpenCL", "false"),
    # no macro runs, no link is followed, nothing is asked
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableActiveContent", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    # where the network cannot be taken away, all that is fetched is asked of a port that nobody listens on
    (_INTERNET, "ooInetProxyType", "2"),
    (_INTERNET, "ooInetNoProxy", ""),
    *((_INTERNET, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_INTERNET, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
)


def _profile() -> str:
    """Return the settings as LibreOffice keeps them."""
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in _SETTINGS
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
    return f"{head}{items}</oor:items>\n"


def available() -> str | None:
    """Say why LibreOffice cannot run here, or None when it can."""
    soffice = find_soffice()
    if soffice is None:
        return MISSING
    return None if _find_python(soffice) else NO_UNO


def recalculate(path: Path, edits: Mapping[tuple[str, int, int], float | str]) -> Sheets:
    """Recalculate a workbook with LibreOffice; see `workbook.engines.recalculate`.

    Raises
    ------
    EngineError
        If LibreOffice or its Python module is missing, does not start or takes longer than
        TIME_LIMIT, or refuses the file or an edit.
    """
    check_file(path)
    with _shared.lock:
        office = _shared.office()
        # A copy, because LibreOffice leaves a lock file beside what it opens.
        copy = office.home / "file.xlsx"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise EngineError(f"{path}: {error.strerror}") from error
        try:
            typed = [[*cell, value] for cell, value in edits.items()]
            most = min(TIME_LIMIT, SMALL_FILE_LIMIT + MEGABYTE_LIMIT * copy.stat().st_size / 2**20)
            reply = office.ask({"path": str(copy), "edits": typed}, most)
        except EngineError as error:
            raise EngineError(f"{path}: {error}") from error
        finally:
            copy.unlink(missing_ok=True)
    if "error" in reply:
        raise EngineError(f"{path}: {reply['error']}")
    return _sheets(reply["sheets"])


def check_file(path: Path) -> None:
    """Raise EngineError unless the file is a zip archive of well-formed XML.

    LibreOffice takes an empty file for an empty workbook, and of a broken sheet it shows the part
    before the break, without a word about the rest.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    with archive.open(name) as part:
                        ParserCreate().ParseFile(part)
    except Exception as error:  # a spoilt archive raises nearly anything
        raise EngineError(f"{path}: not a readable .xlsx file ({error})") from error


def _sheets(reply: list[Any]) -> Sheets:
    """Return the helper's answer in the common form."""
    sheets: Sheets = {}
    for name, cells, errors in reply:
        values: dict[tuple[int, int], Value] = {(row, column): value for row, column, value in cells}
        values.update({(row, column): ErrorValue(error) for row, column, error in errors})
        sheets[name] = HeldCells(values)
    return sheets


class _Office:
    """A helper with its LibreOffice, started by the constructor and ended by `close`.

    Raises
    ------
    EngineError
        If LibreOffice does not come up within START_LIMIT.
    """

    def __init__(self, soffice: str, python: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="workbook-office-"))
        self.process_id = os.getpid()
        user = self.home / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
        self._helper = subprocess.Popen(
            [*without_network(), python, str(SCRIPT), soffice, str(self.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={**os.environ, "TMPDIR": str(self.home), "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # a group of its own, which can be killed as one
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        reply = self._answer(START_LIMIT)
        if "error" in reply:
            self.close(at_once=True)
            raise EngineError(reply["error"])

    def _listen(self) -> None:
        """Queue the helper's answers, and an empty one when there will be no more."""
        assert self._helper.stdout is not None
        for line in self._helper.stdout:
            self._answers.put(line)
        self._answers.put("")

    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._helper.poll() is None

    def ask(self, request: dict[str, Any], limit: float) -> dict[str, Any]:
        """Return the answer to a request; if there is none in so many seconds, close and raise EngineError."""
        assert self._helper.stdin is not None
        # A write to a helper that has died fails; the answer that does not come says so just as well.
        with contextlib.suppress(OSError):
            self._helper.stdin.write(json.dumps(request) + "\n")
            self._helper.stdin.flush()
        return self._answer(limit)

    def _answer(self, limit: float) -> dict[str, Any]:
        """Return the next answer; if there is none in so many seconds, close and raise EngineError."""
        try:
            line = self._answers.get(timeout=limit)
        except queue.Empty:
            self.close(at_once=True)
            raise EngineError(f"LibreOffice did not finish within {limit:.0f} s") from None
        except BaseException:  # an interrupt: this answer would be taken for that to the next question
            self.close(at_once=True)
            raise
        if not line:
            self.close(at_once=True)
            raise EngineError("LibreOffice ended unexpectedly; the workbook may take too much memory or time")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self, *, at_once: bool = False) -> None:
        """End the helper and LibreOffice and remove the profile; harmless when repeated."""
        if not at_once:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                assert self._helper.stdin is not None
                self._helper.stdin.close()
                self._helper.wait(STOP_LIMIT)
        _kill_group(self._helper)
        _remove_pipes(self.home)
        shutil.rmtree(self.home, ignore_errors=True)


def _kill_group(leader: subprocess.Popen[str]) -> None:
    """Kill what is left of a process and its descendants."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(leader.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def _remove_pipes(home: Path) -> None:
    """Remove the two pipes that a LibreOffice leaves in /tmp when it is killed.

    One has the name that the helper gives it, the other that which LibreOffice makes of its profile:
    the MD5 sum of the address in UTF-16, each byte in hexadecimal without a leading zero.
    """
    if sys.platform == "win32":
        return
    profile = hashlib.md5((home / "profile").as_uri().encode("utf-16-le"), usedforsecurity=False)
    single = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in profile.digest())
    for name in (home.name, single):
        with contextlib.suppress(OSError):
            Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}").unlink()


class _Shared:
    """The one LibreOffice of this Python process; hold `lock` while using it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._office: _Office | None = None
        atexit.register(self.close)

    def office(self) -> _Office:
        """Return a running LibreOffice, started if need be; raise EngineError if that fails."""
        soffice = find_soffice()
        if soffice is None:
            raise EngineError(MISSING)
        python = _find_python(soffice)
        if python is None:
            raise EngineError(NO_UNO)
        # After a fork the child has the parent's object, but must not share its LibreOffice.
        if self._office is None or self._office.process_id != os.getpid():
            self._office = _Office(soffice, python)
        elif not self._office.alive():
            self._office.close(at_once=True)
            self._office = _Office(soffice, python)
        return self._office

    def close(self) -> None:
        """End this process's LibreOffice, if it runs."""
        if self._office is not None and self._office.process_id == os.getpid():
            self._office.close()
        self._office = None


_shared = _Shared()


def find_soffice() -> str | None:
    """Return the path of LibreOffice's program, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    return next((str(place) for place in _usual_places() if place.is_file()), None)


def _usual_places() -> list[Path]:
    """Return where LibreOffice is found on systems that do not put it on the PATH."""
    if sys.platform == "darwin":
        applications = [Path("/Applications"), Path.home() / "Applications"]
        return [folder / "LibreOffice.app/Contents/MacOS/soffice" for folder in applications]
    if sys.platform == "win32":
        folders = [os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)")]
        return [Path(folder) / "LibreOffice/program/soffice.exe" for folder in folders if folder]
    return []


@cache
def without_network() -> list[str]:
    """Return how a program is started without a network on this machine; nothing where that cannot be done."""
    return next((start for start in NO_NETWORK if _runs([*start, "true"])), [])


@cache
def _find_python(soffice: str) -> str | None:
    """Return a Python that has ``uno``: this one, the system's, or the one that LibreOffice brings."""
    program = Path(soffice).resolve().parent
    own = [program / "python", program / "python.exe", program.parent / "Resources" / "python"]
    candidates = [sys.executable, "/usr/bin/python3", *map(str, own)]
    return next((python for python in candidates if _has_uno(python)), None)


def _has_uno(python: str) -> bool:
    """Whether a Python exists and can import ``uno``."""
    return _runs([python, "-c", "import uno"])


def _runs(command: list[str]) -> bool:
    """Whether a program exists and ends well."""
    try:
        run = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0
