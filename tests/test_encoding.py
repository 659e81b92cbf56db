"""Texts from outside: read in the encoding that they are in, or refused; never read as another text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.rent_yield import RentYield
from workbook.data import read_header, read_numbers, read_texts
from workbook.encoding import EncodingError, decoded
from workbook.scenario import UsageError

WESTERN = [
    "Fläche;Miete\n1;2\n3;4\n",
    "année;loyer\n",
    "Größe (m²)\n",
    "créée\n",
    "x,°C\n1,2\n",
    "Preis in €;Stück\n",
    "São Paulo;Área\n",
    "año,población\n",
    "naïve café\n",
    "Maße — Länge\n",
    "“quoted”,x\n",
    "Öl\n",
    "é,è,ê\n",
    "Ångström\n",
    "§ 5\n",
    "m²,m³\n",
    "x1,x2,label\n1,2,Größe\n3,4,Maß\n",
]
CHINESE = [
    "面积（平方米）,租金\n1,2\n",
    "x轴,y轴\n",
    "面积\n",
    "张喆,李堃\n",
    "A股,B股\n",
    "T恤\n",
    "价格(元)\n",
    "温度（℃）\n",
    "朱镕基\n",
    "x1,x2,label\n1,2,甲\n3,4,乙\n",
]
AMBIGUOUS = [("POPULAÇÃO\n", "cp1252"), ("CRÉÉE\n", "cp1252"), ("a和b\n", "gb18030")]


@pytest.mark.parametrize("text", WESTERN)
def test_what_western_excel_writes_is_read(text: str) -> None:
    assert decoded(text.encode("cp1252")) == text


@pytest.mark.parametrize("text", CHINESE)
def test_what_chinese_excel_writes_is_read(text: str) -> None:
    assert decoded(text.encode("gb18030")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [WESTERN[0], CHINESE[0], "面积,Fläche,площадь\n1,2,3\n"])
def test_unicode_is_read_whatever_it_holds(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_utf_16_with_a_mark_the_other_way_is_read() -> None:
    assert decoded(b"\xfe\xff" + "x,y\n1,2\n".encode("utf-16-be")) == "x,y\n1,2\n"


@pytest.mark.parametrize(("text", "encoding"), AMBIGUOUS)
def test_what_could_be_either_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(EncodingError, match=r"could be a Chinese text \(GBK\) as well as a Western one"):
        decoded(text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"), [("Цена,площадь\n", "cp1251"), ("価格,面積\n", "shift_jis"), ("面積,租金\n", "big5")]
)
def test_what_is_in_another_encoding_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(EncodingError):
        decoded(text.encode(encoding))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused(raw: bytes) -> None:
    with suppress(EncodingError):
        assert isinstance(decoded(raw), str)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Fläche (m²);Miete (€)\n65,5;2,9\n78,5;3,4\n90;4,1\n", "cp1252"),
        ("année\tloyer\n1\t2\n3\t5\n", "utf-16"),
        ("面积（平方米）,租金\n1,2\n3,5\n", "gb18030"),
    ],
)
def test_headings_reach_the_workbook_as_they_were_written(text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode(encoding))
    name = read_header(path)[0]
    assert name in text
    book = RentYield().make(data=path, settings={"epochs": 5})
    assert book["area"].title == f"A · {name.split(' (')[0].split('（')[0]}"
    assert len(read_numbers(path)) >= 2


def test_labels_are_read_in_the_files_encoding(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("x1,label\n1,Größe\n2,Maß\n".encode("cp1252"))
    assert read_texts(path, "label") == ["Größe", "Maß"]


def test_a_refusal_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("POPULAÇÃO;x\n1;2\n3;4\n".encode("cp1252"))
    with pytest.raises(
        UsageError, match=r"rows\.csv: this could be .*; save it as UTF-8 \(in a spreadsheet: CSV UTF-8\)"
    ) as refused:
        read_numbers(path)
    assert "\n" not in str(refused.value)
