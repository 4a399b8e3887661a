from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.backup import Backup
from ...models.job import Job
from ...types import Response


def _get_kwargs(
    *,
    body: Backup,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/log/backup",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Job | None:
    if response.status_code == 202:
        response_202 = Job.from_dict(response.json())

        return response_202

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Job]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Backup,
) -> Response[Job]:
    """Begin to copy memories and log into a folder, while work goes on.

     Where the copy goes: a folder that does not exist yet, is empty, or holds a backup that was broken
    off.

    Args:
        body (Backup): Where the copy goes: a folder that does not exist yet, is empty, or holds a
            backup that was broken off.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Job]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Backup,
) -> Job | None:
    """Begin to copy memories and log into a folder, while work goes on.

     Where the copy goes: a folder that does not exist yet, is empty, or holds a backup that was broken
    off.

    Args:
        body (Backup): Where the copy goes: a folder that does not exist yet, is empty, or holds a
            backup that was broken off.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Job
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Backup,
) -> Response[Job]:
    """Begin to copy memories and log into a folder, while work goes on.

     Where the copy goes: a folder that does not exist yet, is empty, or holds a backup that was broken
    off.

    Args:
        body (Backup): Where the copy goes: a folder that does not exist yet, is empty, or holds a
            backup that was broken off.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Job]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Backup,
) -> Job | None:
    """Begin to copy memories and log into a folder, while work goes on.

     Where the copy goes: a folder that does not exist yet, is empty, or holds a backup that was broken
    off.

    Args:
        body (Backup): Where the copy goes: a folder that does not exist yet, is empty, or holds a
            backup that was broken off.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Job
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
