"""Everything that one machine needs to run the whole system: engines, mailbox, runner, demo.

Promise: one command brings the real engines up, starts each service as a process of its own and stops all of
them again. Never a part of a production image.
"""
