import EngineTestSupport
import Foundation
import Graph
import Nodes
import Recipes
import Report
import Runner
import Store
import Testing

/// A folder with a recipe and a cache, and the reports on what is run there.
struct ReportWorkshop {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Run {
        let subject: ReportSubject
        let log: RunLog
        let snapshot: RunSnapshot
        let source: PictureSource
        let summary: RunSummary
        let html: String

        init(subject: ReportSubject, log: RunLog, source: PictureSource, summary: RunSummary, html: String) throws {
            (self.subject, self.log, self.source, self.summary) = (subject, log, source, summary)
            snapshot = log.snapshot
            self.html = html
            document = try Self.json("document", in: html)
            state = try Self.json("state", in: html)
        }

        /// What the page's scripts read.
        let document: [String: Any]
        let state: [String: Any]

        static func json(_ id: String, in html: String) throws -> [String: Any] {
            let start = try #require(html.range(of: "<script type=\"application/json\" id=\"\(id)\">"))
            let end = try #require(html.range(of: "</script>", range: start.upperBound..<html.endIndex))
            let data = Data(html[start.upperBound..<end.lowerBound].utf8)
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }

        var entries: [[String: Any]] { state["entries"] as? [[String: Any]] ?? [] }
        var statuses: [String] { entries.compactMap { $0["status"] as? String } }
    }

    func load(_ recipe: String) throws -> LoadedRecipe {
        try folder.write(recipe, to: "recipe.yaml", age: 60)
        return try RecipeLoader(registry: .builtin).load(file: folder("recipe.yaml"), settings: [])
    }

    func options(_ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
        var options = RunOptions(out: folder("out"), recipe: folder("recipe.yaml"), tellsMeasurements: true)
        change(&options)
        return options
    }

    func execute(
        _ graph: ExecutionGraph,
        _ options: RunOptions,
        cancellation: Cancellation = Cancellation(),
        report: @escaping @Sendable (RunEvent) -> Void
    ) throws -> RunSummary {
        let store = try ResultStore(folder: CacheFolder(folder("cache")))
        defer { store.close() }
        let run = try RecipeRun(
            graph,
            store: store,
            options: options,
            environment: RunEnvironment(numerics: "test", version: "1.0"),
            cancellation: cancellation,
            report: report
        )
        return run.run()
    }

    /// Runs the recipe and writes its report to report.html.
    func run(
        _ recipe: String,
        cancellation: Cancellation = Cancellation(),
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Run {
        let loaded = try load(recipe)
        let options = options(change)
        let program = ReportSubject.Program(version: "1.0", numerics: "test", precision: "float32")
        let subject = ReportSubject(loaded, options: options, program: program)
        let log = RunLog(loaded.graph)
        let summary = try execute(loaded.graph, options, cancellation: cancellation) { log.receive($0) }
        let (graph, cache) = (loaded.graph, folder("cache"))
        let source = PictureSource(subject) { instance, digest in
            let store = try? ResultStore(folder: CacheFolder(cache), access: .readOnly)
            defer { store?.close() }
            return store?.record(for: digest).flatMap { try? graph.instances[instance].schema.output.init(record: $0) }
        }
        let written = ReportFile(subject, source: source, path: folder("report.html")).write(log.snapshot)
        #expect(written.failure == nil)
        return try Run(
            subject: subject,
            log: log,
            source: source,
            summary: summary,
            html: try folder.text(of: "report.html")
        )
    }

    func approve(_ recipe: String) throws {
        let approval = try Approval(of: load(recipe).graph)
        _ = try execute(approval.graph, options { $0.out = approval.folder }) { _ in }
    }
}
