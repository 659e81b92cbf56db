"""The models that the onnx package ships with stored inputs and outputs, and what becomes of each; and models made for a test.

python tests/onnx_models.py prints what becomes of all that PyTorch exported.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnx.version_converter
from onnx import numpy_helper

from scenarios.imported.building import Building
from scenarios.imported.operations import FIXED, OPERATIONS
from scenarios.imported.pages import lay_out
from scenarios.imported.reading import read_model
from workbook.book import Book
from workbook.check import prove
from workbook.scenario import UsageError
from workbook.writer import write

CORPUS = Path(onnx.__file__).parent / "backend" / "test" / "data"


@dataclass(frozen=True)
class Outcome:
    """What became of a model: proven cells and how far its output is from the stored one; or why it was refused."""

    name: str
    cells: int = 0
    apart: float = 0.0
    apart_runtime: float = 0.0
    refused: str = ""
    report: str = ""


def folders() -> list[Path]:
    """Return the folders of the models that PyTorch exported."""
    groups = [CORPUS / "pytorch-converted", CORPUS / "pytorch-operator"]
    return sorted(each for group in groups for each in group.iterdir() if (each / "model.onnx").exists())


def stored(folder: Path) -> tuple[dict[str, Any], Any]:
    """Return a model's stored inputs by their names, and its first stored output."""
    model = onnx.load(str(folder / "model.onnx"))
    weights = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in weights]
    data = folder / "test_data_set_0"
    return {name: tensor(data / f"input_{n}.pb") for n, name in enumerate(names)}, tensor(data / "output_0.pb")


def tensor(path: Path) -> Any:
    """Read a tensor."""
    found = onnx.TensorProto()
    found.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(found)


def book_of(path: Path, feeds: Mapping[str, Any]) -> tuple[Book, Building]:
    """Return the book of a model on some data."""
    model = read_model(path, OPERATIONS, FIXED)
    building = Building(model, {k: v.astype(float) if v.dtype.kind == "f" else v for k, v in feeds.items()})
    building.build(OPERATIONS)
    book = Book("imported", "t", "a", "s")
    lay_out(book, building)
    return book.finish(), building


def outcome(folder: Path, *, runtime: bool = True) -> Outcome:
    """Import one model, prove it, and compare its output with the stored one and with onnxruntime's."""
    name = folder.name.removeprefix("test_")
    feeds, expected = stored(folder)
    try:
        book, building = book_of(folder / "model.onnx", feeds)
    except UsageError as error:
        return Outcome(name, refused=str(error).partition(": ")[2])
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.xlsx"
        write(book, path)
        proof = prove(path, book)
    ours = building.values[building.model.outputs[0]]
    apart = float(np.abs(ours - expected).max())
    theirs = ran(folder / "model.onnx", feeds) if runtime else expected
    report = "" if proof.holds and proof.cells else proof.report() or "no cell"
    return Outcome(name, proof.cells, apart, float(np.abs(ours - theirs).max()), report=report)


def ran(path: Path, feeds: Mapping[str, Any]) -> Any:
    """Return what onnxruntime computes, in single precision."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    model = onnx.load(str(path))
    if model.opset_import[0].version < 7:  # it has no operations that old
        _spread_slopes(model, next(iter(feeds.values())).ndim)
        model = onnx.version_converter.convert_version(model, 13)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(feeds))[0]


def _spread_slopes(model: Any, axes: int) -> None:
    """Give a PRelu's slopes, one for each channel before version 7, the shape that later versions want."""
    slopes = {node.input[1] for node in model.graph.node if node.op_type == "PRelu"}
    for weights in model.graph.initializer:
        if weights.name in slopes and weights.dims != [1]:
            weights.dims.extend([1] * (axes - 2))
            said = next(value for value in model.graph.input if value.name == weights.name)
            said.type.tensor_type.shape.dim.extend(
                onnx.TensorShapeProto.Dimension(dim_value=1) for _ in range(axes - 2)
            )


def outcomes() -> Iterator[Outcome]:
    """Import all that PyTorch exported, one after the other."""
    for folder in folders():
        yield outcome(folder)


def main() -> None:
    """Print what became of each, and the count."""
    tally: Counter[str] = Counter()
    for each in outcomes():
        kind = "refused" if each.refused else "FAILS" if each.report else "proven"
        tally[kind] += 1
        print(
            f"{kind:8} {each.name:45} {each.cells:6} {each.apart:.1e} {each.apart_runtime:.1e} {each.refused or each.report[:600]}"
        )
    print(dict(tally))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
