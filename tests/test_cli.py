"""The command line as a process: the server, pipes, signals and poor terminals."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from guide_copy import LINE, ROOT, GuideCopy, command
from mlops_guide import validate
from mlops_guide.cli import Files, main

SCRIPT = str(Path(sys.executable).with_name("mlops-guide"))
# A process started by a shell in the background ignores SIGINT, and so would its children.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from mlops_guide.cli import main
raise SystemExit(main())
"""
WAIT = 60
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


@contextmanager
def serve(directory: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Serve a folder from another process; yields it, its first line and its port."""
    words = [sys.executable, "-c", INTERRUPTIBLE, "serve", str(directory), "--port", str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], WAIT)
            assert ready, "the server says nothing"
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            yield process, line, int(address[1]) if address else 0
        finally:
            process.kill()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one page."""
    (tmp_path / "index.html").write_text("<h1>Søren</h1>", encoding="utf-8")
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_serves_on_the_next_free_port_until_interrupted(site: Path, taken: int) -> None:
    """The page is served from the next free port that is printed; Ctrl-C ends it well."""
    with serve(site, taken) as (process, line, port):
        assert line == f"The guide is at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
        assert taken < port < taken + 100
        with urlopen(f"http://127.0.0.1:{port}/", timeout=WAIT) as answer:
            assert answer.read() == "<h1>Søren</h1>".encode()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=WAIT) == ("", "")
        assert process.returncode == 0


def test_two_servers_do_not_share_a_port(site: Path, taken: int) -> None:
    """A second server started with the same command finds a port of its own."""
    with serve(site, taken) as (_, _, first), serve(site, taken) as (_, _, second):
        assert taken < first < second


def test_listens_on_loopback_alone(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server is bound to 127.0.0.1, and a hundred taken ports are an error."""
    asked = []

    def refuse(address: tuple[str, int], handler: object) -> None:
        asked.append(address)
        raise OSError("taken")

    monkeypatch.setattr("mlops_guide.cli.ThreadingHTTPServer", refuse)
    assert main(["serve", str(site), "--port", "9000"]) == 1
    assert asked == [("127.0.0.1", port) for port in range(9000, 9100)]
    assert main(["serve", str(site), "--port", "65535"]) == 1
    assert asked[100:] == [("127.0.0.1", 65535)]
    assert "no free port from 9000" in capsys.readouterr().err


def test_says_nothing_of_readers_who_leave(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader who closes the connection amid a large file leaves no traceback behind."""
    with (site / "large.bin").open("wb") as file:
        file.truncate(50_000_000)

    class Patient(ThreadingHTTPServer):
        daemon_threads = False  # so that closing it waits for every answer

    server = Patient(("127.0.0.1", 0), partial(Files, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with socket.create_connection(("127.0.0.1", server.server_port), WAIT) as reader:
        reader.sendall(b"GET /large.bin HTTP/1.0\r\n\r\n")
        assert reader.recv(1) == b"H"
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.shutdown()
    thread.join()
    server.server_close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "words",
    [
        ("serve",),
        ("serve", "no-such-folder"),
        ("serve", str(ROOT / "pyproject.toml")),
        ("serve", ".", "--port", "0"),
        ("serve", ".", "--port", "65536"),
        ("serve", ".", "--port", "http"),
        ("serve", ".", "--host", "0.0.0.0"),
    ],
    ids=" ".join,
)
def test_misuse_of_serve_exits_with_2(words: tuple[str, ...]) -> None:
    """A server that cannot be started as asked gives exit code 2 and a message."""
    status, lines, errors = command(*words)
    assert (status, lines) == (2, [])
    assert "mlops-guide" in errors


@pytest.mark.parametrize("words", [(), ("validate",), ("serve",)], ids=["", "validate", "serve"])
def test_help_exits_with_0(words: tuple[str, ...]) -> None:
    """Help is printed to standard output, with exit code 0."""
    status, lines, errors = command(*words, "--help")
    assert (status, errors) == (0, "")
    assert lines[0].startswith("usage: mlops-guide")


@pytest.fixture
def broken(tmp_path: Path) -> GuideCopy:
    """A guide with thousands of problems, whose values are not ASCII, and one not even UTF-8."""
    guide = GuideCopy(tmp_path / "guide")
    guide.append([{"id": f"zröße-{n:06}", "url": f"https://example.org/{n}"} for n in range(3_000)])
    path = guide.root / "data" / "resources.csv"
    path.write_bytes(path.read_bytes().replace(b"Goku Mohandas", b"G\xf6ku Mohandas", 1))
    return guide


def test_stops_when_the_pipe_is_closed(broken: GuideCopy) -> None:
    """`validate | head -1` prints one problem and nothing of a broken pipe."""
    words = [SCRIPT, "validate", str(broken.root), "--most", "100000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert LINE.fullmatch(process.stdout.readline().rstrip("\n"))
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(WAIT) == 1


def test_needs_no_output(broken: GuideCopy) -> None:
    """With its standard output closed, `validate` still gives its exit code."""
    words = ["sh", "-c", 'exec "$0" validate "$1" >&-', SCRIPT]
    for directory, status in ((broken.root, 1), (ROOT, 0)):
        done = subprocess.run([*words, str(directory)], stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (status, b"")


def test_prints_to_a_terminal_that_knows_ascii_alone(broken: GuideCopy) -> None:
    """Where only ASCII can be printed, other characters are shown by their codes."""
    words = [SCRIPT, "validate", str(broken.root), "--most", "5"]
    done = subprocess.run(words, capture_output=True, env={**os.environ, **ASCII}, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    lines = done.stdout.decode("ascii").splitlines()
    assert ":5:authors: encoding: 'G\\udcf6ku Mohandas': " in lines[0]
    assert ":12:id: slug: 'zr\\xf6\\xdfe-000000': " in lines[1]
    assert len(lines) == 6


def test_names_a_folder_to_a_terminal_that_knows_ascii_alone() -> None:
    """A folder whose name cannot be printed as it is gets its message all the same."""
    words = [SCRIPT, "validate", "größe"]
    done = subprocess.run(words, capture_output=True, env={**os.environ, **ASCII}, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    message = done.stderr.decode("ascii")
    assert message.startswith("mlops-guide: 'gr")
    assert message.endswith("e' is not a folder\n")


def test_an_interrupted_check_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C amid `validate` gives the exit code of an interrupt, never that of a pass."""

    def interrupt(catalog: validate.Catalog) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(validate.Catalog, "problems", interrupt)
    assert command("validate", str(ROOT)) == (130, [], "")


def test_a_folder_that_cannot_be_read_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system gives its message and exit code 2, and no traceback."""

    def fail(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", fail)
    status, lines, errors = command("validate", str(ROOT))
    assert (status, lines) == (2, [])
    assert errors.startswith("mlops-guide: [Errno 13] Permission denied: ")
