"""Repositories made to hang, crash or fill who imports them: a small sound one, and one to three mutations of it."""

from __future__ import annotations

import os
import random
import shutil
import socket
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.support.git_histories import START, Entry, Made, git, make_repository

ODD_PACK = "pack-" + "a" * 40
TEXT = b"The council will meet on Monday.\n"


def sound(path: Path, random_: random.Random) -> Path:
    """Four commits with folders, a link, a submodule and a merge; loose, packed, or some of both."""
    commits = [
        Made({"a.txt": TEXT, "notes/b.md": TEXT * 2, "notes/deep/c.txt": TEXT * 3}, START),
        Made({"a.txt": TEXT * 2, "link": Entry(b"a.txt", "120000")}, START + 1),
        Made({"notes/b.md": None, "run.sh": Entry(b"#!/bin/sh\n", "100755")}, START + 2, merges=[0]),
        Made({"sub": Entry(b"1" * 40, "160000"), "big.bin": bytes(range(256)) * 600}, START + 3),
    ]
    make_repository(path, commits)
    kind = random_.choice(["packed", "loose", "both"])
    if kind != "packed":
        packs = list((path / "objects/pack").glob("*.pack"))
        aside = [(pack.read_bytes(), pack) for pack in packs]
        for pack in packs:
            for name in pack.parent.glob(f"{pack.stem}.*"):
                name.unlink()
        for data, _ in aside:
            git(path, "unpack-objects", "-q", given=data)
    if kind == "both":
        git(path, "repack", "-q")
    if random_.random() < 0.3:
        git(path, "pack-refs", "--all")
    if random_.random() < 0.3:
        git(path, "commit-graph", "write", "--reachable")
    return path


def files(repository: Path) -> list[Path]:
    return sorted(path for path in repository.rglob("*") if path.is_file() and "hooks" not in path.parts)


def objects(repository: Path) -> list[Path]:
    return sorted(path for path in repository.glob("objects/??/*") if path.is_file() and not path.is_symlink())


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def flip(repository: Path, random_: random.Random) -> None:
    path = random_.choice(files(repository))
    data = bytearray(path.read_bytes() or b"x")
    for _ in range(random_.choice([1, 8, 64])):
        data[random_.randrange(len(data))] = random_.randrange(256)
    _write(path, bytes(data))


def cut(repository: Path, random_: random.Random) -> None:
    path = random_.choice(files(repository))
    data = path.read_bytes()
    _write(path, data[: random_.randrange(len(data) + 1)])


def remove(repository: Path, random_: random.Random) -> None:
    path = random_.choice([one for one in files(repository) if one.name != "HEAD"])
    path.unlink()


def put_special(repository: Path, random_: random.Random) -> None:
    """Anything but a file, in the place of a file that is there or that git looks for."""
    looked_for = ["info/alternates", "info/commit-graph", "info/packs", f"pack/{ODD_PACK}.idx", "pack/multi-pack-index"]
    chosen = random_.choice([*files(repository), *(repository / "objects" / name for name in looked_for)])
    chosen.parent.mkdir(parents=True, exist_ok=True)
    chosen.unlink(missing_ok=True)
    kind = random_.randrange(6)
    if kind == 0:
        os.mkfifo(chosen)
    elif kind == 1:
        chosen.symlink_to(random_.choice(["/dev/zero", "/dev/random", "/dev/tty", "/proc/kmsg"]))
    elif kind == 2:
        chosen.symlink_to(chosen)
    elif kind == 3:
        chosen.mkdir()
    elif kind == 4:
        fifo = repository / "fifo"
        if not fifo.exists():
            os.mkfifo(fifo)
        chosen.symlink_to(fifo)
    else:
        with socket.socket(socket.AF_UNIX) as made:
            short = Path("/tmp") / f"socket{os.getpid()}"
            made.bind(str(short))
            shutil.move(short, chosen)


def alternates(repository: Path, random_: random.Random) -> None:
    lines = random_.choice(
        [["/"], ["/proc/self/root"], ["../objects"], ["/dev"], ["x" * 5_000], ['"\\'], ["/proc"], [""]]
    )
    _write(repository / "objects/info/alternates", "\n".join(lines * random_.choice([1, 300])).encode())


def under_another_name(repository: Path, random_: random.Random) -> None:
    """The content of one object under the id of another: cycles, and kinds that are not expected."""
    found = objects(repository)
    if len(found) > 1:
        one, other = random_.sample(found, 2)
        _write(other, one.read_bytes())


def cycle(repository: Path, random_: random.Random) -> None:
    """A tree, or a commit, that names itself."""
    tree = random_.random() < 0.7
    asked = git(repository, "rev-parse", "main^{tree}" if tree else "main")
    path = repository / "objects" / asked[:2] / asked[2:]
    path.parent.mkdir(exist_ok=True)
    if tree:
        entries = [b"40000 %d\0" % at + bytes.fromhex(asked) for at in range(random_.choice([1, 2, 50]))]
        content = b"".join(entries)
    else:
        people = b"A <a@example.org> 1700000000 +0000"
        head = git(repository, "rev-parse", "main^{tree}").encode()
        content = b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\nx\n" % (head, asked.encode(), people, people)
    _put(path, b"tree" if tree else b"commit", content)
    for name in (repository / "objects/pack").glob("*"):
        name.unlink()  # or the sound object there would be found first


def _put(path: Path, kind: bytes, content: bytes, size: int | None = None) -> None:
    header = b"%s %d\0" % (kind, len(content) if size is None else size)
    _write(path, zlib.compress(header + content))


def lying_size(repository: Path, random_: random.Random) -> None:
    """An object that says that it is much larger, or smaller, than it is."""
    found = objects(repository)
    if found:
        path = random_.choice(found)
        size = random_.choice([0, 1, 1 << 20, 1 << 31, 1 << 40, 1 << 62])
        _put(path, random_.choice([b"blob", b"tree", b"commit", b"tag", b"x" * 40]), TEXT, size)


def swollen(repository: Path, random_: random.Random) -> None:
    """A small file that is large when it is unpacked."""
    found = objects(repository)
    if found:
        size = 300_000_000
        made = zlib.compressobj(9)
        data = made.compress(b"%s %d\0" % (random_.choice([b"blob", b"tree", b"commit"]), size))
        data += b"".join(made.compress(bytes(10_000_000)) for _ in range(size // 10_000_000)) + made.flush()
        _write(random_.choice(found), data)


def odd_commit(repository: Path, random_: random.Random) -> None:
    """A commit with lines that are none, are very long, or are very many."""
    tree, parent = git(repository, "rev-parse", "main^{tree}", "main").split()
    people = "A <a@example.org> 1700000000 +0000"
    parents = [parent] * random_.choice([0, 1, 2_000])
    header = random_.choice([
        "", "encoding UTF-7\n", "encoding " + "x" * 100_000 + "\n", "gpgsig " + "\n ".join(["x"] * 50_000) + "\n",
        "mergetag object " + parent + "\n", "x\0y\n",
    ])  # fmt: skip
    when = random_.choice([people, "A <a@b> 99999999999999999999 +9999", "nobody", "A <a@b> -1 -0000", "<>" * 10_000])
    lines = [f"tree {tree}", *(f"parent {one}" for one in parents), f"author {when}", f"committer {people}"]
    text = "\n".join(lines) + f"\n{header}\n" + random_.choice(["", "x\n", "x" * 1_000_000, "\n" * 100_000])
    made = git(repository, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", given=text.encode())
    git(repository, "update-ref", "refs/heads/main", made)


def many_trees(repository: Path, random_: random.Random) -> None:
    """Trees that name one tree many times, level upon level."""
    tree = git(repository, "rev-parse", "main^{tree}")
    for _ in range(random_.choice([2, 8, 30])):
        wide = random_.choice([2, 10])
        tree = git(repository, "mktree", given="".join(f"040000 tree {tree}\t{at}\n" for at in range(wide)).encode())
    git(repository, "update-ref", "refs/heads/main", git(repository, "commit-tree", "-m", "x", "-p", "main", tree))


def deep_trees(repository: Path, random_: random.Random) -> None:
    """A folder in a folder in a folder."""
    tree = git(repository, "rev-parse", "main^{tree}")
    for _ in range(random_.choice([50, 400])):
        tree = git(repository, "mktree", given=f"040000 tree {tree}\td\n".encode())
    git(repository, "update-ref", "refs/heads/main", git(repository, "commit-tree", "-m", "x", "-p", "main", tree))


def odd_refs(repository: Path, random_: random.Random) -> None:
    head = git(repository, "rev-parse", "main")
    text = random_.choice([
        "ref: refs/heads/main\n", "ref: " + "../" * 30 + "etc/passwd\n", "ref: refs/heads/other\n", "x" * 1_000_000,
        "0" * 40 + "\n", head[:39], "\0" * 100, f"{head}\n{head}\n",
    ])  # fmt: skip
    path = repository / random_.choice(["HEAD", "refs/heads/main", "packed-refs", "shallow", "commondir"])
    _write(path, text.encode())


def odd_configuration(repository: Path, random_: random.Random) -> None:
    text = random_.choice([
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n",
        "[core]\n\tfsmonitor = touch sprung\n\thooksPath = hooks\n[include]\n\tpath = /dev/zero\n",
        "[remote \"o\"]\n\turl = ext::sh -c touch% sprung\n\tpromisor = true\n[extensions]\n\tpartialClone = o\n",
        "[" * 100_000,
    ])  # fmt: skip
    _write(repository / "config", text.encode())


MUTATIONS: tuple[Callable[[Path, random.Random], None], ...] = (
    flip, cut, remove, put_special, alternates, under_another_name, cycle, lying_size, swollen, odd_commit, many_trees,
    deep_trees, odd_refs, odd_configuration,
)  # fmt: skip
_LAST = (put_special, odd_refs, odd_configuration, alternates, flip, cut)  # git itself could not go on after these


def hostile(path: Path, seed: int) -> list[str]:
    """A repository at `path`; gives the names of what was done to it."""
    random_ = random.Random(seed)
    sound(path, random_)
    chosen = [MUTATIONS[seed % len(MUTATIONS)]]  # each is tried
    chosen += random_.sample(MUTATIONS, random_.choice([0, 0, 1, 2]))
    chosen.sort(key=lambda one: one in _LAST)
    done = []
    for mutation in chosen:
        try:
            mutation(path, random_)
            done.append(mutation.__name__)
        except (OSError, IndexError, ValueError, ArithmeticError):
            continue  # what is there no longer allows it
        except Exception:  # noqa: BLE001 - git refused: the repository is hostile already
            continue
    return done
