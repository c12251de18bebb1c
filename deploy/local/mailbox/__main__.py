"""`python -m deploy.local.mailbox --directory DIR`: run the mailbox until SIGTERM or Ctrl-C."""

import argparse
import asyncio
from pathlib import Path

import uvicorn

from deploy.local.children import HOST
from deploy.local.mailbox.bounces import Bouncer
from deploy.local.mailbox.letters import Letters
from deploy.local.mailbox.pages import build
from deploy.local.mailbox.rules import RULES, Rulebook
from deploy.local.mailbox.smtp import Handler, session


async def serve(directory: Path, rulebook: Rulebook, host: str, smtp: int, page: int, bounces: str | None) -> None:
    """Serve both doors; letters and rules live in `directory`."""
    letters = Letters(directory / "letters")
    handler = Handler(letters, rulebook)
    server = await asyncio.get_running_loop().create_server(lambda: session(handler), host, smtp)
    app = build(letters, rulebook, handler, directory / "rules.json")
    # uvicorn owns the signals: it returns when one asks to stop.
    serving = uvicorn.Server(uvicorn.Config(app, host=host, port=page, log_level="warning", access_log=False))
    tasks = [asyncio.create_task(serving.serve()), asyncio.create_task(Bouncer(letters, bounces).run())]
    try:
        # Whichever ends first ends the process: reports that silently stopped would look like delivered letters.
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailbox", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="where letters and rules are kept")
    parser.add_argument("--host", default=HOST, help="address to listen on; 0.0.0.0 inside a container")
    parser.add_argument("--smtp", type=int, default=2525, help="port of SMTP")
    parser.add_argument("--page", type=int, default=8025, help="port of the page")
    parser.add_argument("--bounces", help="smtp://host:port or http address that takes reports of failure")
    arguments = parser.parse_args()
    rules_file = arguments.directory / "rules.json"
    try:
        rules = RULES.validate_json(rules_file.read_bytes()) if rules_file.exists() else []
    except ValueError as problem:
        parser.error(f"{rules_file} is not a list of rules: {problem}")
    asyncio.run(
        serve(arguments.directory, Rulebook(rules), arguments.host, arguments.smtp, arguments.page, arguments.bounces)
    )


if __name__ == "__main__":
    main()
