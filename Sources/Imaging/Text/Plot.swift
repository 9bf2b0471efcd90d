import Elementary
import Foundation
import Kernels

/// A diagram of lines or points over two axes, with its legend beside it.
public struct Plot: Sendable {
    /// Points that belong together.
    public struct Series: Sendable {
        public var name: String
        public var points: [Point]
        /// Whether a line joins them; else each is a dot.
        public var isLine: Bool

        public init(_ name: String, _ points: [Point], isLine: Bool = true) {
            (self.name, self.points, self.isLine) = (name, points, isLine)
        }
    }

    public var horizontal: String
    public var vertical: String
    /// Whether the vertical axis is logarithmic; what is not positive is then left out.
    public var isLogarithmic: Bool
    public var series: [Series]

    public init(horizontal: String, vertical: String, isLogarithmic: Bool = false, series: [Series]) {
        (self.horizontal, self.vertical) = (horizontal, vertical)
        (self.isLogarithmic, self.series) = (isLogarithmic, series)
    }

    /// - Parameters:
    ///   - width: in pixels, at least 200
    ///   - height: at least 120
    public func render(width: Int = 720, height: Int = 400) -> Bitmap {
        require(width >= 200 && height >= 120, "Plot: \(width)x\(height) is too small")
        let shown = series.map { series in
            Series(
                series.name,
                series.points.filter { $0.x.isFinite && $0.y.isFinite && (!isLogarithmic || $0.y > 0) }
                    .map { Point($0.x, isLogarithmic ? Double.log10($0.y) : $0.y) },
                isLine: series.isLine
            )
        }
        let area = Area(points: shown.flatMap(\.points), width: width, height: height, legend: legendWidth)
        var canvas = Canvas(width: width, height: height)
        let (xTicks, yTicks) = (ticks(area.low.x...area.high.x, count: 6), ticks(area.low.y...area.high.y, count: 5))
        for x in xTicks { canvas.line(area(Point(x, area.low.y)), area(Point(x, area.high.y)), Self.grid) }
        for y in yTicks { canvas.line(area(Point(area.low.x, y)), area(Point(area.high.x, y)), Self.grid) }
        for (i, series) in shown.enumerated() {
            let points = series.points.map { area($0) }
            if series.isLine, points.count > 1 {
                canvas.stroke(Path(points), width: 1.6, with: .color(color(i)))
            } else {
                for point in points { canvas.fill(.rectangle(around: point, side: 7), with: .color(color(i))) }
            }
            canvas.fill(.rectangle(around: area.legend(i), side: 7), with: .color(color(i)))
        }

        var bitmap = Bitmap(canvas.image)
        for x in xTicks {
            let (text, place) = (number(x), area(Point(x, area.low.y)))
            let left = Int(place.x) - BitmapFont.width(of: text, scale: 1) / 2
            bitmap.draw(text, x: left, y: Int(place.y) + 5)
        }
        for y in yTicks {
            let text = number(isLogarithmic ? Double.pow(10, y) : y)
            let place = area(Point(area.low.x, y))
            bitmap.draw(text, x: Int(place.x) - 5 - BitmapFont.width(of: text, scale: 1), y: Int(place.y) - 5)
        }
        bitmap.draw(vertical, x: 8, y: 5)
        bitmap.draw(horizontal, x: Int(area(area.low).x), y: height - 14)
        for (i, series) in series.enumerated() {
            bitmap.draw(series.name, x: Int(area.legend(i).x) + 9, y: Int(area.legend(i).y) - 5)
        }
        return bitmap
    }

    private static let grid = Color(0.88, 0.88, 0.9)

    private var legendWidth: Int { 30 + (series.map { BitmapFont.width(of: $0.name, scale: 1) }.max() ?? 0) }

    private func color(_ index: Int) -> Color {
        Color(hue: Float((index * 5) % 12) / 12, saturation: 0.75, value: index % 2 == 0 ? 0.8 : 0.55)
    }

    /// Round numbers within a range, about so many.
    private func ticks(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let rough = (range.upperBound - range.lowerBound) / Double(count)
        let power = Double.pow(10, Double.log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        let first = (range.lowerBound / step).rounded(.up)
        return (0...2 * count).map { (first + Double($0)) * step }.filter { range.contains($0) }
    }

    private func number(_ x: Double) -> String { abs(x) < 1e-12 ? "0" : String(format: "%.3g", x) }
}

/// Where the axes are on the page.
private struct Area {
    /// What the corners stand for.
    let low, high: Point
    private let left, top, right, bottom: Double

    init(points: [Point], width: Int, height: Int, legend: Int) {
        func range(_ values: [Double]) -> (Double, Double) {
            guard let low = values.min(), let high = values.max() else { return (0, 1) }
            let margin = high > low ? (high - low) * 0.04 : max(abs(high) * 0.1, 0.5)
            return (low - margin, high + margin)
        }
        let (x, y) = (range(points.map(\.x)), range(points.map(\.y)))
        (low, high) = (Point(x.0, y.0), Point(x.1, y.1))
        (left, top) = (56, 22)
        (right, bottom) = (max(120, Double(width - legend)), Double(height - 32))
    }

    func callAsFunction(_ point: Point) -> Point {
        Point(
            left + (point.x - low.x) / (high.x - low.x) * (right - left),
            bottom - (point.y - low.y) / (high.y - low.y) * (bottom - top)
        )
    }

    /// The mark of an entry of the legend.
    func legend(_ index: Int) -> Point { Point(right + 14, top + 8 + 16 * Double(index)) }
}

extension Canvas {
    fileprivate mutating func line(_ from: Point, _ to: Point, _ color: Color) {
        stroke(Path([from, to]), width: 1, with: .color(color))
    }
}

extension Path {
    /// A square of whole pixels.
    fileprivate static func rectangle(around middle: Point, side: Double) -> Path {
        let (x, y) = ((middle.x - side / 2).rounded(), (middle.y - side / 2).rounded())
        return rectangle(x: x, y: y, width: side, height: side)
    }
}
