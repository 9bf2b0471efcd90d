import EngineTestSupport
import Foundation

/// A safetensors file whose header can be changed: keys, shapes and types drawn from those that exist, and numbers of its
/// metadata.
struct OddCheckpoint {
    private struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var bytes: Data
    }

    private let originals: [Entry]
    private let metadata: [String: String]

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

    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = Int(data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) })
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any] ?? [:]
        metadata = header["__metadata__"] as? [String: String] ?? [:]
        originals = header.keys.filter { $0 != "__metadata__" }.sorted().compactMap { name in
            guard let entry = header[name] as? [String: Any], let type = entry["dtype"] as? String,
                let shape = entry["shape"] as? [Int], let ends = entry["data_offsets"] as? [Int]
            else { return nil }
            let start = 8 + length
            return Entry(name: name, type: type, shape: shape, bytes: data[start + ends[0]..<start + ends[1]])
        }
    }

    /// Writes a copy of which up to three tensors, or groups of them, are changed.
    ///
    /// - Returns: names that the original has not
    func write(changedBy random: inout SplitMix, to path: String) throws -> Set<String> {
        var changed = originals
        for _ in 0..<random.int(in: 1...3) { change(&changed, &random) }
        try write(changed, metadata: nil, to: path)
        return Set(changed.map(\.name)).subtracting(originals.map(\.name)).subtracting([""])
    }

    /// Writes a copy with odd numbers in its metadata; without settings it has none to change.
    func write(metadataChangedBy random: inout SplitMix, to path: String) throws {
        var changed = metadata
        if let key = random.pick(metadata.keys.sorted().filter { $0 != "format" }) {
            let numbers = (metadata[key] ?? "").split(separator: ",").map(String.init)
            var list = OddNumbers("[\(numbers.joined(separator: ", "))]")
            list.change(random.int(in: 1...3), &random)
            changed[key] = random.once(in: 10) ? nil : String(list.text.dropFirst().dropLast())
        }
        try write(originals, metadata: changed, to: path)
    }

    private func change(_ entries: inout [Entry], _ random: inout SplitMix) {
        guard !entries.isEmpty else { return }
        let i = random.int(in: 0...entries.count - 1)
        switch random.int(in: 0...7) {
        case 0: entries.remove(at: i)
        case 1:
            let prefix = String(entries[i].name.prefix { $0 != "." })
            entries.removeAll { $0.name.hasPrefix(prefix) && $0.name.count % 3 == 0 }
        case 2: entries[i].name = (random.pick(originals) ?? entries[i]).name + (random.once(in: 2) ? ".weight" : "")
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

    private func write(_ entries: [Entry], metadata: [String: String]?, to path: String) throws {
        var (fields, data, names): ([String], Data, Set<String>) = ([], Data(), [])
        if let metadata {
            let text = String(decoding: try JSONEncoder().encode(metadata), as: UTF8.self)
            fields.append("\"__metadata__\":\(text)")
        }
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
}
