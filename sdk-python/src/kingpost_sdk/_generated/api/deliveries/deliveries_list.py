from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.delivery_page import DeliveryPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    endpoint: str | Unset = UNSET,
    source: str | Unset = UNSET,
    state: str | Unset = UNSET,
    before: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["endpoint"] = endpoint

    params["source"] = source

    params["state"] = state

    params["before"] = before

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/webhooks/deliveries",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> DeliveryPage | None:
    if response.status_code == 200:
        response_200 = DeliveryPage.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[DeliveryPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    endpoint: str | Unset = UNSET,
    source: str | Unset = UNSET,
    state: str | Unset = UNSET,
    before: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[DeliveryPage]:
    """Deliveries in and out, newest first.

     Deliveries, newest first: those that came in, or the attempts of one ``endpoint``.

    ``state`` is ``queued``, ``unmatched``, ``rejected`` or ``failed`` for what came in, and
    ``delivered``, ``failed``,
    ``gone``, ``ours`` or ``dead`` for what went out. ``before`` is the position that the page before
    ended with.

    Args:
        endpoint (str | Unset):
        source (str | Unset):
        state (str | Unset):
        before (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeliveryPage]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
        source=source,
        state=state,
        before=before,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    endpoint: str | Unset = UNSET,
    source: str | Unset = UNSET,
    state: str | Unset = UNSET,
    before: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> DeliveryPage | None:
    """Deliveries in and out, newest first.

     Deliveries, newest first: those that came in, or the attempts of one ``endpoint``.

    ``state`` is ``queued``, ``unmatched``, ``rejected`` or ``failed`` for what came in, and
    ``delivered``, ``failed``,
    ``gone``, ``ours`` or ``dead`` for what went out. ``before`` is the position that the page before
    ended with.

    Args:
        endpoint (str | Unset):
        source (str | Unset):
        state (str | Unset):
        before (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeliveryPage
    """

    return sync_detailed(
        client=client,
        endpoint=endpoint,
        source=source,
        state=state,
        before=before,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    endpoint: str | Unset = UNSET,
    source: str | Unset = UNSET,
    state: str | Unset = UNSET,
    before: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[DeliveryPage]:
    """Deliveries in and out, newest first.

     Deliveries, newest first: those that came in, or the attempts of one ``endpoint``.

    ``state`` is ``queued``, ``unmatched``, ``rejected`` or ``failed`` for what came in, and
    ``delivered``, ``failed``,
    ``gone``, ``ours`` or ``dead`` for what went out. ``before`` is the position that the page before
    ended with.

    Args:
        endpoint (str | Unset):
        source (str | Unset):
        state (str | Unset):
        before (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeliveryPage]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
        source=source,
        state=state,
        before=before,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    endpoint: str | Unset = UNSET,
    source: str | Unset = UNSET,
    state: str | Unset = UNSET,
    before: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> DeliveryPage | None:
    """Deliveries in and out, newest first.

     Deliveries, newest first: those that came in, or the attempts of one ``endpoint``.

    ``state`` is ``queued``, ``unmatched``, ``rejected`` or ``failed`` for what came in, and
    ``delivered``, ``failed``,
    ``gone``, ``ours`` or ``dead`` for what went out. ``before`` is the position that the page before
    ended with.

    Args:
        endpoint (str | Unset):
        source (str | Unset):
        state (str | Unset):
        before (int | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeliveryPage
    """

    return (
        await asyncio_detailed(
            client=client,
            endpoint=endpoint,
            source=source,
            state=state,
            before=before,
            limit=limit,
        )
    ).parsed
