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


def wrong(response: Any, *, stored: bool = False) -> list[str]:
    headers = response.headers
    found = [name for name, value in SAME.items() if headers.get(name) != value]
    # A page behind a link keeps its address to itself altogether.
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        found.append(f"Referrer-Policy {headers.get('Referrer-Policy')}")
    if policy(headers.get("Content-Security-Policy", "")) != POLICY:
        found.append(f"policy {headers.get('Content-Security-Policy')}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if not stored and "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"Cache-Control {headers.get('Cache-Control')}")
    if "Access-Control-Allow-Origin" in headers:
        found.append("open to other origins")
    return found
