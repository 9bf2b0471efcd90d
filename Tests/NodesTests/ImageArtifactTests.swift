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

    @Test func aPictureWithoutPixelsIsDamaged() {
        for shape in [[0, 3, 4, 4], [1, 3, 0, 4]] {
            let block = Graph.Record.Block(element: .float32, shape: shape, bytes: [UInt8]())
            #expect(throws: ArtifactError.damaged(kind: "image", reason: "image is missing or has another shape")) {
                try ImageArtifact(record: Graph.Record(kind: "image", blocks: ["image": block]))
            }
        }
    }

    /// Another version of a library that rounds may read other pixels of the same file.
    @Test func theLibrariesOfPicturesAreInTheKey() throws {
        let schema = try #require(NodeRegistry.builtin["load_image"])
        #expect(schema.numerics.contains("libjpeg-turbo ") && schema.numerics.contains(", libwebp 1."))
    }
}
