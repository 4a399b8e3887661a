from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.set_source_body import SetSourceBody
from ...models.source_view import SourceView
from ...types import Response


def _get_kwargs(
    name: str,
    *,
    body: SetSourceBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/webhooks/sources/{name}".format(
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SourceView | None:
    if response.status_code == 200:
        response_200 = SourceView.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[SourceView]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetSourceBody,
) -> Response[SourceView]:
    """Set up a source of webhooks.

     Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces
    the other.

    Args:
        name (str):
        body (SetSourceBody): Sets a source up, or anew: all of it. Several ``secrets`` hold
            beside each other while one replaces the other.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SourceView]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetSourceBody,
) -> SourceView | None:
    """Set up a source of webhooks.

     Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces
    the other.

    Args:
        name (str):
        body (SetSourceBody): Sets a source up, or anew: all of it. Several ``secrets`` hold
            beside each other while one replaces the other.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SourceView
    """

    return sync_detailed(
        name=name,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetSourceBody,
) -> Response[SourceView]:
    """Set up a source of webhooks.

     Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces
    the other.

    Args:
        name (str):
        body (SetSourceBody): Sets a source up, or anew: all of it. Several ``secrets`` hold
            beside each other while one replaces the other.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SourceView]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetSourceBody,
) -> SourceView | None:
    """Set up a source of webhooks.

     Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces
    the other.

    Args:
        name (str):
        body (SetSourceBody): Sets a source up, or anew: all of it. Several ``secrets`` hold
            beside each other while one replaces the other.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SourceView
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
        )
    ).parsed
