"""A mailbox for one machine: really speaks SMTP, keeps letters on disk, refuses by rule, shows letters to people.

Promise: a letter that was answered 250 is on disk and can be read; hostile content harms neither the page nor its
reader. Limit: no sign-in and no TLS, so it binds to the loopback alone.
"""
