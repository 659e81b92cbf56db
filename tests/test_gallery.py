"""`workbook gallery`: what it links is there, and a page reads well in a browser, on a phone and on a desk."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, program

from tests.books import made_once
from workbook.cli import run
from workbook.discovery import find_scenario, scenarios
from workbook.engines import EngineError
from workbook.gallery import pictures
from workbook.gallery.page import file_of, lead_of, page_of, picture_of, size_told, write_pages
from workbook.gallery.pictures import SHOWN, missing
from workbook.text import _, language, languages

NAME = "backprop-chain"
OVERFLOWING = "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML)"
BROKEN = "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"
SMALL = "[...document.querySelectorAll('a')].filter(a => a.getBoundingClientRect().height < 40).map(a => a.outerHTML)"
CUT = (
    "[...document.images].filter(image => image.naturalWidth && (image.clientWidth > image.parentElement.clientWidth || "
    "Math.abs(image.clientWidth / image.clientHeight - image.naturalWidth / image.naturalHeight) > .05)).map(image => image.src)"
)
"""Pictures that are cut at their sides."""
CONTRASTS = """[...document.querySelectorAll('body *')].flatMap(element => {
  const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!texts.length) return [];
  const shade = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
    const light = parts.map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * light[0] + .7152 * light[1] + .0722 * light[2];
  };
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
  const [dark, light] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(shade).sort((a, b) => a - b);
  return [[(light + .05) / (dark + .05), texts[0].data.trim()]];
})"""
"""Each text's contrast with what lies behind it, as the Web Content Accessibility Guidelines compute it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of one network."""
    folder = tmp_path_factory.mktemp("gallery") / "site"
    assert run(["gallery", NAME, "--output", str(folder)]) == 0
    return folder


def links(page: Path) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", languages())
def test_all_that_a_page_links_is_there(site: Path, lang: str) -> None:
    found = links(page_of(site, lang))
    inside = [link for link in found if link != "data:,"]
    assert [link for link in inside if urllib.parse.urlparse(link).scheme or link.startswith("/")] == []
    assert [link for link in inside if not (site / link).is_file()] == []
    assert {f"files/{NAME}.xlsx", f"files/{NAME}.zh.xlsx"} <= set(inside)
    assert "<script" not in page_of(site, lang).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", languages())
def test_a_page_shows_the_first_sheet_and_the_network(site: Path, lang: str) -> None:
    if missing():
        pytest.skip(missing())
    drawn = [picture_of(site, NAME, key, lang).relative_to(site).as_posix() for key in SHOWN]
    assert [link for link in links(page_of(site, lang)) if link.endswith(".png")] == [p for p in drawn for _n in "12"]
    size = size_told(file_of(site, NAME, lang).stat().st_size)
    assert f"<span>{size}</span>" in page_of(site, lang).read_text(encoding="utf-8")


def test_without_pictures_there_is_a_page_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing() == (
        "no pictures, since they need what is not installed here: LibreOffice (soffice), poppler (pdftoppm, pdftotext), "
        "ImageMagick (convert)"
    )
    write_pages(tmp_path, [find_scenario(NAME)])
    assert "<h2>" in page_of(tmp_path, "zh").read_text(encoding="utf-8")
    assert "<img" not in page_of(tmp_path, "zh").read_text(encoding="utf-8")


def test_a_sheet_that_none_of_the_first_pages_shows_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pictures, "_print_of", lambda _book, folder: folder / "pages.pdf")
    monkeypatch.setattr(pictures, "_text_of", lambda _pages, _number: "")
    with pytest.raises(EngineError, match="none of the 40 first pages begins with"):
        pictures.draw(made_once(NAME), SHOWN, lambda key: tmp_path / f"{key}.png")


@pytest.mark.parametrize(
    ("summary", "lead"),
    [
        ("Twelve offices. " + "A line goes through them as well as it can, and then improves itself. And so on.",
         "Twelve offices. A line goes through them as well as it can, and then improves itself."),
        ("A single sentence that has no point", "A single sentence that has no point"),
        ("第一句话。第二句话比第一句话要长得多，长得让人觉得它已经足够说明这个算例了。第三句话。",
         "第一句话。第二句话比第一句话要长得多，长得让人觉得它已经足够说明这个算例了。"),
    ],
)  # fmt: skip
def test_an_example_is_introduced_by_whole_sentences(summary: str, lead: str) -> None:
    assert lead_of(summary) == lead


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", scenarios())
def test_every_example_is_introduced_in_a_breath(name: str, lang: str) -> None:
    scenario = find_scenario(name)
    with language(lang, scenario.locale):
        lead = lead_of(_(scenario.summary))
    assert lead[-1] in ".?。？" and len(lead) < 320


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all the pages; without one the tests are skipped."""
    if program() is None:
        pytest.skip("no Chromium is installed")
    with browser() as running:
        yield running


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_reads_well(site: Path, chromium: Browser, lang: str, width: int) -> None:
    chromium.open(page_of(site, lang).as_uri(), width)
    assert chromium.value("innerWidth") == width
    assert chromium.value("document.documentElement.scrollWidth") <= width
    assert chromium.value(OVERFLOWING) == []
    assert chromium.value(BROKEN) == []
    assert chromium.value(SMALL) == []
    assert chromium.value(CUT) == []
    contrasts = chromium.value(CONTRASTS)
    assert len(contrasts) > 8
    assert [text for contrast, text in contrasts if contrast < 4.5] == []
