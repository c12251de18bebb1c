"""Dead letters: facts that could not be handled, kept 30 days with their cause, looked at and replayed by a command.

    python -m chassis.bus.dead list [--limit N]
    python -m chassis.bus.dead show SEQUENCE
    python -m chassis.bus.dead replay SEQUENCE

Promise: a letter is in the dead stream before its fact is taken off the bus; `replay` publishes the fact again on its
own subject under a new message id (the fact's own id stays, consumers are idempotent by it) and then deletes it here.
Raw collected batches (INBOX) hold people's values: their bodies are sealed under the installation's key.
"""

import argparse
import asyncio
import base64
import contextlib
import sys

from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from chassis.bus.connection import Bus, connect
from chassis.bus.subjects import stream_name
from chassis.crypto import Sealer
from chassis.settings import Process, read_or_leave

_CAUSE = ("dead-consumer", "dead-reason", "dead-text", "dead-subject", "dead-sealed")


async def bury(bus: Bus, message: Msg, *, consumer: str, reason: str, text: str) -> None:
    """Write a message to the dead letters and wait until it is there."""
    parts = message.subject.split(".")
    headers = {
        **(message.headers or {}),
        "dead-consumer": consumer,
        "dead-reason": reason[:100],
        "dead-text": " ".join(text.split())[:300],
        "dead-subject": message.subject,
        "Nats-Msg-Id": f"dead:{consumer}:{message.metadata.stream}:{message.metadata.sequence.stream}",
    }
    body = message.data
    if parts[-4] == "inbox" and bus.sealer is not None:
        headers["dead-sealed"] = "yes"
        body = base64.b64encode(bus.sealer.seal(body, b"dead"))
    elif parts[-4] == "inbox":
        body = b""  # without a key nothing personal may be kept
    await bus.jetstream.publish(
        f"{bus.namespace}.dead.v1.{parts[-4]}-{parts[-2]}.{parts[-1]}", body, headers=headers, timeout=10.0
    )


async def letters(bus: Bus, limit: int) -> list[tuple[int, dict[str, str]]]:
    """Name the newest dead letters: sequence and headers."""
    stream = stream_name(bus.namespace, "dead")
    info = await bus.jetstream.stream_info(stream)
    found: list[tuple[int, dict[str, str]]] = []
    for sequence in range(info.state.last_seq, max(info.state.first_seq - 1, 0), -1):
        with contextlib.suppress(NotFoundError):
            raw = await bus.jetstream.get_msg(stream, seq=sequence)
            found.append((sequence, dict(raw.headers or {})))
        if len(found) >= limit:
            break
    return found


async def replay(bus: Bus, sequence: int) -> str:
    """Publish a dead letter again on its own subject and delete it; answers the subject."""
    stream = stream_name(bus.namespace, "dead")
    raw = await bus.jetstream.get_msg(stream, seq=sequence)
    headers = dict(raw.headers or {})
    target = str(headers["dead-subject"])
    body = raw.data or b""
    if headers.get("dead-sealed") == "yes":
        if bus.sealer is None:
            raise SystemExit("This letter is sealed: CONSILIUM_INSTALLATION_KEY is needed.")
        body = bus.sealer.open(base64.b64decode(body), b"dead")
    clean = {name: value for name, value in headers.items() if name not in _CAUSE}
    clean["Nats-Msg-Id"] = f"replay:{sequence}:{headers.get('ce-id', '')}"
    await bus.jetstream.publish(target, body, headers=clean, timeout=10.0)
    await bus.jetstream.delete_msg(stream, sequence)
    return target


async def _main(arguments: argparse.Namespace) -> None:
    settings = read_or_leave(Process)
    bus = await connect(settings.nats, namespace=settings.namespace, service="operator", cell=settings.cell)
    bus.sealer = Sealer(settings.installation_key, "dead-letters")
    try:
        if arguments.verb == "list":
            for sequence, headers in await letters(bus, arguments.limit):
                sys.stdout.write(
                    f"{sequence}\t{headers.get('dead-consumer')}\t{headers.get('dead-reason')}\t{headers.get('ce-id')}\n"
                )
        elif arguments.verb == "show":
            raw = await bus.jetstream.get_msg(stream_name(bus.namespace, "dead"), seq=arguments.sequence)
            for name, value in sorted((raw.headers or {}).items()):
                sys.stdout.write(f"{name}: {value}\n")
        else:
            sys.stdout.write(f"replayed to {await replay(bus, arguments.sequence)}\n")
    finally:
        await bus.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m chassis.bus.dead", description="Looks at dead letters.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="name the newest letters")
    listing.add_argument("--limit", type=int, default=50)
    for verb in ("show", "replay"):
        verbs.add_parser(verb).add_argument("sequence", type=int)
    asyncio.run(_main(parser.parse_args()))
