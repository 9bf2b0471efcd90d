import EngineTestSupport
import Foundation
import Testing

/// A picture is made again from what it says of its own making.
@Suite struct ReplayTests {
    private static let recipe = """
        params: {size: 96}
        axes: {style: [photo, neon]}
        nodes:
          picture: {uses: draw_face, seed: 3, size: "${size}", style: "${style}"}
        outputs: {"deep/${style}.png": $picture, "${style}.jpg": $picture}
        """

    private func rendered() throws -> CommandTest {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "recipes/render.yaml")
        #expect(try test.run("recipes/render.yaml", "--set", "size=64").status == 0)
        return test
    }

    @Test func theSamePicture() throws {
        let test = try rendered()
        let replayed = try test.run("replay", "out/render/deep/neon.png")
        #expect(replayed.status == 0)
        #expect(replayed.stdout == "out/replay/neon.png\n")
        #expect(replayed.stderr.hasSuffix("\nthe same pixels as out/render/deep/neon.png\n"), "\(replayed.stderr)")
        #expect(replayed.stderr.hasPrefix("0 ran, 1 cached, 1 written in "))

        let elsewhere = try test.run("replay", "out/render/deep/neon.png", "--cache", test.folder("other"))
        #expect(elsewhere.status == 0)
        #expect(test.executed(elsewhere) == ["picture[style=neon]"])
    }

    /// What it made before it replaces without a word, whatever recipe that was of; what a run wrote it warns of.
    @Test func itsOwnPictureIsReplaced() throws {
        let test = try rendered()
        let other = Self.recipe.replacingOccurrences(of: "seed: 3", with: "seed: 5")
        try test.folder.write(other, to: "recipes/other.yaml")
        #expect(try test.run("recipes/other.yaml", "-q").status == 0)
        for name in ["render", "other", "render"] {
            let replayed = try test.run("replay", "out/\(name)/deep/neon.png")
            #expect(replayed.status == 0 && !replayed.stderr.contains("warning"), "\(replayed.stderr)")
        }
        try test.folder.write(try test.folder.bytes(of: "out/render/deep/neon.png"), to: "neon.png")
        let over = try test.run("replay", "neon.png", "--recipe", "recipes/render.yaml", "--out", "out/other/deep")
        #expect(
            over.stderr.hasPrefix(
                "warning: out/other/deep/neon.png is what the recipe \(test.folder("recipes/other.yaml")) wrote"
            ),
            "\(over.stderr)"
        )
    }

    @Test func anotherPictureNow() throws {
        let test = try rendered()
        try test.edit("recipes/render.yaml") { $0.replacingOccurrences(of: "seed: 3", with: "seed: 4") }
        let replayed = try test.run("replay", "out/render/deep/photo.png")
        #expect(replayed.status == 1)
        let lines = replayed.stderr.split(separator: "\n").suffix(2).map(String.init)
        #expect(lines[0].hasPrefix("other pixels than out/render/deep/photo.png (by at most "), "\(lines)")
        #expect(lines[0].hasSuffix(" dB):") && lines[1] == "  picture: seed: 3 -> 4", "\(lines)")
    }

    @Test func whatCannotBeMadeAgain() throws {
        let test = try rendered()
        func complaint(_ arguments: String...) throws -> String {
            let result = try test.finish(test.start(["replay"] + arguments))
            #expect(result.status == 2)
            return result.stderr
        }
        #expect(
            try complaint("recipes/faces/ada.png")
                == "error: recipes/faces/ada.png does not say what made it: it is no picture of this program, or another one "
                + "has dropped its texts\n"
        )
        #expect(
            try complaint("out/render/deep/neon.png", "--out", "out/render/deep")
                == "error: out/render/deep/neon.png would be replaced by the new picture; choose another folder with --out\n"
        )
        #expect(
            try complaint("out/render/deep/neon.png", "--recipe", "recipes/seeds.yaml")
                .contains("the recipe has no param or axis `size`")
        )
        try test.edit("recipes/render.yaml") { $0.replacingOccurrences(of: "neon", with: "poster") }
        #expect(
            try complaint("out/render/deep/neon.png")
                == "error: \(test.folder.path)/recipes/render.yaml has no `picture {\"style\": \"neon\"}` any more, which the "
                + "picture shows\n"
        )
        // A recipe that is lost is no obstacle (PictureOriginTests), unless the picture is of an older program.
        try FileManager.default.removeItem(atPath: test.folder("recipes/render.yaml"))
        let old = try Data(contentsOf: URL(fileURLWithPath: test.folder("out/render/deep/neon.png")))
        let name = try #require(old.range(of: Data("pulid-run.result".utf8)))
        var changed = old
        // Its checksum is wrong then, so that nobody reads it.
        changed[name.lowerBound] = UInt8(ascii: "q")
        try changed.write(to: URL(fileURLWithPath: test.folder("out/render/deep/old.png")))
        #expect(
            try complaint("out/render/deep/old.png")
                == "error: out/render/deep/old.png was made by the recipe ../../recipes/render.yaml, which is not there, as "
                + "seen from its folder or one around it; name it with --recipe\n"
        )
    }
}
