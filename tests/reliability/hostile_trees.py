"""Folders made to break who reads them: odd names, odd contents, odd things, and all of them changing in kind."""

from __future__ import annotations

import os
import random
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

NAMES = (
    b"brief.txt", b"brief.TXT", b"BRIEF.txt", b"notes.md", b"page.html", b"rows.csv", b"letter.rtf", b"offer.docx",
    b"new\nline.txt", b"\nfirst", b"tab\there", b"\r", b'quo"te.txt', b"'single'", b"back\\slash", b"\\n", b"-rf",
    b"--help", b" leading", b"trailing ", b"trailing.", b"...", b"..a", b". .", b"..\\up", b".git", b".GIT", b".Git",
    b".git.", b".git ", b".git::$INDEX_ALLOCATION", b"git~1", b"GIT~2", ".g\u200cit".encode(), "\u200c.git".encode(),
    b".gitmodules", b".gitattributes", b".gitignore", b".mailmap", b"gitmod~1", b"GI7EBA~1", b"~1000000",
    b".gitmodules ", b"HEAD", b"objects", b"%", b"%2Egit", b"%2egit", b"%25", b"%folder.json", b"%41", b"*", b"a?[b]",
    b":(exclude)x", b":/", b"a:b", b"con", b"aux.txt", b"\x01\x02\x1b[31m", b"\x7f", b"\xff\xfe", b"\xc3",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "Größe".encode(), "Gro\u0308ße".encode(), "\u202etxt.exe".encode(),
    "\u2028".encode(), b"x" * 255, b".git" + b"y" * 251, "\u00e4".encode() * 127, b"$(touch sprung)",
    b"`touch sprung`", b";touch sprung", b"|touch sprung",
)  # fmt: skip
ATTRIBUTES = b"* text eol=crlf ident filter=spoil working-tree-encoding=UTF-16 diff=spoil merge=spoil export-subst\n"
CONTENTS = (
    b"", b"\0", b"\0" * 5_000, b"one\ntwo", b"one\r\ntwo\r\nthree\rfour\n", b"\xef\xbb\xbfThe offer stands.\n",
    b"$Id$ $Format:%H$\n", bytes(range(256)) * 3, "The offer stands.\n".encode("utf-16"), b"\xff\xfe\xfd",
    b"\x1b[2J\x9b", b"blob 3\0abc", b"done\ncommit refs/heads/main\nM 100644 inline x\ndata 3\nabc\n", ATTRIBUTES,
    b'[submodule "x"]\npath = x\nurl = ext::sh -c "touch sprung"\nupdate = !touch sprung\n', b"gitdir: /etc\n",
    b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n",
    b"ref: refs/heads/main\n",
)  # fmt: skip
HOOKS = (
    "pre-commit",
    "reference-transaction",
    "post-checkout",
    "pre-auto-gc",
    "post-index-change",
    "fsmonitor-watchman",
)


class File(NamedTuple):
    """What a document must come back as."""

    data: bytes
    executable: bool


class Tree:
    """A folder that changes at random; `outside` is a folder beside it, `spring` a program that must never run."""

    def __init__(self, root: bytes, outside: bytes, spring: bytes, chance: random.Random) -> None:
        self.root, self._outside, self._spring, self._chance = root, outside, spring, chance
        os.mkdir(root)
        self._kinds: list[Callable[[bytes, int], None]] = [
            *[self._file] * 6, *[self._folder] * 3, self._link, self._link, self._fifo, self._socket, self._hard_link,
            self._locked, self._sparse, self._repository, self._nest,
        ]  # fmt: skip

    def change(self) -> None:
        """The next state of the folder: some of it as before, some gone, some of another kind than it was."""
        self._stir(self.root, 0)

    def _stir(self, folder: bytes, depth: int) -> None:
        for name in sorted(os.listdir(folder)):
            path, fate = os.path.join(folder, name), self._chance.random()
            if fate < 0.25:
                _remove(path)
                if fate < 0.15:
                    self._put(path, depth)
            elif fate < 0.35 and _is(path, stat.S_ISREG):
                self._rewrite(path)
            elif _is(path, stat.S_ISDIR):
                self._stir(path, depth + 1)
        for name in [*self._chance.sample(NAMES, self._chance.randrange(3)), self._chance.randbytes(3)]:
            path = os.path.join(folder, name)
            if not set(name) & set(b"\0/") and name not in (b".", b"..") and not os.path.lexists(path):
                self._put(path, depth)

    def _put(self, path: bytes, depth: int) -> None:
        make = self._chance.choice(self._kinds)
        (make if depth < 4 else self._file)(path, depth)

    def _content(self) -> bytes:
        if self._chance.random() < 0.3:
            return self._chance.randbytes(self._chance.randrange(3_000))
        return self._chance.choice(CONTENTS)

    def _file(self, path: bytes, _depth: int) -> None:
        _write(path, self._content())
        os.chmod(path, self._chance.choice([0o644, 0o644, 0o755, 0o600]))

    def _rewrite(self, path: bytes) -> None:
        """Other bytes of the same size, and the old time of modification."""
        before = os.lstat(path)
        if before.st_mode & stat.S_IRUSR:
            _write(path, self._chance.randbytes(before.st_size))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _folder(self, path: bytes, depth: int) -> None:
        os.mkdir(path)
        self._stir(path, depth + 1)

    def _nest(self, path: bytes, _depth: int) -> None:
        deep = path + b"/" + b"/".join([self._chance.choice([b"d", b"..d", b".git", b"%"])] * 100)
        os.makedirs(deep)
        _write(deep + b"/x", self._content())

    def _link(self, path: bytes, _depth: int) -> None:
        targets = [
            self._outside,
            self._outside + b"/document.txt",
            b".",
            b"..",
            path,
            b"nowhere",
            b"/etc/hostname",
            b"/",
        ]
        os.symlink(self._chance.choice(targets), path)

    def _fifo(self, path: bytes, _depth: int) -> None:
        os.mkfifo(path)

    def _socket(self, path: bytes, _depth: int) -> None:
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        try:  # by way of the open folder: a socket's address is short
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(b"/proc/self/fd/%d/" % folder + os.path.basename(path)[:60])
        except OSError:
            os.mkfifo(path)
        finally:
            os.close(folder)

    def _hard_link(self, path: bytes, _depth: int) -> None:
        os.link(self._outside + b"/document.txt", path)

    def _locked(self, path: bytes, _depth: int) -> None:
        _write(path, self._content())
        os.chmod(path, 0)

    def _sparse(self, path: bytes, _depth: int) -> None:
        with open(path, "wb") as file:
            file.truncate(300_000)
            file.seek(150_000)
            file.write(b"The offer stands.\n")

    def _repository(self, path: bytes, _depth: int) -> None:
        git = path if os.path.basename(path).lower().startswith(b".git") else path + b"/.git"
        for folder in (b"/hooks", b"/objects/ab", b"/refs/heads", b"/info"):
            os.makedirs(git + folder)
        spring = self._spring
        _write(git + b"/HEAD", b"ref: refs/heads/main\n")
        _write(git + b"/info/attributes", ATTRIBUTES)
        _write(git + b"/objects/ab/cdef", self._chance.randbytes(50))
        _write(git + b"/config", b"[core]\nfsmonitor=%s\nhooksPath=hooks\npager=%s\nworktree=/\n" % (spring, spring))
        for name in HOOKS:
            hook = git + b"/hooks/" + name.encode()
            _write(hook, b"#!/bin/sh\nexec %s\n" % spring)
            os.chmod(hook, 0o755)


def documents(root: bytes, before: dict[bytes, File]) -> dict[bytes, File]:
    """What a snapshot of the folder must hold; a file that cannot be read stands as it was `before`, if it was."""
    found: dict[bytes, File] = {}
    for path, about in entries(root):
        if stat.S_ISREG(about.st_mode):
            try:
                found[path] = File(_read(os.path.join(root, path)), bool(about.st_mode & stat.S_IXUSR))
            except PermissionError:
                if path in before:
                    found[path] = before[path]
    return found


def entries(root: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
    """Everything below a folder, in order, without following a link; paths are relative to it."""
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        for name in sorted(os.listdir(os.path.join(root, folder))):
            path = os.path.join(folder, name)
            about = os.lstat(os.path.join(root, path))
            yield path, about
            if stat.S_ISDIR(about.st_mode):
                waiting.append(path)


def state(root: bytes) -> list[tuple[object, ...]]:
    """All that could be altered of a folder and what is in it: kinds, times, owners, and bytes that can be read."""
    return [
        (path, about.st_mode, about.st_nlink, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
        for path, about in entries(root)
    ]


def _write(path: bytes, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _read(path: bytes) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _is(path: bytes, kind: Callable[[int], bool]) -> bool:
    return kind(os.lstat(path).st_mode)


def _remove(path: bytes) -> None:
    if _is(path, stat.S_ISDIR):
        shutil.rmtree(path)
    else:
        os.unlink(path)
