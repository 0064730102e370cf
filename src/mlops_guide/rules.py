"""What a cell of the catalog must satisfy: each rule with its name, its test and its advice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import urlsplit

SEPARATOR = ";"
MAX_LISTED = 30


@dataclass(frozen=True)
class Rule:
    """One thing that a cell must satisfy.

    Attributes
    ----------
    name
        Short name, shown in messages.
    holds
        Takes the cell's text (never empty) and tells whether it is well.
    advice
        What to do when it is not.
    allowed
        The values that it allows, where it is about these.
    """

    name: str
    holds: Callable[[str], bool]
    advice: str
    allowed: tuple[str, ...] = ()


def split_list(cell: str) -> list[str]:
    """Return the items of a list cell; an empty cell has none."""
    return cell.split(SEPARATOR) if cell else []


def _is_date(cell: str) -> bool:
    """Tell whether `cell` is a whole ISO 8601 date, not in the future."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
        return False
    try:
        return dt.date.fromisoformat(cell) <= dt.date.today()
    except ValueError:
        return False


def _is_partial_date(cell: str) -> bool:
    """Tell whether `cell` is YYYY, YYYY-MM or YYYY-MM-DD, not in the future."""
    missing = {4: "-01-01", 7: "-01", 10: ""}.get(len(cell))
    return missing is not None and _is_date(cell + missing)


def _is_year(cell: str) -> bool:
    return (
        bool(re.fullmatch(r"\d{4}", cell, re.ASCII)) and 1950 <= int(cell) <= dt.date.today().year
    )


def is_web_address(url: str) -> bool:
    """Tell whether `url` is an absolute http(s) address without a user name or password."""
    if re.search(r"[\s\\\"'<>`{}|^]", url):
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError when out of range
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and bool(re.fullmatch(r"[^.\s]+(\.[^.\s]+)+", host))
    )


def one_of(allowed: Sequence[str]) -> Rule:
    """Return the rule that a cell holds one of `allowed`."""
    values = tuple(allowed)
    return Rule(
        "allowed", frozenset(allowed).__contains__, f"use one of {', '.join(values)}", values
    )


def items_of(allowed: Sequence[str], source: str) -> Rule:
    """Return the rule that every item of a list cell is one of `allowed`."""
    known = frozenset(allowed)
    listed = f": {', '.join(allowed)}" if len(allowed) <= MAX_LISTED else ""
    return Rule(
        "allowed",
        lambda cell: known.issuperset(split_list(cell)),
        f"use what {source} has{listed}",
        tuple(allowed),
    )


def at_most(count: int) -> Rule:
    """Return the rule that a cell has at most so many words."""
    return Rule("words", lambda cell: len(cell.split()) <= count, f"shorten it to {count} words")


SLUG = Rule(
    "slug",
    lambda cell: bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell)),
    "use lower-case letters, digits and single hyphens, e.g. made-with-ml",
)
PATH = Rule(
    "path",
    lambda cell: bool(re.fullmatch(r"(\w[\w.-]*/)*\w[\w.-]*\.\w+", cell, re.ASCII)),
    "write it from the site's root, without a slash at the start, e.g. book/topics.html",
)
URL = Rule(
    "url",
    is_web_address,
    "use an absolute http:// or https:// address without a user name or password",
)
URLS = Rule("url", lambda cell: all(map(is_web_address, split_list(cell))), URL.advice)
DATE = Rule("date", _is_date, "use an ISO date that is not in the future, e.g. 2026-01-19")
PARTIAL_DATE = Rule("date", _is_partial_date, "use YYYY, YYYY-MM or YYYY-MM-DD, not in the future")
YEAR = Rule("year", _is_year, "use a year with four digits, from 1950 to this year")
NUMBER = Rule(
    "number",
    lambda cell: bool(re.fullmatch(r"\d{1,7}(\.\d{1,4})?", cell, re.ASCII)),
    "use a number that is not negative, with a decimal point, e.g. 11.5",
)
INTEGER = Rule(
    "number",
    lambda cell: bool(re.fullmatch(r"\d{1,7}", cell, re.ASCII)),
    "use a whole number that is not negative",
)
SUMMARY = at_most(30)
WHY = at_most(20)
FIVE = Rule("count", lambda cell: len(split_list(cell)) <= 5, "keep the five that matter most")
LANGUAGE = Rule(
    "language",
    lambda cell: bool(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", cell)),
    "use a BCP 47 tag, e.g. en or pt-BR",
)


def _is_html(cell: str) -> bool:
    """Tell whether `cell` holds a tag or an entity; the list "AT&T;IBM" holds none."""
    names = re.findall(r"&(#?\w+;)", cell)
    return bool(re.search(r"<[A-Za-z/!?]", cell)) or any(n[0] == "#" or n in html5 for n in names)


# What no cell may hold, whatever its column: fields are data, never markup.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
ENCODING = Rule(
    "encoding",
    lambda cell: not re.search("[\ud800-\udfff]", cell),
    "save the file as UTF-8",
)
FORMULA = Rule(
    "formula",
    lambda cell: cell[0] not in "=+-@＝＋－＠",
    "do not begin with =, +, - or @, which a spreadsheet would run",
)
TEXT_RULES = (
    ENCODING,
    Rule(
        "invisible",
        lambda cell: not re.search(f"[{_HIDDEN}]", cell),
        "remove the NUL byte, line break, control, zero-width or text-direction character",
    ),
    Rule(
        "html",
        lambda cell: not _is_html(cell),
        "write plain text without HTML tags or entities",
    ),
    Rule(
        "markdown",
        lambda cell: not re.search(r"\]\s*[(\[]", cell),
        "write plain text; an address belongs in a column for addresses",
    ),
    FORMULA,
    Rule(
        "spaces",
        lambda cell: cell == cell.strip() and "  " not in cell,
        "remove spaces at the ends and doubled spaces",
    ),
)


def visible(text: str) -> str:
    """Return a text without what no cell may hold unseen, for catalogs that nobody checked.

    Line breaks become spaces; other control, zero-width and text-direction characters go,
    so does what XML cannot hold (https://www.w3.org/TR/xml/#charsets), and bytes that were
    not UTF-8 become question marks.
    """
    spaced = re.sub(r"[\t\n\r\u2028\u2029]+", " ", text)
    return re.sub(f"[{_HIDDEN}\ufffe\uffff]", "", spaced).encode("utf-8", "replace").decode()


LIST_RULE = Rule(
    "list",
    lambda cell: (
        all(i and i == i.strip() for i in split_list(cell))
        and len(set(split_list(cell))) == len(split_list(cell))
    ),
    f"separate items by '{SEPARATOR}' alone, without spaces, empty or repeated items",
)
