"""The launch buttons of the README."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import readme
from mlops_guide.publish import BRANCH, REPOSITORY

ROOT = Path(__file__).parents[1]
OPENS = "https://mybinder.org/v2/gh/ada/fork/main?urlpath=lab%2Ftree%2Fbook%2F{}.ipynb"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the README in a repository without a remote, and no word in the environment."""
    monkeypatch.delenv(REPOSITORY, raising=False)
    monkeypatch.delenv(BRANCH, raising=False)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    path = tmp_path / "README.md"
    path.write_bytes((ROOT / "README.md").read_bytes())
    return path


@pytest.mark.parametrize(
    "remote", ["https://github.com/ada/fork.git", "git@github.com:ada/fork", ""]
)
def test_the_buttons_follow_the_repository(
    copy: Path, monkeypatch: pytest.MonkeyPatch, remote: str
) -> None:
    """Each notebook opens in the fork that the remote or the environment names, once."""
    if remote:
        git = ["git", "-C", str(copy.parent), "remote", "add", "origin", remote]
        subprocess.run(git, check=True)
    else:
        monkeypatch.setenv(REPOSITORY, "ada/fork")
    before = copy.read_text("utf-8")

    readme.main(copy)
    once = copy.read_text("utf-8")
    readme.main(copy)

    assert copy.read_text("utf-8") == once
    for notebook in ("explore", "charts"):
        assert once.count(OPENS.format(notebook)) == 1
    assert readme.PLACE.sub("", once) == readme.PLACE.sub("", before)
    assert sorted(path.name for path in copy.parent.iterdir()) == [".git", "README.md"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text, "no repository is known"),
        (lambda text: text.replace("launch ends", ""), "comments 'launch' are gone"),
    ],
    ids=["no repository", "no place"],
)
def test_what_cannot_be_written_is_left_alone(
    copy: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str], said: str
) -> None:
    """One line says what is missing, and the file stays as it was."""
    text = change(copy.read_text("utf-8"))
    copy.write_text(text, "utf-8")
    if "gone" in said:
        monkeypatch.setenv(REPOSITORY, "ada/fork")

    with pytest.raises(SystemExit, match=f"README.md: .*{said}"):
        readme.main(copy)

    assert copy.read_text("utf-8") == text
