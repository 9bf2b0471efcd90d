import EngineTestSupport
import Foundation
import Testing

/// What pictures say of their making, and what can be done with that alone.
@Suite struct PictureOriginTests {
    private static let recipe = """
        recipe: faces
        params: {size: 48, photo: faces/ada.png}
        axes: {style: [photo, "neon & more"], seed: {from: 1, to: 2}}
        nodes:
          picture: {uses: draw_face, seed: "${seed}", size: "${size}"}
          loaded:  {uses: load_image, file: "${photo}"}
          score:   {uses: compare, image: $picture, baseline: $picture}
          small:   {uses: contact_sheet, images: "$picture[*]", rows: seed, title: "${style} costs $$5"}
        outputs:
          "${seed}.png": $picture
          "${seed}.jpg": $picture
          "${seed}.webp": $picture
          "sheets/${style}.png": $small
          ada.png: $loaded
        """

    private func rendered() throws -> CommandTest {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "recipes/faces.yaml")
        let result = try test.run("recipes/faces.yaml", "--set", "size=64")
        #expect(result.status == 0, "\(result.stderr)")
        return test
    }

    @Test func inspectTellsWhatMadeAPicture() throws {
        let test = try rendered()
        for name in ["1.png", "1.jpg", "1.webp"] {
            let shown = try test.run("inspect", "out/faces/\(name)").stdout
            #expect(shown.contains("  made by   pulid-run 0.1.0, from ../../recipes/faces.yaml\n"), "\(shown)")
            #expect(shown.contains("  settings  --set size=64\n"), "\(shown)")
            #expect(shown.contains("picture {\"seed\": 1}"))
            #expect(shown.contains("draw_face: seed 1, size 64"))
        }
        let photo = try test.run("inspect", "out/faces/ada.png").stdout
        #expect(photo.contains("load_image: file \"faces/ada.png\""), "\(photo)")
        #expect(photo.firstMatch(of: /file +faces\/ada\.png [0-9a-f]{12}\n/) != nil, "\(photo)")
    }

    /// Paths are seen from the recipe, those that may be left out too, so that another folder gives the same file.
    @Test func picturesNameNoFolder() throws {
        let pictures = try (0..<2).map { _ in
            let test = try CommandTest()
            let result = try test.run("recipes/style-sweep.yaml", "--set", "style=photo", "--set", "seed=1")
            #expect(result.status == 0, "\(result.stderr)")
            let told = try test.run("inspect", "out/style-sweep/photo-1.png").stdout
            #expect(told.contains("unet \"../models/tiny/lightning.safetensors\""), "\(told)")
            return try Data(contentsOf: URL(fileURLWithPath: test.folder("out/style-sweep/photo-1.png")))
        }
        #expect(pictures[0] == pictures[1])
    }

    /// Of one value of each axis, and of a sheet that gathers a sweep, also where a text has dollars and other signs.
    @Test func replayWorksFromThePictureAlone() throws {
        let test = try rendered()
        try FileManager.default.removeItem(atPath: test.folder("recipes/faces.yaml"))
        for name in ["1.png", "2.jpg", "2.webp", "sheets/photo.png", "sheets/neon & more.png", "ada.png"] {
            let replayed = try test.run("replay", "out/faces/\(name)", "--cache", test.folder("other"))
            #expect(replayed.status == 0, "\(name): \(replayed.stderr)")
            #expect(replayed.stderr.hasSuffix("the same pixels as out/faces/\(name)\n"), "\(replayed.stderr)")
        }
        // The same keys as ever: what is in the cache is taken.
        let again = try test.run("replay", "out/faces/sheets/photo.png", "--out", "out/again")
        #expect(again.stderr.contains("0 ran, "), "\(again.stderr)")
    }

    /// As a file of its own, wherever it is to lie: the same results, which the cache has.
    @Test func theRecipeOfAPictureIsWrittenDown() throws {
        let test = try rendered()
        try FileManager.default.removeItem(atPath: test.folder("recipes/faces.yaml"))
        try FileManager.default.createDirectory(
            atPath: test.folder("mine/recipes"),
            withIntermediateDirectories: true
        )
        for (place, name) in ["1.png", "2.jpg", "2.webp", "sheets/neon & more.png", "ada.png"].enumerated() {
            let file = "mine/recipes/\(place).yaml"
            let imported = try test.run("import", "out/faces/\(name)", "-o", file)
            #expect(imported.stdout == file + "\n", "\(imported.stderr)")
            let run = try test.run(file, "--out", "out/\(place)")
            let picture = (name as NSString).lastPathComponent
            #expect(run.status == 0 && test.summary(run).hasPrefix("0 ran, "), "\(name): \(run.stderr)")
            #expect(run.stdout == "out/\(place)/\(picture)\n", "\(run.stdout)")
            let same = try test.run("diff", "out/faces/\(name)", "out/\(place)/\(picture)")
            #expect(same.stdout.hasPrefix("the same pixels\n"), "\(name): \(same.stdout)")
        }
        let ada = try test.folder.text(of: "mine/recipes/4.yaml")
        #expect(ada.contains("file: \"../../recipes/faces/ada.png\"\n"), "\(ada)")
        let twice = try test.run("import", "out/faces/1.png", "-o", "mine/recipes/0.yaml")
        #expect(
            twice.stderr
                == "error: mine/recipes/0.yaml is there already: name another file, or replace it with --force\n"
        )
        #expect(try test.run("import", "out/faces/1.png", "-o", "mine/recipes/0.yaml", "--force").status == 0)
        // Of a picture that was moved away its files are not found, unless somebody says where.
        try FileManager.default.moveItem(
            atPath: test.folder("recipes/faces"),
            toPath: test.folder("mine/recipes/faces")
        )
        let lost = try test.run("import", "out/faces/ada.png")
        #expect(lost.status == 2 && lost.stderr.contains("say with --from in which folder its recipe lay"), "\(lost)")
        let found = try test.run("import", "out/faces/ada.png", "--from", "mine/recipes")
        #expect(found.stdout.contains("file: mine/recipes/faces/ada.png\n"), "\(found.stdout)\(found.stderr)")
    }

    @Test func replayNamesWhatChanged() throws {
        let test = try rendered()
        try FileManager.default.removeItem(atPath: test.folder("recipes/faces.yaml"))
        try FileManager.default.copyItem(atPath: test.folder("out/faces/1.png"), toPath: test.folder("recipes/ben.png"))
        try FileManager.default.removeItem(atPath: test.folder("recipes/faces/ada.png"))
        try FileManager.default.moveItem(
            atPath: test.folder("recipes/ben.png"),
            toPath: test.folder("recipes/faces/ada.png")
        )
        let replayed = try test.run("replay", "out/faces/ada.png")
        #expect(replayed.status == 1)
        let line = try #require(replayed.stderr.split(separator: "\n").last)
        #expect(line == "  file faces/ada.png: other content")
    }

    @Test func diffNamesWhatIsAnother() throws {
        let test = try rendered()
        let found = try test.run("diff", "out/faces/1.png", "out/faces/2.webp")
        #expect(found.status == 1)
        #expect(found.lines.count == 2)
        #expect(found.lines[0].hasPrefix("other pixels (by at most "))
        #expect(found.lines[1] == "  picture: seed: 1 -> 2")
        let same = try test.run("diff", "out/faces/1.png", "out/faces/1.webp")
        #expect(same.status == 0)
        #expect(same.stdout == "the same pixels\n  both were made of the same\n")
        let foreign = try test.run("diff", "out/faces/ada.png", "recipes/faces/ada.png")
        #expect(foreign.stdout.contains("recipes/faces/ada.png does not say what made it"), "\(foreign.stdout)")
        // From another recipe: nodes go by their names, and by their kinds where these are others.
        try test.edit("recipes/faces.yaml") {
            $0.replacing("picture", with: "face").replacing("size: 48", with: "size: 32").replacing(
                "recipe: faces",
                with: "recipe: others"
            )
        }
        #expect(try test.run("recipes/faces.yaml").status == 0)
        #expect(
            try test.run("diff", "out/faces/1.png", "out/others/1.png").lines.dropFirst() == [
                "  picture (now face): size: 64 -> 32"
            ]
        )
    }

    /// What is not ours is told of, and does not speak to the terminal.
    @Test func textsOfOthers() throws {
        let test = try CommandTest()
        func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
            func big(_ value: UInt32) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> (8 * $0) & 255) } }
            let body = Array(type.utf8) + data
            var crc: UInt32 = 0xFFFF_FFFF
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
            }
            return big(UInt32(data.count)) + body + big(~crc)
        }
        let photo = [UInt8](try Data(contentsOf: URL(fileURLWithPath: test.folder("recipes/faces/ada.png"))))
        let texts = [
            "parameters\0portrait\u{1B}[31m\nSteps: 4, Sampler: Euler, CFG scale: 1, Seed: 7, Size: 64x64, Model: base",
            "prompt\0{\"1\": {\"class_type\": \"KSampler\", \"inputs\": {}}}",
        ]
        let file = photo[..<33] + texts.flatMap { chunk("tEXt", Array($0.utf8)) } + photo[33...]
        FileManager.default.createFile(atPath: test.folder("a.png"), contents: Data(file))
        let shown = try test.run("inspect", "a.png").stdout
        #expect(shown.contains("portrait\\u001B[31m"), "\(shown)")
        #expect(shown.contains("a workflow of ComfyUI with 1 node; `pulid-run import` makes a recipe of it"))
        #expect(!shown.contains("\u{1B}"))
        // Ours, but damaged and of strange forms: told of as any other, and replayed as far as that goes.
        let lie = [
            "pulid-run.version\0x", "pulid-run.file\0/etc/passwd", "pulid-run.node\0a", "pulid-run.cell\0{}",
            "pulid-run.key\0k", "pulid-run.settings\0[]", "pulid-run.result\0{\"nodes\": [[[1]]]",
            "pulid-run.files\0[3]",
        ]
        let liar = photo[..<33] + lie.flatMap { chunk("tEXt", Array($0.utf8)) } + photo[33...]
        FileManager.default.createFile(atPath: test.folder("b.png"), contents: Data(liar))
        #expect(try test.run("inspect", "b.png").status == 0)
        #expect(try test.run("replay", "b.png").status == 2)
        #expect(try test.run("replay", "b.png", "--recipe", "-").status == 2)
    }

    @Test func usesListsWhatAFileReaches() throws {
        let test = try CommandTest()
        try test.folder.write(
            """
            axes: {photo: [faces/ada.png, faces/ada-2.png]}
            nodes:
              picture: {uses: load_image, file: "${photo}"}
              score:   {uses: compare, image: $picture, baseline: faces/ada.png}
              sheet:   {uses: contact_sheet, images: "$picture[*]", columns: photo}
            outputs: {"${photo.stem}.png": $picture, sheet.png: $sheet, scores.csv: "$score[*]"}
            """,
            to: "recipes/two.yaml"
        )
        let second = try test.run("uses", "recipes/faces/ada-2.png", "recipes/two.yaml")
        #expect(
            second.lines == ["picture[photo=faces/ada-2.png]", "sheet", "score[photo=faces/ada-2.png]"],
            "\(second.stdout) \(second.stderr)"
        )
        #expect(second.stderr == "recipes/faces/ada-2.png reaches 3 of 6 cells, 3 of 4 outputs\n", "\(second.stderr)")
        #expect(
            try test.run("uses", "--outputs", "recipes/faces/ada-2.png", "recipes/two.yaml").lines
                == ["ada-2.png", "sheet.png", "scores.csv"]
        )
        #expect(try test.run("uses", "recipes/seeds.yaml", "recipes/two.yaml").stdout == "")
        let missing = try test.run("uses", "recipes/faces/adda.png", "recipes/two.yaml")
        #expect(missing.status == 2 && missing.stdout == "")
        #expect(missing.stderr == "error: recipes/faces/adda.png: no such file; did you mean recipes/faces/ada.png?\n")
    }

    @Test func usesOfWhatTheRecipeItselfReads() throws {
        let test = try CommandTest()
        try test.folder.write("neon\nposter\n", to: "looks.txt")
        try test.folder.write("style,size\nneon,16\nphoto,32\n", to: "styles.csv")
        try test.folder.write("params: {head: 1}\n", to: "head.yaml")
        try test.folder.write(
            """
            include: [head.yaml]
            axes: {drawn: {lines: looks.txt}, look: {csv: styles.csv}}
            nodes:
              plain:  {uses: draw_face, seed: 3, size: 16}
              listed: {uses: draw_face, seed: 3, size: 16, style: "${drawn}"}
              styled: {uses: draw_face, seed: "${head}", size: "${size}", style: "${style}"}
            outputs: {plain.png: $plain, "${drawn}-listed.png": $listed, "${style}.png": $styled}
            """,
            to: "read.yaml"
        )
        let lines = try test.run("uses", "looks.txt", "read.yaml")
        #expect(lines.lines == ["listed[drawn=neon]", "listed[drawn=poster]"])
        #expect(
            lines.stderr == "looks.txt reaches 2 of 5 cells, 2 of 5 outputs: it lists the values of the axis `drawn`\n"
        )
        let table = try test.run("uses", "styles.csv", "read.yaml")
        #expect(
            table.stderr.hasSuffix("2 of 5 cells, 2 of 5 outputs: it lists the values of the axes `style` and `size`\n")
        )
        let included = try test.run("uses", "head.yaml", "read.yaml")
        #expect(included.stderr.hasSuffix("5 of 5 cells, 5 of 5 outputs: the recipe is written in it\n"))
    }
}
