from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.event_page import EventPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    after: int | Unset = UNSET,
    task: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    wait: float | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["after"] = after

    params["task"] = task

    params["limit"] = limit

    params["wait"] = wait

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/events",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> EventPage | None:
    if response.status_code == 200:
        response_200 = EventPage.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[EventPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    after: int | Unset = UNSET,
    task: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    wait: float | Unset = UNSET,
) -> Response[EventPage]:
    """A page of the log.

     A page of the log behind position ``after``; one task's if named. Waits up to ``wait`` seconds for
    the first.

    Args:
        after (int | Unset):
        task (str | Unset):
        limit (int | Unset):
        wait (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventPage]
    """

    kwargs = _get_kwargs(
        after=after,
        task=task,
        limit=limit,
        wait=wait,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    after: int | Unset = UNSET,
    task: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    wait: float | Unset = UNSET,
) -> EventPage | None:
    """A page of the log.

     A page of the log behind position ``after``; one task's if named. Waits up to ``wait`` seconds for
    the first.

    Args:
        after (int | Unset):
        task (str | Unset):
        limit (int | Unset):
        wait (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventPage
    """

    return sync_detailed(
        client=client,
        after=after,
        task=task,
        limit=limit,
        wait=wait,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    after: int | Unset = UNSET,
    task: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    wait: float | Unset = UNSET,
) -> Response[EventPage]:
    """A page of the log.

     A page of the log behind position ``after``; one task's if named. Waits up to ``wait`` seconds for
    the first.

    Args:
        after (int | Unset):
        task (str | Unset):
        limit (int | Unset):
        wait (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventPage]
    """

    kwargs = _get_kwargs(
        after=after,
        task=task,
        limit=limit,
        wait=wait,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    after: int | Unset = UNSET,
    task: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    wait: float | Unset = UNSET,
) -> EventPage | None:
    """A page of the log.

     A page of the log behind position ``after``; one task's if named. Waits up to ``wait`` seconds for
    the first.

    Args:
        after (int | Unset):
        task (str | Unset):
        limit (int | Unset):
        wait (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventPage
    """

    return (
        await asyncio_detailed(
            client=client,
            after=after,
            task=task,
            limit=limit,
            wait=wait,
        )
    ).parsed
