import Checkpoints
import Foundation
import Models
import ONNX
import TensorTestSupport
import Tensors
import Testing

private let fullSizeFolder = ProcessInfo.processInfo.environment["PULID_FULL_SIZE"]

/// The face chain's networks at their full sizes, from files in the official formats, against the official modules:
/// where PULID_FULL_SIZE names a folder that scripts/full_size_models.py and full_size_references.py have filled.
/// What they print is in docs/PARITY.md.
@Suite(.serialized, .enabled(if: fullSizeFolder != nil))
struct FullSizeParityTests {
    private let folder = fullSizeFolder ?? ""
    private let expected: SafetensorsFile

    init() throws {
        _ = try NodeRunner()
        expected = try SafetensorsFile(path: "\(folder)/references.safetensors")
    }

    /// Opens, runs, compares; says how long both took, and what this test program has had in memory at most.
    private func compare(_ name: String, _ parts: [String], open: () throws -> (Tensor) throws -> [Tensor]) throws {
        let clock = ContinuousClock()
        var run: ((Tensor) throws -> [Tensor])?
        let opening = try clock.measure { run = try open() }
        let x = try expected.tensor("\(name).x")
        var found: [Tensor] = []
        let running = try clock.measure { found = try run?(x) ?? [] }
        #expect(found.count == parts.count)
        var worst: Float = 0
        for (part, tensor) in zip(parts, found) {
            // Random numbers in fifty layers make logits so large that torch's own probabilities in float32 are 1.15e-4
            // from those in double precision.
            let bound: Float = part == "retinaface.scores" ? 2e-4 : 1e-4
            let gap = assertClose(tensor, try expected.tensor(part), relative: bound, part)
            worst = max(worst, gap?.relative ?? .infinity)
        }
        report(name, opening, running, worst)
    }

    private func report(_ name: String, _ opening: Duration, _ running: Duration, _ worst: Float) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        print("full size\t\(name)\topened in \(opening)\tran in \(running)\trelative \(worst)\t\(peak)")
    }

    @Test func detector() throws {
        try compare("scrfd", (0..<9).map { "scrfd.\($0)" }) {
            let graph = try ONNXGraph(path: "\(folder)/face/scrfd_10g_bnkps.onnx")
            return { try graph([$0]) }
        }
    }

    @Test func recognizer() throws {
        try compare("glintr100", ["glintr100"]) {
            let graph = try ONNXGraph(path: "\(folder)/face/glintr100.onnx")
            return { try graph([$0]) }
        }
    }

    @Test func aligner() throws {
        try compare("retinaface", ["boxes", "scores", "points"].map { "retinaface.\($0)" }) {
            let weights = Weights(try WeightFile.open("\(folder)/face/detection_Resnet50_Final.pth"))
            let network = try RetinaFace(weights, config: RetinaFace.Config(weights))
            return { x in
                let (boxes, scores, points) = network(x)
                return [boxes, scores, points]
            }
        }
    }

    @Test func parser() throws {
        try compare("bisenet", ["bisenet"]) {
            let weights = Weights(try WeightFile.open("\(folder)/face/parsing_bisenet.pth"))
            let network = try BiSeNet(weights, config: BiSeNet.Config(weights))
            return { x in
                let logits = network(x)
                let (found, wanted) = (FaceParsing(logits: logits), FaceParsing(logits: try expected.tensor("bisenet")))
                let others = zip(found.labels, wanted.labels).filter { $0 != $1 }.count
                print("full size\tbisenet\t\(others) of \(found.labels.count) labels differ")
                // Of random logits, some are equal but for their last bits: torch in float32 has 3 other labels than in
                // double precision.
                #expect(others <= 3)
                return [logits]
            }
        }
    }

    @Test func tower() throws {
        try compare("eva_clip", ["eva_clip"] + (0..<5).map { "eva_clip.\($0)" }) {
            let file = try WeightFile.open("\(folder)/EVA02_CLIP_L_336_psz14_s6B.pt")
            let network = try EVAVisionTransformer(checkpoint: Weights(file), metadata: file.metadata)
            #expect(network.config == .large336)
            return { x in
                let seen = network(x)
                return [seen.embedding] + seen.hiddenStates
            }
        }
    }

    @Test(arguments: ["pulid_v1.bin", "pulid_v1.1.safetensors"])
    func encoder(file: String) throws {
        let clock = ContinuousClock()
        var encoder: PuLIDEncoder?
        let opening = try clock.measure {
            encoder = try PuLIDEncoder(Weights(WeightFile.open("\(folder)/\(file)")) / "id_adapter")
        }
        let vector = try expected.tensor("vector")
        let states = try (0..<5).map { try expected.tensor("eva_clip.\($0)") }
        var found = Tensor.zeros([0])
        let running = try clock.measure {
            switch try #require(encoder) {
            case .v1(let encoder): found = encoder(vector, hiddenStates: states)
            case .v1_1(let encoder): found = encoder(vector.reshaped([1, 1, 1280]), hiddenStates: states)
            }
        }
        let gap = assertClose(found, try expected.tensor(file), file)
        report(file, opening, running, gap?.relative ?? .infinity)
    }
}
