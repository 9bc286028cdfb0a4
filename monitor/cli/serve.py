"""`monitor serve`: the local web page."""

from __future__ import annotations

import getpass
import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_urlsafe

import click

from monitor.app.due import next_run
from monitor.app.review import refresh
from monitor.cli.context import Session, command, now, pass_session, progress
from monitor.cli.logs import log_format_option, logs_json
from monitor.errors import ConfigError, StoreError, UsageError
from monitor.web.security import Access, Proxy, is_loopback, url_of

log = logging.getLogger("monitor.serve")


@command("monitor serve --port 8321")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 chooses a free one."
)
@click.option("--name", "names", multiple=True, help="Another host name of the page (may be repeated).")
@click.option(
    "--root-path", default="", metavar="PATH", help="The path below which a proxy shows the page, like /monitor."
)
@click.option(
    "--token",
    envvar="MONITOR_TOKEN",
    help="The secret that opens the page; needed for any address but loopback, and made if not given.",
)
@click.option(
    "--read-token", envvar="MONITOR_READ_TOKEN", help="A second secret, which opens the page and the API to read alone."
)
@log_format_option()
@pass_session
def serve_command(
    session: Session,
    *,
    host: str,
    port: int,
    names: tuple[str, ...],
    root_path: str,
    token: str | None,
    read_token: str | None,
) -> None:
    """Serve the review queue as a local web page.

    It listens on this machine only, unless --host names another address. Runs until SIGINT or SIGTERM. It takes no
    snapshots: `monitor watch` does. Neither the program nor the page loads anything from elsewhere.
    """
    try:
        import uvicorn
        from uvicorn.config import LOGGING_CONFIG

        from monitor.web.app import bounded, checked_root_path, compile_templates, create_app, limits_of_system
    except ModuleNotFoundError as error:
        raise ConfigError(f"{error.name} is missing; install monitor[web]") from None

    settings = session.recorded()
    own = is_loopback(host)
    proxy = Proxy(settings.web) if settings.web.user_header else None
    needed = _token(token, own=proxy is not None or (own and read_token is None))
    if read_token is not None:
        _token(read_token, own=own)
        if read_token == token:
            raise UsageError("--token and --read-token are the same secret: who reads could write")
    below = checked_root_path(root_path)
    with _listening(host, port) as listening:
        access = Access(host, listening.getsockname()[1], names, needed, read_token, proxy, below)
        app = create_app(settings, access, lambda last: next_run(settings, now(), last), _login() if own else "")
        _line_up(session)
        compile_templates()
        limits = limits_of_system()
        # all connections of a proxy come from one address; whom they are for is not taken from a header
        protocol = bounded(limits if proxy is None else limits._replace(most_of_one=limits.most))
        config = uvicorn.Config(
            app,
            http=protocol,
            log_level="warning",
            log_config=None if logs_json() else LOGGING_CONFIG,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
        )
        link = url_of(access)
        # a proxy sends the token itself; a log keeps no secret that is known
        as_it_is = access.token is None or proxy is not None or (token is not None and logs_json())
        _report(link if as_it_is else f"{link}?token={access.token}")
        uvicorn.Server(config).run(sockets=[listening])


def _line_up(session: Session) -> None:
    """Bring the queue up to the ledger while somebody sees how far it is: a page would keep its reader waiting."""
    with session.monitor() as monitor, progress() as report_progress:
        refresh(monitor, report_progress)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise UsageError(f"{host} is not an address of this machine") from None
    with socket.socket(family, kind, number) as listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(128)
        except OSError as error:
            raise StoreError(f"cannot listen on {host} port {port}: {error.strerror}; --port names another") from None
        yield listening


def _token(token: str | None, *, own: bool) -> str | None:
    """As said; made where others reach the page too."""
    if token is not None and len(token) < 16:
        raise UsageError("a token needs at least 16 characters; without --token one is generated")
    if token is not None or own:
        return token

    return token_urlsafe(24)


def _report(link: str) -> None:
    """Where the page is: a line on standard output, or in a log of JSON."""
    if logs_json():
        log.setLevel(logging.INFO)
        log.info("serving %s", link)
        return
    sys.stdout.write(f"The review queue: {link}\nCtrl-C ends it.\n")
    sys.stdout.flush()


def _login() -> str:
    """Who sits at this machine: the reviewer, unless the configuration or the page says otherwise."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
