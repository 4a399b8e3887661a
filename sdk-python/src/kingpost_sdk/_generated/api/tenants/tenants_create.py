from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.set_tenant import SetTenant
from ...models.tenant_view import TenantView
from ...types import Response


def _get_kwargs(
    *,
    body: SetTenant,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/tenants",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> TenantView | None:
    if response.status_code == 201:
        response_201 = TenantView.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[TenantView]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SetTenant,
) -> Response[TenantView]:
    """Make a tenant.

     A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all
    have.

    Args:
        body (SetTenant): A tenant with its limits: tasks that may be queued, and requests per
            second; ``None`` is what all have.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TenantView]
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
    body: SetTenant,
) -> TenantView | None:
    """Make a tenant.

     A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all
    have.

    Args:
        body (SetTenant): A tenant with its limits: tasks that may be queued, and requests per
            second; ``None`` is what all have.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TenantView
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: SetTenant,
) -> Response[TenantView]:
    """Make a tenant.

     A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all
    have.

    Args:
        body (SetTenant): A tenant with its limits: tasks that may be queued, and requests per
            second; ``None`` is what all have.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[TenantView]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: SetTenant,
) -> TenantView | None:
    """Make a tenant.

     A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all
    have.

    Args:
        body (SetTenant): A tenant with its limits: tasks that may be queued, and requests per
            second; ``None`` is what all have.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        TenantView
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
