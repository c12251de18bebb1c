"""The lag of `work` as the cluster's external metric: what Prometheus and its adapter answer in life, read there.

Runs in a pod of the product's own image. It asks the pages of all workers, by the name in LAG_PAGES, adds the lag of a
service up over consumers and workers, as components/monitoring/adapter.yaml does, and answers autoscaling.
"""

import os
import re
import socket
import ssl
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

METRIC = "consilium_consumer_lag"
GROUP = "external.metrics.k8s.io/v1beta1"
_LINE = re.compile(rf'^{METRIC}{{[^}}]*service="(\w+)"[^}}]*}} (\S+)$', re.MULTILINE)


async def lag(service: str) -> int:
    """Add up what waits for a service."""
    addresses = {each[4][0] for each in socket.getaddrinfo(os.environ["LAG_PAGES"], 9000)}
    total = 0.0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        for address in addresses:
            try:
                async with http.get(f"http://{address}:9000/metrics") as answer:
                    page = await answer.text()
            except (aiohttp.ClientError, TimeoutError):
                continue  # it has just left, or does not answer yet
            total += sum(float(value) for name, value in _LINE.findall(page) if name == service)
    return int(total)


async def resources(_: web.Request) -> web.Response:
    """Tell which metrics there are."""
    one: dict[str, Any] = {
        "name": METRIC, "singularName": "", "namespaced": True, "kind": "ExternalMetricValueList", "verbs": ["get"]
    }  # fmt: skip
    return web.json_response({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": GROUP, "resources": [one]})


async def value(request: web.Request) -> web.Response:
    """Tell the lag of the service that the selector names."""
    service = request.query["labelSelector"].removeprefix("service=")
    item = {
        "metricName": METRIC,
        "metricLabels": {"service": service},
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "value": str(await lag(service)),
    }
    return web.json_response({"kind": "ExternalMetricValueList", "apiVersion": GROUP, "metadata": {}, "items": [item]})


def own_tls() -> ssl.SSLContext:
    """Make a certificate for three hours, which the API server is told not to check."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lag")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(hours=3))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.NamedTemporaryFile() as file:
        file.write(secret + certificate.public_bytes(Encoding.PEM))
        file.flush()
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(file.name)
    return tls


app = web.Application()
app.router.add_get(f"/apis/{GROUP}", resources)
app.router.add_get(f"/apis/{GROUP}/namespaces/{{namespace}}/{METRIC}", value)
web.run_app(app, port=8443, ssl_context=own_tls())
