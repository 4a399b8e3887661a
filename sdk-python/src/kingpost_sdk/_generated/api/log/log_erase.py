from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.erase import Erase
from ...models.erasure import Erasure
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: Erase | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/log/erase",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Erasure | None:
    if response.status_code == 200:
        response_200 = Erasure.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Erasure]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Erase | Unset = UNSET,
) -> Response[Erasure]:
    """Erase the content of a task, or of everything that the tenant has.

     Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be
    undone.

    Args:
        body (Erase | Unset): Names the task whose content goes; ``everything`` of the tenant
            instead, memories too. It cannot be undone.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Erasure]
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
    body: Erase | Unset = UNSET,
) -> Erasure | None:
    """Erase the content of a task, or of everything that the tenant has.

     Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be
    undone.

    Args:
        body (Erase | Unset): Names the task whose content goes; ``everything`` of the tenant
            instead, memories too. It cannot be undone.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Erasure
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Erase | Unset = UNSET,
) -> Response[Erasure]:
    """Erase the content of a task, or of everything that the tenant has.

     Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be
    undone.

    Args:
        body (Erase | Unset): Names the task whose content goes; ``everything`` of the tenant
            instead, memories too. It cannot be undone.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Erasure]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Erase | Unset = UNSET,
) -> Erasure | None:
    """Erase the content of a task, or of everything that the tenant has.

     Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be
    undone.

    Args:
        body (Erase | Unset): Names the task whose content goes; ``everything`` of the tenant
            instead, memories too. It cannot be undone.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Erasure
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
