import Imaging
import Testing

struct PlotTests {
    /// Columns in which a row has the first series' colour.
    private func redColumns(_ bitmap: Bitmap, row: Int) -> [Int] {
        (0..<bitmap.width).filter { Int(bitmap[$0, row].r) > Int(bitmap[$0, row].g) + 100 }
    }

    @Test func aLevelLineLiesInTheMiddle() {
        let level = Plot.Series("level", [Point(0, 2), Point(10, 2)])
        let bitmap = Plot(horizontal: "step", vertical: "loss", series: [level]).render(width: 400, height: 200)
        // The axes end at 22 and 168, and a single value is in the middle of its axis.
        let line = redColumns(bitmap, row: 95)
        #expect(line.count > 200 && (line.last ?? 0) - (line.first ?? 0) == line.count - 1)
        #expect(redColumns(bitmap, row: 90).isEmpty)
    }

    @Test func pointsAreDotsAndWhatHasNoLogarithmIsLeftOut() {
        let points = Plot.Series("a", [Point(1, 0), Point(1, -1), Point(1, 100), Point(2, .nan)], isLine: false)
        let plot = Plot(horizontal: "x", vertical: "y", isLogarithmic: true, series: [points])
        let bitmap = plot.render(width: 400, height: 200)
        // One dot of seven pixels in the diagram, and one in the legend.
        let rows = (0..<200).map { redColumns(bitmap, row: $0).count }
        #expect(rows.reduce(0, +) == 2 * 49)
    }

    @Test func nothingIsShownOnEmptyAxes() {
        let bitmap = Plot(horizontal: "x", vertical: "y", series: []).render()
        #expect(bitmap.width == 720 && bitmap.height == 400)
        #expect((0..<400).allSatisfy { redColumns(bitmap, row: $0).isEmpty })
    }
}
