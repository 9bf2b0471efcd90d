import Graph

/// Makes a recipe of a workflow of ComfyUI: SDXL checkpoints, LoRAs, prompts, samplers, and PuLID_ComfyUI's nodes. What it
/// cannot carry over it names (`RecipeDraft.remarks`).
///
/// Names and defaults of PuLID's nodes: https://github.com/cubiq/PuLID_ComfyUI, pulid.py
public struct WorkflowImport {
    private let workflow: Workflow
    /// ComfyUI's folder, as the recipe is to name it.
    private let folder: String
    private var draft: RecipeDraft
    /// What was made of nodes already, by what it was made of.
    private var made: [String: String] = [:]
    /// Of ComfyUI's nodes, by number, those that the recipe has in some form.
    private var carried: Set<String> = []

    /// - Parameters:
    ///   - name: the recipe's
    ///   - folder: ComfyUI's, in which `models` and `input` lie, as seen from the recipe
    /// - Throws: `ImportError`.
    public static func recipe(of workflow: Workflow, name: String, folder: String) throws -> RecipeDraft {
        var work = WorkflowImport(workflow: workflow, folder: folder, draft: RecipeDraft(name: name))
        try work.addOutputs()
        work.remarkOnTheRest()
        return work.draft
    }

    private init(workflow: Workflow, folder: String, draft: RecipeDraft) {
        self.workflow = workflow
        self.folder = folder
        self.draft = draft
    }

    // MARK: - Pictures

    private mutating func addOutputs() throws {
        let savers = workflow.ordered.filter { ["SaveImage", "PreviewImage"].contains($0.kind) && !$0.isBypassed }
        for saver in savers {
            guard let source = workflow.source(of: "images", saver)?.node, let image = image(source) else { continue }
            carried.insert(saver.id)
            addOutput(image, named: workflow.setting("filename_prefix", of: saver))
        }
        if draft.outputs.isEmpty {
            for sampler in workflow.ordered where Self.isSampler(sampler) {
                guard let latent = latent(sampler) else { continue }
                let decoded = draft.add(
                    "image",
                    "decode",
                    [("model", .node(modelName(of: sampler))), ("latent", .node(latent))]
                )
                draft.remark(
                    "no node decodes and saves the picture of \(sampler.title): the recipe does, with the model's VAE"
                )
                addOutput(decoded, named: nil)
            }
        }
        guard !draft.outputs.isEmpty else { throw ImportError.noSampler(workflow.ordered.map(\.kind)) }
    }

    private mutating func addOutput(_ image: String, named prefix: Value?) {
        guard !draft.outputs.contains(where: { $0.node == image }) else { return }
        var stem = "picture"
        if case .string(let text)? = prefix {
            // ComfyUI puts dates and sizes in the place of %...%.
            let parts = text.replacing(/%[^%]*%/, with: "").replacing("\\", with: "/").split(separator: "/")
            let safe = parts.filter { $0 != "." && $0 != ".." }.map { part in
                part.filter { $0.isLetter || $0.isNumber || " _-.+".contains($0) }
            }
            .filter { !$0.isEmpty }.joined(separator: "/")
            if !safe.isEmpty { stem = String(safe.prefix(100)) }
        }
        var path = "\(stem).png"
        var number = 2
        while draft.outputs.contains(where: { $0.path == path }) {
            path = "\(stem)-\(number).png"
            number += 1
        }
        draft.outputs.append((path, image))
    }

    /// The node that makes a picture.
    private mutating func image(_ node: Workflow.Node) -> String? {
        if let name = made["image \(node.id)"] { return name }
        guard made["image within \(node.id)"] == nil else { return nil }
        made["image within \(node.id)"] = ""
        carried.insert(node.id)
        switch node.kind {
        case "VAEDecode", "VAEDecodeTiled":
            guard let sampler = workflow.source(of: "samples", node)?.node, let latent = latent(sampler) else {
                return nil
            }
            let model = model(of: sampler, decoder: node)
            let name = draft.add("image", "decode", [("model", .node(model)), ("latent", .node(latent))])
            made["image \(node.id)"] = name
            return name
        case "LoadImage":
            let name = draft.add("photo", "load_image", [("file", photo(node))])
            made["image \(node.id)"] = name
            return name
        case "ImageUpscaleWithModel":
            guard let source = workflow.source(of: "image", node)?.node, let image = image(source) else { return nil }
            var entries: [(key: String, entry: RecipeDraft.Entry)] = [("image", .node(image))]
            if let loader = workflow.source(of: "upscale_model", node)?.node,
                case .string(let file)? = workflow.setting("model_name", of: loader)
            {
                carried.insert(loader.id)
                entries.append(("model", .value(draft.file("upscaler", path("models/upscale_models", file)))))
            }
            let name = draft.add("upscaled", "upscale", entries)
            made["image \(node.id)"] = name
            return name
        default:
            guard let through = passed(["image", "images", "pixels"], node) else { return nil }
            leftOut(node, "the picture passes it unchanged")
            return image(through)
        }
    }

    private mutating func photo(_ node: Workflow.Node) -> RecipeDraft.Entry {
        guard case .string(let name)? = workflow.setting("image", of: node) else {
            draft.remark("\(node.title) names no file: put a picture in the place of photo.png")
            return .value(draft.file("photo", .string("photo.png")))
        }
        return .value(draft.file("photo", path("input", name.replacing(/\ \[(input|output|temp)\]$/, with: ""))))
    }

    // MARK: - Latents

    private static func isSampler(_ node: Workflow.Node) -> Bool {
        ["KSampler", "KSamplerAdvanced"].contains(node.kind)
    }

    /// The node that makes a latent.
    private mutating func latent(_ node: Workflow.Node) -> String? {
        if let name = made["latent \(node.id)"] { return name }
        guard made["within \(node.id)"] == nil else { return nil }
        made["within \(node.id)"] = ""
        carried.insert(node.id)
        let name: String?
        switch node.kind {
        case "KSampler", "KSamplerAdvanced": name = sample(node)
        case "VAEEncode", "VAEEncodeForInpaint":
            if node.kind != "VAEEncode" { leftOut(node, "its mask is not used: the whole picture is drawn anew") }
            guard let source = workflow.source(of: "pixels", node)?.node, let image = image(source) else { return nil }
            let model = draft.nodes.first { $0.kind == "load_sdxl" }?.name ?? "sdxl"
            name = draft.add("start", "encode_image", [("model", .node(model)), ("image", .node(image))])
        default:
            guard let through = passed(["samples", "latent", "latent_image"], node) else { return nil }
            leftOut(node, "the latent passes it unchanged")
            name = latent(through)
        }
        made["latent \(node.id)"] = name
        return name
    }

    private mutating func sample(_ node: Workflow.Node) -> String? {
        let isAdvanced = node.kind == "KSamplerAdvanced"
        let model = model(of: node, decoder: nil)
        var entries: [(key: String, entry: RecipeDraft.Entry)] = [
            ("model", .node(model)), ("prompt", .node(prompt(of: node, model))),
        ]
        entries += identities(of: node)
        let steps = whole("steps", node, 20, 1...1000)
        var kept = 1.0
        if isAdvanced {
            let (start, end) = (
                whole("start_at_step", node, 0, 0...10_000), whole("end_at_step", node, 10_000, 0...10_000)
            )
            if start > 0 || end < steps || workflow.setting("add_noise", of: node) == .string("disable") {
                leftOut(node, "all of its \(steps) steps are run, not those from \(start) to \(end)")
            }
        } else {
            kept = number("denoise", node, 1, 0...1)
        }
        // ComfyUI runs all the steps that it names, whatever the strength.
        let all = kept > 0 ? min(1000, Int((Double(steps) / kept).rounded())) : steps
        let sampler = choice("sampler_name", node, ComfyUINodes.samplers, ComfyUINodes.nearestSamplers, "euler")
        let schedule = choice("scheduler", node, ComfyUINodes.schedulers, ["ddim_uniform": "leading"], "normal")
        let source = workflow.source(of: "latent_image", node)?.node
        var size: [(key: String, entry: RecipeDraft.Entry)] = []
        if let source, source.kind == "EmptyLatentImage" || source.kind == "SDXLEmptyLatentSizePicker+" {
            carried.insert(source.id)
            size = ["width", "height"].map { name in
                let pixels = whole(name, source, 1024, 16...4096) / 8 * 8
                return (name, .value(.integer(Int128(pixels))))
            }
            let count = whole("batch_size", source, 1, 1...4096)
            if count > 1 {
                draft.remark(
                    "\(source.title): of a batch of \(count) pictures the first; the others have noise that no seed gives, so "
                        + "sweep over seeds instead"
                )
            }
        } else if let source, let latent = latent(source) {
            entries.append(("latent", .node(latent)))
            size = [("strength", .value(.number(kept)))]
        } else {
            draft.remark("\(node.title): its latent is unknown, so it begins with noise of 1024x1024")
            size = [("width", .value(.integer(1024))), ("height", .value(.integer(1024)))]
        }
        entries += [
            ("seed", draft.param("seed", .integer(seed(node, isAdvanced ? "noise_seed" : "seed")))),
            ("steps", .value(.integer(Int128(all)))), ("sampler", .value(.string(sampler))),
            ("schedule", .value(.string(fitting(schedule, to: sampler, node)))),
            ("guidance", .value(.number(number("cfg", node, 8, 0...50)))),
        ]
        return draft.add("latent", "sample", entries + size)
    }

    /// A schedule that the sampler has.
    private mutating func fitting(_ schedule: String, to sampler: String, _ node: Workflow.Node) -> String {
        guard let own = ["lcm": "lcm", "ddim": "leading", "tcd": "lcm"][sampler] else { return schedule }
        if schedule != own {
            draft.remark("\(node.title): \(sampler) goes by its own schedule, \(own), not by \(schedule)")
        }
        return own
    }

    private mutating func seed(_ node: Workflow.Node, _ name: String) -> Int128 {
        if case .integer(let seed)? = workflow.setting(name, of: node), (0...Int128(UInt64.max)).contains(seed) {
            return seed
        }
        draft.remark("\(node.title) says no seed: 0")
        return 0
    }

    // MARK: - Prompts

    private mutating func prompt(of sampler: Workflow.Node, _ model: String) -> String {
        let texts = ["positive", "negative"].map { side -> String? in
            guard let node = workflow.source(of: side, sampler)?.node else { return nil }
            return text(node, side: side)
        }
        let key = "prompt \(model) \(texts)"
        if let name = made[key] { return name }
        if texts[0] == nil { draft.remark("\(sampler.title) has no prompt: the recipe's is empty") }
        var entries: [(key: String, entry: RecipeDraft.Entry)] = [
            ("model", .node(model)), ("text", draft.param("prompt", Self.literal(texts[0] ?? ""))),
        ]
        if let negative = texts[1] { entries.append(("negative", draft.param("negative", Self.literal(negative)))) }
        entries += [("weighting", .value(.string("comfyui"))), ("overflow", .value(.string("chunks")))]
        let name = draft.add("prompt", "encode_prompt", entries)
        made[key] = name
        return name
    }

    private mutating func text(_ node: Workflow.Node, side: String, depth: Int = 0) -> String? {
        carried.insert(node.id)
        guard depth < 64 else { return nil }
        func string(_ name: String) -> String? {
            if case .string(let text)? = workflow.setting(name, of: node) { text } else { nil }
        }
        switch node.kind {
        case "CLIPTextEncode": return string("text") ?? ""
        case "CLIPTextEncodeSDXL", "CLIPTextEncodeSDXLRefiner":
            let (first, second) = (string("text_l"), string("text_g") ?? string("text") ?? "")
            if let first, first != second { leftOut(node, "both text encoders get text_g, none gets text_l") }
            return second
        case "ConditioningZeroOut": return nil
        default:
            let inputs = ["conditioning", "conditioning_1", "conditioning_to", side]
            guard let through = passed(inputs, node) else {
                leftOut(node, "its \(side) prompt is not known")
                return nil
            }
            leftOut(node, "the prompt passes it unchanged")
            return text(through, side: side, depth: depth + 1)
        }
    }

    // MARK: - Models

    private mutating func modelName(of sampler: Workflow.Node) -> String { model(of: sampler, decoder: nil) }

    /// The load node of a sampler's UNet with the text encoders of its prompt, and the VAE that decodes its picture.
    private mutating func model(of sampler: Workflow.Node, decoder: Workflow.Node?) -> String {
        var base: RecipeDraft.Entry?
        var unet: RecipeDraft.Entry?
        var loras: [Value] = []
        var more: [(key: String, entry: RecipeDraft.Entry)] = []
        var next = workflow.source(of: "model", sampler)?.node
        var seen: Set<String> = []
        while let node = next, seen.insert(node.id).inserted {
            carried.insert(node.id)
            next = workflow.source(of: "model", node)?.node
            switch node.kind {
            case "CheckpointLoaderSimple", "CheckpointLoader": base = checkpoint(node)
            case "UNETLoader": unet = file("unet", node, "unet_name", "models/unet")
            case "LoraLoader", "LoraLoaderModelOnly": if let lora = lora(node) { loras.insert(lora, at: 0) }
            case "ModelSamplingDiscrete": more += sampling(node)
            case "ApplyPulid", "ApplyPulidAdvanced": break
            default: leftOut(node, next == nil ? "no model is known behind it" : "the model passes it unchanged")
            }
        }
        if base == nil { base = textModel(of: sampler) }
        if base == nil {
            draft.remark(
                "\(sampler.title): no checkpoint is known; put one in the place of \(folder)/models/checkpoints/sdxl.safetensors"
            )
        }
        var entries: [(key: String, entry: RecipeDraft.Entry)] = [
            ("base", base ?? .value(draft.file("base", path("models/checkpoints", "sdxl.safetensors"))))
        ]
        if let unet { entries.append(("unet", unet)) }
        if !loras.isEmpty { entries.append(("loras", .value(.list(loras)))) }
        entries += more
        let vae = (decoder ?? self.decoder(of: sampler)).flatMap { workflow.source(of: "vae", $0)?.node }
        if let vae, vae.kind == "VAELoader" {
            carried.insert(vae.id)
            entries.append(("vae", file("vae", vae, "vae_name", "models/vae")))
        }
        let key = "model \(entries)"
        if let name = made[key] { return name }
        let name = draft.add("sdxl", "load_sdxl", entries)
        made[key] = name
        return name
    }

    /// The node that decodes what a sampler makes.
    private func decoder(of sampler: Workflow.Node) -> Workflow.Node? {
        workflow.ordered.first { node in
            node.kind.hasPrefix("VAEDecode") && workflow.source(of: "samples", node)?.node.id == sampler.id
        }
    }

    /// The checkpoint whose text encoders encode the prompt, where the UNet has a file of its own.
    private mutating func textModel(of sampler: Workflow.Node) -> RecipeDraft.Entry? {
        var next = workflow.source(of: "positive", sampler)?.node
        var seen: Set<String> = []
        while let node = next, seen.insert(node.id).inserted {
            if ["CheckpointLoaderSimple", "CheckpointLoader"].contains(node.kind) { return checkpoint(node) }
            next = ["clip", "conditioning", "positive"].compactMap { workflow.source(of: $0, node)?.node }.first
        }
        return nil
    }

    private mutating func checkpoint(_ node: Workflow.Node) -> RecipeDraft.Entry {
        carried.insert(node.id)
        return file("base", node, "ckpt_name", "models/checkpoints")
    }

    private mutating func lora(_ node: Workflow.Node) -> Value? {
        guard case .string(let name)? = workflow.setting("lora_name", of: node) else { return nil }
        let scale = number("strength_model", node, 1, -100...100)
        let text = node.kind == "LoraLoader" ? number("strength_clip", node, 1, -100...100) : 0
        guard scale != 0 || text != 0 else { return nil }
        let file = draft.file("lora", path("models/loras", name))
        var fields: [String: Value] = ["file": file, "scale": .number(scale)]
        if text != scale { fields["text_scale"] = .number(text) }
        return .map(fields)
    }

    private mutating func sampling(_ node: Workflow.Node) -> [(key: String, entry: RecipeDraft.Entry)] {
        var entries: [(key: String, entry: RecipeDraft.Entry)] = []
        switch workflow.setting("sampling", of: node) {
        case .string("v_prediction"): entries.append(("prediction", .value(.string("velocity"))))
        case .string("eps"), .string("lcm"), nil: break
        case .string("x0"): entries.append(("prediction", .value(.string("image"))))
        default: leftOut(node, "what its UNet predicts is what the checkpoint says")
        }
        if workflow.setting("zsnr", of: node) == .bool(true) {
            entries.append(("zero_snr", .value(.string("comfyui"))))
        }
        return entries
    }

    // MARK: - Identities

    private mutating func identities(of sampler: Workflow.Node) -> [(key: String, entry: RecipeDraft.Entry)] {
        var appliers: [Workflow.Node] = []
        var next = workflow.source(of: "model", sampler)?.node
        var seen: Set<String> = []
        while let node = next, seen.insert(node.id).inserted {
            if ["ApplyPulid", "ApplyPulidAdvanced"].contains(node.kind) { appliers.insert(node, at: 0) }
            next = workflow.source(of: "model", node)?.node
        }
        let loaders = appliers.compactMap { applier -> (applier: Workflow.Node, identity: String, pulid: String)? in
            let pulid = pulid(applier)
            guard let identity = identity(applier, pulid) else { return nil }
            return (applier, identity, pulid)
        }
        guard let first = loaders.first else { return [] }
        let common: [(key: String, entry: RecipeDraft.Entry)] = [("pulid", .node(first.pulid))]
        if loaders.count == 1 {
            return common + [("identity", .node(first.identity))] + strength(first.applier)
        }
        if Set(loaders.map(\.pulid)).count > 1 {
            draft.remark("\(sampler.title): all identities act by the first of its PuLID models")
        }
        let placed = loaders.map { loader in
            draft.add("placed", "place_id", [("identity", .node(loader.identity))] + strength(loader.applier))
        }
        return common + [("identity", .nodes(placed))]
    }

    /// What sample and place_id call the settings of an applier.
    private mutating func strength(_ node: Workflow.Node) -> [(key: String, entry: RecipeDraft.Entry)] {
        var entries: [(key: String, entry: RecipeDraft.Entry)] = []
        if node.kind == "ApplyPulid" {
            if case .string(let mode)? = workflow.setting("method", of: node),
                ["fidelity", "style", "neutral"].contains(mode)
            {
                entries.append(("mode", .value(.string(mode))))
            }
        } else {
            let ortho = ["ortho_v2": "v2", "ortho": "v1", "none": "off"]
            if case .string(let name)? = workflow.setting("projection", of: node), let ortho = ortho[name] {
                entries.append(("ortho", .value(.string(ortho))))
            }
            entries.append(("num_zero", .value(.integer(Int128(whole("fidelity", node, 8, 0...80))))))
            if number("noise", node, 0, -1...1) != 0 { leftOut(node, "its noise, which no seed decides, is left out") }
        }
        if workflow.source(of: "attn_mask", node) != nil {
            leftOut(node, "its mask is left out; `mask:` of place_id takes a picture")
        }
        entries += [
            ("id_scale", draft.param("id_scale", .number(number("weight", node, 1, 0...5)))),
            ("start_at", .value(.number(number("start_at", node, 0, 0...1)))),
            ("end_at", .value(.number(number("end_at", node, 1, 0...1)))),
        ]
        return entries
    }

    private mutating func pulid(_ applier: Workflow.Node) -> String {
        let loader = workflow.source(of: "pulid", applier)?.node
        if let loader { carried.insert(loader.id) }
        if let eva = workflow.source(of: "eva_clip", applier)?.node { carried.insert(eva.id) }
        var file = "ip-adapter_pulid_sdxl_fp16.safetensors"
        if let loader, case .string(let name)? = workflow.setting("pulid_file", of: loader) { file = name }
        let weights = RecipeDraft.Entry.value(draft.file("pulid", path("models/pulid", file)))
        let key = "pulid \(weights)"
        if let name = made[key] { return name }
        draft.remark(
            "PuLID_ComfyUI fetches EVA-CLIP by itself: put it at \(folder)/models/pulid/EVA02_CLIP_L_336_psz14_s6B.pt, or name "
                + "it with --set eva_clip="
        )
        let eva = RecipeDraft.Entry.value(draft.file("eva_clip", path("models/pulid", "EVA02_CLIP_L_336_psz14_s6B.pt")))
        let name = draft.add("pulid", "load_pulid", [("weights", weights), ("eva_clip", eva)])
        made[key] = name
        return name
    }

    private mutating func identity(_ applier: Workflow.Node, _ pulid: String) -> String? {
        if let analysis = workflow.source(of: "face_analysis", applier)?.node { carried.insert(analysis.id) }
        let photos = photos(workflow.source(of: "image", applier)?.node)
        guard !photos.isEmpty else {
            leftOut(applier, "no photo is known that it could take the face from")
            return nil
        }
        let models = made["faces"] ?? draft.add("faces", "load_face_models", [("folder", faces())])
        made["faces"] = models
        let faces = photos.map { photo in
            let key = "face \(photo)"
            if let name = made[key] { return name }
            let name = draft.add("face", "load_face", [("image", photo), ("models", .node(models))])
            made[key] = name
            return name
        }
        var entries: [(key: String, entry: RecipeDraft.Entry)] = [
            ("face", faces.count == 1 ? .node(faces[0]) : .nodes(faces)), ("pulid", .node(pulid)),
        ]
        // PuLID_ComfyUI takes the mean of what it makes of each.
        if faces.count > 1 { entries.append(("fuse", .value(.string("mean")))) }
        let key = "identity \(entries)"
        if let name = made[key] { return name }
        let name = draft.add("identity", "encode_id", entries)
        made[key] = name
        return name
    }

    private mutating func faces() -> RecipeDraft.Entry {
        draft.remark(
            "facexlib's detection_Resnet50_Final.pth and parsing_bisenet.pth belong beside insightface's files in "
                + "\(folder)/models/insightface/models/antelopev2, or --set faces= names a folder with all of them"
        )
        return .value(draft.file("faces", path("models/insightface/models", "antelopev2")))
    }

    /// The photos that an input is made of.
    private mutating func photos(_ node: Workflow.Node?, depth: Int = 0) -> [RecipeDraft.Entry] {
        guard let node, depth < 64 else { return [] }
        carried.insert(node.id)
        switch node.kind {
        case "LoadImage": return [photo(node)]
        case "ImageBatch":
            return ["image1", "image2"].flatMap { photos(workflow.source(of: $0, node)?.node, depth: depth + 1) }
        default:
            guard let through = passed(["image", "images", "pixels"], node) else { return [] }
            leftOut(node, "the photo passes it unchanged")
            return photos(through, depth: depth + 1)
        }
    }

    // MARK: - Settings

    private mutating func file(
        _ param: String,
        _ node: Workflow.Node,
        _ setting: String,
        _ place: String
    ) -> RecipeDraft.Entry {
        guard case .string(let name)? = workflow.setting(setting, of: node) else {
            draft.remark("\(node.title) names no file: put one in the place of \(folder)/\(place)/\(param).safetensors")
            return .value(draft.file(param, path(place, "\(param).safetensors")))
        }
        return .value(draft.file(param, path(place, name)))
    }

    private func path(_ place: String, _ name: String) -> Value {
        let name = name.replacing("\\", with: "/")
        let whole = name.hasPrefix("/") ? name : "\(folder)/\(place)/\(name)"
        return Self.literal(whole.hasPrefix("./") ? String(whole.dropFirst(2)) : whole)
    }

    /// Text in which a dollar is a dollar.
    private static func literal(_ text: String) -> Value { .string(text.replacing("$", with: "$$")) }

    private mutating func number(
        _ name: String,
        _ node: Workflow.Node,
        _ standard: Double,
        _ range: ClosedRange<Double>
    ) -> Double {
        let value: Double
        switch workflow.setting(name, of: node) {
        case .integer(let number): value = Double(number)
        case .number(let number): value = number
        case nil: return standard
        default:
            draft.remark("\(node.title): \(name) is no number, so it is \(standard)")
            return standard
        }
        guard !range.contains(value) else { return value }
        let nearest = value.isNaN ? standard : min(max(value, range.lowerBound), range.upperBound)
        draft.remark("\(node.title): \(name) is \(value), which recipes do not take: \(nearest)")
        return nearest
    }

    private mutating func whole(
        _ name: String,
        _ node: Workflow.Node,
        _ standard: Int,
        _ range: ClosedRange<Int>
    ) -> Int {
        Int(number(name, node, Double(standard), Double(range.lowerBound)...Double(range.upperBound)))
    }

    private mutating func choice(
        _ name: String,
        _ node: Workflow.Node,
        _ known: [String: String],
        _ nearest: [String: String],
        _ standard: String
    ) -> String {
        guard case .string(let value)? = workflow.setting(name, of: node) else { return standard }
        if let found = known[value] { return found }
        let instead = nearest[value] ?? standard
        draft.remark(
            "\(node.title): there is no \(name) \(value) here, and \(instead) in its place gives another picture"
        )
        return instead
    }

    // MARK: - What is left out

    private func passed(_ inputs: [String], _ node: Workflow.Node) -> Workflow.Node? {
        inputs.lazy.compactMap { workflow.source(of: $0, node)?.node }.first
    }

    private mutating func leftOut(_ node: Workflow.Node, _ reason: String) {
        carried.insert(node.id)
        draft.remark("\(node.title): \(reason)")
    }

    /// Nodes that no picture rests on, but for those that only show something.
    private mutating func remarkOnTheRest() {
        let silent = ["Note", "MarkdownNote", "PrimitiveNode", "Reroute", "PreviewImage", "SaveImage"]
        for node in workflow.ordered where !carried.contains(node.id) && !node.isBypassed && !silent.contains(node.kind)
        {
            draft.remark("\(node.title): no picture that is saved rests on it in a way that recipes know")
        }
    }
}

/// Why no recipe can be made of something.
public enum ImportError: Error, Hashable {
    /// - Parameter kinds: of the nodes that are there
    case noSampler([String])
}

extension ImportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSampler(let kinds):
            let known = Set(kinds).sorted().prefix(8).map { Value.string($0).json }.joined(separator: ", ")
            return "the workflow has no KSampler or KSamplerAdvanced from which a picture comes; it has \(known)"
        }
    }
}
