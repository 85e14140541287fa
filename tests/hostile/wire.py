"""A stranger's end of the wire: requests byte for byte, answers as they arrive."""

import json
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SECONDS = 30
Parts = Mapping[str, str | tuple[str, bytes]]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def code(self) -> str:
        """The permanent code of a problem, or nothing."""
        found = self.problem.get("code", "")
        return str(found)

    @property
    def problem(self) -> dict[str, Any]:
        kind = self.headers.get_content_type()
        if kind != "application/problem+json":
            return {}
        return dict(json.loads(self.body))

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """One stranger, or one signed-in person who brings cookies and a form token."""

    port: int
    host: str = "tx.example"
    key: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def raw(self, request: bytes) -> Answer:
        """Send bytes as they are; return the first answer."""
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as line:
            line.sendall(request)
            return _answer(line, request)

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send one request with this person's credentials."""
        lines = {"Host": self.host, "Connection": "close", **self._credentials()}
        if body or method in {"POST", "PUT"}:
            lines["Content-Length"] = str(len(body))
        lines |= headers or {}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        text = f"{method} {target} HTTP/1.1\r\n{head}\r\n"
        answer = self.raw(text.encode("latin-1") + body)
        self._remember(answer)
        return answer

    def get(self, target: str, **headers: str) -> Answer:
        return self.send("GET", target, _dashed(headers))

    def json(self, target: str, body: bytes | str | object, **headers: str) -> Answer:
        if not isinstance(body, bytes | str):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        kind = {"Content-Type": "application/json"}
        return self.send("POST", target, kind | _dashed(headers), body)

    def program(self, method: str, target: str, body: object) -> Answer:
        """Send JSON in any method."""
        sent = json.dumps(body).encode()
        return self.send(method, target, {"Content-Type": "application/json"}, sent)

    def form(self, target: str, values: Mapping[str, str] | None = None) -> Answer:
        sent = urlencode({"csrf_token": self.token, **(values or {})}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", target, kind, sent)

    def upload(self, target: str, parts: Parts) -> Answer:
        boundary = secrets.token_hex(12)
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        token = {} if self.key else {"csrf_token": self.token}
        body = multipart({**token, **parts}, boundary)
        return self.send("POST", target, kind, body)

    def sign_in(self, login: str, password: str) -> Answer:
        self.get("/sign-in")
        answer = self.form("/sign-in", {"login": login, "password": password})
        assert answer.status == 303, answer.text
        self.get("/account")
        return answer

    def _credentials(self) -> dict[str, str]:
        found = {}
        if self.key:
            found["Authorization"] = f"Bearer {self.key}"
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            found["Cookie"] = "; ".join(pairs)
            found["Referer"] = f"https://{self.host}/"
        return found

    def _remember(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        shown = _TOKEN.search(answer.text)
        if shown:
            self.token = shown[1]


@dataclass
class Inside(Wire):
    """One who asks the application itself: who may see what is none of the wire's."""

    app: "WSGIApplication | None" = None

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        assert self.app is not None
        told = Client(self.app, use_cookies=False).open(
            target,
            method=method,
            base_url=f"https://{self.host}",
            headers={**self._credentials(), **(headers or {})},
            data=body,
        )
        message = HTTPMessage()
        for name, value in told.headers:
            message[name] = value
        answer = Answer(told.status_code, message, told.get_data())
        told.close()
        self._remember(answer)
        return answer


def multipart(parts: Parts, boundary: str) -> bytes:
    body = b""
    for name, value in parts.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            file_name = value[0].replace('"', "%22")  # as browsers do (RFC 7578, 2)
            head += f'; filename="{file_name}"\r\nContent-Type: image/png'
        content = value[1] if isinstance(value, tuple) else value.encode()
        body += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def _answer(line: socket.socket, request: bytes) -> Answer:
    method = request.partition(b" ")[0].decode("latin-1")
    response = HTTPResponse(line, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
