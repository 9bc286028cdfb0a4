"""Read DOC and PPT: LibreOffice converts them to DOCX and PPTX, which our own readers read.

LibreOffice runs in the process group and within the limits of the process that reads documents, with a profile of its
own, without macros, without links to other files, and without a network where the system allows that.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from monitor.errors import ExtractError
from monitor.model import Extraction
from monitor.readers import office_program, temporary_prefix
from monitor.readers.docx import DocxReader
from monitor.readers.pptx import PptxReader
from monitor.readers.recognition import ENCRYPTED, OLE

_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{items}</oor:items>
"""
_ITEM: Final = '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'  # noqa: E501
_SETTINGS: Final = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    # a proxy that is not there: where the system knows no namespaces, this keeps it from the network
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_MOST_OUTPUT: Final = 256 << 20  # bytes of the file that it writes
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)


class DocReader:
    """Word documents up to 2003, and templates."""

    def extract(self, data: bytes) -> Extraction:
        """As of the DOCX that LibreOffice makes of it; ExtractError where it makes none."""
        return DocxReader().extract(converted(data, "doc", "docx"))


class PptReader:
    """PowerPoint presentations up to 2003, and templates."""

    def extract(self, data: bytes) -> Extraction:
        """As of the PPTX that LibreOffice makes of it; ExtractError where it makes none."""
        return PptxReader().extract(converted(data, "ppt", "pptx"))


def converted(data: bytes, suffix: str, into: str) -> bytes:
    """The document in another format; ExtractError where the bytes are none of the format, or are encrypted.

    Everything that LibreOffice writes lies in a folder that is gone afterwards.
    """
    if not data.startswith(OLE):
        raise ExtractError(f"not a document of its format: it is no .{suffix} file, and none that is known")
    if ENCRYPTED in data:
        raise ExtractError("encrypted: save it without a password")
    program = office_program()
    if program is None:
        raise ExtractError("LibreOffice is not installed: install it to read this format")
    with tempfile.TemporaryDirectory(prefix=temporary_prefix(os.getpid()), ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        source, made = place / f"in.{suffix}", place / "out" / f"in.{into}"
        source.write_bytes(data)
        _write_profile(place / "profile")
        before = _seconds()
        left = signal.getitimer(signal.ITIMER_PROF)[0]  # of the limit of time, which knows nothing of other processes
        status = subprocess.run(
            [
                program,
                *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard"),
                f"-env:UserInstallation={(place / 'profile').as_uri()}",
                *("--convert-to", into, "--outdir", str(made.parent), str(source)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
            preexec_fn=lambda: _bound(left),  # no other thread runs in the process that reads documents
            check=False,
        ).returncode
        if left and _seconds() - before >= left:
            raise ExtractError("refused: LibreOffice takes more time for it than it may; raise [limits] time")
        if not made.is_file():
            why = f"it ended with {status}" if status else "encrypted, damaged or of another format"
            raise ExtractError(f"LibreOffice cannot convert it ({why})")
        if made.stat().st_size > _MOST_OUTPUT:
            raise ExtractError(f"refused: converted it is larger than {_MOST_OUTPUT >> 20} MB")
        return made.read_bytes()


def _write_profile(folder: Path) -> None:
    (folder / "user").mkdir(parents=True)
    items = "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    (folder / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")


def _seconds() -> float:
    """What ended processes that this one started have taken of the processor's time."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def _bound(seconds: float) -> None:
    """In the new process, before LibreOffice begins: no network, no large files, no core, so much time (0: any).

    The bound of memory is that of the process that reads documents; it is inherited.
    """
    bounds = [(resource.RLIMIT_FSIZE, _MOST_OUTPUT), (resource.RLIMIT_CORE, 0)]
    if seconds:
        bounds.append((resource.RLIMIT_CPU, math.ceil(seconds)))
    for what, most in bounds:
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    with suppress(AttributeError, OSError):  # only Linux knows it, and not everywhere
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
