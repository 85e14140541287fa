"""A street to walk down: a served world, a plain caller over sockets, a page's text."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from flask import Flask

from tests.verification.make_house import House
from tests.web.make_web import make_app, serving
from traceability.gs1.digital_link import DigitalLink
from traceability.scans.service import ScanCounter
from traceability.web.context import EXTENSION, Services

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def text(self) -> str:
        """The words of the page, blanks folded."""
        body = re.sub(r"(?s)<head>.*?</head>|<style.*?</style>", "", self.html)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@dataclass
class Street:
    """A house whose service answers on a loopback port."""

    house: House
    app: Flask
    port: int
    language: str = "vi"
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def use(self) -> Services:
        """The services as the application has them."""
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def counter(self) -> ScanCounter:
        return self.use.get(ScanCounter)

    @property
    def lot(self) -> str:
        """The path of the house's lot."""
        return DigitalLink.parse(self.house.batch.digital_link).path()

    @property
    def label(self) -> str:
        """The path of its second label: the first may be void."""
        return DigitalLink.parse(self.house.serials[1].link).path()

    @property
    def product(self) -> str:
        return DigitalLink.parse(self.house.batch.digital_link).product_link().path()

    def ask(
        self, target: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        """Send one request whose target is not touched on the way."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {"Accept": "text/html", "Accept-Language": self.language}
        given |= {"User-Agent": PHONE, "Host": "tx.example"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, target, body=body, headers=given)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


@contextmanager
def open_street(house: House) -> Iterator[Street]:
    """Serve a house through waitress, and count to the end."""
    app = make_app(house.use)
    with serving(app, house.use.settings) as port:
        street = Street(house, app, port)
        yield street
        street.counter.stop()
