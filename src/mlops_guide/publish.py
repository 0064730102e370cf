"""Where the book is published: from one setting, or from what the environment says.

A fork publishes right addresses without an edit: GitHub Actions name the repository, and
GitHub Pages serve it at an address that follows from its name. Where nothing is known,
as on a contributor's machine, whatever needs an absolute address is left out of the book.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mlops_guide.rules import is_web_address

BASE = "GUIDE_BASE_URL"
REPOSITORY = "GITHUB_REPOSITORY"
BRANCH = "GITHUB_REF_NAME"


class PublishError(ValueError):
    """A setting that names no place; the message says which, its value and what to do."""


@dataclass(frozen=True)
class Published:
    """Where the book is published.

    Attributes
    ----------
    base
        Its absolute address, with a slash at the end; empty where it is not known.
    repository
        ``owner/name`` on GitHub; empty where it is not known.
    branch
        The branch that readers run and edit.
    """

    base: str = ""
    repository: str = ""
    branch: str = "main"


def published(base: str = "", environ: Mapping[str, str] = os.environ) -> Published:
    """Return where the book is published.

    Parameters
    ----------
    base
        The setting ``html.baseurl`` of ``_config.yml``; the variable ``GUIDE_BASE_URL`` goes
        before it.
    environ
        Variables of the environment; ``GITHUB_REPOSITORY`` and ``GITHUB_REF_NAME`` are those
        of GitHub Actions:
        https://docs.github.com/en/actions/reference/workflows-and-actions/variables

    Raises
    ------
    PublishError
        If a setting names no http(s) address, or no repository.
    """
    repository = environ.get(REPOSITORY, "")
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise PublishError(f"{REPOSITORY} is '{repository}'; write it as owner/name")
    address = environ.get(BASE) or base or _pages(repository)
    # A test site on this machine is a place too.
    local = re.fullmatch(r"http://(localhost|127\.0\.0\.1)(:\d+)?/.*", address)
    if address and not (local or is_web_address(address)):
        raise PublishError(f"{BASE} is '{address}'; write an absolute http(s) address")
    branch = environ.get(BRANCH) or Published.branch
    return Published(address and address.rstrip("/") + "/", repository, branch)


def _pages(repository: str) -> str:
    """Return where GitHub Pages serve a repository without a domain of its own."""
    owner, _, name = repository.lower().partition("/")
    if not owner:
        return ""
    home = f"https://{owner}.github.io/"
    return home if name == f"{owner}.github.io" else f"{home}{repository.partition('/')[2]}/"
