from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.submit_input import SubmitInput
from ...models.submitted import Submitted
from ...models.task_view import TaskView
from ...types import Response


def _get_kwargs(
    *,
    body: SubmitInput,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tasks",
    }

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
    *,
    client: AuthenticatedClient | Client,
    body: SubmitInput,
) -> Response[Submitted | TaskView]:
    """Queue a task; answered once it is on disk.

     A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or
    from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole
    tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a
    worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the
    request came from.

    Args:
        body (SubmitInput): A task to be queued. What is ``None`` comes from the settings. Paths
            in ``inputs`` are absolute or from here.

            ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound
            its whole tree.
            ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities
            that a worker must have.
            ``material`` is text of somebody outside, which the task sees as data; ``origin`` names
            where the request came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Submitted | TaskView]
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
    body: SubmitInput,
) -> Submitted | TaskView | None:
    """Queue a task; answered once it is on disk.

     A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or
    from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole
    tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a
    worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the
    request came from.

    Args:
        body (SubmitInput): A task to be queued. What is ``None`` comes from the settings. Paths
            in ``inputs`` are absolute or from here.

            ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound
            its whole tree.
            ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities
            that a worker must have.
            ``material`` is text of somebody outside, which the task sees as data; ``origin`` names
            where the request came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Submitted | TaskView
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SubmitInput,
) -> Response[Submitted | TaskView]:
    """Queue a task; answered once it is on disk.

     A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or
    from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole
    tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a
    worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the
    request came from.

    Args:
        body (SubmitInput): A task to be queued. What is ``None`` comes from the settings. Paths
            in ``inputs`` are absolute or from here.

            ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound
            its whole tree.
            ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities
            that a worker must have.
            ``material`` is text of somebody outside, which the task sees as data; ``origin`` names
            where the request came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Submitted | TaskView]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: SubmitInput,
) -> Submitted | TaskView | None:
    """Queue a task; answered once it is on disk.

     A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or
    from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole
    tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a
    worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the
    request came from.

    Args:
        body (SubmitInput): A task to be queued. What is ``None`` comes from the settings. Paths
            in ``inputs`` are absolute or from here.

            ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound
            its whole tree.
            ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities
            that a worker must have.
            ``material`` is text of somebody outside, which the task sees as data; ``origin`` names
            where the request came from.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Submitted | TaskView
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
