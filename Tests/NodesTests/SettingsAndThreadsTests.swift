import Diffusion
import EngineTestSupport
import Foundation
import Graph
import Imaging
import Kernels
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// Every node that computes with networks, in every precision, on one to five threads and with the kernels of every processor
/// that fuses multiply-adds: one result each.
struct SettingsAndThreadsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let sdxl = root + "/models/tiny/sdxl"

    /// What a run makes, by name.
    private typealias Records = [String: Graph.ArtifactRecord]

    /// The kernels that run here on one to five threads, and the others that give their bits on two.
    private static let ways: [(kernels: KernelLevel, threads: Int)] =
        (1...5).map { (KernelLevel.best, $0) }
        + [KernelLevel.avx2, .avx512].filter { level in level.isAvailable && level != .best }.map { ($0, 2) }

    /// Runs `make` in every precision and every way, and says which precisions differ.
    ///
    /// - Returns: whether plain sums give other bits, by name
    @discardableResult
    private func oneResultEach(
        ways: [(kernels: KernelLevel, threads: Int)] = Self.ways,
        _ make: (NodeRunner) throws -> Records
    ) throws -> [String: Bool] {
        var first: [ComputeSettings.Precision: Records] = [:]
        for precision in ComputeSettings.Precision.allCases {
            for (kernels, threads) in ways {
                let found = try ComputeSettings.with(precision: precision, kernels: kernels, threads: threads) {
                    try make(NodeRunner())
                }
                guard let expected = first[precision] else {
                    first[precision] = found
                    continue
                }
                #expect(found.keys == expected.keys)
                for (name, record) in found {
                    #expect(record == expected[name], "\(name), \(precision), \(kernels), \(threads) threads")
                }
            }
        }
        let (usual, plain) = (try #require(first[.float32]), try #require(first[.plainSums]))
        return usual.mapValues { _ in true }.merging(usual.map { ($0.key, $0.value != plain[$0.key]) }) { $1 }
    }

    private func pictures(_ runner: NodeRunner, kind: String = "pictures") throws -> DatasetArtifact {
        var parameters: [String: Value] = ["seed": .integer(1), "count": .integer(6)]
        if kind == "faces" { parameters["kind"] = .string(kind) }
        return try runner.run("make_dataset", parameters)
    }

    private func train(
        _ runner: NodeRunner,
        _ kind: String,
        _ parameters: [String: Value] = [:],
        _ inputs: [String: any Artifact] = [:]
    ) throws -> WeightsArtifact {
        let usual: [String: Value] = ["seed": .integer(5), "steps": .integer(1)]
        return try runner.run(kind, usual.merging(parameters) { $1 }, inputs: inputs)
    }

    private let small: [String: Value] = ["batch": .integer(3)]
    private let people: [String: Value] = ["people": .string("validation"), "pictures_each": .integer(2)]

    @Test func trainingsOfFaceNetworks() throws {
        let differ = try oneResultEach { runner in
            let faces = try pictures(runner, kind: "faces")
            let detector: DetectorArtifact = try runner.run(
                "train_detector",
                ["seed": .integer(5), "steps": .integer(1), "batch": .integer(9)],
                inputs: ["pictures": faces]
            )
            return [
                "detector": detector.record,
                "parser": try train(runner, "train_parser", ["batch": .integer(2)], ["pictures": faces]).record,
                "probe": try train(runner, "train_probe", small, ["pictures": pictures(runner)]).record,
                "recognizer": try train(
                    runner,
                    "train_recognizer",
                    people.merging(["people_at_a_time": .integer(2)]) { $1 }
                ).record,
                "vision tower": try train(runner, "train_vision_tower", people).record,
            ]
        }
        #expect(differ["recognizer"] == true, "one of the precisions did not act")
    }

    @Test func trainingsOfSDXL() throws {
        let differ = try oneResultEach { runner in
            let settings: SDXLModel = try runner.run("load_sdxl", ["base": .string(Self.sdxl)])
            let model: [String: any Artifact] = ["model": settings, "pictures": try pictures(runner)]
            let vae = try train(runner, "train_vae", small, model)
            let base = try train(runner, "train_text_to_image", small, model.merging(["vae": vae]) { $1 })
            let drawing = model.merging(["vae": vae, "base": base]) { $1 }
            let student = try train(runner, "train_lightning", small, drawing)
            return ["vae": vae.record, "base": base.record, "student": student.record]
        }
        #expect(differ["vae"] == true, "one of the precisions did not act")
    }

    /// PuLID's training, the measurement of networks and the evaluation, on networks that are trained for one step.
    @Test func pulidAndEvaluation() throws {
        let runner = NodeRunner()
        let settings: SDXLModel = try runner.run("load_sdxl", ["base": .string(Self.sdxl)])
        let model: [String: any Artifact] = ["model": settings, "pictures": try pictures(runner)]
        let vae = try train(runner, "train_vae", small, model)
        let base = try train(runner, "train_text_to_image", small, model.merging(["vae": vae]) { $1 })
        let drawing = model.merging(["vae": vae, "base": base]) { $1 }
        let student = try train(runner, "train_lightning", small, drawing)
        let recognizer = try train(runner, "train_recognizer", people.merging(["people_at_a_time": .integer(2)]) { $1 })
        let tower = try train(runner, "train_vision_tower", people)
        let faces = try pictures(runner, kind: "faces")
        let detector: DetectorArtifact = try runner.run(
            "train_detector",
            ["seed": .integer(5), "steps": .integer(1), "batch": .integer(2)],
            inputs: ["pictures": faces]
        )
        let probe = try train(runner, "train_probe", small, ["pictures": try pictures(runner)])
        let parser = try train(runner, "train_parser", ["batch": .integer(2)], ["pictures": faces])
        let measured = drawing.filter { $0.key != "pictures" }.merging([
            "student": student, "recognizer": recognizer, "evaluation_net": recognizer, "probe": probe,
            "detector": detector,
        ]) { $1 }
        func pulid(
            _ runner: NodeRunner,
            _ stage: String,
            _ settings: [String: Value] = [:]
        ) throws -> WeightsArtifact {
            let parts: [String: Value] = [
                "stage": .string(stage), "denoising": .integer(2), "identity": .integer(stage == "one" ? 0 : 2),
                "alignment": .integer(stage == "three" ? 2 : 0),
            ]
            return try train(
                runner,
                "train_pulid",
                parts.merging(settings) { $1 },
                drawing.merging([
                    "student": student, "recognizer": recognizer, "vision_tower": tower, "loss_net": recognizer,
                ]) { $1 }
            )
        }
        // Stage three and the evaluation compute all that these do, but for v1.1's encoder and the parser; the gates see a hundred
        // people in every style.
        try oneResultEach(ways: [(.best, 1), (.best, 5)]) { runner in
            let gates: GatesArtifact = try runner.run(
                "measure_networks",
                ["pictures": .integer(2), "pictures_each": .integer(1), "prompts": .integer(1), "seeds": .integer(1)],
                inputs: measured.merging(["loss_net": recognizer, "parser": parser]) { $1 }
            )
            return [
                "one": try pulid(runner, "one").record, "naive": try pulid(runner, "naive").record,
                "two": try pulid(runner, "two").record,
                "v1.1": try pulid(runner, "one", ["version": .string("v1.1"), "width": .integer(16)]).record,
                "gates": gates.record,
            ]
        }
        try oneResultEach { runner in
            let trained = try pulid(runner, "three")
            let evaluation: EvaluationArtifact = try runner.run(
                "evaluate",
                ["prompts": .integer(1), "seeds": .integer(1), "people": .integer(18), "steps": .integer(1)],
                inputs: measured.merging(["vision_tower": tower, "pulid": trained]) { $1 }
            )
            return ["pulid": trained.record, "evaluation": evaluation.record]
        }
    }

    @Test func renders() throws {
        let differ = try oneResultEach { runner in
            let sdxl: SDXLModel = try runner.run("load_sdxl", ["base": .string(Self.sdxl)])
            let tiny = Self.root + "/models/tiny"
            let pulid: PuLIDModel = try runner.run(
                "load_pulid",
                ["weights": .string(tiny + "/pulid.safetensors"), "eva_clip": .string(tiny + "/eva_clip.safetensors")]
            )
            let faces: FaceModels = try runner.run("load_face_models", ["folder": .string(tiny + "/face")])
            let photo: ImageArtifact = try runner.run(
                "load_image",
                ["file": .string(Self.root + "/recipes/faces/ada.png")]
            )
            let face: FaceArtifact = try runner.run("load_face", inputs: ["image": photo, "models": faces])
            let shown: ImageArtifact = try runner.run("show_face", inputs: ["image": photo, "models": faces])
            let identity: IdentityArtifact = try runner.run("encode_id", inputs: ["face": face, "pulid": pulid])
            let prompt: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("portrait"), "negative": .string("blurry")],
                inputs: ["model": sdxl]
            )
            let latent: LatentArtifact = try runner.run(
                "sample",
                [
                    "seed": .integer(1), "steps": .integer(2), "width": .integer(64), "height": .integer(64),
                    "guidance": .number(2),
                ],
                inputs: ["model": sdxl, "prompt": prompt, "identity": identity, "pulid": pulid]
            )
            let image: ImageArtifact = try runner.run("decode", inputs: ["model": sdxl, "latent": latent])
            let encoded: LatentArtifact = try runner.run("encode_image", inputs: ["model": sdxl, "image": image])
            let scores: ScoresArtifact = try runner.run(
                "compare",
                inputs: ["image": image, "baseline": image, "face": face, "models": faces]
            )
            return [
                "load_face": face.record, "show_face": shown.record, "encode_id": identity.record,
                "encode_prompt": prompt.record, "sample": latent.record, "decode": image.record,
                "encode_image": encoded.record, "compare": scores.record,
            ]
        }
        #expect(differ["sample"] == true && differ["decode"] == true, "one of the precisions did not act")
        // Whoever differs has the precision in its key.
        for (name, differs) in differ where differs {
            let isUpstream = ["encode_id", "show_face"].contains(name)
            #expect(isUpstream || NodeRegistry.builtin[name]?.precision != .never, "\(name)")
        }
        #expect(differ["show_face"] == false, "detectors and the parser take plain sums always")
    }

    /// Every sampler, from noise and from a latent, with two people where masks say.
    @Test func samplers() throws {
        let tiny = Self.root + "/models/tiny"
        try oneResultEach { runner in
            let sdxl: SDXLModel = try runner.run("load_sdxl", ["base": .string(Self.sdxl)])
            let pulid: PuLIDModel = try runner.run(
                "load_pulid",
                ["weights": .string(tiny + "/pulid.safetensors"), "eva_clip": .string(tiny + "/eva_clip.safetensors")]
            )
            let prompt: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("two people"), "negative": .string("blurry")],
                inputs: ["model": sdxl]
            )
            var random = TorchRandomSource(seed: 3)
            let width = prompt.embeds.shape[2]
            let people: [any Artifact] = try [0.0, 0.5].map { left in
                let mask: ImageArtifact = try runner.run(
                    "draw_mask",
                    [
                        "left": .number(left), "right": .number(left + 0.5), "feather": .number(0.1),
                        "width": .integer(40), "height": .integer(40),
                    ]
                )
                let person = IdentityArtifact(id: random.normal([1, 7, width]), uncond: random.normal([1, 7, width]))
                return try runner.run(
                    "place_id",
                    as: IdentityArtifact.self,
                    inputs: ["identity": person, "mask": mask]
                )
            }
            let start = LatentArtifact(random.normal([1, 4, 10, 10]))
            var records: Records = [:]
            for (i, sampler) in Sampler.allCases.enumerated() {
                let usual: [String: [any Artifact]] = [
                    "model": [sdxl], "prompt": [prompt], "pulid": [pulid], "identity": people,
                ]
                let latent: LatentArtifact = try runner.run(
                    "sample",
                    [
                        "seed": .integer(1), "steps": .integer(3), "width": .integer(40), "height": .integer(40),
                        "guidance": .number(2), "sampler": .string(sampler.rawValue), "strength": .number(0.7),
                    ],
                    several: i % 2 == 0 ? usual : usual.merging(["latent": [start]]) { $1 }
                )
                records[sampler.rawValue] = latent.record
            }
            return records
        }
    }

    /// A LoRA in the UNet, PuLID v1.1, pictures in tiles, and what enlarges them.
    @Test func otherNetworks() throws {
        let tiny = Self.root + "/models/tiny"
        let folder = try TemporaryFolder()
        let (newer, upscaler) = (folder("pulid_v1.1.safetensors"), folder("esrgan.safetensors"))
        try TinyIDFormer.write(to: newer, insteadOf: tiny + "/pulid.safetensors")
        try UpscalerFiles().write(to: upscaler, .new)
        let lora = Value.map([
            "file": .string(goldenFolder + "/../CheckpointsTests/Goldens/lora/kohya.safetensors"),
            "scale": .number(0.5),
        ])
        try oneResultEach { runner in
            let sdxl: SDXLModel = try runner.run(
                "load_sdxl",
                ["base": .string(goldenFolder + "/sdxl"), "loras": .list([lora])]
            )
            let prompt: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("a garden")],
                inputs: ["model": sdxl]
            )
            let latent: LatentArtifact = try runner.run(
                "sample",
                [
                    "seed": .integer(1), "steps": .integer(1), "width": .integer(64), "height": .integer(96),
                    "guidance": .number(2),
                ],
                inputs: ["model": sdxl, "prompt": prompt]
            )
            let tiles: [String: Value] = ["tile": .integer(64)]
            let image: ImageArtifact = try runner.run("decode", tiles, inputs: ["model": sdxl, "latent": latent])
            let again: LatentArtifact = try runner.run("encode_image", tiles, inputs: ["model": sdxl, "image": image])
            let model: Upscaler = try runner.run("load_upscaler", ["file": .string(upscaler)])
            let large: ImageArtifact = try runner.run(
                "upscale",
                ["tile": .integer(32)],
                inputs: ["image": image, "model": model]
            )
            let pulid: PuLIDModel = try runner.run(
                "load_pulid",
                ["weights": .string(newer), "eva_clip": .string(tiny + "/eva_clip.safetensors")]
            )
            var random = TorchRandomSource(seed: 4)
            let face = FaceArtifact(
                box: .zeros([4]),
                landmarks: .zeros([5, 2]),
                recognition: random.normal([512]),
                aligned: random.normal([1, 3, 64, 64]).sigmoid(),
                features: random.normal([1, 3, 64, 64]).sigmoid()
            )
            let person: IdentityArtifact = try runner.run("encode_id", inputs: ["face": face, "pulid": pulid])
            return [
                "LoRA": latent.record, "decode in tiles": image.record, "encode in tiles": again.record,
                "upscale": large.record, "encode_id v1.1": person.record,
            ]
        }
    }
}
