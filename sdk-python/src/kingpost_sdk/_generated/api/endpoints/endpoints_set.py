from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.endpoint_view import EndpointView
from ...models.set_endpoint_body import SetEndpointBody
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: SetEndpointBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/webhooks/endpoints/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> EndpointView | None:
    if response.status_code == 200:
        response_200 = EndpointView.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[EndpointView]:
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
    body: SetEndpointBody,
) -> Response[EndpointView]:
    """Set up an endpoint for events.

     Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.

    Args:
        id (str):
        body (SetEndpointBody): Sets an endpoint up, or anew; its keys and its place in the log
            stay.

            ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key,
            or both.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EndpointView]
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
    body: SetEndpointBody,
) -> EndpointView | None:
    """Set up an endpoint for events.

     Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.

    Args:
        id (str):
        body (SetEndpointBody): Sets an endpoint up, or anew; its keys and its place in the log
            stay.

            ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key,
            or both.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EndpointView
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
    body: SetEndpointBody,
) -> Response[EndpointView]:
    """Set up an endpoint for events.

     Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.

    Args:
        id (str):
        body (SetEndpointBody): Sets an endpoint up, or anew; its keys and its place in the log
            stay.

            ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key,
            or both.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EndpointView]
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
    body: SetEndpointBody,
) -> EndpointView | None:
    """Set up an endpoint for events.

     Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.

    Args:
        id (str):
        body (SetEndpointBody): Sets an endpoint up, or anew; its keys and its place in the log
            stay.

            ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key,
            or both.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EndpointView
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
