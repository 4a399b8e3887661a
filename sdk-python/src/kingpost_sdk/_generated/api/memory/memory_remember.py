from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.remember import Remember
from ...models.remembered import Remembered
from ...types import Response


def _get_kwargs(
    *,
    body: Remember,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/memories",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Remembered | None:
    if response.status_code == 200:
        response_200 = Remembered.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Remembered]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Remember,
) -> Response[Remembered]:
    """Remember something.

     Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so
    that the same
    text is stored once for each.

    Args:
        body (Remember): Things to remember.

            An empty id is made from the scope and the text, and from tier and validity where they are
            given, so that the same
            text is stored once for each.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Remembered]
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
    body: Remember,
) -> Remembered | None:
    """Remember something.

     Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so
    that the same
    text is stored once for each.

    Args:
        body (Remember): Things to remember.

            An empty id is made from the scope and the text, and from tier and validity where they are
            given, so that the same
            text is stored once for each.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Remembered
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Remember,
) -> Response[Remembered]:
    """Remember something.

     Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so
    that the same
    text is stored once for each.

    Args:
        body (Remember): Things to remember.

            An empty id is made from the scope and the text, and from tier and validity where they are
            given, so that the same
            text is stored once for each.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Remembered]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Remember,
) -> Remembered | None:
    """Remember something.

     Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so
    that the same
    text is stored once for each.

    Args:
        body (Remember): Things to remember.

            An empty id is made from the scope and the text, and from tier and validity where they are
            given, so that the same
            text is stored once for each.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Remembered
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
