"""One Chromium for all tests of a process: to start Playwright and a browser takes a second of the processor."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, sync_playwright


class KeptBrowser:
    """Lent to one test at a time, and empty each time: what is of a test lives in contexts, which end with it.

    While Playwright runs, Django takes this thread for an asynchronous one. Its loop stands still between two calls,
    so between two tests the thread is told that there is none.
    """

    def __init__(self, path: str, arguments: list[str]) -> None:
        self._path, self._arguments = path, arguments
        self._stack = ExitStack()
        self._browser: Browser | None = None
        self._loop: AbstractEventLoop | None = None

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        with self._running():
            if self._browser is None or not self._browser.is_connected():
                self._start()
            assert self._browser is not None
            yield self._browser
            for context in self._browser.contexts:
                context.close()

    def end(self) -> None:
        with self._running():
            self._stack.close()

    @contextmanager
    def _running(self) -> Iterator[None]:
        asyncio._set_running_loop(self._loop)
        try:
            yield
        finally:
            self._loop = asyncio._get_running_loop()
            asyncio._set_running_loop(None)

    def _start(self) -> None:
        """Anew also where a test has brought the one before down."""
        self._stack.close()
        playwright = self._stack.enter_context(sync_playwright())
        self._browser = playwright.chromium.launch(executable_path=self._path, args=self._arguments)
        self._stack.callback(self._browser.close)
