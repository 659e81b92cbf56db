"""Reads an ONNX file of a stranger: every limit is held before anything is computed; a fault is one line that says how to mend it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.safetensors import as_written
from workbook.guard import MEGABYTE, open_file
from workbook.scenario import UsageError

LARGEST_FILE = 8 * MEGABYTE
MOST_CELLS = 200_000
"""So many numbers a workbook of a model may hold; a larger one is refused before it is built."""
MOST_NODES, MOST_AXES = 500, 6
LARGEST_NUMBER = 1e9
OLDEST_OPSET = 6
"""PyTorch 0.4 wrote this one; before it, the operations had other meanings."""

PICKLES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".joblib"})
_PICKLED = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_HDF5 = b"\x89HDF"


@dataclass(frozen=True)
class Step:
    """One operation of a model: its kind, the names of what it reads and makes, its attributes, and onnx's own record of it."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    record: Any = field(repr=False)

    @property
    def name(self) -> str:
        """What it makes, for the reader."""
        return shown(self.outputs[0])


@dataclass(frozen=True)
class Model:
    """A model: its operations in order, its weights, and what it reads and makes.

    Attributes
    ----------
    source : the file, for errors
    inputs : the shape of each input, None where it may have any size there
    whole : the inputs that are whole numbers
    opset : the version of its operations
    """

    source: str
    steps: tuple[Step, ...]
    weights: dict[str, Array]
    inputs: dict[str, tuple[int | None, ...]]
    whole: frozenset[str]
    outputs: tuple[str, ...]
    opset: int


def shown(name: str, most: int = 40) -> str:
    """Return a name from a file as it may stand in a line: printable, and not long."""
    clean = "".join(c if c.isprintable() else "·" for c in name)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def read_model(path: Path, known: Collection[str], fixed: Collection[str] = ()) -> Model:
    """Read a model of known operations; those that are `fixed` may only be of numbers that follow from the model.

    Raises
    ------
    UsageError
        In one line, naming the file.
    """
    return _Reader(str(path), known, fixed).model(_contents(path))


def _contents(path: Path) -> bytes:
    """Return a file's bytes; refuse what is larger, or of another kind, and say how to make a model of it."""
    with open_file(path) as file:
        raw = file.read(LARGEST_FILE + 1)
    if path.suffix.lower() in PICKLES or raw.startswith(_PICKLED):
        raise UsageError(
            f"{path}: a pickle is not opened, since it may run any program; "
            'in PyTorch write torch.onnx.export(model, example, "model.onnx"), and import that file'
        )
    if path.suffix.lower() in (".h5", ".keras", ".tflite") or raw.startswith(_HDF5):
        raise UsageError(f'{path}: no ONNX file; in Keras write model.export("model.onnx", format="onnx")')
    if path.suffix.lower() == ".safetensors":
        raise UsageError(
            f"{path}: holds weights, but not the network that they belong to; list its layers in a file, "
            "and give it with --spec, or export the model as ONNX"
        )
    if len(raw) > LARGEST_FILE:
        raise UsageError(
            f"{path}: the file is larger than {LARGEST_FILE // MEGABYTE} MB; "
            f"a workbook holds {MOST_CELLS:,} numbers, so import a smaller model"
        )
    return raw


def library() -> Any:
    """Return the library that reads ONNX.

    Raises
    ------
    UsageError
        Where it is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise UsageError(
            "workbook import needs the package onnx, which is not installed; write pip install onnx"
        ) from None
    return onnx


class _Reader:
    """Reads one file; knows its name for the errors."""

    def __init__(self, source: str, known: Collection[str], fixed: Collection[str]) -> None:
        self.source, self.known, self.fixed = source, known, fixed
        self.onnx = library()

    def fail(self, problem: str) -> NoReturn:
        raise UsageError(f"{self.source}: {problem}")

    def model(self, raw: bytes) -> Model:
        model = self.onnx.ModelProto()
        try:
            model.ParseFromString(raw)
        except Exception:
            self.fail("no ONNX model, or a damaged one; export it again")
        graph = model.graph
        if not graph.node or not graph.output:
            self.fail("there is no network in it; export the model again as ONNX")
        self._named(model)
        opset = self._opset(model)
        self._small(graph)
        self._plain(model)
        nodes, outputs = self._needed(graph)
        try:
            self.onnx.checker.check_model(model)
        except Exception as error:
            self.fail(f"not valid ONNX ({_first_line(error)}); export it again")
        weights = {tensor.name: self._numbers(tensor) for tensor in graph.initializer}
        typed = [value for value in graph.input if value.name not in weights]
        return Model(
            self.source,
            tuple(self._step(node) for node in nodes),
            weights,
            {value.name: self._shape(value) for value in typed},
            frozenset(value.name for value in typed if value.type.tensor_type.elem_type in (6, 7)),
            tuple(outputs),
            opset,
        )

    def _named(self, model: Any) -> None:
        """Refuse names that are no text: the parser hands them on as bytes."""
        graph = model.graph
        names = [name for node in graph.node for name in (node.op_type, node.domain, *node.input, *node.output)]
        names += [each.name for part in (graph.initializer, graph.input, graph.output) for each in part]
        names += [opset.domain for opset in model.opset_import]
        names += [attribute.name for node in graph.node for attribute in node.attribute]
        if not all(isinstance(name, str) for name in names):
            self.fail("a damaged ONNX model: a name in it is no text; export it again")

    def _opset(self, model: Any) -> int:
        newest = self.onnx.defs.onnx_opset_version()
        for opset in model.opset_import:
            if opset.domain in ("", "ai.onnx"):
                if not OLDEST_OPSET <= opset.version <= newest:
                    self.fail(
                        f"its operations are of version {opset.version}, and {OLDEST_OPSET} to {newest} are known here; export it with opset_version=17"
                    )
                return int(opset.version)
        return self.fail("it does not say of which version its operations are; export it again")

    def _small(self, graph: Any) -> None:
        """Refuse what is too large, by what the file says of it, before it is unpacked."""
        if len(graph.node) > MOST_NODES:
            self.fail(
                f"{len(graph.node):,} operations are too many for a workbook; import a model of at most {MOST_NODES}"
            )
        count = 0
        for tensor in graph.initializer:
            size = self._size(tensor)
            count += size
            if count > MOST_CELLS:
                self.fail(
                    f"the weights {shown(tensor.name)} ({' × '.join(map(str, tensor.dims))}) are too many for a workbook, "
                    f"which holds {MOST_CELLS:,} numbers; import a smaller model"
                )

    def _size(self, tensor: Any) -> int:
        if len(tensor.dims) > MOST_AXES or any(size < 0 for size in tensor.dims):
            self.fail(f"the weights {shown(tensor.name)} have a shape that no table has; export it again")
        size = 1
        for each in tensor.dims:
            size *= each
        return size

    def _plain(self, model: Any) -> None:
        graph = model.graph
        if model.functions or graph.sparse_initializer or model.training_info:
            self.fail(
                "it has functions, sparse weights or training of its own; export it with opset_version=17, for inference"
            )
        for tensor in graph.initializer:
            if tensor.data_location == self.onnx.TensorProto.EXTERNAL or tensor.external_data:
                self.fail(
                    f"the weights {shown(tensor.name)} lie in another file, which is not read; "
                    'save it in one: onnx.save(onnx.load("model.onnx"), "whole.onnx")'
                )

    def _needed(self, graph: Any) -> tuple[list[Any], list[str]]:
        """Return the operations that outputs need, in order, and these outputs; those of unknown operations are left out.

        A classifier of scikit-learn gives the names of the classes, too, by operations of its own.
        """
        maker = {name: n for n, node in enumerate(graph.node) for name in node.output if name}
        needed: set[int] = set()
        outputs: list[str] = []
        unknown: list[Any] = []
        for output in graph.output:
            found: set[int] = set()
            waiting = [output.name]
            while waiting:
                n = maker.get(waiting.pop())
                if n is not None and n not in found:
                    found.add(n)
                    waiting += graph.node[n].input
            strange = [graph.node[n] for n in sorted(found) if not self._is_known(graph.node[n])]
            unknown += strange
            if not strange:
                outputs.append(output.name)
                needed |= found
        if not outputs:
            domain, op = unknown[0].domain, unknown[0].op_type
            name = op if domain in ("", "ai.onnx") else f"{domain}.{op}"
            self.fail(
                f"the operation {shown(name)} is not known here; those that work: {', '.join(sorted(self.known))}"
            )
        return [graph.node[n] for n in sorted(needed)], outputs

    def _is_known(self, node: Any) -> bool:
        return node.domain in ("", "ai.onnx") and (node.op_type in self.known or node.op_type in self.fixed)

    def _step(self, node: Any) -> Step:
        known = {}
        for attribute in node.attribute:
            value = self.onnx.helper.get_attribute_value(attribute)
            if isinstance(value, self.onnx.TensorProto):
                if value.data_location == self.onnx.TensorProto.EXTERNAL or self._size(value) > MOST_CELLS:
                    self.fail(
                        f"the constant {shown(node.output[0])} is too large, or lies in another file; import a smaller model"
                    )
                value = self._numbers(value)
            known[attribute.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        return Step(node.op_type, tuple(node.input), tuple(node.output), known, node)

    def _numbers(self, tensor: Any) -> Array:
        try:
            value = np.asarray(self.onnx.numpy_helper.to_array(tensor))
        except Exception:
            self.fail(f"the weights {shown(tensor.name)} are damaged; export it again")
        if value.dtype.kind not in "fiub" and value.dtype.name != "bfloat16":
            self.fail(f"the weights {shown(tensor.name)} are no numbers; export it for inference")
        if value.dtype.kind not in "iub":
            value = as_written(value)
            finite(self.source, f"the weights {shown(tensor.name)}", value)
        return value

    def _shape(self, value: Any) -> tuple[int | None, ...]:
        tensor = value.type.tensor_type
        if not value.type.HasField("tensor_type") or not tensor.HasField("shape"):
            self.fail(f"the input {shown(value.name)} is no table of known shape; export it again")
        shape = tuple(int(d.dim_value) if d.dim_value > 0 else None for d in tensor.shape.dim)
        if len(shape) > MOST_AXES:
            self.fail(f"the input {shown(value.name)} has {len(shape)} axes; a workbook shows at most {MOST_AXES}")
        return shape


def finite(source: str, what: str, value: Array) -> None:
    """Refuse numbers that no cell holds, or that are too large to be compared."""
    if not np.isfinite(value).all():
        raise UsageError(
            f"{source}: {what} hold a number that is not finite (NaN or infinity); train or export it again"
        )
    if value.size and np.abs(value).max() > LARGEST_NUMBER:
        raise UsageError(
            f"{source}: {what} hold {np.abs(value).max():.3g}, and a workbook calculates with numbers up to {LARGEST_NUMBER:g}; scale the model or its data"
        )


def _first_line(error: Exception) -> str:
    return shown(" ".join(str(error).split()), 120).rstrip(".")
