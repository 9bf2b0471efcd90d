"""Works through the report's page in a headless Chromium as a person would: every control, by clicks and keys.

    venv/bin/python scripts/report/check.py .build/release/pulid-run --screenshots out/report

Asserts what the page then shows, the rules of axe for accessibility, and that 2,000 pictures stay fluid.
"""

import argparse
import contextlib
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

STYLES = ["photo", "neon", "watercolor", "pixel art", "oil painting"]

RECIPE = """\
recipe: a <b>bold sweep
description: Faces in styles, <i>accepted</i> before.
params: {note: "</script><script>document.title = 'owned'</script>"}
axes: {style: [%s], seed: {from: 1, to: %d}}
nodes:
  picture: {uses: draw_face, seed: "${seed}", size: %d, style: "${style}"}
  score:   {uses: compare, image: $picture, baseline: "accepted/${style}-${seed}.png"}
  sheet:   {uses: contact_sheet, images: "$picture[*]", rows: seed, columns: style}
outputs: {"${style}-${seed}.png": $picture, scores.csv: "$score[*]", sheet.png: $sheet}
expect: ["$score.max_abs <= 0.01", "$score.ssim >= 0.99"]
"""


class Workshop:
    """A folder with a recipe of so many cells, whose baselines were accepted and then harmed."""

    def __init__(self, program: pathlib.Path, seeds: int, size: int):
        self.program = program.resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="report-check-"))
        text = RECIPE % (", ".join(STYLES), seeds, size)
        if seeds > 20:  # a sheet of them all is not what is looked at here
            text = re.sub(r"  sheet:.*\n", "", text).replace(", sheet.png: $sheet", "")
        (self.folder / "sweep.yaml").write_text(text)
        self.run("approve", "sweep.yaml", "-q", wanted=0)
        accepted = self.folder / "accepted"
        shutil.copy(accepted / "neon-1.png", accepted / "photo-2.png")
        shutil.copy(accepted / "oil painting-1.png", accepted / "oil painting-2.png")
        (accepted / "neon-2.png").unlink()
        (accepted / "watercolor-1.png").write_text("no picture")

    def command(self, *arguments: str) -> list[str]:
        return [str(self.program), *arguments, "--cache", "cache"]

    def run(self, *arguments: str, wanted: int):
        done = subprocess.run(self.command(*arguments), cwd=self.folder, capture_output=True, text=True, timeout=900)
        assert done.returncode == wanted, f"{arguments} ended with {done.returncode}:\n{done.stderr}"

    def report(self) -> pathlib.Path:
        self.run("sweep.yaml", "--report", "report.html", "--keep-going", "-q", wanted=3)
        return self.folder / "report.html"


class Check:
    def __init__(self, page: Page, screenshots: pathlib.Path | None):
        self.page = page
        self.screenshots = screenshots
        self.problems: list[str] = []
        page.on("console", lambda message: self.problems.append(f"console: {message.text}")
                if message.type in ("error", "warning") and "willReadFrequently" not in message.text else None)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", lambda request: self.problems.append(f"loads {request.url[:80]}")
                if not request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")) else None)

    def shot(self, name: str):
        if self.screenshots:
            self.page.screenshot(path=self.screenshots / f"{name}.png")

    def accessible(self, where: str, context=None):
        options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                                                         "best-practice"]}}
        found = Axe().run(self.page, context=context, options=options).response["violations"]
        for violation in found:
            places = [node["html"][:160] for node in violation["nodes"][:3]]
            self.problems.append(f"axe, {where}: {violation['id']}: {violation['help']}: {places}")

    def tiles(self) -> list[str]:
        return self.page.locator(".tile").evaluate_all("all => all.map(tile => tile.title)")

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def canvas(self, pane: str) -> list[int]:
        """The pixels of a pane, summed by colour."""
        script = """canvas => { const d = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const sums = [0, 0, 0]; for (let i = 0; i < d.length; i += 4) for (let c = 0; c < 3; c++) sums[c] += d[i + c];
            return sums; }"""
        return self.page.locator(f'canvas[data-pane="{pane}"]').evaluate(script)

    def press(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)


def same(found, wanted, what: str):
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"


def gallery(check: Check):
    page = check.page
    expect(page.locator("h1")).to_have_text("a <b>bold sweep")
    assert page.title() != "owned", "a recipe's text ran as a script"
    expect(page.locator("#verdict")).to_contain_text("failed: ")
    same(len(check.tiles()), 11, "pictures")
    same(check.tiles()[0], "picture[style=watercolor seed=1]", "the worst first")

    wanted = {"all": 11, "problems": 4, "error": 1, "changed": 2, "new": 1, "passed": 7}
    for name, count in wanted.items():
        page.get_by_role("radio", name=re.compile(f"^{name} {count}$")).check(force=True)
        same(len(check.tiles()), count, f"filter {name}")
    page.get_by_role("radio", name=re.compile("^all ")).check(force=True)

    page.locator("body").click(position={"x": 2, "y": 2})
    check.press("/")
    page.keyboard.type("neon seed=2")
    same(check.tiles(), ["picture[style=neon seed=2]"], "search")
    expect(page.locator("#count")).to_have_text("1 of 11 pictures")
    page.locator("#search").fill("there is no such thing")
    expect(page.locator("#gallery")).to_have_text("Nothing is like that.")
    page.locator("#search").fill("")

    recipe_order = [f"picture[style={style} seed={seed}]" for style in STYLES for seed in (1, 2)] + ["sheet"]
    page.select_option("#sort", "recipe")
    same(check.tiles(), recipe_order, "the recipe's order")
    page.locator("#direction").click()
    same(check.tiles(), recipe_order[::-1], "the recipe's order, reversed")
    page.locator("#direction").click()
    for field, first in [("max_abs", 0), ("ssim", None), ("psnr", None), ("mean_abs", 0)]:
        page.select_option("#sort", f"score {field}")
        shown = page.locator(".tile .score").evaluate_all("all => all.map(score => score.lastChild.textContent)")
        numbers = [float(text.replace("∞", "inf")) for text in shown if not text.startswith("not")]
        assert numbers == sorted(numbers) and len(numbers) == 8, f"sorted by {field}: {shown}"
        assert shown[len(numbers):] == ["not measured"] * 3, f"what was not measured comes last: {shown}"
    page.select_option("#sort", "time")
    page.select_option("#sort", "worst")

    page.locator('[data-axis="style"] select').select_option(label="neon")
    same(len(check.tiles()), 3, "one style, and what has none")
    page.locator('[data-axis="node"] select').select_option("picture")
    same(len(check.tiles()), 2, "one style of one node")
    page.locator('[data-axis="style"] select').select_option(label="any")
    page.locator('[data-axis="node"] select').select_option("")

    # Pictures that changed for one cause.
    choices = page.locator("#cause option").all_inner_texts()
    same(choices, ["any", "baseline (2)", "new (1)"], "causes")
    page.locator("#cause").select_option("baseline")
    changed = ["picture[style=photo seed=2]", "picture[style=oil painting seed=2]"]
    same(sorted(check.tiles()), sorted(changed), "the pictures of one cause")
    page.locator("#cause").select_option("new")
    same(check.tiles(), ["picture[style=neon seed=2]"], "the picture without a baseline")
    page.locator("#cause").select_option("")
    same(len(check.tiles()), 11, "any cause")

    before = page.locator(".tile").first.bounding_box()["width"]
    page.locator("#size").focus()
    check.press(*["ArrowRight"] * 6)
    assert page.locator(".tile").first.bounding_box()["width"] == before + 48, "larger tiles"
    check.press(*["ArrowLeft"] * 6)


def grid(check: Check):
    page = check.page
    page.select_option("#layout", "grid")
    table = page.get_by_role("table", name="picture")
    same(table.get_by_role("columnheader").all_inner_texts(), ["1", "2"], "columns")
    same(table.get_by_role("rowheader").all_inner_texts(), STYLES, "rows")
    page.select_option("#rows", "seed")
    page.select_option("#columns", "style")
    same(table.get_by_role("columnheader").all_inner_texts(), STYLES, "columns, turned")
    page.select_option("#columns", "")
    same(page.get_by_role("table").count(), 6, "a table for each style, and the sheet")
    page.select_option("#columns", "style")

    page.locator('.tile[title="picture[style=photo seed=1]"]').focus()
    check.press("ArrowRight", "ArrowDown")
    same(page.evaluate("document.activeElement.title"), "picture[style=neon seed=2]", "arrow keys in the grid")
    check.press("End")
    same(page.evaluate("document.activeElement.title"), "sheet", "the End key")
    check.press("Home", "ArrowLeft")
    same(page.evaluate("document.activeElement.title"), "picture[style=photo seed=1]", "the Home key, and the edge")
    same(page.locator('.tile[tabindex="0"]').count(), 1, "tiles in the order of the Tab key")
    check.shot("grid")
    check.accessible("grid")
    page.select_option("#layout", "gallery")


def details(check: Check):
    page = check.page
    page.select_option("#sort", "worst")
    page.locator(".tile").first.focus()
    check.press("Enter")
    expect(page.locator("#title")).to_have_text("picture[style=watercolor seed=1]")
    expect(page.locator("#message")).to_contain_text("watercolor-1.png")
    check.press("j")
    title = check.text("#title")
    assert title in ("picture[style=photo seed=2]", "picture[style=oil painting seed=2]"), title
    expect(page.locator('canvas[data-pane="difference"]')).to_be_visible()
    expect(page.locator("#pixel")).to_contain_text("pixels differ")
    command = check.text("#approve")
    assert command.startswith("pulid-run approve sweep.yaml --only ") and "seed=2]" in command, command
    expect(page.locator("#change")).to_contain_text("baseline")
    page.locator("#copy").click()
    expect(page.locator("#copy")).to_have_text(re.compile("copied|selected"))
    check.press("c")
    rows = page.get_by_role("table", name="Expectations").get_by_role("row").all_inner_texts()
    assert any("max_abs" in row and "<= 0.01" in row for row in rows), rows
    assert "compare" in page.get_by_role("table", name="What it rests on").inner_text()

    # Modes, by their keys and by clicks.
    names = ["side", "slider", "blink", "difference", "baseline", "now"]
    for number, name in enumerate(names, 1):
        check.press(str(number))
        assert page.locator(f'#modes [value="{name}"]').is_checked(), f"key {number}"
    page.locator('#modes [value="difference"]').check(force=True)
    least = sum(check.canvas("difference"))
    check.press("g", "g")
    expect(page.locator("#gain-value")).to_have_text("32")
    assert sum(check.canvas("difference")) > least > 0, "more gain is brighter"
    check.press("G")
    page.locator("#gain").focus()
    check.press("ArrowLeft")
    expect(page.locator("#gain-value")).to_have_text("8")
    same(sum(check.canvas("difference")), least, "the gain of before")

    page.locator('#modes [value="slider"]').check(force=True)
    page.locator("#slide").focus()
    check.press("Home")
    now = check.canvas("slider")
    check.press("End")
    assert check.canvas("slider") != now, "the slider divides"
    page.locator('#modes [value="baseline"]').check(force=True)
    baseline = check.canvas("baseline")
    page.locator('#modes [value="now"]').check(force=True)
    assert check.canvas("now") != baseline, "two pictures"

    page.locator('#modes [value="blink"]').check(force=True)
    page.select_option("#speed", "0")
    page.locator("#panes").focus()
    shown = [check.canvas("blink")]
    check.press("b")
    shown.append(check.canvas("blink"))
    check.press("b")
    assert shown[0] != shown[1] and check.canvas("blink") == shown[0], "b blinks"
    page.select_option("#speed", "400")
    page.wait_for_function("""() => { const c = document.querySelector('figcaption'); window.seen ??= new Set();
        window.seen.add(c.textContent); return window.seen.size >= 2; }""")

    # Zoom and pan, in step.
    check.press("1")
    page.locator("#panes").focus()
    fitted = check.text("#zoom")
    check.press("+")
    assert check.text("#zoom") != fitted, "zoomed"
    moved = [check.canvas("baseline"), check.canvas("now")]
    check.press("ArrowRight", "ArrowDown")
    assert all(check.canvas(pane) != old for pane, old in zip(["baseline", "now"], moved)), "both move"
    page.locator("#zoom-in").click()
    page.locator("#zoom-out").click()
    check.press("-", "0")
    same(check.text("#zoom"), fitted, "fits again")
    page.locator('canvas[data-pane="now"]').hover()
    expect(page.locator("#pixel")).to_contain_text("now ")
    page.mouse.wheel(0, -200)
    assert check.text("#zoom") != fitted, "the wheel zooms"
    page.mouse.down()
    page.mouse.move(700, 300)
    page.mouse.up()
    page.locator("#fit").click()
    check.press("w")
    expect(page.locator("#pixel")).to_contain_text("difference ")
    page.locator("#worst").click()
    check.press("0")
    check.shot("details")
    check.accessible("details")

    place = check.text("#place")
    page.locator("#next").click()
    assert check.text("#place") != place
    check.press("k")
    same(check.text("#place"), place, "k goes back")
    page.locator("#previous").click()
    page.reload()
    expect(page.locator("#title")).to_have_text("picture[style=watercolor seed=1]")
    page.locator("#next").click()
    check.press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('tile')"), "focus is where it was"
    page.locator(".tile").nth(2).click()
    page.locator("#close").click()
    expect(page.locator("#details")).to_be_hidden()


def views(check: Check):
    page = check.page
    page.get_by_role("button", name="Run", exact=True).click()
    text = check.text("#view-run")
    for wanted in ("What went wrong", "watercolor-1.png", "draw_face", "processors", "exit status", "scores.csv"):
        assert wanted in text, f"the view of the run lacks {wanted!r}"
    check.shot("run")
    check.accessible("run")
    page.get_by_role("button", name="Recipe", exact=True).click()
    text = check.text("#view-recipe")
    for wanted in ("<script>document.title", "uses: compare", "oil painting", "pulid-run sweep.yaml"):
        assert wanted in text, f"the view of the recipe lacks {wanted!r}"
    check.accessible("recipe")
    page.get_by_role("button", name="Pictures", exact=True).click()
    check.press("?")
    expect(page.locator("#help")).to_be_visible()
    check.accessible("help")
    page.locator("#help-close").click()
    page.locator("#help-button").click()
    check.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    for theme in ("light", "dark", None):
        check.press("t")
        same(page.locator("html").get_attribute("data-theme"), theme, "the theme")
        if theme:
            check.accessible(f"gallery, {theme}")
    page.select_option("#theme", "dark")
    page.locator(".tile").nth(1).click()
    check.shot("dark")
    check.accessible("details, dark")
    page.set_viewport_size({"width": 390, "height": 800})
    check.shot("narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a phone's width is enough"
    check.accessible("narrow")
    page.set_viewport_size({"width": 1440, "height": 900})
    check.press("Escape")
    page.select_option("#theme", "")


def invalid(check: Check, workshop: Workshop):
    """A recipe that cannot be run."""
    page = check.page
    recipe = workshop.folder / "sweep.yaml"
    text = recipe.read_text()
    recipe.write_text(text.replace("uses: draw_face", "uses: draw_fase"))
    workshop.run("sweep.yaml", "--report", "invalid.html", "-q", wanted=2)
    recipe.write_text(text)
    page.goto((workshop.folder / "invalid.html").as_uri())
    expect(page.locator("#verdict")).to_have_text("the recipe cannot be run: 1 error")
    expect(page.locator("#view-run")).to_be_visible()
    expect(page.locator("#view-pictures")).to_be_hidden()
    expect(page.locator("#view-run")).to_contain_text("did you mean `draw_face`?")
    check.accessible("invalid")
    page.get_by_role("button", name="Recipe", exact=True).click()
    expect(page.locator("#view-recipe")).to_contain_text("uses: draw_fase")
    page.get_by_role("button", name="Pictures", exact=True).click()
    expect(page.locator("#gallery")).to_have_text("The recipe cannot be run, so that there are no pictures.")
    check.shot("invalid")


def many(check: Check, path: pathlib.Path, cells: int):
    page = check.page
    size = path.stat().st_size
    assert size < 20_000_000, f"{size} bytes"
    start = time.monotonic()
    page.goto(path.as_uri())
    expect(page.locator(".tile")).to_have_count(cells)
    loaded = time.monotonic() - start
    fetched = page.locator(".tile img[src]").count()
    assert fetched < cells / 2, f"{fetched} pictures are decoded at once"
    check.shot("many")

    page.locator("#search").click()
    times = {}
    for word in ("neon", "seed=17"):
        start = time.monotonic()
        page.locator("#search").fill(word)
        expect(page.locator(".tile")).not_to_have_count(cells)
        times[f"search {word}"] = time.monotonic() - start
    page.locator("#search").fill("")
    for layout in ("grid", "gallery"):
        start = time.monotonic()
        page.select_option("#layout", layout)
        expect(page.locator(".tile")).to_have_count(cells)
        times[layout] = time.monotonic() - start
        if layout == "grid":
            check.shot("many-grid")
    start = time.monotonic()
    page.select_option("#sort", "score ssim")
    times["sort"] = time.monotonic() - start
    page.locator(".tile").first.focus()
    check.press("End")
    expect(page.locator('.tile:focus img[src^="data:"]')).to_have_count(1)
    check.press("Enter")
    start = time.monotonic()
    for _ in range(10):
        check.press("k")
    times["ten pictures back"] = time.monotonic() - start
    expect(page.locator("#place")).to_have_text(f"{cells - 10} of {cells}")
    check.press("Escape")
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in times.items())
    print(f"{cells} pictures: {size / 1e6:.1f} MB, loaded in {loaded:.2f} s; {shown}")
    slow = {name: seconds for name, seconds in times.items() if seconds > 5}
    assert not slow, f"not fluid: {slow}"


@contextlib.contextmanager
def serving(workshop: Workshop, *arguments: str):
    command = workshop.command("sweep.yaml", "--serve", "--keep-going", *arguments)
    process = subprocess.Popen(command, cwd=workshop.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        process.kill()


def status(url: str, method: str = "GET", headers: dict = {}) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def served(check: Check, workshop: Workshop):
    page = check.page
    with serving(workshop, "--watch", "--force", "picture") as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[a-z0-9]{16,}/", address), address
        deadline = time.monotonic() + 60
        while status(address) == 503 and time.monotonic() < deadline:
            time.sleep(0.1)
        page.goto(address)
        expect(page.locator('body[data-phase="failed"]')).to_have_count(1, timeout=120_000)
        same(len(check.tiles()), 11, "pictures that are served")
        page.locator(".tile").nth(1).click()
        expect(page.locator('canvas[data-pane="difference"]')).to_be_visible()
        expect(page.locator("#pixel")).to_contain_text("pixels differ")
        check.accessible("served")

        same(status(address, headers={"Host": "elsewhere.example"}), 421, "another host's name")
        same(status(address, headers={"Sec-Fetch-Site": "cross-site"}), 403, "another site's request")
        same(status(address, method="DELETE"), 405, "a method that changes things")
        same(status(re.sub(r"[a-z0-9]+/$", "", address)), 404, "the page without its secret")
        same(status(address + "../sweep.yaml"), 404, "a file that is no picture")
        same(status(address + "pictures/999/now/full"), 404, "a picture that is none")

        # The recipe is edited: the page follows.
        recipe = workshop.folder / "sweep.yaml"
        text = recipe.read_text()
        recipe.write_text(text.replace("recipe: a", "recipe: another"))
        expect(page.locator("h1")).to_have_text("another <b>bold sweep", timeout=60_000)
        recipe.write_text(text.replace("uses: draw_face", "uses: nothing_like_it"))
        expect(page.locator("#notice")).to_contain_text("nothing_like_it", timeout=60_000)
        check.shot("served")
        recipe.write_text(text)
        expect(page.locator("h1")).to_have_text("a <b>bold sweep", timeout=60_000)
        expect(page.locator("#notice")).to_be_hidden(timeout=60_000)
        check.problems = [problem for problem in check.problems if "ERR_" not in problem]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("--many", type=int, default=2000, help="pictures in the large report")
    parser.add_argument("--only", choices=["few", "many", "served"], action="append")
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    parts = arguments.only or ["few", "many", "served"]
    folders = []
    problems = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="report-profile-") as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=arguments.chromium, headless=True, viewport={"width": 1440, "height": 900},
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"])
        browser.set_default_timeout(30_000)
        check = Check(browser.new_page(), arguments.screenshots)
        try:
            few = None
            if "few" in parts or "served" in parts:
                few = Workshop(arguments.program, seeds=2, size=64)
                folders.append(few.folder)
            if "few" in parts:
                check.page.goto(few.report().as_uri())
                check.shot("few")
                for step in (gallery, grid, details, views):
                    step(check)
                    print(f"{step.__name__}: well")
                invalid(check, few)
                print("invalid: well")
            if "many" in parts:
                workshop = Workshop(arguments.program, seeds=arguments.many // len(STYLES), size=32)
                folders.append(workshop.folder)
                many(check, workshop.report(), arguments.many)
            if "served" in parts:
                served(check, few)
                print("served: well")
        except BaseException:
            check.shot("failure")
            print("\n".join(check.problems))
            raise
        problems = check.problems
        browser.close()
    for folder in folders:
        shutil.rmtree(folder)
    if problems:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
