from typing import Literal

SetEndpointBodySigningItem = Literal["v1", "v1a"]

SET_ENDPOINT_BODY_SIGNING_ITEM_VALUES: set[SetEndpointBodySigningItem] = {
    "v1",
    "v1a",
}


def check_set_endpoint_body_signing_item(value: str) -> SetEndpointBodySigningItem:
    if value in SET_ENDPOINT_BODY_SIGNING_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SET_ENDPOINT_BODY_SIGNING_ITEM_VALUES!r}")
