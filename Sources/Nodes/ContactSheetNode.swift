import Graph
import Imaging

/// All pictures of a sweep on one page.
struct ContactSheetNode: Node {
    static let name = "contact_sheet"
    static let version = 1
    static let help = "Lays out the pictures of a sweep in labelled rows and columns."

    @Input("the sweep, as in \"$image[*]\"") var images: Gathered<ImageArtifact>
    @Parameter("the axis that runs down the page") var rows: AxisName? = nil
    @Parameter("the axis that runs across the page") var columns: AxisName? = nil
    @Parameter("whether axis values are written beside the rows and above the columns") var labels: Bool = true

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        // The page in bytes and as what comes out, with margins, and one picture, which is not known to be smaller.
        let pixels = min(inputBytes["images", default: 0] / WorkingMemory.bytesPerPixel * 5 / 4, 50_000_000)
        return 64 << 20 + (3 + 2 * WorkingMemory.bytesPerPixel) * pixels
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        let rowValues = values(of: rows)
        let columnValues = values(of: columns)
        var cells = [[ContactSheet.Picture?]](
            repeating: Array(repeating: nil, count: columnValues.count),
            count: rowValues.count
        )
        for item in images.items {
            guard let row = rowValues.firstIndex(of: place(item.cell, rows)),
                let column = columnValues.firstIndex(of: place(item.cell, columns))
            else { continue }
            guard cells[row][column] == nil else { throw NodeError.tooManyPictures(cell: item.cell.description) }
            // Read twice, first for its size: of many pictures one at a time is in memory.
            let (_, _, height, width) = try item.value().image.shape4
            cells[row][column] = ContactSheet.Picture(width: width, height: height) { try item.value().bitmap }
        }
        let sheet = ContactSheet(
            rowLabels: rowValues.map { label($0) },
            columnLabels: columnValues.map { label($0) },
            cells: cells
        )
        return ImageArtifact(try sheet.render())
    }

    /// The values of an axis in the order of the sweep; without an axis there is one place for all.
    private func values(of axis: AxisName?) -> [Value] {
        var seen: Set<Value> = []
        return images.items.map { place($0.cell, axis) }.filter { seen.insert($0).inserted }
    }

    private func place(_ cell: Cell, _ axis: AxisName?) -> Value { axis.flatMap { cell[$0.name] } ?? .null }

    private func label(_ value: Value) -> String { labels && value != .null ? value.description : "" }
}
