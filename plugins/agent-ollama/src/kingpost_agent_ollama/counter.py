"""A bound for the tokens of any model that Ollama runs, where its own tokenizer is not at hand."""

from __future__ import annotations


class Utf8Bytes:
    """Counts the bytes of a text in UTF-8, and one more: never fewer than the tokens of a model that Ollama runs.

    Byte-level BPE (Llama 3, Qwen, GPT, Mistral's Tekken ...) begins with one token for each byte and only ever merges
    them. SentencePiece (Llama 2, Gemma, Mistral ...) covers a text with pieces of one character or more, and falls
    back to one token for each byte of a character that it does not know; it may put one space before the text, which
    is the one more. WordPiece (embedding models) has at most one token for each character. Special tokens are read as
    plain text. None of these runtimes normalises a text in a way that makes it longer before it cuts it up.

    English prose takes about four bytes for a token, so the bound is far above the count.
    """

    name = "utf8-bytes"
    exact = False

    def count(self, text: str) -> int:
        return len(_encoded(text)) + 1 if text else 0

    def cut(self, text: str, limit: int) -> str:
        room = max(limit - 1, 0)
        # No character takes less than a byte.
        encoded = _encoded(text[:room])
        if len(encoded) <= room:
            return text[:room]
        end = room
        while encoded[end] & 0xC0 == 0x80:
            end -= 1
        return encoded[:end].decode("utf-8", "surrogatepass")


def _encoded(text: str) -> bytes:
    # A lone surrogate is sent as U+FFFD, which takes three bytes too.
    return text.encode("utf-8", "surrogatepass")
