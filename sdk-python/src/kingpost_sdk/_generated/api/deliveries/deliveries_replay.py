from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.replay import Replay
from ...models.replayed import Replayed
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: Replay | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/webhooks/deliveries/replay",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Replayed | None:
    if response.status_code == 200:
        response_200 = Replayed.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Replayed]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Replay | Unset = UNSET,
) -> Response[Replayed]:
    """Deliver again, with the same id.

     Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of
    them).

    Args:
        body (Replay | Unset): Sends again, with the same id: events of an ``endpoint`` (``ids``,
            or all its ``dead`` letters).

            With a ``source``, deliveries of it that became no task meet its rules once more (``ids``,
            or all of them).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Replayed]
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
    body: Replay | Unset = UNSET,
) -> Replayed | None:
    """Deliver again, with the same id.

     Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of
    them).

    Args:
        body (Replay | Unset): Sends again, with the same id: events of an ``endpoint`` (``ids``,
            or all its ``dead`` letters).

            With a ``source``, deliveries of it that became no task meet its rules once more (``ids``,
            or all of them).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Replayed
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Replay | Unset = UNSET,
) -> Response[Replayed]:
    """Deliver again, with the same id.

     Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of
    them).

    Args:
        body (Replay | Unset): Sends again, with the same id: events of an ``endpoint`` (``ids``,
            or all its ``dead`` letters).

            With a ``source``, deliveries of it that became no task meet its rules once more (``ids``,
            or all of them).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Replayed]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Replay | Unset = UNSET,
) -> Replayed | None:
    """Deliver again, with the same id.

     Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of
    them).

    Args:
        body (Replay | Unset): Sends again, with the same id: events of an ``endpoint`` (``ids``,
            or all its ``dead`` letters).

            With a ``source``, deliveries of it that became no task meet its rules once more (``ids``,
            or all of them).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Replayed
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
