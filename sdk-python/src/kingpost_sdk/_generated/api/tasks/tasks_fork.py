from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.fork_body import ForkBody
from ...models.submitted import Submitted
from ...models.task_view import TaskView
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: ForkBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tasks/{id}/fork".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Submitted | TaskView | None:
    if response.status_code == 200:
        response_200 = TaskView.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = Submitted.from_dict(response.json())

        return response_202

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Submitted | TaskView]:
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
    body: ForkBody | Unset = UNSET,
) -> Response[Submitted | TaskView]:
    """Go on from any turn of a task, with changes.

     Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here
    is changed.

    Args:
        id (str):
        body (ForkBody | Unset): Begins a new task with the turns of another one up to ``turn``
            (``None``: all); what is named here is changed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Submitted | TaskView]
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
    body: ForkBody | Unset = UNSET,
) -> Submitted | TaskView | None:
    """Go on from any turn of a task, with changes.

     Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here
    is changed.

    Args:
        id (str):
        body (ForkBody | Unset): Begins a new task with the turns of another one up to ``turn``
            (``None``: all); what is named here is changed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Submitted | TaskView
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
    body: ForkBody | Unset = UNSET,
) -> Response[Submitted | TaskView]:
    """Go on from any turn of a task, with changes.

     Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here
    is changed.

    Args:
        id (str):
        body (ForkBody | Unset): Begins a new task with the turns of another one up to ``turn``
            (``None``: all); what is named here is changed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Submitted | TaskView]
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
    body: ForkBody | Unset = UNSET,
) -> Submitted | TaskView | None:
    """Go on from any turn of a task, with changes.

     Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here
    is changed.

    Args:
        id (str):
        body (ForkBody | Unset): Begins a new task with the turns of another one up to ``turn``
            (``None``: all); what is named here is changed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Submitted | TaskView
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
