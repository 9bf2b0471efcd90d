import EngineTestSupport
import Foundation
import Testing

/// A report that is served while its recipe is worked on.
@Suite struct ServeTests {
    private static let recipe = """
        nodes:
          picture: {uses: draw_face, seed: 3, size: 32}
          score:   {uses: compare, image: $picture, baseline: accepted/a.png}
        outputs: {a.png: $picture}
        expect: ["$score.max_abs <= 0.01"]
        """

    /// Until the page says it, for a minute.
    private func wait(for text: String, _ client: LoopbackClient) -> Bool {
        for _ in 0..<600 {
            if client.get("")?.text.contains(text) == true { return true }
            usleep(100_000)
        }
        return false
    }

    @Test func aRunThatFollowsWhatIsEdited() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "render.yaml")
        let run = try test.start(["render.yaml", "--serve", "--watch"])
        var line = [UInt8]()
        while line.last != UInt8(ascii: "\n") { line += run.output.fileHandleForReading.readData(ofLength: 1) }
        let address = String(decoding: line.dropLast(), as: UTF8.self)
        let client = try #require(LoopbackClient(address: address), "\(address)")
        #expect(wait(for: #""status":"new""#, client))

        // What another program changes: a baseline, the recipe, a recipe that is wrong.
        #expect(try test.run("approve", "render.yaml").status == 0)
        #expect(wait(for: #""status":"passed""#, client))
        try test.edit("render.yaml") { $0.replacingOccurrences(of: "seed: 3", with: "seed: 4") }
        #expect(wait(for: #""status":"changed""#, client))
        try test.edit("render.yaml") { $0.replacingOccurrences(of: "draw_face", with: "nothing_like_it") }
        #expect(wait(for: "there is no node kind", client) || wait(for: "nothing_like_it", client))
        // As it was at first, so that the page says of this run what it did not say of the one before.
        try test.edit("render.yaml") {
            $0.replacingOccurrences(of: "nothing_like_it", with: "draw_face").replacingOccurrences(
                of: "seed: 4",
                with: "seed: 3"
            )
        }
        #expect(wait(for: #""status":"passed""#, client))
        #expect(wait(for: #""phase":"done""#, client))

        run.process.interrupt()
        let result = try test.finish(run)
        #expect(result.status == 0, "as the last run ended")
        #expect(client.get("") == nil)
    }

    @Test func watchingWithoutAPage() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "render.yaml")
        let run = try test.start(["render.yaml", "--watch", "--report", "report.html"])
        func reported(_ status: String) -> Bool {
            for _ in 0..<600 {
                if (try? test.folder.text(of: "report.html"))?.contains("\"status\":\"\(status)\"") == true {
                    return true
                }
                usleep(100_000)
            }
            return false
        }
        #expect(reported("new"))
        #expect(try test.run("approve", "render.yaml").status == 0)
        #expect(reported("passed"))
        run.process.interrupt()
        #expect(try test.finish(run).status == 0)
    }

    @Test func flagsThatDoNotFit() throws {
        let test = try CommandTest()
        #expect(try test.run("recipes/seeds.yaml", "--port", "8000").status == 64)
        #expect(try test.run("recipes/seeds.yaml", "--serve", "--port", "0").status == 64)
    }
}
