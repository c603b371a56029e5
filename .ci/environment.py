"""Create or refresh .venv: the libraries of requirements.lock, hashes checked, and EventHub itself, byte-compiled.

Run by make with any Python from 3.11 to 3.14; needs the standard library only. uv installs everything in seconds: the
one on PATH, else a pinned one fetched by pip for this environment. Where uv cannot be had, or fails, pip does the same.

    python3 .ci/environment.py           create or refresh the environment
    python3 .ci/environment.py lock …    recreate the locks; what follows goes to uv, e.g. --upgrade
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = "requirements.lock"
INSTALLER_LOCK = ".ci/installer.lock"
# The platform's certificates, as pip can be told to use: an authority's proxy often signs with its own.
UV_SETTINGS = {"UV_SYSTEM_CERTS": "true", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "true"}
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def run(*command: str) -> None:
    """Run the command in the tree, or raise CalledProcessError."""
    subprocess.run(command, cwd=ROOT, env=UV_SETTINGS | os.environ, stdin=subprocess.DEVNULL, check=True)


def answers(*command: str) -> bool:
    """Tell whether the command exists and succeeds; what it prints is dropped."""
    try:
        subprocess.run(command, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL, check=True)
    except (subprocess.CalledProcessError, OSError):
        return False
    return True


def create() -> None:
    """Make an empty environment, or keep one whose Python still runs."""
    if not answers(str(PYTHON), "-c", ""):
        for part in ("bin", "lib"):  # not --clear: the file that holds main()'s lock is in there
            shutil.rmtree(VENV / part, ignore_errors=True)
        run(sys.executable, "-m", "venv", "--without-pip", str(VENV))


def has_pip() -> bool:
    """Put pip into the environment; Debian's Python without python3-venv cannot."""
    return answers(*PIP, "--version") or answers(str(PYTHON), "-m", "ensurepip")


def find_uv() -> str | None:
    """Name a uv that runs: the one on PATH, else the pinned one fetched for this environment; None without either."""
    fetched = VENV / "installer" / "bin" / "uv"
    for candidate in ("uv", str(fetched)):
        if answers(candidate, "--version"):
            return candidate
    target = str(VENV / "installer")
    if has_pip() and answers(
        *PIP, "install", "--upgrade", "--target", target, "--require-hashes", "--requirement", INSTALLER_LOCK
    ):
        return str(fetched)
    return None


def install(*command: str) -> bool:
    """Install the locked libraries, then the project in place, with this command; False when it fails."""
    # compat: one path file for the tree, so that a package added later is found without installing again.
    in_place = ("--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat", "--editable", ".")
    try:
        run(*command, "--require-hashes", "--requirement", LOCK)
        run(*command, *in_place)
    except (subprocess.CalledProcessError, OSError):
        return False
    return True


def refresh() -> int:
    """Bring the environment to what the lock says."""
    began = time.monotonic()
    create()
    uv = find_uv()
    print(f"Installing the locked libraries into .venv with {'uv' if uv else 'pip'} …", flush=True)
    # uv leaves byte-compilation to the first start, which then takes three times as long.
    if uv is None or not install(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)):
        # Also where uv failed, for example behind an index that only pip is configured for.
        if not has_pip():
            print("Neither uv nor pip can be had. On Debian: apt-get install python3-venv", file=sys.stderr)
            return 1
        if not install(*PIP, "install", "--quiet"):
            return 1
    run(str(PYTHON), "-m", "compileall", "-q", *(name for name in ("eventhub", "plugins") if (ROOT / name).is_dir()))
    (VENV / "ready").touch()
    print(f"The environment is ready after {time.monotonic() - began:.0f} s.", flush=True)
    return 0


def lock(*options: str) -> int:
    """Write the locks again from setup.cfg and installer.in; pins that still fit stay unless --upgrade is given."""
    create()
    uv = find_uv()
    if uv is None:
        print("Locking needs uv: python3 -m pip install uv", file=sys.stderr)
        return 1
    common = ("--quiet", "--generate-hashes", "--universal", "--python-version", "3.11", *options)
    run(uv, "pip", "compile", "setup.cfg", "--all-extras", *common, "-o", LOCK)
    run(uv, "pip", "compile", ".ci/installer.in", *common, "-o", INSTALLER_LOCK)
    return 0


def main(arguments: list[str]) -> int:
    """Do what the arguments say, one process at a time."""
    VENV.mkdir(exist_ok=True)
    with (VENV / "making").open("w") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        return lock(*arguments[1:]) if arguments[:1] == ["lock"] else refresh()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
