import Graph
import Imaging
import Nodes
import Tensors
import Testing

/// Nodes that make pictures fit: resize, crop, composite, upscale.
struct FittingTests {
    private let runner = NodeRunner()

    /// Red grows to the right, green downwards.
    private func picture(_ width: Int, _ height: Int) -> ImageArtifact {
        var values = [Float](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                values[y * width + x] = Float(x) / Float(max(1, width - 1)) * 2 - 1
                values[(height + y) * width + x] = Float(y) / Float(max(1, height - 1)) * 2 - 1
            }
        }
        return ImageArtifact(Tensor(values, shape: [1, 3, height, width]))
    }

    private func known(_ kind: String, _ parameters: [String: Value], of size: (Int, Int)) throws -> PictureSize? {
        let schema = try #require(NodeRegistry.builtin[kind])
        var all = Dictionary(uniqueKeysWithValues: schema.parameters.map { ($0.name, $0.defaultValue ?? .null) })
        all.merge(parameters) { $1 }
        func instance(_ kind: NodeSchema, _ inputs: [String: [Int]]) -> Instance {
            let location = SourceLocation(file: "t", line: 1, column: 1)
            return Instance(
                node: "n",
                cell: Cell(),
                schema: kind,
                parameters: all,
                inputs: inputs,
                location: location,
                valueLocations: [:]
            )
        }
        let instances = [instance(schema, [:]), instance(schema, ["image": [0], "background": [0]])]
        let given = PictureSize(width: size.0, height: size.1)
        return try schema.type.pictureSize(KnownInputs(of: 1, in: instances, sizes: { _ in given }))
    }

    @Test(
        "what a picture comes to, known beforehand and made",
        arguments: [
            ([:], (100, 60), (100, 60)), (["multiple": 8], (100, 60), (96, 56)), (["width": 50], (100, 60), (50, 30)),
            (["height": 120, "multiple": 16], (100, 60), (192, 112)), (["longest": 64], (100, 60), (64, 38)),
            (["longest": 64, "multiple": 8], (60, 100), (32, 64)),
            (["width": 64, "height": 64], (100, 60), (64, 64)),
        ] as [([String: Int], (Int, Int), (Int, Int))]
    )
    func sizes(numbers: [String: Int], size: (Int, Int), result: (Int, Int)) throws {
        let parameters = numbers.mapValues { Value.integer(Int128($0)) }
        let resized: ImageArtifact = try runner.run("resize", parameters, inputs: ["image": picture(size.0, size.1)])
        #expect(resized.image.shape == [1, 3, result.1, result.0])
        #expect(try known("resize", parameters, of: size) == PictureSize(width: result.0, height: result.1))
    }

    @Test func whereProportionsDiffer() throws {
        func resized(_ mode: String) throws -> (shape: [Int], values: [Float]) {
            let parameters: [String: Value] = ["width": .integer(40), "height": .integer(40), "mode": .string(mode)]
            let image: ImageArtifact = try runner.run("resize", parameters, inputs: ["image": picture(80, 40)])
            let size = try known("resize", parameters, of: (80, 40))
            #expect([1, 3, size?.height, size?.width] == image.image.shape)
            return (image.image.shape, image.image.values)
        }
        let (fill, fit, pad, stretch) = try (resized("fill"), resized("fit"), resized("pad"), resized("stretch"))
        #expect(fill.shape == [1, 3, 40, 40] && fit.shape == [1, 3, 20, 40])
        // The middle half of the width; all of it; bars of ten rows.
        #expect(abs(fill.values[0] + 0.5) < 0.03 && abs(fill.values[39] - 0.5) < 0.03)
        #expect(abs(stretch.values[0] + 1) < 0.03 && abs(stretch.values[39] - 1) < 0.03)
        #expect(pad.values[9 * 40..<10 * 40].allSatisfy { $0 == -1 } && abs(pad.values[10 * 40 + 39] - 1) < 0.03)
    }

    @Test func whatCannotBe() throws {
        let schema = try #require(NodeRegistry.builtin["resize"])
        func problems(_ numbers: [String: Int]) throws -> [String] {
            try schema.bind(parameters: numbers.mapValues { .integer(Int128($0)) }).problems().map(\.message)
        }
        #expect(
            try problems(["width": 100, "height": 96, "multiple": 8]) == ["width is 100, which is not a multiple of 8"]
        )
        #expect(try problems(["longest": 64, "width": 64]) == ["`longest` takes the place of `width` and `height`"])
        let small = #expect(throws: ParameterProblem.self) {
            try known("resize", ["multiple": .integer(64)], of: (100, 60))
        }
        #expect(small?.message == "the picture comes to 100x60, which is less than 64 on a side")
        let line: [String: Value] = ["height": .integer(4000)]
        #expect(throws: ParameterProblem.self) { try known("resize", line, of: (10000, 1)) }
        #expect(throws: ParameterProblem.self) {
            try runner.run("resize", as: ImageArtifact.self, line, inputs: ["image": picture(10000, 1)])
        }
        #expect(throws: ParameterProblem.self) { try known("upscale", ["factor": .number(16)], of: (4000, 3000)) }
        #expect(try known("upscale", [:], of: (40, 30)) == PictureSize(width: 80, height: 60))
        #expect(try known("composite", [:], of: (40, 30)) == PictureSize(width: 40, height: 30))
    }

    private func face(_ box: [Float]) -> FaceArtifact {
        FaceArtifact(
            box: Tensor(box, shape: [4]),
            landmarks: .zeros([5, 2]),
            recognition: .zeros([4]),
            aligned: .zeros([1, 3, 8, 8]),
            features: .zeros([1, 3, 8, 8])
        )
    }

    @Test func cropsByEdgesAndAroundAFace() throws {
        let parts: [String: Value] = ["left": .number(0.25), "bottom": .number(0.5)]
        let part: ImageArtifact = try runner.run("crop", parts, inputs: ["image": picture(40, 20)])
        #expect(part.image.shape == [1, 3, 10, 30])
        #expect(try known("crop", parts, of: (40, 20)) == PictureSize(width: 30, height: 10))
        #expect(abs(part.image.values[0] - (2 * 10 / 39.0 - 1)) < 0.01)
        // Ten pixels and half of that on each side; moved inwards at an edge, and cut where the picture ends.
        for (box, size, first) in [
            ([10, 5, 20, 15], 20, 5.0), ([30, 5, 40, 15], 20, 20.0), ([0, 0, 9, 9], 18, 0.0),
            ([.nan, 0, .infinity, 4], 1, 0.0),
        ] as [([Float], Int, Double)] {
            let crop: ImageArtifact = try runner.run("crop", inputs: ["image": picture(40, 20), "face": face(box)])
            #expect(crop.image.shape == [1, 3, size, size], "\(box)")
            #expect(abs(Double(crop.image.values[0]) - (2 * first / 39 - 1)) < 0.01, "\(box)")
        }
        let schema = try #require(NodeRegistry.builtin["crop"])
        let node = try schema.bind(parameters: ["left": .number(0.5), "right": .number(0.5)])
        #expect(node.problems().map(\.parameter) == ["right"])
    }

    @Test func putsBackWhatWasCropped() throws {
        let (photo, face) = (picture(40, 20), face([10, 5, 20, 15]))
        let square: ImageArtifact = try runner.run("crop", inputs: ["image": photo, "face": face])
        let large: ImageArtifact = try runner.run("upscale", ["factor": .number(3)], inputs: ["image": square])
        #expect(large.image.shape == [1, 3, 60, 60])
        let back: ImageArtifact = try runner.run(
            "composite",
            inputs: ["image": large, "background": photo, "face": face]
        )
        #expect(back.image.shape == photo.image.shape)
        let differences = zip(back.image.values, photo.image.values).map { abs($0 - $1) }
        #expect(try #require(differences.max()) < 0.06)

        // By a mask whose left half is white: white there, and the photo elsewhere.
        let white = ImageArtifact(Tensor(repeating: 1, shape: [1, 3, 4, 4]))
        let mask: ImageArtifact = try runner.run(
            "draw_mask",
            ["right": .number(0.5), "width": .integer(40), "height": .integer(20)]
        )
        let half: ImageArtifact = try runner.run(
            "composite",
            inputs: ["image": white, "background": photo, "mask": mask]
        )
        let row = half.image.values[0..<40]
        #expect(row[0..<20].allSatisfy { $0 == 1 })
        #expect(zip(row[20..<40], photo.image.values[20..<40]).allSatisfy { abs($0 - $1) < 0.01 })
    }
}
