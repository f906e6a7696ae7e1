"""The language of an answer: the one of ours that the client's Accept-Language prefers."""

from typing import Annotated

from fastapi import Depends, Request, Response

from data.errors import error_of_record
from data.io.jsonl import Json
from data.quality.finding import text_of_record
from data.texts.catalogue import Texts, language_for, texts_in


def requested_texts(request: Request) -> Texts:
    """The texts in the language that serves the client best."""
    return texts_in(language_for(request.headers.get("accept-language")))


def photo_in_language(record: Json, texts: Texts) -> Json:
    """A photo's object of the output format with its messages in the language of ``texts``."""
    quality = [{**each, "message": text_of_record(each, texts)} for each in record["quality"]]
    error = record["error"]
    if error is not None:
        error = {**error, "message": error_of_record(error, texts)}
    return {**record, "quality": quality, "error": error}


def language_headers(language: str) -> dict[str, str]:
    """The headers of an answer in this language; caches hold one answer per language."""
    return {"Content-Language": language, "Vary": "Accept-Language"}


def _texts(request: Request, response: Response) -> Texts:
    texts = requested_texts(request)
    response.headers.update(language_headers(texts.language))
    return texts


TextsDep = Annotated[Texts, Depends(_texts)]
"""The texts of the answer, whose headers name the language."""
