from __future__ import annotations

import re

from tests.fences.house import at, refuse, texts

# The brackets keep these lines from breaking their own rule.
REGISTRY = re.compile(
    r"py[p]i[.]org|python[h]osted[.]org|registry[.]npm[j]s|registry[.]yarn[p]kg|proxy[.]go[l]ang|sum[.]go[l]ang"
    r"|deb[.]deb[i]an|crates[.][i]o",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?:^|[^A-Za-z0-9._-])/(?:wor[k]|far[m]|roo[t])/")


def test_no_file_names_the_host_of_a_registry() -> None:
    refuse(_found(REGISTRY), "name the package; where it comes from is the installer's own setting")


def test_no_file_names_a_path_of_a_machine() -> None:
    refuse(_found(MACHINE), "write the path from the root of the repository, or take it from the environment")


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{at(path, number)}: {line.strip()[:120]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
