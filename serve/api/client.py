"""What the headers of a request tell of its sender, who stays anonymous."""

from typing import Annotated

from fastapi import Header

CLIENT_HEADER, KEY_HEADER = "X-Client", "Idempotency-Key"

ClientToken = Annotated[
    str | None,
    Header(
        alias=CLIENT_HEADER,
        pattern="^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$",
        description="a random token that a client makes up, to tell whose corrections are whose",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        min_length=1,
        max_length=200,
        description="a random text: sent again with the same request within a day, the same "
        "photos are kept, not others beside them",
    ),
]
