"""Serving the pages: gunicorn's threads in any number of processes, waitress where there is no fork."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands.console import Refused, say
from data.settings import Settings

NEW_OBJECTS = 50_000
"""After so many, garbage is looked for among them."""

Wsgi = Callable[[Any, Any], Any]


def serve(settings: Settings, make: Callable[[], Wsgi]) -> None:
    """Serve until SIGTERM or Ctrl-C. ``make`` builds the application; it is called in each process, after the fork.

    Raises ``Refused`` if the address cannot be listened on.
    """
    require_free(settings.host, settings.port)
    if sys.platform == "win32":
        _serve_threads(settings, make)
    else:
        _serve_processes(settings, make)


def renew() -> None:
    """Bring a store of another release up to date before it is served, in a process of its own: nothing that imports DuckDB may be
    loaded in this one. Raises ``Refused`` if that cannot be done; the reason is printed.
    """
    done = subprocess.run([sys.executable, str(Path(__file__).parents[1] / "app.py"), "versions", "renew"], check=False)
    if done.returncode:
        raise Refused("The store cannot be served as it is.")


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the pages."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def require_free(host: str, port: int) -> None:
    """Raise ``Refused`` unless the address can be listened on."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        # The resolver's numbers are negative and are not the operating system's.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "there is no such host"
        raise Refused(
            f"Cannot listen on {host}, port {port}: {reason}. Give another with --host or --port, or stop what uses it."
        ) from None


def _look_for_garbage_less_often() -> None:
    """A page makes thousands of small objects, hardly any in circles; to search among them took a sixth of a cold page's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def _greet(settings: Settings) -> None:
    say(f"Wuliang is at {address(settings)} (Ctrl-C ends it)")
    sys.stdout.flush()


def _serve_processes(settings: Settings, make: Callable[[], Wsgi]) -> None:
    # Imported here: gunicorn cannot be imported where there is no fork.
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415
    from gunicorn.arbiter import Arbiter  # noqa: PLC0415

    shared_memory = Path("/dev/shm")
    options = {
        "bind": f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}",
        "worker_class": "gthread",
        "workers": settings.workers,
        "threads": settings.threads,
        # Threads do not survive a fork: each process loads and opens everything itself (see app.py).
        "preload_app": False,
        "keepalive": 30,
        # Seconds for answers under way. A browser keeps its connections open; a restart does not wait for it to go away.
        "graceful_timeout": 10,
        "loglevel": "warning",
        "control_socket_disable": True,
        # A heartbeat file on a slow disk makes a healthy process look dead.
        "worker_tmp_dir": str(shared_memory) if os.access(shared_memory, os.W_OK) else None,
        "when_ready": lambda _arbiter: _greet(settings),
    }

    class Gentle(Arbiter):  # type: ignore[misc, unused-ignore]
        def handle_int(self) -> None:
            """Ctrl-C ends like SIGTERM."""
            self.handle_term()

    class Server(BaseApplication):  # type: ignore[misc, unused-ignore]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Wsgi:
            # A terminal sends Ctrl-C to every process. The first one alone answers it and ends the others: two signals at
            # once can lock a process up.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            application = make()
            _look_for_garbage_less_often()
            return application

    Gentle(Server()).run()


def _serve_threads(settings: Settings, make: Callable[[], Wsgi]) -> None:
    import waitress  # noqa: PLC0415

    application = make()
    _look_for_garbage_less_often()
    _greet(settings)
    waitress.serve(application, host=settings.host, port=settings.port, threads=settings.threads, ident=None)
