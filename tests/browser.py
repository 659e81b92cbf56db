"""A headless Chromium, asked over its debugging pipe: what a page looks like and holds at some width."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MOST_SECONDS = 300


def program() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser(Protocol):
    """A page in a browser."""

    def open(self, url: str, width: int) -> None: ...
    def value(self, expression: str) -> Any: ...
    def picture(self) -> bytes: ...


class _Chromium:
    def __init__(self, asked: int, answered: int) -> None:
        self._ask, self._answers = os.fdopen(asked, "wb"), os.fdopen(answered, "rb")
        self._numbers = itertools.count(1)
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def open(self, url: str, width: int) -> None:
        """Open a page in a window of a width, and wait until all that it names is there."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self._call("Page.navigate", url=url)
        self._until("Page.loadEventFired")
        self.value("for (const image of document.images) image.loading = 'eager'")
        self.value("Promise.all([...document.images].map(image => image.decode().catch(() => null)))")

    def value(self, expression: str) -> Any:
        """Return what an expression of JavaScript comes to on the page."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """Return the whole page as a PNG."""
        answer = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(answer["data"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        self._ask.write(json.dumps({"id": number, "method": method, "params": parameters, **session}).encode() + b"\0")
        self._ask.flush()
        while (answer := self._next()).get("id") != number:
            pass
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        said = b""
        while not said.endswith(b"\0"):
            byte = self._answers.read(1)
            assert byte, "the browser has ended"
            said += byte
        answer: dict[str, Any] = json.loads(said[:-1])
        return answer


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser without a network, and end it."""
    asked, ask_here = os.pipe()
    answer_here, answered = os.pipe()
    flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-proxy-server --host-resolver-rules='MAP * ~NOTFOUND'"
    with tempfile.TemporaryDirectory(prefix="workbook-browser-") as folder:
        shell = f"exec {program()} {flags} --user-data-dir={folder} --remote-debugging-pipe 3<&{asked} 4>&{answered}"
        process = subprocess.Popen(
            ["timeout", str(MOST_SECONDS), "bash", "-c", shell],
            pass_fds=(asked, answered),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(asked)
        os.close(answered)
        try:
            yield _Chromium(ask_here, answer_here)
        finally:
            process.terminate()
            process.wait()
