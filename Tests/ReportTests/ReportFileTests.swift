import Foundation
import Graph
import Imaging
import Report
import Runner
import Testing

/// The report as one file.
@Suite struct ReportFileTests {
    let workshop: ReportWorkshop

    init() throws { workshop = try ReportWorkshop() }

    private func recipe(seed: Int = 3, styles: String = "photo, neon", bound: String = "0.01") -> String {
        """
        recipe: a <b> & "c" {{script}}
        axes: {style: [\(styles)]}
        nodes:
          picture: {uses: draw_face, seed: \(seed), size: 32, style: "${style}"}
          score:   {uses: compare, image: $picture, baseline: "accepted/${style}.png"}
        outputs: {"${style}.png": $picture, scores.csv: "$score[*]"}
        expect: ["$score.max_abs <= \(bound)"]
        """
    }

    @Test func aMissingBaselineAnAcceptedPictureAndAChangedOne() throws {
        let first = try workshop.run(recipe())
        #expect(first.statuses == ["new", "new"])
        #expect(first.state["phase"] as? String == "done")
        #expect(first.entries.allSatisfy { $0["now"] is [String: Any] && $0["baseline"] == nil })

        try workshop.approve(recipe())
        let accepted = try workshop.run(recipe())
        #expect(accepted.statuses == ["passed", "passed"])
        let link = { (entry: [String: Any], name: String) in (entry[name] as? [String: Any])?["full"] as? Int }
        #expect(
            accepted.entries.allSatisfy { link($0, "now") == link($0, "baseline") },
            "equal pictures are there once"
        )

        let changed = try workshop.run(recipe(seed: 4))
        #expect(changed.statuses == ["changed", "changed"])
        #expect(changed.entries.allSatisfy { link($0, "now") != link($0, "baseline") && link($0, "now") != nil })
        #expect(changed.state["expectations"] as? [Bool] == [false, false])
        let scores = try #require(changed.state["scores"] as? [String: [String: Any]])
        #expect(scores.values.allSatisfy { ($0["max_abs"] as? Double ?? 0) > 0.01 })
        let entries = try #require(changed.document["entries"] as? [[String: Any]])
        let file = workshop.folder("recipe.yaml")
        #expect(entries[1]["approve"] as? String == "pulid-run approve \(file) --only 'picture[style=neon]'")
    }

    @Test func thePictureInThePageHasThePixelsOfTheFile() throws {
        let run = try workshop.run(recipe())
        let now = try #require(run.entries[0]["now"] as? [String: Any])
        let number = try #require(now["full"] as? Int)
        let start = try #require(run.html.range(of: "id=\"picture-addresses\">"))
        let end = try #require(run.html.range(of: "</script>", range: start.upperBound..<run.html.endIndex))
        let addresses = try JSONDecoder().decode(
            [String].self,
            from: Data(run.html[start.upperBound..<end.lowerBound].utf8)
        )
        let base64 = try #require(addresses[number].components(separatedBy: ",").last)
        let picture = try Bitmap.decode(#require(Data(base64Encoded: base64)), name: "embedded")
        #expect(picture == (try Bitmap.read(path: workshop.folder("out/photo.png"))))
    }

    /// Whatever a recipe holds, the page's only markup and scripts are the program's.
    @Test func textsOfRecipesAreNoMarkup() throws {
        let evil = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"
        let run = try workshop.run(
            """
            recipe: evil
            description: "\(evil)"
            params: {text: "\(evil) \\u202E \\u0007"}
            axes: {style: [photo]}
            nodes:
              picture: {uses: draw_face, seed: 1, size: 32, style: "${style}"}
            outputs: {"it's $$(x) ${style}.png": $picture}
            """
        )
        let scripts = run.html.components(separatedBy: "<script").count - 1
        #expect(scripts == 4 && !run.html.contains("<script>alert") && !run.html.contains("<img"))
        let recipe = try #require(run.document["recipe"] as? [String: Any])
        #expect(recipe["description"] as? String == evil)
        let parameters = try #require(recipe["parameters"] as? [[String: String]])
        #expect(parameters.first?["value"] == evil + #" \u202E \u0007"#)
    }

    @Test func thePolicyNamesTheScriptAndTheStyle() throws {
        let html = try workshop.run(recipe()).html
        for (tag, directive) in [("script", "script-src"), ("style", "style-src")] {
            let start = try #require(html.range(of: "<\(tag)>"))
            let end = try #require(html.range(of: "</\(tag)>", range: start.upperBound..<html.endIndex))
            let digest = Digest(of: html[start.upperBound..<end.lowerBound].utf8)
            let hash = Data(digest.bytes).base64EncodedString()
            #expect(html.contains("\(directive) 'sha256-\(hash)'"))
        }
        #expect(html.contains("default-src 'none'") && !html.contains("unsafe") && !html.contains("http:"))
    }

    @Test func aRunThatFailed() throws {
        try workshop.folder.write("no picture", to: "accepted/neon.png", age: 60)
        let run = try workshop.run(recipe()) { $0.keepGoing = true }
        #expect(run.statuses == ["new", "error"])
        #expect(run.state["phase"] as? String == "failed")
        #expect((run.entries[1]["message"] as? String)?.contains("neon.png") == true)
        let problems = try #require(run.state["problems"] as? [[String: Any]])
        #expect(problems.contains { ($0["message"] as? String)?.contains("neon") == true })
    }

    @Test func aRunThatWasInterrupted() throws {
        let cancellation = Cancellation()
        cancellation.request()
        let run = try workshop.run(recipe(), cancellation: cancellation)
        #expect(run.state["phase"] as? String == "interrupted")
        #expect(run.statuses == ["not run", "not run"])
        #expect((run.state["summary"] as? String)?.hasPrefix("interrupted: ") == true)
    }

    @Test func whatWasMeasuredWithoutATableOrABound() throws {
        let recipe = """
            nodes:
              picture: {uses: draw_face, seed: 1, size: 32}
              other:   {uses: draw_face, seed: 2, size: 32}
              score:   {uses: compare, image: $picture, baseline: $other}
              worse:   {uses: compare, image: $other, baseline: $picture}
            outputs: {a.png: $picture, scores.json: $score, worse.json: $worse}
            """
        let run = try workshop.run(recipe)
        #expect((run.state["scores"] as? [String: Any])?.count == 2)
        let again = try workshop.run(recipe)
        #expect(again.summary.ran == 0)
        #expect((again.state["scores"] as? [String: Any])?.count == 2, "also when all is cached")
    }

    @Test func aReportThatCannotBeWritten() throws {
        let run = try workshop.run(recipe())
        try workshop.folder.write("", to: "file")
        let below = ReportFile(run.subject, source: run.source, path: workshop.folder("file/r.html"))
        #expect(
            below.write(run.snapshot).failure?.message.hasPrefix("`\(workshop.folder("file/r.html"))` could not")
                == true
        )
        // A pipe or a device is not replaced by a file.
        #expect(ReportFile(run.subject, source: run.source, path: "/dev/full").write(run.snapshot).failure != nil)
        var status = stat()
        #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }
}
