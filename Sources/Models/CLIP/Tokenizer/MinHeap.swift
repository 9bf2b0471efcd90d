/// A binary heap that gives its smallest element first.
struct MinHeap<Element: Comparable> {
    private var elements: [Element] = []

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, elements[child] < elements[(child - 1) / 2] {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popMinimum() -> Element? {
        guard let minimum = elements.first, let moved = elements.popLast() else { return nil }
        guard !elements.isEmpty else { return minimum }
        elements[0] = moved
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < elements.count }
            guard let child = children.min(by: { elements[$0] < elements[$1] }), elements[child] < elements[parent]
            else { return minimum }
            elements.swapAt(child, parent)
            parent = child
        }
    }
}
