import Graph

/// The text that A1111's web UI and its kin write into pictures: the prompt, the negative prompt, and a line of settings.
public struct GenerationParameters: Sendable {
    let prompt: String
    let negative: String
    /// In the order of the text.
    let settings: [(name: String, value: String)]

    /// - Returns: nil for a text without such a line of settings.
    public init?(_ text: String) {
        // UTF-16 line ends and others are of no matter.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
        }
        guard let last = lines.lastIndex(where: { $0.hasPrefix("Steps: ") }),
            last == lines.lastIndex(where: { !$0.isEmpty })
        else { return nil }
        let begin = lines[..<last].firstIndex { $0.hasPrefix("Negative prompt:") }
        prompt = lines[..<(begin ?? last)].joined(separator: "\n")
        negative =
            begin.map { begin in
                let first = lines[begin].dropFirst("Negative prompt:".count)
                return ([String(first.first == " " ? first.dropFirst() : first)] + lines[(begin + 1)..<last])
                    .joined(separator: "\n")
            } ?? ""
        settings = Self.settings(lines[last])
    }

    /// `Steps: 20, Sampler: Euler a, Lora hashes: "a: 1, b: 2"`
    private static func settings(_ line: String) -> [(name: String, value: String)] {
        var result: [(String, String)] = []
        var rest = line[...]
        while let colon = rest.firstIndex(of: ":"), result.count < 200 {
            let name = rest[..<colon].trimmed
            rest = rest[rest.index(after: colon)...].drop { $0 == " " }
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    if character == "\\", let next = rest.first {
                        value.append(next)
                        rest = rest.dropFirst()
                    } else {
                        value.append(character)
                    }
                }
                rest = rest.drop { $0 != "," }
            } else {
                value = rest.prefix { $0 != "," }.trimmed
                rest = rest.drop { $0 != "," }
            }
            rest = rest.dropFirst()
            result.append((name, value))
        }
        return result
    }

    private subscript(_ name: String) -> String? { settings.first { $0.name == name }?.value }

    private static let samplers: [String: (sampler: String, schedule: String)] = [
        "euler": ("euler", "normal"), "euler a": ("euler_ancestral", "normal"), "dpm++ 2m": ("dpmpp_2m", "karras"),
        "dpm++ sde": ("dpmpp_sde", "karras"), "dpm++ 2m sde": ("dpmpp_2m_sde", "exponential"),
        "heun": ("heun", "normal"), "unipc": ("uni_pc", "normal"), "lcm": ("lcm", "lcm"), "ddim": ("ddim", "leading"),
    ]
    private static let schedules: [String: String] = [
        "karras": "karras", "exponential": "exponential", "sgm uniform": "sgm_uniform", "simple": "simple",
        "normal": "normal",
        "uniform": "normal", "beta": "beta", "align your steps": "align_your_steps", "kl optimal": "kl_optimal",
        "polyexponential": "exponential",
    ]
    /// Of those that say nothing of the picture, or only what its models are.
    private static let silent: Set<String> = [
        "Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model", "Model hash", "VAE", "VAE hash",
        "Version",
        "RNG", "Lora hashes", "TI hashes", "Hashes", "Created Date", "Denoising strength", "Clip skip",
    ]

    // MARK: - A recipe

    /// - Parameters:
    ///   - name: the recipe's
    ///   - folder: the web UI's, in which `models` lies, as seen from the recipe
    public func recipe(name: String, folder: String) -> RecipeDraft {
        var draft = RecipeDraft(name: name)
        func path(_ place: String, _ name: String) -> Value {
            let whole = "\(folder)/\(place)/\(name.replacing("\\", with: "/"))"
            return Self.literal(whole.hasPrefix("./") ? String(whole.dropFirst(2)) : whole)
        }
        if self["Model"] == nil { draft.remark("no model is named: put one in the place of model.safetensors") }
        let base = RecipeDraft.Entry.value(
            draft.file("base", path("models/Stable-diffusion", "\(self["Model"] ?? "model").safetensors"))
        )
        let (text, loras) = Self.withoutLoRAs(prompt)
        let (negative, _) = Self.withoutLoRAs(negative)
        var model: [(key: String, entry: RecipeDraft.Entry)] = [("base", base)]
        if !loras.isEmpty {
            let list = loras.map { lora in
                let file = draft.file("lora", path("models/Lora", "\(lora.name).safetensors"))
                return Value.map(["file": file, "scale": .number(lora.scale)])
            }
            model.append(("loras", .value(.list(list))))
        }
        if let vae = self["VAE"], !["None", "Automatic"].contains(vae) {
            model.append(("vae", .value(draft.file("vae", path("models/VAE", vae)))))
        }
        let sdxl = draft.add("sdxl", "load_sdxl", model)
        let encoded = draft.add(
            "prompt",
            "encode_prompt",
            [
                ("model", .node(sdxl)), ("text", draft.param("prompt", Self.literal(text))),
                ("negative", draft.param("negative", Self.literal(negative))),
                ("weighting", .value(.string("comfyui"))), ("overflow", .value(.string("chunks"))),
            ]
        )
        let latent = draft.add(
            "latent",
            "sample",
            [("model", .node(sdxl)), ("prompt", .node(encoded))] + sampling(&draft)
        )
        let image = draft.add("image", "decode", [("model", .node(sdxl)), ("latent", .node(latent))])
        draft.outputs.append(("picture.png", image))
        remark(&draft, text + negative)
        return draft
    }

    private func sampling(_ draft: inout RecipeDraft) -> [(key: String, entry: RecipeDraft.Entry)] {
        var words = (self["Sampler"] ?? "").lowercased()
        var schedule: String?
        for (name, found) in Self.schedules where words.hasSuffix(" \(name)") {
            schedule = found
            words = String(words.dropLast(name.count + 1))
        }
        let named = Self.samplers[words]
        if named == nil {
            draft.remark(
                "there is no sampler \(self["Sampler"] ?? "") here, and euler in its place gives another picture"
            )
        }
        let (sampler, usual) = named ?? ("euler", "normal")
        if let type = self["Schedule type"]?.lowercased(), type != "automatic" {
            schedule = Self.schedules[type]
            if schedule == nil { draft.remark("there is no schedule \(type) here: \(usual)") }
        }
        let isFree = ["lcm", "ddim"].contains(sampler) == false
        let size = (self["Size"] ?? "").split(separator: "x").compactMap { Int($0) }
        let pixels = size.count == 2 && size.allSatisfy { (16...4096).contains($0) } ? size : [1024, 1024]
        if pixels != size { draft.remark("no size is named that recipes take: 1024x1024") }
        return [
            ("seed", draft.param("seed", .integer(whole("Seed", 0, 0...Int128(UInt64.max), &draft)))),
            ("steps", .value(.integer(whole("Steps", 20, 1...1000, &draft)))),
            ("sampler", .value(.string(sampler))),
            ("schedule", .value(.string(isFree ? schedule ?? usual : usual))),
            ("guidance", .value(.number(number("CFG scale", 7, 0...50, &draft)))),
            ("width", .value(.integer(Int128(pixels[0] / 8 * 8)))),
            ("height", .value(.integer(Int128(pixels[1] / 8 * 8)))),
        ]
    }

    private func whole(_ name: String, _ standard: Int128, _ range: ClosedRange<Int128>, _ draft: inout RecipeDraft)
        -> Int128
    {
        if let value = self[name].flatMap({ Int128($0) }), range.contains(value) { return value }
        draft.remark("\(name) is not what recipes take: \(standard)")
        return standard
    }

    private func number(_ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ draft: inout RecipeDraft)
        -> Double
    {
        if let value = self[name].flatMap({ Double($0) }), range.contains(value) { return value }
        draft.remark("\(name) is not what recipes take: \(standard)")
        return standard
    }

    private func remark(_ draft: inout RecipeDraft, _ texts: String) {
        if self["RNG"] != "CPU" {
            draft.remark(
                "the web UI takes its noise from the GPU unless it says RNG: CPU; the same seed is another picture here"
            )
        }
        if texts.contains("[") { draft.remark("[word] is text here, where the web UI weighs or changes it") }
        if texts.contains("BREAK") { draft.remark("BREAK is text here") }
        if texts.firstMatch(of: /\sAND\s/) != nil {
            draft.remark("AND is text here, where the web UI composes prompts")
        }
        if let skip = self["Clip skip"] {
            draft.remark("Clip skip \(skip): SDXL's own layer is taken, the last but one, which is Clip skip 2")
        }
        if self["Denoising strength"] != nil {
            draft.remark(
                "Denoising strength: the picture that it began with is not named; the recipe begins with noise"
            )
        }
        for setting in settings where !Self.silent.contains(setting.name) {
            draft.remark("\(setting.name): \(setting.value) is left out")
        }
    }

    /// `<lora:name:0.8>`
    private static func withoutLoRAs(_ text: String) -> (text: String, loras: [(name: String, scale: Double)]) {
        let calls = text.matches(of: /<lora:([^:<>]+)(?::([-0-9.]+)[^<>]*)?>/)
        let loras = calls.map { (name: String($0.1), scale: $0.2.flatMap { Double($0) } ?? 1) }
        return (text.replacing(/\ ?<lora:[^<>]*>/, with: "").trimmed, loras)
    }

    private static func literal(_ text: String) -> Value { .string(text.replacing("$", with: "$$")) }
}

extension StringProtocol {
    /// Without spaces and line ends around it.
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
