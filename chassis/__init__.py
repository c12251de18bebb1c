"""Mechanism shared by all services: verbs without nouns. No business word may appear below this folder."""

from chassis.cancellation import repair

repair()
