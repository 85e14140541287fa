"""Who this service is: one origin, fixed at init, that links, did:web and log share."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Identity:
    """The origin (scheme, host and port, lower case) every link and key id hangs on."""

    origin: str

    @property
    def host(self) -> str:
        """Return host and, where there is one, port: ``127.0.0.1:8000``."""
        return urlsplit(self.origin).netloc

    @property
    def did(self) -> str:
        """Return the did:web identifier; a port's colon is encoded (did:web 3.1)."""
        return f"did:web:{quote(self.host, safe='')}"

    @property
    def log_origin(self) -> str:
        """Return the first line of every checkpoint (C2SP tlog-checkpoint)."""
        return f"{self.host}/log"

    def url(self, path: str) -> str:
        """Return an absolute address of ours; ``path`` starts with a slash."""
        return f"{self.origin}{path}"
