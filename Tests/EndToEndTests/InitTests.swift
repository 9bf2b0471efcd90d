import EngineTestSupport
import Foundation
import Testing

/// `init` makes a set of models that recipes can use.
@Suite struct InitTests {
    private let test: CommandTest

    init() throws { test = try CommandTest() }

    @Test func aSetOfModels() throws {
        for (folder, seed) in [("a", "0"), ("b", "0"), ("c", "1")] {
            let made = try test.run("init", test.folder(folder), "--seed", seed)
            #expect(made.status == 0 && made.stdout + made.stderr == "")
        }
        let files = try test.folder.files(under: "a")
        #expect(try test.folder.files(under: "b") == files)
        for name in [
            "pulid.safetensors", "eva_clip.safetensors", "face/recognizer.safetensors", "sdxl/tokenizer/merges.txt",
        ] {
            #expect(files.contains(name))
        }
        for file in files {
            let (a, b, c) = try (
                test.folder.bytes(of: "a/\(file)"), test.folder.bytes(of: "b/\(file)"),
                test.folder.bytes(of: "c/\(file)")
            )
            #expect(a == b && (a != c) == file.hasSuffix(".safetensors"), "\(file)")
        }
        let checked = try test.run("doctor", test.folder("a/sdxl"))
        #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
    }

    @Test func nothingIsReplacedUnasked() throws {
        let folder = test.folder("kept")
        try test.folder.write("mine", to: "kept/pulid.safetensors")
        let refused = try test.run("init", folder)
        #expect(refused.status == 64 && refused.stderr.contains("\(folder) is not empty; --force replaces"))
        #expect(try test.folder.files(under: "kept") == ["pulid.safetensors"])
        #expect(try test.run("init", folder, "--force").status == 0)
        #expect(try test.folder.bytes(of: "kept/pulid.safetensors").count > 10_000)
    }

    @Test func aFileThatCannotBeWrittenIsNamed() throws {
        let folder = test.folder("taken")
        try test.folder.write("a file", to: "taken/face")
        let failed = try test.run("init", folder, "--force")
        #expect(failed.status == 3)
        #expect(
            failed.stderr == "error: \(folder)/face/recognizer.safetensors cannot be written: face: Not a directory\n"
        )
    }
}
