import Checkpoints
import Foundation
import Graph
import Nodes
import Synchronization
import TensorTestSupport
import Tensors
import Testing

/// Where, when and how strongly identities act in `sample`, on the random SDXL folder: whole renders against diffusers'
/// pipeline with PuLID's processors, and what must hold whatever the weights.
struct IdentitiesTests {
    let runner: NodeRunner
    let golden = Golden("identities.safetensors", #filePath)
    let model: SDXLModel
    let pulid: PuLIDModel
    let prompt: PromptArtifact
    let warnings = Warnings()

    private static let tower = Value.string(
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../models/tiny/eva_clip.safetensors").standardizedFileURL.path
    )

    final class Warnings: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    init() throws {
        runner = NodeRunner()
        model = try runner.run("load_sdxl", ["base": .string(goldenFolder + "/sdxl")])
        let attention = Value.string(goldenFolder + "/pulid_attention.safetensors")
        pulid = try runner.run("load_pulid", ["weights": attention, "eva_clip": Self.tower])
        prompt = .golden()
    }

    /// Ten tokens, as v1 makes them, for 0; 32, as v1.1 does, for 1.
    private func person(_ i: Int) -> IdentityArtifact {
        IdentityArtifact(id: golden["id.\(i)"], uncond: golden["uncond.\(i)"])
    }

    private func place(
        _ person: IdentityArtifact,
        mask: Tensor? = nil,
        _ settings: [String: Value] = [:]
    ) throws -> IdentityArtifact {
        var inputs: [String: any Artifact] = ["identity": person]
        if let mask { inputs["mask"] = ImageArtifact(mask) }
        return try runner.run("place_id", settings, inputs: inputs)
    }

    private func sample(
        _ people: [IdentityArtifact],
        _ settings: [String: Value] = [:],
        pulid: PuLIDModel? = nil
    ) throws -> Tensor {
        func items(_ artifacts: [any Artifact]) -> [InputValue] {
            artifacts.map { InputValue(cell: Cell(), $0) }
        }
        let usual: [String: Value] = ["seed": .integer(42), "width": .integer(64), "height": .integer(96)]
        let inputs = [
            "model": items([model]), "prompt": items([prompt]), "pulid": items([pulid ?? self.pulid]),
            "identity": items(people),
        ]
        let node = try #require(NodeRegistry.builtin["sample"]).bind(
            parameters: usual.merging(settings) { _, new in new },
            inputs: inputs.filter { !$0.value.isEmpty }
        )
        let context = RunContext(
            fileDigest: runner.context.fileDigest,
            warn: { [warnings] in warnings.add($0) },
            residents: runner.context.residents
        )
        return try #require(try node.run(context) as? LatentArtifact).latent
    }

    private func problems(_ kind: String, _ settings: [String: Value]) throws -> [ParameterProblem] {
        try #require(NodeRegistry.builtin[kind]).bind(parameters: settings).problems()
    }

    private func flat(_ brightness: Float) -> Tensor { Tensor(repeating: brightness * 2 - 1, shape: [1, 3, 20, 30]) }

    // MARK: - Whole renders

    @Test func eachInPlaceWithSettingsOfTheirOwn() throws {
        let latent = try sample([
            place(person(0), mask: golden["mask.0"], ["mode": .string("fidelity")]),
            place(
                person(1),
                mask: golden["mask.1"],
                [
                    "id_scale": .number(1.5), "mode": .string("style"), "start_at": .number(0.25),
                    "end_at": .number(0.8),
                ]
            ),
        ])
        assertClose(latent, golden["each_in_place"], relative: 8.7e-6, "render of two people with masks and a window")
        #expect(warnings.all == [])
    }

    @Test func oneAfterTheOtherWithoutGuidance() throws {
        let latent = try sample(
            [place(person(0), ["end_at": .number(0.5)]), place(person(1), ["start_at": .number(0.5)])],
            [
                "guidance": .number(1), "sampler": .string("euler"), "steps": .integer(6), "id_scale": .number(1),
                "mode": .string("neutral"),
            ]
        )
        assertClose(latent, golden["one_after_the_other"], relative: 8.7e-6, "render of two people in turn")
    }

    /// With the weights of v1.1 its demo's settings are the ones that hold unless others are given.
    @Test func theVersionDecidesWhatHoldsWithoutAMode() throws {
        let folder = NSTemporaryDirectory() + "pulid-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let attention = try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors")
        var writer = SafetensorsWriter()
        for entry in attention.entries { writer.add(entry.name, try attention.tensor(entry.name)) }
        let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../models/tiny").standardizedFileURL.path
        try TinyIDFormer.write(to: folder + "/encoder.safetensors", insteadOf: models + "/pulid.safetensors")
        let encoder = try SafetensorsFile(path: folder + "/encoder.safetensors")
        for entry in encoder.entries where entry.name.hasPrefix("id_adapter.") {
            writer.add(entry.name, try encoder.tensor(entry.name))
        }
        try writer.write(to: folder + "/pulid_v1.1.safetensors")
        let weights = Value.string(folder + "/pulid_v1.1.safetensors")
        let v1_1: PuLIDModel = try runner.run("load_pulid", ["weights": weights, "eva_clip": Self.tower])

        let latent = try sample([person(1)], ["guidance": .number(7)], pulid: v1_1)
        assertClose(latent, golden["v1_1"], relative: 8.7e-6, "render with PuLID v1.1's settings")
        #expect(try sample([person(1)], ["guidance": .number(7)]).values != latent.values)
        let fidelity: [String: Value] = ["mode": .string("fidelity")]
        #expect(try sample([person(1)], fidelity, pulid: v1_1).values == sample([person(1)]).values)
    }

    // MARK: - What must hold

    @Test func aPlacementThatSaysNothingChangesNoBit() throws {
        let plain = try sample([person(0)]).values
        #expect(try sample([place(person(0))]).values == plain)
        #expect(try sample([place(person(0), mask: flat(1), ["end_at": .number(1)])]).values == plain)
        let twice = try place(place(person(0), ["id_scale": .number(2)]), ["id_scale": .number(0.8)])
        #expect(try sample([twice]).values == plain)
    }

    @Test func nobodyIsABlackMaskOrAScaleOfZeroOrAWindowWithoutSteps() throws {
        let nobody = try sample([]).values
        #expect(try sample([place(person(0), ["id_scale": .number(0)])]).values == nobody)
        #expect(try sample([person(0)], ["id_scale": .number(0)]).values == nobody)
        #expect(warnings.all == [])
        #expect(try sample([place(person(0), mask: flat(0))]).values == nobody)
        #expect(warnings.all == ["the identity never acts: its mask is black at the size of the attention"])
        #expect(try sample([place(person(0), ["start_at": .number(0.8)])]).values == nobody)
        #expect(warnings.all.last == "the identity never acts: none of 4 steps lies from 0.8 to 1.0")
        let other = try sample([place(person(0), ["start_at": .number(0.8)]), person(1)]).values
        #expect(try other == sample([person(1)]).values)
        #expect(warnings.all.last == "identity 1 of 2 never acts: none of 4 steps lies from 0.8 to 1.0")
    }

    /// The identity's own settings go before those of `sample`, and a number before a mode.
    @Test func theNearerSettingHolds() throws {
        func number(_ name: String, _ value: Int) -> [String: Value] { [name: .integer(Int128(value))] }
        let style: [String: Value] = ["mode": .string("style")]
        let spelt = try sample([person(0)], ["num_zero": .integer(16), "ortho": .string("v1")]).values
        #expect(try sample([person(0)], style).values == spelt)
        #expect(try sample([place(person(0), style)], number("num_zero", 3)).values == spelt)
        #expect(try sample([place(person(0), style)], ["mode": .string("neutral")]).values == spelt)
        let three = try sample([person(0)], ["num_zero": .integer(3), "ortho": .string("v1")]).values
        #expect(try sample([person(0)], style.merging(number("num_zero", 3)) { $1 }).values == three)
        #expect(try sample([place(person(0), number("num_zero", 3))], style).values == three)
        let neutral = try sample([person(0)], ["num_zero": .integer(0), "ortho": .string("off")]).values
        #expect(try sample([person(0)], ["mode": .string("neutral")]).values == neutral)
        let fidelity = try sample([person(0)], ["num_zero": .integer(8), "ortho": .string("v2")]).values
        #expect(try sample([person(0)], ["mode": .string("fidelity")]).values == fidelity)
        #expect(try sample([person(0)]).values == fidelity)
        #expect(Set([spelt, three, neutral, fidelity]).count == 4)
    }

    @Test func aRecordHoldsThePlacement() throws {
        let settings: [String: Value] = [
            "id_scale": .number(1.5), "mode": .string("style"), "num_zero": .integer(3), "ortho": .string("off"),
            "start_at": .number(0.25), "end_at": .number(0.75),
        ]
        let placed = try place(person(0), mask: golden["mask.0"], settings)
        #expect(placed.record.values == settings)
        let again = try IdentityArtifact(record: placed.record)
        #expect(again.record == placed.record)
        #expect(try sample([again]).values == sample([placed]).values)
        // Who it is alone goes into a file, and an identity that nobody placed has the record it always had.
        let file = try placed.encoded(as: "safetensors", metadata: [])
        #expect(try file == person(0).encoded(as: "safetensors", metadata: []))
        #expect(person(0).record.values == [:] && Set(person(0).record.blocks.keys) == ["id", "uncond"])
        let damaged = ArtifactRecord(
            kind: "identity",
            blocks: placed.record.blocks,
            values: ["mode": .string("likeness")]
        )
        #expect(throws: ArtifactError.damaged(kind: "identity", reason: "a setting has another form")) {
            try IdentityArtifact(record: damaged)
        }
    }

    // MARK: - What is refused

    @Test func windowsThatEndBeforeTheyStart() throws {
        for kind in ["place_id", "sample"] {
            let seed: [String: Value] = kind == "sample" ? ["seed": .integer(1)] : [:]
            func found(_ start: Double, _ end: Double) throws -> [ParameterProblem] {
                try problems(kind, seed.merging(["start_at": .number(start), "end_at": .number(end)]) { $1 })
            }
            #expect(
                try found(0.75, 0.5) == [
                    ParameterProblem(
                        "start_at",
                        "start_at is 0.75 and end_at 0.5: the identity would never act",
                        hint: "start_at comes before end_at; 0 and 1 are the whole way, "
                            + "and id_scale: 0 is without the identity"
                    )
                ]
            )
            #expect(try found(0.5, 0.5).count == 1)
            #expect(try found(0, 1) == [] && found(0.5, 0.75) == [])
        }
        // Each of them says one end.
        let error = #expect(throws: (any Error).self) {
            try sample([person(1), place(person(0), ["start_at": .number(0.5)])], ["end_at": .number(0.25)])
        }
        #expect(
            "\(try #require(error))"
                == "identity 2 of 2 would never act: it starts at 0.5 and ends at 0.25; give place_id both start_at and end_at"
        )
    }

    @Test func identitiesOfAnotherModelAreNamed() throws {
        let narrow = IdentityArtifact(id: .zeros([1, 10, 64]), uncond: .zeros([1, 10, 64]))
        let error = #expect(throws: (any Error).self) { try sample([person(0), narrow]) }
        #expect(
            "\(try #require(error))"
                == "identity 2 of 2 has shape [1, 10, 64], expected [1, 10, 72]: it was encoded with a PuLID of another model"
        )
    }
}
