"""Principal tokens: compact JWS by Ed25519, checked by every service with access's public key alone."""

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.access.domain.principal import Principal
