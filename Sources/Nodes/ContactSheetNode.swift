import Graph
import Imaging

/// All pictures of a sweep on one page.
struct ContactSheetNode: Node {
    static let name = "contact_sheet"
    static let version = 5
    static let help =
        "Lays out the pictures of a sweep in labelled rows and columns; those that are missing leave a blank."

    @Input("the sweep, as in \"$image[*]\"") var images: Gathered<ImageArtifact>
    @Parameter("the axis that runs down the page, or several: the last one changes fastest") var rows: SheetAxes = []
    @Parameter("the axis that runs across the page, or several") var columns: SheetAxes = []
    @Parameter("what is written beside rows and above columns; auto names the axes of numbers, and files by their stem")
    var labels: SheetLabels = .auto
    @Parameter("what is written above all") var title: String = ""

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        // The page in bytes and as what comes out, with margins, and one picture, which is not known to be smaller.
        let pixels = min(WorkingMemory.pixels(of: inputBytes["images"]) * 5 / 4, 50_000_000)
        return 64 << 20 + (3 + 2 * WorkingMemory.bytesPerPixel) * pixels
    }

    func problems() -> [ParameterProblem] {
        if let axis = columns.names.first(where: rows.names.contains) {
            return [ParameterProblem("columns", "the axis `\(axis)` cannot run both down and across the page")]
        }
        var first: [Place: Cell] = [:]
        for item in images.items {
            guard let other = first.updateValue(item.cell, forKey: place(of: item.cell)) else { continue }
            let axis = item.cell.coordinates.first { $0.value != other[$0.axis] }
            let hint = axis.map {
                "add `\($0.axis)` to `rows` or `columns`, or pick one of its values: `[*, \($0.axis)=\($0.value)]`"
            }
            let message = "several pictures fall on one place of the sheet: `\(other)` and `\(item.cell)`"
            return [ParameterProblem("images", message, hint: hint)]
        }
        return []
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let (rowValues, columnValues) = (values(of: rows), values(of: columns))
        let rowPlaces = Dictionary(uniqueKeysWithValues: zip(rowValues, 0...))
        let columnPlaces = Dictionary(uniqueKeysWithValues: zip(columnValues, 0...))
        var cells = [[ContactSheet.Picture?]](
            repeating: Array(repeating: nil, count: columnValues.count),
            count: rowValues.count
        )
        for item in images.items {
            let place = place(of: item.cell)
            guard let row = rowPlaces[place.row], let column = columnPlaces[place.column] else { continue }
            guard cells[row][column] == nil else { throw NodeError.tooManyPictures(cell: item.cell.description) }
            // Read twice, first for its size: of many pictures one at a time is in memory.
            let (width, height) = try item.value().size
            cells[row][column] = ContactSheet.Picture(width: width, height: height) { try item.value().bitmap }
        }
        let sheet = ContactSheet(
            title: title,
            rowLabels: rowValues.map { labels.text($0, of: rows) },
            columnLabels: columnValues.map { labels.text($0, of: columns) },
            cells: cells
        )
        return ImageArtifact(try sheet.render())
    }

    private struct Place: Hashable {
        let row: [Value]
        let column: [Value]
    }

    private func place(of cell: Cell) -> Place {
        Place(row: rows.values(in: cell), column: columns.values(in: cell))
    }

    /// In the order of the sweep, blanks included; without an axis there is one place for all.
    private func values(of axes: SheetAxes) -> [[Value]] {
        var seen: Set<[Value]> = []
        return images.cells.map { axes.values(in: $0) }.filter { seen.insert($0).inserted }
    }
}

/// The axes that run along one side of a sheet: one, or a list of them.
package struct SheetAxes: ParameterType, Hashable, ExpressibleByArrayLiteral {
    let names: [String]

    package static var parameterForm: ParameterForm { .oneOf([.axis, .list(.axis)]) }

    package var parameterValue: Value {
        names.count == 1 ? .string(names[0]) : .list(names.map { .string($0) })
    }

    package init(arrayLiteral names: String...) { self.names = names }

    package init(parameter value: Value) throws(ParameterMismatch) {
        if case .list(let items) = value {
            var names: [String] = []
            for item in items { names.append(try AxisName(parameter: item).name) }
            self.names = names
        } else {
            names = [try AxisName(parameter: value).name]
        }
    }

    func values(in cell: Cell) -> [Value] { names.map { cell[$0] ?? .null } }
}

/// What stands beside the rows of a sheet and above its columns.
package enum SheetLabels: String, ParameterChoice {
    case auto, values, named, none

    /// - Parameter values: one for each of the axes; null where the sweep does not have it.
    package func text(_ values: [Value], of axes: SheetAxes) -> String {
        zip(axes.names, values).compactMap { $1 == .null ? nil : text($1, of: $0) }.filter { !$0.isEmpty }
            .joined(separator: ", ")
    }

    private func text(_ value: Value, of axis: String) -> String {
        switch (self, value) {
        case (.none, _): ""
        case (.values, _): value.description
        case (.named, _): "\(axis) \(value)"
        case (.auto, .string(let text)): Self.stem(text)
        case (.auto, _): "\(axis) \(value)"
        }
    }

    /// `ada` of `photos/ada.jpg`; a text that is no path as it is.
    private static func stem(_ text: String) -> String {
        guard text.contains("/"), !text.contains(" "), let name = text.split(separator: "/").last else { return text }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}
