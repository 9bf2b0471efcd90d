import Imaging
import Testing

@Suite struct ContactSheetTests {
    private func block(_ width: Int, _ height: Int, _ color: RGB) -> ContactSheet.Picture {
        ContactSheet.Picture(width: width, height: height) {
            Bitmap(width: width, height: height, filledWith: color)
        }
    }

    @Test func layoutToThePixel() throws {
        let (red, blue) = (RGB(200, 0, 0), RGB(0, 0, 200))
        let sheet = try ContactSheet(
            rowLabels: ["1", "22"],
            columnLabels: ["neon", "oil"],
            cells: [[block(60, 48, red), block(30, 20, blue)], [nil, block(60, 48, blue)]]
        ).render()
        // Margin max(6, 48 / 12) = 6, gap max(4, 48 / 24) = 4, labels of 11 pixels at scale 1.
        // Width: 6 + 11 + 4 + 60 + 4 + 60 + 6; height: 6 + 11 + 4 + 48 + 4 + 48 + 6.
        #expect((sheet.width, sheet.height) == (151, 127))
        let (left, top) = (21, 21)
        #expect(sheet[left, top] == red)
        #expect(sheet[left + 59, top + 47] == red)
        #expect(sheet[left - 1, top] == .white)
        #expect(sheet[left + 60, top] == .white)
        // The small picture is centred: 15 pixels at each side, 14 above and below.
        #expect(sheet[left + 64 + 14, top + 14] == .white)
        #expect(sheet[left + 64 + 15, top + 14] == blue)
        #expect(sheet[left + 64 + 44, top + 33] == blue)
        #expect(sheet[left + 64 + 45, top + 33] == .white)
        // The missing one is a pale frame with a cross.
        #expect(sheet[left, top + 52] == RGB(222, 222, 226))
        #expect(sheet[left + 1, top + 53] != .white)
        #expect(sheet[left + 30, top + 55] == .white)
        // "neon" (23 wide) is centred over the first column: its n starts 18 pixels in.
        #expect(sheet[left + 18, 6 + 1 + 2] == RGB(48, 48, 56))
        // "22" ends 4 pixels left of the cells.
        let inked = (0..<left).filter { x in (top + 52..<top + 100).contains { sheet[x, $0] != .white } }
        #expect(inked.min() == 6 && inked.max() == 16)
    }

    @Test func withoutLabelsOnlyMarginsRemain() throws {
        let sheet = try ContactSheet(rowLabels: [""], columnLabels: [""], cells: [[block(256, 256, .black)]]).render()
        #expect((sheet.width, sheet.height) == (256 + 42, 256 + 42))
        #expect(sheet[21, 21] == .black && sheet[20, 21] == .white)
    }

    @Test func longLabelsBreakAndEnd() throws {
        let sheet = try ContactSheet(
            rowLabels: [String(repeating: "long ", count: 50)],
            columnLabels: ["an oil painting of the sea in a storm at night"],
            cells: [[block(64, 64, .black)]]
        ).render()
        #expect(sheet.width == 6 + 89 + 4 + 64 + 6)  // "long long long…"
        #expect(sheet.height == 6 + 3 * 11 + 4 + 64 + 6)
    }

    /// Labels are as large beside large pictures as beside small ones: a line of them is 11 dots of so many pixels.
    @Test(arguments: [(64, 1), (127, 1), (128, 2), (207, 2), (208, 3), (512, 6)])
    func labelsGrowWithPictures(side: Int, scale: Int) throws {
        let sheet = try ContactSheet(rowLabels: [""], columnLabels: ["a"], cells: [[block(side, side, .black)]])
            .render()
        #expect(sheet.height == 2 * max(6, side / 12) + max(4, side / 24) + 11 * scale + side)
    }

    @Test func aTitleStandsAboveAll() throws {
        let sheet = try ContactSheet(
            title: "two words",
            rowLabels: [""],
            columnLabels: [""],
            cells: [[block(128, 64, .black)]]
        ).render()
        #expect((sheet.width, sheet.height) == (6 + 128 + 6, 6 + 11 + 4 + 64 + 6))
        let ink = (0..<sheet.height).filter { y in (0..<sheet.width).contains { sheet[$0, y] == RGB(48, 48, 56) } }
        #expect(ink.min().map { $0 >= 7 } == true && ink.max().map { $0 < 6 + 11 } == true)
    }

    @Test func allMissing() throws {
        let sheet = try ContactSheet(rowLabels: [""], columnLabels: ["", ""], cells: [[nil, nil]]).render()
        #expect((sheet.width, sheet.height) == (6 + 64 + 4 + 64 + 6, 6 + 64 + 6))
    }

    @Test func badShapesAndSizesAreErrors() throws {
        let cell = block(8, 8, .black)
        #expect(throws: ImageError.self) { try ContactSheet(rowLabels: [], columnLabels: [], cells: []).render() }
        #expect(throws: ImageError.self) {
            try ContactSheet(rowLabels: ["a"], columnLabels: ["b"], cells: [[cell, cell]]).render()
        }
        #expect(throws: ImageError.self) {
            try ContactSheet(rowLabels: [], columnLabels: ["b"], cells: [[cell]]).render()
        }
        let wide = ContactSheet(
            rowLabels: ["", ""],
            columnLabels: ["", ""],
            cells: [[block(9000, 1, .black), nil], [nil, block(1, 9000, .black)]]
        )
        #expect(throws: ImageError.sheetTooLarge(width: 19_875, height: 19_875, limit: 50_000_000)) {
            try wide.render()
        }
    }
}
