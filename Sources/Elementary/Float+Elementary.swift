/// Each is its function of doubles rounded, whose error of 2^-53 moves it to another float than the nearest one time in
/// some 2^29.
extension Float {
    /// The sine of an angle in radians.
    public static func sin(_ x: Float) -> Float { Float(Double.sin(Double(x))) }
    /// The cosine of an angle in radians.
    public static func cos(_ x: Float) -> Float { Float(Double.cos(Double(x))) }
    /// e to the power of x.
    public static func exp(_ x: Float) -> Float { Float(Double.exp(Double(x))) }
    /// The natural logarithm.
    public static func log(_ x: Float) -> Float { Float(Double.log(Double(x))) }
    /// x to the power of y, in the cases of IEEE 754.
    public static func pow(_ x: Float, _ y: Float) -> Float { Float(Double.pow(Double(x), Double(y))) }
}
