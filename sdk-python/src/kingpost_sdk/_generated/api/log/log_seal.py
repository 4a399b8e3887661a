from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.seal import Seal
from ...models.sealing import Sealing
from ...types import Response


def _get_kwargs(
    *,
    body: Seal,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/log/seal",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Sealing | None:
    if response.status_code == 200:
        response_200 = Sealing.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Sealing]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Seal,
) -> Response[Sealing]:
    """Move old frames into a segment file.

     Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``.

    Args:
        body (Seal): Moves what is older than ``before`` (seconds since the epoch) into a new file
            at ``target``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Sealing]
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
    body: Seal,
) -> Sealing | None:
    """Move old frames into a segment file.

     Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``.

    Args:
        body (Seal): Moves what is older than ``before`` (seconds since the epoch) into a new file
            at ``target``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Sealing
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Seal,
) -> Response[Sealing]:
    """Move old frames into a segment file.

     Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``.

    Args:
        body (Seal): Moves what is older than ``before`` (seconds since the epoch) into a new file
            at ``target``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Sealing]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Seal,
) -> Sealing | None:
    """Move old frames into a segment file.

     Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``.

    Args:
        body (Seal): Moves what is older than ``before`` (seconds since the epoch) into a new file
            at ``target``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Sealing
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
