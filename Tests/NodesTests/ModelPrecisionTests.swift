import Checkpoints
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

    private func sdxl(of precision: String, unet: String) throws -> SDXLModel {
        try runner.run("load_sdxl", parameters(["base": Self.tiny + "/sdxl", "unet": unet], precision))
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
            (sdxl(_:), ["unet", "vae", "text"]), (pulid, []), (faces, ["recognition"]),
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

    private static let size = Value.integer(64)

    private func latent(
        _ model: SDXLModel,
        encoding encoder: SDXLModel? = nil,
        timesteps: [Int],
        by runner: NodeRunner? = nil
    ) throws -> LatentArtifact {
        let prompt: PromptArtifact = try self.runner.run(
            "encode_prompt",
            ["text": .string("a hat")],
            inputs: ["model": encoder ?? sdxl("bf16")]
        )
        let steps = Value.list(timesteps.map { .integer(Int128($0)) })
        return try (runner ?? self.runner).run(
            "sample",
            ["seed": .integer(3), "width": Self.size, "height": Self.size, "timesteps": steps],
            inputs: ["model": model, "prompt": prompt]
        )
    }

    /// The tiny UNet in floats of 8 bits, which are a half's upper byte.
    private func unetIn8Bits() throws -> String {
        let unet = try WeightFile.open(WeightFolder.find(Self.tiny + "/sdxl/unet", basename: "diffusion_pytorch_model"))
        var (members, bytes): ([String], [UInt8]) = ([], [])
        for name in unet.tensorNames.sorted() {
            let tensor = try unet.tensor(name), first = bytes.count
            bytes += tensor.values.map { UInt8(Float16($0).bitPattern >> 8) }
            members.append(
                "\"\(name)\":{\"dtype\":\"F8_E5M2\",\"shape\":\(tensor.shape),\"data_offsets\":[\(first),\(bytes.count)]}"
            )
        }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        let path = NSTemporaryDirectory() + "unet-\(UUID().uuidString).safetensors"
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
        try Data(length + header + bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Where noise is strong a picture is composed in bf16; then, and in the VAE, int8 is enough. All else is in bf16.
    @Test func int8IsForDetails() throws {
        let (bf16, int8) = (try records("bf16"), try records("int8"))
        #expect(zip(bf16, int8).map { $0 == $1 } == [true, true, true, false, false, false])
        // Weights of 8 bits are what they are in either.
        let unet = try unetIn8Bits()
        defer { try? FileManager.default.removeItem(atPath: unet) }
        let (in8, in16) = (try sdxl(of: "int8", unet: unet), try sdxl(of: "bf16", unet: unet))
        // Of these sigma is 4.08 and 3.99.
        #expect(try latent(in8, timesteps: [999, 749]).record == latent(in16, timesteps: [999, 749]).record)
        #expect(try latent(in8, timesteps: [999, 744]).record != latent(in16, timesteps: [999, 744]).record)
    }

    /// The UNet's and the VAE's weights take half of the memory, and all steps see the same.
    @Test func int8TakesHalfOfTheMemory() throws {
        let models = [try sdxl("bf16"), try sdxl("int8")]
        let latents = try models.map { model in
            let runner = NodeRunner()
            let latent = try latent(model, timesteps: [999, 749], by: runner)
            return (latent, runner.context.residents.bytes)
        }
        #expect(latents[0].0.record != latents[1].0.record)
        let decoders = try models.map { model in
            let runner = NodeRunner()
            let _: ImageArtifact = try runner.run("decode", inputs: ["model": model, "latent": latents[0].0])
            return runner.context.residents.bytes
        }
        for (in16, in8) in [(latents[0].1, latents[1].1), (decoders[0], decoders[1])] {
            #expect((0.5..<0.6).contains(Double(in8) / Double(in16)), "\(in8) of \(in16) bytes")
        }
    }

    /// LoRAs on the weights that int8 keeps: the latent is about as near to that in f32 as it is without them, and the same by
    /// all instructions and threads.
    @Test func int8UnderLoRAs() throws {
        func latent(_ precision: String, scale: Double) throws -> Tensor {
            var values = parameters(["base": goldenFolder + "/sdxl"], precision)
            let file = goldenFolder + "/../CheckpointsTests/Goldens/lora/kohya.safetensors"
            values["loras"] = .list([.map(["file": .string(file), "scale": .number(scale)])])
            let model: SDXLModel = try runner.run("load_sdxl", values)
            return try self.latent(model, encoding: model, timesteps: [744, 500, 250]).latent
        }
        func distance(_ a: Tensor, _ b: Tensor) -> Float {
            zip(a.values, b.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let (plain, exact, rounded) = try (latent("f32", scale: 0), latent("f32", scale: 1), latent("int8", scale: 1))
        let off = distance(plain, try latent("int8", scale: 0))
        #expect(off > 0 && distance(exact, rounded) < 2 * off)
        #expect(distance(exact, plain) > 10 * off)
        for level in [KernelLevel.avx2, .avx512, .amx] where level.isAvailable {
            for threads in [1, 3] {
                let found = try ComputeSettings.with(kernels: level, threads: threads) { try latent("int8", scale: 1) }
                #expect(found.values == rounded.values, "\(level), \(threads) threads")
            }
        }
    }

    @Test func facesOnlyWhereAsked() throws {
        let faces = [try records("f32")[0], try records("f32", detecting: "bf16")[0]]
        #expect(faces[0] != faces[1])
    }
}
