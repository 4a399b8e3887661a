from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.memory import Memory
from ...types import UNSET, Response, Unset


def _get_kwargs(
    scope: str,
    id: str,
    *,
    backend: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["backend"] = backend

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/memories/{scope}/{id}".format(
            scope=quote(str(scope), safe=""),
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Memory | None:
    if response.status_code == 200:
        response_200 = Memory.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Memory]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    scope: str,
    id: str,
    *,
    client: AuthenticatedClient | Client,
    backend: str | Unset = UNSET,
) -> Response[Memory]:
    """One memory.

     Names a memory by its scope and id.

    Args:
        scope (str):
        id (str):
        backend (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Memory]
    """

    kwargs = _get_kwargs(
        scope=scope,
        id=id,
        backend=backend,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    scope: str,
    id: str,
    *,
    client: AuthenticatedClient | Client,
    backend: str | Unset = UNSET,
) -> Memory | None:
    """One memory.

     Names a memory by its scope and id.

    Args:
        scope (str):
        id (str):
        backend (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Memory
    """

    return sync_detailed(
        scope=scope,
        id=id,
        client=client,
        backend=backend,
    ).parsed


async def asyncio_detailed(
    scope: str,
    id: str,
    *,
    client: AuthenticatedClient | Client,
    backend: str | Unset = UNSET,
) -> Response[Memory]:
    """One memory.

     Names a memory by its scope and id.

    Args:
        scope (str):
        id (str):
        backend (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Memory]
    """

    kwargs = _get_kwargs(
        scope=scope,
        id=id,
        backend=backend,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    scope: str,
    id: str,
    *,
    client: AuthenticatedClient | Client,
    backend: str | Unset = UNSET,
) -> Memory | None:
    """One memory.

     Names a memory by its scope and id.

    Args:
        scope (str):
        id (str):
        backend (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Memory
    """

    return (
        await asyncio_detailed(
            scope=scope,
            id=id,
            client=client,
            backend=backend,
        )
    ).parsed
