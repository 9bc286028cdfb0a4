"""Signatures of ssh keys, made and checked by `ssh-keygen -Y`: readers have that program, and know whose a key is.

Nothing is asked at a terminal: a key with a passphrase must be held by an agent.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from monitor.errors import StoreError

NAMESPACE = "monitor"  # what a signature is good for: one made for something else cannot be passed off as one of ours
_VARIABLES = ("PATH", "HOME", "SSH_AUTH_SOCK")


def sign(key: Path, data: bytes) -> bytes:
    """A detached signature, armoured. StoreError where `ssh-keygen` or the key is missing, or the key is locked."""
    if not key.exists():
        raise StoreError(f"the heads cannot be signed: there is no key {key}; see [evidence] key")
    return _ssh_keygen(["-Y", "sign", "-n", NAMESPACE, "-f", str(key)], data)


def signers(key: Path) -> bytes:
    """The file that checking needs, one line: who may sign, for what, with which public key."""
    beside = key.with_name(key.name + ".pub")
    public = beside.read_bytes() if beside.exists() else _ssh_keygen(["-y", "-f", str(key)], b"")
    kind, number = public.split()[:2]
    return b'%s namespaces="%s" %s %s\n' % (NAMESPACE.encode(), NAMESPACE.encode(), kind, number)


def check(key: Path, data: bytes, signature: bytes) -> str | None:
    """Why this is no signature of the key over these bytes; None where it is."""
    with tempfile.TemporaryDirectory() as folder:
        allowed, detached = Path(folder, "signers"), Path(folder, "signature")
        try:
            allowed.write_bytes(signers(key))
            detached.write_bytes(signature)
            known = ["-f", str(allowed), "-I", NAMESPACE, "-n", NAMESPACE]
            _ssh_keygen(["-Y", "verify", *known, "-s", str(detached)], data)
        except StoreError as error:
            return str(error)
    return None


def _ssh_keygen(arguments: list[str], data: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments],
            input=data,
            capture_output=True,
            env={name: os.environ[name] for name in _VARIABLES if name in os.environ},
            start_new_session=True,  # no terminal that it could ask for a passphrase
            check=False,
        )
    except OSError as error:
        told = f"ssh-keygen cannot be run ({error.strerror}): install OpenSSH, or unset [evidence] key"
        raise StoreError(told) from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise StoreError(f"ssh-keygen {' '.join(arguments[:2])} failed: {said[-1] if said else 'it did not say why'}")
    return done.stdout
