from typing import Literal

SetEndpointBodyOrder = Literal["none", "task"]

SET_ENDPOINT_BODY_ORDER_VALUES: set[SetEndpointBodyOrder] = {
    "none",
    "task",
}


def check_set_endpoint_body_order(value: str) -> SetEndpointBodyOrder:
    if value in SET_ENDPOINT_BODY_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SET_ENDPOINT_BODY_ORDER_VALUES!r}")
