"""Images of the engines for tests and trials here, from the same artefacts as `deploy.local.engines` obtains.

In life the engines come from their makers' images or operators; these behave as the public ones, so that a manifest
or a compose file takes either by its name.
"""
