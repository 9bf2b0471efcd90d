import Foundation
import Graph
import Imaging
import Nodes
import Testing

struct ImageArtifactTests {
    /// Every byte, and more rows than become bytes at a time.
    @Test func bytesComeBackAsTheyWere() throws {
        let (width, height) = (256, 131)
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 / 3 + $0 % 3 * 85 + $0 / (3 * width)) }
        let picture = Bitmap(width: width, height: height, pixels: pixels)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).png").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(picture.encodedPNG()).write(to: URL(fileURLWithPath: path))
        let image: ImageArtifact = try NodeRunner().run("load_image", ["file": .string(path)])
        #expect(image.image.shape == [1, 3, height, width])
        let expected = (0..<3).flatMap { channel in
            stride(from: channel, to: pixels.count, by: 3).map { Float(pixels[$0]) / 255 * 2 - 1 }
        }
        #expect(image.image.values == expected)
        #expect(try Bitmap.decode(Data(image.encoded(as: "png", metadata: [])), name: "again") == picture)
    }

    /// A photograph of 12 megapixels takes 36 MB of the cache and of memory, not 144.
    @Test func whatIsMadeOfBytesIsKeptAsBytes() throws {
        let runner = NodeRunner()
        let drawn: ImageArtifact = try runner.run("draw_face", ["seed": .integer(1), "size": .integer(32)])
        let block = try #require(drawn.record.blocks["image"])
        #expect(block.element == .uint8 && block.shape == [32, 32, 3] && drawn.record.blocks.count == 1)
        let again = try ImageArtifact(record: RecordCoder.decode(RecordCoder.encode(drawn.record).bytes))
        #expect(again.record == drawn.record && again.image.values == drawn.image.values)
        #expect(again.image.shape == [1, 3, 32, 32])

        // What has values between two bytes is kept as it is.
        let numbers = ImageArtifact(drawn.image.affine(scale: 0.5, shift: 0.001))
        #expect(numbers.record.blocks["image"]?.element == .float32)
    }

    @Test func aPictureWithoutPixelsIsDamaged() {
        for shape in [[0, 3, 4, 4], [1, 3, 0, 4]] {
            let block = Graph.ArtifactRecord.Block(element: .float32, shape: shape, bytes: [UInt8]())
            #expect(throws: ArtifactError.damaged(kind: "image", reason: "image is missing or has another shape")) {
                try ImageArtifact(record: Graph.ArtifactRecord(kind: "image", blocks: ["image": block]))
            }
        }
        for shape in [[0, 4, 3], [4, 3], [4, 4, 4], [3]] {
            let bytes = [UInt8](repeating: 0, count: shape.reduce(1, *))
            let block = Graph.ArtifactRecord.Block(element: .uint8, shape: shape, bytes: bytes)
            #expect(throws: ArtifactError.damaged(kind: "image", reason: "image has another shape")) {
                try ImageArtifact(record: Graph.ArtifactRecord(kind: "image", blocks: ["image": block]))
            }
        }
    }

    /// Another version of a library that rounds may read other pixels of the same file.
    @Test func theLibrariesOfPicturesAreInTheKey() throws {
        let schema = try #require(NodeRegistry.builtin["load_image"])
        #expect(schema.numerics.contains("libjpeg-turbo ") && schema.numerics.contains(", libwebp 1."))
    }
}
