"""The digits that ship with the package, and MNIST's IDX files, read right or refused in one line."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import tracemalloc
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.digits.data import Digits, load_idx, load_uci_digits, split

# Rows 1 and 8 (counted from 1) of optdigits.tes: an upright 0 and an upright 7.
ZERO = [
    [0, 0, 5, 13, 9, 1, 0, 0],
    [0, 0, 13, 15, 10, 15, 5, 0],
    [0, 3, 15, 2, 0, 11, 8, 0],
    [0, 4, 12, 0, 0, 8, 8, 0],
    [0, 5, 8, 0, 0, 9, 8, 0],
    [0, 4, 11, 0, 1, 12, 7, 0],
    [0, 2, 14, 5, 10, 12, 0, 0],
    [0, 0, 6, 13, 10, 0, 0, 0],
]
SEVEN = [
    [0, 0, 7, 8, 13, 16, 15, 1],
    [0, 0, 7, 7, 4, 11, 12, 0],
    [0, 0, 0, 0, 8, 13, 1, 0],
    [0, 4, 8, 8, 15, 15, 6, 0],
    [0, 2, 11, 15, 15, 4, 0, 0],
    [0, 0, 0, 16, 5, 0, 0, 0],
    [0, 0, 9, 15, 1, 0, 0, 0],
    [0, 0, 13, 5, 0, 0, 0, 0],
]


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_uci_digits()


def block_means(picture: NDArray[np.float64], blocks: int) -> NDArray[np.float64]:
    """Average a square picture over a grid of blocks x blocks."""
    side = len(picture) // blocks
    means: NDArray[np.float64] = picture.reshape(blocks, side, blocks, side).mean(axis=(1, 3))
    return means


# --- the digits that ship here ---------------------------------------------------------------


def test_the_data_file_is_the_one_in_the_scikit_learn_wheel() -> None:
    data = files("scenarios.data").joinpath("digits.csv.gz").read_bytes()
    readme = files("scenarios.data").joinpath("README.md").read_text(encoding="utf-8")
    digest = hashlib.sha256(data).hexdigest()
    assert digest == "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
    assert digest in readme
    assert len(data) < 100_000


def test_images_and_labels_have_the_promised_shapes_and_types(digits: Digits) -> None:
    assert digits.images.shape == (1797, 784)
    assert digits.images.dtype == np.float64
    assert digits.labels.shape == (1797,)
    assert digits.labels.dtype == np.int64


def test_each_digit_occurs_as_often_as_uci_says(digits: Digits) -> None:
    # "No of examples in testing set", optdigits.names
    published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(digits.labels).tolist() == published


def test_pixels_use_the_whole_range_from_0_to_1(digits: Digits) -> None:
    assert digits.images.min() == 0.0
    assert digits.images.max() == 1.0


def test_pixels_are_whole_multiples_of_a_1600th(digits: Digits) -> None:
    assert np.array_equal(np.rint(digits.images * 1600) / 1600, digits.images)


def test_a_margin_of_4_is_blank_and_the_digit_fills_the_rest(digits: Digits) -> None:
    inked = digits.images.reshape(-1, 28, 28).max(axis=0) > 0
    outside = np.ones((28, 28), dtype=bool)
    outside[4:24, 4:24] = False
    assert not inked[outside].any()
    assert inked[4:24, 4:24].sum() > 390


@pytest.mark.parametrize(("row", "label", "original"), [(0, 0, ZERO), (7, 7, SEVEN)])
def test_a_known_digit_stands_upright(digits: Digits, row: int, label: int, original: list[list[int]]) -> None:
    assert digits.labels[row] == label
    picture = digits.images[row].reshape(28, 28)[4:24, 4:24]
    source = np.array(original) / 16
    # 5x5 new pixels cover 2x2 old ones. Interpolation blurs a little across their borders.
    shown = block_means(picture, 4)
    upright = np.abs(shown - block_means(source, 4)).mean()
    assert upright < 0.04
    wrong = [np.rot90(source, turns) for turns in (1, 2, 3)]
    wrong += [source.T, source[::-1], source[:, ::-1], source[::-1, ::-1].T]
    for turned in wrong:
        assert np.abs(shown - block_means(turned, 4)).mean() > 2 * upright


def test_pixels_are_interpolated_between_the_centres_of_the_originals(digits: Digits) -> None:
    picture = digits.images[7].reshape(28, 28)
    # New pixel i of the 20 lies at (4i - 3)/10: 0 is clamped to 0, 2 is at 0.5, 19 is clamped to 7.
    assert picture[4, 4 + 12] == 0.5 * 13 / 16 + 0.5 * 16 / 16  # row 0, column 4.5
    assert picture[4 + 2, 4 + 12] == (13 + 16 + 4 + 11) / 4 / 16  # row 0.5, column 4.5
    assert picture[4, 23] == 1 / 16  # the top right corner
    assert picture[23, 4] == 0
    assert picture[23, 4 + 6] == pytest.approx((0.9 * 13 + 0.1 * 5) / 16)  # row 7, column 2.1


# --- splitting -------------------------------------------------------------------------------


def test_split_holds_out_the_last_rows_in_order(digits: Digits) -> None:
    train, test = split(*digits, test=297)
    assert len(train.images) == len(train.labels) == 1500
    assert len(test.images) == len(test.labels) == 297
    assert np.array_equal(np.concatenate([train.images, test.images]), digits.images)
    assert np.array_equal(np.concatenate([train.labels, test.labels]), digits.labels)


@pytest.mark.parametrize("test", [-1, 0, 1797, 5000])
def test_split_refuses_an_empty_part(digits: Digits, test: int) -> None:
    with pytest.raises(ValueError, match=f"cannot hold out {test} of 1797 .* give 1 to 1796"):
        split(*digits, test=test)


def test_split_refuses_arrays_of_different_length(digits: Digits) -> None:
    with pytest.raises(ValueError, match="1796 labels for 1797 images"):
        split(digits.images, digits.labels[1:], 297)


# --- IDX files -------------------------------------------------------------------------------

PICTURES = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)  # wraps round: all of 0..255
LABELS = np.array([7, 0, 9], dtype=np.uint8)
IMAGES_FILE = struct.pack(">4I", 2051, 3, 28, 28) + PICTURES.tobytes()
LABELS_FILE = struct.pack(">2I", 2049, 3) + LABELS.tobytes()


@pytest.fixture
def idx(tmp_path: Path) -> tuple[Path, Path]:
    images, labels = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte"
    images.write_bytes(IMAGES_FILE)
    labels.write_bytes(LABELS_FILE)
    return images, labels


def refusal(images: Path, labels: Path, named: Path) -> str:
    """Return the message with which load_idx refuses, one line that begins with the file's name."""
    with pytest.raises(ValueError) as caught:
        load_idx(images, labels)
    message = str(caught.value)
    assert message.startswith(f"{named}: ")
    assert "\n" not in message
    assert "; " in message  # what is wrong; how to mend it
    return message


def assert_is_the_sample(found: Digits) -> None:
    assert found.images.dtype == np.float64
    assert found.labels.dtype == np.int64
    assert np.array_equal(found.images, PICTURES.reshape(3, 784) / 255)
    assert (found.images.min(), found.images.max()) == (0.0, 1.0)
    assert found.labels.tolist() == [7, 0, 9]


def test_plain_idx_files_are_read(idx: tuple[Path, Path]) -> None:
    assert_is_the_sample(load_idx(*idx))


def test_paths_may_be_strings(idx: tuple[Path, Path]) -> None:
    assert_is_the_sample(load_idx(str(idx[0]), str(idx[1])))


@pytest.mark.parametrize("suffix", [".gz", ".GZ", ""])
def test_gzipped_idx_files_are_read_whatever_their_name(tmp_path: Path, suffix: str) -> None:
    images, labels = tmp_path / f"images{suffix}", tmp_path / f"labels{suffix}"
    images.write_bytes(gzip.compress(IMAGES_FILE))
    labels.write_bytes(gzip.compress(LABELS_FILE))
    assert_is_the_sample(load_idx(images, labels))


def test_a_missing_file_is_named(idx: tuple[Path, Path], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert "there is no such file" in refusal(gone, idx[1], named=gone)
    assert "there is no such file" in refusal(idx[0], gone, named=gone)


def test_a_folder_is_refused(idx: tuple[Path, Path], tmp_path: Path) -> None:
    assert "this is a folder" in refusal(tmp_path, idx[1], named=tmp_path)


def test_a_device_and_a_pipe_are_refused(idx: tuple[Path, Path], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "device or a pipe" in refusal(tmp_path / "pipe", idx[1], named=tmp_path / "pipe")
    assert "device or a pipe" in refusal(Path("/dev/zero"), idx[1], named=Path("/dev/zero"))


def test_swapped_files_are_recognised(idx: tuple[Path, Path]) -> None:
    images, labels = idx
    message = refusal(labels, images, named=labels)
    assert "0x00000801 where images have 0x00000803" in message
    assert "that of a labels file; the two files are swapped" in message


@pytest.mark.parametrize("which", [0, 1])
def test_a_wrong_magic_number_is_shown(idx: tuple[Path, Path], which: int) -> None:
    idx[which].write_bytes(b"<!DOCTYPE html>" + bytes(3000))
    message = refusal(*idx, named=idx[which])
    assert "magic number 0x3c21444f" in message
    assert "not that of an MNIST file" in message


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("kept", [0, 1, 3, 4, 7])
def test_a_file_that_ends_in_its_header_is_refused(idx: tuple[Path, Path], which: int, kept: int) -> None:
    idx[which].write_bytes(idx[which].read_bytes()[:kept])
    assert "it ends inside its header" in refusal(*idx, named=idx[which])


def test_a_header_without_its_image_size_is_refused(idx: tuple[Path, Path]) -> None:
    idx[0].write_bytes(IMAGES_FILE[:15])
    assert "it ends inside its header" in refusal(*idx, named=idx[0])


@pytest.mark.parametrize(
    ("which", "counts"),
    [(0, "2351 bytes where 3 images need 2352"), (1, "2 bytes where 3 labels need 3")],
)
def test_truncated_data_are_counted(idx: tuple[Path, Path], which: int, counts: str) -> None:
    idx[which].write_bytes(idx[which].read_bytes()[:-1])
    assert f"truncated, {counts}; download" in refusal(*idx, named=idx[which])


@pytest.mark.parametrize("which", [0, 1])
def test_data_beyond_the_count_are_refused(idx: tuple[Path, Path], which: int) -> None:
    idx[which].write_bytes(idx[which].read_bytes() + b"\0")
    assert "data go on after the 3" in refusal(*idx, named=idx[which])


def test_counts_that_differ_name_both_files(idx: tuple[Path, Path]) -> None:
    images, labels = idx
    labels.write_bytes(struct.pack(">2I", 2049, 2) + bytes([7, 0]))
    message = refusal(images, labels, named=labels)
    assert f"2 labels for the 3 images of {images};" in message


@pytest.mark.parametrize(("rows", "columns"), [(32, 32), (28, 27), (0, 0), (2**32 - 1, 1)])
def test_images_of_another_size_are_refused(idx: tuple[Path, Path], rows: int, columns: int) -> None:
    idx[0].write_bytes(struct.pack(">4I", 2051, 3, rows, columns) + PICTURES.tobytes())
    assert f"{rows}x{columns} pixels, not 28x28" in refusal(*idx, named=idx[0])


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("count", [0, 100_001, 2**32 - 1])
def test_a_count_out_of_reason_is_refused(idx: tuple[Path, Path], which: int, count: int) -> None:
    data = idx[which].read_bytes()
    idx[which].write_bytes(data[:4] + struct.pack(">I", count) + data[8:])
    assert f"its header counts {count} " in refusal(*idx, named=idx[which])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_header_that_promises_too_much_costs_no_memory(
    idx: tuple[Path, Path], pack: Callable[[bytes], bytes]
) -> None:
    idx[0].write_bytes(pack(struct.pack(">4I", 2051, 100_000, 28, 28) + PICTURES.tobytes()))
    tracemalloc.start()
    try:
        message = refusal(*idx, named=idx[0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "2352 bytes where 100000 images need 78400000" in message
    assert peak < 8_000_000


def test_a_name_in_gz_without_gzip_data_is_refused(idx: tuple[Path, Path]) -> None:
    renamed = idx[0].rename(idx[0].with_suffix(".gz"))
    message = refusal(renamed, idx[1], named=renamed)
    assert "named .gz, but it is not gzip data; take .gz off its name" in message


@pytest.mark.parametrize("which", [0, 1])
def test_damaged_gzip_data_are_refused(idx: tuple[Path, Path], which: int) -> None:
    whole = gzip.compress(idx[which].read_bytes())
    middle = len(whole) // 2
    damaged = {
        "cut in the header": whole[:5],
        "cut in the data": whole[:middle],
        "cut in the checksum": whole[:-6],
        "wrong checksum": whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:],
        "wrong block type": whole[:10] + b"\xff\xff" + whole[12:],
        "not deflate": whole[:2] + b"\x07" + whole[3:],
    }
    for data in damaged.values():
        idx[which].write_bytes(data)
        assert "damaged or truncated gzip data" in refusal(*idx, named=idx[which])


def test_a_label_that_is_no_digit_is_located(idx: tuple[Path, Path]) -> None:
    idx[1].write_bytes(struct.pack(">2I", 2049, 3) + bytes([7, 26, 9]))
    message = refusal(*idx, named=idx[1])
    assert "label 2 is 26, not a digit 0 to 9" in message
