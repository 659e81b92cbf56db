"""Page NewOffice: the question that started it, a prediction for an x that is not in the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.rent_yield.survey import LEARNED, POINTS, YOURS, Scaled, Survey, Weights, between, number_format
from workbook.block import Between, Block, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand, either, if_
from workbook.page import Page
from workbook.text import _

ASKED = 1000.0
"""The area asked for, chosen here: the article asks for "a new office" and names none."""


@dataclass(frozen=True)
class Office:
    """The new office: its area X and the same scaled, x; what the chart calls it."""

    survey: Survey
    scaled: Scaled
    X: Block
    x: Block

    @property
    def name(self) -> str:
        return _("new office") if self.survey.is_article else _("new one")

    def rent(self, page: Page, id: str, line: Weights, title: str) -> Block:
        """Return what a line asks for it, in the units of the data."""
        y = line.C.value + line.m.value * self.x.value

        def formula() -> Operand:
            return self.scaled.raw_y(line.C + line.m * self.x)

        return page.offstage(
            Block(
                f"rent_{id}",
                Role.DERIVED,
                self.scaled.raw_y_value(float(y)),
                formula=formula,
                title=title,
                unit=self.survey.y_unit,
                number_format="#,##0.00",
            )
        )


def new_office(page: Page, survey: Survey, scaled: Scaled) -> Office:
    """Begin the page with the yellow cell: the area of the new office."""
    asked = ASKED if survey.is_article else float(np.median(survey.x))
    bound = max(1e6, 10 * float(np.abs(survey.x).max()))
    with page.left():
        X = page.given(
            "new_X",
            asked,
            symbol="X",
            title=survey.x_name,
            unit=survey.x_unit,
            valid=Between(-bound, bound),
            number_format=number_format(np.append(survey.x, asked)),
        )
    x = page.offstage(
        Block(
            "new_x_scaled",
            Role.DERIVED,
            (X.value - survey.x.min()) / np.ptp(survey.x),
            formula=lambda: between(scaled.x_min, scaled.x_max, X),
            symbol="x",
            title=_("{x} of the new one, scaled").format(x=survey.x_name),
        )
    )
    return Office(survey, scaled, X, x)


def new_office_page(page: Page, office: Office, lines: dict[str, tuple[str, Weights, Block]]) -> None:
    """Let three lines answer: the reader's own, the learned one, the best one; `lines` gives name, weights and loss."""
    survey, scaled = office.survey, office.scaled
    rents = {id: office.rent(page, f"{id}_new", weights, name) for id, (name, weights, _loss) in lines.items()}
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        with page.table([name for name, *_rest in lines.values()], len(lines)) as t:
            for id, title, blocks in (
                ("new_C", _("left end C"), [w.C for _name, w, _loss in lines.values()]),
                ("new_m", _("rise m"), [w.m for _name, w, _loss in lines.values()]),
                ("new_loss", _("loss L"), [loss for *_rest, loss in lines.values()]),
                ("new_rent", survey.y_name, list(rents.values())),
            ):
                values = np.array([float(block.value) for block in blocks])
                unit = survey.y_unit if id == "new_rent" else ""
                t.add(
                    Block(
                        id,
                        Role.DERIVED,
                        values,
                        each=list(blocks),
                        title=title,
                        unit=unit,
                        number_format="#,##0.00" if unit else "0.0000" if id == "new_loss" else "0.000",
                    )
                )
        with page.into(said):
            _say(page, office, rents["learned"])
    with page.right():
        page.chart(_chart(page, office, lines, rents))
    if survey.is_article:
        page.try_(_("Type 150, then 2500: what does the line ask for, and should you believe it?"))
    slope = page.offstage(
        Block(
            "rent_of_100",
            Role.DERIVED,
            lines["learned"][1].m.value * np.ptp(survey.y) / np.ptp(survey.x) * 100,
            formula=lambda: (
                between(scaled.x_min, scaled.x_max, scaled.x_min + 100)
                * lines["learned"][1].m
                * (scaled.y_max - scaled.y_min)
            ),
            title=_("what 100 more {unit} add").format(unit=survey.x_unit or survey.x_name),
        )
    )
    page.turn(
        "new_turn",
        _(
            "How much more does the learned line ask for 100 {unit} more? (two decimals; 0.03 off is close enough)"
        ).format(unit=survey.x_unit or survey.x_name),
        slope,
        0.03,
        _("The slope of the line in the units of the data."),
        _("ask for two {x}s that are 100 apart, and subtract.").format(x=survey.x_name),
    )
    page.remember(_("A model knows its data, and nothing beyond."))


def _say(page: Page, office: Office, rent: Block) -> None:
    scaled, X, survey = office.scaled, office.X, office.survey
    inside = str(_("Within the range of the data."))
    outside = str(_("⚠ Outside the range of the data: no row like this was ever seen."))
    is_inside = bool(scaled.x_min.value <= X.value) and bool(X.value <= scaled.x_max.value)
    trust = page.offstage(
        Block(
            "new_trust",
            Role.DERIVED,
            np.asarray(inside if is_inside else outside, dtype=object),
            formula=lambda: if_(either(scaled.x_min > X, scaled.x_max < X), outside, inside),
            title=_("may we trust it?"),
            number_format="@",
        )
    )
    page.live(
        "new_says",
        "▶ {X:0} {size}: {rent:2} {unit}. {trust}",
        X=X,
        size=survey.x_unit,
        rent=rent,
        unit=survey.y_unit,
        trust=trust,
    )


def _chart(page: Page, office: Office, lines: dict[str, tuple[str, Weights, Block]], rents: dict[str, Block]) -> Chart:
    """Draw the three lines over the data, and the new office on the learned one."""
    survey, scaled = office.survey, office.scaled
    colours = {"own": YOURS, "learned": LEARNED, "best": "#B3261E"}
    with page.book.helpers.table([_("smallest x"), _("largest x")], 2) as t:
        ends = t.add(
            Block(
                "new_ends",
                Role.DERIVED,
                np.array([scaled.x_min.value, scaled.x_max.value]),
                each=[scaled.x_min, scaled.x_max],
                title=survey.x_name,
                number_format="#,##0",
            )
        )
        drawn = {
            id: t.add(
                Block(
                    f"new_line_{id}",
                    Role.DERIVED,
                    scaled.raw_y_value(np.array([w.C.value, w.C.value + w.m.value])),
                    each=[scaled.raw_y(w.C), scaled.raw_y(w.C + w.m)],
                    title=name,
                    number_format="#,##0.00",
                )
            )
            for id, (name, w, _loss) in lines.items()
        }
    series = [Series(survey.points_name, scaled.area[:], scaled.rent[:], Mark.POINTS, POINTS, size=9)]
    series += [
        Series(name, ends[:], drawn[id][:], Mark.LINE, colours[id], width=2.25, dashed=id == "best")
        for id, (name, _w, _loss) in lines.items()
    ]
    series.append(
        Series(
            office.name,
            office.X.whole(),
            rents["learned"].whole(),
            Mark.POINTS,
            LEARNED,
            size=12,
            marker="diamond",
            hollow=True,
        )
    )
    return Chart(
        "",
        tuple(series),
        survey.x_label,
        survey.y_label,
        _(
            "The rows, your line, the learned line and the best one, and the new office as a hollow mark on the learned line."
        ),
        columns=8,
        rows=21,
    )
