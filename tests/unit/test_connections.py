"""The list of connections is what the system says: a real one is in it as long as it is open."""

import socket

from studio.session.connections import connections


def test_a_connection_is_listed_while_it_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        host, port = server.getsockname()
        seen = connections()
    assert f"{host}:{port}" in seen.remote
    assert seen.sentence.startswith("Open now: ")


def test_without_any_it_says_none() -> None:
    seen = connections()
    assert seen.remote == ()
    assert seen.sentence == "None. The studio has not opened any connection."
