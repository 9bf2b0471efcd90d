/// What is said of several with the same words: in full of the first, as soon as it is known, and at the end how many others
/// there are, and which.
struct Repetitions<Kind: Hashable & Sendable>: Sendable {
    struct Others: Sendable {
        let kind: Kind
        fileprivate(set) var count = 0
        fileprivate var names: [String] = []

        /// `a, b, c and 2 more`
        var list: String {
            names.joined(separator: ", ") + (count > names.count ? " and \(count - names.count) more" : "")
        }
    }

    private static var mostNames: Int { 3 }

    private var all: [Others] = []
    private var places: [Kind: Int] = [:]

    /// - Returns: whether it is the first of its kind, which is to be said.
    mutating func isFirst(_ kind: Kind, of name: @autoclosure () -> String) -> Bool {
        guard let place = places[kind] else {
            places[kind] = all.count
            all.append(Others(kind: kind))
            return true
        }
        all[place].count += 1
        if all[place].names.count < Self.mostNames { all[place].names.append(name()) }
        return false
    }

    /// In the order in which their first ones came.
    var others: [Others] { all.filter { $0.count > 0 } }
}
