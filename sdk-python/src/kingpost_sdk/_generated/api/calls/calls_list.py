from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.call_page import CallPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    task: str | Unset = UNSET,
    waits: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["task"] = task

    params["waits"] = waits

    params["after"] = after

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/calls",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> CallPage | None:
    if response.status_code == 200:
        response_200 = CallPage.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[CallPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    waits: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[CallPage]:
    """Calls that wait for somebody.

     Which calls that wait, oldest task first; of one task, or for one thing.

    ``waits`` is ``approval``, ``question``, ``timer``, ``child``, ``worker``, or ``answer`` for what a
    tool of the
    outside will say. ``after`` is the page's last task.

    Args:
        task (str | Unset):
        waits (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CallPage]
    """

    kwargs = _get_kwargs(
        task=task,
        waits=waits,
        after=after,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    waits: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> CallPage | None:
    """Calls that wait for somebody.

     Which calls that wait, oldest task first; of one task, or for one thing.

    ``waits`` is ``approval``, ``question``, ``timer``, ``child``, ``worker``, or ``answer`` for what a
    tool of the
    outside will say. ``after`` is the page's last task.

    Args:
        task (str | Unset):
        waits (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CallPage
    """

    return sync_detailed(
        client=client,
        task=task,
        waits=waits,
        after=after,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    waits: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[CallPage]:
    """Calls that wait for somebody.

     Which calls that wait, oldest task first; of one task, or for one thing.

    ``waits`` is ``approval``, ``question``, ``timer``, ``child``, ``worker``, or ``answer`` for what a
    tool of the
    outside will say. ``after`` is the page's last task.

    Args:
        task (str | Unset):
        waits (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CallPage]
    """

    kwargs = _get_kwargs(
        task=task,
        waits=waits,
        after=after,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    waits: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> CallPage | None:
    """Calls that wait for somebody.

     Which calls that wait, oldest task first; of one task, or for one thing.

    ``waits`` is ``approval``, ``question``, ``timer``, ``child``, ``worker``, or ``answer`` for what a
    tool of the
    outside will say. ``after`` is the page's last task.

    Args:
        task (str | Unset):
        waits (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CallPage
    """

    return (
        await asyncio_detailed(
            client=client,
            task=task,
            waits=waits,
            after=after,
            limit=limit,
        )
    ).parsed
