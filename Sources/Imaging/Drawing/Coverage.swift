/// How much of each pixel in a rectangle a shape covers, 0...1.
package struct Coverage {
    /// The rectangle, within the canvas; both ranges may be empty.
    package let columns: Range<Int>
    package let rows: Range<Int>
    /// (rows, columns)
    package private(set) var values: [Float]

    /// Scan lines per pixel row. Along a scan line the cover is exact.
    private static let scanlines = 4

    /// What of `path` lies on a canvas of this size, by the nonzero winding rule.
    package init(of path: Path, width: Int, height: Int) {
        // 1. The rectangle to look at. Wild coordinates (not finite, or far away) cover nothing.
        guard let (low, high) = path.tameBounds else {
            (columns, rows, values) = (0..<0, 0..<0, [])
            return
        }
        let left = min(max(0, low.x.floor), width)
        let top = min(max(0, low.y.floor), height)
        columns = left..<max(left, min(width, high.x.ceiling))
        rows = top..<max(top, min(height, high.y.ceiling))
        values = [Float](repeating: 0, count: columns.count * rows.count)
        guard !values.isEmpty else { return }

        // 2. Where edges cross the scan lines, sorted from left to right.
        let crossings = Crossings(of: path, rows: rows, scanlines: Coverage.scanlines)

        // 3. Between crossings with a winding number other than zero lies the shape.
        let (offset, count) = (Double(columns.lowerBound), columns.count)
        values.withUnsafeMutableBufferPointer { values in
            crossings.forEachLine { line, entries in
                let row = UnsafeMutableBufferPointer(
                    rebasing: values[line / Coverage.scanlines * count..<(line / Coverage.scanlines + 1) * count]
                )
                var winding = 0
                var start = 0.0
                for entry in entries {
                    if winding == 0 { start = entry.x }
                    winding += entry.direction
                    if winding == 0 { Coverage.addSpan(from: start - offset, to: entry.x - offset, in: row) }
                }
            }
        }
    }

    private static func addSpan(from x0: Double, to x1: Double, in row: UnsafeMutableBufferPointer<Float>) {
        let start = max(x0, 0)
        let end = min(x1, Double(row.count))
        guard start < end else { return }
        let unit = 1 / Float(scanlines)
        let (first, last) = (Int(start), min(Int(end), row.count - 1))
        if first == last {
            row[first] += Float(end - start) * unit
            return
        }
        row[first] += Float(Double(first + 1) - start) * unit
        for x in first + 1..<last { row[x] += unit }
        row[last] += Float(end - Double(last)) * unit
    }

    /// Multiplies by another shape's coverage of the same canvas.
    package mutating func clip(to other: Coverage) {
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

/// For each scan line, the sorted crossings with a path's edges.
private struct Crossings {
    struct Entry {
        var x: Double
        /// The edge goes down (+1) or up (-1).
        var direction: Int

        func isBefore(_ other: Entry) -> Bool { x < other.x || x == other.x && direction < other.direction }
    }

    /// Where in `entries` each line's crossings start, and where the last line's end.
    private var starts: [Int]
    private var entries: [Entry]

    /// An edge that crosses at least one scan line.
    private struct Edge {
        var upper: Point
        /// dx / dy
        var slope: Double
        var direction: Int
        var lines: Range<Int>
    }

    /// Line i lies at y = `rows.lowerBound` + (i + 0.5) / `scanlines`.
    init(of path: Path, rows: Range<Int>, scanlines: Int) {
        let lineCount = rows.count * scanlines
        let (offset, density) = (Double(rows.lowerBound), Double(scanlines))
        var starts = [Int](repeating: 0, count: lineCount + 1)
        var entries: [Entry] = []
        withUnsafeTemporaryAllocation(of: Edge.self, capacity: path.points.count) { edges in
            // 1. The edges that cross a line at all, and how many each line has.
            var edgeCount = 0
            starts.withUnsafeMutableBufferPointer { starts in
                path.forEachEdge { p, q in
                    let (upper, lower, direction) = p.y < q.y ? (p, q, 1) : (q, p, -1)
                    // A line is crossed if upper.y <= y < lower.y.
                    let first = max(0, ((upper.y - offset) * density - 0.5).ceiling)
                    let end = min(lineCount, ((lower.y - offset) * density - 0.5).ceiling)
                    guard upper.y < lower.y, first < end else { return }
                    let slope = (lower.x - upper.x) / (lower.y - upper.y)
                    edges.initializeElement(
                        at: edgeCount,
                        to: Edge(upper: upper, slope: slope, direction: direction, lines: first..<end)
                    )
                    edgeCount += 1
                    for line in first..<end { starts[line + 1] += 1 }
                }
                for line in 0..<lineCount { starts[line + 1] += starts[line] }
            }

            // 2. Each crossing at its place: one array serves all lines.
            var next = starts
            entries = [Entry](unsafeUninitializedCapacity: starts[lineCount]) { entries, count in
                next.withUnsafeMutableBufferPointer { next in
                    for edge in edges[..<edgeCount] {
                        for line in edge.lines {
                            let y = offset + (Double(line) + 0.5) / density
                            let x = edge.upper.x + (y - edge.upper.y) * edge.slope
                            entries.initializeElement(at: next[line], to: Entry(x: x, direction: edge.direction))
                            next[line] += 1
                        }
                    }
                }
                count = starts[lineCount]
            }
        }
        self.starts = starts
        self.entries = entries
        sortLines()
    }

    /// By insertion: most lines have two crossings, few more than a dozen.
    private mutating func sortLines() {
        entries.withUnsafeMutableBufferPointer { entries in
            for line in 0..<starts.count - 1 {
                let first = starts[line]
                for i in first..<starts[line + 1] {
                    let entry = entries[i]
                    var j = i
                    while j > first, entry.isBefore(entries[j - 1]) {
                        entries[j] = entries[j - 1]
                        j -= 1
                    }
                    entries[j] = entry
                }
            }
        }
    }

    func forEachLine(_ visit: (Int, Slice<UnsafeBufferPointer<Entry>>) -> Void) {
        entries.withUnsafeBufferPointer { entries in
            for line in 0..<starts.count - 1 { visit(line, entries[starts[line]..<starts[line + 1]]) }
        }
    }
}

extension Path {
    /// The smallest rectangle around all points, or nil without any or if one is not finite or far away.
    fileprivate var tameBounds: (low: Point, high: Point)? {
        points.withUnsafeBufferPointer { points in
            guard var low = points.first else { return nil }
            var high = low
            var isTame = true
            for p in points {
                isTame = isTame && abs(p.x) < 1e7 && abs(p.y) < 1e7
                low = Point(min(low.x, p.x), min(low.y, p.y))
                high = Point(max(high.x, p.x), max(high.y, p.y))
            }
            return isTame ? (low, high) : nil
        }
    }

    /// Every edge of every closed subpath.
    fileprivate func forEachEdge(_ visit: (Point, Point) -> Void) {
        points.withUnsafeBufferPointer { points in
            for i in starts.indices {
                let range = range(ofSubpath: i)
                guard range.count > 2 else { continue }
                var previous = points[range.upperBound - 1]
                for k in range {
                    visit(previous, points[k])
                    previous = points[k]
                }
            }
        }
    }
}

extension Double {
    /// The largest whole number that is not above it, for finite numbers that fit: without a call, unlike `rounded`.
    var floor: Int {
        let whole = Int(self)
        return Double(whole) > self ? whole - 1 : whole
    }

    /// The smallest whole number that is not below it, for finite numbers that fit.
    var ceiling: Int {
        let whole = Int(self)
        return Double(whole) < self ? whole + 1 : whole
    }
}
