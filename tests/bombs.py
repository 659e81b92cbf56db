"""Hostile formulas: small files that ask an engine for more time or memory than any honest workbook does."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from attacks import SHEET, Attack, replacing_in, sheet_of, with_part

WHOLE = "A1:XFD1048576"
FAR = "XFD1048576"


def cell(at: str, formula: str, attributes: str = "") -> str:
    """Return the XML of a cell with a formula."""
    return f'<c r="{at}"><f{attributes}>{escape(formula)}</f><v>1</v></c>'


def sheet(rows: str) -> Attack:
    """Put rows into a sheet in the place of its own."""
    return with_part(SHEET, lambda: sheet_of(rows.encode()))


def column(count: int, formula: Callable[[int], str], attributes: str = "") -> Attack:
    """Fill column A with formulas; the n-th stands in row n."""
    return with_part(
        SHEET,
        lambda: sheet_of(
            "".join(f'<row r="{n}">{cell(f"A{n}", formula(n), attributes)}</row>' for n in range(1, count + 1)).encode()
        ),
    )


def one(formula: str, attributes: str = "") -> Attack:
    """Give a sheet a single formula, far from what it reads."""
    return sheet(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="9">{cell("ZZ9", formula, attributes)}</row>')


def array(formula: str) -> Attack:
    return one(formula, ' t="array" ref="ZZ9"')


def names(*defined: str) -> Attack:
    """Define names, which the last of a sheet's cells reads by the first of them."""
    xml = "".join(f'<definedName name="n{n}">{escape(text)}</definedName>' for n, text in enumerate(defined))
    in_names = replacing_in("xl/workbook.xml", b"</definedNames>", xml.encode() + b"</definedNames>")

    def attack(path: object) -> None:
        in_names(path)  # type: ignore[arg-type]
        one("n0")(path)  # type: ignore[arg-type]

    return attack


def shared(count: int, formula: str) -> Attack:
    """One formula, and `count` cells that share it."""
    first = f'<row r="1">{cell("A1", formula, f""" t="shared" ref="A1:A{count}" si="0" """)}</row>'
    others = "".join(f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(2, count + 1))
    return sheet(first + others)


def doubled(n: int) -> str:
    """A number that takes twice the steps of the one before, if nobody remembers what he has calculated."""
    return f"A{n - 1}+A{n - 1}" if n > 1 else "1"


SLOW = [
    "BESSELJ(1,1E9)", "BESSELI(1,1E9)", "BESSELK(1,1E9)", "BESSELY(1,1E9)", "COMBIN(1E15,5E14)", "COMBINA(1E9,1E9)",
    "PERMUT(1E15,5E14)", "FACT(1E15)", "FACTDOUBLE(1E15)", "VDB(1E9,1,1E9,0,1E9)", "HYPGEOM.DIST(1E8,2E8,3E8,1E9,TRUE)",
    "BINOM.DIST(5E8,1E9,0.5,TRUE)", "NEGBINOM.DIST(1E9,1E9,0.5,TRUE)", "BINOM.INV(1E9,0.5,0.5)", "CUMIPMT(0.01,1E9,1,1,1E9,0)",
    "MULTINOMIAL(A:A)", "NETWORKDAYS(1,2958465)", "WORKDAY(1,2E9)", "PRICE(1,2958465,0.1,0.1,100,4)", "GAMMA.INV(0.5,1E9,1)",
    "AMORDEGRC(1E9,1,2,1,1E9,1E-9,0)", "DB(1E9,1,1E9,1E9)", "DDB(1E9,1,1E9,1E9)", "SERIESSUM(1,1,1,A:A)", "RATE(1E9,-1E-9,1)",
]  # fmt: skip
"""Iterations by the billion."""

LARGE = [
    f"COUNTBLANK({WHOLE})", "COUNTBLANK(A:XFD)", "SUM(A:XFD)", f"SUM(SUM(A1:{FAR}),SUM(A2:{FAR}),SUM(B1:{FAR}))",
    "SUMPRODUCT(A:A*B:B*C:C)", "SUMPRODUCT(A:D*E:H)", "SUMPRODUCT((A:A=TRANSPOSE(B1:Z1))*1)", "MMULT(A1:AMJ1024,A1:AMJ1024)",
    "MDETERM(A1:AMJ1024)", "SUM(MINVERSE(A1:AMJ1024))", "SUM((A1:A20000=TRANSPOSE(A1:A20000))*1)", "CONCAT(A:XFD)",
    'TEXTJOIN(",",FALSE,A:XFD)', "SUM(LARGE(A:Z,ROW(1:10000)))", "FREQUENCY(A:J,K:T)", "LINEST(A:A,B:J)", "VLOOKUP(9,A:XFD,9)",
    "MATCH(9,A:A*1,0)", "INDEX(A:XFD*1,1,1)", "SUMIFS(A:A,B:B,1)+SUMPRODUCT(A:Z*1)", "NPV(0.1,A:XFD)", "IRR(A:Z*1)",
]  # fmt: skip
"""Ranges of millions of cells."""

GROWING = [
    'SUBSTITUTE(REPT("x",1000),"x",REPT("y",1000))',
    'LET(a,REPT("x",1000),b,SUBSTITUTE(a,"x",a),c,SUBSTITUTE(b,"x",a),c)',
    'LET(a,REPT("x",1000),b,a&a&a&a&a&a&a&a,c,b&b&b&b&b&b&b&b,d,c&c&c&c&c&c&c&c,e,d&d&d&d&d&d&d&d,f,e&e&e&e&e&e&e,LEN(f&f&f&f))',
    'REDUCE("x",SEQUENCE(40),LAMBDA(a,b,a&a))',
    "REDUCE(1,SEQUENCE(1000000),LAMBDA(a,b,REDUCE(1,SEQUENCE(1000000),LAMBDA(c,d,c+d))))",
    "SUM(SEQUENCE(1048576,16384))",
    "SUM(SEQUENCE(1E6,1E3))",
    "SUM(RANDARRAY(1048576,16384))",
    "SUM(MAKEARRAY(1048576,16384,LAMBDA(a,b,a*b)))",
    "SUM(MAKEARRAY(5000,5000,LAMBDA(a,b,SUM(SEQUENCE(a,b)))))",
    "SUM(SCAN(0,SEQUENCE(1000000,100),LAMBDA(a,b,a+b)))",
    "SUM(MAP(SEQUENCE(1000000,100),LAMBDA(a,a+1)))",
    "SUM(BYROW(SEQUENCE(1000000,100),LAMBDA(a,SUM(a))))",
    "LET(f,LAMBDA(g,n,g(g,n+1)),f(f,0))",
    "LET(f,LAMBDA(g,n,IF(n<2,1,g(g,n-1)+g(g,n-2))),f(f,90))",
    "SUM(EXPAND(1,1048576,16384,1))",
    "SUM(VSTACK(SEQUENCE(1000000,50),SEQUENCE(1000000,50)))",
    "SUM(TOCOL(SEQUENCE(10000,10000)))",
    "SUM(SORT(UNIQUE(SEQUENCE(10000,10000))))",
    'SUM(LEN(TEXTSPLIT(REPT("x,",1000),",")))*SUM(SEQUENCE(1E5,1E4))',
    "MUNIT(16384)",
    'REGEXREPLACE(REPT("a",1000),"(a+)+$","b")',
    'REGEXTEST(REPT("a",1000)&"b","^(a|a)*$")',
    "BASE(9007199254740991,2,255)&REPT(BASE(1,2,255),1000)",
]
"""What makes much out of little."""

LONG = {
    "a formula of a megabyte": "1" + "+1" * 500_000,
    "an array of constants": "SUM({" + ",".join(["1"] * 4_000) + "})",
    "an array of 16 million constants": "SUM({" + ",".join(["1"] * 4_000_000) + "})",
    "three hundred arguments": f"SUM({','.join(['1'] * 3_000)})",
    "signs without end": "-" * 8_000 + "1",
    "percent without end": "1" + "%" * 8_000,
    "powers of powers": "2" + "^2" * 4_000,
    "conditions in conditions": "IF(A1," * 1_300 + "1" + ")" * 1_300,
    "brackets, one after another": "+".join(["((((1))))"] * 800),
    "braces in braces": "{" * 4_000 + "1" + "}" * 4_000,
    "quotes without end": '"' * 8_001,
    "commas without end": "SUM(" + "," * 8_000 + ")",
    "ranges of ranges": ":".join(["A1"] * 2_700),
    "unions": "SUM((" + ",".join([WHOLE] * 500) + "))",
    "intersections": "SUM(" + " ".join([WHOLE] * 500) + ")",
    "comparisons without end": "1" + "=1" * 4_000,
    "joins of ranges": "&".join(["A:A"] * 2_000),
    "a number without end": "9" * 8_000,
    "exponents without end": "1E" + "9" * 8_000,
    "a name without end": "x" * 8_000,
    "a sheet without end": "'" + "x" * 8_000 + "'!A1",
    "nested LET": "LET(a,1," * 60 + "a" + ")" * 60,
    "lambdas in lambdas": "LAMBDA(x," * 60 + "x" + ")" * 60 + "(1)" * 60,
}

BOMBS: dict[str, Attack] = {
    **{f"={formula}": one(formula) for formula in SLOW},
    **{f"={formula}": array(formula) for formula in LARGE},
    **{f"={formula[:60]}": one(formula) for formula in GROWING},
    **{name: one(formula) for name, formula in LONG.items()},
    "a hundred slow ones": column(100, lambda n: f"BESSELJ(1,{n}E6)+VDB(1E6,1,1E6,0,{n}E4)"),
    "slow by what a cell holds": sheet(
        f'<row r="1"><c r="A1"><v>1000000000</v></c>{cell("B1", "BESSELJ(1,A1)")}{cell("C1", "VDB(A1,1,A1,0,A1)")}</row>'
    ),
    "REPT as a cell says": sheet(
        f'<row r="1"><c r="A1"><v>1000000</v></c>{cell("B1", "REPT(REPT(B2,A1),A1)")}{cell("C1", "LEN(B1&B1&B1)")}</row>'
    ),
    "doubling": column(60, doubled),
    "a long chain backwards": column(20_000, lambda n: f"A{n + 1}+1"),
    "a cell that reads itself": column(1, lambda _n: "A1+1"),
    "two that read each other": column(2, lambda n: f"A{3 - n}+1"),
    "a ring": column(30_000, lambda n: f"A{n % 30_000 + 1}+1"),
    "all read all": column(1_000, lambda _n: "SUM(A1:A1000)"),
    "a ring, iterated": lambda path: [
        column(1_000, lambda n: f"A{n % 1_000 + 1}+1")(path),
        replacing_in("xl/workbook.xml", b"<calcPr ", b'<calcPr iterate="1" iterateCount="32767" iterateDelta="0" ')(path),
    ],
    "whole rows": column(3_000, lambda n: f"SUM({n + 1}:1048576)"),
    "sums of sums": column(20_000, lambda n: f"SUM(B$1:Z{n})*SUM(C$1:ZZ{n})"),
    "products of columns": column(300, lambda _n: "SUMPRODUCT(B:B*C:C)"),
    "lookups of columns": column(5_000, lambda n: f"VLOOKUP({n},B:Z,2,FALSE)"),
    "a shared formula": shared(20_000, "SUM(B$1:ZZ$1000)"),
    "a long shared formula": shared(1_000, "+".join(["B1"] * 2_000)),
    "a shared formula that goes too far": shared(20_000, f"SUM(A1:{FAR})"),
    "sheets upon sheets": one(f"SUM(Start:Checks!{WHOLE})"),
    "sheets that are none": one(f"SUM('Nowhere:Elsewhere'!{WHOLE})"),
    "names that double": names(*(f"n{n + 1}+n{n + 1}" for n in range(60)), "1"),
    "names in a ring": names("n1+1", "n2+1", "n0+1"),
    "a name of itself": names("n0+n0"),
    "names of everything": names("SUM(n1)*SUM(n2)", f"Inputs!{WHOLE}", "Inputs!$A:$XFD"),
    "a name of a lambda": names("n1(1)", "LAMBDA(x,n1(x+1))"),
    "an array over a column": one("ROW(A:A)", ' t="array" ref="ZZ1:ZZ100000"'),
    "arrays upon arrays": column(300, lambda n: f"ROW(1:{n}00)*COLUMN(A:ZZ)", ' t="array" ref="B1:ZZ140"'),
}  # fmt: skip
