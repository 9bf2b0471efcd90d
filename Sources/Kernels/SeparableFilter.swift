import CKernels

/// A filter that is symmetric or antisymmetric along a side: its taps, an odd number of them.
public struct FilterTaps: Sendable {
    public let values: [Double]
    /// How many taps lie on either side of the middle.
    public var radius: Int { values.count / 2 }

    public init(_ values: [Double]) {
        require(values.count % 2 == 1, "a filter has a middle")
        self.values = values
    }

    /// One value for each distance -radius ... radius from the middle.
    public init(radius: Int, _ value: (Int) -> Double) { self.init((-radius...radius).map(value)) }
}

/// Part of a plane of numbers: rows from `top` on, each `width` long. Beyond the plane, border values go on.
public struct PlaneBand: Sendable {
    public let width: Int
    public let top: Int
    public private(set) var values: [Double]
    private var rows: Int { values.count / width }

    public init(width: Int, top: Int, values: [Double]) {
        require(width > 0 && values.count % width == 0, "a band holds whole rows")
        self.width = width
        self.top = top
        self.values = values
    }

    /// Correlates with `across` along the rows, then with `down` along the columns.
    ///
    /// - Parameters:
    ///   - lines: rows of the plane, to be had in the result
    ///   - height: the plane's; the band holds all its rows that lie within `down.radius` of `lines`
    public func filtered(across: FilterTaps, down: FilterTaps, lines: Range<Int>, height: Int) -> PlaneBand {
        var wide = [Double](repeating: 0, count: values.count)
        let padded = width + 2 * across.radius
        values.withUnsafeBufferPointer { values in
            wide.withUnsafeMutableBufferPointer { wide in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: padded) { line in
                    guard let values = values.baseAddress, let wide = wide.baseAddress, let line = line.baseAddress
                    else { return }
                    let starts = (0..<across.values.count).map { Optional(UnsafePointer(line + $0)) }
                    for row in 0..<rows {
                        let source = values + row * width
                        for i in 0..<across.radius {
                            line[i] = source[0]
                            line[padded - 1 - i] = source[width - 1]
                        }
                        (line + across.radius).update(from: source, count: width)
                        pk_weighted_rows(starts, across.values, across.values.count, width, wide + row * width)
                    }
                }
            }
        }
        var result = [Double](repeating: 0, count: lines.count * width)
        wide.withUnsafeBufferPointer { wide in
            result.withUnsafeMutableBufferPointer { result in
                guard let wide = wide.baseAddress, let result = result.baseAddress else { return }
                for line in lines {
                    let sources = (line - down.radius...line + down.radius).map { place in
                        Optional(wide + (min(max(place, 0), height - 1) - top) * width)
                    }
                    let target = result + (line - lines.lowerBound) * width
                    pk_weighted_rows(sources, down.values, down.values.count, width, target)
                }
            }
        }
        return PlaneBand(width: width, top: lines.lowerBound, values: result)
    }
}
