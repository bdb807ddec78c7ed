"""A disk that fails on demand under a process: tests/support/failing_disk.cpp, preloaded."""
from . import material

FULL, READ_ONLY, SYNC, IO = "full", "read-only", "sync", "io"


class FailingDisk:
    """The disk that `folder` lies on. `environment` is for the process; others see nothing of the faults."""

    def __init__(self, folder):
        self._control = folder.parent / f"{folder.name}.disk"
        self.environment = {"LD_PRELOAD": str(material.failing_disk()), "FAILING_DISK_FOLDER": str(folder.resolve()),
                            "FAILING_DISK_CONTROL": str(self._control.resolve())}
        self.heal()

    def fail(self, fault):
        """From now on the disk fails in this way."""
        fresh = self._control.with_suffix(".new")
        fresh.write_text(fault)
        fresh.rename(self._control)

    def heal(self):
        self._control.unlink(missing_ok=True)
