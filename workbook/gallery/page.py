"""The gallery's page in one language: plain HTML that needs neither a server nor scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from workbook import __version__
from workbook.gallery.pictures import SHOWN
from workbook.scenario import Scenario
from workbook.text import DEFAULT_LANGUAGE, _, display_width, language, languages, suffix_of

HERE = Path(__file__).parent
FILES, PICTURES = "files", "pictures"
"""The folders beside the pages."""

SHORTEST_LEAD = 70
"""So wide, in Latin characters, are the sentences that introduce an example at least."""

SENTENCE_ENDS = (". ", "? ", "。", "？")


def file_of(folder: Path, name: str, lang: str) -> Path:
    """Return where a workbook lies."""
    return folder / FILES / f"{name}{suffix_of(lang)}.xlsx"


def picture_of(folder: Path, name: str, key: str, lang: str) -> Path:
    """Return where the picture of a workbook's sheet lies."""
    return folder / PICTURES / f"{name}-{key}{suffix_of(lang)}.png"


def page_of(folder: Path, lang: str) -> Path:
    """Return where the page of a language lies."""
    return folder / ("index.html" if lang == DEFAULT_LANGUAGE else f"{lang}.html")


def write_pages(folder: Path, shown: Sequence[Scenario]) -> None:
    """Write the page of each language; files and pictures lie beside it already."""
    for lang in languages():
        page_of(folder, lang).write_text(_Page(folder, lang).html(shown), encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class _Page:
    folder: Path
    lang: str

    def html(self, shown: Sequence[Scenario]) -> str:
        examples = "\n".join(self._example(scenario) for scenario in shown)
        with language(self.lang):
            words = {
                "title": _("Neural networks, number by number"),
                "lead": _("Worked examples as spreadsheets: every value is there, labelled, explained and alive."),
                "change": _("Change a yellow cell, and everything that follows moves."),
                "how": _(
                    "Download a file, open it in Excel, LibreOffice, WPS or Google Sheets, and begin on its first sheet."
                ),
                "proven": _(
                    "Before a file was put here, a spreadsheet engine that nobody here wrote recalculated its every formula."
                ),
                "made": _("Made by neural-workbook {version}, a program under the MIT licence.").format(
                    version=__version__
                ),
            }
        fields = {key: escape(text) for key, text in words.items()}
        style = (HERE / "style.css").read_text(encoding="utf-8")
        template = Template((HERE / "page.html").read_text(encoding="utf-8"))
        return template.substitute(fields, style=style, lang=self.lang, languages=self._languages(), examples=examples)

    def _languages(self) -> str:
        """Return the links to this page in the other languages."""
        others = (code for code in languages() if code != self.lang)
        return " ".join(
            f'<a href="{page_of(Path(), code)}" lang="{code}" hreflang="{code}">{own_name(code)}</a>' for code in others
        )

    def _example(self, scenario: Scenario) -> str:
        with language(self.lang, scenario.locale):
            title, lead = _(scenario.title), lead_of(_(scenario.summary))
            pictures = "\n".join(self._pictures(scenario.name, title))
        downloads = "\n".join(self._downloads(scenario.name))
        figures = f'<div class="pictures">\n{pictures}\n</div>\n' if pictures else ""
        return (
            f'<article id="{scenario.name}">\n<div class="words">\n<h2>{escape(title)}</h2>\n<p>{escape(lead)}</p>\n'
            f'<p class="downloads">\n{downloads}\n</p>\n</div>\n{figures}</article>'
        )

    def _pictures(self, name: str, title: str) -> Iterator[str]:
        told = {"Start": _("The first sheet of: {title}"), "Whole": _("The whole network on one sheet, of: {title}")}
        for key in SHOWN:
            path = picture_of(self.folder, name, key, self.lang)
            if path.is_file():
                width, height = size_of(path)
                source, alt = path.relative_to(self.folder).as_posix(), escape(told[key].format(title=title))
                image = f'<img src="{source}" width="{width}" height="{height}" alt="{alt}" loading="lazy">'
                yield f'<a href="{source}">{image}</a>'

    def _downloads(self, name: str) -> Iterator[str]:
        """Yield the links to the file in each language, the page's own first."""
        for code in sorted(languages(), key=lambda code: code != self.lang):
            path = file_of(self.folder, name, code)
            if path.is_file():
                source, size = path.relative_to(self.folder).as_posix(), size_told(path.stat().st_size)
                link = f'<a href="{source}" download hreflang="{code}"><b lang="{code}">{own_name(code)}</b>'
                yield f"{link} <span>{size}</span></a>"


def own_name(lang: str) -> str:
    """Return what a language calls itself: its catalogue says it in the place of "English"."""
    with language(lang):
        return _("English")


def lead_of(summary: str) -> str:
    """Return the sentence with which a summary begins, and more of them where it is a short one."""
    end = 0
    while end < len(summary) and display_width(summary[:end]) < SHORTEST_LEAD:
        ends = [at + len(mark.strip()) for mark in SENTENCE_ENDS if (at := summary.find(mark, end)) >= 0]
        end = min(ends, default=len(summary))
    return summary[:end]


def size_told(size: int) -> str:
    """Return a file's size as people say it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)} KB"


def size_of(picture: Path) -> tuple[int, int]:
    """Return the width and height of a PNG file, so that the page does not jump when it comes."""
    head = picture.read_bytes()[16:24]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
