"""A large file of a form, read as it comes."""

import io

import pytest
from flask import request
from werkzeug.exceptions import BadRequest

from bidding.web import streaming

LINE = "----------sunlit"


def written(fields, content):
    """The bytes of a form as browsers write it, the file last."""
    parts = [
        f'--{LINE}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="package"; filename="bid.bidseal"'
    kind = "Content-Type: application/octet-stream"
    parts.append(f"--{LINE}\r\n{head}\r\n{kind}\r\n\r\n")
    return "".join(parts).encode() + content + f"\r\n--{LINE}--\r\n".encode()


def sent(app, body):
    """The request that carries these bytes."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": f"multipart/form-data; boundary={LINE}",
    }
    return app.request_context(environ)


def streamed(app, fields, content):
    return sent(app, written(fields, content))


@pytest.mark.parametrize("size", [0, 1, 1000, streaming.CHUNK - 1, streaming.CHUNK, 3 * streaming.CHUNK + 17])
def test_fields_first_and_then_the_file_as_it_is(app, size):
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    with streamed(app, {"csrf_token": "t", "key": "标书"}, content):
        form = streaming.read(request)
        assert form.fields == {"csrf_token": "t", "key": "标书"}
        assert b"".join(form.chunks) == content


def test_a_file_that_holds_the_boundarys_beginning_is_not_cut(app):
    content = b"\r\n--\r\n-----x" * 1000
    with streamed(app, {"a": "b"}, content):
        assert b"".join(streaming.read(request).chunks) == content


@pytest.mark.parametrize(
    "begin", [b"", f"--{LINE}\r\nX: ".encode()], ids=["before the first part", "in a part's head"]
)
def test_a_body_whose_file_never_begins_is_not_kept_in_memory(app, begin):
    with sent(app, begin + b"a" * 40 * streaming.CHUNK) as context:
        context.request.max_content_length = 2**40
        with pytest.raises(BadRequest):
            streaming.read(context.request)
        assert len(context.request.stream.read()) >= 38 * streaming.CHUNK


def test_a_raw_body_carries_its_fields_as_headers(app):
    headers = {"X-CSRFToken": "t", "Idempotency-Key": "k"}
    with app.test_request_context(
        method="POST", data=b"sealed", content_type="application/octet-stream", headers=headers
    ):
        form = streaming.read(request)
        assert form.fields == {"csrf_token": "t", "key": "k"}
        assert b"".join(form.chunks) == b"sealed"


def test_nothing_is_read_before_it_is_asked_for(app):
    """The fields decide whether the file is taken at all."""
    with streamed(app, {"a": "b"}, bytes(5 * streaming.CHUNK)):
        form = streaming.read(request)
        assert request.stream.tell() <= 2 * streaming.CHUNK
        next(form.chunks)


def test_a_form_without_a_file_has_no_bytes(app):
    body = f'--{LINE}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--{LINE}--\r\n'.encode()
    with sent(app, body):
        form = streaming.read(request)
        assert form.fields == {"a": "b"}
        assert b"".join(form.chunks) == b""


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/json"]
)
def test_another_kind_of_body_is_refused(app, kind):
    with app.test_request_context(method="POST", data=b"x", content_type=kind), pytest.raises(BadRequest):
        streaming.read(request)


def test_fields_have_a_limit(app):
    with streamed(app, {"a": "x" * (streaming.FIELDS_LIMIT + 1)}, b""), pytest.raises(BadRequest):
        streaming.read(request)


@pytest.mark.parametrize("cut", [0, 20, 100, 200, 400, 100_000])
def test_a_body_that_is_cut_is_refused_and_never_taken_for_whole(app, cut):
    body = written({"a": "b"}, bytes(200_000))[:cut]
    with sent(app, body), pytest.raises(BadRequest):
        b"".join(streaming.read(request).chunks)
