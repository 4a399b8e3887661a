from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.status_input import StatusInput
from ...models.task_page import TaskPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    statuses: list[StatusInput] | Unset = UNSET,
    thread: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    root: str | Unset = UNSET,
    parent: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_statuses: list[str] | Unset = UNSET
    if not isinstance(statuses, Unset):
        json_statuses = []
        for statuses_item_data in statuses:
            statuses_item: str = statuses_item_data
            json_statuses.append(statuses_item)

    params["statuses"] = json_statuses

    params["thread"] = thread

    params["agent"] = agent

    params["root"] = root

    params["parent"] = parent

    params["after"] = after

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/tasks",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> TaskPage | None:
    if response.status_code == 200:
        response_200 = TaskPage.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[TaskPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    statuses: list[StatusInput] | Unset = UNSET,
    thread: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    root: str | Unset = UNSET,
    parent: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[TaskPage]:
    """Tasks, newest first.

     Which tasks, newest first. ``after`` is the last id of the page before.

    Args:
        statuses (list[StatusInput] | Unset):
        thread (str | Unset):
        agent (str | Unset):
        root (str | Unset):
        parent (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskPage]
    """

    kwargs = _get_kwargs(
        statuses=statuses,
        thread=thread,
        agent=agent,
        root=root,
        parent=parent,
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
    statuses: list[StatusInput] | Unset = UNSET,
    thread: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    root: str | Unset = UNSET,
    parent: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> TaskPage | None:
    """Tasks, newest first.

     Which tasks, newest first. ``after`` is the last id of the page before.

    Args:
        statuses (list[StatusInput] | Unset):
        thread (str | Unset):
        agent (str | Unset):
        root (str | Unset):
        parent (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TaskPage
    """

    return sync_detailed(
        client=client,
        statuses=statuses,
        thread=thread,
        agent=agent,
        root=root,
        parent=parent,
        after=after,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    statuses: list[StatusInput] | Unset = UNSET,
    thread: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    root: str | Unset = UNSET,
    parent: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[TaskPage]:
    """Tasks, newest first.

     Which tasks, newest first. ``after`` is the last id of the page before.

    Args:
        statuses (list[StatusInput] | Unset):
        thread (str | Unset):
        agent (str | Unset):
        root (str | Unset):
        parent (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskPage]
    """

    kwargs = _get_kwargs(
        statuses=statuses,
        thread=thread,
        agent=agent,
        root=root,
        parent=parent,
        after=after,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    statuses: list[StatusInput] | Unset = UNSET,
    thread: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    root: str | Unset = UNSET,
    parent: str | Unset = UNSET,
    after: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> TaskPage | None:
    """Tasks, newest first.

     Which tasks, newest first. ``after`` is the last id of the page before.

    Args:
        statuses (list[StatusInput] | Unset):
        thread (str | Unset):
        agent (str | Unset):
        root (str | Unset):
        parent (str | Unset):
        after (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TaskPage
    """

    return (
        await asyncio_detailed(
            client=client,
            statuses=statuses,
            thread=thread,
            agent=agent,
            root=root,
            parent=parent,
            after=after,
            limit=limit,
        )
    ).parsed
