import ArgumentParser
import Foundation
import Graph
import Nodes
import Recipes
import Runner

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what files of models are, and which node takes them.",
        discussion: "Headers alone are read, so large files take no longer than small ones."
    )

    @Argument(help: "Files, or folders of models.") var files: [String]
    @Flag(help: "Each tensor with its type and shape.") var tensors = false
    @Flag(help: "A JSON object on a line for each file.") var json = false

    func run() throws {
        try reportingFailures {
            var hasProblem = false
            for path in files {
                let inspection = FileInspection(path: path)
                hasProblem = hasProblem || inspection.problem != nil
                if json {
                    Terminal.output(inspection.value(withTensors: tensors).json + "\n")
                } else {
                    Terminal.output(InspectionText(inspection, withTensors: tensors).text)
                }
            }
            return hasProblem ? .nodeFailed : .success
        }
    }
}

/// What `inspect` prints for people. Names come from files, so nothing of them speaks to the terminal.
struct InspectionText {
    private(set) var text = ""

    init(_ inspection: FileInspection, withTensors: Bool) {
        text += "\(Self.shown(inspection.path)): \(Self.shown(inspection.kind))\n"
        add(inspection, indent: "  ", withTensors: withTensors)
    }

    private mutating func add(_ inspection: FileInspection, indent: String, withTensors: Bool) {
        func line(_ name: String, _ value: String) -> String {
            let padding = String(repeating: " ", count: 8 - name.count)
            return "\(indent)\(name)\(padding)\(Self.shown(value))\n"
        }
        let size = inspection.bytes > 0 ? ByteCount(inspection.bytes).description : nil
        let format = [inspection.format, size].compactMap(\.self)
        if !format.isEmpty { text += line("format", format.joined(separator: ", ")) }
        if !inspection.tensors.isEmpty {
            let types = inspection.types.map { "\($0.tensors) \($0.type)" }.joined(separator: ", ")
            let numbers = inspection.parameters.map { Self.grouped($0) } ?? "too many to count"
            text += line("holds", "\(Self.count(inspection.tensors.count, "tensor")) (\(types)), \(numbers) numbers")
        }
        for detail in inspection.details { text += line("", detail) }
        if let use = inspection.use { text += line("use", use) }
        if let problem = inspection.problem, inspection.parts.allSatisfy({ $0.inspection.problem != problem }) {
            text += line("problem", problem)
        }
        for part in inspection.parts {
            text += "\(indent)\(Self.shown(part.name)): \(Self.shown(part.inspection.kind))\n"
            add(part.inspection, indent: indent + "  ", withTensors: withTensors)
        }
        guard withTensors else { return }
        for tensor in inspection.tensors {
            text += "\(indent)\(Self.shown(tensor.name))  \(tensor.type)  \(tensor.shape)\n"
        }
    }

    private static func shown(_ text: String) -> String { TerminalText(text).escaped() }
    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// 2,567,463,684
    private static func grouped(_ number: Int) -> String {
        let digits = Array("\(number)")
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }
}
