"""What `validate` refuses between rows, between files, and between rows and chapters."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide_copy import RESOURCES, GuideCopy
from mlops_guide.validate import normal_url

SYLLABUS, TOPICS = "data/syllabus.csv", "data/topics.csv"
CHAPTER = "book/resources/made-with-ml.md"
REASONS, REJECTED = "data/prerequisites.csv", "data/rejected.csv"
HOME = "https://madewithml.com/"


@pytest.fixture
def guide(tmp_path: Path) -> GuideCopy:
    """A copy of the guide."""
    return GuideCopy(tmp_path)


def test_refuses_a_duplicate_id(guide: GuideCopy) -> None:
    """The later of two rows with one id is refused, and told where the first is."""
    guide.append([{"id": "made-with-ml", "url": "https://example.org/"}])
    assert guide.places() == [(RESOURCES, 12, "id", "unique"), (RESOURCES, 12, "id", "order")]
    assert "line 5 has it already" in guide.validate().lines[0]


SAME = {
    "equal": HOME,
    "scheme": "http://madewithml.com/",
    "www": "https://www.madewithml.com/",
    "slash": "https://madewithml.com",
    "host-case": "https://MadeWithML.com/",
    "tracking": "https://madewithml.com/?utm_source=x&utm_medium=y",
    "referrer": "https://madewithml.com/?ref=list",
    "click": "https://madewithml.com?fbclid=1&gclid=2",
    "port": "https://madewithml.com:443/",
    "all": "HTTP://WWW.MadeWithML.com?utm_campaign=x",
}
OTHER = {
    "path": "https://madewithml.com/courses/",
    "parameter": "https://madewithml.com/?page=2",
    "fragment": "https://madewithml.com/#mlops",
    "host": "https://docs.madewithml.com/",
    "port": "https://madewithml.com:8080/",
    "domain": "https://madewithml.org/",
}


@pytest.mark.parametrize("url", SAME.values(), ids=SAME)
def test_refuses_the_same_address(guide: GuideCopy, url: str) -> None:
    """Two addresses that lead to one page are refused, and the message names the first row."""
    line = guide.edit("ml-ops-org", "url", url)
    assert guide.places() == [(RESOURCES, line, "url", "unique")]
    assert "'made-with-ml' has the same address" in guide.validate().lines[0]


@pytest.mark.parametrize("url", OTHER.values(), ids=OTHER)
def test_accepts_a_different_address(guide: GuideCopy, url: str) -> None:
    """Addresses that differ in a part that matters are two."""
    guide.edit("ml-ops-org", "url", url)
    assert guide.validate().status == 0


def test_normal_url_keeps_what_matters() -> None:
    """The case of a path and repeated parameters count; the order of parameters does not."""
    assert normal_url("https://a.org/B") != normal_url("https://a.org/b")
    assert normal_url("https://a.org/?a=1&a=2") != normal_url("https://a.org/?a=1")
    assert normal_url("https://a.org/?b=&a=1") == normal_url("http://a.org?utm_id=1&a=1&b=")
    assert normal_url("https://[") == "https://["


def test_suggests_the_prerequisite_that_was_meant(guide: GuideCopy) -> None:
    """An unknown prerequisite is refused, and the message names the nearest id."""
    line = guide.edit("cs329s", "prerequisites", "uc-r-predictive;ml-ops-or")
    reason = guide.line("cs329s", "prerequisites.csv")
    assert guide.places() == [
        (RESOURCES, line, "prerequisites", "prerequisite"),
        (REASONS, reason, "prerequisite", "edge"),
    ]
    advice = "name an id of this file; did you mean 'ml-ops-org'?"
    assert guide.validate().lines[0].endswith(f": 'ml-ops-or': {advice}")


def test_refuses_the_unknown_prerequisites_of_every_row(guide: GuideCopy) -> None:
    """Each unknown prerequisite is refused at its own row, also where an id stands twice."""
    copy = {"id": "made-with-ml", "title": "Made With ML", "prerequisites": "beta"}
    guide.append([{**copy, "url": "https://example.org/"}])
    first = guide.edit("made-with-ml", "prerequisites", "alpha;ml-ops-org;gamma")
    places = [place for place in guide.places() if place[3] == "prerequisite"]
    assert [place[1] for place in places] == [first, first, 12]


@pytest.mark.parametrize(
    ("edits", "cycles"),
    [
        pytest.param(
            {"ml-ops-org": "mlops-roundup"},
            ["ml-ops-org > mlops-roundup > ml-ops-org"],
            id="two",
        ),
        pytest.param(
            {"uc-r-predictive": "umn-ml-system-design"},
            ["cs329s > uc-r-predictive > umn-ml-system-design > cs329s"],
            id="three",
        ),
        pytest.param(
            {"ml-ops-org": "mlops-roundup", "uc-r-predictive": "cs329s"},
            ["cs329s > uc-r-predictive > cs329s", "ml-ops-org > mlops-roundup > ml-ops-org"],
            id="separate",
        ),
        pytest.param(
            {"hidden-technical-debt": "umn-ml-system-design"},
            ["cs329s > hidden-technical-debt > umn-ml-system-design > cs329s"],
            id="long-names",
        ),
    ],
)
def test_refuses_a_circle_of_prerequisites(
    guide: GuideCopy, edits: dict[str, str], cycles: list[str]
) -> None:
    """Every circle is refused once, and shown from its first row back to it."""
    for key, value in edits.items():
        guide.edit(key, "prerequisites", value)
    lines = [guide.line(cycle.split(" ")[0]) for cycle in cycles]
    assert guide.places() == [(RESOURCES, line, "prerequisites", "cycle") for line in lines]
    printed = guide.validate().lines
    assert [line.split("'")[1] for line in printed[:-1]] == cycles


def _chain(guide: GuideCopy, length: int) -> None:
    """Append rows of which each has the one before it as its prerequisite."""
    guide.append(
        [
            {
                "id": f"z-{n:06}",
                "url": f"https://example.org/{n}",
                "prerequisites": f"z-{n + 1:06}" if n + 1 < length else "",
            }
            for n in range(length)
        ]
    )


def test_follows_a_deep_chain_of_prerequisites(guide: GuideCopy) -> None:
    """Thousands of prerequisites in a row do not exhaust the stack."""
    _chain(guide, 5_000)
    assert {place[3] for place in guide.places()} == {"chapter"}


def test_shows_a_long_circle_cut_short(guide: GuideCopy) -> None:
    """A circle of thousands is refused in one line of bearable length."""
    _chain(guide, 5_000)
    guide.edit("z-004999", "prerequisites", "z-000000")
    places = guide.places()
    assert [place[3] for place in places].count("cycle") == 1
    place = places.index((RESOURCES, 12, "prerequisites", "cycle"))
    assert len(guide.validate("--most", "9999").lines[place]) < 300


def test_refuses_a_row_without_a_chapter(guide: GuideCopy) -> None:
    """A resource that has no chapter is refused at its row, with the name of the file to write."""
    (guide.root / CHAPTER).unlink()
    assert guide.places() == [(RESOURCES, 5, "id", "chapter")]
    assert f"write {CHAPTER}" in guide.validate().lines[0]


def test_refuses_a_chapter_without_a_row(guide: GuideCopy) -> None:
    """A chapter of nothing is refused."""
    path = guide.root / "book" / "resources" / "unknown.md"
    path.write_text("# Unknown\n", encoding="utf-8")
    assert guide.places() == [("book/resources/unknown.md", 0, "-", "row")]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"# Made with ML\n", 1),
        (b"\nText.\n\n# Made With M.L.\n", 4),
        (b"## Made With ML\n", 1),
        (b"", 1),
    ],
    ids=["case", "below", "level", "empty"],
)
def test_refuses_a_title_that_differs(guide: GuideCopy, content: bytes, row: int) -> None:
    """A chapter whose heading is not the title of its row is refused at its heading."""
    (guide.root / CHAPTER).write_bytes(content)
    assert guide.places() == [(CHAPTER, row, "-", "title")]
    assert "the row says 'Made With ML'" in guide.validate().lines[0]


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf# Made With ML\r\n", b"# Made With ML  \n", b"---\na: b\n---\n# Made With ML"],
    ids=["windows", "spaces", "front-matter"],
)
def test_accepts_a_chapter(guide: GuideCopy, content: bytes) -> None:
    """A byte-order mark, Windows line ends and front matter do not hide a chapter's title."""
    (guide.root / CHAPTER).write_bytes(content)
    assert guide.validate().status == 0


def test_refuses_a_chapter_that_is_not_utf_8(guide: GuideCopy) -> None:
    """A chapter in another encoding is refused at the first line that shows it."""
    with (guide.root / CHAPTER).open("r+b") as file:
        file.write(b"# Made With ML\n\nCaf\xe9.\n")
    assert guide.places() == [(CHAPTER, 3, "-", "encoding")]


def test_refuses_a_chapter_that_cannot_be_read(guide: GuideCopy) -> None:
    """A folder with the name of a chapter is a problem, and no crash."""
    (guide.root / CHAPTER).unlink()
    (guide.root / CHAPTER).mkdir()
    assert guide.places() == [(CHAPTER, 0, "-", "missing-file")]


@pytest.mark.parametrize(
    ("column", "value", "rules"),
    [
        ("resource", "cs329", ["allowed"]),
        ("resource", "", ["required"]),
        ("topics", "deployments", ["allowed"]),
        ("topics", "deployment;drift", ["allowed"]),
        ("order", "2", []),
        ("order", "first", ["number"]),
        ("order", "", ["required"]),
        ("title", "", ["required"]),
        ("url", "javascript:alert(1)", ["url"]),
        ("title", "<script>", ["html"]),
    ],
)
def test_refuses_a_cell_of_the_syllabus(
    guide: GuideCopy, column: str, value: str, rules: list[str]
) -> None:
    """A part of an unknown resource or topic, or of no form, is refused at its line."""
    guide.edit("cs329s", column, value, "syllabus.csv")
    expected = [(SYLLABUS, 2, column, rule) for rule in rules]
    assert guide.places() == (expected or [(SYLLABUS, 3, "order", "unique")])


def test_names_the_place_of_a_doubled_part(guide: GuideCopy) -> None:
    """The later of two parts with one order is refused, and told where the first is."""
    guide.edit("cs329s", "order", "2", "syllabus.csv")
    expected = (
        f"{SYLLABUS}:3:order: unique: '2': line 2 has it already for 'cs329s'; choose another"
    )
    assert guide.validate().lines[0] == expected


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("topic", "interviews", (18, "topic", "unique")),
        ("order", "17", (18, "order", "unique")),
        ("order", "-1", (17, "order", "number")),
        ("title", "", (17, "title", "required")),
        ("description", "", (17, "description", "required")),
    ],
)
def test_refuses_a_row_of_the_topics(
    guide: GuideCopy, column: str, value: str, expected: tuple[int, str, str]
) -> None:
    """A topic that stands twice, or has no order, title or description, is refused."""
    guide.edit("case-studies", column, value, "topics.csv")
    assert guide.places()[0] == (TOPICS, *expected)


def test_refuses_the_use_of_a_topic_that_is_gone(guide: GuideCopy) -> None:
    """Once a topic is renamed, every row and part that has the old name is refused."""
    users = [n for n, row in enumerate(guide.read(), 1) if "monitoring" in row[5].split(";")]
    parts = guide.read("syllabus.csv")
    uses = [n for n, row in enumerate(parts, 1) if "monitoring" in row[5].split(";")]
    guide.edit("monitoring", "topic", "observability", "topics.csv")
    expected = [(RESOURCES, line, "topics", "allowed") for line in users]
    assert guide.places() == expected + [(SYLLABUS, line, "topics", "allowed") for line in uses]


@pytest.mark.parametrize(
    ("name", "column", "advice"),
    [
        ("resources.csv", "id", "sort the rows by id: it comes before 'dtu-mlops'"),
        ("syllabus.csv", "resource", "sort the rows by resource and order: it comes before "),
        ("topics.csv", "order", "sort the rows by order: it comes before '2'"),
        ("prerequisites.csv", "resource", "sort the rows by resource and prerequisite: it comes"),
    ],
)
def test_refuses_rows_out_of_their_order(
    guide: GuideCopy, name: str, column: str, advice: str
) -> None:
    """The first row that stands too late is told, once, with the row it belongs before."""
    header, first, second, *rest = guide.read(name)
    guide.write([header, second, first, *rest], name)
    assert guide.places() == [(f"data/{name}", 3, column, "order")]
    assert advice in guide.validate().lines[0]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("resource", "nothing-known", "allowed"),
        ("prerequisite", "nothing-known", "allowed"),
        ("prerequisite", "mlops-zoomcamp", "edge"),
        ("why", "", "required"),
        ("why", "word " * 20 + "word", "words"),
        ("why", "=1", "formula"),
    ],
)
def test_refuses_a_reason_without_its_prerequisite(
    guide: GuideCopy, column: str, value: str, rule: str
) -> None:
    """A reason belongs to a prerequisite that resources.csv has, and is short plain text."""
    line = guide.edit("umn-ml-system-design", column, value, "prerequisites.csv")
    assert (REASONS, line, column, rule) in guide.places()


def test_refuses_two_reasons_for_one_prerequisite(guide: GuideCopy) -> None:
    """The later of two reasons is refused, and told where the first is."""
    rows = guide.read("prerequisites.csv")
    guide.write([*rows, rows[-1]], "prerequisites.csv")
    assert guide.places() == [(REASONS, len(rows) + 1, "prerequisite", "unique")]


def test_refuses_what_is_both_taken_and_rejected(guide: GuideCopy) -> None:
    """A rejected resource is not in the catalog too, by id or by address, and stands once."""
    rejected = [
        {"id": "made-with-ml", "url": "https://example.org/"},
        {"id": "made-with-ml-again", "url": "http://www.madewithml.com"},
        {"id": "zz", "url": "https://example.org/1"},
        {"id": "zz", "url": "https://example.org/2"},
    ]
    header = guide.read("rejected.csv")[0]
    plain = {"title": "T", "reason": "Old.", "checked": "2026-01-01"}
    rows = [[{**plain, **row}[column] for column in header] for row in rejected]
    guide.write([header, *rows], "rejected.csv")
    assert guide.places() == [
        (REJECTED, 2, "id", "unique"),
        (REJECTED, 3, "url", "unique"),
        (REJECTED, 5, "id", "unique"),
    ]
