import EngineTestSupport
import Foundation
import Imaging
import Testing

/// The main job after an edit: what reruns, and what `plan` says of it beforehand.
struct StyleSweepTests {
    private let recipe = "recipes/style-sweep.yaml"

    /// A sweep that has run once, small enough for many runs.
    private func sweptOnce() throws -> CommandTest {
        let test = try CommandTest()
        try test.edit(recipe) {
            $0.replacing("[photo, watercolor, pixel art, neon, pencil sketch, poster]", with: "[photo, neon]")
                .replacing("{from: 1, to: 3}", with: "{from: 1, to: 2}")
        }
        let first = try test.run(recipe)
        #expect(test.summary(first) == "18 ran, 0 cached, 6 written", "\(first.stderr)")
        return test
    }

    /// What `plan` says will run, checked against what then runs.
    private func plannedAndRun(_ test: CommandTest) throws -> [String] {
        let plan = try test.run("plan", recipe)
        let planned = plan.lines.dropFirst().dropLast().reduce(into: [String: Int]()) { counts, line in
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            if columns.count >= 4, let runs = Int(columns[3]), runs > 0 { counts[String(columns[0])] = runs }
        }
        let executed = test.executed(try test.run(recipe))
        let counted = executed.reduce(into: [String: Int]()) { counts, title in
            counts[String(title.prefix { $0 != "[" }), default: 0] += 1
        }
        #expect(planned == counted, "\(plan.stdout)")
        return executed
    }

    @Test func oneChangedStyleRerunsItsColumnAlone() throws {
        let test = try sweptOnce()
        try test.edit(recipe) { $0.replacing("[photo, neon]", with: "[photo, poster]") }
        #expect(
            try plannedAndRun(test).sorted() == [
                "image[style=poster seed=1]", "image[style=poster seed=2]", "latent[style=poster seed=1]",
                "latent[style=poster seed=2]", "prompt[style=poster]", "score[style=poster seed=1]",
                "score[style=poster seed=2]", "sheet",
            ]
        )
    }

    @Test func aTouchedPhotoRerunsNothing() throws {
        let test = try sweptOnce()
        let photo = test.folder("recipes/faces/ada.png")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -10)],
            ofItemAtPath: photo
        )
        #expect(try plannedAndRun(test) == [])
    }

    @Test func aPhotoSavedAgainIsDecodedAndNothingElse() throws {
        let test = try sweptOnce()
        let photo = test.folder("recipes/faces/ada.png")
        let bitmap = try Bitmap.read(path: photo)
        try bitmap.encodedPNG(metadata: [("Comment", "the same pixels")]).write(to: URL(fileURLWithPath: photo))
        let plan = try test.run("plan", recipe)
        #expect(plan.lines.last == "17 nodes cached, 1 to run")
        #expect(test.executed(try test.run(recipe)) == ["face.image"])
    }

    @Test func anotherPhotoRerunsWhatDependsOnIt() throws {
        let test = try sweptOnce()
        let executed = test.executed(try test.run(recipe, "--set", "face=recipes/faces/ben.png"))
        #expect(
            Set(executed.map { String($0.prefix { $0 != "[" }) }) == [
                "face.image", "face", "identity", "latent", "image", "score", "sheet",
            ]
        )
    }

    /// Some weights in the second half of the part's file are made four times as large or as small.
    @Test(arguments: [
        ("sdxl/vae/diffusion_pytorch_model", ["image", "score", "sheet"]),
        ("sdxl/text_encoder/model", ["prompt", "latent", "image", "score", "sheet"]),
        ("lightning", ["latent", "image", "score", "sheet"]),
    ])
    func aChangedPartOfTheModelRerunsWhatUsesIt(part: String, nodes: [String]) throws {
        let test = try sweptOnce()
        let weights = "models/tiny/\(part).safetensors"
        var bytes = try test.folder.bytes(of: weights)
        // The upper byte of a half lies at odd places; this bit of it is in the exponent.
        for i in stride(from: bytes.count / 4 * 2 + 1, to: bytes.count, by: 998) { bytes[i] ^= 0x08 }
        try test.folder.write(bytes, to: weights)
        #expect(Set(try plannedAndRun(test).map { String($0.prefix { $0 != "[" }) }) == Set(nodes))
    }

    @Test func namesOrderAndCommentsRerunNothing() throws {
        let test = try sweptOnce()
        try test.edit(recipe) { text in
            var lines = text.replacing("identity: {uses", with: "who: {uses").replacing("$identity", with: "$who")
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            // Two nodes change places, and two keys of a node.
            let (sdxl, pulid) = (lines.firstIndex { $0.contains("sdxl:") }, lines.firstIndex { $0.contains("pulid:") })
            if let sdxl, let pulid { lines.swapAt(sdxl, pulid) }
            let (width, height) = (
                lines.firstIndex { $0.contains("width") }, lines.firstIndex { $0.contains("height") }
            )
            if let width, let height { lines.swapAt(width, height) }
            return "# a comment\n" + lines.joined(separator: "\n")
        }
        #expect(try plannedAndRun(test) == [])
    }

    @Test func explainNamesWhatChanged() throws {
        let test = try sweptOnce()
        let explained = try test.run("explain", recipe, "latent", "--set", "id_scale=0.5")
        #expect(explained.status == 0)
        #expect(
            explained.stdout.contains("latent (all 4 cells): will run") && explained.stdout.contains("id_scale")
                && explained.stdout.contains("0.8") && explained.stdout.contains("0.5"),
            "\(explained.stdout)"
        )
    }
}
