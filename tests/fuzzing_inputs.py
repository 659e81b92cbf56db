"""Data, weights and specifications spoilt at random: each is read, or refused in one line, within 500 MB and 10 seconds.

Run as a program for more than a test has time for: ``python tests/fuzzing_inputs.py FIRST LAST`` tries the files of these numbers, prints
each that was not taken well, and what the dearest cost. File n is always the same file.

Each file has a forked process, which reads it as a command does before it makes anything; every 50th goes through the whole command.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from warnings import catch_warnings

import pandas as pd  # noqa: F401 - loaded before the forks
from memory import held

from scenarios.common.examples import read_examples
from scenarios.demon_net import chosen_parameters, read_weights
from scenarios.layers import EXAMPLE as LAYERS
from scenarios.layers.reading import check_stack, read_stack
from scenarios.network.fitted import with_examples
from scenarios.network.reading import read_spec
from scenarios.network.spec import EXAMPLE
from workbook.cli import run
from workbook.discovery import find_scenario
from workbook.scenario import UsageError

MEGABYTES, SECONDS = 500, 10
WHOLE_EVERY, BOMB_EVERY = 50, 40
ROWS = 12

PIECES = [
    "", ",", ";", "\t", "\n", "\r", '"', "'", "=", "[", "]", "[[", "{", "}", ".", "-", "+", "e", "#", "0", "1e400", "1e-400", "1e-300", "-1e300",
    "nan", "inf", "9" * 30, "9" * 5000, "0x10", "1_000", "1,5", "1.5", "1.234", "1 234", "½", "٣", "true", "false", "null", "1979-05-27", "\0", "\ufeff",
    "\u202e", "é", "面积", "²", "\\u0000", "x1", "y1", "label", "sep=;\n", "[data]\n", "[network]\n", "softmax", "relu", "adam", "sgd", "x" * 300, "=1+1", "@",
    "[[layers]]\n", "kind = ", "dense", "conv2d", "maxpool", "flatten", "units = 3\n",
]  # fmt: skip
RAW = [
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\x80",
    b"\xe4",
    b"\xe9\xe9",
    b"\xc3\xe6",
    b"\xed\xa0\x80",
    b"\0\0",
    b"PK\x03\x04",
    b"\x1b[2J",
]
ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "gb18030",
    "cp1252",
    "cp1251",
    "utf-32",
)
STACK = """
[[layers]]
kind = "embedding"
vocabulary = 4
units = 4
[[layers]]
kind = "attention"
heads = 2
causal = true
Wq = [[1, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0.1, 0, 1]]
[[layers]]
kind = "residual"
from = 1
[[layers]]
kind = "layernorm"
epsilon = 1e-3
[[layers]]
kind = "rnn"
units = 3
[[layers]]
kind = "dropout"
rate = 0.25
[[layers]]
kind = "dense"
units = 2
activation = "softmax"
[loss]
name = "categorical_cross_entropy"
[training]
seed = 3
[data]
x = [1, 3, 2]
labels = ["b", "a", "b"]
"""
"""A sound list of layers on tokens."""


@dataclass(frozen=True)
class Kind:
    """What a file is given as: a sound text of it, how it is read, and the whole command."""

    name: str
    text: str
    read: Callable[[Path], object]
    command: tuple[str, ...]


def kinds() -> list[Kind]:
    """Return the kinds of input, each with a sound text."""
    chance = random.Random(0)
    pairs = "\n".join(
        f"{chance.uniform(1, 900):.2f};{chance.uniform(1, 90):.3f}".replace(".", ",") for _ in range(ROWS)
    )
    points = "\n".join(
        f"{chance.uniform(-2, 2):.3f},{chance.uniform(-2, 2):.3f},{chance.choice('ABC')}" for _ in range(ROWS)
    )
    pixels = "\n".join(",".join(str(chance.randint(0, 1)) for _ in range(13)) for _ in range(ROWS))
    (W1, b1), (W2, b2) = chosen_parameters()
    rows = [[*w, b] for W, bs in ((W1, b1), (W2, b2)) for w, b in zip(W.tolist(), bs.tolist(), strict=True)]
    weights = "\n".join(",".join(map(str, row)) for row in rows)
    as_json = json.dumps({"W1": W1.tolist(), "b1": b1.tolist(), "W2": W2.tolist(), "b2": b2.tolist()})
    specification = EXAMPLE.read_text(encoding="utf-8")
    heading = ",".join(["label", *(f"p{n}" for n in range(1, 13))])

    def data_of(name: str) -> Callable[[Path], object]:
        return find_scenario(name).read_data

    return [
        Kind("rent.csv", f"Fläche (m²);Miete (€)\n{pairs}\n", data_of("rent-yield"), ("rent-yield", "--set", "epochs=5", "--data")),
        Kind("values.csv", f"面积;weight\n{pairs}\n", data_of("statistics"), ("statistics", "--data")),
        Kind("losses.csv", f"actual;predicted\n{pairs}\n", data_of("losses"), ("losses", "--data")),
        Kind("images.csv", f"{heading}\n{pixels}\n", data_of("demon-net"), ("demon-net", "--set", "epochs=10", "--data")),
        Kind("points.csv", f"x1,x2,label\n{points}\n", _examples, ("network", "--data")),
        Kind("weights.csv", weights, read_weights, ("demon-net", "--set", "epochs=10", "--set", "weights=")),
        Kind("weights.json", as_json, read_weights, ("demon-net", "--set", "epochs=10", "--set", "weights=")),
        Kind("net.toml", specification, _specification, ("network", "--spec")),
        Kind("layers.toml", LAYERS.read_text(encoding="utf-8"), _layers, ("layers", "--spec")),
        Kind("stack.toml", STACK, _layers, ("network", "--spec")),
        Kind("net.toml", specification.replace('"softmax"', '"sigmoid"').replace("categorical", "binary"), _specification, ("network", "--spec")),
    ]  # fmt: skip


def _layers(path: Path) -> object:
    check_stack(path)
    return read_stack(path)


def _examples(path: Path) -> object:
    return with_examples(read_spec(EXAMPLE), read_examples(path))


def _specification(path: Path) -> object:
    return with_examples(read_spec(path), None)


def spoilt(number: int, kind: Kind) -> bytes:
    """Return the contents of file `number`."""
    chance = random.Random(number)
    if number % BOMB_EVERY == 0:
        return bomb(chance, kind.text)
    text = kind.text
    for _ in range(chance.choice((0, 1, 1, 2, 4, 8))):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 0, 1, 1, 3, 20, 200)))
        text = text[:at] + chance.choice([*PIECES, text[at : at + 60] * 2]) + text[end:]
    raw = text.encode(chance.choice(ENCODINGS), errors="replace")
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        at = chance.randrange(len(raw) + 1)
        raw = raw[:at] + chance.choice(RAW) + raw[at + chance.choice((0, 1, 2)) :]
    return raw


def bomb(chance: random.Random, text: str) -> bytes:
    """Return a file that costs little to write and may cost much to read."""
    n = int(10 ** chance.uniform(3, 7.4))
    head = text.split("\n", 1)[0] + "\n"
    made: Callable[[], str] = chance.choice(
        [
            lambda: "," * n,
            lambda: head + ";" * n,
            lambda: head + '"' + "a,1\n" * (n // 4),
            lambda: '"' * n,
            lambda: head + "1;2\n" * (n // 4),
            lambda: head + "\n" * n,
            lambda: "a" * n,
            lambda: ",".join(f"x{k}" for k in range(n // 7)) + "\n" + "1," * (n // 7),
            lambda: (",".join(f"x{k}" for k in range(200)) + "\n") + ("12," * 199 + "34\n") * (n // 600),
            lambda: ".".join("a" * (n // 2)) + " = 1",
            lambda: "[" + ".".join("a" * (n // 2)) + "]",
            lambda: "".join(f"[t{k}]\n" for k in range(n // 8)),
            lambda: "".join(f"a.b.c.d{k} = 1\n" for k in range(n // 16)),
            lambda: "".join(f"k{k} = {{a = {{b = {{c = 1}}}}}}\n" for k in range(n // 32)),
            lambda: "x = " + "[" * n,
            lambda: "x = " + "{a = " * (n // 5),
            lambda: "x = " + "9" * n,
            lambda: 'x = """' + "a\n" * (n // 2),
            lambda: "[[a]]\n" * (n // 6),
            lambda: '{"W1": [' + "[1]," * (n // 4) + "[1]]}",
            lambda: "\0" * n,
            lambda: "面" * (n // 3),
            lambda: "é" * (n // 2),
        ]
    )
    return made().encode(chance.choice(("utf-8", "utf-8", "cp1252", "gb18030", "utf-16")), errors="replace")


@dataclass(frozen=True)
class Tried:
    """What came of a file: nothing wrong, or what; and what it cost."""

    number: int
    kind: str
    wrong: str
    megabytes: float
    seconds: float
    refused: bool


def tried(numbers: Iterable[int], folder: Path) -> list[Tried]:
    """Read each file in a process of its own."""
    all_kinds = kinds()
    return [_tried(number, all_kinds[number % len(all_kinds)], folder) for number in numbers]


def _tried(number: int, kind: Kind, folder: Path) -> Tried:
    path = folder / kind.name
    path.write_bytes(spoilt(number, kind))
    reader, writer = os.pipe()
    born_with = held()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _end(writer, _what_is_wrong(kind, path, whole=number % WHOLE_EVERY == 0))
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    _pid, status, used = os.wait4(child, 0)
    wrong, _mark, refused = said.rpartition("|")
    if status:
        wrong = f"ended with status {status}"
    megabytes, seconds = max(0.0, used.ru_maxrss / 1024 - born_with), used.ru_utime + used.ru_stime
    if megabytes > MEGABYTES:
        wrong = wrong or f"took {megabytes:.0f} MB"
    return Tried(number, kind.name, wrong, megabytes, seconds, refused == "refused")


def _end(writer: int, said: str) -> None:
    try:
        with os.fdopen(writer, "w", encoding="utf-8", errors="backslashreplace") as pipe:
            pipe.write(said)
    finally:
        os._exit(0)


def _what_is_wrong(kind: Kind, path: Path, *, whole: bool) -> str:
    """Return what is wrong with how a file is taken, and whether it was refused."""
    resource.setrlimit(resource.RLIMIT_CPU, (3 * SECONDS, 3 * SECONDS))
    try:
        with catch_warnings(action="ignore"):
            if whole:
                return _of_command(kind, path)
            kind.read(path)
            return "|read"
    except UsageError as error:
        return ("" if _is_one_line(str(error), path) else f"said {str(error)!r}") + "|refused"
    except BaseException:  # a traceback is what a user must never see
        return traceback.format_exc().strip() + "|fell"


def _of_command(kind: Kind, path: Path) -> str:
    *options, last = kind.command
    arguments = [*options, f"{last}{path}"] if last.endswith("=") else [*options, last, str(path)]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["numbers", *arguments])
    said = err.getvalue()
    if code == 0:
        return "|read"
    if code == 2 and said.endswith("\n") and _is_one_line(said[:-1], path):
        return "|refused"
    return f"code {code}, said {said!r}|refused"


def _is_one_line(said: str, path: Path) -> bool:
    return said.isprintable() and (path.name in said or EXAMPLE.name in said) and len(said) < 600 + 2 * len(str(path))


def main() -> int:
    """Try the files of the numbers that were given; say what was wrong, and what the dearest cost."""
    first, last = map(int, sys.argv[1:3])
    found: list[Tried] = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(first, last):
            (one,) = tried([number], Path(name))
            found.append(one)
            if one.wrong:
                print(f"{one.number} {one.kind}: {one.wrong}", flush=True)
    wrong, refused = sum(bool(one.wrong) for one in found), sum(one.refused for one in found)
    print(
        f"{len(found):,} files: {wrong} wrong, {refused:,} refused in one line, {len(found) - wrong - refused:,} read; "
        f"at most {max(one.megabytes for one in found):.0f} MB and {max(one.seconds for one in found):.1f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
