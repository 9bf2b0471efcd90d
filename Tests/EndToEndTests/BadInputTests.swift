import EngineTestSupport
import Foundation
import Imaging
import Testing

/// Lists, tables, workflows and pictures that are not what they should be: every problem at its line, all at once, and nothing
/// written.
struct BadInputTests {
    private let test: CommandTest

    init() throws { test = try CommandTest() }

    /// Of a text, without what the renderer shows of the file below each.
    private func problems(_ result: CommandTest.Result) -> [String] {
        result.stderr.split(separator: "\n").map(String.init).filter { $0.contains(": error: ") }
    }

    /// What stands in the folder now.
    private func files() throws -> Set<String> { Set(try test.folder.files()) }

    @Test func listsAndTablesAllAtOnce() throws {
        try test.folder.write("name,size\n1,2,3\nada,16\nben\n", to: "ragged.csv")
        try test.folder.write("\u{FEFF}who,who\n1,2\n", to: "twice.csv")
        try test.folder.write("a\n\nb\na\n", to: "doubled.txt")
        try test.folder.write(String(repeating: "x\n", count: 1_000_000), to: "million.txt")
        try test.folder.write("n\n" + String(repeating: "1\n", count: 1_000_000), to: "million.csv")
        try test.folder.write(
            """
            axes:
              photo:  {files: "photos/*.jpg"}
              other:  {files: ["recipes/faces/*.png", "recipes/faces/*.gif"]}
              people: {csv: ragged.csv}
              whose:  {csv: twice.csv}
              word:   {lines: doubled.txt}
              line:   {lines: million.txt}
              number: {csv: million.csv, column: n}
            nodes:
              a: {uses: load_image, file: "${photo}"}
              b: {uses: load_image, file: "${other}"}
              c: {uses: encode_prompt, model: $sdxl, text: "${word} ${line} ${number}"}
              sdxl: {uses: load_sdxl, base: models/tiny/sdxl}
            outputs: {"${photo.stem}.png": $a, "${other.stem}.png": $b, "${word}.safetensors": $c}

            """,
            to: "bad.yaml"
        )
        let before = try files()
        for command in ["check", "plan", "run"] {
            let result = try test.run(command, "bad.yaml")
            #expect(result.status == 2 && result.stdout == "")
            #expect(problems(result) == Self.expected, "\(problems(result).joined(separator: "\n"))")
        }
        #expect(try files() == before)
    }

    static let expected = [
        "bad.yaml:2:19: error: no file is called `photos/*.jpg`",
        "bad.yaml:3:43: error: no file is called `recipes/faces/*.gif`",
        "bad.yaml:7:19: error: `million.txt` has more than 100000 values",
        "bad.yaml:8:17: error: `million.csv` has more than 100000 values",
        "doubled.txt:4:1: error: the axis `word` has `a` twice",
        "ragged.csv:2:1: error: this row has 3 fields, the first line names 2 columns",
        "ragged.csv:4:1: error: this row has 1 field, the first line names 2 columns",
        "twice.csv:1:5: error: the column `who` is there twice",
    ]

    /// Files of one name in two folders.
    @Test func namesThatMakeOneOutputTwice() throws {
        for name in ["a/x.png", "b/x.png", "b/y.png"] {
            try test.folder.write(try test.folder.bytes(of: "recipes/faces/ada.png"), to: name)
        }
        try test.folder.write(
            """
            axes: {photo: {files: ["a/*.png", "b/*.png"]}}
            nodes: {picture: {uses: load_image, file: "${photo}"}}
            outputs: {"${photo.stem}.png": $picture}

            """,
            to: "twice.yaml"
        )
        let before = try files()
        let result = try test.run("twice.yaml")
        #expect(result.status == 2)
        #expect(problems(result) == ["twice.yaml:3:11: error: several cells are written to `x.png`"])
        #expect(result.stderr.contains("hint: put `${photo.index}` into the name"), "\(result.stderr)")
        #expect(try files() == before)
    }

    /// What was there when the recipe was checked: a located failure, and what does not rest on it is made.
    @Test func filesThatVanish() throws {
        for name in ["a", "b"] {
            try test.folder.write(try test.folder.bytes(of: "recipes/faces/ada.png"), to: "photos/\(name).png")
        }
        try test.folder.write(
            """
            axes: {photo: {files: "photos/*.png"}}
            nodes:
              picture: {uses: load_image, file: "${photo}"}
              small:   {uses: resize, image: $picture, width: 16, height: 16}
            outputs: {"${photo.stem}.png": $small}

            """,
            to: "vanish.yaml"
        )
        #expect(try test.run("check", "vanish.yaml").status == 0)
        try FileManager.default.removeItem(atPath: test.folder("photos/b.png"))
        let fewer = try test.run("vanish.yaml")
        #expect(fewer.status == 0 && fewer.stdout == "out/vanish/a.png\n")
        try FileManager.default.removeItem(atPath: test.folder("photos/a.png"))
        let before = try files()
        let none = try test.run("vanish.yaml")
        #expect(none.status == 2)
        #expect(problems(none) == ["vanish.yaml:1:23: error: no file is called `photos/*.png`"], "\(none.stderr)")
        #expect(try files() == before)
    }

    /// Recipes that pictures carry are read as any other: what is wrong with them has a line, and outputs stay below `--out`.
    @Test func picturesWhoseTextsLie() throws {
        let picture = try Bitmap.read(path: test.folder("recipes/faces/ben.png"))
        func write(_ name: String, _ texts: [String: String]) throws {
            var all = [
                "version": "0.1.0", "file": "nowhere.yaml", "node": "n", "cell": "{}", "key": "00", "settings": "[]",
            ]
            all.merge(texts) { $1 }
            let metadata = all.map { (key: "pulid-run.\($0.key)", value: $0.value) }
            try test.folder.write(Array(picture.encodedPNG(metadata: metadata)), to: name)
        }
        let nodes = "nodes: {n: {uses: load_imge, file: x}, m: {uses: resize, image: $q}}"
        try write("broken.png", ["result": "\(nodes)\noutputs: {../../up.png: $n}\n"])
        try write("outside.png", ["result": "nodes: {n: {uses: draw_face, seed: 1}}\noutputs: {../up.png: $n}\n"])
        try write("other.png", ["result": "nodes: {n: {uses: load_image, file: broken.yaml}}\noutputs: {a.png: $n}\n"])
        try write("settings.png", ["settings": "[1]"])
        try write("deep.png", ["result": String(repeating: "[", count: 5000), "files": "[3]", "cell": "}"])
        let before = try files()
        let complaints = [
            "broken.png": [
                "broken.png:1:19: error: there is no kind of node `load_imge`",
                "broken.png:1:65: error: there is no node `q`",
                "broken.png:2:11: error: `../../up.png` points outside the output folder",
            ],
            "outside.png": ["outside.png:2:11: error: `../up.png` points outside the output folder"],
            "other.png": ["other.png:1:37: error: there is no file `broken.yaml`"],
            "settings.png": [],
            "deep.png": ["deep.png:1:65: error: nested more than 64 deep"],
        ]
        for (name, expected) in complaints {
            let result = try test.run("replay", name)
            #expect(result.status == 2 && result.stdout == "", "\(name)")
            let found = problems(result).map { $0.replacing("\(test.folder.path)/", with: "") }
            #expect(found == expected, "\(name): \(result.stderr)")
        }
        #expect(try files() == before)
    }
}
