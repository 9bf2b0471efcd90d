"""Times doing nothing: a graph whose files are all as they should be, asked for again.

Half of a graph's steps make a file of an input file, the other half a file of that one. pulid-run and its peers hold the
same graph; each first makes everything, and then has nothing left to do. They run by turns; medians are printed, in
Markdown. Needs GNU time, and the peers on PATH or in the environment that runs this (noop-requirements.txt).
"""

import argparse
import hashlib
import os
import shutil
import statistics
import struct
import subprocess
import sys
import zlib
from pathlib import Path


class Tool:
    """A program that holds the graph of a folder."""

    name: str
    #: More steps than this take it minutes to do nothing.
    most_steps = 100_000

    def prepare(self, folder: Path, chains: int) -> None:
        """Writes what describes the graph, and makes all its files, or marks them as made."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Asks for everything again."""
        raise NotImplementedError


class PulidRun(Tool):
    def __init__(self, name: str, program: str):
        self.name = name
        self.program = os.path.abspath(program)
        self.folder = name.replace("/", "-").replace(" ", "-")

    def prepare(self, folder: Path, chains: int) -> None:
        (folder / "noop.yaml").write_text(
            f"""recipe: noop
axes:
  i: {{from: 0, to: {chains - 1}}}
  side: [a]
nodes:
  photo: {{uses: load_image, file: "in/${{i}}-${{side}}.png"}}
  sheet: {{uses: contact_sheet, images: "$photo[side=*]"}}
outputs:
  photo/${{i}}-${{side}}.png: $photo
  sheet/${{i}}.png: $sheet
"""
        )
        run(self.command(), folder)

    def command(self) -> list[str]:
        return [self.program, "run", "noop.yaml", "--cache", f"cache-{self.folder}", "--out", f"out-{self.folder}"]


class Ninja(Tool):
    name = "ninja"

    def prepare(self, folder: Path, chains: int) -> None:
        lines = ["rule copy", "  command = cp $in $out"]
        for i in range(chains):
            lines += [f"build ninja/photo/{i}.png: copy in/{i}-a.png"]
            lines += [f"build ninja/sheet/{i}.png: copy ninja/photo/{i}.png"]
        (folder / "build.ninja").write_text("\n".join(lines) + "\n")
        run(self.command(), folder)

    def command(self) -> list[str]:
        return ["ninja"]


class Make(Tool):
    name = "GNU make"

    def prepare(self, folder: Path, chains: int) -> None:
        for kind in ("photo", "sheet"):
            (folder / "make" / kind).mkdir(parents=True, exist_ok=True)
        rules = [".PHONY: all", "all: " + " ".join(f"make/sheet/{i}.png" for i in range(chains))]
        for i in range(chains):
            rules += [f"make/photo/{i}.png: in/{i}-a.png\n\tcp $< $@"]
            rules += [f"make/sheet/{i}.png: make/photo/{i}.png\n\tcp $< $@"]
        (folder / "Makefile").write_text("\n".join(rules) + "\n")
        copy_all(folder, "make", chains)
        run(self.command(), folder)

    def command(self) -> list[str]:
        return ["make", "--no-builtin-rules"]


class Snakemake(Tool):
    """Finds the files older or newer, as nothing is on record about how they were made: less to look at than after a run."""

    name = "Snakemake"
    most_steps = 1000

    def prepare(self, folder: Path, chains: int) -> None:
        (folder / "Snakefile").write_text(
            f"""rule all:
    input: expand("snakemake/sheet/{{i}}.png", i=range({chains}))
rule photo:
    input: "in/{{i}}-a.png"
    output: "snakemake/photo/{{i}}.png"
    shell: "cp {{input}} {{output}}"
rule sheet:
    input: "snakemake/photo/{{i}}.png"
    output: "snakemake/sheet/{{i}}.png"
    shell: "cp {{input}} {{output}}"
"""
        )
        copy_all(folder, "snakemake", chains)

    def command(self) -> list[str]:
        return ["snakemake", "--cores", "1", "--quiet", "all"]


class DVC(Tool):
    """What a run would have written into dvc.lock is written here, as DVC takes a second for each step that it runs."""

    name = "DVC"
    most_steps = 100

    def prepare(self, folder: Path, chains: int) -> None:
        copy_all(folder, "dvc", chains)
        stages, locks = ["stages:"], ["schema: '2.0'", "stages:"]
        for i in range(chains):
            source, photo, sheet = f"in/{i}-a.png", f"dvc/photo/{i}.png", f"dvc/sheet/{i}.png"
            data = (folder / source).read_bytes()
            digest = f"hash: md5\n      md5: {hashlib.md5(data).hexdigest()}\n      size: {len(data)}"
            for name, dep, out in ((f"photo-{i}", source, photo), (f"sheet-{i}", photo, sheet)):
                stages += [f"  {name}:\n    cmd: cp {dep} {out}\n    deps: [{dep}]\n    outs:\n    - {out}: {{cache: false}}"]
                locks += [f"  {name}:\n    cmd: cp {dep} {out}"]
                locks += [f"    deps:\n    - path: {dep}\n      {digest}\n    outs:\n    - path: {out}\n      {digest}"]
        (folder / "dvc.yaml").write_text("\n".join(stages) + "\n")
        (folder / "dvc.lock").write_text("\n".join(locks) + "\n")
        run(["dvc", "init", "--no-scm", "--force", "--quiet"], folder)

    def command(self) -> list[str]:
        return ["dvc", "repro", "--quiet"]


def copy_all(folder: Path, place: str, chains: int) -> None:
    for kind in ("photo", "sheet"):
        (folder / place / kind).mkdir(parents=True, exist_ok=True)
    for i in range(chains):
        shutil.copyfile(folder / f"in/{i}-a.png", folder / place / f"photo/{i}.png")
        shutil.copyfile(folder / f"in/{i}-a.png", folder / place / f"sheet/{i}.png")


def picture(number: int) -> bytes:
    """A PNG of 8x8 pixels, another one for each number."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([number >> 16 & 255, number >> 8 & 255, number & 255] * 8)) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def run(command: list[str], folder: Path) -> None:
    result = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {result.stderr[-2000:]}")


def measure(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Seconds that passed, seconds of the processor, and the most memory in MB."""
    report = folder / "time.txt"
    run(["/usr/bin/time", "-f", "%e %U %S %M", "-o", str(report.resolve()), *command], folder)
    wall, user, system, peak = map(float, report.read_text().split())
    return wall, user + system, peak / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="../.build/release/pulid-run", help="the pulid-run to measure")
    parser.add_argument("--before", metavar="PROGRAM", help="an earlier pulid-run to measure beside it")
    parser.add_argument("--steps", type=int, nargs="+", default=[100, 1000, 10_000, 50_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/pulid-run-noop"), help="is emptied")
    options = parser.parse_args()

    ours = PulidRun("pulid-run", options.program)
    before = [PulidRun("pulid-run before", options.before)] if options.before else []
    tools = [ours, *before, *(tool for tool in (Ninja(), Make(), Snakemake(), DVC()) if shutil.which(tool.command()[0]))]
    print(f"Medians of {options.runs}, by turns: seconds that pass; of the processor; peak memory.\n")
    print("| steps | " + " | ".join(tool.name for tool in tools) + " |")
    print("|---" * (len(tools) + 1) + "|")
    for steps in options.steps:
        folder = options.folder / str(steps)
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "in").mkdir(parents=True)
        for i in range(steps // 2):
            (folder / f"in/{i}-a.png").write_bytes(picture(i))
        measured: dict[str, list[tuple[float, float, float]]] = {}
        able = [tool for tool in tools if steps <= tool.most_steps]
        for tool in able:
            tool.prepare(folder, steps // 2)
            measure(tool.command(), folder)
        for _ in range(options.runs):
            for tool in able:
                measured.setdefault(tool.name, []).append(measure(tool.command(), folder))
        cells = []
        for tool in tools:
            if tool.name not in measured:
                cells.append("")
                continue
            wall, processor, peak = map(statistics.median, zip(*measured[tool.name]))
            cells.append(f"{wall:.2f} s; {processor:.2f} s; {peak:.0f} MB")
        print(f"| {steps:,} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
