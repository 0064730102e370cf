"""The columns of the catalog's files, each declared once with its kind, rule and help.

Everything that needs to know a column reads it here: the loader (types), the
validator (rules, through :func:`pandera_schema`), the filters (facets) and the
data dictionary of the book (help).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mlops_guide.rules import (
    DATE,
    FIVE,
    INTEGER,
    LANGUAGE,
    LIST_RULE,
    NUMBER,
    PARTIAL_DATE,
    PATH,
    SLUG,
    SUMMARY,
    TEXT_RULES,
    URL,
    URLS,
    WHY,
    YEAR,
    Rule,
    items_of,
    one_of,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

Kind = Literal["text", "list", "number", "integer", "date"]

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
    "gone": "Gone: no longer at its address",
}
YES_NO = {"yes": "Yes", "no": "No"}
NO_CODE = {"none": "No code"}
SORTS = {"title": "Title", "newest": "Newest", "shortest": "Shortest", "level": "Level"}


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
        Values that occur besides these are shown after them, under their own names.
    folded
        Whether it waits under "More filters", to keep the first ones in view.
    """

    name: str
    column: str
    title: str
    values: Mapping[str, str]
    folded: bool = False


@dataclass(frozen=True)
class Range:
    """A column of numbers that readers filter by a lowest and a highest value.

    Attributes
    ----------
    name
        Its column, and its name in addresses, arguments and traits.
    title
        What readers see.
    """

    name: str
    title: str


FACETS = (
    Facet("topic", "topics", "Topic", {}),
    Facet("cost", "cost", "Cost", COSTS),
    Facet("format", "format", "Format", FORMATS),
    Facet("level", "level", "Level", LEVELS),
    Facet("hands_on", "hands_on", "Hands-on", YES_NO, folded=True),
    Facet("certificate", "certificate", "Certificate", YES_NO, folded=True),
    Facet(
        "programming_language",
        "programming_languages",
        "Programming language",
        NO_CODE,
        folded=True,
    ),
    Facet(
        "status",
        "status",
        "Status",
        {value: title.partition(":")[0] for value, title in STATUSES.items()},
        folded=True,
    ),
)
RANGES = (Range("hours", "Hours"), Range("year", "Year"))


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


_YES_NO = (one_of(tuple(YES_NO)),)

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
    Column("hands_on", "text", "Whether the learner builds or runs something.", False, _YES_NO),
    Column("certificate", "text", "Whether one can be earned today.", False, _YES_NO),
    Column("authors", "list", "People who made it."),
    Column("organization", "text", "Who publishes or hosts it."),
    Column("year", "integer", "Year of first publication.", False, (YEAR,)),
    Column("updated", "text", "Last known change of its content.", False, (PARTIAL_DATE,)),
    Column("status", "text", "Whether it is still tended.", True, (one_of(tuple(STATUSES)),)),
    Column(
        "programming_languages",
        "list",
        "Programming languages that its code is in; none where it has no code.",
    ),
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
PREREQUISITE_COLUMNS = (
    Column("resource", "text", "Id of the resource.", True, (SLUG,), "resources"),
    Column("prerequisite", "text", "Id of what it needs first.", True, (SLUG,), "resources"),
    Column("why", "text", "What exactly is needed from it.", True, (WHY,)),
)
REJECTED_COLUMNS = (
    Column("id", "text", "Slug that it would have had.", True, (SLUG,)),
    Column("title", "text", "Title as its makers write it.", True),
    Column("url", "text", "Its address.", True, (URL,)),
    Column("reason", "text", "Why it has no place here, in one line.", True),
    Column("checked", "date", "Date of the evidence read.", False, (DATE,)),
)
ADDRESS_COLUMNS = (
    Column("path", "text", "The address, from the root of the site.", True, (PATH,)),
    Column("published", "date", "Date on which it was first published.", True, (DATE,)),
    Column("moved_to", "text", "Where it leads now, if it has moved.", False, (PATH,)),
)
FILES = {
    "topics.csv": TOPIC_COLUMNS,
    "resources.csv": RESOURCE_COLUMNS,
    "syllabus.csv": SYLLABUS_COLUMNS,
    "prerequisites.csv": PREREQUISITE_COLUMNS,
    "rejected.csv": REJECTED_COLUMNS,
    "addresses.csv": ADDRESS_COLUMNS,
}

ROW_ORDER = {
    "topics.csv": ("order",),
    "resources.csv": ("id",),
    "syllabus.csv": ("resource", "order"),
    "prerequisites.csv": ("resource", "prerequisite"),
    "rejected.csv": ("id",),
    "addresses.csv": ("path",),
}
"""The columns by which the rows of each file are sorted."""


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
