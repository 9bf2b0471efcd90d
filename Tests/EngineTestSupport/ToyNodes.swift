import Foundation
import Graph

/// Node kinds so small that a test can work out their results by hand; the engine's tests use no others.
public let toyNodes: [any Node.Type] = [
    Add.self, Caption.self, Climb.self, Compare.self, Constant.self, Fail.self, Forgo.self, LoadImage.self,
    LoadModel.self, Mean.self,
    Paint.self, ReadNumber.self, Scale.self, Shift.self, Sleep.self, Sneak.self, Sum.self, Table.self, Weigh.self,
    WeighAll.self, WeighEarly.self,
]

extension NodeRegistry {
    /// A registry of `toyNodes`.
    public static let toys = NodeRegistry(toyNodes)
}

/// A number as given.
public struct Constant: Node {
    public static let version = 1
    public static let help = "Gives the number it is given."
    @Parameter("the number") var value: Double
    public init() {}
    public func run(_ context: RunContext) throws -> ToyNumber { ToyNumber(value) }
}

/// a + b.
public struct Add: Node {
    public static let version = 1
    public static let help = "Adds two numbers."
    @Input("one number") var a: ToyNumber
    @Input("the other") var b: ToyNumber
    public init() {}
    public func run(_ context: RunContext) throws -> ToyNumber { ToyNumber(a.value + b.value) }
}

/// A number times a factor, then rounded or not.
public struct Scale: Node {
    public enum Rounding: String, ParameterChoice { case exact, nearest, down }

    public static let version = 1
    public static let help = "Multiplies a number by a factor."
    @Input("the number") var input: ToyNumber
    @Parameter("what to multiply by", in: -1000...1000) var factor: Double = 2
    @Parameter("how to round") var rounding: Rounding = .exact
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        let product = input.value * factor
        return switch rounding {
        case .exact: ToyNumber(product)
        case .nearest: ToyNumber(product.rounded())
        case .down: ToyNumber(product.rounded(.down))
        }
    }
}

/// A number plus another one, if there is another; how the sum is rounded is the run's to choose.
public struct Shift: Node {
    public static let version = 1
    public static let help = "Adds an offset, if one is given."
    public static let precision = PrecisionUse.given(input: "by")
    @Input("the number") var input: ToyNumber
    @Input("what to add") var by: ToyNumber?
    public init() {}
    public func run(_ context: RunContext) throws -> ToyNumber { ToyNumber(input.value + (by?.value ?? 0)) }
}

/// The mean of a list of numbers.
public struct Mean: Node {
    public static let version = 1
    public static let help = "Averages the numbers listed."
    @Input("the numbers", leavesOutAbsent: true) var of: [ToyNumber]
    @Parameter("one weight for each number; all equal if left out") var weights: [Double] = []
    public init() {}

    public func problems() -> [ParameterProblem] {
        guard weights.contains(where: { $0 < 0 }) else { return [] }
        return [ParameterProblem("weights", "weights must not be negative", hint: "leave a number out instead")]
    }

    public func run(_ context: RunContext) throws -> ToyNumber {
        let weights = self.weights.isEmpty ? Array(repeating: 1, count: of.count) : self.weights
        return ToyNumber(zip(of, weights).map { $0.value * $1 }.reduce(0, +) / weights.reduce(0, +))
    }
}

/// The sum of any number of numbers.
public struct Sum: Node {
    public static let version = 1
    public static let help = "Adds what it is given, if anything."
    @Input("the numbers") var of: AnyNumber<ToyNumber>
    public init() {}
    public func run(_ context: RunContext) throws -> ToyNumber { ToyNumber(of.items.map(\.value).reduce(0, +)) }
}

/// A line for each number of a sweep.
public struct Table: Node {
    public static let version = 1
    public static let help = "Lists a sweep of numbers with their axis values; what is missing is a blank."
    @Input("the numbers") var numbers: Gathered<ToyNumber>
    @Parameter("the axis whose values begin the lines") var rows: AxisName? = nil
    public init() {}

    public func run(_ context: RunContext) throws -> ToyText {
        let values = Dictionary(uniqueKeysWithValues: try numbers.items.map { ($0.cell, try $0.value().value) })
        let lines = numbers.cells.map { cell in
            let head = rows.flatMap { cell[$0.name]?.description } ?? cell.description
            return "\(head): \(values[cell].map { "\($0)" } ?? "")\n"
        }
        return ToyText(lines.joined())
    }
}

/// Fails when asked to.
public struct Fail: Node {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public static let version = 1
    public static let help = "Fails with a message when its number reaches a limit."
    @Input("the number") var input: ToyNumber
    @Parameter("fails at this and above") var limit: Double = 0
    @Parameter("what to say") var message: String = "the number is too large"
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        guard input.value < limit else { throw Failure(description: "\(message): \(input.value)") }
        return input
    }
}

/// Has nothing to give when asked to.
public struct Forgo: Node {
    public static let version = 1
    public static let help = "Passes a number on, and nothing when it reaches a limit."
    public static let absence: String? = "the number is too large"
    @Input("the number") var input: ToyNumber
    @Parameter("has nothing to give at this and above") var limit: Double = 0
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        guard input.value < limit else { throw Absence() }
        return input
    }
}

/// A number read from a file.
public struct ReadNumber: Node {
    public static let version = 1
    public static let help = "Reads a number from a text file."
    public static let evaluation = Evaluation.cachedEarly
    @Parameter("the text file") var file: FileReference
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        guard let value = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Fail.Failure(description: "\(file.path) does not hold a number")
        }
        return ToyNumber(value)
    }
}

/// The pixels of an image file: those of what `ToyImage` writes, of others all bytes.
public struct LoadImage: Node {
    public static let version = 1
    public static let help = "Reads an image from a file."
    public static let evaluation = Evaluation.cachedEarly
    @Parameter("the image file") var file: FileReference
    public init() {}

    public func run(_ context: RunContext) throws -> ToyImage {
        let data = try Data(contentsOf: URL(fileURLWithPath: file.path))
        guard data.starts(with: Data("P5\n".utf8)), let header = data.firstRange(of: Data("\n255\n".utf8)) else {
            return ToyImage(Array(data))
        }
        return ToyImage(Array(data[header.upperBound...]))
    }
}

/// Names a model by the digest of its file.
public struct LoadModel: Node {
    public struct Adapter: ParameterType, Hashable {
        public let file: String
        public let scale: Double
        public static var parameterForm: ParameterForm {
            .object([
                ParameterField("file", .file, help: "weights of the adapter"),
                ParameterField("scale", .number, help: "its strength", default: .number(1)),
            ])
        }
        public var parameterValue: Value { .map(["file": .string(file), "scale": .number(scale)]) }

        public init(parameter value: Value) throws(ParameterMismatch) {
            guard case .map(let map) = value, case .string(let file)? = map["file"] else {
                throw ParameterMismatch(expected: Self.parameterForm, found: value)
            }
            self.file = file
            scale = try map["scale"].map(Double.init(parameter:)) ?? 1
        }
    }

    public static let version = 1
    public static let help = "Names a model by its file."
    public static let evaluation = Evaluation.reference
    @Parameter("the file of weights") var path: PathReference
    @Parameter("adapters merged into it") var adapters: [Adapter] = []
    public init() {}

    public func run(_ context: RunContext) throws -> ToyModel {
        let digests = [path.path] + adapters.map(\.file)
        let all = try digests.map { try context.fileDigest($0).hex } + adapters.map { "\($0.scale)" }
        return ToyModel(path: path.path, digest: Digest(of: all.joined(separator: " ").utf8))
    }
}

/// Text as given.
public struct Caption: Node {
    public static let version = 1
    public static let help = "Gives the text it is given."
    @Parameter("the text") var text: String
    public init() {}
    public func run(_ context: RunContext) throws -> ToyText { ToyText(text) }
}

/// An image that depends on all it is given.
public struct Paint: Node {
    public static let version = 1
    public static let help = "Paints a caption with a model."
    @Input("what to paint with") var model: ToyModel?
    @Input("what to paint") var caption: ToyText
    @Parameter("the seed") var seed: Seed = Seed(0)
    @Parameter("pixels in the row", in: 1...4096) var width: Int = 8
    public init() {}

    public func problems() -> [ParameterProblem] {
        guard width % 4 != 0 else { return [] }
        return [
            ParameterProblem("width", "width must be a multiple of 4, not \(width)", hint: "try \(width / 4 * 4 + 4)")
        ]
    }

    public func run(_ context: RunContext) throws -> ToyImage {
        let text = "\(model?.digest.hex ?? "") \(seed.value) \(caption.text)"
        var pixels: [UInt8] = []
        var block = Digest(of: text.utf8)
        while pixels.count < width {
            try context.checkCancellation()
            pixels += block.bytes
            block = Digest(of: block.bytes)
            context.progress(min(pixels.count, width), width)
        }
        return ToyImage(Array(pixels.prefix(width)))
    }
}

/// How far an image is from a baseline, or from black.
public struct Compare: Node {
    public static let version = 1
    public static let help = "Measures how two images differ."
    @Input("the image") var image: ToyImage
    @Input("what it should look like", baselineOf: "image") var baseline: ToyImage?
    public init() {}

    public func run(_ context: RunContext) throws -> ToyScores {
        let other = baseline?.pixels ?? Array(repeating: 0, count: image.pixels.count)
        let differences = zip(image.pixels, other).map { abs(Double($0) - Double($1)) / 255 }
        let mean = differences.reduce(0, +) / Double(max(1, differences.count))
        return ToyScores(
            maxAbs: differences.max() ?? 0,
            meanAbs: mean,
            similarity: baseline == nil ? nil : 1 - mean
        )
    }
}

/// Takes its time and listens for cancellation.
public struct Sleep: Node {
    public static let version = 1
    public static let help = "Passes a number on after a while."
    @Input("the number") var input: ToyNumber
    @Parameter("how long, in seconds", in: 0...60) var seconds: Double = 0
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        let steps = max(1, Int(seconds * 100))
        for step in 0..<steps {
            try context.checkCancellation()
            Thread.sleep(forTimeInterval: seconds / Double(steps))
            context.progress(step + 1, steps)
        }
        return input
    }
}

/// An attempt at `Climb` that ended below the goal.
public struct Tired: Error, CustomStringConvertible {
    public let height: Int
    public var description: String { "tired at \(height)" }
}

/// Counts to a goal, only so far in one attempt: what was reached is in its checkpoint.
public struct Climb: Node {
    public static let version = 1
    public static let help = "Counts to a goal, one attempt after another."
    @Parameter("the goal", in: 1...1000) var goal: Int = 10
    @Parameter("how many steps an attempt may do", in: 1...1000) var attempt: Int = 4
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        let start = context.checkpoints.load { Int(try ToyNumber(record: $0).value) } ?? 0
        let reached = min(goal, start + attempt)
        context.progress(reached, goal, note: "height \(reached)")
        context.checkpoints.save(ToyNumber(Double(reached)).record)
        guard reached == goal else { throw Tired(height: reached) }
        return ToyNumber(Double(reached))
    }
}

/// A number from a file that is in no key: what a node must not do.
public struct Sneak: Node {
    public static let version = 1
    public static let help = "Reads a number behind the engine's back."
    @Parameter("the text file") var behind: String
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        ToyNumber(Double(try String(contentsOfFile: behind, encoding: .utf8)) ?? 0)
    }
}

/// A block of bytes that counts how many of its kind are in memory.
public struct Weigh: Node {
    public static let version = 1
    public static let help = "Makes something that takes memory."
    @Input("the number") var input: ToyNumber?
    @Parameter("whose count") var scale: String
    @Parameter("in bytes", in: 0...1_000_000_000) var bytes: Int = 1000
    @Parameter("tells it from others") var number: Int = 0
    public init() {}
    public func run(_ context: RunContext) throws -> ToyWeight { ToyWeight(scale, number: number, bytes: bytes) }
}

/// The sum of a sweep's weights, looked at one by one.
public struct WeighAll: Node {
    public static let version = 1
    public static let help = "Adds up a sweep of weights."
    @Input("the weights") var weights: Gathered<ToyWeight>
    public init() {}

    public func run(_ context: RunContext) throws -> ToyNumber {
        ToyNumber(try weights.items.reduce(0) { $0 + Double(try $1.value().number) })
    }
}

/// As `Weigh`, and run by planning.
public struct WeighEarly: Node {
    public static let version = 1
    public static let help = "Makes something that takes memory, early."
    public static let evaluation = Evaluation.cachedEarly
    @Parameter("whose count") var scale: String
    @Parameter("tells it from others") var number: Int = 0
    public init() {}
    public func run(_ context: RunContext) throws -> ToyWeight { ToyWeight(scale, number: number, bytes: 1000) }
}
