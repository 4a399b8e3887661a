from __future__ import annotations

import gzip
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiktoken_ext.openai_public  # type: ignore[import-untyped]  # it ships no types
from kingpost import PluginBroken
from kingpost_tokens_tiktoken.counting import TiktokenCounter
from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE, O200K_BASE, Vocabulary

BOTH = pytest.mark.parametrize("vocabulary", [CL100K_BASE, O200K_BASE], ids=lambda each: each.name)


@BOTH
def test_digest_and_pattern_are_those_of_tiktoken(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(path: str, expected_hash: str) -> dict[bytes, int]:
        asked.append(expected_hash)
        return {}

    monkeypatch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", note)
    public = tiktoken_ext.openai_public.ENCODING_CONSTRUCTORS[vocabulary.name]()

    assert asked == [vocabulary.sha256]
    assert public["pat_str"] == vocabulary.pattern


def test_a_changed_vocabulary_is_refused_and_names_the_plugin(tmp_path: Path) -> None:
    content = gzip.decompress(CL100K_BASE.path.read_bytes())
    path = tmp_path / "cl100k_base.tiktoken.gz"
    path.write_bytes(gzip.compress(content.replace(b" 1000\n", b" 1001\n"), compresslevel=1))

    with pytest.raises(
        PluginBroken, match=r"'tokens-tiktoken', vocabulary 'cl100k_base'.*SHA-256.*reinstall"
    ) as caught:
        TiktokenCounter(replace(CL100K_BASE, path=path)).count("crane")

    assert caught.value.plugin == "tokens-tiktoken"


@pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b\x08\x00"])
def test_a_damaged_or_missing_vocabulary_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cl100k_base.tiktoken.gz"
    if content:
        path.write_bytes(content)

    with pytest.raises(PluginBroken, match=r"cl100k_base\.tiktoken\.gz.*reinstall"):
        TiktokenCounter(replace(CL100K_BASE, path=path)).count("crane")


@BOTH
def test_the_network_is_never_asked(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    # Another name makes it another vocabulary than the one that other tests have loaded.
    anew = TiktokenCounter(replace(vocabulary, name=f"{vocabulary.name} anew"))

    assert anew.count("hello") == 1


def test_nothing_heavy_is_imported_before_the_first_count() -> None:
    code = (
        "import sys, kingpost_tokens_tiktoken as plugin; counters = plugin.provide_counters();"
        "heavy = {'tiktoken', 'regex', 'rs_bpe'}; assert not heavy & set(sys.modules); counters[0].count('crane');"
        "assert heavy & set(sys.modules); assert not {'tiktoken', 'rs_bpe'} <= set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
