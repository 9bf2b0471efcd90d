import Foundation
import Imaging
import Report
import Runner
import Testing

/// What a build server keeps of pictures that are not as they were accepted.
@Suite struct FailedPicturesTests {
    private func recipe(seed: Int) -> String {
        """
        axes: {style: [photo, neon]}
        nodes:
          picture: {uses: draw_face, seed: \(seed), size: 32, style: "${style}"}
          score:   {uses: compare, image: $picture, baseline: "accepted/${style}/face.png"}
        outputs: {"${style}.png": $picture}
        expect: ["$score.max_abs <= 0.01"]
        """
    }

    private func failed(_ workshop: ReportWorkshop, _ run: ReportWorkshop.Run) throws -> [String] {
        let reports = FailedPictures(run.subject, source: run.source).write(run.snapshot)
        #expect(reports.allSatisfy { $0.failure == nil })
        return try workshop.folder.files(under: "out").filter { $0.contains("failed") }.sorted()
    }

    @Test func theyComeAndGo() throws {
        let workshop = try ReportWorkshop()
        let new = try failed(workshop, workshop.run(recipe(seed: 3)))
        #expect(new == ["failed/neon/face-actual.png", "failed/photo/face-actual.png"])
        try workshop.approve(recipe(seed: 3))
        #expect(try failed(workshop, workshop.run(recipe(seed: 3))) == [], "what is well now is cleared away")

        let changed = try failed(workshop, workshop.run(recipe(seed: 4)))
        #expect(changed.count == 4)
        let actual = try Bitmap.read(path: workshop.folder("out/failed/neon/face-actual.png"))
        let baseline = try Bitmap.read(path: workshop.folder("accepted/neon/face.png"))
        let difference = try Bitmap.read(path: workshop.folder("out/failed/neon/face-diff.png"))
        #expect(actual == (try Bitmap.read(path: workshop.folder("out/neon.png"))))
        let wanted = zip(actual.pixels, baseline.pixels).map { min(255, 8 * abs(Int($0) - Int($1))) }
        #expect(difference.pixels.map { Int($0) } == wanted && wanted.max() == 255)
    }

    /// Links on the way are not followed.
    @Test func aLinkInTheOutputFolder() throws {
        let workshop = try ReportWorkshop()
        let run = try workshop.run(recipe(seed: 3))
        try workshop.folder.write("mine", to: "elsewhere/neon/face-actual.png")
        try FileManager.default.createSymbolicLink(
            atPath: workshop.folder("out/failed"),
            withDestinationPath: workshop.folder("elsewhere")
        )
        let reports = FailedPictures(run.subject, source: run.source).write(run.snapshot)
        #expect(reports.count == 2 && reports.allSatisfy { $0.failure != nil })
        #expect(try workshop.folder.text(of: "elsewhere/neon/face-actual.png") == "mine")
    }
}
