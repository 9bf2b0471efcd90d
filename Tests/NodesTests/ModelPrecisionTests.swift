import Foundation
import Graph
import Kernels
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// A model's precision is a part of it: of its reference, of what it computes, and of nothing else.
struct ModelPrecisionTests {
    private static let tiny =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/models/tiny"
    private let runner = NodeRunner()

    private func sdxl(_ precision: String?) throws -> SDXLModel {
        try runner.run("load_sdxl", parameters(["base": Self.tiny + "/sdxl"], precision))
    }

    private func pulid(_ precision: String?) throws -> PuLIDModel {
        let files = ["weights": Self.tiny + "/pulid.safetensors", "eva_clip": Self.tiny + "/eva_clip.safetensors"]
        return try runner.run("load_pulid", parameters(files, precision))
    }

    private func faces(_ precision: String?) throws -> FaceModels {
        try runner.run("load_face_models", parameters(["folder": Self.tiny + "/face"], precision))
    }

    private func parameters(_ paths: [String: String], _ precision: String?) -> [String: Value] {
        var values = paths
        values["precision"] = precision
        return values.mapValues { .string($0) }
    }

    /// Without a precision models have the references, and so the keys, that they always had.
    @Test func references() throws {
        for (make, parts): ((String?) throws -> any Artifact, [String]) in [
            (sdxl, ["unet", "vae", "text"]), (pulid, []), (faces, ["recognition"]),
        ] {
            let (usual, f32, bf16) = (try make(nil), try make("f32"), try make("bf16"))
            #expect(usual.record == f32.record)
            #expect(usual.record.values["precision"] == nil)
            #expect(bf16.record.values["precision"] == .string("bfloat16 1"))
            let auto = try make("auto").record
            #expect(auto == (KernelLevel.best == .amx ? bf16 : f32).record)
            for part in parts {
                #expect(f32.part(part).record != bf16.part(part).record, "\(part)")
            }
        }
        // The UNet's precision is that of the identity attention within it, and a training takes settings alone.
        #expect(try pulid("bf16").part("attention").record == pulid(nil).part("attention").record)
        #expect(try sdxl("bf16").part("settings").record == sdxl(nil).part("settings").record)
    }

    /// From photo to picture, each network in the precision of its model: what each node gives.
    private func records(_ precision: String, detecting: String = "f32") throws -> [ArtifactRecord] {
        let (sdxl, pulid, faces) = (try sdxl(precision), try pulid(precision), try faces(detecting))
        let photo: ImageArtifact = try runner.run("draw_face", ["seed": .integer(3), "size": .integer(96)])
        let face: FaceArtifact = try runner.run("load_face", inputs: ["image": photo, "models": faces])
        let identity: IdentityArtifact = try runner.run("encode_id", inputs: ["face": face, "pulid": pulid])
        let text: [String: Value] = ["text": .string("a portrait"), "negative": .string("blurry")]
        let prompt: PromptArtifact = try runner.run("encode_prompt", text, inputs: ["model": sdxl])
        let size = Value.integer(64)
        let latent: LatentArtifact = try runner.run(
            "sample",
            ["seed": .integer(3), "width": size, "height": size, "steps": .integer(2)],
            inputs: ["model": sdxl, "prompt": prompt, "identity": identity, "pulid": pulid]
        )
        let image: ImageArtifact = try runner.run("decode", inputs: ["model": sdxl, "latent": latent])
        let encoded: LatentArtifact = try runner.run("encode_image", inputs: ["model": sdxl, "image": image])
        return [face.record, identity.record, prompt.record, latent.record, image.record, encoded.record]
    }

    @Test(arguments: ["bf16", "int8"])
    func everyLevelGivesTheSame(_ precision: String) throws {
        let exact = try records("f32")
        let rounded = try records(precision)
        // The face is what it was; all else differs.
        #expect(zip(exact, rounded).map { $0 == $1 } == [true, false, false, false, false, false])
        for level in [KernelLevel.avx2, .avx512, .amx] where level.isAvailable {
            for threads in [1, 3] {
                let found = try ComputeSettings.with(kernels: level, threads: threads) { try records(precision) }
                #expect(found == rounded, "\(level), \(threads) threads")
            }
        }
    }

    /// Where noise is strong a picture is composed in bf16; then, and in the VAE, int8 is enough. All else is in bf16.
    @Test func int8IsForDetails() throws {
        let (bf16, int8) = (try records("bf16"), try records("int8"))
        #expect(zip(bf16, int8).map { $0 == $1 } == [true, true, true, false, false, false])
        let (sdxl, prompt) = (try sdxl("int8"), try sdxl("bf16"))
        let text: PromptArtifact = try runner.run(
            "encode_prompt",
            ["text": .string("a hat")],
            inputs: ["model": prompt]
        )
        let size = Value.integer(64)
        func latent(_ model: SDXLModel, timesteps: [Int]) throws -> ArtifactRecord {
            let latent: LatentArtifact = try runner.run(
                "sample",
                [
                    "seed": .integer(3), "width": size, "height": size,
                    "timesteps": .list(timesteps.map { .integer(Int128($0)) }),
                ],
                inputs: ["model": model, "prompt": text]
            )
            return latent.record
        }
        // Of these sigma is 4.08 and 3.99.
        #expect(try latent(sdxl, timesteps: [999, 749]) == latent(prompt, timesteps: [999, 749]))
        #expect(try latent(sdxl, timesteps: [999, 744]) != latent(prompt, timesteps: [999, 744]))
    }

    @Test func facesOnlyWhereAsked() throws {
        let faces = [try records("f32")[0], try records("f32", detecting: "bf16")[0]]
        #expect(faces[0] != faces[1])
    }
}
