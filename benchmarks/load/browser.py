"""What a browser does, as little of it as a measurement needs: one kept connection, cookies, and forms sent back."""

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "mentoring.example.org"
# As the proxy that ends TLS sends it on.
HEADERS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
BOUNDARY = "----------------load"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Form(HTMLParser):
    """What the forms of a page would send as they stand, those of buttons aside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, kind = said.get("name", ""), said.get("type", "text")
        if tag == "input" and name and (kind not in {"radio", "checkbox", "submit", "file"} or "checked" in said):
            self.values[name] = said.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in said or self._select not in self.values):
            self.values[self._select] = said.get("value", "")


@dataclass
class Browser:
    port: int
    cookie: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if self.cookie:
            self.cookies["__Host-sessionid"] = self.cookie

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, values: dict[str, str], file: tuple[str, str, bytes] | None = None) -> Answer:
        """Send a form, with a file (its field, name and content) or without."""
        if file is None:
            return self._ask("POST", path, urlencode(values).encode(), "application/x-www-form-urlencoded")
        parts = [_part(f'name="{name}"', value.encode()) for name, value in values.items()]
        parts.append(_part(f'name="{file[0]}"; filename="{file[1]}"', file[2]))
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def submit(self, path: str, more: dict[str, str], *, to: str = "", **how: Any) -> Answer:
        """Open a page and send its form back, with some of its fields filled in; `to` where it says so."""
        return self.post(to or path, {**Form(self.get(path).text).values, **more}, **how)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {**HEADERS, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": kind, "Referer": f"https://{HOST}{path}"}
        try:
            answer = self._send(method, path, body, headers)
        except (http.client.HTTPException, ConnectionError):  # a kept connection that the server has closed
            self._connection.close()
            answer = self._send(method, path, body, headers)
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def _part(name: str, content: bytes) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content + b"\r\n"


def where(answer: Answer) -> str:
    """The path to which a browser is sent on."""
    parts = urlsplit(answer.headers.get("Location") or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
