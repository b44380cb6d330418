"""The headers that every answer carries; the matrix of permissions looks at them with every request it makes."""

from typing import Any

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
SAME = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
# What may lie in a cache, since it says the same to everybody.
STORED = {"offline_worker"}


def policy(text: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in text.split(";") if part.strip())


def wrong(response: Any, *, referrer: str = "same-origin", stored: bool = False) -> list[str]:
    """What is not as it must be. `referrer` is what the address tells of itself; `stored`, that a cache may keep it."""
    headers = response.headers
    found = [name for name, value in SAME.items() if headers.get(name) != value]
    # An answer to a method that an address does not have comes before anybody has looked at the address.
    told = {referrer, "same-origin"} if response.status_code == 405 else {referrer}
    if headers.get("Referrer-Policy") not in told:
        found.append(f"Referrer-Policy {headers.get('Referrer-Policy')}")
    if policy(headers.get("Content-Security-Policy", "")) != POLICY:
        found.append(f"policy {headers.get('Content-Security-Policy')}")
    if not {"camera=()", "interest-cohort=()"} <= _parts(headers.get("Permissions-Policy", "")):
        found.append("Permissions-Policy")
    # Neither a cache on the way nor the browser's may show it to the next person.
    if not stored and not {"no-store", "private"} <= _parts(headers.get("Cache-Control", "")):
        found.append(f"Cache-Control {headers.get('Cache-Control')}")
    if "Access-Control-Allow-Origin" in headers:
        found.append("open to other origins")
    return found


def _parts(header: str) -> set[str]:
    return {part.strip() for part in header.split(",")}
