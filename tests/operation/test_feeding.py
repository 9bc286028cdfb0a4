"""The recipes of docs/feeding.md, as they stand there: run against programs and servers on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.paths import PROJECT
from tests.support.workspace import Workspace

PAGE = (PROJECT / "docs/feeding.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### ([^\n]*)\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL))


def recipe(title: str) -> str:
    """The first block of TOML below the heading that begins so."""
    text = next(text for name, text in RECIPES.items() if name.startswith(title))
    return str(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])


def script(title: str, place: Workspace) -> None:
    """Write the program of a recipe, under the name in its first line."""
    text = next(text for name, text in RECIPES.items() if name.startswith(title))
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    (place.root / re.findall(r"# (\S+):", program)[0]).write_text(program)


def stand_in(place: Workspace, name: str, text: str) -> None:
    """A program of this name, before all others."""
    path = place.root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\nset -e\n{text}")
    path.chmod(0o755)
    place.environment["PATH"] = f"{path.parent}:{os.environ['PATH']}"


def run_twice(place: Workspace, change: str, document: str) -> None:
    """A run, what changes at the source, and a run that finds it."""
    place.run(0)
    subprocess.run(["sh", "-c", change], cwd=place.root, check=True)
    place.run(1)
    assert [one["kind"] for one in place.log(document, "--level", "statement")] == ["revised"]
    assert place.findings() == []


@pytest.mark.parametrize("title", RECIPES)
def test_every_recipe_is_a_configuration(title: str) -> None:
    watch = tomllib.loads(recipe(title))["watch"]
    assert watch["folder"]
    assert all(isinstance(word, str) for word in watch.get("before", []))


@pytest.mark.parametrize(("title", "name"), [("rclone", "rclone"), ("rsync", "rsync")], ids=["rclone", "rsync"])
def test_a_folder_elsewhere_is_copied_before_each_look(place: Workspace, title: str, name: str) -> None:
    (place.root / "remote").mkdir()
    (place.root / "remote" / "a.txt").write_text("The fee is 3 euros.\n")
    where = {"rclone": "[ $1 = sync ]; source=remote", "rsync": "[ $2 = --delete ]; source=remote"}[name]
    # as both do: under another name, then renamed; what is gone at the source goes
    copied = (
        'target="policies"; mkdir -p $target; for file in $source/*; do cp $file $target/.$$.part;'
        " mv $target/.$$.part $target/${file##*/}; done; for file in $target/*; do"
        " [ -e $source/${file##*/} ] || rm $file; done\n"
    )
    stand_in(place, name, f"{where}\n{copied}")
    place.configure(recipe(title))
    run_twice(place, "echo 'The fee is 4 euros.' > remote/a.txt", "a.txt")
    subprocess.run(["sh", "-c", "rm remote/a.txt; echo New. > remote/b.txt"], cwd=place.root, check=True)
    place.run(2)
    assert place.monitor("files").text == "b.txt\n1 file watched\n"


def test_a_copy_that_fails_records_nothing(place: Workspace) -> None:
    (place.root / "policies").mkdir()
    (place.root / "policies" / "a.txt").write_text("Half.\n")
    stand_in(place, "rclone", "echo 'Failed to sync: directory not found' >&2; exit 3\n")
    place.configure(recipe("rclone"))
    assert "directory not found" in place.run(0, status=3).text
    assert place.log("--baseline") == []


def test_a_folder_that_a_client_keeps_is_watched(place: Workspace) -> None:
    folder = place.root / "OneDrive" / "Policies"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("The fee is 3 euros.\n")
    place.configure(recipe("SharePoint"))
    place.run(0)
    (folder / ".tmp-7f2").write_text("The fee is")
    (folder / "~$a.docx").write_bytes(b"\0" * 162)
    (folder / "a (conflicted copy 2026-01-02).txt").write_text("The fee is 5 euros.\n")
    assert "a sync conflict in a.txt" in place.run(1).text
    os.replace(folder / ".tmp-7f2", folder / "a.txt")
    (folder / "a.txt").write_text("The fee is 4 euros.\n")
    place.run(2)
    assert [(one["kind"], one["document"]) for one in place.log()] == [("revised", "a.txt")]


class Files(BaseHTTPRequestHandler):
    """Answers with `pages`, by path; wants the headers of `wanted`."""

    pages: Mapping[str, bytes] = {}
    wanted: Mapping[str, str] = {}

    def do_GET(self) -> None:
        known = all(self.headers.get(name) == value for name, value in self.wanted.items())
        body = self.pages.get(self.path) if known else None
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def page(text: str) -> bytes:
    menu = "".join(f"<li><a href='/{number}'>Menu {number}</a></li>" for number in range(20))
    story = "".join(f"<p>{text} Sentence {number} of the notice explains a right in detail.</p>" for number in range(8))
    return f"<html><body><nav><ul>{menu}</ul></nav><article><h1>Notice</h1>{story}</article></body></html>".encode()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_pages_are_fetched_by_wget(place: Workspace) -> None:
    class Pages(Files):
        pages = {"/notice.html": page("The fee is 3 euros.")}  # noqa: RUF012

    with serving(Pages) as address:
        (place.root / "pages.txt").write_text(f"{address}/notice.html\n")
        place.configure(recipe("wget"))
        place.run(0)
        assert not [text for text in place.texts("notice.html") if "Menu" in text]
        Pages.pages = {"/notice.html": page("The fee is 4 euros.")}
        place.run(1)
        assert {one["kind"] for one in place.log("--level", "statement")} == {"revised"}
        Pages.pages = {}
        assert "ended with status 8" in place.run(2, status=3).text
    assert place.texts("notice.html")[1].startswith("The fee is 4 euros.")


def git(folder: Path, *args: str) -> None:
    own = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "-C", str(folder), *own, *args], check=True, capture_output=True)


@pytest.mark.parametrize("title", ["A git repository", "Open Terms Archive"])
def test_a_repository_is_pulled(place: Workspace, title: str) -> None:
    source = place.root / "source"
    (source / "Service").mkdir(parents=True)
    (source / "Service" / "Terms of Service.md").write_text("# Terms\n\nThe fee is 3 euros.\n")
    git(place.root, "init", "--quiet", "source")
    git(source, "add", ".")
    git(source, "commit", "--quiet", "-m", "First record")
    place.configure(recipe(title))
    git(place.root, "clone", "--quiet", "source", tomllib.loads(recipe(title))["watch"]["folder"])
    place.run(0)
    (source / "Service" / "Terms of Service.md").write_text("# Terms\n\nThe fee is 4 euros.\n")
    git(source, "commit", "--quiet", "-a", "-m", "Record")
    place.run(1)
    assert [one["document"] for one in place.log()] == ["Service/Terms of Service.md"]


def test_texts_of_changedetection_become_documents(place: Workspace) -> None:
    class Api(Files):
        wanted = {"x-api-key": "secret"}  # noqa: RUF012
        pages = {  # noqa: RUF012
            "/api/v1/watch": json.dumps({"a1": {"last_changed": 1}, "b2": {"last_changed": 0}}).encode(),
            "/api/v1/watch/a1/history/latest": b"The fee is 3 euros.\n",
        }

    with serving(Api) as address:
        (place.root / "key.txt").write_text("secret\n")
        script("changedetection.io", place)
        place.configure(
            recipe("changedetection.io").replace("http://127.0.0.1:5000", address).replace("python3", sys.executable)
        )
        place.run(0)
        Api.pages = {**Api.pages, "/api/v1/watch/a1/history/latest": b"The fee is 4 euros.\n"}
        place.run(1)
        assert [(one["kind"], one["document"]) for one in place.log()] == [("revised", "a1.txt")]
        (place.root / "key.txt").write_text("wrong\n")
        assert "HTTP Error 404" in place.run(2, status=3).text


class Imap(socketserver.StreamRequestHandler):
    """As much of IMAP as a client needs that lists a folder and reads its messages."""

    messages: Mapping[int, bytes] = {}

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command, *words = line.decode().split()
            match command.upper(), words:
                case "CAPABILITY", _:
                    self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
                case "LOGIN", ["ada", password] if password.strip('"') != "right":
                    self.wfile.write(f"{tag} NO wrong password\r\n".encode())
                    continue
                case "EXAMINE", _:
                    self.wfile.write(f"* {len(self.messages)} EXISTS\r\n".encode())
                case "UID", ["SEARCH" | "search", *_]:
                    self.wfile.write(f"* SEARCH {' '.join(map(str, self.messages))}\r\n".encode())
                case "UID", ["FETCH" | "fetch", number, *_]:
                    body = self.messages[int(number)]
                    self.wfile.write(
                        f"* {number} FETCH (UID {number} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n"
                    )
                case "LOGOUT", _:
                    self.wfile.write(f"* BYE\r\n{tag} OK\r\n".encode())
                    return
            self.wfile.write(f"{tag} OK done\r\n".encode())


def mail(number: int) -> bytes:
    return f"From: ada@example.org\r\nSubject: Notice {number}\r\n\r\nThe fee is {number} euros.\r\n".encode()


def test_mail_becomes_documents(place: Workspace) -> None:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    class Messages(Imap):
        messages = {4: mail(4), 7: mail(7)}  # noqa: RUF012

    with Server(("127.0.0.1", 0), Messages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        about = f'host = "127.0.0.1"\nport = {server.server_address[1]}\nplain = true\nuser = "ada"\nfolder = "INBOX"\n'
        (place.root / "mail.toml").write_text(f'{about}password = "right"\n')
        script("Mail", place)
        place.configure(recipe("Mail").replace("python3", sys.executable))
        place.run(0)
        assert "The fee is 4 euros." in place.texts("4.eml")
        Messages.messages = {**Messages.messages, 9: mail(9)}
        place.run(1)
        assert {one["document"] for one in place.log()} == {"9.eml"}
        (place.root / "mail.toml").write_text(f'{about}password = "wrong"\n')
        assert "wrong password" in place.run(2, status=3).text
        server.shutdown()


def test_a_script_feeds_a_folder(place: Workspace) -> None:
    (place.root / "fetch.sh").write_text("cat count > seeds/a.txt; echo ' more' >> count\n")
    (place.root / "count").write_text("The fee is 3 euros.\n")
    place.configure(recipe("Another program"))
    run_twice(place, "echo 'The fee is 4 euros.' > count", "a.txt")
