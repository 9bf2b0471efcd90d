/// For each cell of a node, the instances that one of its sources gives it.
public struct InputColumn: Sendable {
    private let members: [Int32]
    /// By group: where its members begin; and where the last one ends.
    private let starts: [Int32]
    /// By cell: its group.
    private let places: [Int32]

    /// - Parameters:
    ///   - first: the source's first instance, which the others follow.
    ///   - groupOfInstance: for each instance of the source its group; nil for those that no cell is given.
    ///   - groups: how many groups there are.
    ///   - places: for each cell of the reader its group.
    public init(first: Int, groupOfInstance: [Int32?], groups: Int, places: [Int32]) {
        var starts = [Int32](repeating: 0, count: groups + 1)
        for case let group? in groupOfInstance { starts[Int(group) + 1] += 1 }
        for group in 0..<groups { starts[group + 1] += starts[group] }
        var next = starts
        var members = [Int32](repeating: 0, count: Int(starts[groups]))
        for (instance, group) in groupOfInstance.enumerated() {
            guard let group else { continue }
            members[Int(next[Int(group)])] = Int32(first + instance)
            next[Int(group)] += 1
        }
        self.members = members
        self.starts = starts
        self.places = places
    }

    /// The instances given to each cell alike.
    public init(_ instances: [Int], cells: Int = 1) {
        members = instances.map(Int32.init)
        starts = [0, Int32(instances.count)]
        places = Array(repeating: 0, count: cells)
    }

    /// The same with others in place of each instance.
    func mapped(_ change: (Int) -> [Int]) -> InputColumn {
        var members: [Int32] = []
        var starts: [Int32] = [0]
        for group in 0..<self.starts.count - 1 {
            for member in self.members[Int(self.starts[group])..<Int(self.starts[group + 1])] {
                members += change(Int(member)).map(Int32.init)
            }
            starts.append(Int32(members.count))
        }
        return InputColumn(members: members, starts: starts, places: places)
    }

    private init(members: [Int32], starts: [Int32], places: [Int32]) {
        (self.members, self.starts, self.places) = (members, starts, places)
    }

    /// How many instances are given to all cells together, each as often as it is given.
    public var total: Int { places.reduce(0) { $0 + Int(starts[Int($1) + 1] - starts[Int($1)]) } }

    public subscript(cell: Int) -> some RandomAccessCollection<Int> {
        let group = Int(places[cell])
        return members[Int(starts[group])..<Int(starts[group + 1])].lazy.map { Int($0) }
    }
}
