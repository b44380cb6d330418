"""What a PDF file holds, with its packed streams opened."""

import re
import zlib
from contextlib import suppress

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def unpacked(pdf: bytes) -> bytes:
    """The file, and after it every stream that is packed. The line end behind a stream is none of it, and may look like
    its last byte: what follows the packed part is left alone.
    """
    opened = [pdf]
    for each in _STREAM.findall(pdf):
        with suppress(zlib.error):  # a picture or a font that is packed in another way
            opened.append(zlib.decompressobj().decompress(each))
    return b"\n".join(opened)
