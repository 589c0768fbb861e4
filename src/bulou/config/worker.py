"""The WSGI application as a worker of the server runs it: it never outlives the server."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have Linux end this process when its parent ends, however that ends (prctl(2)).

    A worker that outlived a killed server would keep its port and serve old code.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        sys.exit(1)


die_with_parent()

from bulou.config.wsgi import application  # noqa: E402  only after this process is tied to its parent

__all__ = ["application"]
