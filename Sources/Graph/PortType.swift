/// What may stand behind `@Input`: an artifact, an optional one, a list, any number of them, or a gathered sweep.
public protocol PortType: Sendable {
    static var artifact: any Artifact.Type { get }
    static var arity: PortArity { get }
    /// - Parameter values: as many as the arity allows, each of the port's artifact type.
    static func bind(_ values: [InputValue]) throws -> Self
}

public enum PortArity: String, Hashable, Sendable {
    case one, optional
    /// One or more, in the order written; the cells they come from do not matter to the result.
    case list
    /// As `list`, or left out.
    case anyNumber
    /// A sweep, with the axis values of each item: they are part of the result, and so of the cache key.
    case gathered

    /// Whether a recipe must give the input.
    public var isRequired: Bool { self != .optional && self != .anyNumber }
}

/// What a port is given: an artifact, read when it is asked for, and the axis values of its cell, such as `style: neon`.
public struct InputValue: Sendable {
    public let cell: Cell
    /// Whether there is none: a blank in a gathered sweep.
    public let isAbsent: Bool
    public let read: @Sendable () throws -> any Artifact

    public init(cell: Cell, read: @escaping @Sendable () throws -> any Artifact) {
        self.cell = cell
        self.read = read
        isAbsent = false
    }

    public init(cell: Cell, _ value: any Artifact) { self.init(cell: cell) { value } }

    /// A blank.
    public init(absentAt cell: Cell) {
        self.cell = cell
        read = { throw Absence() }
        isAbsent = true
    }
}

/// One of a sweep's results, which stays in the cache until its value is asked for.
public struct GatheredItem<Item: Artifact>: Sendable {
    public let cell: Cell
    private let read: @Sendable () throws -> Item

    public init(cell: Cell, read: @escaping @Sendable () throws -> Item) {
        self.cell = cell
        self.read = read
    }

    /// Read anew each time: a node that lays out thousands of pictures holds one at a time.
    public func value() throws -> Item { try read() }
}

/// One artifact, several in the order written, or none where the recipe leaves the input out.
public struct AnyNumber<Item: Artifact>: Sendable {
    public let items: [Item]

    public init(items: [Item]) { self.items = items }
}

/// A sweep's results, in the order of the axes.
public struct Gathered<Item: Artifact>: Sendable {
    /// Those that there are.
    public let items: [GatheredItem<Item>]
    /// Those of the items and those that are blank.
    public let cells: [Cell]

    public init(items: [GatheredItem<Item>], cells: [Cell]) {
        self.items = items
        self.cells = cells
    }
}

extension Artifact {
    public static var artifact: any Artifact.Type { Self.self }
    public static var arity: PortArity { .one }

    public static func bind(_ values: [InputValue]) throws -> Self {
        try cast(values[0].read())
    }

    fileprivate static func cast(_ value: any Artifact) throws -> Self {
        guard let value = value as? Self else {
            throw ArtifactError.wrongKind(expected: kind, found: type(of: value).kind)
        }
        return value
    }
}

extension Optional: PortType where Wrapped: Artifact {
    public static var artifact: any Artifact.Type { Wrapped.self }
    public static var arity: PortArity { .optional }

    public static func bind(_ values: [InputValue]) throws -> Self {
        try values.first.map { try Wrapped.cast($0.read()) }
    }
}

extension Array: PortType where Element: Artifact {
    public static var artifact: any Artifact.Type { Element.self }
    public static var arity: PortArity { .list }

    public static func bind(_ values: [InputValue]) throws -> Self {
        try values.map { try Element.cast($0.read()) }
    }
}

extension AnyNumber: PortType {
    public static var artifact: any Artifact.Type { Item.self }
    public static var arity: PortArity { .anyNumber }

    public static func bind(_ values: [InputValue]) throws -> Self {
        AnyNumber(items: try [Item].bind(values))
    }
}

extension Gathered: PortType {
    public static var artifact: any Artifact.Type { Item.self }
    public static var arity: PortArity { .gathered }

    public static func bind(_ values: [InputValue]) throws -> Self {
        let items = values.filter { !$0.isAbsent }.map { input in
            GatheredItem(cell: input.cell) { try Item.cast(input.read()) }
        }
        return Gathered(items: items, cells: values.map(\.cell))
    }
}
