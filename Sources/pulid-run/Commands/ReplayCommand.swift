import ArgumentParser
import Foundation
import Graph
import Imaging
import Recipes
import Runner

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make a picture again from what it says of its own making, and compare the two.",
        discussion: """
            A PNG that this program has written names its recipe, the settings, the node and the cell. What is in the \
            cache is not computed again, unless the cache is another (--cache). Ends with status 1 if the pixels differ.
            """
    )

    @Argument(help: "The picture, a PNG.", completion: .file(extensions: ["png"]))
    var picture: String
    @Option(help: "The recipe, if it is not where the picture says.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String?
    @Option(help: ArgumentHelp("The folder for the new picture.", valueName: "dir"), completion: .directory)
    var out = "out/replay"
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var resources: ResourceOptions

    func run() throws {
        try reportingFailures {
            let execution = Execution(cache, numerics, resources)
            let before = try OriginalPicture(picture)
            guard let file = recipe ?? before.origin.recipeFile(near: picture) else {
                throw ReplayError.noRecipe(picture: picture, recipe: before.origin.recipe)
            }
            let loaded = try RecipeLoader(registry: Program.registry).load(file: file, settings: before.origin.settings)
            let name = (picture as NSString).lastPathComponent
            guard let graph = before.origin.graph(of: loaded.graph, writing: name) else {
                throw ReplayError.noSuchNode(title: before.origin.title, recipe: file)
            }
            let written = (out as NSString).appendingPathComponent(name)
            guard !Self.areSame(written, picture) else { throw ReplayError.wouldReplace(picture) }
            let options = RunOptions(
                out: out,
                recipe: URL(fileURLWithPath: file).standardizedFileURL.path,
                settings: loaded.settings
            )
            let status = try execution(graph, options, reporter: ReportFormat.text.reporter(for: loaded))
            guard status == .success else { return status }
            let after = try OriginalPicture(written)
            Terminal.error(ReplayReport(of: picture, before, after).text)
            return before.bitmap == after.bitmap ? .success : .expectationFailed
        }
    }

    private static func areSame(_ a: String, _ b: String) -> Bool {
        let paths = [a, b].map { URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        return paths[0] == paths[1]
    }
}

/// A picture of ours with what it says of itself.
private struct OriginalPicture {
    let bitmap: Bitmap
    let origin: PictureOrigin

    /// - Throws: `ImageError`; `ReplayError.saysNothing`.
    init(_ path: String) throws {
        bitmap = try Bitmap.read(path: path)
        let texts = PNGMetadata.read(from: try Data(contentsOf: URL(fileURLWithPath: path)))
        let byName = Dictionary(texts.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard let origin = PictureOrigin(texts: byName) else { throw ReplayError.saysNothing(path) }
        self.origin = origin
    }
}

/// How the new picture compares with the one that was to be made again.
private struct ReplayReport {
    let text: String

    init(of path: String, _ before: OriginalPicture, _ after: OriginalPicture) {
        guard before.bitmap != after.bitmap else {
            text = "the same pixels as \(path)\n"
            return
        }
        var reasons: [String] = []
        if before.origin.version != after.origin.version {
            let versions = "\(TerminalText(before.origin.version).escaped()) made it, this is \(after.origin.version)"
            reasons.append("another program: \(versions)")
        }
        reasons.append(
            before.origin.key == after.origin.key
                ? "recipe, files and settings are what they were: the picture was changed, or made by other code"
                : "the recipe, a file that it names, --exact or the program is another than then"
        )
        let difference = Self.difference(before.bitmap, after.bitmap)
        text = "other pixels than \(path) (\(difference)): \(reasons.joined(separator: "; "))\n"
    }

    private static func difference(_ a: Bitmap, _ b: Bitmap) -> String {
        guard let metrics = try? PictureMetrics(between: a, and: b) else {
            return "\(a.width)x\(a.height) then, \(b.width)x\(b.height) now"
        }
        let most = Int((metrics.maxAbs * 255).rounded())
        return "by at most \(most) of 255, PSNR \(String(format: "%.1f", metrics.psnr)) dB"
    }
}

/// Why a picture cannot be made again.
enum ReplayError: Error, CustomStringConvertible {
    case saysNothing(String)
    case noRecipe(picture: String, recipe: String)
    case noSuchNode(title: String, recipe: String)
    case wouldReplace(String)

    var description: String {
        switch self {
        case .saysNothing(let picture):
            "\(picture) does not say what made it: it is no PNG of this program, or another one has dropped its texts"
        case .noRecipe(let picture, let recipe):
            "\(picture) was made by the recipe \(TerminalText(recipe).escaped()), which is not there, as seen from its folder "
                + "or one around it; name it with --recipe"
        case .noSuchNode(let title, let recipe):
            "\(recipe) has no `\(TerminalText(title).escaped())` any more, which the picture shows"
        case .wouldReplace(let picture):
            "\(picture) would be replaced by the new picture; choose another folder with --out"
        }
    }
}
