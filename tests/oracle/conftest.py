"""The servers that Django's own SQL is asked of, each with the shop on it."""

from __future__ import annotations

import warnings

import pytest


def started(name):
    """A shop on that server; without the server, the tests that need it are skipped."""
    pytest.importorskip("django")
    from evidence import servers
    from oracle.plan_servers import Shop, connected

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            server = servers.start(name)
        except servers.AbsentError as missing:
            pytest.skip(str(missing))
        shop = Shop(connected(name, server.settings()), server.database)
        shop.build()
    return shop, server


@pytest.fixture(scope="session")
def postgresql():
    shop, server = started("postgresql:18")
    yield shop
    shop.connection.close()
    server.stop()


@pytest.fixture(scope="session")
def sqlite():
    shop, server = started("sqlite:3")
    yield shop
    shop.connection.close()
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server():
    shop, server = started("mariadb:10.11")
    yield shop, server
    shop.connection.close()
    server.stop()


@pytest.fixture(scope="session")
def mariadb(mariadb_server):
    return mariadb_server[0]


@pytest.fixture(scope="session")
def mysql(mariadb_server):
    """Each series of MySQL: MariaDB answers Django's questions, and nothing is carried out."""
    from oracle.plan_servers import PRETENDED, Shop, connected, pretending

    from flake8_django_migrations.plan.databases import parse_database

    _, server = mariadb_server
    shops = []
    for name, release in PRETENDED.items():
        connection = connected(name, server.settings())
        pretending(connection, release)
        shops.append(Shop(connection, parse_database(name)))
    yield shops
    for shop in shops:
        shop.connection.close()
