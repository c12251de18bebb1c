"""Manifests for Kubernetes, the tools that build and check them, and the secrets that they refer to."""
