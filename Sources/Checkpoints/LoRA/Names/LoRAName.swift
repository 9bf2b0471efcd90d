/// The name of a tensor in a LoRA file, cut into the layer's and what it is there.
///
/// diffusers: loaders/lora_conversion_utils.py; PEFT: utils/save_and_load.py; LyCORIS: modules/*.py, `weight_list`
struct LoRAName: Hashable, Sendable {
    /// The layer as the file calls it.
    let layer: String
    let part: LoRAPart

    /// nil for what no LoRA holds.
    init?(_ name: String) {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // The longest ending that is a part's: `lora_up.weight` and not `weight`.
        for start in path.indices.dropFirst() {
            if let part = Self.part(path[start...]) {
                layer = path[..<start].joined(separator: ".")
                self.part = part
                return
            }
            // diffusers' older files: `to_q_lora.down.weight` of the layer `to_q`.
            let ending = "_lora"
            if path[start].hasSuffix(ending), let part = Self.matrices[path[(start + 1)...].joined(separator: ".")] {
                let layer = path[..<start] + [String(path[start].dropLast(ending.count))]
                self.layer = layer.joined(separator: ".")
                self.part = part
                return
            }
        }
        return nil
    }

    private static let matrices: [String: LoRAPart] = ["up.weight": .up, "down.weight": .down]

    /// Other endings than a part's own.
    private static let others: [String: LoRAPart] = [
        "lora_A.weight": .down, "lora_B.weight": .up, "lora_up.bias": .upBias, "lora.down.weight": .down,
        "lora.up.weight": .up, "lora_linear_layer.down.weight": .down, "lora_linear_layer.up.weight": .up,
        "lora_magnitude_vector.weight": .magnitude,
    ]

    private static func part(_ path: ArraySlice<String>) -> LoRAPart? {
        let ending = path.joined(separator: ".")
        if let part = LoRAPart(rawValue: ending) ?? others[ending] { return part }
        // PEFT puts its adapter's name in, as in `lora_A.default.weight`, where a file was not written by its own saving.
        guard path.count >= 2, let first = path.first, isPEFT(first) else { return nil }
        return part([first] + path.dropFirst(2))
    }

    private static func isPEFT(_ name: String) -> Bool {
        ["lora_A", "lora_B", "lora_magnitude_vector", "oft_R", "boft_R", "boft_s", "ia3_l"].contains(name)
            || name.hasPrefix("hada_") || name.hasPrefix("lokr_")
    }
}
