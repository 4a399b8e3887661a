from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.recall import Recall
from ...models.recalled import Recalled
from ...types import Response


def _get_kwargs(
    *,
    body: Recall,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/memories/recall",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Recalled | None:
    if response.status_code == 200:
        response_200 = Recalled.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Recalled]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Recall,
) -> Response[Recalled]:
    """Find what fits a question.

     A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without
    it, now.

    Args:
        body (Recall): A question to the memory. ``None`` scopes mean the default one.

            ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true
            then; without it, now.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Recalled]
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
    body: Recall,
) -> Recalled | None:
    """Find what fits a question.

     A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without
    it, now.

    Args:
        body (Recall): A question to the memory. ``None`` scopes mean the default one.

            ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true
            then; without it, now.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Recalled
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Recall,
) -> Response[Recalled]:
    """Find what fits a question.

     A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without
    it, now.

    Args:
        body (Recall): A question to the memory. ``None`` scopes mean the default one.

            ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true
            then; without it, now.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Recalled]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Recall,
) -> Recalled | None:
    """Find what fits a question.

     A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without
    it, now.

    Args:
        body (Recall): A question to the memory. ``None`` scopes mean the default one.

            ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true
            then; without it, now.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Recalled
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
