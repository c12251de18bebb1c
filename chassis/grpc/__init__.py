"""gRPC: the door of a service, calls to peers, and who is calling."""

from chassis.grpc.client import Peer, ServiceTokens
from chassis.grpc.principal import Principal, Verifier, principal_of, sign
from chassis.grpc.server import Server, actions_of

__all__ = ["Peer", "Principal", "Server", "ServiceTokens", "Verifier", "actions_of", "principal_of", "sign"]
