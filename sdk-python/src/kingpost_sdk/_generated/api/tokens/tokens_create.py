from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_token import CreateToken
from ...models.token_created import TokenCreated
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CreateToken | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tokens",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> TokenCreated | None:
    if response.status_code == 201:
        response_201 = TokenCreated.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[TokenCreated]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateToken | Unset = UNSET,
) -> Response[TokenCreated]:
    """Make a token.

     A new token for a tenant. ``scopes`` are at most those of whoever creates it; ``days`` until it
    expires.

    Args:
        body (CreateToken | Unset): A new token for a tenant. ``scopes`` are at most those of
            whoever creates it; ``days`` until it expires.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TokenCreated]
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
    body: CreateToken | Unset = UNSET,
) -> TokenCreated | None:
    """Make a token.

     A new token for a tenant. ``scopes`` are at most those of whoever creates it; ``days`` until it
    expires.

    Args:
        body (CreateToken | Unset): A new token for a tenant. ``scopes`` are at most those of
            whoever creates it; ``days`` until it expires.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TokenCreated
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateToken | Unset = UNSET,
) -> Response[TokenCreated]:
    """Make a token.

     A new token for a tenant. ``scopes`` are at most those of whoever creates it; ``days`` until it
    expires.

    Args:
        body (CreateToken | Unset): A new token for a tenant. ``scopes`` are at most those of
            whoever creates it; ``days`` until it expires.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TokenCreated]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreateToken | Unset = UNSET,
) -> TokenCreated | None:
    """Make a token.

     A new token for a tenant. ``scopes`` are at most those of whoever creates it; ``days`` until it
    expires.

    Args:
        body (CreateToken | Unset): A new token for a tenant. ``scopes`` are at most those of
            whoever creates it; ``days`` until it expires.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TokenCreated
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
