"""The promise behind every other test: nothing that runs here can reach the network."""

from __future__ import annotations

import socket
import urllib.request

import pytest


def test_a_connection_is_blocked():
    with socket.socket() as endpoint, pytest.raises(AssertionError, match=r"socket\.connect"):
        endpoint.connect(("127.0.0.1", 9))


def test_a_name_lookup_is_blocked():
    with pytest.raises(AssertionError, match=r"socket\.getaddrinfo"):
        socket.getaddrinfo("localhost", 80)


def test_a_url_is_blocked():
    with pytest.raises(AssertionError, match="socket"):
        urllib.request.urlopen("http://localhost/", timeout=1)
