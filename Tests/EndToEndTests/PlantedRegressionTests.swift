import EngineTestSupport
import Foundation
import Graph
import Imaging
import Runner
import Testing

/// A regression of each kind: caught, explained, grouped, accepted.
@Suite struct PlantedRegressionTests {
    private static let drawn = """
        params: {scale: 1.0}
        axes: {style: [photo, neon, ink]}
        nodes:
          faces:   {uses: load_face_models, folder: ../models/tiny/face}
          picture: {uses: draw_face, seed: 3, size: 96, style: "${style}", scale: "${scale}"}
          score:
            {uses: compare, image: $picture, baseline: "accepted/${style}.png", over: 1/255, models: $faces, crop: detect}
        outputs: {"${style}.png": $picture, scores.csv: "$score[*]", scores.json: "$score[*]"}
        expect:
          - $score.max_abs <= 1/255
          - $score.pixels_over == 0
          - $score.box_overlap >= 0.9 warn 0.99
        """

    private func accepted() throws -> CommandTest {
        let test = try CommandTest()
        try test.folder.write(
            Self.drawn.replacingOccurrences(of: "[photo, neon, ink]", with: "[photo, neon, poster]"),
            to: "recipes/draw.yaml"
        )
        let first = try test.run("recipes/draw.yaml", "--ci")
        #expect(first.status == 4)
        #expect(first.stderr.contains("3 pictures without a baseline\n"), "\(first.stderr)")
        #expect(!FileManager.default.fileExists(atPath: test.folder("recipes/draw.lock")), "a run accepts nothing")
        #expect(try test.run("approve", "recipes/draw.yaml", "--ci").status == 1)
        #expect(!FileManager.default.fileExists(atPath: test.folder("recipes/accepted")))
        let approved = try test.run("approve", "recipes/draw.yaml")
        #expect(approved.status == 0, "\(approved.stderr)")
        let again = try test.run("recipes/draw.yaml", "--ci")
        #expect(again.status == 0, "\(again.stderr)")
        #expect(try test.run("approve", "recipes/draw.yaml", "--ci").status == 0)
        return test
    }

    @Test func aShiftedFace() throws {
        let test = try accepted()
        let shifted = try test.run("recipes/draw.yaml", "--set", "scale=0.6", "--ci")
        #expect(shifted.status == 1)
        #expect(shifted.stderr.contains("3 pictures changed by picture.scale: 1.0 -> 0.6\n"), "\(shifted.stderr)")
        #expect(shifted.stderr.contains("expected `$score.box_overlap >= 0.9 warn 0.99`"), "\(shifted.stderr)")
        #expect(shifted.stderr.contains("--only 'picture[style=neon]'"))
        let dry = try test.run("approve", "recipes/draw.yaml", "--set", "scale=0.6", "--dry-run")
        #expect(
            dry.lines.count == 3 && dry.lines.allSatisfy { $0.hasPrefix("changed  recipes/accepted/") },
            "\(dry.stdout)"
        )
        #expect(dry.stdout.contains("psnr"))
        #expect(try test.run("recipes/draw.yaml", "--ci").status == 0, "listing writes nothing")
        let one = try test.run("approve", "recipes/draw.yaml", "--set", "scale=0.6", "--only", "picture[style=neon]")
        #expect(one.lines == ["recipes/accepted/neon.png"])
        let rest = try test.run("approve", "recipes/draw.yaml", "--set", "scale=0.6", "--failed")
        #expect(rest.lines == ["recipes/accepted/poster.png", "recipes/accepted/photo.png"], "\(rest.stderr)")
        #expect(try test.run("recipes/draw.yaml", "--set", "scale=0.6", "--ci").status == 0)
    }

    @Test func onePixel() throws {
        let test = try accepted()
        let file = test.folder("recipes/accepted/neon.png")
        var picture = try Bitmap.read(path: file)
        picture[40, 50] = RGB(picture[40, 50].r ^ 8, picture[40, 50].g, picture[40, 50].b)
        try picture.encodedPNG(metadata: []).write(to: URL(fileURLWithPath: file))
        let changed = try test.run("recipes/draw.yaml", "--ci")
        #expect(changed.status == 1)
        #expect(
            changed.stderr.contains(
                """
                1 picture unlike the baseline: the baseline's file is not the picture that was accepted
                    picture[style=neon] (
                """
            ),
            "\(changed.stderr)"
        )
        let compared = try test.run("compare", "out/draw/neon.png", "recipes/accepted/neon.png", "--map", "map.png")
        #expect(compared.stdout.contains("\npixels_over 1\n"))
        let flip = compared.lines.first { $0.hasPrefix("flip ") }.flatMap { Double($0.dropFirst(5)) } ?? 0
        #expect(flip > 0 && flip < 0.002, "\(flip)")
        #expect(try Bitmap.read(path: test.folder("map.png")).width == 96)
        // What the program itself puts beside its outputs is no picture of the recipe.
        #expect(try test.folder.files(under: "out/draw/failed").contains { $0.hasSuffix("neon-diff.png") })
        let folders = try test.run("compare", "out/draw", "recipes/accepted")
        #expect(folders.status == 0 && folders.stderr.isEmpty, "\(folders.stderr)")
        #expect(
            try test.run("approve", "recipes/draw.yaml", "--cause", "baseline").lines == ["recipes/accepted/neon.png"]
        )
        #expect(try test.run("recipes/draw.yaml", "--ci").status == 0)
        let other = try test.run("approve", "recipes/draw.yaml", "--cause", "prompt.text")
        #expect(other.status == 64)
        #expect(other.stderr == "error: nothing fails for the cause `prompt.text`; nothing fails\n")
    }

    /// Two pictures that a program accepted in which `draw_face` had another version, and one of a program that drew otherwise
    /// and did not say so.
    @Test func code() throws {
        let test = try accepted()
        let recipe = test.folder("recipes/draw.yaml")
        let graph = ExecutionGraph(
            name: "draw",
            file: recipe,
            parameters: [:],
            instances: [],
            outputs: [],
            expectations: []
        )
        var lock = try #require(try BaselineLock.read(for: graph))
        for style in ["photo", "neon", "poster"] {
            let key = "accepted/\(style).png"
            var picture = try Bitmap.read(path: test.folder("recipes/\(key)"))
            picture.fill(x: 10, y: 20, width: 30, height: style == "neon" ? 30 : 3, with: .white)
            let png = try picture.encodedPNG(metadata: [])
            try png.write(to: URL(fileURLWithPath: test.folder("recipes/\(key)")))
            var entry = try #require(lock.entries[key]?.first)
            let drawn = try #require(entry.traces.last)
            var parts = drawn.parts
            if style != "photo" { parts["version"] = "0" }
            entry.picture = Digest(of: png)
            entry.traces[entry.traces.count - 1] = NodeTrace(
                title: drawn.title,
                node: drawn.node,
                parts: parts,
                value: entry.picture
            )
            lock.entries[key] = [entry]
        }
        try lock.write(for: recipe)

        let changed = try test.run(
            "recipes/draw.yaml",
            "--ci",
            "--format",
            "junit:junit.xml",
            "--format",
            "markdown:summary.md"
        )
        #expect(changed.status == 1)
        let version = try #require(
            changed.stderr.firstMatch(of: /2 pictures changed by picture\.version: 0 -> ([0-9]+)\n/)
        )
        let other = "1 picture changed by nothing that the picture is made of: the program computes it otherwise"
        #expect(changed.stderr.contains(other), "\(changed.stderr)")
        let accept = "pulid-run approve recipes/draw.yaml --only 'picture[style=neon]' --only 'picture[style=poster]'"
        #expect(changed.stderr.contains("  to accept: \(accept)\n"), "\(changed.stderr)")

        let junit = try test.folder.text(of: "junit.xml")
        let cause =
            "&#10;changed by picture.version: 0 -&gt; \(version.1)&#10;to accept it and 1 more with that cause: pulid-run approve"
        #expect(junit.contains(cause), "\(junit)")
        #expect(junit.contains(" [style=neon]\" file=\"recipes/draw.yaml\" line=\"10\">"), "\(junit)")
        #expect(junit.contains("[[ATTACHMENT|out/draw/failed/neon-diff.png]]"))
        let summary = try test.folder.text(of: "summary.md")
        let row = "| `out/draw/neon.png` | `$score.pixels_over == 0` | 890 | `recipes/accepted/neon.png` |"
        #expect(summary.contains(row), "\(summary)")
        #expect(summary.contains("2 pictures changed by picture.version: 0 -> \(version.1)\n"))

        let named = try test.run("approve", "recipes/draw.yaml", "--cause", "picture.version")
        #expect(
            named.lines.sorted() == ["recipes/accepted/neon.png", "recipes/accepted/poster.png"],
            "\(named.stderr)"
        )
        let rest = try test.run("recipes/draw.yaml", "--ci")
        #expect(rest.status == 1 && rest.stderr.contains(other) && !rest.stderr.contains("picture.version"))
        #expect(try test.run("approve", "recipes/draw.yaml", "--cause", "code").lines == ["recipes/accepted/photo.png"])
        #expect(try test.run("recipes/draw.yaml", "--ci").status == 0)
    }

    @Test func severalAcceptedPictures() throws {
        let test = try accepted()
        #expect(try test.run("approve", "recipes/draw.yaml", "--set", "scale=0.7", "--add").status == 0)
        #expect(FileManager.default.fileExists(atPath: test.folder("recipes/accepted/neon.2.png")))
        #expect(try test.run("recipes/draw.yaml", "--ci").status == 0)
        #expect(try test.run("recipes/draw.yaml", "--set", "scale=0.7", "--ci").status == 0)
        #expect(try test.run("recipes/draw.yaml", "--set", "scale=0.5", "--ci").status == 1)
    }

    @Test func digestsAlone() throws {
        let test = try CommandTest()
        try test.folder.write(
            Self.drawn.replacingOccurrences(of: "[photo, neon, ink]", with: "[photo, neon]"),
            to: "recipes/draw.yaml"
        )
        #expect(try test.run("approve", "recipes/draw.yaml", "--digests").status == 0)
        #expect(!FileManager.default.fileExists(atPath: test.folder("recipes/accepted")))
        let same = try test.run("recipes/draw.yaml", "--ci")
        #expect(same.status == 0, "\(same.stderr)")
        let changed = try test.run("recipes/draw.yaml", "--set", "scale=0.8", "--ci")
        #expect(changed.status == 1)
        #expect(changed.stderr.contains("2 pictures changed by picture.scale: 1.0 -> 0.8\n"), "\(changed.stderr)")
        // A fresh cache has not the pictures, but what is rendered again is the same.
        let elsewhere = try test.run("recipes/draw.yaml", "--ci", "--cache", test.folder("other"))
        #expect(elsewhere.status == 0, "\(elsewhere.stderr)")
        let unlike = try test.run("recipes/draw.yaml", "--ci", "--set", "scale=0.8", "--cache", test.folder("third"))
        #expect(unlike.status == 4, "\(unlike.stderr)")
        #expect(unlike.stderr.contains("is not in this cache, and the render is another"))
    }

    @Test func aBaselineThatIsGoneFromTheRecipe() throws {
        let test = try accepted()
        try test.edit("recipes/draw.yaml") {
            $0.replacingOccurrences(of: "[photo, neon, poster]", with: "[photo, neon]")
        }
        let left = try test.run("approve", "recipes/draw.yaml")
        #expect(left.stderr.contains("recipes/accepted/poster.png: a baseline that the recipe has no longer"))
        #expect(FileManager.default.fileExists(atPath: test.folder("recipes/accepted/poster.png")))
        #expect(try test.run("approve", "recipes/draw.yaml", "--prune").status == 0)
        #expect(!FileManager.default.fileExists(atPath: test.folder("recipes/accepted/poster.png")))
        #expect(!(try test.run("approve", "recipes/draw.yaml")).stderr.contains("no longer"))
    }

    @Test func badLockFiles() throws {
        let test = try accepted()
        let lock = try test.folder.text(of: "recipes/draw.lock")
        let cases = [
            (lock.replacingOccurrences(of: "96", with: "97"), "was edited since it was written"),
            ("{}", "is no lock file"),
            ("", "cannot be read"),
        ]
        for (text, reason) in cases {
            try test.folder.write(text, to: "recipes/draw.lock")
            for command in [["recipes/draw.yaml", "--ci"], ["approve", "recipes/draw.yaml"]] {
                let result = try test.finish(test.start(command))
                #expect(result.status == 2)
                #expect(result.stderr.hasPrefix("error: recipes/draw.lock"), "\(result.stderr)")
                #expect(result.stderr.contains(reason), "\(result.stderr)")
            }
        }
        try test.folder.write(lock, to: "recipes/other.lock")
        try test.edit("recipes/draw.yaml") { $0 }
        try test.folder.write(try test.folder.text(of: "recipes/draw.yaml"), to: "recipes/other.yaml")
        #expect(
            try test.run("recipes/other.yaml").stderr.contains("is of the recipe `draw.yaml`, and this is `other.yaml`")
        )
        try FileManager.default.removeItem(atPath: test.folder("recipes/draw.lock"))
        let unchanged = try test.run("approve", "recipes/draw.yaml")
        #expect(test.summary(unchanged).hasSuffix("0 written, 3 unchanged"), "\(unchanged.stderr)")
        #expect(try test.folder.text(of: "recipes/draw.lock") == lock)
    }

    @Test func aBaselineThatIsNoPictureOrOfAnotherSize() throws {
        let test = try accepted()
        try test.folder.write("nothing", to: "recipes/accepted/neon.png")
        let broken = try test.run("recipes/draw.yaml", "--ci")
        #expect(broken.status == 3)
        #expect(broken.stderr.contains("recipes/accepted/neon.png"), "\(broken.stderr)")
        let small = Bitmap(width: 3, height: 4)
        try small.encodedPNG(metadata: []).write(to: URL(fileURLWithPath: test.folder("recipes/accepted/neon.png")))
        let other = try test.run("recipes/draw.yaml", "--ci")
        #expect(other.status == 3)
        #expect(other.stderr.contains("the picture is 96x96 and its baseline 3x4"), "\(other.stderr)")
        #expect(try test.run("approve", "recipes/draw.yaml").status == 0)
        #expect(try test.run("recipes/draw.yaml", "--ci").status == 0)
    }

    // MARK: - With a model

    private static let rendered = """
        params: {precision: f32}
        axes: {style: [watercolor, neon]}
        nodes:
          sdxl:   {uses: load_sdxl, base: ../models/tiny/sdxl, precision: "${precision}"}
          prompt: {uses: encode_prompt, model: $sdxl, text: "a portrait, ${style} style"}
          latent: {uses: sample, model: $sdxl, prompt: $prompt, seed: 7, steps: 2, width: 64, height: 64}
          image:  {uses: decode, model: $sdxl, latent: $latent}
          score:  {uses: compare, image: $image, baseline: "accepted/${style}.png"}
        outputs: {"${style}.png": $image, scores.json: "$score[*]"}
        expect: [$score.max_abs == 0]
        """

    @Test func promptWeightsAndPrecision() throws {
        let test = try CommandTest()
        try test.folder.write(Self.rendered, to: "recipes/render.yaml")
        #expect(try test.run("approve", "recipes/render.yaml").status == 0)
        let same = try test.run("recipes/render.yaml", "--ci")
        #expect(same.status == 0, "\(same.stderr)")
        #expect(try test.folder.text(of: "out/render/scores.json").contains("\"psnr\": 1.7976931348623157e+308"))

        try test.edit("recipes/render.yaml") { $0.replacingOccurrences(of: "} style\"", with: "} style, with a hat\"") }
        let prompt = try test.run("recipes/render.yaml", "--ci", "--format", "json")
        #expect(prompt.status == 1)
        #expect(prompt.stdout.contains("\"cause\": \"prompt.text\""), "\(prompt.stdout)")
        #expect(try test.run("approve", "recipes/render.yaml", "--cause", "prompt.text").status == 0)
        #expect(try test.run("recipes/render.yaml", "--ci").status == 0)

        let precision = try test.run("recipes/render.yaml", "--ci", "--set", "precision=bf16")
        #expect(precision.status == 1)
        #expect(
            precision.stderr.contains("2 pictures changed by sdxl.precision: not there before -> bfloat16"),
            "\(precision.stderr)"
        )

        try test.edit("recipes/render.yaml") {
            $0.replacingOccurrences(
                of: "models/tiny/sdxl,",
                with: "models/tiny/sdxl, unet: ../models/tiny/lightning.safetensors,"
            )
        }
        let weights = try test.run("recipes/render.yaml", "--ci")
        #expect(weights.status == 1)
        #expect(weights.stderr.contains("2 pictures changed by sdxl."), "\(weights.stderr)")
        #expect(try test.run("approve", "recipes/render.yaml", "--failed").status == 0)
        #expect(try test.run("recipes/render.yaml", "--ci").status == 0)

        try test.edit("recipes/render.yaml") { $0.replacingOccurrences(of: "steps: 2", with: "steps: 3") }
        let bisected = try test.run("bisect", "recipes/render.yaml", "recipes/render.yaml", "--set-b", "style=[neon]")
        #expect(bisected.status == 0, "\(bisected.stdout)\(bisected.stderr)")
        try test.folder.write(
            try test.folder.text(of: "recipes/render.yaml").replacingOccurrences(of: "seed: 7", with: "seed: 8"),
            to: "recipes/other.yaml"
        )
        let parted = try test.run("bisect", "recipes/render.yaml", "recipes/other.yaml", "--set", "style=neon")
        #expect(parted.status == 1, "\(parted.stderr)")
        #expect(parted.stdout.contains("first: latent[style=neon]\n  latent.seed: 7 -> 8\n"), "\(parted.stdout)")
        #expect(FileManager.default.fileExists(atPath: test.folder("out/bisect/latent_style_neon_.a.safetensors")))
        #expect(FileManager.default.fileExists(atPath: test.folder("out/bisect/prompt_style_neon_.b.safetensors")))
        let tensors = try test.run(
            "compare",
            "out/bisect/latent_style_neon_.a.safetensors",
            "out/bisect/latent_style_neon_.b.safetensors"
        )
        #expect(tensors.stdout.contains("relative_l2 "))
        // A cache is asked for what the last run left in it; bisecting is none.
        #expect(try test.run("recipes/render.yaml", "--ci").status == 1)
        let kept = try test.run(
            "bisect",
            "recipes/render.yaml",
            "recipes/render.yaml",
            "--cache-b",
            test.folder("cache"),
            "--set",
            "style=neon"
        )
        #expect(kept.status == 0, "\(kept.stdout)\(kept.stderr)")
    }

    // MARK: - Commands of their own

    @Test func comparing() throws {
        let test = try CommandTest()
        try test.folder.write(
            "axes: {seed: [1, 2]}\nnodes: {p: {uses: draw_face, seed: \"${seed}\", size: 48}}\noutputs: {\"${seed}.png\": $p}\n",
            to: "a.yaml"
        )
        #expect(try test.run("a.yaml").status == 0)
        #expect(try test.run("a.yaml", "--set", "seed=[1, 3]", "--out", "other").status == 0)
        let same = try test.run(
            "compare",
            "out/a/1.png",
            "other/1.png",
            "--expect",
            "max_abs == 0",
            "--expect",
            "ssim>=1"
        )
        #expect(same.status == 0)
        #expect(same.lines.contains("max_abs 0") && same.lines.contains("psnr inf") && same.lines.contains("flip 0"))
        let unlike = try test.run("compare", "out/a/1.png", "out/a/2.png", "--expect", "max_abs <= 1/255")
        #expect(unlike.status == 1)
        #expect(unlike.stderr.hasPrefix("1.png: expected max_abs <= 1/255, but it is 0."))
        let folders = try test.run("compare", "out/a", "other")
        #expect(folders.status == 3, "two files are alone")
        #expect(
            folders.stderr == """
                error: out/a/2.png has nothing of its name on the other side
                error: other/3.png has nothing of its name on the other side

                """
        )
        #expect(folders.lines.count == 2 && folders.lines[0].hasPrefix("picture"))
        let faces = try test.run(
            "compare",
            "out/a/1.png",
            "out/a/2.png",
            "--models",
            "models/tiny/face",
            "--face",
            "out/a/2.png"
        )
        #expect(faces.status == 0, "\(faces.stderr)")
        let measured = faces.lines.map { $0.split(separator: " ")[0] }
        #expect(measured.suffix(3) == ["id_similarity", "faces", "box_overlap"], "\(faces.stdout)")
        let json = try test.run("compare", "out/a/1.png", "other/1.png", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any]
        #expect((object?["measures"] as? [String: Double])?["ssim"] == 1)
        for (arguments, status, reason) in [
            (["nowhere.png", "out/a/1.png"], Int32(3), "there is no file nowhere.png"),
            (["out/a", "out/a/1.png"], 3, "out/a is a folder and out/a/1.png is not"),
            (
                ["out/a/1.png", "out/a/1.png", "--expect", "sim > 1"], 64,
                "there is no measure `sim`; did you mean `ssim`?"
            ),
            (["out/a/1.png", "out/a/1.png", "--expect", "ssim >= 2"], 64, "can never hold"),
            (["out/a/1.png", "out/a/1.png", "--face", "out/a/1.png"], 64, "--face needs --models"),
            (["out/a/1.png", "out/a/1.png", "--models", "out/a"], 3, "out/a"),
            (["out/a/1.png", "out/a/1.png", "--over", "3"], 64, "--over must be from 0 to 1"),
            (["a.yaml", "out/a/1.png"], 3, "convert it to PNG"),
            (["models/tiny/pulid.safetensors", "out/a/1.png"], 3, "name two of a kind"),
        ] {
            let result = try test.finish(test.start(["compare"] + arguments))
            #expect(result.status == status && result.stderr.contains(reason), "\(arguments): \(result.stderr)")
        }
    }

    @Test func calibrating() throws {
        let test = try accepted()
        let result = try test.run(
            "calibrate",
            "recipes/draw.yaml",
            "--seeds",
            "3",
            "--seed-name",
            "scale",
            "--set",
            "style=neon"
        )
        #expect(result.status == 2, "1.6 is the most: \(result.stderr)")
        try test.edit("recipes/draw.yaml") {
            $0.replacingOccurrences(of: "params: {", with: "params: {seed: 3, ").replacingOccurrences(
                of: "seed: 3, size",
                with: "seed: \"${seed}\", size"
            )
        }
        let spread = try test.run("calibrate", "recipes/draw.yaml", "--seeds", "4", "--set", "style=neon")
        #expect(spread.status == 0, "\(spread.stderr)")
        let ssim = spread.lines.first { $0.hasPrefix("ssim ") } ?? ""
        #expect(ssim.contains(">= ") && ssim.contains(" of 4"), "\(spread.stdout)")
        #expect(spread.lines.last == "4 runs, margin 0.5")
        // No more pixels can differ than there are.
        let wide = try test.run(
            "calibrate",
            "recipes/draw.yaml",
            "--seeds",
            "4",
            "--set",
            "style=neon",
            "--margin",
            "5"
        )
        let noBounds = wide.lines.filter { $0.contains("tells nothing here") }.map { $0.prefix { $0 != " " } }
        #expect(noBounds.contains("pixels_over") && noBounds.contains("share_over"), "\(wide.stdout)")
        #expect(try test.run("recipes/draw.yaml", "--set", "seed=5").status == 1)
        let machines = try test.run(
            "calibrate",
            "recipes/draw.yaml",
            "--machines",
            "out/draw/scores.csv",
            "out/draw/scores.json",
            "--format",
            "json"
        )
        #expect(machines.status == 0, "\(machines.stderr)")
        #expect(machines.stdout.contains("\"measure\": \"max_abs\""))
    }

    /// A recipe need have no param of the name; what it lacks is said before anything runs.
    @Test func calibratingWithoutParams() throws {
        let test = try accepted()
        try test.folder.write(
            """
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $sdxl, text: "a portrait, neon style"}
              latent: {uses: sample, model: $sdxl, prompt: $prompt, seed: 7, steps: 1, width: 64, height: 64}
              image:  {uses: decode, model: $sdxl, latent: $latent}
              score:  {uses: compare, image: $image, baseline: recipes/faces/ada.png}
            outputs: {scores.csv: $score}

            """,
            to: "plain.yaml"
        )
        try test.folder.write(
            "nodes: {ada: {uses: resize, image: recipes/faces/ada.png, width: 64, height: 64}}\noutputs: {ada.png: $ada}\n",
            to: "ada.yaml"
        )
        #expect(try test.run("ada.yaml", "--out", ".").status == 0)
        try test.edit("plain.yaml") { $0.replacing("recipes/faces/ada.png", with: "ada.png") }

        let found = try test.run("calibrate", "plain.yaml", "--seeds", "2", "--precision", "f32, bf16")
        #expect(found.status == 0, "\(found.stderr)")
        #expect(found.lines.last == "4 runs, margin 0.5")
        let runs = found.stderr.split(separator: "\n").filter { $0.contains(" ran, ") }
        #expect(
            runs == [
                "seed=1 precision=f32: 5 ran, 0 cached", "seed=1 precision=bf16: 4 ran, 1 cached",
                "seed=2 precision=f32: 3 ran, 2 cached", "seed=2 precision=bf16: 3 ran, 2 cached",
            ],
            "\(found.stderr)"
        )
        // From a pipe, too, whose text is read once.
        let piped = try test.shell("\"$PULID_RUN\" calibrate - --seeds 2 --precision f32,bf16 < plain.yaml")
        #expect(piped.stdout == found.stdout, "\(piped.stderr)")

        for (isOther, arguments, message) in [
            (false, ["--precision", "f32,bf17"], "`precision` of `load_sdxl` cannot be `bf17`"),
            (true, ["--seeds", "2"], "`seed` of `latent` is `${noise}`: `--set noise=...` changes it"),
        ] {
            let text = try test.folder.text(of: "plain.yaml")
            let changed = "params: {noise: 7}\n" + text.replacing("seed: 7", with: "seed: \"${noise}\"")
            try test.folder.write(isOther ? changed : text, to: "other.yaml")
            let result = try test.finish(test.start(["calibrate", "other.yaml"] + arguments))
            #expect(result.status == 2 && result.stdout.isEmpty && !result.stderr.contains(" ran"))
            #expect(result.stderr.contains(message), "\(result.stderr)")
        }
    }
}
