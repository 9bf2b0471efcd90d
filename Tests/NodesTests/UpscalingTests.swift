import EngineTestSupport
import Foundation
import Graph
import Imaging
import ModelFiles
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// Pictures that a network enlarges, in tiles.
struct UpscalingTests {
    private let runner = NodeRunner()
    private let folder: TemporaryFolder
    private let files: UpscalerFiles

    init() throws { (folder, files) = (try TemporaryFolder(), try UpscalerFiles()) }

    private func upscaler(channels: Int = 3) throws -> Upscaler {
        let path = folder("x.safetensors")
        try files.write(to: path, .new, channels: channels, blocks: 1)
        return try runner.run("load_upscaler", ["file": .string(path)])
    }

    private func picture(_ width: Int, _ height: Int) -> ImageArtifact {
        let values = (0..<3 * width * height).map { Float(($0 * 37) % 101) / 50 - 1 }
        return ImageArtifact(Tensor(values, shape: [1, 3, height, width]))
    }

    private func upscaled(_ picture: ImageArtifact, by model: Upscaler, _ parameters: [String: Value] = [:]) throws
        -> Bitmap
    {
        let result: ImageArtifact = try runner.run("upscale", parameters, inputs: ["image": picture, "model": model])
        return try Bitmap.decode(Data(result.encoded(as: "png", metadata: [])), name: "png")
    }

    /// The network's numbers, clamped and rounded.
    @Test func isWhatSpandrelMakes() throws {
        let seen = try files.picture.affine(scale: 2, shift: -1)
        let path = folder("x.safetensors")
        try files.write(to: path, .sequence)
        let model: Upscaler = try runner.run("load_upscaler", ["file": .string(path)])
        // The picture is rounded to bytes before, which this network makes more of.
        let expected = try FloatImage(
            width: 40,
            height: 28,
            pixels: files.enlarged("sequence_4x").channelsLast().values
        )
        let found = try upscaled(ImageArtifact(seen), by: model)
        let differences = zip(found.pixels, Bitmap(expected).pixels).map { abs(Int($0) - Int($1)) }
        #expect(found.width == 40 && found.height == 28)
        #expect(try #require(differences.max()) <= 3)
    }

    /// Tiles are joined where each had seen enough of its surroundings, whatever the network does first.
    @Test(arguments: [3, 12]) func tilesMakeTheWholePicture(_ channels: Int) throws {
        let model = try upscaler(channels: channels)
        let picture = picture(75, 41)
        let whole = try upscaled(picture, by: model)
        let tiled = try upscaled(picture, by: model, ["tile": .integer(32)])
        let scale = channels == 3 ? 4 : 2
        #expect(whole.width == 75 * scale && whole.height == 41 * scale)
        let differences = zip(whole.pixels, tiled.pixels).map { abs(Int($0) - Int($1)) }
        #expect(try #require(differences.max()) <= 1)
    }

    /// Another factor than its own: the network's picture, resized.
    @Test func anotherFactor() throws {
        let model = try upscaler()
        let own = try upscaled(picture(8, 6), by: model)
        let half = try upscaled(picture(8, 6), by: model, ["factor": .number(3)])
        #expect(half == own.resampled(width: 24, height: 18))
    }

    @Test func sizesAndMemoryAreKnownBefore() throws {
        let schema = try #require(NodeRegistry.builtin["upscale"])
        let location = SourceLocation(file: "t", line: 1, column: 1)
        var parameters = Dictionary(uniqueKeysWithValues: schema.parameters.map { ($0.name, $0.defaultValue ?? .null) })
        func size(_ given: PictureSize, _ model: Upscaler) throws -> PictureSize? {
            let instances = [[:], [:], ["image": [0], "model": [1]]].map {
                Instance(
                    node: "n",
                    cell: Cell(),
                    schema: schema,
                    parameters: parameters,
                    inputs: $0,
                    location: location,
                    valueLocations: [:]
                )
            }
            let known = KnownInputs(
                of: 2,
                in: instances,
                sizes: { $0 == 0 ? given : nil },
                references: { $0 == 1 ? model : nil }
            )
            return try schema.type.pictureSize(known)
        }
        let model = try upscaler()
        #expect(try size(PictureSize(width: 40, height: 30), model) == PictureSize(width: 160, height: 120))
        let error = #expect(throws: ParameterProblem.self) { try size(PictureSize(width: 9000, height: 9000), model) }
        #expect(error?.hint == "`resize` it first")
        parameters["factor"] = .number(2)
        #expect(try size(PictureSize(width: 40, height: 30), model) == PictureSize(width: 80, height: 60))

        // With small tiles a large picture takes little more than itself.
        func memory(_ tile: Int) -> Int {
            var all = parameters
            all["tile"] = .integer(Int128(tile))
            return schema.type.workingMemory(parameters: all, inputBytes: ["image": 3 << 20, "model": 100])
        }
        #expect(memory(64) < memory(192) && memory(192) < memory(512))
        let odd = try schema.bind(parameters: ["tile": .integer(190)])
        #expect(odd.problems().map(\.hint) == ["use 188"])
    }

    /// The network is in the key, and with it its file; where it lies is not.
    @Test func theFileIsInTheKey() throws {
        let (first, second) = try (upscaler(), upscaler(channels: 12))
        #expect(first.record != second.record)
        #expect(try upscaler().record == first.record)
    }
}
