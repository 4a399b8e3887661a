from __future__ import annotations

import re

from tests.fences.house import DOCS, ROOT, at, refuse

DECISIONS = DOCS / "decisions"
FRAGMENTS = ROOT / "changelog.d"
FRAGMENT = re.compile(r"\+[a-z0-9-]+\.(added|changed|deprecated|removed|fixed|security)\.md")


def test_every_decision_is_listed() -> None:
    index = DECISIONS / "README.md"
    listed = set(re.findall(r"\(([^)\s]+\.md)\)", index.read_text("utf-8") if index.exists() else ""))
    written = {path.name for path in DECISIONS.glob("*.md")} - {"README.md"}
    broken = [f"{at(DECISIONS / name)}: is not listed" for name in sorted(written - listed)]
    broken += [f"{at(index)}: lists {name}, which is not there" for name in sorted(listed - written)]
    broken += [] if index.exists() else [f"{at(index)}: is missing"]

    refuse(broken, "docs/decisions/README.md links to each decision, and to nothing else")


def test_every_change_is_told_in_a_file_of_its_own() -> None:
    fragments = [path for path in sorted(FRAGMENTS.iterdir()) if path.name != "README.md"]
    broken = [f"{at(path)}: is not named +<slug>.<kind>.md" for path in fragments if not FRAGMENT.fullmatch(path.name)]
    broken += [f"{at(path)}: is empty" for path in fragments if not path.read_text("utf-8").strip()]

    refuse(broken, "see changelog.d/README.md")
