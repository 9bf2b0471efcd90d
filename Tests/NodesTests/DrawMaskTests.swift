import Graph
import Nodes
import Tensors
import Testing

/// Masks as drawn, pixel by pixel.
struct DrawMaskTests {
    /// The red channel in 0...1, by rows; the others are checked to be the same.
    private func mask(_ settings: [String: Value], width: Int, height: Int) throws -> [[Float]] {
        let size: [String: Value] = ["width": .integer(Int128(width)), "height": .integer(Int128(height))]
        let image: ImageArtifact = try NodeRunner().run("draw_mask", settings.merging(size) { $1 })
        #expect(image.image.shape == [1, 3, height, width])
        let values = image.image.values.map { $0 * 0.5 + 0.5 }
        let plane = width * height
        for channel in 1...2 { #expect(values[0..<plane] == values[channel * plane..<(channel + 1) * plane]) }
        return (0..<height).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    @Test func wholeUnlessSaidOtherwise() throws {
        #expect(try mask(["feather": .number(0.5)], width: 3, height: 2) == [[1, 1, 1], [1, 1, 1]])
    }

    @Test func sharpEdges() throws {
        let settings: [String: Value] = [
            "left": .number(0.25), "right": .number(0.75), "top": .number(0.5),
        ]
        #expect(try mask(settings, width: 4, height: 2) == [[0, 0, 0, 0], [0, 1, 1, 0]])
    }

    @Test func softEdgesThatMeetMakeOne() throws {
        let left = try mask(["right": .number(0.5), "feather": .number(0.5)], width: 8, height: 1)[0]
        let right = try mask(["left": .number(0.5), "feather": .number(0.5)], width: 8, height: 1)[0]
        #expect(left == [1, 1, 0.875, 0.625, 0.375, 0.125, 0, 0])
        #expect(zip(left, right).allSatisfy { $0 + $1 == 1 })
    }

    @Test func twoAreHalvesToTheBit() throws {
        let left = try mask(["right": .number(0.5)], width: 5, height: 1)[0]
        let right = try mask(["left": .number(0.5)], width: 5, height: 1)[0]
        #expect(left == [1, 1, 0, 0, 0] && right == [0, 0, 1, 1, 1])
    }

    @Test func emptyRectanglesAreProblems() throws {
        let schema = try #require(NodeRegistry.builtin["draw_mask"])
        let settings: [String: Value] = [
            "left": .number(0.5), "right": .number(0.5), "top": .number(1), "bottom": .number(0.25),
        ]
        #expect(
            try schema.bind(parameters: settings).problems() == [
                ParameterProblem(
                    "right",
                    "left is 0.5 and right 0.5: the mask would be black",
                    hint: "right is more than left"
                ),
                ParameterProblem(
                    "bottom",
                    "top is 1.0 and bottom 0.25: the mask would be black",
                    hint: "bottom is more than top"
                ),
            ]
        )
    }
}
