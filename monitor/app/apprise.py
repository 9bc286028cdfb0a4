"""Messages through Apprise: one URL names the service and carries its secrets, so no word of it leaves this file.

Text goes as text: Apprise escapes it for services that show HTML, and what would call people together in a chat
(`@everyone`) is taken apart.
"""

from __future__ import annotations

import logging
import re
import warnings

from monitor.errors import UsageError

SECONDS = 10  # to connect, and again for each answer
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def load() -> None:
    """See to it that Apprise is there, with its plug-ins, and silent: it logs what fails, with hosts and users.

    UsageError where it is not. To be called before the first thread that sends.
    """
    with warnings.catch_warnings(action="ignore"):  # of modules that some plug-in is still to do without
        try:
            import apprise
        except ImportError as error:
            raise UsageError("notices need Apprise: pip install 'monitor[notify]'") from error
        logging.getLogger(apprise.__name__).setLevel(logging.CRITICAL + 1)
        apprise.Apprise.instantiate("json://localhost")


def send(url: str, title: str, body: str) -> str | None:
    """Send one message; None where the service took it, else what went wrong, in words without the URL."""
    import apprise

    separator = "&" if "?" in url else "?"
    room = apprise.Apprise()
    try:
        service = apprise.Apprise.instantiate(f"{url}{separator}cto={SECONDS}&rto={SECONDS}")
        if service is None:
            return "its URL is none that Apprise understands"
        room.add(service)
        taken = room.notify(title=_plain(title), body=_plain(body), body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:  # noqa: BLE001  (a hundred plug-ins: whatever one raises is a refusal)
        return f"the service failed with {type(error).__name__}"
    return None if taken else "the service did not take it"


def _plain(text: str) -> str:
    return _MENTION.sub("@ ", text)
