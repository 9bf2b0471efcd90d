/// What a tensor of a LoRA file is to its layer; the raw values are the commonest endings of its name.
enum LoRAPart: String, Hashable, Sendable, CaseIterable {
    // LoRA, LoCon
    case up = "lora_up.weight"
    case down = "lora_down.weight"
    case mid = "lora_mid.weight"
    case upBias = "lora_B.bias"
    // DoRA
    case doraScale = "dora_scale"
    case magnitude = "lora_magnitude_vector"
    // LoHa
    case hadaW1A = "hada_w1_a"
    case hadaW1B = "hada_w1_b"
    case hadaW2A = "hada_w2_a"
    case hadaW2B = "hada_w2_b"
    case hadaT1 = "hada_t1"
    case hadaT2 = "hada_t2"
    // LoKr
    case lokrW1 = "lokr_w1"
    case lokrW1A = "lokr_w1_a"
    case lokrW1B = "lokr_w1_b"
    case lokrW2 = "lokr_w2"
    case lokrW2A = "lokr_w2_a"
    case lokrW2B = "lokr_w2_b"
    case lokrT2 = "lokr_t2"
    // GLoRA
    case gloraA1 = "a1.weight"
    case gloraA2 = "a2.weight"
    case gloraB1 = "b1.weight"
    case gloraB2 = "b2.weight"
    // LyCORIS's full and norm
    case difference = "diff"
    case biasDifference = "diff_b"
    case normDifference = "w_norm"
    case normBiasDifference = "b_norm"
    // (IA)3
    case onInput = "on_input"
    case activationScale = "ia3_l"
    // OFT, BOFT
    case oftBlocks = "oft_blocks"
    case rescale = "rescale"
    case oftVectors = "oft_R.weight"
    case isScaledOFT = "oft_R.scaled_oft"
    case boftBlocks = "boft_R"
    case boftScale = "boft_s"
    // Whole parameters
    case weight = "weight"
    case bias = "bias"
    case baseBias = "base_layer.bias"
    case givenWeight = "set_weight"
    // Numbers that count for the others
    case alpha = "alpha"
    case scalar = "scalar"

    /// Whether no other file of weights has such names.
    var isDistinctive: Bool {
        switch self {
        case .weight, .bias, .rescale, .alpha, .scalar, .gloraA1, .gloraA2, .gloraB1, .gloraB2: false
        default: true
        }
    }

    /// Whether such a name says an adapter whatever the layer is called.
    var isAdapters: Bool { ["LoRA", "DoRA", "LoHa", "LoKr", "(IA)3", "OFT", "BOFT"].contains(kind) }

    /// The kind that it is of, for messages about what cannot be used.
    var kind: String {
        switch self {
        case .up, .down, .mid, .upBias: "LoRA"
        case .doraScale, .magnitude: "DoRA"
        case .hadaW1A, .hadaW1B, .hadaW2A, .hadaW2B, .hadaT1, .hadaT2: "LoHa"
        case .lokrW1, .lokrW1A, .lokrW1B, .lokrW2, .lokrW2A, .lokrW2B, .lokrT2: "LoKr"
        case .gloraA1, .gloraA2, .gloraB1, .gloraB2: "GLoRA"
        case .difference, .biasDifference: "difference"
        case .normDifference, .normBiasDifference: "norm"
        case .onInput, .activationScale: "(IA)3"
        case .oftBlocks, .rescale, .oftVectors, .isScaledOFT: "OFT"
        case .boftBlocks, .boftScale: "BOFT"
        case .weight, .bias, .baseBias, .givenWeight: "whole parameter"
        case .alpha: "alpha"
        case .scalar: "scalar"
        }
    }
}
