import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner
import Store

struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Name the first node at which two runs part: of two recipes, or of one recipe in two caches.",
        discussion: """
            Walks through the nodes that both have, in their order, and compares their results. A side that names a cache \
            of its own (--cache-a, --cache-b) is read as that cache's last run of the recipe left it, whatever program and \
            machine made it; the other is run. The results of the first node that leaves the tolerance, and its inputs, \
            are saved for a report. Ends with status 1 if there is one.
            """
    )

    @Argument(help: "A recipe.", completion: .file(extensions: ["yaml", "yml"])) var a: String
    @Argument(help: "Another, or the same.", completion: .file(extensions: ["yaml", "yml"])) var b: String
    @Option(
        help: ArgumentHelp("Gives a param or an axis of both another value.", valueName: "name=value"),
        completion: .custom { words, _, typed in RecipeNames(in: words).settings(typed) }
    )
    var set: [String] = []
    @Option(
        help: ArgumentHelp("The same, of the first alone.", valueName: "name=value"),
        completion: .custom { words, _, typed in RecipeNames(in: words).settings(typed) }
    )
    var setA: [String] = []
    @Option(
        help: ArgumentHelp("The same, of the second alone.", valueName: "name=value"),
        completion: .custom { words, _, typed in RecipeNames(in: words).settings(typed) }
    )
    var setB: [String] = []
    @Option(
        help: ArgumentHelp("The first's results, as its last run left them.", valueName: "dir"),
        completion: .directory
    )
    var cacheA: String?
    @Option(help: ArgumentHelp("The second's.", valueName: "dir"), completion: .directory) var cacheB: String?
    @Option(
        help: """
            How far apart results may be: the length of the difference over that of the second (relative L2); 0 for the \
            same bits.
            """
    )
    var tolerance = 0.0
    @Option(help: ArgumentHelp("The folder for what is saved.", valueName: "dir"), completion: .directory)
    var save = "out/bisect"
    @OptionGroup var options: ExecutionOptions

    func validate() throws {
        guard tolerance >= 0 else { throw ValidationError("--tolerance must not be negative") }
    }

    func run() throws {
        try reportingFailures {
            let execution = try Execution(options, as: .bisect)
            return try results(a, set + setA, cacheA, execution) { first in
                try results(b, set + setB, cacheB, execution) { second in
                    let bisection = try Bisection(first, second, tolerance: tolerance)
                    report(bisection)
                    guard let found = bisection.first else { return .success }
                    for title in found.inputs + [found.title] {
                        try save(first.artifact(at: title), title, "a")
                        try save(second.artifact(at: title), title, "b")
                    }
                    return .expectationFailed
                }
            }
        }
    }

    private func results(
        _ file: String,
        _ settings: [String],
        _ cache: String?,
        _ execution: Execution,
        _ body: (NodeResults) throws -> Runner.ExitStatus
    ) throws -> Runner.ExitStatus {
        let loaded = try RecipeLoader(registry: Program.registry).load(file: file, settings: settings)
        let path = URL(fileURLWithPath: file).standardizedFileURL.path
        if let cache {
            let folder = try CacheFolder.standard(
                asked: cache,
                environment: [:],
                directory: FileManager.default.currentDirectoryPath,
                warn: { _ in }
            )
            let store = try ResultStore(folder: folder, access: .readOnly) { Terminal.error("warning: \($0)\n") }
            defer { store.close() }
            return try body(NodeResults(of: loaded.graph, recipe: path, in: store))
        }
        let runOptions = RunOptions(out: "out", recipe: path, settings: loaded.settings, only: [])
        let reporter = ReportFormat.text.reporter(for: loaded, .quiet)
        var status = Runner.ExitStatus.success
        _ = try execution(loaded.graph.onlyResults, runOptions, reporter: reporter) { run, summary in
            guard summary.failures.allSatisfy(\.isMissingBaseline), !summary.isInterrupted else {
                status = summary.exitStatus
                return
            }
            status = try body(NodeResults(of: run))
        }
        return status
    }

    private func report(_ bisection: Bisection) {
        let rows = bisection.steps.map { step -> [String] in
            let title = TerminalText(step.title).escaped()
            switch step.outcome {
            case .same: return [title, "same"]
            case .unknown: return [title, "not to be had"]
            case .otherFiles: return [title, "names other files, or uses them otherwise"]
            case .other(let reason): return [title, "other: \(reason)"]
            case .differs(let differences):
                let numbers = [
                    "max_abs \(Self.short(differences.maxAbs))", "relative_l2 \(Self.short(differences.relativeL2))",
                    "cosine \(Self.short(differences.cosine))", "ulps \(differences.ulps)",
                    "\(differences.differing) of \(differences.count)",
                ]
                return [title, (step.isBeyond ? "differs: " : "within: ") + numbers.joined(separator: ", ")]
            }
        }
        Terminal.output("\(TextColumns(rows))")
        guard let first = bisection.first else { return Terminal.output("no node leaves the tolerance\n") }
        Terminal.output("first: \(TerminalText(first.title).escaped())\n")
        for change in first.changes { Terminal.output("  \(change.text)\n") }
        Terminal.output("saved: \(TerminalText(save).escaped())\n")
    }

    private static func short(_ value: Double) -> String { String(format: "%.4g", value) }

    /// As a file that programs read, where the artifact can be one.
    private func save(_ artifact: (any Artifact)?, _ title: String, _ side: String) throws {
        guard let artifact else { return }
        let kind = type(of: artifact)
        let choices = ["safetensors", "json", "png"].filter(kind.extensions.contains)
        let name = String(title.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
        let folder = URL(fileURLWithPath: save)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let end = choices.first else { return }
        let bytes = try artifact.encoded(as: end, metadata: [])
        try Data(bytes).write(to: folder.appendingPathComponent("\(name).\(side).\(end)"), options: .atomic)
    }
}
