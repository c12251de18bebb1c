"""An HTTP endpoint that speaks ClickHouse's HTTP interface in front of chDB.

No ClickHouse server can be had where these tests run, so the adapter's HTTP side is proved against this: the wire
(URL parameters, forms, Native bodies, compression, exception headers) is ClickHouse's, the engine behind it is the
embedded one. What only a server does (users, replication, quotas) is not proved here.
"""

import email.parser
import email.policy
import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame  # type: ignore[import-untyped]  # clickhouse-connect brings it, without stubs

_INSERT = re.compile(rb"^\s*(INSERT INTO .+?) FORMAT (\w+)\s*?\n", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)\.")
_CONSUMED = {
    "query",
    "database",
    "default_format",
    "compress",
    "enable_http_compression",
    "wait_end_of_query",
    "query_id",
}


class Endpoint:
    """A server on a free port; one handle of the engine, one call at a time, as its sessions would be apart."""

    def __init__(self, path: Path) -> None:
        self._handle = chdb.connect(str(path))
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                endpoint.answer(self)

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        told = dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))
        body = self._body(request, told)
        if urlsplit(request.path).path == "/ping":
            self._send(request, 200, b"Ok.\n", {})
            return
        query = told.get("query", "").encode()
        sql, data = (query, body) if query else (body, b"")
        try:
            with self._lock:
                content, form = self._run(sql, data, told)
        except RuntimeError as error:
            text = str(error)
            code = _CODE.search(text)
            headers = {"X-ClickHouse-Exception-Code": code[1]} if code else {}
            self._send(request, 500, text[text.find("Code: ") :].encode(), headers)
        else:
            self._send(request, 200, content, {"X-ClickHouse-Format": form} if form else {})

    @staticmethod
    def _body(request: BaseHTTPRequestHandler, told: dict[str, str]) -> bytes:
        if request.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(request.rfile.readline().strip() or b"0", 16):
                parts.append(request.rfile.read(size))
                request.rfile.readline()
            request.rfile.readline()
            body = b"".join(parts)
        else:
            body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if request.headers.get("Content-Encoding") == "lz4":
            body = lz4.frame.decompress(body)
        kind = request.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            parser = email.parser.BytesParser(policy=email.policy.HTTP)
            form = parser.parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
            for part in form.iter_parts():
                name = part.get_param("name", header="content-disposition")
                payload = part.get_payload(decode=True)
                assert isinstance(name, str)
                assert isinstance(payload, bytes)
                told[name] = payload.decode()
            return b""
        if kind.startswith("application/x-www-form-urlencoded") and b"query=" in body:
            told.update(parse_qsl(body.decode(), keep_blank_values=True))
            return b""
        return body

    def _run(self, sql: bytes, data: bytes, told: dict[str, str]) -> tuple[bytes, str]:
        if told.get("database"):
            self._handle.query(f"USE `{told['database']}`")
        parameters = {name[6:]: value for name, value in told.items() if name.startswith("param_")}
        settings = {
            name: value for name, value in told.items() if name not in _CONSUMED and not name.startswith("param_")
        }
        for name, value in settings.items():
            quoted = value.replace("'", "\\'")
            self._handle.query(f"SET {name} = '{quoted}'")
        try:
            inserted = _INSERT.match(sql + data)
            if inserted:
                return self._insert(inserted, sql + data)
            form = re.search(rb"FORMAT\s+(\w+)\s*$", sql)
            name = form[1].decode() if form else told.get("default_format", "TabSeparated")
            content = self._handle.query(sql.decode(), name, params=parameters).bytes() or b""
            return content, name if content else ""
        finally:
            for name in settings:
                self._handle.query(f"SET {name} = DEFAULT")

    def _insert(self, inserted: re.Match[bytes], whole: bytes) -> tuple[bytes, str]:
        with tempfile.NamedTemporaryFile(suffix=".native") as file:
            file.write(whole[inserted.end() :])
            file.flush()
            self._handle.query(f"{inserted[1].decode()} FROM INFILE '{file.name}' FORMAT {inserted[2].decode()}")
        return b"", ""

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._handle.close()
