import Checkpoints
import Foundation
import Models
import Tensors

/// Which files an SDXL model is put together from: the path of each, under the name of its role.
package struct SDXLLayout {
    package private(set) var paths: [String: String] = [:]
    /// What of the files is not used, each a sentence.
    package private(set) var warnings: [String] = []
    private let base: String
    private let config: String?
    /// Opened to see what they are.
    package let files = OpenFiles()

    private static let tokenizers = ["tokenizer", "tokenizer_2"]
    private static let networks = [
        ("unet", "diffusion_pytorch_model"), ("vae", "diffusion_pytorch_model"), ("text_encoder", "model"),
        ("text_encoder_2", "model"),
    ]

    /// - Parameters:
    ///   - base: a folder in the layout of diffusers, or a checkpoint
    ///   - config: a folder in the layout of diffusers, for the settings of a checkpoint
    package init(base: String, config: String?) {
        self.base = base
        self.config = config
    }

    /// The networks and their settings, and the scheduler's.
    ///
    /// - Parameter parts: what is to come from other files, that are not named yet
    /// - Throws: `ModelFileError`, `CheckpointError`, `WeightsError.wrongModel`
    package mutating func add(unet: String?, vae: String?, leavingOut parts: Set<WeightsKind.Part> = []) throws {
        if isFolder(base) {
            guard config == nil else {
                throw ModelFileError.needs(
                    what: "a checkpoint in one file as `base`",
                    because: "a folder has its own settings; leave out `config`"
                )
            }
        } else {
            let checkpoint = try OriginalCheckpoint(files.source(base))
            try checkpoint.requireSDXL(given: vae == nil ? parts : [.vae])
            note(checkpoint.strangers)
        }
        try refuseRefiner()
        for (role, basename) in Self.networks where role != "vae" || !parts.contains(.vae) {
            let override = role == "unet" ? unet : role == "vae" ? vae : nil
            let folder = override.flatMap { isFolder($0) ? $0 : nil }
            let weights: String
            if let override, folder == nil {
                weights = override
            } else if let folder = folder ?? (isFolder(base) ? "\(base)/\(role)" : nil) {
                weights = try WeightFolder.find(folder, basename: basename)
            } else {
                weights = base
            }
            let kind = try check(weights, as: role)
            if override != nil { noteUnused(of: kind, in: weights, as: role) }
            paths[role] = weights
            // A VAE of its own file says its own sizes.
            let shaped = role == "vae" ? weights : base
            paths["\(role) config"] = try settings("config.json", folder: folder, role: role) ?? shaped
        }
        paths["scheduler"] = try settings("scheduler_config.json", folder: nil, role: "scheduler")
        paths["model index"] = try settings("model_index.json", folder: nil, role: nil)
    }

    /// Reads the headers alone, so that a damaged or a wrong file is reported where the recipe names it.
    private func check(_ weights: String, as role: String) throws -> WeightsKind {
        func require(_ expected: String, _ accepts: (WeightsKind) -> Bool) throws -> WeightsKind {
            try files.require(weights, expected: expected, accepts: accepts)
        }
        switch role {
        case "unet":
            return try require("SDXL's UNet") { kind in
                switch kind {
                // Whether other latents are the VAE's is seen once both have their settings.
                case .checkpoint(.sdxl, _), .unet(.sdxl), .unet(.guidanceEmbedded), .unet(.otherLatents): true
                default: false
                }
            }
        case "vae":
            return try require("a VAE") { kind in
                switch kind {
                case .vae: true
                // Of the same layout.
                case .otherModel(let name): name.hasPrefix("Stable Diffusion 1") || name.hasPrefix("Stable Diffusion 2")
                case .checkpoint(_, let lacks): !lacks.contains(.vae)
                case .checkpointParts(let parts): parts.contains(.vae)
                default: false
                }
            }
        default:
            return try require("a text encoder of SDXL") { kind in
                switch kind {
                case .textEncoder, .checkpoint: true
                default: false
                }
            }
        }
    }

    private mutating func noteUnused(of kind: WeightsKind, in file: String, as role: String) {
        guard role == "unet", case .checkpoint(_, let lacks) = kind else { return }
        let others = WeightsKind.Part.allCases.filter { !lacks.contains($0) }.map(\.rawValue)
        warnings.append(
            "\(file) is named as `unet:`, and what else it holds (\(others.joined(separator: ", "))) is not used; name it as `base:` to "
                + "use all of it"
        )
    }

    private mutating func note(_ strangers: [String]) {
        guard !strangers.isEmpty else { return }
        let names = strangers.sorted().prefix(3).joined(separator: ", ") + (strangers.count > 3 ? " ..." : "")
        warnings.append(
            "\(base): \(counted(strangers.count, "tensor", "belongs", "belong")) to none of SDXL's networks, and "
                + "\(strangers.count == 1 ? "is" : "are") not used: \(names)"
        )
    }

    /// The refiner's folder has the second text encoder alone.
    private func refuseRefiner() throws {
        guard isFolder(base), !isFolder("\(base)/text_encoder"), isFolder("\(base)/text_encoder_2") else { return }
        throw WeightsError.wrongModel(
            found: "the SDXL refiner, or a model like it, with the second text encoder alone",
            expected: "SDXL, with both text encoders",
            source: base
        )
    }

    /// A settings file of a folder in the layout of diffusers; nil where a checkpoint comes without.
    private func settings(_ name: String, folder: String?, role: String?) throws -> String? {
        guard let root = isFolder(base) ? base : config else { return folder.map { "\($0)/\(name)" } }
        let path = "\(folder ?? (role.map { "\(root)/\($0)" } ?? root))/\(name)"
        if FileManager.default.fileExists(atPath: path) { return path }
        // Of a checkpoint, whatever the folder of settings lacks is SDXL's.
        guard isFolder(base) || folder != nil else { return nil }
        throw ModelFileError.missingFile(path: path, purpose: "a part of the SDXL model")
    }

    /// The tokenizers' folders and files.
    ///
    /// - Parameter folder: what the recipe names
    /// - Throws: `ModelFileError` that says what to give
    package mutating func addTokenizers(from folder: String?) throws {
        let above = (base as NSString).deletingLastPathComponent
        // Of a file in the folder one is in there is none.
        let beside = isFolder(base) ? base : above.isEmpty ? "." : above
        let roots = folder.map { [$0] } ?? [beside] + (config.map { [$0] } ?? [])
        guard let found = roots.lazy.compactMap(Self.tokenizers(in:)).first else {
            throw ModelFileError.needs(
                what: "a tokenizer",
                because: roots.map { "\($0) has no tokenizer and tokenizer_2, nor vocab.json with merges.txt" }
                    .joined(separator: "; ")
                    + "; give `tokenizer:` a folder that has them, such as a download of "
                    + "stabilityai/stable-diffusion-xl-base-1.0 (its tokenizer and tokenizer_2 folders suffice)"
            )
        }
        for (role, folder) in zip(Self.tokenizers, found) {
            for name in TokenizerFiles.names where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
                paths["\(role) \(name)"] = "\(folder)/\(name)"
            }
        }
    }

    package static func hasTokenizers(in root: String) -> Bool { tokenizers(in: root) != nil }

    /// Two folders, or one tokenizer for both; nil when there is neither.
    private static func tokenizers(in root: String) -> [String]? {
        func isTokenizer(_ folder: String) -> Bool {
            ["vocab.json", "tokenizer.json"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
        }
        let pair = tokenizers.map { "\(root)/\($0)" }
        if pair.allSatisfy(isTokenizer) { return pair }
        if isTokenizer(pair[0]) { return [pair[0]] }
        return isTokenizer(root) ? [root] : nil
    }
}

/// Whether a folder has the parts of a saved StableDiffusionXLPipeline.
package func isSDXLFolder(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/model_index.json") || isFolder("\(path)/unet")
}

/// Whether a folder has a network's weights or settings as diffusers saves them.
package func isUNetFolder(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/config.json")
        || (try? WeightFolder.find(path, basename: "diffusion_pytorch_model")) != nil
}

/// Whether there is a folder at `path`.
package func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}
