"""Messages that advise a command: where they are in the code, and for each what provokes it and what follows it."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from monitor.errors import ExitStatus, MonitorError
from tests.reliability.damages import PARTS
from tests.support.driver import invoke, stop
from tests.support.paths import PROJECT
from tests.support.reviewing import comment_on_newest
from tests.support.workspace import Workspace, eventually, moment
from tests.web.server import serving

# --- the messages in the code

CODE = PROJECT / "monitor"
_ADVICE = re.compile(r"`(monitor [^`]*)`|<code>(monitor [^<]*)</code>")
_HELP = {"help", "epilog"}


def messages() -> Iterator[str]:
    """Every text in the code or in a page that names a command line of the monitor, but for docstrings and helps.

    An f-string is one text, with `{}` for what is put in.
    """
    for path in sorted(CODE.rglob("*.py")):
        yield from filter(_ADVICE.search, _texts(ast.parse(path.read_text("utf-8"))))
    for path in sorted(CODE.rglob("*.html")):
        for line in path.read_text("utf-8").splitlines():
            yield from (f"<code>{command}</code>{rest}" for command, rest in _CODE_OF_PAGE.findall(line))


def option_messages() -> Iterator[str]:
    """Every text in the code that says with which option a command goes on, without naming the command."""
    for path in sorted(CODE.rglob("*.py")):
        for text in _texts(ast.parse(path.read_text("utf-8"))):
            if _OPTION.search(text) and not text.startswith(("--", " ", "monitor ")) and not _ADVICE.search(text):
                yield text


_OPTION = re.compile(r"[\w}][:;,]? (\w+ )*--[a-z]")
_CODE_OF_PAGE = re.compile(r"<code>(monitor [^<]*)</code>([^<{]*)")


def _texts(tree: ast.Module) -> Iterator[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            skipped |= {id(one.value) for one in node.body if isinstance(one, ast.Expr)}
        if isinstance(node, ast.keyword) and node.arg in _HELP:
            skipped |= {id(one) for one in ast.walk(node)}
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node)}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def pattern_of(message: str) -> re.Pattern[str]:
    """What the text is when it is printed."""
    return re.compile(".*?".join(map(re.escape, message.split("{}"))), re.DOTALL)


MENTIONS = {
    "1 while `monitor watch` is running": "the help of a metric",
    "another `monitor watch` is running": "says what runs; what to do is to stop it",
    "none (`monitor watch` is not running)": "a state",
    "<code>monitor watch</code> is not running": "a state",
    "removed by request on {} by {}": "says what was done",
    "removed by request (`monitor forget`)": "says what was done; what to do is to delete the file",
    "the token of `monitor serve`": "what a command printed; what to do is to send it",
    "archives of `monitor evidence`": "what a command made that others may have",
    "Configuration of the monitor": "the comments of a new configuration",
}
"""Texts that name a command and advise none, by a part of each."""


# --- a store to harm


class Place(Workspace):
    """A store with four snapshots, a verdict and a comment; a backup, another store and an older copy beside it."""

    def beside(self, name: str) -> Path:
        return self.root.parent / name

    def remove(self, *parts: str) -> None:
        for part in parts:
            path = self.snapshots / PARTS.get(part, part)
            for file in path.parent.glob(f"{path.name}*"):
                shutil.rmtree(file) if file.is_dir() else file.unlink()

    def put(self, source: str, part: str) -> None:
        """The part of the other or the older store in the place of this one's."""
        self.remove(part)
        found = self.beside(source) / "snapshots" / PARTS[part]
        target = self.snapshots / PARTS[part]
        shutil.copytree(found, target) if found.is_dir() else shutil.copy(found, target)

    def sql(self, statement: str, database: str = "ledger.db") -> None:
        with closing(sqlite3.connect(self.snapshots / database)) as connection, connection:
            connection.executescript(statement)

    def forget_all(self) -> None:
        """A folder in which nothing was done yet."""
        for path in (self.snapshots, self.seeds, self.root / "reports"):
            shutil.rmtree(path, ignore_errors=True)
        (self.root / "monitor.toml").unlink(missing_ok=True)

    def without_snapshots(self) -> None:
        """The store of a first run that was interrupted before its snapshot."""
        shutil.rmtree(self.snapshots)
        self.snapshots.mkdir()
        subprocess.run(["git", "init", "-q", "--bare", self.snapshots / "history.git"], check=True)


CONFIGURATION = '[watch]\nsettle = "0 s"\n[report]\nformats = []\n[schedule]\ntimezone = "UTC"\n'


def build(root: Path) -> Place:
    """The store `root/place`, and what is beside it."""
    place, other = Place(root / "place"), Place(root / "other")
    for one, what in ((place, "votes"), (other, "carts")):
        one.configure(CONFIGURATION)
        for number in range(4):
            if one is place and number == 3:
                shutil.copytree(place.root, root / "older")
            one.record(
                {"offer.txt": f"The offer stands. It needs {number} {what}.\n", "port.txt": "The port is closed.\n"},
                moment(number),
            )
            if number:
                comment_on_newest(one.settings, f"number {number}")
    place.monitor("backup", root / "copy")
    return place


# --- what is done


Harm = Callable[[Place], object]
Ask = Callable[[Place], str]


class Case(NamedTuple):
    """A text of the code, by a part of it that no other has; what was done to the store; and the command that says it.

    `stays`: it says it again when the advice was followed, since that lists or shows something. `values`: what the
    words of the advice stand for that are no words of a command line. `before`: what the message says is to be done
    before the command, which has the command's words. `in_turn`: the commands are steps, not a choice. `ends`: the exit
    status of the advised command. `instead`: how the command is typed, where that is not once and to its end.
    """

    message: str
    harm: Harm
    asks: tuple[str, ...] | Ask
    stays: bool = False
    values: Mapping[str, str] = {}
    before: Callable[[Place, str], object] = lambda _place, _line: None
    in_turn: bool = False
    ends: int = 0
    instead: Callable[[Place], object] | None = None


def said(place: Place, asks: tuple[str, ...] | Ask) -> str:
    """All that the command printed, on one line."""
    if callable(asks):
        return " ".join(asks(place).split())
    found = invoke(asks, cwd=place.root, env=place.environ())
    return " ".join(f"{found.text} {found.message}".split())


def advised(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The command lines in the part of a printed text that the message is."""
    found = pattern.search(text)
    assert found is not None, text
    commands = [one or other for one, other in _ADVICE.findall(found[0])]
    return commands[-len(_ADVICE.findall(pattern.pattern.replace("\\", ""))) :]


def follow(place: Place, line: str, case: Case) -> None:
    """Type the advised command line as it is printed; only what stands for something else is filled in."""
    case.before(place, line)
    if line == "monitor watch":
        watch(place)
        return
    if case.instead is not None:
        case.instead(place)
        return
    words = [case.values.get(word, word) for word in shlex.split(line)[1:]]
    if words == ["restore"]:
        words.append(str(place.beside("copy")))
    found = invoke(words, cwd=place.root, env=place.environ())
    if words == ["verify"] and found.status == ExitStatus.STORE:
        mend(place)
    else:
        assert found.status == case.ends, (words, found)


def mend(place: Place) -> None:
    """What `verify` advises, one after the other, until it has nothing to say."""
    for _ in range(6):
        found = place.monitor("verify", status=(0, 4))
        if not found.status:
            return
        command = shlex.split(_ADVICE.findall(found.text)[0][0])[1:]
        if command == ["restore"]:
            shutil.rmtree(place.snapshots)
            command.append(str(place.beside("copy")))
        place.monitor(*command)
    raise AssertionError(found.text)


def move_away(place: Place, line: str = "monitor restore") -> None:
    if line == "monitor restore":
        place.snapshots.rename(place.root / "damaged")


def watch(place: Place) -> None:
    """The command that goes on until it is ended: it takes its first run, and ends well."""
    with place.running("watch") as process:
        eventually(lambda: place.monitor("status", "--format", "json").json()["watching"])
        assert stop(process).status == 0


def serve(place: Place, *words: str) -> Iterator[str]:
    """The address that a real server prints."""
    with place.running("serve", "--port", "0", *words) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        found = re.search(r"http://\S+", line)
        assert found is not None, line
        yield found[0]
        process.terminate()


def served_by_another_name(place: Place) -> None:
    for address in serve(place, "--name", "elsewhere"):
        port = address.rstrip("/").rpartition(":")[2]
        request = Request(f"http://127.0.0.1:{port}/", headers={"Host": f"elsewhere:{port}"})
        with urlopen(request) as answer:
            assert answer.status == 200


def opened_by_its_link(place: Place) -> None:
    for address in serve(place, "--token", "a" * 20):
        with build_opener(HTTPCookieProcessor()).open(address) as answer:
            assert answer.status == 200


def python(act: Callable[[Place], object]) -> Ask:
    """What a call of the package raises."""

    def ask(place: Place) -> str:
        try:
            act(place)
        except MonitorError as error:
            return str(error)
        return ""

    return ask


def page(path: str, **headers: str) -> Ask:
    """What a page says."""

    def ask(place: Place) -> str:
        with serving(place.root, token=headers.pop("token", None)) as served:
            return served.get(path, **headers).text

    return ask
