import Checkpoints
import Foundation
import Graph
import Models
import Nodes
import ONNX
import Synchronization
import TensorTestSupport
import Tensors
import Testing

/// From photo to face with a detector that takes red cells of 16 pixels for faces, and with an aligner that finds faces
/// everywhere or nowhere.
@Suite final class FaceChainTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("faces-\(UUID().uuidString)")
    private let warnings = Warnings()
    private let runner: NodeRunner

    private final class Warnings: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        runner = NodeRunner(warn: { [warnings] in warnings.add($0) })
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The standard names in one folder.
    ///
    /// - Parameter aligner: whether the aligner finds faces everywhere or nowhere; nil for none
    private func models(aligner: Bool?, detector: Bool = true, _ parameters: [String: Value] = [:]) throws -> FaceModels
    {
        if detector { try copy(Golden.path("red_detector.onnx", #filePath), "scrfd_10g_bnkps.onnx") }
        try copy(recognizerPath, "glintr100.onnx")
        let parser = FreshWeights(name: "parser", seed: 2)
        let narrow = BiSeNet.Config(
            stemWidth: 4,
            widths: [4, 4, 4, 4],
            depths: [1, 1, 1, 1],
            contextWidth: 4,
            fusionWidth: 8,
            headWidth: 4
        )
        _ = try BiSeNet(Weights(parser), config: narrow)
        try write(parser.all, "parser.safetensors")
        if let aligner {
            let fresh = FreshWeights(name: "aligner", seed: 1)
            let config = RetinaFace.Config(stemWidth: 4, planes: [1, 1, 1, 1], depths: [1, 1, 1, 1], width: 4)
            _ = try RetinaFace(Weights(fresh), config: config)
            var tensors = fresh.all
            for (name, tensor) in tensors where name.contains("Head.") {
                let isClass = name.hasPrefix("ClassHead") && name.hasSuffix("bias")
                tensors[name] =
                    isClass ? Tensor(aligner ? [0, 9, 0, 9] : [9, 0, 9, 0], shape: [4]) : .zeros(tensor.shape)
                // Eyes, nose and mouth in their places within each box.
                if name.hasPrefix("LandmarkHead"), name.hasSuffix("bias") {
                    let face: [Float] = [-1.5, -1, 1.5, -1, 0, 0.3, -1.2, 1.8, 1.2, 1.8]
                    tensors[name] = Tensor(face + face, shape: [20])
                }
            }
            // As PyTorch saves from several GPUs.
            let named = tensors.map { ("module.\($0.key)", $0.value) }
            try write(Dictionary(uniqueKeysWithValues: named), "aligner.safetensors")
        }
        var settings = parameters
        settings["folder"] = .string(folder.path)
        return try runner.run("load_face_models", as: FaceModels.self, settings)
    }

    private var recognizerPath: String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.appendingPathComponent("ONNXTests/Goldens/iresnet.onnx").path
    }

    private func copy(_ path: String, _ name: String) throws {
        let target = folder.appendingPathComponent(name).path
        if !FileManager.default.fileExists(atPath: target) {
            try FileManager.default.copyItem(atPath: path, toPath: target)
        }
    }

    private func write(_ tensors: [String: Tensor], _ name: String) throws {
        var writer = SafetensorsWriter()
        writer.add(tensors)
        try Data(writer.serialized()).write(to: folder.appendingPathComponent(name), options: .atomic)
    }

    private func face(
        _ photo: ImageArtifact,
        _ models: FaceModels,
        _ parameters: [String: Value] = [:]
    ) throws -> FaceArtifact {
        try runner.run("load_face", parameters, inputs: ["image": photo, "models": models])
    }

    /// A grey photo of 320 x 240 with red cells, whose columns and rows count so many pixels; more blue makes a larger face.
    private func photo(_ cells: [(column: Int, row: Int, blue: Float)], side: Int = 16) -> ImageArtifact {
        let (width, height) = (320, 240)
        var values = [Float](repeating: 0, count: 3 * width * height)
        for i in values.indices { values[i] = Float((i % width * 3 + i / width * 5) % 64) / 256 - 0.125 }
        for cell in cells {
            for y in 0..<side {
                for x in 0..<side {
                    let i = (cell.row * side + y) * width + cell.column * side + x
                    values[i] = 1
                    values[width * height + i] = -1
                    values[2 * width * height + i] = cell.blue
                }
            }
        }
        return ImageArtifact(Tensor(values, shape: [1, 3, height, width]))
    }

    private let two = [(column: 4, row: 5, blue: Float(-1)), (column: 14, row: 6, blue: Float(0))]

    /// The detector sees the photo at twice its size; anchors lie at the upper left of cells.
    @Test(arguments: [
        (Value.string("largest"), 14, 6), (.string("center"), 14, 6), (.integer(0), 4, 5), (.integer(1), 14, 6),
    ])
    func theFaceIsPicked(pick: Value, column: Int, row: Int) throws {
        let found = try face(photo(two), try models(aligner: false), ["pick": pick])
        let (x, y) = (Float(column * 16), Float(row * 16))
        let extent: Float = column == 4 ? 16 : 24
        for (value, expected) in zip(found.box.values, [x - extent, y - extent, x + extent, y + extent]) {
            #expect(abs(value - expected) < 1.5)
        }
        let eyes = Array(found.landmarks.values.prefix(4))
        for (value, expected) in zip(eyes, [x - 8, y - 4.8, x + 8, y - 4.8]) { #expect(abs(value - expected) < 0.05) }
        #expect(found.aligned.shape == [1, 3, 512, 512])
        #expect(found.features.shape == [1, 3, 512, 512])
        #expect(found.recognition.shape == [7])
        #expect(warnings.all.count == 1 && warnings.all[0].hasPrefix("the detectors disagree: SCRFD finds a face at ["))
    }

    /// Of faces as large as each other, PuLID's `sorted(...)[-1]` takes the last.
    @Test func theLastOfEqualFacesIsTheLargest() throws {
        // Where both areas are rounded alike.
        let equal = [8, 12].map { (column: $0, row: 4, blue: Float(-1)) }
        let found = try face(photo(equal), try models(aligner: false), ["pick": .string("largest")])
        #expect(abs(found.box.values[0] - (12 * 16 - 16)) < 1.5)
    }

    /// Alignment brings the landmarks to the template: the red cell begins at the anchor, above the tip of the nose.
    @Test func theFaceIsAligned() throws {
        let found = try face(photo([(column: 10, row: 7, blue: -1)]), try models(aligner: false))
        let red = Array(found.aligned.values.prefix(512 * 512))
        let green = Array(found.aligned.values[(512 * 512)..<(2 * 512 * 512)])
        func isRed(_ x: Int, _ y: Int) -> Bool { red[y * 512 + x] > 0.9 && green[y * 512 + x] < 0.1 }
        #expect(isRed(300, 330) && isRed(350, 400))
        #expect(!isRed(200, 200) && !isRed(100, 400))
    }

    /// Both find the face: eyes, nose and mouth of the aligner count, without a word.
    @Test func theAlignersLandmarksAlign() throws {
        let large = [(column: 10, row: 7, blue: Float(-1))]
        let alone = try face(photo(large), try models(aligner: false))
        #expect(warnings.all.count == 1)
        let models = try models(aligner: true, ["detector": .string(detectorPath)])
        let both = try face(photo(large), models, ["pick": .string("center")])
        #expect(warnings.all.count == 1, "\(warnings.all)")
        #expect(both.box.values == alone.box.values)
        #expect(both.recognition.values == alone.recognition.values)
        #expect(both.aligned.values != alone.aligned.values)
    }

    private var detectorPath: String { Golden.path("red_detector.onnx", #filePath) }

    /// Without an aligner the detector's own landmarks align the face, and nobody is warned of what nobody asked for.
    @Test func theDetectorAloneIsEnough() throws {
        let red = [(column: 10, row: 7, blue: Float(-1))]
        let withAligner = try face(photo(red), try models(aligner: false))
        #expect(warnings.all.count == 1)
        try FileManager.default.removeItem(at: folder.appendingPathComponent("aligner.safetensors"))
        let alone = try face(photo(red), try models(aligner: nil))
        #expect(warnings.all.count == 1, "\(warnings.all)")
        #expect(alone.box.values == withAligner.box.values)
        #expect(alone.recognition.values == withAligner.recognition.values)
        #expect(alone.aligned.values == withAligner.aligned.values)
        #expect(throws: Absence.self) {
            try face(photo([]), try models(aligner: nil), ["on_no_face": .string("skip")])
        }
    }

    @Test func theAlignerAloneIsEnough() throws {
        let found = try face(photo([]), try models(aligner: true))
        #expect(found.recognition.count == 7)
        #expect(warnings.all.count == 1 && warnings.all[0].hasPrefix("SCRFD finds no face, RetinaFace one at ["))
    }

    @Test func noFaceIsAnErrorThatSaysWhatToDo() throws {
        let models = try models(aligner: false)
        let error = #expect(throws: (any Error).self) { try face(photo([]), models) }
        #expect(
            error.map { "\($0)" }
                == "no face was found in this picture of 320x240; turn it upright, crop it to head and shoulders, or take a "
                + "larger or sharper one; say `crop: whole` if the picture is an aligned face, or `on_no_face: skip` to go on "
                + "without it"
        )
    }

    /// A cell that no cell of the detector lies in at 640 and 576 pixels, and one does at 512.
    @Test func theDetectorLooksFromFurtherAway() throws {
        let models = try models(aligner: false)
        let found = try face(photo([(column: 1, row: 1, blue: -1)], side: 20), models)
        for (value, expected) in zip(found.box.values, [0, 0, 40, 40] as [Float]) {
            #expect(abs(value - expected) < 1.5)
        }
        #expect(
            warnings.all == [
                "a face is found at [0, 0, 40, 40] only when the detector sees the photo at 512 pixels; see with show_face "
                    + "whether it is one"
            ]
        )
    }

    @Test func anIndexBeyondTheFacesNamesThem() throws {
        let models = try models(aligner: false)
        let error = #expect(throws: (any Error).self) { try face(photo(two), models, ["pick": .integer(2)]) }
        #expect(
            error.map { "\($0)".hasPrefix("`pick: 2` counts from 0 at the left, but there are 2 faces: [") } == true
        )
    }

    @Test func missingDetectorsSayWhatToDo() throws {
        let models = try models(aligner: nil, detector: false)
        let error = #expect(throws: (any Error).self) { try face(photo(two), models) }
        #expect(
            error.map { "\($0)" }
                == "finding faces takes a detector: put scrfd_10g_bnkps.onnx or detector.onnx into the folder of load_face_models, or give "
                + "`detector:` there, or say `crop: whole` if the picture is an aligned face"
        )
    }

    @Test func missingRecognizersAreNamed() throws {
        let error = #expect(throws: (any Error).self) {
            try runner.run("load_face_models", as: FaceModels.self, ["folder": .string(folder.path)])
        }
        #expect(
            error.map { "\($0)" }
                == "\(folder.path): there is no glintr100.onnx or recognizer.safetensors; it holds the network that tells "
                + "people apart"
        )
    }

    /// The recogniser's numbers are those of its graph for the 16 x 16 crop; the same face is wholly like itself.
    @Test func compareFindsThePersonAmongSeveral() throws {
        let models = try models(aligner: false)
        let person = try face(photo(two), models, ["pick": .integer(0)])
        let inputs: [String: any Artifact] = ["image": photo(two), "face": person, "models": models]
        let scores: ScoresArtifact = try runner.run("compare", ["crop": .string("detect")], inputs: inputs)
        #expect(scores.field("faces") == 2)
        #expect(abs((scores.field("id_similarity") ?? 0) - 1) < 1e-5)
        var others = inputs
        others["image"] = photo([])
        let empty: ScoresArtifact = try runner.run("compare", ["crop": .string("detect")], inputs: others)
        #expect(empty.field("faces") == 0 && empty.field("id_similarity") == 0)
    }

    /// A photo of more than 1024 pixels: boxes are in its own.
    @Test func boxesAreInPixelsOfThePhotoAsGiven() throws {
        let small = photo([(column: 10, row: 7, blue: -1)])
        let models = try models(aligner: false)
        let wide = small.image.channelsLast().upsampledNearest(to: (height: 240 * 5, width: 320 * 5)).channelsFirst()
        let (one, five) = (try face(small, models), try face(ImageArtifact(wide), models))
        for (a, b) in zip(one.landmarks.values, five.landmarks.values) { #expect(abs(5 * a - b) < 0.5) }
    }
}
