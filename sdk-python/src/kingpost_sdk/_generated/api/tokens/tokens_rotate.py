from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.rotate_token_body import RotateTokenBody
from ...models.token_created import TokenCreated
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: RotateTokenBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tokens/{id}/rotate".format(
            id=quote(str(id), safe=""),
        ),
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
    id: str,
    *,
    client: AuthenticatedClient | Client,
    body: RotateTokenBody | Unset = UNSET,
) -> Response[TokenCreated]:
    """Replace a token, with an overlap.

     Gives a token a successor with the same scopes; the old one holds for ``overlap_hours`` more.

    Args:
        id (str):
        body (RotateTokenBody | Unset): Gives a token a successor with the same scopes; the old
            one holds for ``overlap_hours`` more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TokenCreated]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    body: RotateTokenBody | Unset = UNSET,
) -> TokenCreated | None:
    """Replace a token, with an overlap.

     Gives a token a successor with the same scopes; the old one holds for ``overlap_hours`` more.

    Args:
        id (str):
        body (RotateTokenBody | Unset): Gives a token a successor with the same scopes; the old
            one holds for ``overlap_hours`` more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TokenCreated
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    body: RotateTokenBody | Unset = UNSET,
) -> Response[TokenCreated]:
    """Replace a token, with an overlap.

     Gives a token a successor with the same scopes; the old one holds for ``overlap_hours`` more.

    Args:
        id (str):
        body (RotateTokenBody | Unset): Gives a token a successor with the same scopes; the old
            one holds for ``overlap_hours`` more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TokenCreated]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    body: RotateTokenBody | Unset = UNSET,
) -> TokenCreated | None:
    """Replace a token, with an overlap.

     Gives a token a successor with the same scopes; the old one holds for ``overlap_hours`` more.

    Args:
        id (str):
        body (RotateTokenBody | Unset): Gives a token a successor with the same scopes; the old
            one holds for ``overlap_hours`` more.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TokenCreated
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
