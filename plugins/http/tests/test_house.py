"""What is of the house and of no tenant: its other tenants, the log of all, files of the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from kingpost import operations


async def shown(opened: Any, tenant: str, *scopes: str) -> dict[str, str]:
    """What the command line makes for a tenant, to be shown."""
    asked = operations.tokens.CreateToken(scopes=scopes or ("*",), tenant=tenant)
    made = await opened.kernel.perform(operations.tokens.CREATE, asked)
    return {"Authorization": f"Bearer {made.token}"}


async def test_a_tenants_token_for_everything_is_for_everything_of_the_tenant(serving: Any, tmp_path: Path) -> None:
    """Other tenants, the log of all and files of the machine are not the tenant's, so they have to be named."""
    (tmp_path / "secret.md").write_text("lions")
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=f"{url}/v1/") as client:
        south = await shown(opened, "south")
        for method, path, body in (
            ("GET", "tenants", None),
            ("POST", "tenants", {"id": "west"}),
            ("POST", "tenants/north/erase", None),
            ("POST", "tokens", {"tenant": "default"}),
            ("POST", "tokens", {"scopes": ["host:files"]}),
            ("POST", "log/backup", {"target": str(tmp_path / "saved")}),
            ("POST", "tasks", {"description": "read", "inputs": [str(tmp_path / "secret.md")]}),
        ):
            refused = await client.request(method, path, headers=south, json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden"), path
        assert (await client.post("tasks", json={"description": "count"}, headers=south)).status_code == 202
        assert (await client.post("tokens", json={}, headers=south)).json()["view"]["tenant"] == "south"

        named = await shown(opened, "south", "tenants:read")
        assert (await client.get("tenants", headers=named)).status_code == 200


@pytest.mark.parametrize("scopes", [("*", "tenants:write"), ("tokens:write", "tenants:write")])
async def test_who_may_make_tokens_for_others_gives_away_no_more_than_they_have(
    serving: Any, scopes: tuple[str, ...]
) -> None:
    """Everything of one tenant is less than everything of the house."""
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=f"{url}/v1/") as client:
        south = await shown(opened, "south", *scopes)

        refused = await client.post("tokens", json={"tenant": "default", "scopes": ["*"]}, headers=south)

        assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")


async def test_a_key_that_somebody_else_has_used_shows_nobody_what_they_may_not_have(serving: Any) -> None:
    """The token that an idempotency key has made is told again to who may make it, and to nobody else."""
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=f"{url}/v1/") as client:
        admin, small = await shown(opened, "default"), await shown(opened, "default", "tokens:write")
        key = {"Idempotency-Key": "the-token-of-ci"}

        first, again, guessed = [
            await client.post("tokens", json={"name": "ci"}, headers={**who, **key}) for who in (admin, admin, small)
        ]

        assert first.json()["token"] == again.json()["token"]
        assert (guessed.status_code, guessed.json()["code"]) == (403, "access.forbidden")


async def test_what_a_tenant_is_told_of_the_house_names_no_task_of_another(serving: Any) -> None:
    """By either way to ask how the house is."""
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=url) as client:
        north, south = await shown(opened, "north"), await shown(opened, "south")
        task = (await client.post("/v1/tasks", json={"description": "count"}, headers=north)).json()["id"]

        told = [await client.get(path, headers=south) for path in ("/status", "/v1/doctor")]

        assert [answer.status_code for answer in told] == [200, 200]
        assert all("nobody works on" in answer.text and task not in answer.text for answer in told)
