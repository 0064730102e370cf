"""Write the launch buttons of README.md, for the repository that this checkout belongs to.

A README cannot know the fork that it stands in, and a button that opens someone else's copy is
worse than none: so they are written once a repository has an address.

    python tests/readme.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mlops_guide.in_browser import BINDER, binder_address
from mlops_guide.publish import REPOSITORY, Published, PublishError, published

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {"Explore": "explore", "the charts": "charts"}
PLACE = re.compile(r"(?<=<!-- launch: make readme -->\n).*(?=<!-- launch ends -->)", re.DOTALL)


def place_of(remote: str) -> Published:
    """Return where a checkout is published: the environment first, then its remote on GitHub.

    Raises
    ------
    PublishError
        If neither names a repository.
    """
    place = published()
    found = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(\.git)?/?$", remote, re.ASCII)
    if not place.repository and not found:
        asked = f"set {REPOSITORY}=owner/name, or give git a remote 'origin' on GitHub"
        raise PublishError(f"README.md: no repository is known; {asked}")
    return place if place.repository or not found else Published(repository=found[1])


def with_buttons(readme: str, place: Published) -> str:
    """Return the text of the README with a button for each notebook.

    Raises
    ------
    PublishError
        If the text has lost the comments that the buttons stand between.
    """
    badge = f"{BINDER}/badge_logo.svg"
    buttons = [
        f"[![Run {title} on Binder]({badge})]({binder_address(place, Path(f'book/{name}.ipynb'))})"
        for title, name in NOTEBOOKS.items()
    ]
    written, count = PLACE.subn(lambda _: "".join(f"{button}\n" for button in buttons), readme)
    if count != 1:
        raise PublishError("README.md: the two comments 'launch' are gone; put them back")
    return written


def main(path: Path = ROOT / "README.md") -> None:
    """Write the buttons, or say in one line why not."""
    git = ["git", "-C", str(path.parent), "remote", "get-url", "origin"]
    remote = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    try:
        text = with_buttons(path.read_text(encoding="utf-8"), place_of(remote))
    except PublishError as error:
        sys.exit(str(error))
    whole = path.with_suffix(".new")
    whole.write_text(text, encoding="utf-8")
    whole.replace(path)


if __name__ == "__main__":
    main()
