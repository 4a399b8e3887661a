from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.event_view import EventView
from ...models.speech_view import SpeechView
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    task: str | Unset = UNSET,
    root: str | Unset = UNSET,
    thread: str | Unset = UNSET,
    kinds: list[str] | Unset = UNSET,
    after: str | Unset = UNSET,
    live: bool | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["task"] = task

    params["root"] = root

    params["thread"] = thread

    json_kinds: list[str] | Unset = UNSET
    if not isinstance(kinds, Unset):
        json_kinds = kinds

    params["kinds"] = json_kinds

    params["after"] = after

    params["live"] = live

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/events/stream",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> EventView | SpeechView | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> EventView | SpeechView:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_stream_item_type_0 = EventView.from_dict(data)

                return componentsschemas_stream_item_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_stream_item_type_1 = SpeechView.from_dict(data)

            return componentsschemas_stream_item_type_1

        response_200 = _parse_response_200(response.text)

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[EventView | SpeechView]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    root: str | Unset = UNSET,
    thread: str | Unset = UNSET,
    kinds: list[str] | Unset = UNSET,
    after: str | Unset = UNSET,
    live: bool | Unset = UNSET,
) -> Response[EventView | SpeechView]:
    """Events as they come, resumed without a gap.

     Which events to follow: of one ``task``, of a ``root`` and all below it, of a ``thread``, of some
    ``kinds``.

    ``after`` goes on behind an event that was seen: its ``id``, or a position of the log. Without one
    it begins with
    what comes from now on, or with the task's first event. ``live`` brings along what agents say while
    they decide.

    Args:
        task (str | Unset):
        root (str | Unset):
        thread (str | Unset):
        kinds (list[str] | Unset):
        after (str | Unset):
        live (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventView | SpeechView]
    """

    kwargs = _get_kwargs(
        task=task,
        root=root,
        thread=thread,
        kinds=kinds,
        after=after,
        live=live,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    root: str | Unset = UNSET,
    thread: str | Unset = UNSET,
    kinds: list[str] | Unset = UNSET,
    after: str | Unset = UNSET,
    live: bool | Unset = UNSET,
) -> EventView | SpeechView | None:
    """Events as they come, resumed without a gap.

     Which events to follow: of one ``task``, of a ``root`` and all below it, of a ``thread``, of some
    ``kinds``.

    ``after`` goes on behind an event that was seen: its ``id``, or a position of the log. Without one
    it begins with
    what comes from now on, or with the task's first event. ``live`` brings along what agents say while
    they decide.

    Args:
        task (str | Unset):
        root (str | Unset):
        thread (str | Unset):
        kinds (list[str] | Unset):
        after (str | Unset):
        live (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventView | SpeechView
    """

    return sync_detailed(
        client=client,
        task=task,
        root=root,
        thread=thread,
        kinds=kinds,
        after=after,
        live=live,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    root: str | Unset = UNSET,
    thread: str | Unset = UNSET,
    kinds: list[str] | Unset = UNSET,
    after: str | Unset = UNSET,
    live: bool | Unset = UNSET,
) -> Response[EventView | SpeechView]:
    """Events as they come, resumed without a gap.

     Which events to follow: of one ``task``, of a ``root`` and all below it, of a ``thread``, of some
    ``kinds``.

    ``after`` goes on behind an event that was seen: its ``id``, or a position of the log. Without one
    it begins with
    what comes from now on, or with the task's first event. ``live`` brings along what agents say while
    they decide.

    Args:
        task (str | Unset):
        root (str | Unset):
        thread (str | Unset):
        kinds (list[str] | Unset):
        after (str | Unset):
        live (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventView | SpeechView]
    """

    kwargs = _get_kwargs(
        task=task,
        root=root,
        thread=thread,
        kinds=kinds,
        after=after,
        live=live,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    task: str | Unset = UNSET,
    root: str | Unset = UNSET,
    thread: str | Unset = UNSET,
    kinds: list[str] | Unset = UNSET,
    after: str | Unset = UNSET,
    live: bool | Unset = UNSET,
) -> EventView | SpeechView | None:
    """Events as they come, resumed without a gap.

     Which events to follow: of one ``task``, of a ``root`` and all below it, of a ``thread``, of some
    ``kinds``.

    ``after`` goes on behind an event that was seen: its ``id``, or a position of the log. Without one
    it begins with
    what comes from now on, or with the task's first event. ``live`` brings along what agents say while
    they decide.

    Args:
        task (str | Unset):
        root (str | Unset):
        thread (str | Unset):
        kinds (list[str] | Unset):
        after (str | Unset):
        live (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventView | SpeechView
    """

    return (
        await asyncio_detailed(
            client=client,
            task=task,
            root=root,
            thread=thread,
            kinds=kinds,
            after=after,
            live=live,
        )
    ).parsed
