import ArgumentParser
import Foundation
import Graph
import Imaging
import Nodes
import Recipes
import Runner

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Measure a picture against another, a folder of pictures against another, or tensors against tensors.",
        discussion: """
            Of two files each measure is printed on a line: max_abs, mean_abs and rmse from 0 to 1 (a grey level is \
            1/255), psnr in dB, ssim and ms_ssim (1 is the same), flip (the mean FLIP error, 0 is the same) and flip_p95, \
            pixels_over and share_over; with --models faces and box_overlap, and with --face id_similarity. Of two folders, \
            the files of one name make a line of a table. Of .safetensors, .npy and other files of tensors: max_abs, relative_l2, cosine, ulps, differing, count. Ends with status 1 where a \
            condition is not met.
            """
    )

    @Argument(help: "What is measured: a picture, a folder of pictures, or a file of tensors.", completion: .file())
    var a: String
    @Argument(help: "What it is measured against.", completion: .file())
    var b: String
    @Option(help: "A picture of the same size: only what is white in it counts.", completion: .file())
    var mask: String?
    @Option(
        help: ArgumentHelp(
            "Write the FLIP map, brighter where more is wrong; a folder for folders.",
            valueName: "file.png"
        ),
        completion: .file(extensions: ["png"])
    )
    var map: String?
    @Option(
        help: ArgumentHelp(
            "Find and count the faces, and tell how far they have moved: the folder of load_face_models.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var models: String?
    @Option(
        help: "A photo of the person who should be seen: measures id_similarity; needs --models.",
        completion: .file()
    )
    var face: String?
    @Option(help: "pixels_over counts pixels that differ by more than this: 0 to 1, or grey levels as 1/255.")
    var over = "0"
    @Option(help: ArgumentHelp("A condition, such as 'ssim >= 0.99' or 'max_abs <= 1/255'.", valueName: "condition"))
    var expect: [String] = []
    @Option(help: "How to report: text, json.") var format = CompareFormat.text

    enum CompareFormat: String, CaseIterable, ExpressibleByArgument { case text, json }

    func run() throws {
        try reportingFailures {
            let conditions: [MeasureCondition]
            do {
                conditions = try expect.map { text throws(MeasureConditionError) in try MeasureCondition(text) }
            } catch {
                Terminal.error("error: \(TerminalText("\(error)").escaped())\n")
                return .badFlags
            }
            guard let limit = numberOrFraction(over), (0...1).contains(limit) else {
                Terminal.error("error: --over must be from 0 to 1, such as 1/255\n")
                return .badFlags
            }
            guard face == nil || models != nil else {
                Terminal.error("error: --face needs --models, the networks that look at faces\n")
                return .badFlags
            }
            let pairs = try ComparedPairs(a, b)
            let faces = try models.map { try FaceMeasures(models: $0, person: face) }
            var results: [(name: String, comparison: FileComparison)] = []
            var hasFailed = !pairs.alone.isEmpty
            for path in pairs.alone {
                Terminal.error("error: \(Self.shown(path)) has nothing of its name on the other side\n")
            }
            for pair in pairs.pairs {
                do {
                    let comparison = try FileComparison(of: pair.a, with: pair.b, mask: mask, over: limit, faces: faces)
                    try write(comparison.map, pair.name, isFolder: pairs.areFolders)
                    results.append((pair.name, comparison))
                } catch {
                    hasFailed = true
                    Terminal.error("error: \(Self.shown(pair.name)): \(TerminalText("\(error)").escaped())\n")
                }
            }
            report(results, isTable: pairs.areFolders)
            var isMet = true
            for (name, comparison) in results {
                for condition in conditions where !condition.holds(for: comparison.measures) {
                    isMet = false
                    let found =
                        comparison.measures.first { $0.name == condition.field }
                        .map { "it is \(Self.number($0.value))" } ?? "it was not measured"
                    Terminal.error("\(Self.shown(name)): expected \(condition.text), but \(found)\n")
                }
            }
            return hasFailed ? .nodeFailed : isMet ? .success : .expectationFailed
        }
    }

    private func report(_ results: [(name: String, comparison: FileComparison)], isTable: Bool) {
        switch format {
        case .json:
            for (name, comparison) in results {
                let values = comparison.measures.map { ($0.name, Value.number($0.value)) }
                let measures = Dictionary(values, uniquingKeysWith: { first, _ in first })
                Terminal.output(Value.map(["name": .string(name), "measures": .map(measures)]).json + "\n")
            }
        case .text where !isTable:
            for (_, comparison) in results {
                for (name, value) in comparison.measures { Terminal.output("\(name) \(Self.number(value))\n") }
            }
        case .text:
            var names: [String] = []
            for (_, comparison) in results {
                for measure in comparison.measures where !names.contains(measure.name) { names.append(measure.name) }
            }
            let rows = results.map { name, comparison in
                [Self.shown(name)]
                    + names.map { name in
                        comparison.measures.first { $0.name == name }.map { String(format: "%.5g", $0.value) } ?? ""
                    }
            }
            Terminal.output("\(TextColumns([["picture"] + names] + rows, right: Set(1...max(1, names.count))))")
        }
    }

    private func write(_ errors: ErrorMap?, _ name: String, isFolder: Bool) throws {
        guard let map, let errors else { return }
        let path = isFolder ? "\(map)/\((name as NSString).deletingPathExtension).png" : map
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try errors.picture.encodedPNG(metadata: []).write(to: url, options: .atomic)
    }

    private static func shown(_ text: String) -> String { TerminalText(text).escaped() }

    /// The shortest text that reads back as the same number.
    private static func number(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
