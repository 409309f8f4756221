"""A process that owns shared memory until it is killed: `segment_owner COUNT`; prints the names."""

import subprocess
import sys

from studio.ipc.ring import Ring


def main() -> None:
    (count,) = sys.argv[1:]
    rings = [Ring.create(2, 1000) for _ in range(int(count))]
    reader = subprocess.Popen(
        [sys.executable, "-c", f"from studio.ipc.ring import Ring\n{_READ.format(rings[0].name)}"]
    )
    sys.stdout.write(" ".join(ring.name for ring in rings) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    reader.kill()


_READ = "import sys\nring = Ring.attach({!r})\nsys.stdin.read()"

if __name__ == "__main__":
    main()
