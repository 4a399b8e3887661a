from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.task_view import TaskView
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    seconds: float | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["seconds"] = seconds

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/tasks/{id}/wait".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> TaskView | None:
    if response.status_code == 200:
        response_200 = TaskView.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[TaskView]:
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
    seconds: float | Unset = UNSET,
) -> Response[TaskView]:
    """One task, once it has an outcome.

     Names a task to wait for: answered when it has an outcome, or after ``seconds``, whichever comes
    first.

    Args:
        id (str):
        seconds (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskView]
    """

    kwargs = _get_kwargs(
        id=id,
        seconds=seconds,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    seconds: float | Unset = UNSET,
) -> TaskView | None:
    """One task, once it has an outcome.

     Names a task to wait for: answered when it has an outcome, or after ``seconds``, whichever comes
    first.

    Args:
        id (str):
        seconds (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TaskView
    """

    return sync_detailed(
        id=id,
        client=client,
        seconds=seconds,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    seconds: float | Unset = UNSET,
) -> Response[TaskView]:
    """One task, once it has an outcome.

     Names a task to wait for: answered when it has an outcome, or after ``seconds``, whichever comes
    first.

    Args:
        id (str):
        seconds (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskView]
    """

    kwargs = _get_kwargs(
        id=id,
        seconds=seconds,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient | Client,
    seconds: float | Unset = UNSET,
) -> TaskView | None:
    """One task, once it has an outcome.

     Names a task to wait for: answered when it has an outcome, or after ``seconds``, whichever comes
    first.

    Args:
        id (str):
        seconds (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TaskView
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            seconds=seconds,
        )
    ).parsed
