from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.set_persona import SetPersona
from ...models.set_persona_body import SetPersonaBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    body: SetPersonaBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/agents/{name}".format(
            name=quote(str(name), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SetPersona | None:
    if response.status_code == 200:
        response_200 = SetPersona.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[SetPersona]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaBody | Unset = UNSET,
) -> Response[SetPersona]:
    """Change an agent that was made out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        name (str):
        body (SetPersonaBody | Unset): An agent as data. ``agent`` is the code that decides for
            it; ``instructions`` go before what a task hands along.

            ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-
            units) and ``seconds`` are
            the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name
            none themselves.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SetPersona]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaBody | Unset = UNSET,
) -> SetPersona | None:
    """Change an agent that was made out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        name (str):
        body (SetPersonaBody | Unset): An agent as data. ``agent`` is the code that decides for
            it; ``instructions`` go before what a task hands along.

            ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-
            units) and ``seconds`` are
            the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name
            none themselves.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SetPersona
    """

    return sync_detailed(
        name=name,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaBody | Unset = UNSET,
) -> Response[SetPersona]:
    """Change an agent that was made out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        name (str):
        body (SetPersonaBody | Unset): An agent as data. ``agent`` is the code that decides for
            it; ``instructions`` go before what a task hands along.

            ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-
            units) and ``seconds`` are
            the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name
            none themselves.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SetPersona]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaBody | Unset = UNSET,
) -> SetPersona | None:
    """Change an agent that was made out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        name (str):
        body (SetPersonaBody | Unset): An agent as data. ``agent`` is the code that decides for
            it; ``instructions`` go before what a task hands along.

            ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-
            units) and ``seconds`` are
            the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name
            none themselves.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SetPersona
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
        )
    ).parsed
