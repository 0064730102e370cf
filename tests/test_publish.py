"""Where the book is published, as settings and the environment say."""

from __future__ import annotations

import pytest

from mlops_guide.publish import Published, PublishError, published

FORK = {"GITHUB_REPOSITORY": "Ada/Guide", "GITHUB_REF_NAME": "main"}


@pytest.mark.parametrize(
    ("base", "environ", "wanted"),
    [
        ("", {}, Published()),
        ("", FORK, Published("https://ada.github.io/Guide/", "Ada/Guide")),
        (
            "",
            {"GITHUB_REPOSITORY": "ada/Ada.github.io"},
            Published("https://ada.github.io/", "ada/Ada.github.io"),
        ),
        ("https://guide.example.org", {}, Published("https://guide.example.org/")),
        (
            "https://guide.example.org/",
            FORK | {"GUIDE_BASE_URL": "https://other.example.org/a"},
            Published("https://other.example.org/a/", "Ada/Guide"),
        ),
        ("", {"GUIDE_BASE_URL": "http://127.0.0.1:8000/x/"}, Published("http://127.0.0.1:8000/x/")),
        (
            "",
            FORK | {"GITHUB_REF_NAME": "dev"},
            Published("https://ada.github.io/Guide/", "Ada/Guide", "dev"),
        ),
    ],
)
def test_the_place_follows_from_what_is_known(
    base: str, environ: dict[str, str], wanted: Published
) -> None:
    """The variable goes before the setting, the setting before what GitHub says."""
    assert published(base, environ) == wanted


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"GUIDE_BASE_URL": "guide.example.org"}, "GUIDE_BASE_URL is 'guide.example.org'; write"),
        ({"GUIDE_BASE_URL": "javascript:alert(1)"}, "write an absolute http"),
        ({"GITHUB_REPOSITORY": "no slash"}, "write it as owner/name"),
    ],
)
def test_what_names_no_place_is_refused(environ: dict[str, str], message: str) -> None:
    """A wrong setting is answered with its name, its value and what to write."""
    with pytest.raises(PublishError, match=message):
        published("", environ)
