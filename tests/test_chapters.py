"""The prose of the book: whole chapters, each sentence said once, and nothing that fits twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import pairwise_distances

from mlops_guide.catalog import load_table

ROOT = Path(__file__).parents[1]
PARTS = {row["resource"] for row in load_table("syllabus.csv", ROOT / "data")}
CHAPTERS = sorted((ROOT / "book" / "resources").glob("*.md"))
PROSE = [ROOT / "index.md", *sorted((ROOT / "book").rglob("*.md"))]
WORDS = range(200, 601)
SHINGLE = 3
MOST_ALIKE = 0.15


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of prose of a chapter, without code, directives, links and markup."""
    fence = ""
    body = re.sub(
        r"\A---\n.*?\n---\n", lambda m: "\n" * m[0].count("\n"), path.read_text(), flags=re.S
    )
    for number, line in enumerate(body.splitlines(), 1):
        mark = re.match(r"\s*(`{3,}|:{3,})", line)
        if mark and mark[1][0] == "`":
            fence = "" if fence and mark[1] == fence else fence or mark[1]
        elif not fence and not mark and not line.startswith(("#", ":link", ":gutter")):
            plain = re.sub(r"\]\([^)]*\)|\{cite\}`[^`]*`", "", line)
            yield number, re.sub(r"`[^`]*`", "code", plain).strip(" *-[")


def sentences() -> dict[tuple[str, ...], list[str]]:
    """Return where each sentence of eight words or more stands, over all chapters."""
    found = defaultdict(list)
    for path in CHAPTERS:
        for _, line in lines(path):
            for sentence in re.split(r"(?<=[.!?;:])\s", line):
                words = tuple(re.findall(r"\w+", sentence.lower()))
                if len(words) >= 8:
                    found[words].append(path.name)
    return found


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_a_line_of_prose_holds_one_sentence(path: Path) -> None:
    """No line goes on with a capital after the end of a sentence."""
    end = re.compile(r"[a-z0-9)\]]{3}[)*\"”]*[.!?][)*\"”]* +[(*\"“\[]*[A-Z]")
    offenders = [f"{path.name}:{n}: {line}" for n, line in lines(path) if end.search(line)]
    assert offenders == []


def test_no_sentence_stands_in_two_chapters() -> None:
    """What is said of one resource, in eight words or more, is said of no other."""
    found = sentences()
    assert len(found) > 100
    assert {" ".join(words): where for words, where in found.items() if len(set(where)) > 1} == {}


def prose(path: Path) -> str:
    """Return the text of a chapter without headings, directives and markup."""
    return " ".join(line for _, line in lines(path))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_long_enough_to_help_and_no_longer(path: Path) -> None:
    """A chapter has 200 to 600 words of prose: no stub, as `add` leaves one, and no flood."""
    assert len(prose(path).split()) in WORDS
    assert "…" not in prose(path)


def test_no_two_chapters_are_alike() -> None:
    """Of all runs of three words in two chapters, less than 15 % stand in both (Jaccard)."""
    counter = CountVectorizer(ngram_range=(SHINGLE, SHINGLE), binary=True)
    shingles = counter.fit_transform(map(prose, CHAPTERS)).toarray().astype(bool)
    alike = 1 - pairwise_distances(shingles, metric="jaccard")
    np.fill_diagonal(alike, 0)
    first, second = np.unravel_index(alike.argmax(), alike.shape)
    assert alike.max() < MOST_ALIKE, (CHAPTERS[first].stem, CHAPTERS[second].stem)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_shows_its_own_row_and_syllabus(path: Path) -> None:
    """The directives name the chapter's resource, and a syllabus is shown where there is one."""
    named = re.findall(r"^```\{(resource-card|syllabus|related)\} (\S+)$", path.read_text(), re.M)
    shown = Counter(directive for directive, _ in named)
    assert {key for _, key in named} == {path.stem}
    assert shown == Counter(["resource-card", "related"] + ["syllabus"] * (path.stem in PARTS))
