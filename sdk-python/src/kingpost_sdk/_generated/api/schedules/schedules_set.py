from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.schedule_view import ScheduleView
from ...models.set_schedule_body import SetScheduleBody
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: SetScheduleBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/schedules/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ScheduleView | None:
    if response.status_code == 200:
        response_200 = ScheduleView.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[ScheduleView]:
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
    body: SetScheduleBody,
) -> Response[ScheduleView]:
    """Submit a task again and again.

     Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is
    changed.

    ``zone`` is an IANA time zone, in which the expression is read.

    Args:
        id (str):
        body (SetScheduleBody): Submits ``request`` by a cron expression, or every so many
            seconds; an ``id`` that exists is changed.

            ``zone`` is an IANA time zone, in which the expression is read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ScheduleView]
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
    body: SetScheduleBody,
) -> ScheduleView | None:
    """Submit a task again and again.

     Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is
    changed.

    ``zone`` is an IANA time zone, in which the expression is read.

    Args:
        id (str):
        body (SetScheduleBody): Submits ``request`` by a cron expression, or every so many
            seconds; an ``id`` that exists is changed.

            ``zone`` is an IANA time zone, in which the expression is read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ScheduleView
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
    body: SetScheduleBody,
) -> Response[ScheduleView]:
    """Submit a task again and again.

     Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is
    changed.

    ``zone`` is an IANA time zone, in which the expression is read.

    Args:
        id (str):
        body (SetScheduleBody): Submits ``request`` by a cron expression, or every so many
            seconds; an ``id`` that exists is changed.

            ``zone`` is an IANA time zone, in which the expression is read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ScheduleView]
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
    body: SetScheduleBody,
) -> ScheduleView | None:
    """Submit a task again and again.

     Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is
    changed.

    ``zone`` is an IANA time zone, in which the expression is read.

    Args:
        id (str):
        body (SetScheduleBody): Submits ``request`` by a cron expression, or every so many
            seconds; an ``id`` that exists is changed.

            ``zone`` is an IANA time zone, in which the expression is read.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ScheduleView
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
