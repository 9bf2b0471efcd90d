import Checkpoints
import Foundation
import Graph
import Models
import Nodes
import Tensors
import Testing

/// Face models that do not belong together are refused, and do not give plausible numbers.
struct FaceModelsErrorTests {
    private let runner: NodeRunner
    private let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../models/tiny/face").standardizedFileURL.path
    private let picture = ImageArtifact(Tensor(repeating: 0.25, shape: [1, 3, 64, 64]))

    init() { runner = NodeRunner() }

    @Test func aFaceMeasuredByAnotherRecogniser() throws {
        let models = try runner.run("load_face_models", as: FaceModels.self, ["folder": .string(tiny)])
        let face = FaceArtifact(
            box: .zeros([4]),
            landmarks: .zeros([5, 2]),
            recognition: Tensor(repeating: 1, shape: [10]),
            aligned: .zeros([1, 3, 512, 512]),
            features: .zeros([1, 3, 512, 512])
        )
        let error = #expect(throws: (any Error).self) {
            try runner.run(
                "compare",
                as: ScoresArtifact.self,
                inputs: ["image": picture, "face": face, "models": models]
            )
        }
        #expect(
            error.map { "\($0)" }
                == "the face's recognition has shape [10], expected [512]: it was measured by another recogniser than "
                + "that of `models:`"
        )
    }

    @Test func aParserOfOtherLabels() throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/parser-\(UInt64.random(in: 0...UInt64.max)).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let fresh = FreshWeights(name: path, seed: 1)
        _ = try BiSeNet(
            Weights(fresh),
            config: BiSeNet.Config(
                stemWidth: 4,
                widths: [4, 4, 4, 4],
                contextWidth: 4,
                fusionWidth: 4,
                headWidth: 4,
                classes: 300
            )
        )
        var writer = SafetensorsWriter()
        writer.add(fresh.all)
        try writer.write(to: path)
        let error = #expect(throws: WeightsError.self) {
            try runner.run(
                "load_face_models",
                as: FaceModels.self,
                ["folder": .string(tiny), "parser": .string(path)]
            )
        }
        #expect(
            error
                == .wrongModel(
                    found: "a parser of 300 labels",
                    expected: "one of 19, as parsing_bisenet.pth is",
                    source: path
                )
        )
    }
}
