/// Pictures in labelled rows and columns on white.
///
/// All cells are as large as the largest picture; smaller ones are centred, and a missing one leaves a pale crossed
/// frame. Labels grow with the cells. Those that do not fit are broken between words and then cut with an
/// ellipsis.
public struct ContactSheet {
    /// A picture that is read when it is drawn: beside the sheet there is one at a time.
    public struct Picture {
        public let width: Int
        public let height: Int
        let read: () throws -> Bitmap

        /// - Parameter read: gives a picture of this size
        public init(width: Int, height: Int, read: @escaping () throws -> Bitmap) {
            self.width = width
            self.height = height
            self.read = read
        }
    }

    /// Above all; may be empty.
    public var title: String
    public var rowLabels: [String]
    public var columnLabels: [String]
    /// Row by row; nil is a missing picture.
    public var cells: [[Picture?]]

    public init(title: String = "", rowLabels: [String], columnLabels: [String], cells: [[Picture?]]) {
        self.title = title
        self.rowLabels = rowLabels
        self.columnLabels = columnLabels
        self.cells = cells
    }

    /// Throws `ImageError.sheetShape` unless there is a label for each row and column and every row is complete,
    /// `ImageError.sheetTooLarge` if the sheet would have more than `limits.pixels` pixels, and what reading a picture
    /// throws.
    public func render(limits: DecodeLimits = .standard) throws -> Bitmap {
        let layout = try ContactSheetLayout(self, limits: limits)
        var sheet = Bitmap(width: layout.width, height: layout.height)
        for (line, text) in layout.titleLines.enumerated() {
            let y = layout.margin + line * layout.lineHeight + layout.scale
            sheet.draw(text, x: layout.margin, y: y, scale: layout.scale, color: ContactSheet.ink)
        }
        for (column, lines) in layout.columnLabels.enumerated() {
            // The last line stands right above the cells.
            let top = layout.cellsTop - layout.gap - lines.count * layout.lineHeight + layout.scale
            for (line, text) in lines.enumerated() {
                let textWidth = BitmapFont.width(of: text, scale: layout.scale)
                sheet.draw(
                    text,
                    x: layout.x(column) + (layout.cellWidth - textWidth) / 2,
                    y: top + line * layout.lineHeight,
                    scale: layout.scale,
                    color: ContactSheet.ink
                )
            }
        }
        for (row, lines) in layout.rowLabels.enumerated() {
            let right = layout.cellsLeft - layout.gap
            let height = (lines.count - 1) * layout.lineHeight + BitmapFont.glyphHeight * layout.scale
            for (line, text) in lines.enumerated() {
                sheet.draw(
                    text,
                    x: right - BitmapFont.width(of: text, scale: layout.scale),
                    y: layout.y(row) + (layout.cellHeight - height) / 2 + line * layout.lineHeight,
                    scale: layout.scale,
                    color: ContactSheet.ink
                )
            }
        }
        for (row, pictures) in cells.enumerated() {
            for (column, picture) in pictures.enumerated() {
                let (x, y) = (layout.x(column), layout.y(row))
                if let picture {
                    sheet.paste(
                        try picture.read(),
                        x: x + (layout.cellWidth - picture.width) / 2,
                        y: y + (layout.cellHeight - picture.height) / 2
                    )
                } else {
                    sheet.drawMissing(x: x, y: y, layout)
                }
            }
        }
        return sheet
    }

    static let ink = RGB(48, 48, 56)
    static let faint = RGB(222, 222, 226)
}

extension Bitmap {
    /// A pale frame with a diagonal cross.
    fileprivate mutating func drawMissing(x: Int, y: Int, _ layout: ContactSheetLayout) {
        let (w, h, pen) = (layout.cellWidth, layout.cellHeight, layout.scale)
        fill(x: x, y: y, width: w, height: pen, with: ContactSheet.faint)
        fill(x: x, y: y + h - pen, width: w, height: pen, with: ContactSheet.faint)
        fill(x: x, y: y, width: pen, height: h, with: ContactSheet.faint)
        fill(x: x + w - pen, y: y, width: pen, height: h, with: ContactSheet.faint)
        for row in 0..<h {
            let column = h > 1 ? row * (w - pen) / (h - 1) : 0
            fill(x: x + column, y: y + row, width: pen, height: 1, with: ContactSheet.faint)
            fill(x: x + w - pen - column, y: y + row, width: pen, height: 1, with: ContactSheet.faint)
        }
    }
}
