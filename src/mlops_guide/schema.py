"""The columns of the catalog's files, each declared once with its kind, rule and help.

Everything that needs to know a column reads it here: the loader (types), the
validator (rules, through :func:`pandera_schema`), the filters (facets) and the
data dictionary of the book (help).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pandera.pandas as pa

Kind = Literal["text", "list", "number", "integer", "date"]

SEPARATOR = ";"
MAX_LISTED = 30
COSTS = {"free": "Free", "freemium": "Freemium", "paid": "Paid"}
FORMATS = {
    "course": "Course",
    "book": "Book",
    "paper": "Paper",
    "guide": "Guide",
    "newsletter": "Newsletter",
    "blog": "Blog",
    "video": "Video",
    "podcast": "Podcast",
    "community": "Community",
    "repository": "Repository",
}
LEVELS = {
    "introductory": "Introductory",
    "intermediate": "Intermediate",
    "advanced": "Advanced",
}
STATUSES = {
    "active": "Active",
    "frozen": "Frozen: complete, no longer changed",
    "dormant": "Dormant: no news for long",
    "gone": "Gone from its address",
}
SORTS = {"title": "Title", "newest": "Newest", "shortest": "Shortest", "level": "Level"}


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


@dataclass(frozen=True)
class Facet:
    """A column that readers filter by.

    Attributes
    ----------
    name
        Name in addresses, arguments and traits.
    column
        Column of ``resources.csv`` that holds its values.
    title
        What readers see.
    values
        Titles by value, in their order of display; empty where the vocabulary is a file.
    """

    name: str
    column: str
    title: str
    values: Mapping[str, str]


FACETS = (
    Facet("topic", "topics", "Topic", {}),
    Facet("cost", "cost", "Cost", COSTS),
    Facet("format", "format", "Format", FORMATS),
    Facet("level", "level", "Level", LEVELS),
)


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Attributes
    ----------
    name, kind, help
        Its name, the type of its values, and a sentence for the data dictionary.
    required
        Whether an empty cell is refused; elsewhere empty means unknown.
    rules
        What a cell that is not empty must satisfy, besides the rules of its kind.
    vocabulary
        Name of the vocabulary whose values it takes (see :func:`pandera_schema`).
    """

    name: str
    kind: Kind
    help: str
    required: bool = False
    rules: tuple[Rule, ...] = ()
    vocabulary: str = ""


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


SLUG = Rule(
    "slug",
    lambda cell: bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell)),
    "use lower-case letters, digits and single hyphens, e.g. made-with-ml",
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
YES_NO = one_of(("yes", "no"))
SUMMARY = Rule("words", lambda cell: len(cell.split()) <= 30, "shorten it to 30 words at most")
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
    Rule(
        "formula",
        lambda cell: cell[0] not in "=+-@＝＋－＠",
        "do not begin with =, +, - or @, which a spreadsheet would run",
    ),
    Rule(
        "spaces",
        lambda cell: cell == cell.strip() and "  " not in cell,
        "remove spaces at the ends and doubled spaces",
    ),
)
LIST_RULE = Rule(
    "list",
    lambda cell: (
        all(i and i == i.strip() for i in split_list(cell))
        and len(set(split_list(cell))) == len(split_list(cell))
    ),
    f"separate items by '{SEPARATOR}' alone, without spaces, empty or repeated items",
)

RESOURCE_COLUMNS = (
    Column("id", "text", "Slug of the resource and name of its chapter.", True, (SLUG,)),
    Column("title", "text", "Title as its makers write it, without a subtitle.", True),
    Column("url", "text", "Its canonical home, http or https.", True, (URL,)),
    Column("former_urls", "list", "Addresses it had, or that lists still give.", False, (URLS,)),
    Column("format", "text", "What kind of thing it is.", True, (one_of(tuple(FORMATS)),)),
    Column("topics", "list", "One to five topics it is about.", True, (FIVE,), "topics"),
    Column("cost", "text", "What its main content costs.", True, (one_of(tuple(COSTS)),)),
    Column("cost_note", "text", "What is behind the pay wall, and what the free route is."),
    Column("price_usd", "number", "Price in US dollars, where one is known."),
    Column("cost_checked", "date", "Date of the evidence read for the cost.", False, (DATE,)),
    Column("level", "text", "What it expects of a reader.", True, (one_of(tuple(LEVELS)),)),
    Column("hours", "number", "Hours that it takes."),
    Column(
        "hours_basis",
        "text",
        "Whether the hours are stated by its makers or estimated by us.",
        False,
        (one_of(("stated", "estimated")),),
    ),
    Column("hands_on", "text", "Whether the learner builds or runs something.", False, (YES_NO,)),
    Column("certificate", "text", "Whether one can be earned today.", False, (YES_NO,)),
    Column("authors", "list", "People who made it."),
    Column("organization", "text", "Who publishes or hosts it."),
    Column("year", "integer", "Year of first publication.", False, (YEAR,)),
    Column("updated", "text", "Last known change of its content.", False, (PARTIAL_DATE,)),
    Column("status", "text", "Whether it is still tended.", True, (one_of(tuple(STATUSES)),)),
    Column("programming_languages", "list", "Programming languages it uses."),
    Column("language", "text", "Language it is written or spoken in (BCP 47).", True, (LANGUAGE,)),
    Column("license", "text", "SPDX identifier of its licence, where one fits."),
    Column("prerequisites", "list", "Ids of resources to know first."),
    Column("summary", "text", "One sentence of at most 30 words.", True, (SUMMARY,)),
    Column("added", "date", "Date on which the row was added here.", True, (DATE,)),
    Column("checked", "date", "Date of the evidence read for its facts.", False, (DATE,)),
    Column("archive_url", "text", "An archived copy.", False, (URL,)),
    Column("sources", "list", "Public addresses that its facts came from.", False, (URLS,)),
)
TOPIC_COLUMNS = (
    Column("topic", "text", "Slug of the topic.", True, (SLUG,)),
    Column("title", "text", "What readers see.", True),
    Column("description", "text", "One sentence: the questions the topic answers.", True),
    Column("order", "integer", "Place along the machine-learning life cycle.", True),
)
SYLLABUS_COLUMNS = (
    Column("resource", "text", "Id of the resource.", True, (SLUG,), "resources"),
    Column("order", "integer", "Place within the resource, from 1.", True),
    Column("group", "text", "Heading that the part stands under."),
    Column("title", "text", "Title of the part.", True),
    Column("url", "text", "Address of the part, where it has one of its own.", False, (URL,)),
    Column("topics", "list", "Topics that the part teaches.", False, (), "topics"),
)
FILES = {
    "topics.csv": TOPIC_COLUMNS,
    "resources.csv": RESOURCE_COLUMNS,
    "syllabus.csv": SYLLABUS_COLUMNS,
}


def column_rules(column: Column, vocabularies: Mapping[str, Sequence[str]]) -> tuple[Rule, ...]:
    """Return every rule for the cells of `column` that are not empty.

    Parameters
    ----------
    column
        The column.
    vocabularies
        Allowed values by name of vocabulary; one that is not there is not checked.
    """
    kinds: dict[Kind, tuple[Rule, ...]] = {
        "text": (),
        "list": (LIST_RULE,),
        "number": (NUMBER,),
        "integer": (INTEGER,),
        "date": (),
    }
    vocabulary = (
        (items_of(tuple(vocabularies[column.vocabulary]), f"{column.vocabulary}.csv"),)
        if column.vocabulary in vocabularies
        else ()
    )
    # A number or a date has a stricter form than text: one rule says all there is to say.
    if column.kind not in ("text", "list"):
        return column.rules or kinds[column.kind]
    return TEXT_RULES + kinds[column.kind] + column.rules + vocabulary


def pandera_schema(
    columns: Sequence[Column], vocabularies: Mapping[str, Sequence[str]]
) -> pa.DataFrameSchema:
    """Return the pandera schema of a file, for a frame that holds its cells as text.

    Parameters
    ----------
    columns
        The file's columns.
    vocabularies
        Allowed values by name of vocabulary.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Each check is named after its :class:`Rule`; ``required`` stands for an empty cell.
    """
    import pandera.pandas as pa

    def check(rule: Rule) -> Any:
        def holds(cells: Any) -> Any:
            return cells.map(lambda cell: cell == "" or rule.holds(cell)).astype(bool)

        return pa.Check(holds, name=rule.name, error=rule.name)

    def checks(column: Column) -> list[Any]:
        required = [pa.Check(lambda cells: cells != "", name="required", error="required")]
        rules = [check(rule) for rule in column_rules(column, vocabularies)]
        return (required if column.required else []) + rules

    return pa.DataFrameSchema({c.name: pa.Column(object, checks(c)) for c in columns})
