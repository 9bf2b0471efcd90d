import Checkpoints
import Foundation
import Graph
import Kernels
import Nodes
import Synchronization
import Tensors
import Testing

/// Trainings as nodes, a few steps each: what they hand on fits what takes it, and a stop costs nothing.
struct TrainingTests {
    private static let sdxl = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../models/tiny/sdxl").standardizedFileURL.path

    private func settings(_ runner: NodeRunner) throws -> SDXLModel {
        try runner.run("load_sdxl", ["base": .string(Self.sdxl)])
    }

    private func pictures(_ runner: NodeRunner, _ parameters: [String: Value] = [:]) throws -> DatasetArtifact {
        try runner.run("make_dataset", ["seed": .integer(1), "count": .integer(12)].merging(parameters) { $1 })
    }

    private func trainVAE(
        _ runner: NodeRunner,
        steps: Int128 = 7,
        precision: String = "f32"
    ) throws -> WeightsArtifact {
        try runner.run(
            "train_vae",
            [
                "seed": .integer(3), "steps": .integer(steps), "batch": .integer(4), "precision": .string(precision),
            ],
            inputs: ["model": settings(runner), "pictures": pictures(runner)]
        )
    }

    /// A run that is stopped after a few steps, any number of times, ends with the weights of one that is not.
    @Test func aStoppedTrainingGoesOnToTheSameWeights() throws {
        let kept = KeptRecords()
        let told = Mutex<[Int]>([])
        let runner = NodeRunner(
            context: kept.context { done, total, note in
                told.withLock { $0.append(done) }
                #expect(total == 7 && (done == 0) == (note == nil))
            }
        )
        for _ in 0..<2 {
            kept.stop(after: 3)
            #expect(throws: CancellationError.self) { try trainVAE(runner) }
        }
        // Stopped after the last step, before there was a result; and by then nothing has to be done again.
        kept.stop(after: 1)
        #expect(throws: CancellationError.self) { try trainVAE(runner) }
        kept.stop(after: nil)
        let resumed = try trainVAE(runner)
        #expect(told.withLock { $0 } == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(kept.records.count == 3 && kept.refused == 0)
        #expect(try trainVAE(NodeRunner()).record == resumed.record)
        #expect(try WeightsArtifact(record: resumed.record).record == resumed.record)
    }

    /// A checkpoint that does not fit is left for the one before it; the training is as if it had not been there.
    @Test func checkpointsThatDoNotFitAreSetAside() throws {
        let kept = KeptRecords()
        let runner = NodeRunner(context: kept.context(interval: .zero))
        let whole = try trainVAE(runner, steps: 3)
        let records = kept.records
        try #require(records.count == 3)
        let last = records[2]
        let name = try #require(last.blocks.keys.filter { $0.hasPrefix("first_moment.") }.min())
        func changed(_ blocks: [String: Graph.ArtifactRecord.Block?] = [:], _ values: [String: Value] = [:])
            -> Graph.ArtifactRecord
        {
            Graph.ArtifactRecord(
                kind: last.kind,
                blocks: blocks.reduce(into: last.blocks) { $0[$1.key] = $1.value },
                values: last.values.merging(values) { $1 }
            )
        }
        let odd = Graph.ArtifactRecord.Block(element: .float32, shape: [3, 1], bytes: [UInt8](repeating: 0, count: 12))
        let bytes = Graph.ArtifactRecord.Block(element: .uint8, shape: [12], bytes: [UInt8](repeating: 0, count: 12))
        let parameter = name.replacingOccurrences(of: "first_moment.", with: "")
        let otherShape = ["parameter", "first_moment", "second_moment", "average"].filter {
            last.blocks["\($0).\(parameter)"] != nil
        }
        let bad = [
            Graph.ArtifactRecord(kind: "training 2"), changed([name: nil]), changed([name: odd]),
            changed([name: bytes]),
            changed(Dictionary(uniqueKeysWithValues: otherShape.map { ("\($0).\(parameter)", odd) })),
            changed(["losses": odd]), changed(["stray": odd]), changed([:], ["step": .number(2)]),
            changed([:], ["step": .list([.integer(-1)])]), changed([:], ["step": .list([.integer(.max)])]),
            changed([:], ["updates.\(parameter)": .list([])]), changed([:], ["seed.samples": .list([.integer(1)])]),
        ]
        for rest in [[records[0]], []] {
            kept.records = rest + bad
            kept.stop(after: nil)
            #expect(try trainVAE(runner, steps: 3).record == whole.record)
            #expect(kept.looks == (rest.isEmpty ? 4 : 3))
        }
        #expect(kept.refused == 2 * bad.count)
    }

    /// `precision: bf16` is that of every product, forward and back, and of nothing else; what is learned is about the same.
    @Test func trainingInBFloat16() throws {
        let (usual, rounded) = (try trainVAE(NodeRunner()), try trainVAE(NodeRunner(), precision: "bf16"))
        let scope = try ComputeSettings.with(precision: .bfloat16) { try trainVAE(NodeRunner()) }
        #expect(rounded.record == scope.record)
        #expect(rounded.record != usual.record)
        #expect(rounded.tensors.keys == usual.tensors.keys)
        try #require(rounded.losses.count == 7)
        for (rounded, usual) in zip(rounded.losses, usual.losses) {
            #expect(abs(rounded - usual) < 0.02 * usual, "\(rounded) for \(usual)")
        }
    }

    /// What trainings make has the names and shapes of the files that are read again.
    @Test func whatIsTrainedIsReadAgain() throws {
        let runner = NodeRunner()
        let (settings, pictures) = (try settings(runner), try pictures(runner))
        let few: [String: Value] = ["seed": .integer(5), "steps": .integer(1)]
        func train(_ kind: String, _ parameters: [String: Value] = [:], _ inputs: [String: any Artifact] = [:]) throws
            -> WeightsArtifact
        {
            try runner.run(kind, few.merging(parameters) { $1 }, inputs: inputs)
        }
        let small: [String: Value] = ["batch": .integer(2)]
        let people: [String: Value] = ["people": .string("validation"), "pictures_each": .integer(2)]
        let model: [String: any Artifact] = ["model": settings, "pictures": pictures]
        let vae = try train("train_vae", small, model)
        let firstBase = try train("train_text_to_image", small, model.merging(["vae": vae]) { $1 })
        let base = try train("train_text_to_image", small, model.merging(["vae": vae, "from": firstBase]) { $1 })
        let drawing = model.merging(["vae": vae, "base": base]) { $1 }
        let student = try train("train_lightning", small, drawing)
        let recognizer = try train("train_recognizer", people.merging(["people_at_a_time": .integer(2)]) { $1 })
        let tower = try train("train_vision_tower", people)
        let seeing = drawing.merging(["recognizer": recognizer, "vision_tower": tower]) { $1 }
        let faces: DatasetArtifact = try runner.run(
            "make_dataset",
            ["kind": .string("faces"), "seed": .integer(2), "count": .integer(4)]
        )
        let oneStep: [String: Value] = ["seed": .integer(5), "steps": .integer(1), "batch": .integer(2)]
        let detector: DetectorArtifact = try runner.run("train_detector", oneStep, inputs: ["pictures": faces])
        #expect(try DetectorArtifact(record: detector.record).record == detector.record)
        let gates: GatesArtifact = try runner.run(
            "measure_networks",
            [
                "pictures": .integer(2), "pictures_each": .integer(1), "prompts": .integer(1), "seeds": .integer(1),
            ],
            inputs: drawing.merging(
                [
                    "student": student, "recognizer": recognizer, "loss_net": recognizer, "evaluation_net": recognizer,
                    "probe": train("train_probe", small, ["pictures": pictures]), "detector": detector,
                    "parser": train("train_parser", small, ["pictures": faces]),
                ]
            ) { $1 }.filter { $0.key != "pictures" }
        )
        #expect(GatesArtifact.fields.allSatisfy { gates.field($0)?.isFinite == true })
        #expect(gates.field("recognizer") == gates.field("loss_net"))
        #expect(try GatesArtifact(record: gates.record).record == gates.record)

        let one: [String: Value] = ["stage": .string("one"), "denoising": .integer(2)]
        let counts: [String: Value] = [
            "stage": .string("three"), "denoising": .integer(1), "identity": .integer(1), "alignment": .integer(1),
        ]
        let last: [String: any Artifact] = ["student": student, "loss_net": recognizer]
        func expectEvaluation(_ pulid: WeightsArtifact) throws {
            let report: EvaluationArtifact = try runner.run(
                "evaluate",
                [
                    "artist": .string("pulid"), "people": .integer(3), "prompts": .integer(1), "seeds": .integer(1),
                    "steps": .integer(1),
                ],
                inputs: seeing.merging([
                    "student": student, "pulid": pulid, "evaluation_net": recognizer, "second_net": recognizer,
                    "probe": train("train_probe", small, ["pictures": pictures]), "detector": detector,
                ]) { $1 }.filter { $0.key != "pictures" }
            )
            // The same recogniser twice says the same; the other photo is another.
            #expect(report.field("second_similarity") == report.field("face_similarity"))
            #expect(report.field("other_photo") != nil)
            let rows = String(decoding: try report.encoded(as: "csv", metadata: []), as: UTF8.self).split(
                separator: "\n"
            )
            #expect(rows.count == 4 && rows[0].hasPrefix("person,skin,face_similarity"))
            let again = try EvaluationArtifact(record: report.record)
            #expect(again.record == report.record)
            let table: EvaluationTable = try runner.run(
                "compare_evaluations",
                ["names": .list([.string("mine")])],
                inputs: ["evaluations": again]
            )
            let text = String(decoding: try table.encoded(as: "md", metadata: []), as: UTF8.self)
            let tones = Set(rows.dropFirst().compactMap { $0.split(separator: ",").dropFirst().first.map(String.init) })
            #expect(text.contains("face_similarity by skin"))
            #expect(tones.allSatisfy { text.contains("| \($0) |") }, "\(tones)")
        }
        for version in ["v1", "v1.1"] {
            let version = ["version": Value.string(version)]
            let first = try train("train_pulid", one.merging(version) { $1 }, seeing)
            let third = try train(
                "train_pulid",
                counts.merging(version) { $1 },
                seeing.merging(last) { $1 }.merging(["from": first]) { $1 }
            )
            #expect(first.record != third.record)
            if version["version"] == .string("v1") { try expectEvaluation(third) }

            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trained-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func write(_ weights: WeightsArtifact, _ name: String) throws -> Value {
                let bytes = try weights.encoded(as: "safetensors", metadata: [])
                try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
                return .string("\(folder)/\(name)")
            }
            let pulid: PuLIDModel = try runner.run(
                "load_pulid",
                ["weights": write(third, "pulid.safetensors"), "eva_clip": write(tower, "eva_clip.safetensors")]
            )
            let face = FaceArtifact(
                box: .zeros([4]),
                landmarks: .zeros([5, 2]),
                recognition: .zeros([512]),
                aligned: .zeros([1, 3, 512, 512]),
                features: .zeros([1, 3, 512, 512])
            )
            let identity: IdentityArtifact = try runner.run("encode_id", inputs: ["face": face, "pulid": pulid])
            let sdxl: SDXLModel = try runner.run(
                "load_sdxl",
                [
                    "base": .string(Self.sdxl), "vae": write(vae, "vae.safetensors"),
                    "unet": write(student, "unet.safetensors"),
                ]
            )
            let prompt: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("a portrait")],
                inputs: ["model": sdxl]
            )
            let latent: LatentArtifact = try runner.run(
                "sample",
                ["seed": .integer(1), "steps": .integer(1), "width": .integer(64), "height": .integer(64)],
                inputs: ["model": sdxl, "prompt": prompt, "identity": identity, "pulid": pulid]
            )
            // Also beside a missing negative prompt, to which no attention answers.
            #expect(latent.latent.values.allSatisfy { $0.isFinite })
            let image: ImageArtifact = try runner.run("decode", inputs: ["model": sdxl, "latent": latent])
            #expect(image.record.blocks.values.map(\.shape) == [[1, 3, 64, 64]])
        }
    }

    @Test func whatAStageNeedsIsAskedFor() throws {
        let runner = NodeRunner()
        let nothing = WeightsArtifact([:])
        let inputs: [String: any Artifact] = [
            "model": try settings(runner), "pictures": try pictures(runner), "base": nothing, "vae": nothing,
            "recognizer": nothing, "vision_tower": nothing,
        ]
        func failure(_ stage: String, _ more: [String: any Artifact] = [:]) throws -> String? {
            let parameters: [String: Value] = ["stage": .string(stage), "seed": .integer(1)]
            let error = #expect(throws: (any Error).self) {
                let _: WeightsArtifact = try runner.run(
                    "train_pulid",
                    parameters,
                    inputs: inputs.merging(more) { $1 }
                )
            }
            return error.map { "\($0)" }
        }
        #expect(try failure("two") == "student is needed: stages two and three draw pictures in few steps")
        #expect(try failure("naive") == "loss_net is needed: the identity loss compares faces")
    }

    /// One network out of several, in 16 bits.
    @Test func aNetworkIsPicked() throws {
        let runner = NodeRunner()
        let all = WeightsArtifact(["unet.a": Tensor([1, 2.0001], shape: [2]), "vae.b": .zeros([1])])
        let unet: WeightsArtifact = try runner.run(
            "pick_weights",
            ["network": .string("unet")],
            inputs: ["weights": all]
        )
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(unet.encoded(as: "safetensors", metadata: [])).write(to: URL(fileURLWithPath: path))
        let file = try SafetensorsFile(path: path)
        #expect(file.tensorNames == ["a"])
        #expect(try file.tensor("a").values == [1, 2])
        let error = #expect(throws: (any Error).self) {
            let _: WeightsArtifact = try runner.run(
                "pick_weights",
                ["network": .string("clip")],
                inputs: ["weights": all]
            )
        }
        #expect(error.map { "\($0)" } == "a network named clip is needed: these weights are of unet, vae")
    }

    /// A table for people, and one for programs; nothing is said of what was not measured.
    @Test func gatesAreWritten() throws {
        let gates = try GatesArtifact(
            record: ArtifactRecord(
                kind: "gates",
                values: ["vae_psnr": .number(26.2761), "landmark_error": .number(0.04), "detector": .number(0.95)]
            )
        )
        let text = """
            | network | measured | wanted | passed |
            | --- | --- | --- | --- |
            | vae_psnr | 26.276 | 27 | no |
            | detector | 0.950 | 0.95 | yes |
            | landmark_error | 0.040 | 0.05 | yes |

            """
        #expect(String(decoding: try gates.encoded(as: "md", metadata: []), as: UTF8.self) == text)
        let lines = """
            network,measured,wanted,passed
            vae_psnr,26.276,27,no
            detector,0.950,0.95,yes
            landmark_error,0.040,0.05,yes

            """
        #expect(String(decoding: try gates.encoded(as: "csv", metadata: []), as: UTF8.self) == lines)
        #expect(throws: ArtifactError.damaged(kind: "gates", reason: "vae is no gate with a number")) {
            try GatesArtifact(record: ArtifactRecord(kind: "gates", values: ["vae": .number(1)]))
        }
    }

    /// With what the file says beside them: a tower is none without its number of heads.
    @Test func weightsAreReadFromAFile() throws {
        let tower = WeightsArtifact(["a": Tensor([1, 2.5], shape: [2])], metadata: ["heads": "4"])
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(tower.encoded(as: "safetensors", metadata: [])).write(to: URL(fileURLWithPath: path))
        let read: WeightsArtifact = try NodeRunner().run("load_weights", ["file": .string(path)])
        #expect(read.record == tower.record)
    }

    @Test func aDatasetHasItsPeople() throws {
        let runner = NodeRunner()
        let data = try pictures(runner, ["people": .string("shifted"), "person_count": .integer(25)])
        #expect(try DatasetArtifact(record: data.record).record == data.record)
        let schema = try #require(NodeRegistry.builtin["make_dataset"])
        let problems = try schema.bind(
            parameters: ["seed": .integer(1), "people": .string("shifted"), "person_count": .integer(26)]
        ).problems()
        #expect(problems.map(\.message) == ["there are 25 people in shifted, not 26"])
    }
}
