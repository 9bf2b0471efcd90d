import ArgumentParser
import Foundation
import Graph
import Nodes
import Recipes
import Runner

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Find bounds for `expect`: how widely each measure spreads over runs that should all pass.",
        discussion: """
            Runs the recipe once for each seed and precision, and reads tables of scores (.csv, .json) that other machines \
            wrote with --machines. For every measure it says its least, mean and greatest value, proposes a bound with a \
            margin, and how many of the runs would have failed a bound made of the others. A measure whose bound would let \
            everything pass tells nothing here, and gets none.

            Seeds and precisions are given to the recipe's params or axes `seed` and `precision`. Where it has none, seeds go \
            to its `sample` nodes, precisions to its `load_sdxl` and `load_pulid` nodes, in place of what these say.
            """
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var options: ExecutionOptions
    @Option(help: ArgumentHelp("Run with this many seeds: 1, 2, ...", valueName: "count")) var seeds: Int?
    @Option(help: ArgumentHelp("The param or axis that is the seed.", valueName: "name")) var seedName = "seed"
    @Option(help: ArgumentHelp("Run with each of these precisions, such as f32,bf16.", valueName: "list"))
    var precision: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Tables of scores from other machines.", valueName: "files"),
        completion: .file(extensions: ["csv", "json"])
    )
    var machines: [String] = []
    @Option(help: "How far beyond the worst value a bound lies, in parts of the distance between best and worst.")
    var margin = 0.5
    @Option(help: "How to report: text, json.") var format = CompareCommand.CompareFormat.text

    func validate() throws {
        guard seeds ?? 2 >= 2 else { throw ValidationError("--seeds must be at least 2: one value has no spread") }
        guard precisions?.isEmpty != true else { throw ValidationError("--precision names none, such as f32,bf16") }
        guard margin >= 0, margin.isFinite else { throw ValidationError("--margin must not be negative") }
    }

    func run() throws {
        try reportingFailures {
            let execution = try Execution(options, as: .calibrate)
            var values: [String: [Double?]] = [:]
            var runs = 0
            let source = try recipe.source()
            let variants = machines.isEmpty || seeds != nil || precision != nil ? variants : []
            // One that is no good is found before any runs; between the first seed and the last, seeds are alike.
            let ends = seedSettings.count > 2 ? [seedSettings[0], seedSettings[seedSettings.count - 1]] : seedSettings
            for settings in variants where ends.contains(where: { settings.starts(with: $0) }) {
                _ = try load(source, settings)
            }
            for settings in variants {
                let loaded = try load(source, settings)
                Terminal.error("\(settings.isEmpty ? "as it is" : settings.joined(separator: " ")): ")
                let runOptions = RunOptions(
                    out: "out/\(loaded.graph.name)",
                    recipe: recipe.absolutePath,
                    settings: loaded.settings,
                    only: loaded.scoreNodes,
                    keepGoing: true
                )
                let reporter = ReportFormat.text.reporter(for: loaded, .quiet)
                var failed: Runner.ExitStatus?
                _ = try execution(loaded.graph.onlyResults, runOptions, reporter: reporter) { run, summary in
                    if !summary.failures.isEmpty || summary.isInterrupted { failed = summary.exitStatus }
                    for (field, found) in RunMeasures(of: run).values { values[field, default: []] += found }
                    Terminal.error("\(summary.ran) ran, \(summary.cached) cached\n")
                }
                if let failed { return failed }
                runs += 1
            }
            for file in machines {
                for (field, found) in try ScoreTable(file).columns { values[field, default: []] += found }
                runs += 1
            }
            let spreads = values.keys.sorted().compactMap { name -> MeasureSpread? in
                guard name != ScoresArtifact.Measure.pass.rawValue else { return nil }
                return MeasureSpread(name: name, side: Self.side(of: name), values: values[name] ?? [])
            }
            report(spreads.filter { !$0.values.isEmpty || $0.infinite > 0 }, MeasureRanges(values), runs: runs)
            return .success
        }
    }

    /// The settings of each run.
    private var variants: [[String]] {
        let precisions = precisions.map { names in names.map { ["precision=\($0)"] } } ?? [[]]
        return seedSettings.flatMap { seed in precisions.map { seed + $0 } }
    }

    private var seedSettings: [[String]] { seeds.map { (1...$0).map { ["\(seedName)=\($0)"] } } ?? [[]] }

    private var precisions: [String]? {
        precision.map { $0.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty } }
    }

    private func load(_ source: RecipeSource, _ settings: [String]) throws -> LoadedRecipe {
        try source.load(
            settings: recipe.settings + settings,
            varied: [
                VariedParameter("seed", of: ["sample"]), VariedParameter("precision", of: ["load_sdxl", "load_pulid"]),
            ]
        )
    }

    private static func side(of name: String) -> MeasureSpread.Side {
        if let measure = ScoresArtifact.Measure(rawValue: name) {
            return measure.isUpperBounded ? .lessIsBetter : .moreIsBetter
        }
        return ["relative_l2", "ulps", "differing"].contains(name) ? .lessIsBetter : .moreIsBetter
    }

    private func report(_ spreads: [MeasureSpread], _ ranges: MeasureRanges, runs: Int) {
        if runs == 1 {
            Terminal.error(
                "warning: one run is no spread: its bounds are but what it measured; --seeds, --precision or --machines "
                    + "give more\n"
            )
        }
        switch format {
        case .json:
            for spread in spreads {
                var fields: [String: Value] = [
                    "measure": .string(spread.name), "values": .integer(Int128(spread.values.count)),
                    "unmeasured": .integer(Int128(spread.unmeasured)),
                ]
                if let least = spread.values.first, let greatest = spread.values.last,
                    let bound = spread.threshold(margin: margin, in: ranges.of(spread.name))
                {
                    fields["least"] = .number(least)
                    fields["greatest"] = .number(greatest)
                    fields["mean"] = .number(spread.mean)
                    fields["deviation"] = .number(spread.deviation)
                    if !spread.letsAllPass(bound, in: ranges.of(spread.name)) {
                        fields["expect"] = .string("\(spread.name) \(spread.side.comparison) \(bound)")
                    }
                    fields["would_have_failed"] = .integer(Int128(spread.failures(margin: margin)))
                }
                Terminal.output(Value.map(fields).json + "\n")
            }
        case .text:
            var rows = [["measure", "values", "least", "mean", "greatest", "deviation", "expect", "would have failed"]]
            for spread in spreads {
                guard let least = spread.values.first, let greatest = spread.values.last,
                    let bound = spread.threshold(margin: margin, in: ranges.of(spread.name))
                else {
                    rows.append([spread.name, "\(spread.infinite)", "inf", "inf", "inf", "0", "", ""])
                    continue
                }
                let isUseless = spread.letsAllPass(bound, in: ranges.of(spread.name))
                rows.append([
                    spread.name, "\(spread.values.count + spread.infinite)", Self.short(least), Self.short(spread.mean),
                    Self.short(greatest), Self.short(spread.deviation),
                    isUseless ? "tells nothing here" : "\(spread.side.comparison) \(Self.short(bound, digits: 6))",
                    "\(spread.failures(margin: margin)) of \(spread.values.count)",
                ])
            }
            Terminal.output("\(TextColumns(rows, right: [1, 2, 3, 4, 5]))")
            Terminal.output("\(counted(runs, "run")), margin \(margin)\n")
        }
    }

    private static func short(_ value: Double, digits: Int = 4) -> String { String(format: "%.\(digits)g", value) }
}

extension LoadedRecipe {
    /// The nodes whose results have fields.
    fileprivate var scoreNodes: [String] {
        outline.nodes.filter { $0.cells > 0 && !$0.schema.output.fields.isEmpty }.map(\.name)
    }
}
