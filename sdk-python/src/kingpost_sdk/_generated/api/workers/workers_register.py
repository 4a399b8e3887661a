from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.register import Register
from ...models.worker_view import WorkerView
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: Register | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/workers",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> WorkerView | None:
    if response.status_code == 201:
        response_201 = WorkerView.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[WorkerView]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Register | Unset = UNSET,
) -> Response[WorkerView]:
    """Offer tools and agents from a process of your own.

     A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not
    repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard
    of for ``ttl``
    seconds. Several workers may offer the same.

    Args:
        body (Register | Unset): A worker with the tools and agents that it offers to its tenant;
            an ``id`` that exists begins anew.

            What was held under that ``id`` is put back at once, for it and for others; of a tool that
            is not repeatable the
            agent is told that nobody knows what came of it. A worker counts as dead when it has not
            been heard of for ``ttl``
            seconds. Several workers may offer the same.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[WorkerView]
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
    body: Register | Unset = UNSET,
) -> WorkerView | None:
    """Offer tools and agents from a process of your own.

     A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not
    repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard
    of for ``ttl``
    seconds. Several workers may offer the same.

    Args:
        body (Register | Unset): A worker with the tools and agents that it offers to its tenant;
            an ``id`` that exists begins anew.

            What was held under that ``id`` is put back at once, for it and for others; of a tool that
            is not repeatable the
            agent is told that nobody knows what came of it. A worker counts as dead when it has not
            been heard of for ``ttl``
            seconds. Several workers may offer the same.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        WorkerView
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Register | Unset = UNSET,
) -> Response[WorkerView]:
    """Offer tools and agents from a process of your own.

     A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not
    repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard
    of for ``ttl``
    seconds. Several workers may offer the same.

    Args:
        body (Register | Unset): A worker with the tools and agents that it offers to its tenant;
            an ``id`` that exists begins anew.

            What was held under that ``id`` is put back at once, for it and for others; of a tool that
            is not repeatable the
            agent is told that nobody knows what came of it. A worker counts as dead when it has not
            been heard of for ``ttl``
            seconds. Several workers may offer the same.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[WorkerView]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Register | Unset = UNSET,
) -> WorkerView | None:
    """Offer tools and agents from a process of your own.

     A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not
    repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard
    of for ``ttl``
    seconds. Several workers may offer the same.

    Args:
        body (Register | Unset): A worker with the tools and agents that it offers to its tenant;
            an ``id`` that exists begins anew.

            What was held under that ``id`` is put back at once, for it and for others; of a tool that
            is not repeatable the
            agent is told that nobody knows what came of it. A worker counts as dead when it has not
            been heard of for ``ttl``
            seconds. Several workers may offer the same.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        WorkerView
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
