import EngineTestSupport
import Foundation
import Graph
import Runner
import Testing

/// The page about a run.
@Suite struct ReportTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// A picture with a baseline, a table, an expectation, and names that are no HTML.
    private func graph(_ style: String) -> ExecutionGraph {
        var builder = GraphBuilder(name: "a <b> & c")
        let cell = [("style", Value.string(style))]
        let caption = builder.add("caption", "caption", at: cell, ["text": .string(style)])
        let picture = builder.add("picture", "paint", at: cell, inputs: ["caption": [caption]])
        let baseline = builder.add(
            "score.baseline",
            "load_image",
            at: cell,
            [
                "file": .string(workshop.folder("accepted.png"))
            ]
        )
        let score = builder.add("score", "compare", at: cell, inputs: ["image": [picture], "baseline": [baseline]])
        let sheet = builder.add("sheet", "paint", ["seed": .integer(9)], inputs: ["caption": [caption]])
        builder.output("picture.png", picture)
        builder.output("sheet.png", sheet)
        builder.table("scores.csv", [score])
        builder.expect(score, "max_abs", .lessOrEqual, 0)
        return builder.graph
    }

    private func page(_ graph: ExecutionGraph) throws -> String {
        let outcome = try workshop.run(graph)
        let file = RunPageFile(graph, out: workshop.folder("out"), file: workshop.folder("report.html"))
        #expect(file.write(outcome.summary).failure == nil)
        return try workshop.folder.text(of: "report.html").replacing(workshop.folder.path, with: "DIR")
            .replacing(/in [0-9.]+ s/, with: "in T s")
    }

    private func body(_ page: String) -> String {
        String(page[(page.range(of: "</style>\n")?.upperBound ?? page.startIndex)...])
            .replacing(/base64,[A-Za-z0-9+\/=]+/, with: "base64,...")
    }

    @Test func aMissingBaselineThenAChangedPicture() throws {
        let first = try page(graph("<ink>"))
        #expect(
            body(first) == """
                <h1>a &lt;b&gt; &amp; c</h1>
                <p class="bad">3 ran, 0 cached, 1 baseline missing, 1 not run, 2 written in T s</p>
                <h2>What went wrong</h2>
                <p><code>test.yaml:3</code> there is no baseline `DIR/accepted.png` yet <em>look at the picture; \
                `pulid-run approve test.yaml` takes it</em></p>
                <h2>Against the baselines</h2>
                <div class="row"><h3>picture[style=&lt;ink&gt;]</h3><figure><span>DIR/accepted.png is not here</span>\
                <figcaption>baseline</figcaption></figure><figure><img data-picture="0" alt=""><figcaption>now</figcaption>\
                </figure></div>
                <h2>Pictures</h2>
                <div class="row"><figure><img data-picture="1" alt=""><figcaption>sheet.png</figcaption></figure></div>
                <script>
                const pictures = [
                "data:image/png;base64,...",
                "data:image/png;base64,..."];
                for (const image of document.querySelectorAll("[data-picture]")) \
                image.src = pictures[image.dataset.picture];
                </script>
                </html>

                """
        )
        let approval = try Approval(of: graph("<ink>"))
        _ = try workshop.run(approval.graph) { $0.out = approval.folder }
        #expect(body(try page(graph("<ink>"))).contains("<p class=\"well\">"))

        let changed = body(try page(graph("neon")))
        #expect(changed.contains("<h2>Expectations that are not met</h2>\n<p><code>test.yaml:200</code> expected"))
        #expect(changed.contains("<div class=\"row bad\"><h3>picture[style=neon]</h3>"))
        #expect(
            changed.contains(
                "<div class=\"difference\"><img data-picture=\"0\" alt=\"\"><img data-picture=\"1\" alt=\"\">"
            )
        )
        #expect(changed.contains("scores.csv, 1 rows</caption>"))
        #expect(changed.components(separatedBy: "data:image/png").count - 1 == 3, "each picture once")
    }

    @Test func aPageThatCannotBeWritten() throws {
        try workshop.folder.write("", to: "file")
        let graph = graph("ink")
        var summary = try workshop.run(graph).summary
        let file = workshop.folder("file/r.html")
        let report = RunPageFile(graph, out: workshop.folder("out"), file: file).write(summary)
        #expect(report.failure?.message.hasPrefix("`\(file)` could not be written: ") == true)
        summary.failures = []
        summary.page = report
        #expect(summary.exitStatus == .nodeFailed)
    }

    /// A pipe or a device is not replaced by a file.
    @Test func aPageForAPipe() throws {
        let graph = graph("ink")
        let summary = try workshop.run(graph).summary
        let report = RunPageFile(graph, out: workshop.folder("out"), file: "/dev/full").write(summary)
        #expect(report.failure != nil)
        var status = stat()
        #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }
}
