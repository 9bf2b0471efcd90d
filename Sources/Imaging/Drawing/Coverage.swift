/// How much of each pixel in a rectangle a shape covers, 0...1.
struct Coverage {
    /// The rectangle, within the canvas; both ranges may be empty.
    let columns: Range<Int>
    let rows: Range<Int>
    /// (rows, columns)
    private(set) var values: [Float]

    /// Scan lines per pixel row. Along a scan line the cover is exact.
    private static let scanlines = 4

    /// What of `path` lies on a canvas of this size, by the nonzero winding rule.
    init(of path: Path, width: Int, height: Int) {
        // 1. The rectangle to look at. Wild coordinates (not finite, or far away) cover nothing.
        let isTame = path.subpaths.joined().allSatisfy { abs($0.x) < 1e7 && abs($0.y) < 1e7 }
        guard isTame, let (low, high) = path.bounds else {
            (columns, rows, values) = (0..<0, 0..<0, [])
            return
        }
        let left = min(max(0, Int(low.x.rounded(.down))), width)
        let top = min(max(0, Int(low.y.rounded(.down))), height)
        columns = left..<max(left, min(width, Int(high.x.rounded(.up))))
        rows = top..<max(top, min(height, Int(high.y.rounded(.up))))
        values = [Float](repeating: 0, count: columns.count * rows.count)
        guard !values.isEmpty else { return }

        // 2. Where edges cross the scan lines, sorted from left to right.
        let crossings = Crossings(of: path, rows: rows, scanlines: Coverage.scanlines)

        // 3. Between crossings with a winding number other than zero lies the shape.
        for line in 0..<rows.count * Coverage.scanlines {
            var winding = 0
            var start = 0.0
            for (x, direction) in crossings.on(line: line) {
                if winding == 0 { start = x }
                winding += direction
                if winding == 0 { addSpan(from: start, to: x, row: line / Coverage.scanlines) }
            }
        }
    }

    private mutating func addSpan(from x0: Double, to x1: Double, row: Int) {
        let start = max(x0 - Double(columns.lowerBound), 0)
        let end = min(x1 - Double(columns.lowerBound), Double(columns.count))
        guard start < end else { return }
        let unit = 1 / Float(Coverage.scanlines)
        let base = row * columns.count
        let (first, last) = (Int(start), min(Int(end), columns.count - 1))
        if first == last {
            values[base + first] += Float(end - start) * unit
            return
        }
        values[base + first] += Float(Double(first + 1) - start) * unit
        for x in first + 1..<last { values[base + x] += unit }
        values[base + last] += Float(end - Double(last)) * unit
    }

    /// Multiplies by another shape's coverage of the same canvas.
    mutating func clip(to other: Coverage) {
        var i = 0
        for row in rows {
            for column in columns {
                values[i] *= other[column, row]
                i += 1
            }
        }
    }

    subscript(column: Int, row: Int) -> Float {
        guard columns.contains(column), rows.contains(row) else { return 0 }
        return values[(row - rows.lowerBound) * columns.count + column - columns.lowerBound]
    }
}

/// For each scan line, the sorted crossings with a path's edges and whether they go down (+1) or up (-1).
private struct Crossings {
    private var starts: [Int]
    private var entries: [(x: Double, direction: Int)]

    init(of path: Path, rows: Range<Int>, scanlines: Int) {
        let lineCount = rows.count * scanlines
        let offset = Double(rows.lowerBound)

        /// Calls `visit` with each scan line that the edge p-q crosses.
        func scan(_ p: Point, _ q: Point, _ visit: (Int, Double, Int) -> Void) {
            let (upper, lower, direction) = p.y < q.y ? (p, q, 1) : (q, p, -1)
            guard upper.y < lower.y else { return }
            // Line i lies at y = offset + (i + 0.5) / scanlines; it is crossed if upper.y <= y < lower.y.
            let first = max(0, Int(((upper.y - offset) * Double(scanlines) - 0.5).rounded(.up)))
            let end = min(lineCount, Int(((lower.y - offset) * Double(scanlines) - 0.5).rounded(.up)))
            guard first < end else { return }
            let slope = (lower.x - upper.x) / (lower.y - upper.y)
            for line in first..<end {
                let y = offset + (Double(line) + 0.5) / Double(scanlines)
                visit(line, upper.x + (y - upper.y) * slope, direction)
            }
        }
        func scanAll(_ visit: (Int, Double, Int) -> Void) {
            for points in path.subpaths where points.count > 2 {
                var previous = points[points.count - 1]
                for point in points {
                    scan(previous, point, visit)
                    previous = point
                }
            }
        }

        // Count, then place: one array serves all lines.
        var starts = [Int](repeating: 0, count: lineCount + 1)
        scanAll { line, _, _ in starts[line + 1] += 1 }
        for line in 0..<lineCount { starts[line + 1] += starts[line] }
        var next = starts
        var entries = [(x: Double, direction: Int)](repeating: (0, 0), count: starts[lineCount])
        scanAll { line, x, direction in
            entries[next[line]] = (x, direction)
            next[line] += 1
        }
        for line in 0..<lineCount where starts[line + 1] - starts[line] > 1 {
            entries[starts[line]..<starts[line + 1]].sort { ($0.x, $0.direction) < ($1.x, $1.direction) }
        }
        self.starts = starts
        self.entries = entries
    }

    func on(line: Int) -> ArraySlice<(x: Double, direction: Int)> {
        entries[starts[line]..<starts[line + 1]]
    }
}
