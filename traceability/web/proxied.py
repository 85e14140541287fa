"""Who asks, where a WSGI server does not say: the proxy's word, if it is our proxy.

`traceability serve` needs none of this: waitress does it.
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
_LOCAL_SOCKET = ""


def behind_proxy(application: Wsgi, proxy: str) -> Wsgi:
    """Return the application, told the address that a trusted proxy added last.

    A peer without an address is a proxy on a socket of this machine.
    """

    def believing(
        environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        told = environ.pop("HTTP_X_FORWARDED_FOR", "")
        if told and environ.get("REMOTE_ADDR", _LOCAL_SOCKET) in {proxy, _LOCAL_SOCKET}:
            environ["REMOTE_ADDR"] = told.rpartition(",")[2].strip()
        return application(environ, start_response)

    return believing
