"""The digit net: three demons read a 4×3 image, two more decide whether it shows a 0 or a 1.

Symbols and shapes

    x      (12, m)  pixels, numbered row by row, 1 is dark; one column an image
    W¹     (3, 12)  what the hidden demons A, B, C like          b¹  (3,)
    W²     (2, 3)   whom the output demons 0 and 1 listen to     b²  (2,)
    z, a            weighted sums and activations, a = σ(z)
    C               cost, ½ Σ (a − y)², summed over the images; target y = (1, 0) for a 0, (0, 1) for a 1

One module a page, or sheets that belong together.

Article: maths-of-deep-learning-notes. It prints no weights; those here are chosen so that each demon's preference reads
off the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.network_page import UNIT
from scenarios.common.rows import require
from scenarios.common.training import Run, epoch_cell
from scenarios.demon_net.article import article_page, begin_article
from scenarios.demon_net.blame import blame_page
from scenarios.demon_net.gallery import gallery_page
from scenarios.demon_net.images import PIXELS, Images, own_images
from scenarios.demon_net.learning import learning_page
from scenarios.demon_net.matrices import matrices_page, trial_page, whole_page
from scenarios.demon_net.one_demon import begin_one_demon, one_demon_page
from scenarios.demon_net.pad import begin_pad, pad_page
from scenarios.demon_net.training import train, training_pages
from scenarios.demon_net.unseen import unseen_page
from scenarios.demon_net.weights import LR, chosen_parameters, random_start, read_weights
from scenarios.demon_net.wrong import wrong_page
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

__all__ = ["DemonNet", "chosen_parameters", "read_weights"]


class DemonNet(Scenario):
    """The 4×3 digit net."""

    name = "demon-net"
    licence = "MIT"
    title = N_("Draw a digit: five demons read it, then learn to")
    article = N_("Notes on “The Mathematics of Deep Learning” (maths-of-deep-learning-notes)")
    summary = N_("Draw a 0 or a 1 on twelve squares. Three demons look, two decide. Then forget their weights, and let pictures " "teach them.")  # fmt: skip
    order = 30
    locale = Path(__file__).parent.parent / "locale"
    ask = ("Z2=2", "A2=2", "C_each=2", "D2=3", "gW2=3", "W2_new=2")
    parameters = (
        LR, Parameter("epochs", 60, N_("epochs of the recorded training run"), 10, 500, whole=True),
        Parameter("seed", 1, N_("seed of the random start"), 0, 2**32 - 1, whole=True),
        Parameter("weights", "", N_("file with the initial weights (CSV or JSON), instead of a random start"), text=True, file=True),
    )  # fmt: skip
    data_columns = N_("label (0 or 1), p1 … p12 (0 or 1): one image a row")

    def read_data(self, path: Path) -> Images:
        names = ["label", *(f"p{n}" for n in range(1, PIXELS + 1))]
        frame = read_numbers(path, names, min_rows=2, max_rows=2000, not_constant=False)
        require(path, frame, names, lambda column: column.isin((0, 1)), "a pixel or label is 0 or 1")
        return Images(frame[names[1:]].to_numpy(float), frame["label"].to_numpy(int))

    def own_rows(self) -> list[Sequence[Any]]:
        images = own_images()
        rows = np.column_stack([images.labels, images.pixels]).astype(int)
        return [("label", *(f"p{n}" for n in range(1, PIXELS + 1))), *rows]

    def build(self, book: Book, settings: Mapping[str, Any], data: Images | None) -> None:
        """Draw, look inside, get it wrong, find whose fault it is, learn, and test."""
        images = data or own_images()
        weights = Path(settings["weights"]) if settings["weights"] else None
        start = read_weights(weights) if weights else random_start(np.random.default_rng(settings["seed"]))
        run = train(start, images, settings["lr"], settings["epochs"])
        book.first_change = _(
            "on the sheet Pad, make pixel 7 light (type 0): demon A falls asleep, and the answer changes."
        )
        pad, demon, wrong, blame, learning, test = _core(book, run, len(images.labels), weights)
        article, matrices, whole, trial, one_epoch = _deeper(book)
        mine, five, seen = begin_pad(pad)
        sleepiness, pictures = begin_one_demon(demon)
        drawn, below = begin_article(article)
        net, eta = matrices_page(matrices, [mine, *drawn], sleepiness)
        pad_page(pad, mine, five, seen)
        one_demon_page(demon, pictures)
        article_page(article, below)
        whole_page(whole, net, eta)
        with learning.left():
            epoch = epoch_cell(learning, last=len(run.states) - 2, start=0)
        learned = training_pages(book, one_epoch, images, run, epoch)
        trial_page(trial, net, learned)
        gallery_page(book, images)
        wrong_page(wrong)
        blame_page(blame)
        learning_page(learning, run, weights)
        unseen_page(test, len(run.states) - 2)


def _core(book: Book, run: Run, count: int, weights: Path | None) -> tuple[Page, ...]:
    """Add the pages of the story, in its order: pad, one demon, wrong, blame, learning, test."""
    right = [round(count * share) for share in run.accuracy]
    before, start = _("Random demons: {right} of {count} right"), _("Nobody sets the weights now: they start at random, and the loss says how wrong that is.")  # fmt: skip
    if weights:
        before = _("Before learning: {right} of {count} right")
        start = _("The weights of the file {file} come before learning; the loss says how wrong they are.").format(file=weights.name)  # fmt: skip
    return (
        book.page(
            "Pad",
            _("Draw a digit: who wakes up?"),
            _("Three demons watch two pixels each, two more listen to them, and the louder one names your digit."),
            _("Make pixel 7 light. Will it still be a 0?"),
        ),
        book.page(
            "OneDemon",
            _("Inside one demon: add up, then decide"),
            _("Likes add up; only if they outweigh its sleepiness, the bias, does a demon wake."),
            _("With the bias −2, how many liked pixels wake it?"),
        ),
        book.page(
            "Wrong",
            before.format(right=right[0], count=count),
            start,
            _("How many of {count} would a coin get right?").format(count=count),
        ),
        book.page(
            "Blame",
            _("Whose fault is it? Send the error back"),
            _("A demon is to blame as far as its listeners are wrong, and as strongly as they listen."),
            _("If a listener dislikes a demon and should be louder, should that demon be louder or quieter?"),
        ),
        book.page(
            "Learning",
            _("Watch them learn: {first} right, {second}, {sixth}").format(
                first=right[0], second=right[1], sixth=right[5]
            ),
            _("Nobody tells the demons what to like; many small steps against the blame do."),
            _("Will they end up like the hand-made A, B and C?"),
        ),
        book.page(
            "Test",
            _("Your drawing, read by the demons that learned"),
            _("They know pictures like those they learned from; shown anything else they still answer."),
            _("Move the 1 one column to the left. What will each team say?"),
        ),
    )


def _deeper(book: Book) -> tuple[Page, ...]:
    """Add the pages behind the story: article, matrices, whole, trial, one epoch."""
    return (
        book.page(
            "Article",
            _("The article's demons: what they like, and how they read a 0 and a 1"),
            _("High weights where a demon likes a pixel, low ones elsewhere: that is the whole design."),
            kind=Kind.ARTICLE,
            column_width=7,
        ),
        book.page("Matrices", _("The same as matrices: forward, backward, and one step"), kind=Kind.DEEPER),
        book.page(
            "Whole",
            _("The whole network on one page"),
            _(
                "Every Z lies where its row of W meets its column of activations; the blame goes back through the same places."
            ),
            kind=Kind.DEEPER,
            column_width=UNIT,
            one_page=True,
        ),
        book.page("Trial", _("Check by trial: does the loss move as the slopes say?"), kind=Kind.DEEPER),
        book.page("OneEpoch", _("One epoch's step: slopes and new weights"), kind=Kind.DEEPER),
    )
