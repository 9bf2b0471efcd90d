import Foundation

/// A recipe that is harmed while it runs, and the files it reads.
struct Subject: Sendable {
    let name: String
    let recipe: String
    /// Files beside the recipe.
    var files: [String: Data] = [:]
    /// Folders and files of the checkout that lie beside the recipe, as links.
    var links: [String: String] = [:]

    /// Many quick nodes, a gathered sheet, a table, and one value that is large enough for a file of its own.
    static let pictures = Subject(
        name: "pictures",
        recipe: """
            recipe: pictures
            axes: {person: {from: 1, to: 12}}
            nodes:
              picture: {uses: draw_face, seed: "${person}", size: 24}
              mask:    {uses: draw_mask, right: 0.5, width: 900, height: 900}
              sheet:   {uses: contact_sheet, images: "$picture[*]", columns: person}
              score:   {uses: compare, image: $picture, baseline: "$picture[person=1]"}
            outputs:
              "${person}.png": $picture
              mask.png: $mask
              sheet.png: $sheet
              scores.csv: $score[*]
            """
    )

    /// A few nodes and nothing large: what is tried most often.
    static let few = Subject(
        name: "few",
        recipe: """
            recipe: few
            axes: {person: [1, 2, 3]}
            nodes:
              picture: {uses: draw_face, seed: "${person}", size: 16}
              sheet:   {uses: contact_sheet, images: "$picture[*]", columns: person}
            outputs:
              "${person}.png": $picture
              sheet.png: $sheet
            """
    )

    /// The same with pictures that take some memory.
    static let large = Subject(
        name: "large",
        recipe: """
            recipe: large
            axes: {person: [1, 2, 3]}
            nodes:
              picture: {uses: draw_face, seed: "${person}", size: 16}
              large:   {uses: resize, image: $picture, width: 1600}
            outputs:
              "${person}.png": $picture
              "large-${person}.png": $large
            """
    )

    /// Nodes that take a while, so that results are finished long before a kill.
    static let slow = Subject(
        name: "slow",
        recipe: """
            recipe: slow
            axes: {person: {from: 1, to: 24}}
            nodes:
              picture: {uses: draw_face, seed: "${person}", size: 320}
              small:   {uses: draw_face, seed: "${person}", size: 16}
            outputs:
              "${person}.png": $picture
              "small-${person}.png": $small
            """
    )

    /// A photo that is read, and what is measured of it.
    static func photo(_ bytes: Data) -> Subject {
        Subject(
            name: "photo",
            recipe: """
                recipe: photo
                axes: {person: [1, 2, 3, 4]}
                nodes:
                  picture: {uses: draw_face, seed: "${person}", size: 16}
                  score:   {uses: compare, image: $picture, baseline: photo.png}
                  photo:   {uses: load_image, file: photo.png}
                  sheet:   {uses: contact_sheet, images: "$picture[*]", columns: person}
                outputs:
                  copy.png: $photo
                  sheet.png: $sheet
                  scores.csv: $score[*]
                """,
            files: ["photo.png": bytes]
        )
    }

    /// Weights in one file and in shards, read and written.
    static func weights(_ number: Float) -> Subject {
        let shards = ["first.weight": "part-1.safetensors", "second.weight": "part-2.safetensors"]
        let index = """
            {"metadata": {"total_size": 128}, "weight_map": \
            {\(shards.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", "))}}
            """
        return Subject(
            name: "weights",
            recipe: """
                recipe: weights
                nodes:
                  one:     {uses: load_weights, file: one.safetensors}
                  sharded: {uses: load_weights, file: sharded.safetensors.index.json}
                  plain:   {uses: pick_weights, weights: $one, half: false}
                  halved:  {uses: pick_weights, weights: $sharded}
                  third:   {uses: pick_weights, weights: $sharded, half: false}
                outputs:
                  plain.safetensors: $plain
                  halved.safetensors: $halved
                  third.safetensors: $third
                """,
            files: [
                "one.safetensors": safetensors(["first.weight", "second.weight"], number),
                "part-1.safetensors": safetensors(["first.weight"], number),
                "part-2.safetensors": safetensors(["second.weight"], number + 1),
                "sharded.safetensors.index.json": Data(index.utf8),
            ]
        )
    }

    /// The embedded model's networks, read while it draws.
    static func network(model: String) -> Subject {
        var subject = network(files: [:])
        subject.links = ["model": model]
        return subject
    }

    /// The same with files of its own, below `model/`.
    static func network(files: [String: Data]) -> Subject {
        Subject(
            name: "network",
            recipe: """
                recipe: network
                axes: {person: [1, 2]}
                nodes:
                  model:   {uses: load_sdxl, base: model}
                  picture: {uses: draw_face, seed: "${person}", size: 64}
                  latent:  {uses: encode_image, model: $model, image: $picture}
                  drawn:   {uses: decode, model: $model, latent: $latent}
                outputs:
                  "${person}.png": $drawn
                """,
            files: files
        )
    }

    /// Two short trainings.
    static func training(model: String) -> Subject {
        Subject(
            name: "training",
            recipe: """
                recipe: training
                nodes:
                  pictures: {uses: make_dataset, kind: base, seed: 1, count: 8, size: 64}
                  probe:    {uses: train_probe, pictures: $pictures, seed: 1, steps: 16, batch: 1}
                  model:    {uses: load_sdxl, base: model}
                  small:    {uses: make_dataset, kind: base, seed: 1, count: 8, size: 16}
                  vae:      {uses: train_vae, model: $model, pictures: $small, seed: 1, steps: 16, batch: 1}
                outputs:
                  probe.safetensors: $probe
                  vae.safetensors: $vae
                """,
            links: ["model": model]
        )
    }

    /// A render of many steps.
    static func render(model: String) -> Subject {
        Subject(
            name: "render",
            recipe: """
                recipe: render
                nodes:
                  model:  {uses: load_sdxl, base: model}
                  prompt: {uses: encode_prompt, model: $model, text: a portrait}
                  latent: {uses: sample, model: $model, prompt: $prompt, seed: 1, steps: 24, width: 128, height: 128}
                  image:  {uses: decode, model: $model, latent: $latent}
                outputs:
                  latent.safetensors: $latent
                  image.png: $image
                """,
            links: ["model": model]
        )
    }

    /// Writes recipe and files into a folder.
    func place(in folder: String) throws {
        try Files.makeFolder(folder)
        try Files.write(Data((recipe + "\n").utf8), to: "\(folder)/\(name).yaml")
        for (name, bytes) in files {
            try Files.makeFolder(("\(folder)/\(name)" as NSString).deletingLastPathComponent)
            try Files.write(bytes, to: "\(folder)/\(name)")
        }
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target)
        }
    }

    private static func safetensors(_ names: [String], _ number: Float) -> Data {
        let length = 64
        let entries = names.enumerated().map { index, name in
            """
            "\(name)": {"dtype": "F32", "shape": [4, 4], "data_offsets": [\(index * length), \((index + 1) * length)]}
            """
        }
        var header = "{" + entries.joined(separator: ", ") + "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var bytes = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header.utf8)
        for place in 0..<names.count * 16 {
            withUnsafeBytes(of: (number + Float(place) / 4).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
