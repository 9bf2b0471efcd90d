extension BinaryFloatingPoint {
    /// As people write it: whole numbers without a point.
    var brief: String { self == rounded() && abs(self) < 1e6 ? "\(Int(self))" : "\(self)" }
}
