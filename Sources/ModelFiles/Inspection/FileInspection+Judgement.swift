import Checkpoints
import Tensors

extension FileInspection {
    /// Whether load_sdxl takes this as its base, by what load_sdxl itself asks, and with what beside it.
    ///
    /// - Parameter lacks: what a recipe has to name beside it
    mutating func judge(lacks: [WeightsKind.Part]) {
        guard lacks.isEmpty else {
            use = lacks == [.vae] ? base(with: ["vae: VAE"] + missingTokenizer) : use
            return
        }
        do {
            var layout = SDXLLayout(base: path, config: nil)
            try layout.add(unet: nil, vae: nil)
            let noise = NoiseChoice(prediction: NoiseChoice.known(byName: path))
            try SDXLParts(paths: layout.paths, noise: noise).check()
            use = base(with: missingTokenizer)
        } catch ModelFileError.badConfig(path, let reason) {
            // Of a checkpoint, that its settings cannot be told from its shapes.
            details.append("settings have to be named, as its shapes alone make none: \(reason)")
            use = base(with: ["config: CONFIG"] + missingTokenizer)
        } catch let error as WeightsError {
            use = nil
            if case .wrongModel = error {
                details.append("load_sdxl does not take it: \(error)")
            } else {
                problem = "\(error)"
            }
        } catch {
            use = nil
            problem = "\(error)"
        }
    }

    private func base(with others: [String]) -> String {
        "{" + (["uses: load_sdxl", "base: \(Self.quoted(path))"] + others).joined(separator: ", ") + "}"
    }

    private var missingTokenizer: [String] {
        var layout = SDXLLayout(base: path, config: nil)
        return (try? layout.addTokenizers(from: nil)) == nil ? ["tokenizer: TOKENIZER"] : []
    }
}
