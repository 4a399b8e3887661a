"""Pack published ``.tiktoken`` files into this plugin, byte for byte the same each time.

    python scripts/pack_vocabulary.py cl100k_base.tiktoken o200k_base.tiktoken

A file, gzipped or not, whose SHA-256 is not the published one is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import zlib
from pathlib import Path

from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE, O200K_BASE


def pack(path: Path) -> None:
    """Write the file whose digest says what it is."""
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    digest = hashlib.sha256(content).hexdigest()
    for vocabulary in (CL100K_BASE, O200K_BASE):
        if digest == vocabulary.sha256:
            # No name and no time in the header: the same content gives the same bytes.
            packer = zlib.compressobj(level=9, wbits=31)
            vocabulary.path.write_bytes(packer.compress(content) + packer.flush())
            return
    sys.exit(f"{path}: SHA-256 {digest} is of no vocabulary that is published")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        pack(Path(argument))
