import ModelFiles
import Recipes
import Runner

/// What `inspect` prints for people. Names come from files, so nothing of them speaks to the terminal.
struct InspectionText {
    private(set) var text = ""

    init(_ inspection: FileInspection, withTensors: Bool) {
        text += "\(Self.shown(inspection.path)): \(Self.shown(inspection.kind))\n"
        add(inspection, indent: "  ", withTensors: withTensors)
    }

    private mutating func add(_ inspection: FileInspection, indent: String, withTensors: Bool) {
        var rows: [[String]] = []
        let size = inspection.bytes > 0 ? ByteCount(inspection.bytes).description : nil
        let format = [inspection.format, size].compactMap(\.self)
        if !format.isEmpty { rows.append(["format", format.joined(separator: ", ")]) }
        if !inspection.tensors.isEmpty {
            let types = inspection.types.map { "\($0.tensors) \($0.type)" }.joined(separator: ", ")
            let numbers = inspection.parameters.map { Self.grouped($0) } ?? "too many to count"
            let tensors = counted(inspection.tensors.count, "tensor")
            rows.append([
                "holds", "\(tensors) (\(types)), \(numbers) \(inspection.parameters == 1 ? "number" : "numbers")",
            ])
        }
        rows += inspection.details.map { ["", $0] }
        rows += PictureStory(texts: inspection.texts).rows.map { [$0.name, $0.text] }
        if let use = inspection.use { rows.append(["use", use]) }
        if let problem = inspection.problem, inspection.parts.allSatisfy({ $0.inspection.problem != problem }) {
            rows.append(["problem", problem])
        }
        for line in TextColumns(rows.map { $0.map(Self.shown) }).lines { text += "\(indent)\(line)\n" }
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

    /// 2,567,463,684
    private static func grouped(_ number: Int) -> String {
        let digits = Array("\(number)")
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }
}
