import EngineTestSupport
import Foundation
import Testing

/// A render in CI: accepted once, the same ever after, or a failure that says what to do.
@Suite struct RegressionTests {
    private static let recipe = """
        axes: {style: [photo, neon]}
        nodes:
          picture: {uses: draw_face, seed: 3, size: 64, style: "${style}"}
          score:   {uses: compare, image: $picture, baseline: "accepted/${style}.png"}
        outputs: {"${style}.png": $picture, scores.csv: "$score[*]"}
        expect: ["$score.max_abs <= 0.01"]
        """

    private func missing(_ style: String) -> String {
        """
        render.yaml:4:55: error: there is no baseline `accepted/\(style).png` yet
        4 |   score:   {uses: compare, image: $picture, baseline: "accepted/${style}.png"}
          |                                                       ^^^^^^^^^^^^^^^^^^^^^^^
        hint: look at the picture; `pulid-run approve render.yaml` takes it

        """
    }

    @Test func fromTheFirstRenderToTheNextChange() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "render.yaml")
        #expect(try test.run("check", "render.yaml").status == 0)

        let first = try test.run("render.yaml")
        #expect(first.status == 1)
        #expect(first.stderr.hasPrefix(missing("photo") + missing("neon")), "\(first.stderr)")
        #expect(first.lines == ["out/render/photo.png", "out/render/neon.png"])
        #expect(test.summary(first) == "2 ran, 0 cached, 2 baselines missing, 2 not run, 2 written")
        let inCI = try test.run("render.yaml", "--ci")
        #expect(inCI.status == 4)
        // What programs are told is how the process ends.
        for (flags, status) in [([], 1), (["--ci"], 4)] {
            let told = try test.finish(test.start(["render.yaml", "--format", "json"] + flags))
            #expect(told.status == status && told.lines.last?.contains("\"exit_code\": \(status),") == true, "\(told)")
        }
        #expect(try test.run("plan", "render.yaml").status == 0)

        let approved = try test.run("approve", "render.yaml")
        #expect(approved.status == 0)
        #expect(approved.lines == ["accepted/neon.png", "accepted/photo.png"])
        #expect(test.summary(approved) == "0 ran, 2 cached, 2 written")
        #expect(try test.run("render.yaml", "--ci").status == 0)

        // What other pictures say of their making, such as the recipe's name, is not in the files.
        try test.edit("render.yaml") { "recipe: renamed\n" + $0 }
        #expect(test.summary(try test.run("approve", "render.yaml")) == "0 ran, 2 cached, 0 written, 2 unchanged")

        try test.edit("render.yaml") { $0.replacingOccurrences(of: "seed: 3", with: "seed: 4") }
        let changed = try test.run("render.yaml", "--ci", "--report", "report/index.html")
        #expect(changed.lines.contains("report/index.html"))
        #expect(try test.folder.text(of: "report/index.html").hasPrefix("<!doctype html>"))
        #expect(changed.status == 1)
        #expect(changed.stderr.contains("expected `$score.max_abs <= 0.01` at style=neon, but it is "))
        #expect(test.summary(try test.run("approve", "render.yaml")) == "0 ran, 2 cached, 2 written")
        #expect(try test.run("render.yaml", "--ci").status == 0)
    }

    /// A page on an earlier run does not stay where there was none.
    @Test func aReportOnWhatCannotBeRun() throws {
        let test = try CommandTest()
        try test.folder.write(Self.recipe, to: "render.yaml")
        #expect(try test.run("approve", "render.yaml").status == 0)
        #expect(try test.run("render.yaml", "--report", "report.html").status == 0)
        try test.edit("render.yaml") { $0.replacingOccurrences(of: "draw_face", with: "draw_fase") }
        let invalid = try test.run("render.yaml", "--report", "report.html", "--format", "markdown:summary.md")
        #expect(invalid.status == 2)
        let page = try test.folder.text(of: "report.html")
        #expect(page.contains(#""phase":"invalid""#) && page.contains("the recipe cannot be run: 1 error"))
        #expect(page.contains(#""place":"render.yaml:3""#) && page.contains("did you mean `draw_face`?"))
        #expect(try test.folder.text(of: "summary.md").contains("| `render.yaml:3:"))

        try test.edit("render.yaml") { $0.replacingOccurrences(of: "draw_fase", with: "draw_face") }
        try test.folder.write("{}", to: "render.lock")
        #expect(try test.run("render.yaml", "--report", "report.html").status == 2)
        #expect(try test.folder.text(of: "report.html").contains("render.lock is no lock file"))
        let lost = try test.run("render.yaml", "--report", "render.yaml/report.html")
        #expect(lost.status == 2 && lost.stderr.contains("the report render.yaml/report.html cannot be written: "))
    }

    @Test func aRecipeWithoutBaselines() throws {
        let test = try CommandTest()
        let result = try test.run("approve", "recipes/seeds.yaml")
        #expect(result.status == 2)
        #expect(
            result.stderr == "error: recipes/seeds.yaml has no baselines: no node takes a file as `baseline:`\n"
        )
    }
}
