"""The smallest whole worked example: how far does a spring stretch? One page, one yellow cell, one formula a table.

Symbols and shapes

    F   (n,)     forces            k   scalar   stiffness            s   (n,)   stretch, F / k
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workbook import N_, Between, Book, Chart, Kind, Mark, Parameter, Scenario, Series, _


class Spring(Scenario):
    """Hooke's law, force by force."""

    name = "spring"
    title = N_("How far does a spring stretch?")
    article = N_("any book of physics: Hooke's law")
    summary = N_("Hang a weight on a spring: twice the weight stretches it twice as far.")
    locale = Path(__file__).parent / "locale"
    parameters = (Parameter("k", 2.0, N_("stiffness"), low=0.1, high=100),)

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Declare the page in reading order."""
        book.first_change = _("on the sheet Stretch, type 4 for k: the line lies half as steep.")
        page = book.page(
            "Stretch",
            _("Twice the weight, twice the stretch"),
            _("A spring answers a force in proportion; the stiffness says how much."),
            _("A spring twice as stiff: does it stretch more or less?"),
        )
        forces = book.page("Forces", _("The forces"), kind=Kind.DATA)
        F = forces.given("F", np.arange(1.0, 7.0), symbol="F", title=_("force"), unit="N", valid=Between(0, 1000))
        with page.left():
            k = page.given("k", settings["k"], symbol="k", title=_("stiffness"), valid=Between(0.1, 100))
            said = page.keep()
            with page.table(None, len(F.value)) as t:
                force = t.derived("force", F.value, lambda i: F[i], title=_("force"), unit="N")
                s = t.derived("s", F.value / k.value, lambda i: F[i] / k, title=_("stretch"), symbol="F / k", unit="cm")
            with page.into(said):
                page.live("said", _("▶ {F:1} N stretch it by {s:2} cm."), F=F[3], s=s[3])
        with page.right():
            line = Series(_("stretch"), force[:], s[:], Mark.BOTH)
            page.chart(Chart("", (line,), _("force"), _("stretch"), _("A straight line from the left below upwards.")))
        page.try_(_("Type 4, then 1 for k, and watch the line."))
        page.turn(
            "turn", _("How far does the last force stretch it? (0.01 off is close enough)"), s[5], 0.01,
            _("Force over stiffness."), _("divide the force by k."),
        )  # fmt: skip
        page.remember(_("Stretch is force over stiffness."))
        page.check(
            "proportional",
            _("the stretch times k is the force"),
            page.offstage_block("F_again", s.value * k.value, lambda i: s[i] * k),
            force,
            1e-9,
        )
