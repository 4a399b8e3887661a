"""Texts in twenty languages and formats, made of a seed, of Unicode and of what every Python brings along.

Called by the benchmark of counting and by the test that counts are those of tiktoken. The languages are no languages:
syllables of their scripts, with the spaces, marks and punctuation that are usual there.
"""

from __future__ import annotations

import base64
import csv
import difflib
import io
import json
import random
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

STDLIB = Path(json.__file__).parents[1]

_VOWELS = {
    "english": "a e i o u ea ou", "german": "a e i o u ä ö ü ei ie", "french": "a e i o u é è ê eau oi",
    "polish": "a e i o u ą ę ó y", "turkish": "a e ı i o ö u ü", "vietnamese": "ạ ả ấ ầ ế ệ ị ố ộ ớ ợ ụ ừ ự ỹ",
    "russian": "а е и о у ы э ю я", "greek": "α ε η ι ο υ ω ά έ ή ού", "arabic": "ا و ي َ ِ ُ", "hebrew": "א ו י ָ ִ",
    "hindi": "ा ि ी ु े ै ो ं", "thai": "ะ า ิ ี ุ เ แ โ ่ ้",
}  # fmt: skip
_CONSONANTS = {
    "latin": "b c d f g h k l m n p r s t v w z st ch", "polish": "b c cz d f g ł m n ń p r s sz ś t w z ż",
    "turkish": "b c ç d f g ğ k l m n r s ş t y z", "vietnamese": "b ch d đ g h kh l m n ng nh ph t th tr v x",
    "russian": "б в г д ж з к л м н п р с т х ц ч ш щ", "greek": "β γ δ ζ θ κ λ μ ν ξ π ρ σ τ φ χ ψ",
    "arabic": "ب ت ث ج ح خ د ر س ش ص ط ع غ ف ق ك ل م ن ه", "hebrew": "ב ג ד ה ז ח ט כ ל מ נ ס ע פ צ ק ר ש ת",
    "hindi": "क ख ग च ज ट ड त द न प ब म य र ल व श स ह", "thai": "ก ข ค ง จ ช ด ต ท น บ ป พ ม ย ร ล ว ส ห อ",
}  # fmt: skip
_UNSPACED = {"chinese": (0x4E00, 0x9FA5), "japanese": (0x3041, 0x30FA), "korean": (0xAC00, 0xD7A3)}
_EMOJI = ["😀", "😂", "👍🏽", "👩\u200d🚀", "🇩🇪", "❤️", "🏳️\u200d🌈", "✅", "🔥", "e\u0301", "o\u0302\u0323"]


def texts(size: int, seed: int = 7) -> Mapping[str, str]:
    """Twenty texts by name, each of about ``size`` characters."""
    makers: dict[str, Callable[[random.Random, int], str]] = {
        **{name: _spaced(name) for name in _VOWELS},
        **{name: _unspaced(*span) for name, span in _UNSPACED.items()},
        "emoji": lambda chance, size: " ".join(chance.choices([*_EMOJI, "ok", "so!"], k=size // 3)),
        "python": lambda _chance, size: _sources("*.py", size),
        "names": lambda _chance, size: _names(size),
        "json": _json,
        "jsonl": lambda chance, size: "\n".join(json.dumps(_record(chance)) for _ in range(size // 150)),
        "csv": _csv,
        "log": _log,
        "diff": _diff,
        "markup": _markup,
        "base64": lambda chance, size: base64.b64encode(chance.randbytes(size * 3 // 4)).decode(),
        "spaces": lambda chance, size: "".join(chance.choices([" ", "\n", "\t", "  ", "\r\n", "x", "/", "'s"], k=size)),
        "anything": lambda chance, size: "".join(chr(chance.choice(_ASSIGNED)) for _ in range(size)),
    }
    return {name: make(random.Random(f"{seed} {name}"), size) for name, make in makers.items()}


_ASSIGNED = [number for number in range(0x30000) if unicodedata.category(chr(number)) not in ("Cn", "Cs", "Co")]


def _spaced(name: str) -> Callable[[random.Random, int], str]:
    vowels = _VOWELS[name].split()
    consonants = _CONSONANTS.get(name, _CONSONANTS["latin"]).split()

    def make(chance: random.Random, size: int) -> str:
        syllables = [a + b for a in consonants for b in vowels]
        lexicon = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(3000)]
        out, length, fresh = list[str](), 0, True
        while length < size:
            word = lexicon[min(int(chance.paretovariate(0.6)) - 1, 2999)]
            end = chance.choices(["", ",", ".", ".\n\n", "?", "'s", "-"], [80, 8, 6, 1, 1, 2, 2])[0]
            out.append((word.capitalize() if fresh else word) + end)
            fresh, length = end[:1] in {".", "?"}, length + len(word) + 2
        return " ".join(out)

    return make


def _unspaced(first: int, last: int) -> Callable[[random.Random, int], str]:
    def make(chance: random.Random, size: int) -> str:
        common = [chr(chance.randint(first, last)) for _ in range(800)] + list("的一是不了\u3044\u306e") * 20
        marks = ["\u3002", "\uff0c", "\u3001", "\uff1f\n", " ", "2024", "API"]
        return "".join(
            "".join(chance.choices(common, k=chance.randint(3, 14))) + chance.choice(marks) for _ in range(size // 9)
        )

    return make


def _sources(pattern: str, size: int) -> str:
    out, length = list[str](), 0
    for path in sorted(STDLIB.glob(pattern)):
        if length >= size:
            break
        out.append(path.read_text("utf-8", errors="replace"))
        length += len(out[-1])
    return "".join(out)[:size]


def _names(size: int) -> str:
    named = (f"{chr(n)} {unicodedata.name(chr(n), '?')}; U+{n:04X}\n" for n in _ASSIGNED)
    out = io.StringIO()
    for line in named:
        if out.tell() >= size:
            break
        out.write(line)
    return out.getvalue()


def _record(chance: random.Random) -> dict[str, object]:
    return {
        "id": chance.randbytes(8).hex(), "userName": f"user_{chance.randint(1, 9999)}", "score": chance.random(),
        "tags": chance.choices(["new", "überfällig", "naïve", "ok"], k=3), "nested": {"null": None, "on": True},
        "url": f"https://example.org/a/{chance.randint(1, 999)}?q=%20{chance.randint(1, 99)}#top",
    }  # fmt: skip


def _json(chance: random.Random, size: int) -> str:
    return json.dumps([_record(chance) for _ in range(size // 300)], indent=2, ensure_ascii=False)


def _csv(chance: random.Random, size: int) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    while out.tell() < size:
        rows.writerow([chance.randint(1, 10**9), f"{chance.random():.6f}", 'said "so"', "", "2026-11-21T09:30:00Z"])
    return out.getvalue()


def _log(chance: random.Random, size: int) -> str:
    levels = ["INFO", "DEBUG", "WARNING", "ERROR"]
    lines = (
        f"2026-11-21 09:{chance.randint(0, 59):02}:{chance.random() * 60:06.3f} {chance.choice(levels):<7} "
        f"[worker-{chance.randint(1, 32)}] took {chance.randint(1, 9999)}ms for 10.0.{chance.randint(0, 255)}.7:8080"
        for _ in range(size // 85)
    )
    return "\n".join(lines)


def _diff(chance: random.Random, size: int) -> str:
    before = _sources("*.py", size * 2).splitlines(keepends=True)
    after = [line for line in before if chance.random() > 0.05]
    hunks = difflib.unified_diff(before[:4000], after[:3800], "a/module.py", "b/module.py")
    text = "".join(hunks)
    return (text * (size // max(len(text), 1) + 1))[:size]


def _markup(chance: random.Random, size: int) -> str:
    row = "<tr class='row-{0}'><td>&nbsp;{1}</td>\n  <td style=\"width:{0}px\"><!-- {1} -->\n## {1}\n* `{0}`\n"
    return "".join(row.format(chance.randint(1, 99), chance.randbytes(3).hex()) for _ in range(size // 110))
