"""The Content-Security-Policy that stands on every page."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from mlops_guide.policy import DIRECTIVES, inline_scripts, policy, with_policy
from pages import pages

PAGE = (
    '<!DOCTYPE html><html><head>\n<meta charset="utf-8" />{head}</head><body>{body}</body></html>'
)


def hashed(text: str) -> str:
    """Return the source expression of a script, computed apart from the code under test."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.standard_b64encode(digest).decode('ascii')}'"


def test_a_script_of_the_head_is_allowed_by_its_hash() -> None:
    """The policy names the hash of an inline script, once, whatever its letters and lines."""
    script = "\n  let é = '</b>';\n"
    page = PAGE.format(head=f"<script data-x>{script}</script>" * 2, body="")
    assert f"script-src 'self' 'wasm-unsafe-eval' {hashed(script)};" in policy(page)


def test_a_script_of_the_body_is_not_allowed() -> None:
    """Whatever reaches the body of a page cannot run there."""
    page = PAGE.format(head="", body="<script>alert(1)</script>")
    assert "sha256" not in policy(page)
    assert "'unsafe-inline'" not in DIRECTIVES["script-src"]


@pytest.mark.parametrize(
    "script",
    [
        '<script src="x.js"></script>',
        '<script type="application/json">{}</script>',
        "<script type='application/ld+json'>{}</script>",
    ],
)
def test_files_and_data_need_no_hash(script: str) -> None:
    """A script of its own file, and one that is data, leave the policy as it is."""
    assert inline_scripts(script) == []


def test_the_policy_comes_before_what_it_rules() -> None:
    """The policy follows the character set, which has to come first, and nothing else."""
    page = with_policy(PAGE.format(head="<script>1</script><link>", body=""))
    first, second, third, *_ = BeautifulSoup(page, "html.parser").head.find_all(True)
    assert first["charset"] == "utf-8"
    assert second["http-equiv"] == "Content-Security-Policy"
    assert third.name == "script"


def test_what_is_no_page_stays_as_it_is() -> None:
    """A rendered text without a head gets no policy."""
    assert with_policy("<OpenSearchDescription/>") == "<OpenSearchDescription/>"


def test_every_page_has_the_same_policy(book: Path) -> None:
    """One policy holds for all pages, so that a host can send it as a header too."""
    found = {}
    for name in pages(book):
        page = BeautifulSoup((book / name).read_text(encoding="utf-8"), "html.parser")
        found[name] = [
            meta["content"] for meta in page.select('meta[http-equiv="Content-Security-Policy"]')
        ]
        assert inline_scripts(str(page.body)) == [], name
        assert not [
            tag for tag in page.find_all(True) if any(a.startswith("on") for a in tag.attrs)
        ]
    assert len({tuple(policies) for policies in found.values()}) == 1
    assert all(len(policies) == 1 for policies in found.values())
