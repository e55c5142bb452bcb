"""How much memory has this process taken at most, and how much does it hold?

On Linux both are the kernel's figures for this program only. `ru_maxrss` is not used there: it starts from
the size of the parent process.
"""

from __future__ import annotations

import resource
import sys


def peak() -> float:
    """Peak megabytes; from `getrusage` where there is no /proc."""
    return _of_kernel("VmHWM") or _resource_peak()


def held() -> float:
    """Megabytes held now; 0 where there is no /proc."""
    return _of_kernel("VmRSS")


def _of_kernel(name: str) -> float:
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            found = next(line for line in status if line.startswith(f"{name}:"))
    except (OSError, StopIteration):
        return 0
    return int(found.split()[1]) / 2**10


def _resource_peak() -> float:
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
