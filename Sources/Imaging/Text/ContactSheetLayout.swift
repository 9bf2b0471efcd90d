/// Where everything on a contact sheet goes, in pixels.
struct ContactSheetLayout {
    let cellWidth: Int
    let cellHeight: Int
    /// Pixels per dot of the font: 1 for cells of less than 128 pixels, 2 below 208, and so on.
    let scale: Int
    /// Around the sheet.
    let margin: Int
    /// Between cells, and between labels and cells.
    let gap: Int
    /// The title, broken into lines.
    let titleLines: [String]
    /// Each broken into as many lines as its row is high.
    let rowLabels: [[String]]
    /// Each broken into lines; empty if no column has a label.
    let columnLabels: [[String]]
    let cellsLeft: Int
    let cellsTop: Int
    let width: Int
    let height: Int

    var lineHeight: Int { (BitmapFont.cellHeight + 1) * scale }

    func x(_ column: Int) -> Int { cellsLeft + column * (cellWidth + gap) }
    func y(_ row: Int) -> Int { cellsTop + row * (cellHeight + gap) }

    init(_ sheet: ContactSheet, limits: DecodeLimits) throws {
        let (rows, columns) = (sheet.cells.count, sheet.columnLabels.count)
        guard rows > 0, columns > 0 else { throw ImageError.sheetShape(reason: "it has no pictures") }
        guard sheet.rowLabels.count == rows, sheet.cells.allSatisfy({ $0.count == columns }) else {
            throw ImageError.sheetShape(
                reason: "\(rows) rows of \(sheet.cells.map(\.count)) pictures do not match"
                    + " \(sheet.rowLabels.count) row labels and \(columns) column labels"
            )
        }

        // 1. Cells as large as the largest picture; the rest in proportion.
        let pictures = sheet.cells.joined().compactMap(\.self)
        cellWidth = pictures.map(\.width).max() ?? 64
        cellHeight = pictures.map(\.height).max() ?? 64
        let side = min(cellWidth, cellHeight)
        scale = max(1, (side + 32) / 80)
        margin = max(6, side / 12)
        gap = max(4, side / 24)

        // 2. Labels.
        let (scale, cellWidth) = (scale, cellWidth)
        let lineHeight = (BitmapFont.cellHeight + 1) * scale
        let rowLines = max(1, min(Self.mostLines, cellHeight / lineHeight))
        rowLabels = sheet.rowLabels.map {
            Self.lines($0, width: max(cellWidth * 3 / 2, 96), scale: scale, atMost: rowLines)
        }
        let hasColumnLabels = sheet.columnLabels.contains { !$0.isEmpty }
        columnLabels =
            hasColumnLabels
            ? sheet.columnLabels.map { ContactSheetLayout.lines($0, width: cellWidth, scale: scale) } : []
        let labelWidth = rowLabels.joined().map { BitmapFont.width(of: $0, scale: scale) }.max() ?? 0
        let labelLines = columnLabels.map(\.count).max() ?? 0
        cellsLeft = margin + (labelWidth > 0 ? labelWidth + gap : 0)

        // 3. The whole sheet. Saturating, so that an absurd number of cells is only ever too large.
        width = ContactSheetLayout.extent(from: cellsLeft, cells: columns, size: cellWidth, gap: gap, margin: margin)
        titleLines = ContactSheetLayout.lines(sheet.title, width: width - 2 * margin, scale: scale)
        let titleHeight = titleLines.isEmpty ? 0 : titleLines.count * lineHeight + gap
        cellsTop = margin + titleHeight + (labelLines > 0 ? labelLines * lineHeight + gap : 0)
        height = ContactSheetLayout.extent(from: cellsTop, cells: rows, size: cellHeight, gap: gap, margin: margin)
        let (total, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, total <= limits.pixels else {
            throw ImageError.sheetTooLarge(width: width, height: height, limit: limits.pixels)
        }
    }

    private static func extent(from start: Int, cells: Int, size: Int, gap: Int, margin: Int) -> Int {
        let (all, overflow) = cells.multipliedReportingOverflow(by: size + gap)
        return overflow || all > 1 << 40 ? 1 << 40 : start + all - gap + margin
    }

    private static let mostLines = 3

    /// Words in a few lines, each cut where it must be.
    private static func lines(_ label: String, width: Int, scale: Int, atMost maximum: Int = mostLines) -> [String] {
        var lines: [String] = []
        for word in label.split(separator: " ") {
            if let last = lines.last {
                let joined = last + " " + word
                if BitmapFont.width(of: joined, scale: scale) <= width || lines.count == maximum {
                    lines[lines.count - 1] = joined
                    continue
                }
            }
            lines.append(String(word))
        }
        return lines.map { BitmapFont.fit($0, width: width, scale: scale) }
    }
}
