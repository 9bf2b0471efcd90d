import Checkpoints
import Foundation
import Graph
import Imaging
import Models
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// From a photo to the identity's tokens, with files in the official formats, as the official modules do it
/// (scripts/goldens/face_chain.py). Its detectors' landmarks do not hang on last bits, which now and then are worth a grey
/// level of a crop, of which narrow random networks make much: so crops are equal, and whole chains are compared.
struct FaceChainParityTests {
    private let runner: NodeRunner
    private let expected = Golden("face_chain/expected.safetensors", #filePath)
    private let folder = "\(goldenFolder)/portrait"
    private let photo: ImageArtifact
    private let models: FaceModels

    init() throws {
        runner = try NodeRunner()
        photo = try runner.run("load_image", ["file": .string("\(folder)/photo.png")])
        models = try runner.run("load_face_models", ["folder": .string(folder), "detectors": .string("required")])
    }

    private func face(_ parameters: [String: Value] = [:]) throws -> FaceArtifact {
        try runner.run("load_face", parameters, inputs: ["image": photo, "models": models])
    }

    private func picture(_ name: String) throws -> Bitmap {
        try Bitmap.read(path: Golden.path("face_chain/\(name)", #filePath))
    }

    /// Boxes and points of both people, in pixels of the photo, which is larger than what detectors see.
    @Test func detector() throws {
        let rows = expected["scrfd"]
        let seen = photo.photo.limitingLongEdge(to: 1024)
        let scale = [Float(photo.photo.width) / Float(seen.width), Float(photo.photo.height) / Float(seen.height)]
        #expect(scale[0] > 1 && rows.shape == [2, 15])
        // Best first; the pick counts from the left.
        let order = (0..<2).sorted { rows.values[15 * $0] < rows.values[15 * $1] }
        for (index, row) in order.enumerated() {
            let found = try face(["pick": .integer(Int128(index))])
            let values = Array(rows.values[(15 * row)..<(15 * row + 15)])
            // x and y take turns.
            func placed(_ values: ArraySlice<Float>) -> [Float] { values.enumerated().map { $1 * scale[$0 % 2] } }
            for (a, b) in zip(found.box.values, placed(values[..<4])) {
                #expect(abs(a - b) <= 0.05, "\(a), expected \(b)")
            }
            for (a, b) in zip(found.landmarks.values, placed(values[5...])) {
                #expect(abs(a - b) <= 1e-3, "\(a), expected \(b)")
            }
        }
    }

    @Test func aligner() throws {
        let weights = Weights(try WeightFile.open("\(folder)/detection_Resnet50_Final.pth"))
        let network = try RetinaFace(weights, config: RetinaFace.Config(weights))
        let seen = photo.photo.limitingLongEdge(to: 1024)
        let bytes = Tensor(seen.pixels.map(Float.init), shape: [1, seen.height, seen.width, 3]).channelsFirst()
        let faces = network.faces(in: bytes)
        let rows = expected["retinaface"]
        #expect(rows.shape == [faces.count, 15] && faces.count == 2)
        for (i, face) in faces.enumerated() {
            let found = face.box + [face.score] + face.landmarks.flatMap { [$0.x, $0.y] }
            for (a, b) in zip(found, rows.values[(15 * i)...]) { #expect(abs(a - b) <= 0.05, "\(a), expected \(b)") }
        }
    }

    @Test func recognizer() throws {
        assertClose(try face().recognition, expected["recognition"], "photo to recognition")
    }

    @Test func alignment() throws {
        let (found, wanted) = (Bitmap(try face().aligned), try picture("aligned.png"))
        let gap = zip(found.pixels, wanted.pixels).map { abs(Int($0) - Int($1)) }.max()
        #expect(found.pixels.count == wanted.pixels.count && gap == 0, "\(gap ?? 255)")
    }

    @Test func labels() throws {
        let weights = Weights(try WeightFile.open("\(folder)/parsing_bisenet.pth"))
        let parser = try BiSeNet(weights, config: BiSeNet.Config(weights))
        let found = FaceParsing(logits: parser(ImageNormalization.imageNet(try face().aligned)))
        let wanted = try picture("labels.png")
        #expect(found.shape == [1, wanted.height, wanted.width])
        #expect(found.labels == stride(from: 0, to: wanted.pixels.count, by: 3).map { wanted.pixels[$0] })
        #expect(Set(found.labels).count > 8)
    }

    @Test(arguments: [("v1", "pulid_v1.bin", 10), ("v1.1", "pulid_v1.1.safetensors", 32)])
    func identity(version: String, file: String, tokens: Int) throws {
        let pulid: PuLIDModel = try runner.run(
            "load_pulid",
            ["weights": .string("\(folder)/\(file)"), "eva_clip": .string(folder)]
        )
        let identity: IdentityArtifact = try runner.run("encode_id", inputs: ["face": face(), "pulid": pulid])
        #expect(identity.id.shape == [1, tokens, 20])
        assertClose(identity.id, expected["\(version).id"], "photo to identity, \(version)")
        assertClose(identity.uncond, expected["\(version).uncond"], "nobody, \(version)")
    }

    /// The page shows what the recogniser sees, pixel by pixel, and the detectors' boxes.
    @Test func pictureOfTheSteps() throws {
        let page: ImageArtifact = try runner.run("show_face", inputs: ["image": photo, "models": models])
        let sheet = page.photo
        let crop = expected.integers("recognition.crop")
        #expect(crop.count == 112 * 112 * 3)
        // A panel of 384 pixels, at the right of the photo, holds the crop three times as large.
        let (zoom, inner) = (3, 336)
        let left = sheet.width - 20 - 384 - 16 - 384 + (384 - inner) / 2
        let top = 20 + 28 + (384 - inner) / 2
        var gap = 0
        for y in 0..<112 {
            for x in 0..<112 {
                let pixel = sheet[left + x * zoom + 1, top + y * zoom + 1]
                for (c, value) in [pixel.r, pixel.g, pixel.b].enumerated() {
                    gap = max(gap, abs(Int(value) - crop[(y * 112 + x) * 3 + c]))
                }
            }
        }
        #expect(gap == 0)
        // The photo is drawn 812 pixels wide.
        let zoomOfPhoto = 812 / 1024.0
        let height = Double(photo.photo.limitingLongEdge(to: 1024).height) * zoomOfPhoto
        let photoTop = 48 + (812 - Int(height)) / 2
        for row in 0..<2 {
            let box = expected["scrfd"].values[(15 * row)..<(15 * row + 4)].map { Double($0) * zoomOfPhoto }
            let pixel = sheet[20 + Int(box[0]), photoTop + Int((box[1] + box[3]) / 2)]
            #expect(pixel.r > 200 && pixel.b < 120, "\(pixel)")
        }
    }

    /// No face: the page says so, and there is no error.
    @Test func pictureWithoutFaces() throws {
        let empty = ImageArtifact(Tensor(repeating: 0, shape: [1, 3, 64, 96]))
        let page: ImageArtifact = try runner.run("show_face", inputs: ["image": empty, "models": models])
        #expect(page.image.shape == [1, 3, 20 + 28 + 812 + 16 + 20, 20 + 812 + 16 + 784 + 20])
    }
}

extension ImageArtifact {
    /// In 0...255.
    fileprivate var photo: Bitmap { Bitmap(image.affine(scale: 0.5, shift: 0.5)) }
}

extension Bitmap {
    /// (1, 3, H, W) in 0...1.
    fileprivate init(_ tensor: Tensor) {
        let (_, _, H, W) = tensor.shape4
        self.init(FloatImage(width: W, height: H, pixels: tensor.channelsLast().values))
    }
}
