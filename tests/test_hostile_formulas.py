"""Hostile files by the hundred: formulas that never end, parts that no program writes, files that reach out of themselves.

Every command takes each of them in one line and 500 MB, without being ended for the time it takes, and a listener hears nothing.
The tests try each file with one of the commands in turn, with all of them where WORKBOOK_ALL_HOSTILE=1. ``python tests/test_hostile_formulas.py`` measures what each costs:
two seconds of a processor at most.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attacks import Attack
from bombs import BOMBS, LONG, one
from forked import COMMANDS, Taken, take
from listener import Listener
from network import network
from outside import IGNORED, REFUSED
from spoilt_parts import PARTS

from workbook.check import prove
from workbook.engines import EngineError, available, libreoffice
from workbook.guard import FileError
from workbook.reader import read_ledger
from workbook.writer import write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each file has a forked process")

FILES: dict[str, Attack] = {**BOMBS, **PARTS}
ALL = os.environ.get("WORKBOOK_ALL_HOSTILE") == "1"


def turns(names: dict[str, Any]) -> Iterator[Any]:
    """Every file with one command, each of these in turn; or with all of them, which takes long."""
    for n, name in enumerate(names):
        for command in COMMANDS if ALL else [COMMANDS[n % len(COMMANDS)]]:
            yield pytest.param(name, command, id=f"{name[:40]}-{command}")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "network.xlsx"
    write(network(), path)
    return path.read_bytes()


@pytest.fixture
def path(sound: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "file.xlsx"
    path.write_bytes(sound)
    return path


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def assert_taken_well(done: Taken) -> None:
    assert not done.fault, (done.fault, done.said[-500:])


@pytest.mark.parametrize(("name", "command"), list(turns(FILES)))
def test_a_hostile_file_is_taken_well(name: str, command: str, path: Path) -> None:
    FILES[name](path)
    assert_taken_well(take(command, path))


@pytest.mark.parametrize(("name", "command"), list(turns({**REFUSED, **IGNORED})))
def test_a_file_that_reaches_out_is_not_heard(name: str, command: str, path: Path, listener: Listener) -> None:
    address = f"http://127.0.0.1:{listener.server_port}"
    ({**REFUSED, **IGNORED}[name])(address)(path)
    done = take(command, path)
    assert_taken_well(done)
    if name in REFUSED and command == "check":
        assert done.code == 2, done
    if name in REFUSED and command == "lint":
        assert done.code in (1, 2), done
    assert listener.heard == []


@pytest.mark.slow
@pytest.mark.parametrize("name", IGNORED)
def test_what_is_not_refused_sends_nothing_from_libreoffice(name: str, path: Path, listener: Listener) -> None:
    if reason := available("libreoffice"):
        pytest.skip(reason)
    IGNORED[name](f"http://127.0.0.1:{listener.server_port}")(path)
    with suppress(EngineError):  # it may refuse the file, too
        libreoffice.recalculate(path, {})
    assert listener.heard == []


# ---------------------------------------------------------------------------------------------- what is refused, and how


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("=COUNTBLANK(A1:XFD1048576)", r"ZZ9: the range A1:XFD1048576 has 17,179,869,184 cells"),
        ("whole rows", r"A1: the range 2:1048576 has 17,179,852,800 cells"),
        ("thirty thousand sheets", "more than 500 sheets"),
        ("not a number", "A999: .* is no number"),
        ("infinity", "A999: .* is no number"),
        ("too large a number", "A999: .* is no number"),
        ("digits of another alphabet", "A999: .* is no number"),
        ("a number with underscores", "A999: .* is no number"),
        ("a text before the first", "damaged"),
        ("a style that is none", "damaged"),
    ],
)
def test_what_the_refusal_says(name: str, says: str, path: Path) -> None:
    FILES[name](path)
    with pytest.raises(FileError, match=says):
        read_ledger(path)


@pytest.mark.parametrize("name", ["percent without end", "comparisons without end"])
def test_a_formula_of_thousands_of_steps_is_compared_all_the_same(name: str, path: Path) -> None:
    FILES[name](path)
    assert name in LONG and not prove(path).holds


@pytest.mark.parametrize("formula", ["Jan:Mar!A1", "'A:XFD'!A1", '"1:1048576"&A1', "SUM(A:AF)", "x.a:b"])
def test_what_only_looks_like_a_large_range_is_read(formula: str, path: Path) -> None:
    one(formula)(path)
    read_ledger(path)


def main(chosen: list[str]) -> None:
    """Print what each of the files costs each command; of those chosen whose names hold a word that is given."""
    with tempfile.TemporaryDirectory() as folder, Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        path = Path(folder) / "file.xlsx"
        write(network(), path)
        contents = path.read_bytes()
        files = {**FILES, **{name: attack(address) for name, attack in {**REFUSED, **IGNORED}.items()}}
        dearest, faults = 0.0, 0
        for name, attack in files.items():
            if chosen and not any(word in name for word in chosen):
                continue
            path.write_bytes(contents)
            attack(path)
            for command in COMMANDS:
                done = take(command, path)
                dearest, faults = max(dearest, done.seconds), faults + bool(done.fault)
                said = (done.said.strip().splitlines() or [""])[-1].replace(str(path), "FILE")[:110]
                print(
                    f"{done.fault:12} {name[:40]:40} {command:8} {done.code} {done.seconds:5.2f} s {done.megabytes:4.0f} MB  {said}",
                    flush=True,
                )
        print(
            f"{len(files)} files, {faults} not taken well, at most {dearest:.2f} s; the listener heard {server.heard}"
        )
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
