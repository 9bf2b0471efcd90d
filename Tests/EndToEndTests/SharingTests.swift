import EngineTestSupport
import Foundation
import Testing

/// Results that one cache gives to another, as the user does it.
@Suite struct SharingTests {
    private let test: CommandTest

    init() throws { test = try CommandTest.ofTwoFaces() }

    @Test func anotherMachineNeedNotRunIt() throws {
        #expect(try test.run("face.yaml").status == 0)
        let exported = try test.run("cache", "export", "face.yaml", "face.results")
        #expect(exported.stdout.hasPrefix("2 results, 2 values, 1.8 kB"), "\(exported.stdout)\(exported.stderr)")
        let imported = try test.run("cache", "import", "face.results", "--recipe", "face.yaml", "--cache", "other")
        #expect(imported.stdout == exported.stdout, "\(imported.stderr)")
        let again = try test.run("face.yaml", "--cache", "other", "--out", "there/face")
        #expect(test.summary(again) == "0 ran, 2 cached, 2 written")
        #expect(try test.folder.bytes(of: "there/face/1.png") == test.folder.bytes(of: "out/face/1.png"))
        let known = try test.run("cache", "import", "face.results", "--cache", "other")
        #expect(known.stdout == "nothing new\n")
        #expect(try test.run("cache", "verify", "--cache", "other").status == 0)
    }

    @Test func whatCannotBeShared() throws {
        let nothing = try test.run("cache", "export", "face.yaml", "face.results")
        #expect(nothing.status == 2)
        #expect(nothing.stderr == "error: the cache has nothing of \(test.folder("face.yaml")): run it first\n")
        let foreign = try test.run("cache", "import", "face.yaml")
        #expect(foreign.status == 5)
        #expect(
            foreign.stderr == "error: face.yaml is no file of `cache export`, or is damaged: it is not a database\n"
        )
    }

    @Test func whatARecipeRestsOnIsKept() throws {
        #expect(try test.run("face.yaml").status == 0)
        try test.edit("face.yaml") { $0.replacing("size: 16", with: "size: 24") }
        #expect(try test.run("face.yaml", "--out", "larger").status == 0)
        let collected = try test.run("cache", "gc", "--max-size", "1K", "--keep", "face.yaml")
        #expect(collected.stdout.hasPrefix("2 values evicted"), "\(collected.stdout)")
        let again = try test.run("face.yaml", "--out", "again")
        #expect(test.summary(again) == "0 ran, 2 cached, 2 written")
    }
}
