"""What an operation of ONNX gives: by its own reference implementation, NumPy by other people, in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from scenarios.imported.reading import MOST_CELLS, Model, Step, finite, library, shown
from workbook.scenario import UsageError

Values = Sequence[Any]

DOUBLE, FLOATS = 11, (1, 10, 16)
"""ONNX's numbers of its types: double; single, half, and the brain's."""


class Reference:
    """Runs the operations of a model one by one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.onnx = library()
        self.count = 0

    def run(self, step: Step, inputs: Values) -> list[Any]:
        """Return what an operation makes of its inputs (None: one that is left out).

        Raises
        ------
        UsageError
            Where it would make too many numbers, none that are finite, or fails.
        """
        from onnx.reference import ReferenceEvaluator

        given = {name: value for name, value in zip(step.inputs, inputs, strict=True) if value is not None}
        record = self._double(step)
        try:
            single = self._alone(record, given)
            self._refuse_large(step, single, given)
            with np.errstate(all="ignore"):
                made = ReferenceEvaluator(single).run(None, given)
        except UsageError:
            raise
        except Exception as error:
            line = shown(" ".join(str(error).split()), 120) or type(error).__name__
            raise UsageError(
                f"{self.model.source}: {step.op} {step.name} cannot be computed ({line}); export it again"
            ) from None
        out = [np.asarray(value, float) if np.asarray(value).dtype.kind == "f" else np.asarray(value) for value in made]
        for value in out:
            if value.dtype.kind == "f":
                finite(self.model.source, f"the numbers of {step.op} {step.name}", value)
        return out

    def _double(self, step: Step) -> Any:
        """Return onnx's record of a step with its constants in double precision."""
        record = self.onnx.NodeProto()
        record.CopyFrom(step.record)
        for attribute in record.attribute:
            if attribute.HasField("t") and attribute.t.data_type in FLOATS:
                attribute.t.CopyFrom(
                    self.onnx.numpy_helper.from_array(np.asarray(step.attributes[attribute.name], float))
                )
            if record.op_type == "Cast" and attribute.name == "to" and attribute.i in FLOATS:
                attribute.i = DOUBLE
        return record

    def _alone(self, record: Any, given: dict[str, Any]) -> Any:
        """Return a model of one operation; small whole numbers lie in it, since shapes follow from them."""
        helper = self.onnx.helper
        typed = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in given.items()
        ]
        outputs = [helper.make_empty_tensor_value_info(name) for name in record.output if name]
        shapes = [
            self.onnx.numpy_helper.from_array(value, name)
            for name, value in given.items()
            if value.dtype.kind == "i" and value.ndim <= 1 and value.size <= 64
        ]
        graph = helper.make_graph([record], "alone", typed, outputs, shapes)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.model.opset)])

    def _refuse_large(self, step: Step, single: Any, given: dict[str, Any]) -> None:
        """Refuse an operation that would make too many numbers, by what ONNX infers of its shape."""
        inferred = self.onnx.shape_inference.infer_shapes(single, strict_mode=True, data_prop=True)
        for value in inferred.graph.output:
            sizes = [d.dim_value if d.HasField("dim_value") else -1 for d in value.type.tensor_type.shape.dim]
            known = value.type.tensor_type.HasField("shape") and min(sizes, default=0) >= 0
            if not known and step.op in GROWING:
                raise UsageError(
                    f"{self.model.source}: the size of {step.op} {step.name} does not follow from the model; export it with fixed shapes"
                )
            if known and prod(sizes) > MOST_CELLS:
                raise UsageError(too_large(self.model, step, tuple(sizes)))


GROWING = frozenset({"ConstantOfShape", "Expand", "OneHot", "Pad", "Range", "Resize", "Tile", "Upsample"})
"""Operations whose outputs may be larger than anything they read."""


def too_large(model: Model, step: Step, shape: tuple[int, ...]) -> str:
    """Return the line that refuses a layer that is too large."""
    size = " × ".join(map(str, shape)) or "1"
    return (
        f"{model.source}: {step.op} {step.name} makes {size} = {prod(shape):,} numbers, and a workbook holds "
        f"{MOST_CELLS:,}; import a smaller model, or give fewer rows of data"
    )
