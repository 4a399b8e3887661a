from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.observe_body import ObserveBody
from ...models.task_view import TaskView
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: ObserveBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tasks/{id}/observations".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
    body: ObserveBody,
) -> Response[TaskView]:
    """Settle a pending call.

     Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once.
    ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent
    is told so.

    Args:
        id (str):
        body (ObserveBody): Settles a call that a tool of the outside has left pending.

            With ``token``, the call's own, no other right is needed; the token settles this call,
            once. ``files`` are kept as
            artefacts of the task, as a tool's are: what is more than it may hand in is refused, and
            the agent is told so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskView]
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
    body: ObserveBody,
) -> TaskView | None:
    """Settle a pending call.

     Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once.
    ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent
    is told so.

    Args:
        id (str):
        body (ObserveBody): Settles a call that a tool of the outside has left pending.

            With ``token``, the call's own, no other right is needed; the token settles this call,
            once. ``files`` are kept as
            artefacts of the task, as a tool's are: what is more than it may hand in is refused, and
            the agent is told so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TaskView
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
    body: ObserveBody,
) -> Response[TaskView]:
    """Settle a pending call.

     Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once.
    ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent
    is told so.

    Args:
        id (str):
        body (ObserveBody): Settles a call that a tool of the outside has left pending.

            With ``token``, the call's own, no other right is needed; the token settles this call,
            once. ``files`` are kept as
            artefacts of the task, as a tool's are: what is more than it may hand in is refused, and
            the agent is told so.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TaskView]
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
    body: ObserveBody,
) -> TaskView | None:
    """Settle a pending call.

     Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once.
    ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent
    is told so.

    Args:
        id (str):
        body (ObserveBody): Settles a call that a tool of the outside has left pending.

            With ``token``, the call's own, no other right is needed; the token settles this call,
            once. ``files`` are kept as
            artefacts of the task, as a tool's are: what is more than it may hand in is refused, and
            the agent is told so.

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
            body=body,
        )
    ).parsed
