"""Any fully connected network: forward, loss, backward, update, next forward, training, from a specification in a TOML file.

Symbols and shapes, for a layer l with n neurons below which lie k, over a mini-batch of m examples (one a column)

    X       (k, m)  inputs                        Y       (n, m)  targets
    W[l]    (n, k)  weights                       b[l]    (n,)    biases
    Z[l]    (n, m)  W·A[l−1] + b                  A[l]    (n, m)  g(Z); of a softmax layer P
    L               the loss of an example; over the examples their sum or mean
    δ[l]    (n, m)  blame, ∂L/∂Z                  ∂L/∂W, ∂L/∂b    of the shape of W and b
    w, g            one parameter and its slope; the optimizer's states beside them (see `optimizers`)

The whole training is run by NumPy and recorded; the update that the reader picks is computed again, live, and held against the record.
`spec` reads the specification, `run` trains, `output` knows the output layer and the loss; `given` and `record` make the sheets of
what goes in and of the recorded run; `passes` and `optimizer` compute the picked update; the other modules are a page each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.common.examples import RawData, read_examples
from scenarios.common.network_page import network_face, whole_page
from scenarios.layers.pages import layers_book
from scenarios.layers.reading import check_stack, is_stack, read_stack
from scenarios.network.fitted import with_examples
from scenarios.network.given import Given
from scenarios.network.optimizer import next_page, optimizer_page
from scenarios.network.output import output_of
from scenarios.network.passes import backward_page, batch_page, forward_page, loss_page
from scenarios.network.reading import read_spec
from scenarios.network.record import Record
from scenarios.network.run import places, train
from scenarios.network.spec import EXAMPLE, SOFTMAX, Spec
from scenarios.network.step import step_page
from scenarios.network.training import pick_update, training_page
from scenarios.network.trial import trial_page
from scenarios.network.unseen import unseen_page
from scenarios.network.whole import fill_whole
from workbook.book import Book
from workbook.scenario import Parameter, Scenario, Setting, UsageError
from workbook.text import N_, _


class Network(Scenario):
    """A network of the reader's own."""

    name = "network"
    licence = "MIT"
    title = N_("A network of your own: every layer, every slope, every update")
    article = N_("The mathematics behind deep networks (deep-networks-maths), whose symbols it uses")
    summary = N_(
        "Any fully connected network from a short file: layers, activations, loss, optimizer, data. Pick any update of its training, "
        "and follow it forward, back, and one step on."
    )
    order = 200
    locale = Path(__file__).parent.parent / "locale"
    ask = ("Z1=3", "Z2=3", "A2=3", "C", "D2=3", "gW2=3")
    parameters = (
        Parameter("spec", "", N_("file with the specification (TOML), instead of the example's"), text=True, file=True),
        Parameter("weights", "", N_("file with the weights of a list of layers (safetensors)"), text=True, file=True),
        Parameter("update", 0, N_("update shown at first; 0 leaves the choice to us"), 0, 10_000, whole=True),
    )
    specification = EXAMPLE
    data_columns = N_("x1, x2, … and either y1, y2, … or label: one example a row")

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        values = super().settings(typed)
        if values["spec"]:  # so that a fault is said before anything is written
            path = Path(str(values["spec"]))
            check_stack(path, self.weights(values)) if is_stack(path) else read_spec(path)
        if values["weights"] and not (values["spec"] and is_stack(Path(str(values["spec"])))):
            raise UsageError(
                f"--set weights={values['weights']}: they belong to a list of layers; give it with --spec FILE.toml"
            )
        return values

    @staticmethod
    def weights(settings: Mapping[str, Any]) -> Path | None:
        """Return the file of the weights, if one is named."""
        return Path(str(settings["weights"])) if settings["weights"] else None

    def read_data(self, path: Path) -> RawData:
        return read_examples(path)

    def own_rows(self) -> list[Sequence[Any]]:
        examples = with_examples(read_spec(EXAMPLE), None).examples
        assert examples is not None
        labels = (examples.classes[n] for n in examples.y.argmax(axis=1))
        header = (*(f"x{n}" for n in range(1, examples.x.shape[1] + 1)), "label")
        return [header, *((*x, label) for x, label in zip(examples.x, labels, strict=True))]

    def build(self, book: Book, settings: Mapping[str, Any], data: RawData | None) -> None:
        """A list of layers makes the book of the example `layers`; else a dense network with its training."""
        if settings["spec"] and is_stack(path := Path(settings["spec"])):
            if settings["update"]:
                raise UsageError(
                    f"--set update={settings['update']}: {path} lists layers, of which one step is shown; leave it out"
                )
            book.ask = ()
            layers_book(book, read_stack(path, data, self.weights(settings)))
        else:
            spec = with_examples(read_spec(Path(settings["spec"]) if settings["spec"] else EXAMPLE), data)
            self.dense(book, spec, settings["update"] or (min(2, spec.updates) if spec.optimizer.states else 1))

    def dense(self, book: Book, spec: Spec, update: int) -> None:
        """The network on one page, the run, one parameter's step, a slope by trial; then every table of the picked update."""
        if update > spec.updates:
            raise UsageError(
                f"--set update={update}: {spec.source} makes {spec.updates} updates; give a number up to that"
            )
        book.first_change = _(
            "on the sheet Training, type the number of another update into the yellow cell: every sheet then follows that update."
        )
        whole = whole_page(book)
        training = book.page(
            "Training", _("Pick an update, and every sheet follows it"),
            _("Training is one small step after the other; each of them can be opened and looked at."),
            _("Does every single update make the loss smaller?"),
        )  # fmt: skip
        step = book.page(
            "Step", _("One parameter takes its step"),
            _("The slope says which way is down; the optimizer makes a step of it, with what it remembers."),
            _("If the slope is above 0, should the parameter grow or shrink?"),
        )  # fmt: skip
        trial = book.page(
            "Trial", _("Is the slope right? Try it"),
            _("A slope says how the loss moves when a parameter moves: so move one a little, and look."),
            _("If the slope is 0.1 and the parameter grows by 0.001, by how much does the loss grow?"),
        )  # fmt: skip
        given = Given(book, spec)
        last = None if spec.activations[-1] == SOFTMAX else given.activation(spec.activations[-1])
        output = output_of(last, given.loss)
        run = train(spec, [given.activation(name) for name in spec.activations[:-1]], output)
        record = Record(book, spec, run, places(spec))
        u = pick_update(training, update, spec.updates)
        net, now = batch_page(book, given, record, output, u)
        forward_page(book, net)
        loss_page(book, net, given, record, u)
        backward_page(book, net, inputs=spec.input_slopes)
        new, cells = optimizer_page(book, net, now, given, record, u)
        moved = next_page(book, net, new, record)
        if spec.unseen is not None:
            unseen_page(book, moved, spec.unseen)
        losses = training_page(training, record, u, net, moved)
        step_page(step, spec, cells)
        trial_page(trial, net, spec)
        made = fill_whole(whole, net, moved, given)
        network_face(book.start, made)
        if made.drawn is None:
            with book.start.right():
                book.start.chart(losses)
