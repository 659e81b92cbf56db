"""``workbook import``."""

from __future__ import annotations

from pathlib import Path

import click

from workbook.cli.build import Told
from workbook.cli.options import json_option, language_option, output_option
from workbook.cli.settings import data_option, set_option, settings_of

HELP = """Build the workbook of a trained model from an ONNX file; without a MODEL, of a small one that ships.

Every number of its forward pass is a live formula; its values are those of ONNX's own reference implementation, and both must
meet in every cell. With --loss and --target the way back and one step of descent stand beside. It needs the package onnx
(pip install onnx). A model may have at most 200,000 numbers with all that is computed.

\b
Examples:
  workbook import
  workbook import --loss cross-entropy
  workbook import model.onnx --data my-rows.csv
  workbook import model.onnx --data my-rows.csv --loss squared-error --target price --lang zh
  workbook import weights.safetensors --spec my-layers.toml
"""

SCENARIO, OF_LAYERS = "imported", "network"
"""The example that is made of a model; of weights and a list of layers."""


@click.command("import", help=HELP, short_help="Build the workbook of a trained model (ONNX).")
@click.argument("model", type=click.Path(path_type=Path), metavar="[MODEL.onnx]", required=False)
@data_option
@click.option(
    "--spec",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="The list of layers that weights in a .safetensors file belong to; `workbook example layers` prints one.",
)
@click.option(
    "--loss",
    type=click.Choice(["squared-error", "cross-entropy", "binary-cross-entropy"]),
    help="A loss, for the way back and one step; the data hold the targets.",
)
@click.option(
    "--target", metavar="COLUMN,…", help="The columns of the data that hold the targets; the last one, if none."
)
@set_option
@language_option()
@output_option("Folder to write into, or the file.xlsx.")
@click.option("--name", metavar="NAME", help="What to call the file, in place of the model's name.")
@click.option("--force", is_flag=True, help="Overwrite a file that somebody has edited, or that was built otherwise.")
@json_option
def command(
    model: Path | None,
    data: Path | None,
    spec: Path | None,
    loss: str | None,
    target: str | None,
    typed: tuple[str, ...],
    lang: str,
    output: Path,
    name: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Build one workbook; the help that a user reads is `HELP`."""
    from workbook.cli.targets import refuse_edited, refuse_no_folder, targets
    from workbook.cli.work import Job, build_one, do_all
    from workbook.discovery import find_scenario

    name_of_example, said = SCENARIO, {"model": model, "loss": loss, "target": target}
    if spec is not None:
        name_of_example, said = OF_LAYERS, {"spec": spec, "weights": _weights(model, spec, loss, target)}
    pairs = [*typed, *(f"{key}={value}" for key, value in said.items() if value is not None)]
    settings = settings_of([find_scenario(name_of_example)], pairs, data, None)
    is_file = output.suffix.lower() == ".xlsx" and not output.is_dir()
    stem = (model.stem if model is not None else SCENARIO) if name is None and not is_file else name
    (file,) = targets([name_of_example], lang, output, stem)
    if not force:
        refuse_edited([file])
    refuse_no_folder(file.parent)
    told = Told(as_json)
    do_all(build_one, [Job(name_of_example, lang, settings, data, file, force=force)], told.tell)
    return told.end()


def _weights(model: Path | None, spec: Path, loss: str | None, target: str | None) -> Path:
    """Return the file of weights that a list of layers is given with; the list itself says the loss and the targets."""
    from workbook.errors import UsageError

    if model is None or model.suffix.lower() != ".safetensors":
        raise UsageError(
            f"--spec {spec}: it goes with weights in a .safetensors file; name that file, or leave --spec out"
        )
    for option, given in (("--loss", loss), ("--target", target)):
        if given is not None:
            raise UsageError(f"{option} {given}: {spec} says the loss, and the data name their targets; leave it out")
    return model
