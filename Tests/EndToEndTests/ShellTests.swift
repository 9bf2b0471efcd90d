import EngineTestSupport
import Foundation
import Imaging
import Testing

/// What people do in a shell: streams, several reports, previews, completion.
@Suite struct ShellTests {
    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try test.folder.write(
            """
            params: {size: 16}
            axes: {seed: [1, 2]}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: "${size}"}
            outputs: {"${seed}.png": $picture}
            expect: []

            """.replacing("expect: []\n", with: ""),
            to: "face.yaml"
        )
    }

    @Test func severalReports() throws {
        let result = try test.run(
            "face.yaml",
            "--format",
            "json",
            "--format",
            "junit:report.xml",
            "--format",
            "text:log.txt"
        )
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.lines.allSatisfy { $0.hasPrefix("{") })
        let xml = try test.folder.text(of: "report.xml")
        #expect(xml.hasPrefix("<?xml") && xml.contains("tests=\"0\"") && xml.hasSuffix("</testsuites>\n"))
        let log = try test.folder.text(of: "log.txt")
        #expect(log.contains("out/face/1.png\n") && log.contains("2 ran, 0 cached, 2 written"), "\(log)")
        // People see what happens although a report goes to a file.
        let both = try test.run("face.yaml", "--set", "seed=3", "--format", "junit:new/folder/report.xml")
        #expect(try test.folder.text(of: "new/folder/report.xml").contains("<testsuites"))
        #expect(both.stdout == "out/face/3.png\n" && both.stderr.contains("1 ran"))
    }

    @Test func reportsOfAnInvalidRecipe() throws {
        let result = try test.run("face.yaml", "--set", "sede=1", "--format", "junit:report.xml")
        #expect(result.status == 2)
        #expect(result.stderr.contains("no param or axis `sede`"))
        #expect(try test.folder.text(of: "report.xml").contains("errors=\"1\""))
    }

    @Test func reportsThatCannotBe() throws {
        let two = try test.run("face.yaml", "--format", "json", "--format", "junit")
        #expect(two.status == 64)
        #expect(two.stderr.contains("name a file for one, as in --format junit:FILE"), "\(two.stderr)")
        #expect(try test.run("face.yaml", "--format", "json:a", "--format", "text:a").status == 64)
        #expect(try test.run("face.yaml", "--format", "xml:a").status == 64)
        let nowhere = try test.run("face.yaml", "--format", "junit:face.yaml/report.xml")
        #expect(nowhere.status == 3)
        #expect(
            nowhere.stderr == "error: the report face.yaml/report.xml cannot be written: Not a directory\n"
        )
        #expect(try test.folder.files().filter { $0.hasPrefix("out/") } == [])
    }

    @Test func aRecipeOfTheStandardInput() throws {
        let result = try test.shell("sed s/16/24/ face.yaml | \"$PULID_RUN\" - --set seed=5")
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout == "out/stdin/5.png\n")
        let wrong = try test.shell("echo 'node: 1' | \"$PULID_RUN\" check -")
        #expect(wrong.status == 2)
        #expect(wrong.stderr.contains("stdin:1:1: error: a recipe has no `node`"), "\(wrong.stderr)")
        // Paths start from the folder one is in.
        let photo = try test.shell(
            "echo 'nodes: {a: {uses: load_image, file: recipes/faces/ada.png}}' | \"$PULID_RUN\" check -"
        )
        #expect(photo.status == 0, "\(photo.stderr)")
    }

    @Test func lookingLeavesNoTrace() throws {
        for command in ["plan face.yaml", "check face.yaml", "explain face.yaml picture", "uses x face.yaml", "doctor"]
        {
            _ = try test.shell("\"$PULID_RUN\" \(command)")
        }
        #expect(try test.folder.files().filter { $0.hasPrefix("cache") || $0.hasPrefix("out") } == [])
    }

    @Test func explainTellsOfTheLastRunsWheneverItIsAsked() throws {
        #expect(try test.run("face.yaml").status == 0)
        #expect(try test.run("face.yaml", "--set", "size=24").status == 0)
        for _ in 1...2 {
            #expect(
                try test.run("explain", "face.yaml", "picture", "--set", "size=24").lines.dropFirst(2) == [
                    "picture (all 2 cells): changed in the last run", "  size: 16 -> 24",
                ]
            )
            _ = try test.run("plan", "face.yaml")
        }
        // A run that changes nothing is told, and leaves the answer.
        #expect(try test.run("face.yaml", "--set", "size=24").status == 0)
        #expect(
            try test.run("explain", "face.yaml", "picture[seed=2]").lines.dropFirst(2) == [
                "picture[seed=2]: unchanged in the last run; changed before it", "  size: 16 -> 24",
            ]
        )
        // A pipe is read once, with the settings of its last run.
        let piped = try test.shell(
            "\"$PULID_RUN\" - -q --set size=24 < face.yaml; \"$PULID_RUN\" explain - picture < face.yaml"
        )
        #expect(piped.lines.last == "picture (all 2 cells): as in the last run", "\(piped.stdout)\(piped.stderr)")
    }

    /// Of each cell, before anything runs, at the line that says it.
    @Test func wordsThatNameNoTextualInversion() throws {
        try test.folder.write(
            """
            axes: {text: ["a photo", "a photo, embedding:nag", "(embedding:nag:1.2)"]}
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $sdxl, text: "${text}", weighting: comfyui}
            outputs: {"${text.index}.safetensors": $prompt}

            """,
            to: "words.yaml"
        )
        for command in ["check", "plan", "run"] {
            let result = try test.run(command, "words.yaml")
            #expect(result.status == 0, "\(result.stderr)")
            let warnings = result.stderr.split(separator: "\n").filter { $0.contains("warning") }
            #expect(
                warnings == [
                    "words.yaml:4:53: warning: in a prompt embedding:nag is not known and left out; name its file under "
                        + "`embeddings` of load_sdxl (in 2 of 3 cells of `prompt`)"
                ],
                "\(command): \(result.stderr)"
            )
        }
    }

    @Test func aPlanHasNoReports() throws {
        for command in ["plan", "check"] {
            for format in ["junit", "junit:report.xml", "json:plan.json"] {
                let result = try test.run(command, "face.yaml", "--format", format)
                #expect(result.status == 64 && result.stdout == "")
                #expect(result.stderr.hasPrefix("Error: \(command) runs nothing of which JUnit or a file could tell"))
            }
        }
        #expect(try test.folder.files().filter { $0.hasPrefix("report") || $0.hasPrefix("plan") } == [])
    }

    @Test func namesAreCompleted() throws {
        func completed(_ words: String) throws -> [String] {
            try test.shell("\"$PULID_RUN\" ---completion \(words)").lines
        }
        #expect(try completed("run -- --only 0 0 pulid-run run face.yaml --only") == ["picture"])
        #expect(try completed("run -- --set 0 0 pulid-run run face.yaml --set") == ["size=", "seed="])
    }

    @Test func previewsShowWhatIsSampled() throws {
        try test.folder.write(
            """
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors}
              prompt: {uses: encode_prompt, model: $sdxl, text: "a portrait, neon style"}
              latent:
                {uses: sample, model: $sdxl, prompt: $prompt, seed: 1, sampler: euler, guidance: 1, width: 64, height: 64}
              image:  {uses: decode, model: $sdxl, latent: $latent}
            outputs: {a.png: $image, latent.safetensors: $latent}

            """,
            to: "neon.yaml"
        )
        #expect(try test.run("neon.yaml", "--out", "plain").status == 0)
        let shown = try test.run("neon.yaml", "--out", "shown", "--preview", "small", "--cache", test.folder("other"))
        #expect(shown.status == 0, "\(shown.stderr)")
        // The same bits, under the same keys.
        let latents = try ["plain", "shown"].map {
            try Data(contentsOf: URL(fileURLWithPath: test.folder("\($0)/latent.safetensors")))
        }
        #expect(latents[0] == latents[1])
        #expect(
            try test.run("diff", "plain/a.png", "shown/a.png").stdout
                == "the same pixels\n  both were made of the same\n"
        )
        #expect(try test.folder.files().filter { $0.hasPrefix("small") } == ["small/latent.png"])

        // The last preview has the picture's colours.
        let small = try Bitmap.read(path: test.folder("small/latent.png"))
        let whole = try Bitmap.read(path: test.folder("shown/a.png"))
        let factor = whole.width / small.width
        var pairs: [(Double, Double)] = []
        for y in 0..<small.height {
            for x in 0..<small.width {
                for channel in 0..<3 {
                    var sum = 0
                    for i in 0..<factor * factor {
                        let place = (y * factor + i / factor) * whole.width + x * factor + i % factor
                        sum += Int(whole.pixels[3 * place + channel])
                    }
                    let shown = Double(small.pixels[3 * (y * small.width + x) + channel])
                    pairs.append((shown, Double(sum) / Double(factor * factor)))
                }
            }
        }
        let count = Double(pairs.count)
        let (a, b) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
        let covariance = pairs.reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
        let deviations = pairs.reduce((0.0, 0.0)) { ($0.0 + ($1.0 - a) * ($1.0 - a), $0.1 + ($1.1 - b) * ($1.1 - b)) }
        let correlation = covariance / (deviations.0 * deviations.1).squareRoot()
        #expect(correlation > 0.85, "\(correlation)")
        #expect(abs(a - b) < 20, "\(a), \(b)")
    }

    @Test func anImportedWorkflowRuns() throws {
        // A workflow where ComfyUI would have its files.
        for (place, name) in [
            ("sdxl", "models/checkpoints/base.safetensors"),
            ("lightning.safetensors", "models/unet/lightning.safetensors"),
            ("pulid.safetensors", "models/pulid/pulid.safetensors"),
            ("eva_clip.safetensors", "models/pulid/EVA02_CLIP_L_336_psz14_s6B.pt"),
            ("face", "models/insightface/models/antelopev2"),
        ] {
            let to = test.folder("comfy/\(name)")
            try FileManager.default.createDirectory(
                atPath: (to as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
            try FileManager.default.createSymbolicLink(
                atPath: to,
                withDestinationPath: test.folder("models/tiny/\(place)")
            )
        }
        try FileManager.default.createDirectory(atPath: test.folder("comfy/input"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: test.folder("recipes/faces/ada.png"),
            toPath: test.folder("comfy/input/ada.png")
        )
        let imported = try test.run("import", "recipes/imports/portrait.json", "--from", "comfy", "-o", "portrait.yaml")
        #expect(imported.status == 0 && imported.stdout == "portrait.yaml\n", "\(imported.stderr)")
        let run = try test.run("portrait.yaml")
        #expect(run.status == 0 && run.stdout == "out/portrait/portrait.png\n", "\(run.stderr)")
        let again = try test.run("import", "recipes/imports/portrait.json", "-o", "portrait.yaml")
        #expect(
            again.status == 3
                && again.stderr.hasSuffix(
                    "error: portrait.yaml is there already: name another file, or replace it with --force\n"
                )
        )
    }

    /// Apart from the files, which are not there, nothing is wrong with what is imported.
    @Test func anImportedWorkflowIsARecipe() throws {
        let imported = try test.shell("\"$PULID_RUN\" import recipes/imports/portrait.json > a.yaml")
        #expect(imported.status == 0)
        let check = try test.run("check", "a.yaml")
        let errors = check.stderr.split(separator: "\n").filter {
            $0.contains(": error: ") || $0.contains(": warning: ")
        }
        #expect(!errors.isEmpty)
        for error in errors { #expect(error.contains("error: there is no file"), "\(error)") }
    }

    /// What a recipe names and is not there is said when it is made, and can be given by `--set`.
    @Test func filesOfWhatIsImported() throws {
        try test.folder.write(
            "a portrait <lora:ink:0.5>\nSteps: 1, Sampler: Euler, CFG scale: 2, Seed: 1, Size: 64x64, Model: tiny, RNG: CPU\n",
            to: "notes.txt"
        )
        try FileManager.default.createDirectory(
            atPath: test.folder("web/models/Lora"),
            withIntermediateDirectories: true
        )
        try test.folder.write("", to: "web/models/Lora/ink.safetensors")
        let message = { (names: String, more: String) in
            "warning: these files are not there, seen from the recipe: \(names); --from names the other program's folder, or "
                + "give each one to the run, as in `--set base=FILE`\(more)\n"
        }
        #expect(
            try test.run("import", "notes.txt").stderr
                == message(
                    "base (models/Stable-diffusion/tiny.safetensors), lora (models/Lora/ink.safetensors)",
                    "; without a LoRA, delete it from `loras`"
                )
        )
        let made = try test.run("import", "notes.txt", "--from", "../web", "-o", "recipes/notes.yaml")
        #expect(made.stderr == message("base (../web/models/Stable-diffusion/tiny.safetensors)", ""))
        let run = try test.run(
            "check",
            "recipes/notes.yaml",
            "--set",
            "base=models/tiny/sdxl",
            "--set",
            "lora=other.safetensors"
        )
        #expect(run.stderr.contains("there is no file or folder `other.safetensors`"), "\(run.stderr)")
    }

    @Test func workflowsAndPicturesAreNoRecipes() throws {
        let workflow = try test.run("check", "recipes/imports/portrait.json")
        #expect(workflow.status == 2)
        #expect(
            workflow.stderr.contains("error: this is a workflow of ComfyUI, not a recipe")
                && workflow.stderr.contains("hint: `pulid-run import` makes a recipe of it"),
            "\(workflow.stderr)"
        )
        #expect(
            try test.run("check", "recipes/faces/ada.png").stderr.contains("error: this is a picture, not a recipe")
        )
    }

    @Test func whatCannotBeImported() throws {
        func complaint(_ text: String) throws -> String {
            try test.folder.write(text, to: "a.json")
            let result = try test.run("import", "a.json")
            #expect(result.status == 2 && result.stdout == "")
            return result.stderr
        }
        #expect(
            try complaint("{\n \"a\": tru}")
                == "error: a.json:2:7: this is no JSON (a value is expected), nor a picture, nor a text of A1111's web UI, "
                + "which ends in `Steps: ..., Sampler: ...`\n"
        )
        #expect(try complaint(String(repeating: "[", count: 5000)).hasPrefix("error: a.json:1:66: "))
        #expect(try complaint("{\"a\": 1}") == "error: a.json is JSON, but no workflow of ComfyUI\n")
        #expect(
            try complaint("{\"1\": {\"class_type\": \"LoadImage\\u001b\"}}").hasPrefix(
                "error: the workflow has no KSampler"
            )
        )
        let picture = try test.run("import", "recipes/faces/ada.png")
        #expect(picture.stderr == "error: recipes/faces/ada.png carries no workflow and no parameters\n")
        #expect(try test.run("import", "none.json").stderr == "error: none.json: No such file or directory\n")
    }

    /// Neither a cache of another version nor what else stands there is moved, and an empty folder stays empty.
    @Test(arguments: ["plan face.yaml", "explain face.yaml", "check face.yaml", "doctor", "history", "cache stats"])
    func whoLooksMakesNothing(_ command: String) throws {
        let arguments = command.split(separator: " ").map(String.init)
        func looked(_ content: Data?) throws {
            let cache = test.folder("looked")
            try? FileManager.default.removeItem(atPath: cache)
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            if let content { try content.write(to: URL(fileURLWithPath: cache + "/cache.sqlite")) }
            let options = command.hasPrefix("check") ? [] : ["--cache", cache]
            let result = try test.finish(test.start(arguments + options))
            // What is asked of the cache alone cannot be answered.
            let isOfTheCache = command == "history" || command == "cache stats"
            #expect(result.status == (content != nil && isOfTheCache ? 5 : 0), "\(result.stderr)")
            #expect(result.status == 0 || result.stdout == "" && result.stderr.hasPrefix("error: the cache "))
            let there = try FileManager.default.contentsOfDirectory(atPath: cache)
            #expect(there == (content == nil ? [] : ["cache.sqlite"]), "\(result.stderr)")
            #expect(FileManager.default.contents(atPath: cache + "/cache.sqlite") == content)
        }
        try looked(nil)
        try looked(Data("something else".utf8))
        // The version of a cache's format is the number at byte 60.
        #expect(try test.run("face.yaml").status == 0)
        var older = try #require(FileManager.default.contents(atPath: test.folder("cache/cache.sqlite")))
        older.replaceSubrange(60..<64, with: [0, 0, 0, 1])
        try looked(older)
    }
}
