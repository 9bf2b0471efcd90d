/// One point of a sweep: the values of the axes that a node depends on, in the order the recipe declares the axes.
public struct Cell: Hashable, Sendable, CustomStringConvertible {
    public struct Coordinate: Hashable, Sendable {
        public let axis: String
        public let value: Value

        public init(axis: String, value: Value) {
            self.axis = axis
            self.value = value
        }
    }

    public let coordinates: [Coordinate]

    public init(_ coordinates: [Coordinate] = []) { self.coordinates = coordinates }

    public subscript(axis: String) -> Value? { coordinates.first { $0.axis == axis }?.value }

    /// `style=neon seed=1`, or nothing for a node that no axis touches.
    public var description: String { coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: " ") }
}
