"""The site, served to a browser by a thread of the test's own process.

So a test can move the clock, read the letters and change a setting, and the pages follow. Static
files come by whitenoise, from where they lie, as on a local site.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

# Nothing, at the site's own address: what leads elsewhere takes Chromium a new process each time.
NOTHING: Final = "/nothing-at-all/"
EMPTY: Final = b'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>-</title>'


@contextmanager
def serving() -> Iterator[str]:
    """The address of the site for as long as this lasts. A passkey wants a name, not a number."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(_with_nothing(WSGIHandler()))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _with_nothing(site: WSGIHandler) -> Callable[..., Any]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != NOTHING:
            return site(environ, start_response)
        start_response(
            "200 OK", [("Content-Type", "text/html"), ("Content-Length", f"{len(EMPTY)}")]
        )
        return [EMPTY]

    return answer
