"""The picture that a shared link shows."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from mlops_guide.card import MARGIN, SIZE, draw_card, kept_card, place_card

LONG = "Building a Gigascale ML Feature Store with Redis, Binary Serialization and Compression " * 3
TITLES = ["", "A", "Überwachung, Łódź, ş, “quoted”", LONG, "W" * 10_000, "<b>\u202e日本</b>\x00\n"]


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_every_title_has_its_room(title: str) -> None:
    """A picture has the size that is promised and a free margin, whatever stands in it."""
    drawn = draw_card("The guide", title, ["Course", "Free", "x" * 10_000, "never shown"])
    image = Image.open(BytesIO(drawn)).convert("RGB")

    assert image.size == SIZE
    ground = Image.new("RGB", SIZE, image.getpixel((0, 0)))
    left, top, right, bottom = ImageChops.difference(image, ground).getbbox()
    assert min(left, top) >= MARGIN - 6
    assert right <= SIZE[0] - MARGIN + 6
    assert bottom <= SIZE[1] - MARGIN + 1
    assert len(drawn) < 60_000


def test_a_picture_shows_its_facts() -> None:
    """Another title, cost or book is another picture; the same is the same to the byte."""
    first = draw_card("Guide", "A", ["Course", "Free"])
    assert first == draw_card("Guide", "A", ["Course", "Free"])
    others = [
        ("Guide", "B", ["Course", "Free"]),
        ("Guide", "A", ["Course"]),
        ("X", "A", ["Course"]),
    ]
    assert len({first, *(draw_card(*other) for other in others)}) == 4


def test_a_picture_is_drawn_once(tmp_path: Path) -> None:
    """A kept picture is not drawn again, also after the book was removed."""
    kept = kept_card(tmp_path / "kept", "Guide", "A", ["Free"])
    kept.write_bytes(b"kept")

    assert kept_card(tmp_path / "kept", "Guide", "A", ["Free"]) == kept
    assert kept_card(tmp_path / "kept", "Guide", "A", ["Paid"]) != kept
    assert place_card(kept, tmp_path / "book") == kept.name
    assert (tmp_path / "book" / kept.name).read_bytes() == b"kept"
    assert not list(tmp_path.rglob("*.part"))
