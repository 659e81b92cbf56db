"""Handwritten digits as rows of 784 pixels: the UCI digits that ship here, or MNIST's own files.

``images``  (n, 784), float64, 0 (paper) to 1 (ink): 28x28 pixels, row by row from the top left
``labels``  (n,), int64, the digit 0..9 that each row shows

`scenarios/data/README.md` names the source and the licence of the digits that ship here.
"""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from importlib.resources import files
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.guard import FileError, open_file

SIDE = 28
PIXELS = SIDE * SIDE

_UCI_SIDE = 8
_UCI_LEVELS = 16
_DIGIT_SIDE = 20  # MNIST, too, draws its digits 20x20 and leaves a margin of 4

_IMAGES_MAGIC = 0x0803  # unsigned bytes, three dimensions
_LABELS_MAGIC = 0x0801  # unsigned bytes, one dimension
_KINDS = {_IMAGES_MAGIC: "images", _LABELS_MAGIC: "labels"}
_MAX_COUNT = 100_000  # MNIST's largest file has 60,000; a million images would take 6 GB as float64
_CHUNK = 1 << 20


class Digits(NamedTuple):
    """Pictures of digits and what they show, row by row."""

    images: NDArray[np.float64]
    """(n, 784), 0 to 1."""
    labels: NDArray[np.int64]
    """(n,), 0 to 9."""


def load_uci_digits() -> Digits:
    """Read the 1797 UCI handwritten digits that ship with this package, as 28x28 pictures.

    The originals are 8x8 pictures with 17 levels of grey, 0 to 16. As in MNIST, each is scaled to
    20x20 (here by bilinear interpolation between pixel centres, the outermost pixels extended to
    the edge), set in the middle of 28x28 with a blank margin of 4, and divided by its top level,
    16. The factor 20/8 makes every interpolation weight a multiple of 1/10, so the sums are done in
    integers: each pixel is a whole multiple of 1/1600, the same on every machine, and has at most
    six decimals.

    Returns
    -------
    Digits
        ``images`` (1797, 784), 0 to 1, and ``labels`` (1797,), in the order of the original file.

    Notes
    -----
    E. Alpaydin and C. Kaynak (1998), *Optical Recognition of Handwritten Digits* [Dataset],
    UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0.
    """
    resource = files("scenarios.data").joinpath("digits.csv.gz")
    with resource.open("rb") as packed, gzip.open(packed, "rt", encoding="ascii") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.int64)
    originals = table[:, :-1].reshape(-1, _UCI_SIDE, _UCI_SIDE)
    return Digits(_enlarge(originals).reshape(-1, PIXELS), table[:, -1].copy())


def load_idx(images_path: str | os.PathLike[str], labels_path: str | os.PathLike[str]) -> Digits:
    """Read pictures and labels from MNIST's own IDX files, plain or gzipped.

    The format is that of Y. LeCun's MNIST page: big-endian 32-bit magic number and sizes, then
    unsigned bytes. A file is unpacked if its name ends in ``.gz`` or its content is gzip.

    Parameters
    ----------
    images_path
        Such as ``train-images-idx3-ubyte.gz``.
    labels_path
        Such as ``train-labels-idx1-ubyte.gz``.

    Returns
    -------
    Digits
        ``images`` (n, 784), each byte divided by 255, and ``labels`` (n,).

    Raises
    ------
    ValueError
        If a file cannot be read or is not what it should be: one line that names the file, what is
        wrong and how to mend it.
    """
    images_file, labels_file = Path(images_path), Path(labels_path)
    pixels = _read_idx(images_file, _IMAGES_MAGIC).reshape(-1, PIXELS)
    labels = _read_idx(labels_file, _LABELS_MAGIC)
    if len(pixels) != len(labels):
        raise ValueError(
            f"{labels_file}: {len(labels)} labels for the {len(pixels)} images of {images_file}; "
            "give two files of the same set (train with train, t10k with t10k)"
        )
    if labels.max() > 9:
        first = int(np.argmax(labels > 9))
        raise ValueError(
            f"{labels_file}: label {first + 1} is {labels[first]}, not a digit 0 to 9; give the labels of MNIST digits"
        )
    return Digits(pixels / 255.0, labels.astype(np.int64))


def split(images: NDArray[np.float64], labels: NDArray[np.int64], test: int) -> tuple[Digits, Digits]:
    """Hold out the last rows for testing; nothing is shuffled.

    Neighbouring rows of the UCI file are alike, it seems by the same writer (for 45 % of them the
    most similar picture of the same digit is within 70 rows; chance would give 8 %). So the last
    rows are a stricter test than rows drawn at random.

    Parameters
    ----------
    images
        (n, 784).
    labels
        (n,).
    test
        How many rows to hold out, 1 to n - 1.

    Returns
    -------
    tuple of Digits
        The first n - ``test`` rows to train on, then the last ``test`` rows, as views.

    Raises
    ------
    ValueError
        If the arrays differ in length, or either part would be empty.
    """
    count = len(images)
    if len(labels) != count:
        raise ValueError(f"{len(labels)} labels for {count} images; give one label an image")
    if not 0 < test < count:
        raise ValueError(f"cannot hold out {test} of {count} images for testing; give 1 to {count - 1}")
    cut = count - test
    return Digits(images[:cut], labels[:cut]), Digits(images[cut:], labels[cut:])


def _enlarge(originals: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scale (n, 8, 8) with levels 0..16 to (n, 28, 28) in 0..1; see `load_uci_digits`."""
    # The centre of new pixel i lies at (i + 1/2)·8/20 - 1/2 in old pixels: (4i - 3)/10.
    tenths = np.clip(4 * np.arange(_DIGIT_SIDE) - 3, 0, 10 * (_UCI_SIDE - 1))
    left = np.minimum(tenths // 10, _UCI_SIDE - 2)
    share = tenths - 10 * left
    rows = np.arange(_DIGIT_SIDE)
    weights = np.zeros((_DIGIT_SIDE, _UCI_SIDE), dtype=np.int64)
    weights[rows, left] = 10 - share
    weights[rows, left + 1] = share
    margin = (SIDE - _DIGIT_SIDE) // 2
    inner = slice(margin, margin + _DIGIT_SIDE)
    pictures = np.zeros((len(originals), SIDE, SIDE))
    pictures[:, inner, inner] = (weights @ originals @ weights.T) / (100 * _UCI_LEVELS)
    return pictures


def _read_idx(path: Path, magic: int) -> NDArray[np.uint8]:
    """Read the bytes of one IDX file after checking all that its header says, flat."""
    try:
        with open_file(path) as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=raw) as stream:
                    return _parse_idx(path, stream, magic)
            if path.suffix.lower() == ".gz":
                raise ValueError(
                    f"{path}: named .gz, but it is not gzip data; "
                    "take .gz off its name if it is unpacked already, else download it again"
                )
            return _parse_idx(path, raw, magic)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: damaged or truncated gzip data ({error}); download it again") from error
    except FileError as error:
        raise ValueError(str(error)) from None
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read ({error.strerror or error}); give the path of an MNIST {_KINDS[magic]} file"
        ) from error


def _parse_idx(path: Path, stream: IO[bytes] | gzip.GzipFile, magic: int) -> NDArray[np.uint8]:
    """Check the header of an IDX stream and return the bytes that follow it, flat."""
    kind = _KINDS[magic]
    found = _read_words(path, stream, 1)[0]
    if found != magic:
        other = _KINDS.get(found)
        what = f"that of a {other} file" if other else "not that of an MNIST file"
        mend = "the two files are swapped" if other else f"give an MNIST {kind} file (IDX format)"
        raise ValueError(f"{path}: magic number {found:#010x} where {kind} have {magic:#010x}, {what}; {mend}")
    count = _read_words(path, stream, 1)[0]
    if not 0 < count <= _MAX_COUNT:
        raise ValueError(
            f"{path}: its header counts {count} {kind}, not 1 to {_MAX_COUNT}; download it again, or cut it to fewer"
        )
    each = 1
    if magic == _IMAGES_MAGIC:
        rows, columns = _read_words(path, stream, 2)
        if (rows, columns) != (SIDE, SIDE):
            raise ValueError(
                f"{path}: its images are {rows}x{columns} pixels, not {SIDE}x{SIDE}; scale them to {SIDE}x{SIDE}"
            )
        each = PIXELS
    expected = count * each
    body = _read_up_to(stream, expected)
    if len(body) < expected:
        raise ValueError(
            f"{path}: truncated, {len(body)} bytes where {count} {kind} need {expected}; download it again"
        )
    if stream.read(1):  # at the end of gzip data this also checks its checksum
        raise ValueError(f"{path}: data go on after the {count} {kind} that its header counts; download it again")
    return np.frombuffer(body, dtype=np.uint8)


def _read_words(path: Path, stream: IO[bytes] | gzip.GzipFile, count: int) -> tuple[int, ...]:
    """Read big-endian 32-bit words of an IDX header."""
    data = _read_up_to(stream, 4 * count)
    if len(data) < 4 * count:
        raise ValueError(f"{path}: truncated, it ends inside its header; download it again")
    return struct.unpack(f">{count}I", data)


def _read_up_to(stream: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    """Read `size` bytes, fewer at the end of the data, never allocating more than is there."""
    # read(size) itself would allocate `size` at once, whatever the file holds.
    data = bytearray()
    while len(data) < size:
        chunk = stream.read(min(_CHUNK, size - len(data)))
        if not chunk:
            break
        data += chunk
    return bytes(data)
