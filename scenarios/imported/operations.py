"""What each operation of ONNX becomes: operations of `scenarios.graph`, table by table.

Each function is given the building and the step, adds tables to the graph, and returns the tensor that the step makes.
Transposing, reshaping, cutting, joining, repeating and padding are one operation: where each cell comes from is what the
step itself, run by ONNX, makes of the numbers of the places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.graph.functions import Combined, Function, Reduced
from scenarios.graph.graph import Node
from scenarios.graph.linear import MatMul, Scaled
from scenarios.graph.losses import Softmax
from scenarios.graph.moved import LookedUp
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.operation import Operation
from scenarios.graph.pointwise import Applied, Leaky, Softplus
from scenarios.imported.building import Building, Tensor
from scenarios.imported.pictures import average_pool, convolution, global_average, max_pool, transposed_convolution
from scenarios.imported.reading import Step
from scenarios.imported.recurrent import GATES, recurrent
from workbook.block import Between

Handler = Callable[[Building, Step], Tensor | list[Tensor]]


# ---------------------------------------------------------------------------------------------- cell by cell


def _applied(operation: Operation, **numbers: float) -> Handler:
    """Return what applies an operation to every table; `numbers` are attributes with what they are where they are not said."""

    def handle(b: Building, step: Step) -> Tensor:
        x = b.of(step.inputs[0])
        more = [b.attribute(key, key, usual).plane() for key, usual in numbers.items()]
        return b.each("A", x.planes.shape, lambda symbol, at: b.put(symbol, operation, x.plane(*at), *more))

    return handle


def _clip(b: Building, step: Step) -> Tensor:
    x = b.of(step.inputs[0])
    low, high = (b.constant(step, n, key, usual) for n, key, usual in ((1, "min", -1e9), (2, "max", 1e9)))
    limits = [b.number_of(name, float(np.clip(value, -1e9, 1e9))) for name, value in (("low", low), ("high", high))]
    return b.each("A", x.planes.shape, lambda symbol, at: b.put(symbol, Function("clip"), x.plane(*at), *limits))


def _row_of(b: Building, node: Node) -> bool:
    return bool(b.current[node.name].ndim == 1)


def _plane(x: Tensor, at: tuple[int, ...]) -> Node:
    """Return the plane of a tensor for a place among all planes: the one that there is along an axis of one."""
    own = at[len(at) - x.planes.ndim :] if x.planes.ndim else ()
    return x.plane(*(0 if size == 1 else n for n, size in zip(own, x.planes.shape, strict=True)))


def combine(b: Building, name: str, letter: str, A: Tensor, B: Tensor, value: Any = None) -> Tensor:
    """Return A ∘ B with NumPy's rules for shapes that are not alike."""
    try:
        shape = np.broadcast_shapes(A.shape, B.shape)
    except ValueError:  # what older versions of ONNX allowed
        b.fail("puts tables together whose shapes do not meet")

    def make(symbol: str, at: tuple[int, ...]) -> Node:
        pair = [_plane(A, at), _plane(B, at)]
        return b.put(symbol, Combined(name, {n for n, x in enumerate(pair) if _row_of(b, x)}), *pair)

    return b.each(letter, shape[:-2], make, value)


def _combined(name: str, letter: str = "S") -> Handler:
    def handle(b: Building, step: Step) -> Tensor:
        made = b.of(step.inputs[0], learns=True)
        for other in step.inputs[1:]:
            made = combine(b, name, letter, made, b.of(other, "b" if name == "plus" else "c", learns=True))
        return made

    return handle


def _prelu(b: Building, step: Step) -> Tensor:
    """PRelu: a slope for what is below 0, of each channel; before version 7 a vector of them counted along the second axis."""
    x, slope = b.of(step.inputs[0]), step.inputs[1]
    if b.model.opset < 7 and slope in b.model.weights and b.values[slope].ndim == 1:
        b.values[slope] = b.values[slope].reshape(-1, *(1,) * (x.value.ndim - 2))
    return combine(b, "leaky", "A", x, b.of(slope, "c", learns=True))


# ---------------------------------------------------------------------------------------------- products


def _weights(b: Building, name: str, letter: str, *, turned: bool = False) -> Tensor:
    """Return a matrix of weights as a row of the input meets it: inputs down, units across."""
    if name in b.live:
        x = b.of(name)
        return b.moved(np.swapaxes(b.as_places(x), -1, -2), [x], "M", "{0}ᵀ") if turned else x
    key = f"{name} transposed" if turned else name
    if key not in b.values:
        b.values[key] = np.swapaxes(b.values[name], -1, -2)
    return b.of(key, letter, learns=True)


def _gemm(b: Building, step: Step) -> Tensor:
    known = step.attributes
    b.number += 1
    A = _weights(b, step.inputs[0], "W", turned=bool(known.get("transA", 0)))
    B = _weights(b, step.inputs[1], "W", turned=bool(known.get("transB", 0)))
    alpha, beta = known.get("alpha", 1.0), known.get("beta", 1.0)
    C = b.of(step.inputs[2], "b", learns=True) if len(step.inputs) > 2 and step.inputs[2] and beta else None
    if alpha == beta == 1 and C is not None and _row_of(b, C.plane()) and C.shape[0] == B.shape[1]:
        return b.each("Z", (), lambda symbol, at: b.put(symbol, MatMul(), A.plane(), B.plane(), C.plane()))
    Z = b.each("Z", (), lambda symbol, at: b.put(symbol, MatMul(), A.plane(), B.plane()))
    Z = _scaled(b, Z, alpha)
    return Z if C is None else combine(b, "plus", "S", Z, _scaled(b, C, beta))


def _scaled(b: Building, x: Tensor, by: float) -> Tensor:
    if by == 1:
        return x
    c = b.number_of("alpha", by)
    return b.each("S", x.planes.shape, lambda symbol, at: b.put(symbol, Scaled(), x.plane(*at), c))


def _matmul(b: Building, step: Step) -> Tensor:
    b.number += 1
    A, B = (_weights(b, name, "W") for name in step.inputs)
    if min(A.value.ndim, B.value.ndim) < 2:
        b.fail("multiplies a vector; a product here is of two tables")
    lead = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])

    return b.each("Z", lead, lambda symbol, at: b.put(symbol, MatMul(), _plane(A, at), _plane(B, at)))


# ---------------------------------------------------------------------------------------------- along an axis


def _last(b: Building, x: Tensor, axis: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return a tensor with an axis put last, as rows, and what puts it back."""
    axis %= x.value.ndim
    if x.value.ndim >= 2 and axis == x.value.ndim - 1:
        return x, lambda made: made
    if x.value.ndim == 1:
        return x if not _row_of(b, x.plane()) else b.moved(b.as_places(x)[None], [x]), lambda made: made
    swapped = b.moved(np.swapaxes(b.as_places(x), axis, -1), [x])
    return swapped, lambda made: b.moved(np.swapaxes(b.as_places(made), axis, -1), [made])


def _softmax(name: str) -> Handler:
    def handle(b: Building, step: Step) -> Tensor:
        x = b.of(step.inputs[0])
        axis = b.softmax_axis(step)
        if b.model.opset < 13 and axis % x.value.ndim != x.value.ndim - 1:
            b.fail("goes over several axes, as operations older than version 13 do; export it with opset_version=17")
        rows, back = _last(b, x, axis)
        made = b.each("A", rows.planes.shape, lambda symbol, at: b.put(symbol, Softmax(), rows.plane(*at)))
        if name == "log":
            made = b.each("A", made.planes.shape, lambda symbol, at: b.put(symbol, Function("log"), made.plane(*at)))
        return back(made)

    return handle


def _reduced(kind: str) -> Handler:
    def handle(b: Building, step: Step) -> Tensor:
        x = b.of(step.inputs[0])
        axes = b.constant(step, 1, "axes", None)
        axes = (
            list(range(x.value.ndim)) if axes is None or not len(axes) else [int(axis) % x.value.ndim for axis in axes]
        )
        kept = [axis for axis in range(x.value.ndim) if axis not in axes]
        order = b.as_places(x).transpose([*kept, *axes])
        lead = [x.shape[axis] for axis in kept]
        rows = b.moved(order.reshape(*(lead or [1]), -1), [x])
        made = b.each("R", rows.planes.shape, lambda symbol, at: b.put(symbol, Reduced(kind), rows.plane(*at)))
        shape = np.shape(b.values[step.outputs[0]])
        return b.moved(b.as_places(made).reshape(shape), [made], "R")

    return handle


def _layer_norm(b: Building, step: Step) -> Tensor:
    x = b.of(step.inputs[0])
    if step.attributes.get("axis", -1) % x.value.ndim != x.value.ndim - 1:
        b.fail("goes over several axes")
    b.number += 1
    eps = b.attribute("eps", "epsilon", 1e-5).plane()
    gamma = b.of(step.inputs[1], "gamma", learns=True)
    beta = b.of(step.inputs[2], "beta", learns=True) if len(step.inputs) > 2 else b.give("beta", np.zeros(x.shape[-1]))

    def make(symbol: str, at: tuple[int, ...]) -> Node:
        mark = symbol[1:]
        centred = b.put(f"C{mark}", Centred(), x.plane(*at))
        return b.put(symbol, Gain(), b.put(f"D{mark}", Standardised(), centred, eps), gamma.plane(), beta.plane())

    return b.each("N", x.planes.shape, make)


def _batch_norm(b: Building, step: Step) -> Tensor:
    """In four steps, channel by channel: (X − μ) / √(σ² + ε) ∗ γ + β, with the mean and the variance of training."""
    if step.attributes.get("training_mode", 0) or len([name for name in step.outputs if name]) > 1:
        b.fail("is in training mode")
    x = b.of(step.inputs[0])
    b.number += 1
    channels = (-1,) if x.value.ndim <= 2 else (-1, *(1,) * (x.value.ndim - 2))

    def vector(n: int, symbol: str, learns: bool) -> Tensor:
        return b.give(f"{symbol}{b.number}", b.values[step.inputs[n]].reshape(channels), step.inputs[n], learns=learns)

    gamma, beta, mean, variance = (vector(n, s, n < 3) for n, s in ((1, "gamma"), (2, "beta"), (3, "mean"), (4, "var")))
    eps = b.attribute("eps", "epsilon", 1e-5)
    variance = combine(b, "plus", "V", variance, eps)
    root = b.each("D", variance.planes.shape, lambda symbol, at: b.put(symbol, Function("sqrt"), variance.plane(*at)))
    made = combine(b, "over", "N", combine(b, "minus", "C", x, mean), root)
    return combine(b, "plus", "N", combine(b, "times", "G", made, gamma), beta)


# ---------------------------------------------------------------------------------------------- cells that move


def _moving(b: Building, step: Step) -> Tensor | list[Tensor]:
    """Run the step on the numbers of the places, and let the cells follow."""
    read = [name for name in step.inputs if name in b.live] if step.op == "Concat" else [step.inputs[0]]
    tensors: dict[str, Tensor] = {}
    places: dict[str, Any] = {}
    start = 0
    for name in step.inputs if step.op == "Concat" else step.inputs[:1]:
        tensor = b.of(name, learns=True)
        tensors.setdefault(name, tensor)
        if name not in places:
            places[name] = b.as_places(tensor, start)
            start += tensor.value.size
    for name in step.inputs[len(read) if step.op != "Concat" else len(step.inputs) :]:
        if name in b.live:
            b.fail("takes places or sizes from the data")
    inputs = [places[name] if name in places else (b.values[name] if name else None) for name in step.inputs]
    fill = None
    if step.op == "Pad":
        fill, step, inputs = _filled(b, step, inputs)
    made = b.reference.run(step, inputs)
    down = b.only_multiplied(step.outputs[0])
    return [b.moved(each, list(tensors.values()), "M", fill=fill, down=down) for each in made]


def _filled(b: Building, step: Step, inputs: list[Any]) -> tuple[float, Step, list[Any]]:
    """Return what a padding fills with, and the step with the mark for it in its place."""
    from dataclasses import replace

    fill = float(np.ravel(b.constant(step, 2, "value", 0.0))[0])
    if len(inputs) > 2 and inputs[2] is not None:
        inputs[2] = np.asarray(-1.0).reshape(np.shape(inputs[2]))
        return fill, step, inputs
    record = type(step.record)()
    record.CopyFrom(step.record)
    if b.model.opset < 11:
        kept = [a for a in record.attribute if a.name != "value"]
        del record.attribute[:]
        record.attribute.extend(kept)
        record.attribute.append(b.reference.onnx.helper.make_attribute("value", -1.0))
        return fill, replace(step, record=record), inputs
    while len(record.input) < 2:
        record.input.append("")
    del record.input[2:]
    record.input.append("filled with")
    inputs = [*inputs[:2], np.asarray(-1.0), *inputs[3:]]
    record.input.extend(step.inputs[3:])
    return fill, replace(step, record=record, inputs=tuple(record.input)), inputs


def _gather(b: Building, step: Step) -> Tensor | list[Tensor]:
    """Gather: fixed places move; rows that the data name are looked up in a table."""
    if step.inputs[1] not in b.live:
        return _moving(b, step)
    table, numbers = b.of(step.inputs[0], "E", learns=True), b.of(step.inputs[1])
    if step.attributes.get("axis", 0) or len(table.shape) != 2 or len(numbers.shape) not in (1, 2):
        b.fail("looks up what the data name in more than one table of rows")
    if numbers.value.min() < 0:
        b.fail("is asked for a row below 0")
    for node in numbers.nodes():
        node.looks["valid"] = Between(0, table.shape[0] - 1, whole=True)
        node.looks["shading"] = None
    lead = numbers.shape[:-1]

    def make(symbol: str, at: tuple[int, ...]) -> Node:
        return b.put(symbol, LookedUp(at[0] if at else None), numbers.plane(), table.plane())

    return b.each("V", lead, make)


def _instance_norm(b: Building, step: Step) -> Tensor:
    """InstanceNormalization: every picture by itself, then γ and β of its channel."""
    x = b.of(step.inputs[0])
    if x.value.ndim != 4:
        b.fail(f"has {x.value.ndim - 2} space axes, and a sheet has two")
    b.number += 1
    eps = b.attribute("eps", "epsilon", 1e-5).plane()
    gamma, beta = (
        b.give(f"{s}{b.number}", b.values[step.inputs[n]][:, None, None], step.inputs[n], learns=True)
        for n, s in ((1, "gamma"), (2, "beta"))
    )

    def make(symbol: str, at: tuple[int, ...]) -> Node:
        mark = symbol[1:]
        mean = b.put(f"R{mark}", Reduced("mean", "table"), x.plane(*at))
        centred = b.put(f"C{mark}", Combined("minus"), x.plane(*at), mean)
        variance = b.put(f"V{mark}", Reduced("mean", "table"), b.put(f"Q{mark}", Combined("times"), centred, centred))
        spread = b.put(f"D{mark}", Function("sqrt"), b.put(f"V{mark}", Combined("plus"), variance, eps))
        scaled = b.put(
            f"S{mark}", Combined("times"), b.put(f"U{mark}", Combined("over"), centred, spread), gamma.plane(at[1])
        )
        return b.put(symbol, Combined("plus"), scaled, beta.plane(at[1]))

    return b.each("N", x.planes.shape, make)


def _same(b: Building, step: Step) -> Tensor:
    return b.of(step.inputs[0])


MOVING = (
    "Concat", "DepthToSpace", "Expand", "Flatten", "Pad", "Reshape", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose",
    "Unsqueeze",
)  # fmt: skip

OPERATIONS: dict[str, Handler] = {
    "Abs": _applied(Function("absolute")),
    "Add": _combined("plus"),
    "AveragePool": average_pool,
    "BatchNormalization": _batch_norm,
    "Cast": _same,
    "Clip": _clip,
    "Constant": _same,
    "ConstantOfShape": _same,
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "Cos": _applied(Function("cosine")),
    "Div": _combined("over"),
    "Dropout": _same,
    "Elu": _applied(Function("elu"), alpha=1.0),
    "Exp": _applied(Function("exp")),
    "Gather": _gather,
    "Gemm": _gemm,
    "GlobalAveragePool": global_average,
    "HardSigmoid": _applied(Function("hard_sigmoid"), alpha=0.2, beta=0.5),
    "Identity": _same,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": _applied(Leaky(), alpha=0.01),
    "Log": _applied(Function("log")),
    "LogSoftmax": _softmax("log"),
    "MatMul": _matmul,
    "Max": _combined("larger"),
    "MaxPool": max_pool,
    "Min": _combined("smaller"),
    "Mul": _combined("times"),
    "Neg": _applied(Function("negative")),
    "PRelu": _prelu,
    "Pow": _combined("power"),
    **dict.fromkeys(GATES, recurrent),
    "Reciprocal": _applied(Function("reciprocal")),
    "ReduceMean": _reduced("mean"),
    "ReduceSum": _reduced("sum"),
    "Relu": _applied(Applied("relu")),
    "Selu": _applied(Function("selu"), alpha=1.67326319217681884765625, gamma=1.05070102214813232421875),
    "Shape": _same,
    "Sigmoid": _applied(Applied("sigmoid")),
    "Sin": _applied(Function("sine")),
    "Softmax": _softmax("plain"),
    "Softplus": _applied(Softplus()),
    "Sqrt": _applied(Function("sqrt")),
    "Sub": _combined("minus"),
    "Sum": _combined("plus"),
    "Tanh": _applied(Applied("tanh")),
    **dict.fromkeys(MOVING, _moving),
}
"""The operations of ONNX that can be imported, by their names."""

FIXED = frozenset(
    {
        "And", "Ceil", "Equal", "Floor", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Mod", "Not", "OneHot", "Or", "Range",
        "ReduceMax", "ReduceMin", "ReduceProd", "Size", "Trilu", "Where",
    }
)  # fmt: skip
"""Operations of masks, places and sizes, which follow from the model and the number of rows: they are computed beforehand."""
