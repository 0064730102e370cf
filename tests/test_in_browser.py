"""The way from a notebook's page to the same notebook with Python in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from sphinx_project import Project, notebook

FACTS = {"notebooks": ["explore"], "pandas": True, "first": 31_400_000, "later": 17_600_000}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a notebook that runs in the browser, and one that does not."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)  # set where GitHub runs the tests
    project = Project(tmp_path / "project")
    project.conf("myst_nb")
    project.write(**{"book/resources/four": "# Four\n"})
    for name in ("explore", "other"):
        (project.folder / "book" / f"{name}.ipynb").write_text(notebook())
    with (project.folder / "index.md").open("a") as index:
        index.write("\n```{toctree}\nbook/explore\nbook/other\n```\n")
    return project


@pytest.fixture
def lite(tmp_path: Path) -> Path:
    """A folder such as `make lite` leaves."""
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "guide.json").write_text(json.dumps(FACTS))
    (folder / "run.html").write_text("<!doctype html>")
    return folder


def test_a_book_built_with_it_leads_to_it(project: Project, lite: Path) -> None:
    """The page says size and wait, leads to a file that is there, and no other page does."""
    built = project.build(confoverrides={"mlops_guide_lite": str(lite)})
    link = built.page("book/explore").select_one("a.mg-run-button")
    assert link is not None
    assert link["href"] == "../lite/run.html?notebook=explore"
    said = built.page("book/explore").select_one(".mg-run").get_text()  # type: ignore[union-attr]
    assert "up to 31 MB" in said
    assert "18 MB more" in said
    assert "30 s" in said
    assert (built.folder / "lite" / "run.html").is_file()
    assert not built.page("book/other").select(".mg-run")
    assert not built.page("book/resources/four").select(".mg-run")


def test_the_button_for_binder_follows_the_repository(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork's button opens the fork's notebook in JupyterLab; no repository, no button."""
    assert "mg-run" not in project.build().text("book/other")
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/fork")
    monkeypatch.setenv("GITHUB_REF_NAME", "main")
    built = project.build(freshenv=True)
    [link] = built.page("book/other").select("a.mg-run-button")
    assert link["href"] == (
        "https://mybinder.org/v2/gh/ada/fork/main?urlpath=lab%2Ftree%2Fbook%2Fother.ipynb"
    )
    assert "minutes" in built.page("book/other").select_one(".mg-run").get_text()  # type: ignore[union-attr]
    assert not built.page("book/resources/four").select(".mg-run")


def test_a_book_built_without_it_has_no_dead_link(project: Project, lite: Path) -> None:
    """Without the folder there is no way to it, and what an earlier build copied is gone."""
    project.build(confoverrides={"mlops_guide_lite": str(lite)})
    built = project.build()
    assert "mg-run" not in built.text("book/explore")
    assert not (built.folder / "lite").exists()


def test_a_folder_that_was_not_built_is_named(project: Project, tmp_path: Path) -> None:
    """A setting that names no built folder stops the build with one sentence."""
    message = "GUIDE_LITE is '.*nowhere', which holds no guide.json; 'make lite' builds it"
    with pytest.raises(ExtensionError, match=message):
        project.build(confoverrides={"mlops_guide_lite": str(tmp_path / "nowhere")})
