import EngineTestSupport
import Foundation
import Imaging
import Testing

/// What people type who come from other programs, or from memory: each is told what to type instead.
struct MistakesTests {
    private let test: CommandTest

    init() throws { test = try CommandTest.ofTwoFaces() }

    private func firstLine(_ arguments: String...) throws -> (status: Int32, text: String) {
        let result = try test.finish(test.start(arguments))
        #expect(result.stdout == "")
        return (result.status, result.stderr.split(separator: "\n").first.map(String.init) ?? "")
    }

    @Test(
        "commands that there are not",
        arguments: [
            ("paln face.yaml", "there is no command or recipe `paln`; did you mean `plan`?"),
            ("face", "there is no command or recipe `face`; did you mean `face.yaml`?"),
            ("two-people", "there is no command or recipe `two-people`; did you mean `recipes/two-people.yaml`?"),
            ("render face.yaml", "there is no command or recipe `render`; did you mean `run`?"),
            ("validate face.yaml", "there is no command or recipe `validate`; did you mean `check`?"),
            ("gc", "there is no command or recipe `gc`; did you mean `cache gc`?"),
            ("version", "there is no command or recipe `version`; did you mean `--version`?"),
            ("frobnicate", "there is no command or recipe `frobnicate`; `pulid-run --help` lists the commands"),
            (
                "cache merge a b",
                "there is no `cache merge`; did you mean `cache export, and then cache import into the other`?"
            ),
            ("cache prune", "there is no `cache prune`; did you mean `cache gc`?"),
            ("cache verfy", "there is no `cache verfy`; did you mean `cache verify`?"),
            ("cache frobnicate", "there is no `cache frobnicate`; `pulid-run help cache` lists what there is"),
        ]
    )
    func commands(typed: String, message: String) throws {
        let result = try test.finish(test.start(typed.split(separator: " ").map(String.init)))
        #expect(result.status == 64 && result.stdout == "")
        #expect(result.stderr.hasPrefix("Error: \(message)\n"), "\(result.stderr)")
    }

    @Test(
        "flags that there are not",
        arguments: [
            ("face.yaml --json", "Error: there is no option '--json'; write `--format json`"),
            ("face.yaml --dry-run", "Error: there is no option '--dry-run'; `pulid-run plan` says what would run"),
            ("face.yaml -k", "Error: there is no option '-k'; write `--keep-going`"),
            ("face.yaml -j4", "Error: there is no option '-j4'; write `--jobs`"),
            (
                "face.yaml --seed 3",
                "Error: there is no option '--seed'; the recipe's own settings are given by `--set seed=VALUE`"
            ),
            (
                "recipes/seeds.yaml --cfg 3",
                "Error: there is no option '--cfg'; what a recipe has under params or axes is given by `--set cfg=VALUE`"
            ),
            ("face.yaml --set seed 3", "Error: Unexpected argument '3'; write `--set seed=3`"),
            (
                "face.yaml recipes/seeds.yaml",
                "Error: Unexpected argument 'recipes/seeds.yaml'; one recipe is run at a time; `include` in a recipe takes "
                    + "another in"
            ),
            ("face.yaml --memory 8", "Error: --memory 8 B is too little for any run; name the unit, as in 8GiB"),
        ]
    )
    func flags(typed: String, message: String) throws {
        let result = try test.finish(test.start(typed.split(separator: " ").map(String.init)))
        #expect(result.status == 64 && result.stdout == "")
        #expect(result.stderr.hasPrefix(message + "\n"), "\(result.stderr)")
        #expect(try test.folder.files().filter { $0.hasPrefix("out/") } == [])
    }

    @Test func aPipeIsARecipe() throws {
        let piped = try test.shell("bash -c '\"$PULID_RUN\" <(cat face.yaml)'")
        #expect(piped.status == 0, "\(piped.stderr)")
        #expect(piped.lines.sorted() == ["out/stdin/1.png", "out/stdin/2.png"])
    }

    @Test func namesOfOtherProgramsInRecipes() throws {
        try test.folder.write(
            """
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl, lora: x.safetensors}
              prompt: {uses: CLIPTextEncode, model: $sdxl, text: hat}
              other:  {uses: encode_prompt, model: $sdxl, prompt: hat}
              latent: {uses: sample, model: $sdxl, prompt: $other, seed: 1, cfg: 7, denoise: 0.5, batch_size: 2, weight: 1}
              lora:   {uses: LoraLoader, model: $sdxl}
              saved:  {uses: SaveImage, images: $latent}

            """,
            to: "comfy.yaml"
        )
        let result = try test.run("check", "comfy.yaml")
        #expect(result.status == 2)
        let hints = result.stderr.split(separator: "\n").filter { $0.hasPrefix("hint: ") }.map { $0.dropFirst(6) }
        let loras = "LoRAs are `loras` of load_sdxl, such as `loras: [{file: style.safetensors, scale: 0.8}]`"
        #expect(
            hints == [
                "did you mean `loras`?", "did you mean `encode_prompt`?", "did you mean `text`?",
                "did you mean `guidance`?",
                "did you mean `strength`?", "several pictures are an axis, such as `axes: {seed: {from: 1, to: 4}}`",
                "did you mean `id_scale`?", Substring(loras),
                "what is written is named in `outputs`, such as `outputs: {picture.png: $image}`",
            ],
            "\(result.stderr)"
        )
        let node = try test.run("nodes", "KSampler")
        #expect(node.stderr == "error: there is no node `KSampler`; did you mean `sample`?\n")
    }

    @Test func aLoRAByItsFileAlone() throws {
        try test.folder.write(
            "nodes: {sdxl: {uses: load_sdxl, base: models/tiny/sdxl, loras: style.safetensors}}\n",
            to: "lora.yaml"
        )
        let result = try test.run("check", "lora.yaml")
        #expect(result.status == 2)
        #expect(result.stderr.contains("hint: write it as a list: [{file: style.safetensors}]\n"), "\(result.stderr)")
    }

    @Test func completionsOfEachShell() throws {
        #expect(try test.run("completions", "bash").stdout.hasPrefix("#!/bin/bash\n"))
        #expect(try test.run("completions", "zsh").stdout.hasPrefix("#compdef pulid-run\n"))
        #expect(try test.run("completions", "fish").stdout.contains("complete -c 'pulid-run'"))
        #expect(try test.shell("SHELL=/usr/bin/zsh \"$PULID_RUN\" completions").stdout.hasPrefix("#compdef"))
        let other = try test.run("completions", "tcsh")
        #expect(other.status == 64)
        #expect(other.stderr == "error: there are completions for bash, zsh and fish, and none for `tcsh`\n")
    }

    /// With a recipe in the place of a command, as with `run` before it.
    @Test(arguments: ["", "run "])
    func bashCompletesWhatFollowsARecipe(_ command: String) throws {
        func offers(_ word: String) throws -> [String] {
            try test.folder.write(
                """
                source <("$PULID_RUN" completions bash)
                COMP_WORDS=("$PULID_RUN" \(command)face.yaml \(word))
                COMP_LINE="${COMP_WORDS[*]}"
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMP_POINT=${#COMP_LINE}
                read -r _ function _ <<< "$(complete -p pulid-run | sed 's/.*-F/-F/')"
                "$function" pulid-run "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """,
                to: "complete.sh"
            )
            return try test.shell("bash complete.sh").lines
        }
        #expect(try offers("--keep").contains { $0.hasPrefix("--keep-going") })
        #expect(try offers("--set se").contains { $0.hasPrefix("seed=") })
    }

    @Test func importingWhatIsOurs() throws {
        #expect(try test.run("face.yaml").status == 0)
        let picture = try test.run("import", "out/face/1.png")
        #expect(
            picture.stdout == """
                # Carried by 1.png.
                recipe: "1"
                nodes:
                  picture:
                    uses: draw_face
                    seed: 1
                    size: 16
                outputs:
                  "1.png": $picture

                """
        )
        let recipe = try test.run("import", "face.yaml")
        #expect(recipe.status == 2)
        #expect(recipe.stderr.hasPrefix("error: face.yaml is a recipe already, or none of ComfyUI's files"))
    }

    @Test func foldersHaveNoDifference() throws {
        let result = try test.run("diff", "recipes", "models")
        #expect(result.status == 64)
        #expect(result.stderr.contains("recipes is a folder: `pulid-run compare` measures the pictures of two folders"))
    }

    @Test func aCacheIsExportedByFlagToo() throws {
        #expect(try test.run("face.yaml").status == 0)
        #expect(try test.run("cache", "export", "face.yaml", "-o", "results.cache").status == 0)
        #expect(try test.run("cache", "import", "results.cache", "--cache", test.folder("other")).status == 0)
        #expect(
            try test.run("plan", "face.yaml", "--cache", test.folder("other")).stdout.hasSuffix(
                "2 nodes cached, 0 to run\n"
            )
        )
        #expect(try test.run("cache", "export", "face.yaml").status == 64)
    }

    // MARK: - From which folder a path starts

    /// That of the file in which it is written; for `--set` and the standard input the one that one is in.
    @Test func pathsFromTheOtherFolder() throws {
        try test.folder.write(
            """
            params: {photo: faces/ada.png}
            axes: {other: [faces/ben.png]}
            nodes:
              a: {uses: resize, image: "${photo}", width: 24}
              b: {uses: resize, image: "${other}", width: 24}
            outputs: {a.png: $a, "${other.stem}.png": $b}

            """,
            to: "recipes/two.yaml"
        )
        func hints(_ script: String) throws -> [String] {
            let result = try test.shell("mkdir -p empty; \(script)")
            return result.stderr.split(separator: "\n").filter { $0.contains("warning") || $0.hasPrefix("hint") }.map(
                String.init
            )
        }
        let check = "\"$PULID_RUN\" check"
        #expect(try hints("\(check) recipes/two.yaml") == [])
        #expect(try hints("\(check) recipes/two.yaml --set photo=recipes/faces/ben.png") == [])
        // A file that is there is no misspelt one, though the recipe names one that is nearly the same.
        #expect(
            try hints("cp -r recipes/faces fases; \(check) recipes/two.yaml --set other=fases/ben.png") == []
        )
        let fromHere = "hint: a path given by --set starts from the folder you are in: from there it is"
        for setting in ["photo=faces/ben.png", "other=faces/ben.png", "'other={files: \"faces/b*.png\"}'"] {
            let name = setting.contains("*") ? "b*.png" : "ben.png"
            #expect(try hints("\(check) recipes/two.yaml --set \(setting)") == ["\(fromHere) `recipes/faces/\(name)`"])
            #expect(
                try hints("cd empty; \(check) ../recipes/two.yaml --set \(setting)")
                    == ["\(fromHere) `../recipes/faces/\(name)`"]
            )
        }
        #expect(
            try hints("cd empty; \(check) ../recipes/two.yaml --set photo=recipes/ada.png")
                == ["hint: the path starts from the folder you are in"]
        )
        #expect(
            try hints(
                "sed s-faces/ada-recipes/faces/ada- recipes/two.yaml > recipes/wrong.yaml; \(check) recipes/wrong.yaml"
            )
                == ["hint: the path starts from `recipes/`: from there it is `faces/ada.png`"]
        )
        // On the standard input there is no other folder.
        #expect(try hints("cd recipes; \(check) - < two.yaml") == [])
        #expect(
            Set(try hints("cd empty; \(check) - < ../recipes/two.yaml")) == [
                "hint: the path starts from the folder you are in"
            ]
        )
    }

    /// Of a recipe with an error it is said, too, that nothing could be written.
    @Test func anOutputFolderThatIsNone() throws {
        try test.folder.write("", to: "file")
        for command in ["run", "plan"] {
            let both = try test.run(command, "recipes/style-sweep.yaml", "--set", "nothing=1", "--out", "file")
            #expect(both.status == 2)
            #expect(
                both.stderr.contains("nothing") && both.stderr.contains("`file` could not be written: Not a directory"),
                "\(both.stderr)"
            )
            let alone = try test.run(command, "recipes/style-sweep.yaml", "--out", "file")
            #expect(
                alone.status == 3 && alone.stderr.contains("`file` could not be written: Not a directory"),
                "\(alone.stderr)"
            )
        }
        let summary = try test.run("recipes/style-sweep.yaml", "--out", "file")
        #expect(test.summary(summary).hasSuffix("20 not written"), "\(summary.stderr)")
        #expect(try test.folder.files().filter { $0.hasPrefix("out") } == [])
    }

    // MARK: - Long values

    /// People are shown what tells them apart, programs the whole.
    @Test func longPromptsAreShortenedForPeople() throws {
        let prompts = ["dawn", "dusk"].map {
            "a portrait of a woman in a red coat who walks along the shore of a cold sea at \($0), in oil"
        }
        try test.folder.write(
            """
            axes: {text: ["\(prompts[0])", "\(prompts[1])"]}
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $sdxl, text: "${text}"}
            outputs: {"${text.index}.safetensors": $prompt}

            """,
            to: "long.yaml"
        )
        let run = try test.run("long.yaml")
        let short = ["dawn", "dusk"].map { "prompt[text=a portrait of a…\($0), in oil]" }
        #expect(test.executed(run) == short, "\(run.stderr)")
        let json = try test.run("long.yaml", "--format", "json", "--force", "prompt")
        let started = json.lines.filter { $0.contains("\"started\"") }
        #expect(started.count == 2 && zip(started, prompts).allSatisfy { $0.contains($1) }, "\(started)")
        let explained = try test.run(
            "explain",
            "long.yaml",
            "--set",
            "text=['\(prompts[0])', '\(prompts[1])', b]",
            "prompt"
        )
        #expect(
            explained.lines.allSatisfy { $0.count < 240 } && explained.stdout.contains(short[1]),
            "\(explained.stdout)\(explained.stderr)"
        )
        #expect(try test.run("long.yaml", "-q", "--set", "text=\(prompts[0])").status == 0)
        #expect(try test.run("history").lines.allSatisfy { $0.count < 160 })
    }

    // MARK: - What changed

    @Test func explainOfAllThatHasChanged() throws {
        try test.folder.write(
            """
            params: {size: 16}
            axes: {seed: [1, 2]}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: "${size}"}
              still:   {uses: draw_face, seed: 9, size: 16}
              sheet:   {uses: contact_sheet, images: "$picture[*]", columns: seed}
            outputs: {sheet.png: $sheet, still.png: $still, "${seed}.png": $picture}

            """,
            to: "sheet.yaml"
        )
        #expect(try test.run("sheet.yaml").status == 0)
        /// Without the runs that it tells of.
        func explain(_ arguments: String...) throws -> [String] {
            try test.finish(test.start(["explain", "sheet.yaml"] + arguments)).lines.filter {
                !$0.hasPrefix("the last run: ") && !$0.hasPrefix("before that: ")
            }
        }
        let nothing = ["nothing has changed: all that was asked for is cached, as in the last run"]
        #expect(try explain() == nothing)
        #expect(
            try explain("--set", "size=24") == [
                "a run with --set size=24, compared with",
                "picture (all 2 cells): will run: it changed since the last run",
                "  size: 16 -> 24",
                "sheet: will run if what it reads comes out different",
                "  picture[seed=1]: will run: it changed since the last run",
                "  picture[seed=2]: will run: it changed since the last run",
            ]
        )
        // A cell that was not there before.
        #expect(try test.run("sheet.yaml", "--set", "seed=[1, 2, 3]").status == 0)
        #expect(
            try explain("picture") == [
                "picture[seed=1], picture[seed=2]: as in the last run", "picture[seed=3]: new in the last run",
            ]
        )
        // A file for the cell that it shows.
        #expect(try explain("out/sheet/3.png") == ["picture[seed=3]: new in the last run"])
        // What the last run found, and what it no longer did.
        #expect(try test.run("sheet.yaml", "--set", "size=24").status == 0)
        #expect(
            try explain().prefix(3) == [
                "picture (all 2 cells): changed in the last run", "  size: 16 -> 24", "sheet: changed in the last run",
            ]
        )
        #expect(try test.run("sheet.yaml", "--set", "size=24").status == 0)
        #expect(try explain() == nothing)
    }

    // MARK: - Pictures that were moved

    @Test func aMovedPictureIsMadeAgain() throws {
        try test.folder.write(
            """
            axes: {photo: {files: "faces/*.png"}}
            nodes:
              picture: {uses: resize, image: "${photo}", width: 24}
            outputs: {"${photo.stem}.png": $picture}

            """,
            to: "recipes/small.yaml"
        )
        #expect(try test.run("recipes/small.yaml").status == 0)
        for place in ["moved.png", "deep/down/moved.png"] {
            try test.folder.write(try test.folder.bytes(of: "out/small/ada.png"), to: place)
            let found = try test.run("replay", place)
            #expect(found.status == 0, "\(found.stderr)")
            #expect(found.stderr.hasSuffix("the same pixels as \(place)\n"))
        }
        // Without its recipe, by its files.
        try FileManager.default.removeItem(atPath: test.folder("recipes/small.yaml"))
        let alone = try test.run("replay", "deep/down/moved.png")
        #expect(alone.status == 0, "\(alone.stderr)")

        // Elsewhere.
        let other = try TemporaryFolder()
        try other.write(try test.folder.bytes(of: "moved.png"), to: "moved.png")
        let gone = try test.shell("cd \(other("")) && \"$PULID_RUN\" replay moved.png --cache c")
        #expect(gone.status == 2)
        #expect(
            gone.stderr.contains("error: moved.png rests on files that are not here: faces/ada.png, as seen from ")
                && gone.stderr.hasSuffix("; say with --from in which folder its recipe lay\n"),
            "\(gone.stderr)"
        )
        let from = try test.shell(
            "cd \(other("")) && \"$PULID_RUN\" replay moved.png --cache c --from \(test.folder("recipes"))"
        )
        #expect(from.status == 0, "\(from.stderr)")
        #expect(from.stderr.hasSuffix("the same pixels as moved.png\n"))
    }

    // MARK: - Failures

    @Test func keepGoingIsNamedWhereItHelps() throws {
        try test.folder.write("no picture", to: "photos/b.png")
        try test.folder.write(try test.folder.bytes(of: "recipes/faces/ada.png"), to: "photos/a.png")
        try test.folder.write(
            """
            axes: {photo: {files: "photos/*.png"}}
            nodes:
              small: {uses: resize, image: "${photo}", width: 24}
            outputs: {"${photo.stem}.png": $small}

            """,
            to: "photos.yaml"
        )
        let hint = "hint: --keep-going runs what does not rest on a failure\n"
        let stopped = try test.run("photos.yaml")
        #expect(stopped.status == 3 && stopped.stderr.contains(hint), "\(stopped.stderr)")
        #expect(stopped.stderr.ranges(of: "error: ").count == 1)
        let going = try test.run("photos.yaml", "--keep-going")
        #expect(going.status == 3 && !going.stderr.contains(hint))
        #expect(going.stdout == "out/photos/a.png\n")
        // With nothing else to do there is nothing to say.
        let alone = try test.run("photos.yaml", "--set", "photo=photos/b.png")
        #expect(alone.status == 3 && !alone.stderr.contains(hint), "\(alone.stderr)")
    }

    @Test func readersOfPhotosCountAmongTheNodesToRun() throws {
        try test.folder.write(
            "nodes: {small: {uses: resize, image: recipes/faces/ada.png, width: 24}}\noutputs: {a.png: $small}\n",
            to: "one.yaml"
        )
        let lines = try test.run("one.yaml").stderr.split(separator: "\n").map {
            $0.replacing(/: [0-9.]+ s$/, with: "")
        }
        #expect(
            lines.dropLast() == [
                "one: 2 nodes to run (1 load_image, 1 resize), 0 cached", "[1/2] small.image", "[2/2] small",
            ],
            "\(lines)"
        )
    }
}
