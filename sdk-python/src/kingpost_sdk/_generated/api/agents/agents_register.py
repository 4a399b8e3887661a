from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.set_persona import SetPersona
from ...models.set_persona_input import SetPersonaInput
from ...types import Response


def _get_kwargs(
    *,
    body: SetPersonaInput,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/agents",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> SetPersona | None:
    if response.status_code == 201:
        response_201 = SetPersona.from_dict(response.json())

        return response_201

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
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaInput,
) -> Response[SetPersona]:
    """Make an agent out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        body (SetPersonaInput): An agent as data. ``agent`` is the code that decides for it;
            ``instructions`` go before what a task hands along.

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
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaInput,
) -> SetPersona | None:
    """Make an agent out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        body (SetPersonaInput): An agent as data. ``agent`` is the code that decides for it;
            ``instructions`` go before what a task hands along.

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
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaInput,
) -> Response[SetPersona]:
    """Make an agent out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        body (SetPersonaInput): An agent as data. ``agent`` is the code that decides for it;
            ``instructions`` go before what a task hands along.

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
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: SetPersonaInput,
) -> SetPersona | None:
    """Make an agent out of data.

     An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task
    hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and
    ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none
    themselves.

    Args:
        body (SetPersonaInput): An agent as data. ``agent`` is the code that decides for it;
            ``instructions`` go before what a task hands along.

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
            client=client,
            body=body,
        )
    ).parsed
