import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import ModelFiles
import Nodes
import TensorTestSupport

/// One checkpoint whose header was changed (keys, shapes and types drawn from those that exist), inspected, loaded as a base,
/// a UNet or a VAE, and run for one step: case n is the same everywhere.
struct OddHeaders {
    private struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var bytes: Data
    }

    private let folder: ModelFolder
    private let entries: [Entry]
    private let path: String

    private static let sizes = [
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1,
    ]

    /// What merges and other programs leave in such files.
    private static let strangers = [
        "v_pred", "ztsnr", "edm_mean", "edm_std", "edm_vpred.sigma_max", "edm_vpred.sigma_min", "scaled_fp8",
        "model.diffusion_model.scaled_fp8", "cond_stage_model.transformer.text_model.embeddings.position_ids",
        "cond_stage_model.model.ln_final.weight", "conditioner.embedders.0.model.ln_final.weight", "betas",
        "model_ema.decay", "control_model.input_blocks.0.0.weight", "double_blocks.0.img_attn.proj.weight",
        "lora_unet_mid_block_attentions_0_proj_in.alpha", "model.diffusion_model.out.2.scale_weight",
        "first_stage_model.loss.logvar", "id_adapter.body.0.weight", "image_proj.body.0.weight", "1.weight",
        "down_blocks.0.resnets.0.conv1.weight", "visual.trunk.blocks.0.mlp.fc1_g.weight", "alphas_cumprod",
        "conditioner.embedders.1.model.logit_scale", "model.diffusion_model.label_emb.0.1.weight", "clip_l", "clip_g",
    ]

    init() throws {
        folder = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath.replacing("Odd/", with: "")))
        for part in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try FileManager.default.copyItem(atPath: "\(goldenFolder)/sdxl/\(part)", toPath: "\(folder.path)/\(part)")
        }
        path = "\(folder.path)/odd.safetensors"
        let source = Golden.path("single_file/model.safetensors", #filePath.replacing("Odd/", with: ""))
        let data = try Data(contentsOf: URL(fileURLWithPath: source))
        let length = Int(data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) })
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any] ?? [:]
        entries = header.keys.filter { $0 != "__metadata__" }.sorted().compactMap { name in
            guard let entry = header[name] as? [String: Any], let type = entry["dtype"] as? String,
                let shape = entry["shape"] as? [Int], let ends = entry["data_offsets"] as? [Int]
            else { return nil }
            let start = 8 + length
            return Entry(name: name, type: type, shape: shape, bytes: data[start + ends[0]..<start + ends[1]])
        }
    }

    /// - Throws: `OddEnd` for an error that names neither a file nor what does not fit
    func run(_ number: Int) throws {
        var random = SplitMix(UInt64(number))
        var changed = entries
        for _ in 0..<random.int(in: 1...3) { change(&changed, &random) }
        try write(changed)
        let inspection = FileInspection(path: path)
        var parameters: [String: Value] = [:]
        switch random.int(in: 0...5) {
        case 0: parameters = ["base": .string(folder.path), "unet": .string(path)]
        case 1: parameters = ["base": .string(folder.path), "vae": .string(path)]
        case 2: parameters = ["base": .string(path)]
        default: parameters = ["base": .string(path), "config": .string(folder.path)]
        }
        if random.once(in: 4) {
            parameters["prediction"] = .string(random.pick(["noise", "velocity", "image"]) ?? "noise")
        }
        if random.once(in: 8) { parameters["zero_snr"] = .string(random.pick(["diffusers", "comfyui"]) ?? "comfyui") }
        do { try draw(parameters, &random) } catch {
            let text = "\(error)"
            let isLocated =
                text.contains(folder.path) || text.contains("is defined for DDPM's") || text.contains("noise levels")
                || text.contains("both sides must be multiples") || text.contains("cannot be spaced")
            guard isLocated else { throw OddEnd(description: "\(parameters), \(inspection.kind): \(error)") }
        }
    }

    private func change(_ entries: inout [Entry], _ random: inout SplitMix) {
        guard !entries.isEmpty else { return }
        let i = random.int(in: 0...entries.count - 1)
        switch random.int(in: 0...7) {
        case 0: entries.remove(at: i)
        case 1:
            let prefix = String(entries[i].name.prefix { $0 != "." })
            entries.removeAll { $0.name.hasPrefix(prefix) && $0.name.count % 3 == 0 }
        case 2: entries[i].name = (random.pick(self.entries) ?? entries[i]).name + (random.once(in: 2) ? ".weight" : "")
        case 3:
            let prefix = String(entries[i].name.prefix { $0 != "." })
            let all = random.once(in: 3)
            for k in entries.indices where all || entries[k].name.hasPrefix(prefix) {
                entries[k].name = String(entries[k].name.drop { $0 != "." }.dropFirst())
            }
        case 4:
            var shape = entries[i].shape
            if !shape.isEmpty {
                let axis = random.int(in: 0...shape.count - 1)
                shape[axis] = random.pick([0, 1, shape[axis] + 1, 2 * shape[axis], 9, 8, 16]) ?? 1
            }
            if random.once(in: 3) { shape.reverse() }
            if random.once(in: 6) { shape.append(1) }
            resize(&entries[i], shape, entries[i].type)
        case 5, 6:
            let type = random.pick(Self.sizes.keys.sorted()) ?? "F32"
            let whole = random.once(in: 3)
            for k in entries.indices where whole || k == i { resize(&entries[k], entries[k].shape, type) }
        default:
            let type = random.pick(Self.sizes.keys.sorted()) ?? "F32"
            var stranger = Entry(name: random.pick(Self.strangers) ?? "betas", type: type, shape: [], bytes: Data())
            resize(&stranger, random.pick([[], [0], [1], [4], [2], [1, 77], [4, 4, 3, 3]]) ?? [1], type)
            entries.append(stranger)
        }
    }

    /// The same bytes where there are as many, else zeros.
    private func resize(_ entry: inout Entry, _ shape: [Int], _ type: String) {
        let bytes = shape.reduce(Self.sizes[type] ?? 4, *)
        if bytes != entry.bytes.count { entry.bytes = Data(count: bytes) }
        (entry.shape, entry.type) = (shape, type)
    }

    private func write(_ entries: [Entry]) throws {
        var (fields, data, names): ([String], Data, Set<String>) = ([], Data(), [])
        for entry in entries where names.insert(entry.name).inserted && !entry.name.isEmpty {
            let shape = entry.shape.map(String.init).joined(separator: ",")
            let ends = "\(data.count),\(data.count + entry.bytes.count)"
            fields.append(
                "\"\(entry.name)\":{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(ends)]}"
            )
            data += entry.bytes
        }
        let header = Data("{\(fields.joined(separator: ","))}".utf8)
        try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + data)
            .write(to: URL(fileURLWithPath: path))
    }

    private func draw(_ parameters: [String: Value], _ random: inout SplitMix) throws {
        let runner = NodeRunner(context: RunContext(fileDigest: { Digest(of: $0.utf8) }))
        let model = try runner.run("load_sdxl", as: SDXLModel.self, parameters)
        let prompt = try runner.run(
            "encode_prompt",
            as: PromptArtifact.self,
            ["text": .string("a person in a garden")],
            inputs: ["model": model]
        )
        let latent = try runner.run(
            "sample",
            as: LatentArtifact.self,
            [
                "seed": .integer(1), "steps": .integer(1), "width": .integer(16), "height": .integer(16),
                "guidance": .number(1),
                "sampler": .string(random.pick(["ddim", "dpmpp_2m", "euler", "lcm", "tcd"]) ?? "euler"),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        _ = try runner.run("decode", as: ImageArtifact.self, inputs: ["model": model, "latent": latent])
    }
}
