from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.expanded import Expanded
from ...types import Response


def _get_kwargs(
    id: str,
    passage: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/tasks/{id}/passages/{passage}".format(
            id=quote(str(id), safe=""),
            passage=quote(str(passage), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Expanded | None:
    if response.status_code == 200:
        response_200 = Expanded.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Expanded]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    passage: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Expanded]:
    """Bring back a passage that a context dropped.

     Brings back what a context dropped: a passage of a task by its number.

    Args:
        id (str):
        passage (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Expanded]
    """

    kwargs = _get_kwargs(
        id=id,
        passage=passage,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    passage: str,
    *,
    client: AuthenticatedClient | Client,
) -> Expanded | None:
    """Bring back a passage that a context dropped.

     Brings back what a context dropped: a passage of a task by its number.

    Args:
        id (str):
        passage (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Expanded
    """

    return sync_detailed(
        id=id,
        passage=passage,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    passage: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Expanded]:
    """Bring back a passage that a context dropped.

     Brings back what a context dropped: a passage of a task by its number.

    Args:
        id (str):
        passage (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Expanded]
    """

    kwargs = _get_kwargs(
        id=id,
        passage=passage,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    passage: str,
    *,
    client: AuthenticatedClient | Client,
) -> Expanded | None:
    """Bring back a passage that a context dropped.

     Brings back what a context dropped: a passage of a task by its number.

    Args:
        id (str):
        passage (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Expanded
    """

    return (
        await asyncio_detailed(
            id=id,
            passage=passage,
            client=client,
        )
    ).parsed
