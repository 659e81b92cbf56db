"""A sentence of why for each operation of a model."""

from __future__ import annotations

from workbook.text import N_, _

MOVES = N_("The numbers stay as they are and take other places.")
CELL_BY_CELL = N_("Each cell is computed from the cell in the same place.")
TWO_TABLES = N_(
    "Each cell is computed from the two cells in its place; a single row, column or cell counts for all of them."
)
NORMALISED = N_("The mean goes and the spread becomes 1; then γ and β, which were learned, set the size and the place.")
WINDOW = N_("A window slides over each picture, and says one number of what it sees.")

WHY = {
    "Gemm": N_("A row of the input meets a column of weights; the bias is added."),
    "MatMul": N_("A row of the left table meets a column of the right one."),
    "Conv": N_("A small window of weights slides over the picture; a large sum says that what it looks for is there."),
    "ConvTranspose": N_("Every cell of the input lays down the kernel, and where they overlap they add up."),
    "MaxPool": WINDOW,
    "AveragePool": WINDOW,
    "GlobalAveragePool": N_("All of a picture becomes one number, its mean."),
    "Relu": N_("What is above 0 goes on as it is, all else becomes 0."),
    "LeakyRelu": N_("What is above 0 goes on as it is, all else becomes small."),
    "Sigmoid": N_("Every number becomes one between 0 and 1."),
    "Tanh": N_("Every number becomes one between −1 and 1."),
    "Softmax": N_("Each row becomes shares that add up to 1."),
    "LogSoftmax": N_("Each row becomes shares that add up to 1, and these their logarithms."),
    "BatchNormalization": NORMALISED,
    "InstanceNormalization": NORMALISED,
    "LayerNormalization": NORMALISED,
    "Gather": N_("Each number names a row of the table, counted from 0."),
    **dict.fromkeys(
        ("RNN", "LSTM", "GRU"), N_("Moment after moment, what comes in meets what is remembered; gates say how much of each goes on.")
    ),
    "ReduceMean": N_("Many cells become one, their mean."),
    "ReduceSum": N_("Many cells become one, their sum."),
}  # fmt: skip
"""What an operation does, for the reader."""

BINARY = frozenset({"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "PRelu"})
UNARY = frozenset(
    {"Abs", "Clip", "Cos", "Elu", "Exp", "HardSigmoid", "Log", "Neg", "Reciprocal", "Selu", "Sin", "Softplus", "Sqrt"}
)


def why(op: str) -> str:
    """Return the sentence of an operation."""
    if op in WHY:
        return _(WHY[op])
    return _(TWO_TABLES if op in BINARY else CELL_BY_CELL if op in UNARY else MOVES)
