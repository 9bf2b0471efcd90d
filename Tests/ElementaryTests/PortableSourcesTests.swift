import Foundation
import Testing

/// What would let a system's library or a compiler's choice into the bits of results.
@Suite("Sources of results")
struct PortableSourcesTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    /// Their results are no part of any other.
    private static let engine: Set<String> = ["Graph", "NodeReference", "Recipes", "Runner", "Store", "pulid-run"]

    @Test func callNoFunctionOfTheCLibrarysMathematics() throws {
        // `Double.sin(x)` is ours, `sin(x)` and `sinf(x)` the C library's. Roots and fused multiply-adds are exact
        // wherever IEEE 754 holds.
        let names = [
            "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "exp2", "expm1", "log",
            "log2", "log10", "log1p", "pow", "cbrt", "hypot", "erf", "erfc", "tgamma", "lgamma",
        ]
        let call = try NSRegularExpression(pattern: "(?<!func )(?<![.\\w])(\(names.joined(separator: "|")))f?\\(")
        for file in try Self.files(["swift", "c", "h", "inc"]) {
            for (i, line) in try Self.code(file).enumerated() {
                guard call.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil else { continue }
                Issue.record("\(file.lastPathComponent):\(i + 1) calls the C library: \(line)")
            }
        }
    }

    @Test func letTheCompilerFuseNothingInC() throws {
        var count = 0
        for file in try Self.files(["c"]) {
            let lines = try Self.code(file)
            guard lines.contains(where: { $0.contains("float") || $0.contains("double") }) else { continue }
            count += 1
            let pragma = lines.firstIndex { $0.hasPrefix("#pragma clang fp contract(off)") }
            let body = lines.firstIndex { $0.contains("{") || $0.contains(".inc\"") }
            #expect(pragma ?? .max < body ?? .max, "\(file.lastPathComponent) leaves fusing to the compiler's flags")
        }
        #expect(count >= 5)
    }

    /// What is written in C stands behind the kernels, and the tensors that call their loops.
    @Test func seeTheKernelsInCFromTwoTargetsAlone() throws {
        for file in try Self.files(["swift"]) {
            let target = file.pathComponents[Self.sources.pathComponents.count]
            guard !["Kernels", "Tensors"].contains(target) else { continue }
            for (i, line) in try Self.code(file).enumerated() where line.contains("import CKernels") {
                Issue.record("\(target)/\(file.lastPathComponent):\(i + 1) imports CKernels")
            }
        }
    }

    private static func files(_ endings: Set<String>) throws -> [URL] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: sources.path).map(sources.appendingPathComponent)
        let files = all.filter { file in
            let target = file.pathComponents[sources.pathComponents.count]
            return endings.contains(file.pathExtension) && !engine.contains(target)
        }
        #expect(!files.isEmpty)
        return files
    }

    /// Lines without their comments.
    private static func code(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").map {
            $0.components(separatedBy: "//")[0]
        }
    }
}
